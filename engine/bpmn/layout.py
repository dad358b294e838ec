"""A picture for a diagram that has none: columns by distance from the start, rows by branch.

Flows that lead back run below everything; the first way out of a step goes straight on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.bpmn.lint.diagram import Diagram, Flow, Node, Scope, plain
from engine.bpmn.picture import Box, Edge, Picture, Point, Shape

TASK = (130.0, 80.0)
EVENT = (36.0, 36.0)
GATEWAY = (50.0, 50.0)
COLUMN = 200.0
ROW = 116.0
POOL_HEAD = 30.0
MARGIN = 50.0
# Beyond this a flow is drawn straight through; nobody looks at such a picture closely.
MOST_CELLS = 20_000


def lay_out(diagram: Diagram) -> Picture:
    """Return a picture of every process, one below the other, each in its pool if it has one."""
    pools = {plain(one.get("processRef")): one for one in diagram.of_kind("participant")}
    picture = Picture()
    top = 0.0
    for scope in diagram.processes:
        if not scope.nodes:
            continue
        pool = pools.get(scope.xml.get("id") or "")
        drawn = _Grid(diagram, scope).picture(POOL_HEAD + MARGIN if pool is not None else 0.0, top)
        bounds = drawn.bounds
        if bounds is None:
            continue
        if pool is not None:
            inside = bounds.grown(MARGIN)
            box = Box(inside.x - POOL_HEAD, inside.y, inside.width + POOL_HEAD, inside.height)
            picture.shapes.append(Shape(xml=pool, box=box))
        picture.shapes.extend(drawn.shapes)
        picture.edges.extend(drawn.edges)
        top = bounds.bottom + 2 * MARGIN + 20
    return picture


@dataclass(eq=False, slots=True)
class _Cell:
    """A place in a column: a node, or the spot where a long flow passes (node is None)."""

    column: int
    node: Node | None = None
    before: list[_Cell] = field(default_factory=list)
    row: float = 0.0
    is_main: bool = False  # some way here needs no boundary event; such ways go straight on


class _Grid:
    def __init__(self, diagram: Diagram, scope: Scope) -> None:
        self.diagram = diagram
        self.scope = scope
        self.nodes = [node for node in scope.nodes if node.kind != "boundaryEvent"]
        self.back: set[tuple[Node, Node]] = set()
        self.column: dict[Node, int] = {}
        self.cells: dict[Node, _Cell] = {}
        self.ways: dict[Flow, list[_Cell]] = {}

    def picture(self, left: float, top: float) -> Picture:
        self._set_columns()
        self._set_rows(self._make_cells())
        self.left = left + COLUMN / 2
        lowest = max((cell.row for cell in self.cells.values()), default=0.0)
        self.top = top + ROW / 2
        self.floor = self.top + lowest * ROW + TASK[1] / 2 + 24
        shapes = [Shape(xml=node.xml, box=self._box(node)) for node in self.nodes]
        shapes += [
            Shape(xml=node.xml, box=self._box(node)) for node in self.scope.nodes if node not in self.cells
        ]
        return Picture(shapes, list(self._edges()))

    # --- columns ----------------------------------------------------------------------------

    def _followers(self, node: Node) -> Iterator[Node]:
        """Yield the nodes after this one; those after its boundary events follow it too."""
        for after in self.diagram.next_nodes(node):
            if after.kind == "boundaryEvent":
                yield from self._followers(after)
            elif after.scope is self.scope:
                yield after

    def _set_columns(self) -> None:
        order = list(self._finished_last())
        for node in reversed(order):
            self.column.setdefault(node, 0)
            for after in self._followers(node):
                if (node, after) not in self.back:
                    self.column[after] = max(self.column.get(after, 0), self.column[node] + 1)

    def _finished_last(self) -> Iterator[Node]:
        """Depth-first from the starts, noting the flows that lead back into a loop."""
        done: set[Node] = set()
        on_way: set[Node] = set()
        starts = [node for node in self.nodes if node.kind == "startEvent"]
        for start in (*starts, *self.nodes):
            if start in done:
                continue
            on_way.add(start)
            todo = [(start, self._followers(start))]
            while todo:
                node, following = todo[-1]
                for after in following:
                    if after in on_way:
                        self.back.add((node, after))
                    elif after not in done:
                        on_way.add(after)
                        todo.append((after, self._followers(after)))
                        break
                else:
                    todo.pop()
                    on_way.discard(node)
                    done.add(node)
                    yield node

    # --- rows -------------------------------------------------------------------------------

    def _make_cells(self) -> list[list[_Cell]]:
        last = max(self.column.values(), default=0)
        columns: list[list[_Cell]] = [[] for _ in range(last + 1)]
        for node in self.nodes:
            self.cells[node] = _Cell(self.column[node], node)
            columns[self.column[node]].append(self.cells[node])
        spent = 0
        for flow in self._flows():
            source, target = self._anchor(flow.source), flow.target
            if source is None or target not in self.cells or (source, target) in self.back:
                continue
            way = [self.cells[source]]
            is_main = source is flow.source and (way[0].is_main or not source.incoming)
            between = range(self.column[source] + 1, self.column[target])
            spent += len(between)
            for number in between if spent <= MOST_CELLS else ():
                spot = _Cell(number, before=[way[-1]], is_main=is_main)
                columns[number].append(spot)
                way.append(spot)
            self.cells[target].before.append(way[-1])
            self.cells[target].is_main |= is_main
            self.ways[flow] = [*way, self.cells[target]]
        return columns

    def _flows(self) -> Iterator[Flow]:
        for node in sorted(self.nodes, key=lambda one: self.column[one]):
            yield from (flow for flow in node.outgoing if flow.target is not None)
            for boundary in node.boundaries:
                yield from (flow for flow in boundary.outgoing if flow.target is not None)

    def _anchor(self, node: Node | None) -> Node | None:
        return node.host if node is not None and node.kind == "boundaryEvent" else node

    def _set_rows(self, columns: list[list[_Cell]]) -> None:
        for cells in columns:
            wanted = [
                (min((one.row for one in cell.before), default=0.0), not cell.is_main, at)
                for at, cell in enumerate(cells)
            ]
            free = 0.0
            for row, _, at in sorted(wanted):
                cells[at].row = max(row, free)
                free = cells[at].row + 1

    # --- places -----------------------------------------------------------------------------

    def _middle(self, cell: _Cell) -> Point:
        return self.left + cell.column * COLUMN, self.top + cell.row * ROW

    def _box(self, node: Node) -> Box:
        if node in self.cells:
            x, y = self._middle(self.cells[node])
            width, height = _size(node)
            return Box(x - width / 2, y - height / 2, width, height)
        host = node.host
        if host is None or host not in self.cells:
            return Box(self.left - COLUMN / 2, self.top - ROW, *EVENT)
        box = self._box(host)
        number = host.boundaries.index(node)
        x = box.right - 30 - number * 46
        return Box(x - EVENT[0] / 2, box.bottom - EVENT[1] / 2, *EVENT)

    def _edges(self) -> Iterator[Edge]:
        returning = 0
        for flow in self._flows():
            source, target = flow.source, flow.target
            if source is None or target not in self.cells:
                continue
            if flow in self.ways:
                yield Edge(xml=flow.xml, points=tuple(self._forward(flow, source, target)))
            else:
                yield Edge(xml=flow.xml, points=tuple(self._backward(source, target, returning)))
                returning += 1

    def _forward(self, flow: Flow, source: Node, target: Node) -> list[Point]:
        box, goal = self._box(source), self._box(target)
        if source.kind == "boundaryEvent":
            points: list[Point] = [(box.middle[0], box.bottom)]
            first = (box.middle[0], box.bottom + 14)
            points.append(first)
            x = self._middle(self.ways[flow][0])[0] + COLUMN / 2
            points += [(x, first[1])]
        else:
            points = [(box.right, box.middle[1])]
        for cell in self.ways[flow][1:]:
            x, y = self._middle(cell)
            turn = x - COLUMN / 2
            if abs(points[-1][1] - y) > 0.5:
                points += [(turn, points[-1][1]), (turn, y)]
        points.append((goal.x, goal.middle[1]))
        return _without_doubles(points)

    def _backward(self, source: Node, target: Node, number: int) -> list[Point]:
        box, goal = self._box(source), self._box(target)
        y = self.floor + number * 14
        side = box.right + 16 + (number % 3) * 6
        return _without_doubles(
            [
                (box.right, box.middle[1]),
                (side, box.middle[1]),
                (side, y),
                (goal.middle[0], y),
                (goal.middle[0], goal.bottom),
            ]
        )


def _size(node: Node) -> tuple[float, float]:
    if node.is_event:
        return EVENT
    return GATEWAY if node.is_gateway else TASK


def _without_doubles(points: list[Point]) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        if not kept or point != kept[-1]:
            kept.append(point)
    return kept
