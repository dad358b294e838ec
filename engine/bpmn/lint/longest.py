"""The longest way through a process: how much allotted time a dossier can take, loops walked once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.bpmn.lint.diagram import Diagram, Node, Scope


def longest_way(diagram: Diagram, scope: Scope, minutes: Callable[[Node], int]) -> tuple[int, list[Node]]:
    """Return the minutes of the longest way and the nodes on it that take time.

    Flows that lead back into a loop are left out, so that a supplement or a rework is not counted.
    A sub-process counts its own longest way; parallel branches count by the longest.
    """
    inner = {one.node: one for one in diagram.scopes if one.parent is scope and one.node is not None}
    best: dict[Node, tuple[int, list[Node]]] = {}
    for node, after in _finished_last(diagram, scope):
        rest = max((best[one] for one in after), key=lambda found: found[0], default=(0, []))
        own, inside = minutes(node), [node]
        if node in inner and not own:
            own, inside = longest_way(diagram, inner[node], minutes)
        best[node] = (own + rest[0], [*inside, *rest[1]] if own else rest[1])
    # An event sub-process runs beside or instead of the main way, not after it.
    return max(best.values(), key=lambda found: found[0], default=(0, []))


def _finished_last(diagram: Diagram, scope: Scope) -> Iterator[tuple[Node, list[Node]]]:
    """Yield nodes after all that follow them, with those followers; what leads back is left out.

    Depth-first without recursion: a diagram may be thousands of steps long.
    """
    done: set[Node] = set()
    on_way: set[Node] = set()
    starts = [node for node in scope.nodes if node.kind == "startEvent"]
    for start in (*starts, *scope.nodes):
        if start in done:
            continue
        on_way.add(start)
        todo: list[tuple[Node, list[Node], Iterator[Node]]] = [(start, [], diagram.next_nodes(start))]
        while todo:
            node, after, following = todo[-1]
            for one in following:
                if one in on_way:
                    continue
                after.append(one)
                if one not in done:
                    on_way.add(one)
                    todo.append((one, [], diagram.next_nodes(one)))
                    break
            else:
                todo.pop()
                on_way.discard(node)
                done.add(node)
                yield node, after
