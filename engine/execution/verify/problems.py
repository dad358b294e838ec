"""From the states that were found to sentences about them, each with the shortest way to show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.bpmn.model import Activity, Event, Node
from engine.domain.texts import Text
from engine.execution.errors import EndlessLoop, NoFlowHolds
from engine.execution.steps import Entered, FlowTaken
from engine.execution.verify import markings
from engine.execution.verify.explore import Explorer, Move, Overlap, Space
from engine.execution.verify.lines import Line
from engine.execution.verify.paths import Tape
from engine.execution.verify.questions import Question, tests
from engine.execution.verify.report import ERROR, OPEN, WARNING, Problem
from engine.execution.verify.world import World

_MOST_NAMED = 4
_MOST_LOOKED_AT = 300


@dataclass(frozen=True)
class Findings:
    """The problems of one explored process."""

    explorer: Explorer

    @property
    def space(self) -> Space:
        return self.explorer.space

    @property
    def world(self) -> World:
        return self.explorer.world

    def all(self) -> Iterator[Problem]:
        yield from self._stuck()
        yield from self._incidents()
        yield from self._crowds()
        yield from self._repeated()
        yield from self._overlaps()
        yield from self._uncaught()
        if self.space.complete:
            yield from self._livelocks()
            yield from self._dead()
        yield from self._interrupted()

    # --- nothing goes on ---------------------------------------------------------------------------

    def _stuck(self) -> Iterator[Problem]:
        told: set[tuple[str, ...]] = set()
        for number in self.space.stuck:
            state = self.space.state(number) or {}
            tokens = list(markings.all_tokens(state))
            at = sorted({one["at"] for one in tokens if one.get("via")} or {one["at"] for one in tokens})
            if tuple(at) in told:
                continue
            told.add(tuple(at))
            here = {(one["at"], one.get("via")) for one in tokens}
            missing = [
                flow.source for one in at for flow in self._node(one).incoming if (one, flow.id) not in here
            ]
            ended = any("seen" in scope for scope in markings.all_scopes(state))
            yield Problem(
                kind="token-left" if ended else "deadlock",
                elements=tuple(at),
                path=self.path(number),
                message=self._waits(at, missing, ended=ended),
            )

    def _waits(self, at: Sequence[str], missing: Sequence[str], *, ended: bool) -> Text:
        where, from_ = self.names(at), self.names(dict.fromkeys(missing))
        if not missing:
            vi = f"Hồ sơ đứng lại ở {where.vi}: không còn việc gì có thể xảy ra nữa."
            return Text(vi, f"The dossier is stuck at {where.en}: nothing can happen any more.")
        if ended:
            vi = (
                f"Một nhánh đã kết thúc, nhưng nhánh kia chờ mãi ở {where.vi}: nhánh từ {from_.vi} không tới."
            )
            en = f"One branch has ended; the other waits for ever at {where.en}: {from_.en} never comes."
            return Text(vi, en)
        vi = f"Hồ sơ đứng lại ở {where.vi}: chờ nhánh từ {from_.vi} mà nhánh đó không bao giờ tới."
        return Text(vi, f"The dossier is stuck at {where.en}: it waits for {from_.en}, which never comes.")

    def _incidents(self) -> Iterator[Problem]:
        for (_, node), found in self.space.incidents.items():
            path = self.path(found.source, found.move, node)
            question = found.question
            if isinstance(found.error, NoFlowHolds) and question is not None and question.node == node:
                said = self._values(question.lines, found.box)
                when = Text(f"khi {said.vi} ", f"when {said.en} ") if said.vi else Text("có trường hợp ", "")
                yield Problem(
                    kind="gateway-hole",
                    severity=ERROR if self._is_exact(question.lines) else OPEN,
                    elements=(node,),
                    path=path,
                    message=Text(
                        f"{self.name(node).vi}: {when.vi}không nhánh nào đúng và không có nhánh mặc định; "
                        "hồ sơ sẽ dừng ở đó.",
                        f"{self.name(node).en}: {when.en or ''}no branch holds and there is no default; "
                        "the dossier would stop there.",
                    ),
                )
                continue
            yield Problem(
                kind="livelock" if isinstance(found.error, EndlessLoop) else "incident",
                elements=(node,),
                path=path,
                message=Text(found.error.say("vi"), found.error.say("en")),
            )

    def _uncaught(self) -> Iterator[Problem]:
        for node, number in self.space.uncaught.items():
            name = self.name(node)
            yield Problem(
                kind="uncaught-error",
                elements=(node,),
                path=self.path(number),
                message=Text(
                    f"Lỗi phát ra ở {name.vi} không có sự kiện nào bắt: bước trước đó không hoàn thành được.",
                    f"Nothing catches the error of {name.en}: the step before it could not be completed.",
                ),
            )

    # --- too much goes on --------------------------------------------------------------------------

    def _crowds(self) -> Iterator[Problem]:
        growing = self._growing()
        if growing:
            number, at = growing
            name = self.names(at)
            yield Problem(
                kind="unbounded",
                elements=tuple(at),
                path=self.path(number),
                message=Text(
                    f"Mỗi vòng lặp lại mở thêm việc ở {name.vi}: số việc tăng mãi, hồ sơ không dọn hết được.",
                    f"Every round opens more at {name.en}: the work grows without bound.",
                ),
            )
        told = set(growing[1]) if growing else set()
        for (node, _), number in self.space.crowds.items():
            if node in told:
                continue
            told.add(node)
            name = self.name(node)
            yield Problem(
                kind="lack-of-synchronisation",
                elements=(node,),
                path=self.path(number),
                message=Text(
                    f"{name.vi} có thể mở hai lần cùng lúc trong một hồ sơ: các nhánh song song gặp nhau "
                    "trước đó mà không có cổng nối.",
                    f"{name.en} can be open twice at once in one dossier: parallel branches meet before it "
                    "without a join.",
                ),
            )

    def _growing(self) -> tuple[int, list[str]] | None:
        """Return a state that holds all of an earlier one on its way, and more."""
        for number in sorted(self.space.crowded)[:_MOST_LOOKED_AT]:
            now = markings.places(self.space.state(number) or {})
            before = self.space.parents[number][0]
            while before > 0:
                then = markings.places(self.space.state(before) or {})
                if then < now and then != now:
                    return number, sorted({place[0] for place in now - then})
                before = self.space.parents[before][0]
        return None

    def _repeated(self) -> Iterator[Problem]:
        for end, number in self.space.repeated.items():
            name = self.name(end)
            yield Problem(
                kind="improper-completion",
                elements=(end,),
                path=self.path(number),
                message=Text(
                    f"{name.vi} tới hai lần trong một hồ sơ: nhánh này đã kết thúc mà nhánh khác còn chạy "
                    "tới đúng chỗ đó.",
                    f"{name.en} is reached twice in one dossier: one branch has ended there while another "
                    "is still on its way to it.",
                ),
            )

    def _interrupted(self) -> Iterator[Problem]:
        for end, (number, lost) in self.space.interrupted.items():
            name, others = self.name(end), self.names(lost)
            yield Problem(
                kind="terminate-interrupts",
                severity=WARNING,
                elements=(end, *lost),
                path=self.path(number),
                message=Text(
                    f"{name.vi} kết thúc tất cả trong khi {others.vi} còn đang làm; việc đó bị hủy.",
                    f"{name.en} ends everything while {others.en} is still open; that work is cancelled.",
                ),
            )

    # --- never -------------------------------------------------------------------------------------

    def _livelocks(self) -> Iterator[Problem]:
        """The nearest state from which no end can be reached, and nothing that was told already."""
        space = self.space
        known = {number for number, status in enumerate(space.status) if number and status != "running"}
        known |= space.cut | space.refused | set(space.stuck)
        todo = list(known)
        while todo:
            for source in space.edges[todo.pop()]:
                if source not in known:
                    known.add(source)
                    todo.append(source)
        lost = next((number for number in range(1, len(space.packed)) if number not in known), None)
        if lost is None:
            return
        at = sorted({one["at"] for one in markings.all_tokens(space.state(lost) or {})})
        name = self.names(at)
        yield Problem(
            kind="livelock",
            elements=tuple(at),
            path=self.path(lost),
            message=Text(
                f"Từ {name.vi} trở đi hồ sơ chỉ quay vòng: không cách nào tới được sự kiện kết thúc.",
                f"From {name.en} on the dossier only goes in circles: no end can be reached.",
            ),
        )

    def _dead(self) -> Iterator[Problem]:
        world = self.world
        scopes = world.model.scopes
        mine = world.reach(*scopes[self.space.process].nodes)
        excused = world.reach(
            *(one.id for one in world.model.nodes.values() if world.is_error_of_machine(one))
        )
        for ident in world.model.nodes:
            node = self._node(ident)
            if ident in self.space.entered or ident not in mine or ident in excused:
                continue
            if not isinstance(node, Activity | Event) or getattr(node, "for_compensation", False):
                continue
            if any(one.kind == "compensate" for one in getattr(node, "definitions", ())):
                continue
            if self._belongs_to_dead(node):
                continue
            name = self.name(ident)
            what = Text("Bước", "The step") if isinstance(node, Activity) else Text("Sự kiện", "The event")
            yield Problem(
                kind="dead-step",
                elements=(ident,),
                path=(),
                message=Text(
                    f"{what.vi} {name.vi} không bao giờ tới lượt: không hồ sơ nào đi được tới đó.",
                    f"{what.en} {name.en} never has its turn: no dossier can get there.",
                ),
            )

    def _belongs_to_dead(self, node: Node) -> bool:
        """Whether it is the inside, or stands at the edge, of something dead that is told anyway."""
        host = getattr(node, "host", "")
        if host and host not in self.space.entered:
            return True
        scope = self.world.model.scopes[node.scope]
        return scope.id in self.world.model.nodes and scope.id not in self.space.entered

    # --- gateways ----------------------------------------------------------------------------------

    def _overlaps(self) -> Iterator[Problem]:
        for found in self.space.overlaps.values():
            problem = self._overlap(found)
            if problem:
                yield problem

    def _overlap(self, found: Overlap) -> Problem | None:
        question = found.question
        pair = [question.trees[question.flows.index(flow)] for flow in found.flows]
        first, second = ({one.at for one in tests(tree)} for tree in pair)
        lines = sorted(first | second)
        is_told = first & second or all(self.world.lines[at].is_known for at in lines)
        if not is_told or not self._is_exact(lines):
            return None
        said = self._values(lines, found.box)
        ways = [self._way_name(question, flow) for flow in found.flows]
        name = self.name(question.node)
        return Problem(
            kind="gateway-overlap",
            elements=(question.node, *found.flows),
            path=self.path(found.source, found.move, question.node),
            message=Text(
                f"{name.vi}: khi {said.vi} cả hai nhánh cùng đúng ({ways[0].vi} và {ways[1].vi}); "
                "hồ sơ sẽ luôn đi nhánh vẽ trước.",
                f"{name.en}: when {said.en} both branches hold ({ways[0].en} and {ways[1].en}); "
                "the dossier would always take the one drawn first.",
            ),
        )

    def _way_name(self, question: Question, ident: str) -> Text:
        flow = next(one for one in self._node(question.node).outgoing if one.id == ident)
        return Text(f"“{flow.name}”", f"“{flow.name}”") if flow.name else self.name(flow.target)

    def _values(self, lines: Iterable[int], box: Sequence[int]) -> Text:
        said = [self.world.lines[at].say(box[at]) for at in lines if box[at] != self.world.lines[at].all]
        return Text(" và ".join(one.say("vi") for one in said), " and ".join(one.say("en") for one in said))

    def _is_exact(self, lines: Iterable[int]) -> bool:
        found: list[Line] = [self.world.lines[at] for at in lines]
        return all(one.is_plain and not one.passes for one in found)

    # --- naming ------------------------------------------------------------------------------------

    def path(self, number: int, refused: Move | None = None, at: str = "") -> tuple[str, ...]:
        """Return the nodes and flows on the shortest way to a state; `refused`, on to where that stopped."""
        ids = [one for step in self.space.way(number) for one in self.gone(*step)]
        ids += [one for one in (refused.node, at) if one] if refused else []
        return tuple(one for place, one in enumerate(ids) if not place or ids[place - 1] != one)

    def gone(self, source: int, move: Move, tape: Tape) -> list[str]:
        """Return the nodes and flows that one step goes through."""
        ids = [move.node]
        step = self.explorer.take_again(source, move, tape)
        for effect in step.effects if step else ():
            if isinstance(effect, Entered):
                ids.append(effect.node)
            elif isinstance(effect, FlowTaken):
                ids.append(effect.flow)
        return [one for one in ids if one]

    def name(self, ident: str) -> Text:
        step = self.world.steps.get(ident)
        if step and step.name:
            return Text(f"“{step.name.say('vi')}”", f"“{step.name.say('en')}”")
        node = self.world.model.nodes.get(ident)
        return Text(
            f"“{node.name if node and node.name else ident}”",
            f"“{node.name if node and node.name else ident}”",
        )

    def names(self, idents: Iterable[str]) -> Text:
        named = [self.name(one) for one in idents]
        more = ["…"] if len(named) > _MOST_NAMED else []
        named = named[:_MOST_NAMED]
        return Text(
            ", ".join([*(one.vi for one in named), *more]),
            ", ".join([*(one.say("en") for one in named), *more]),
        )

    def _node(self, ident: str) -> Node:
        return self.world.model.nodes[ident]
