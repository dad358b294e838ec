"""One way through one step: what is known, and which turn is taken where several are open.

`Path.answer` stands in for the evaluation of expressions. Where a condition can come out both ways it
takes the first and leaves a tape that leads to each of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from engine.execution.steps import Assigned, Complete, DataChanged, Happening, Message, Step
from engine.execution.verify.questions import Box, Question, settled
from engine.execution.verify.world import World

Tape = tuple[int, ...]  # which turn was taken at each question that was open
Ways = list[tuple[tuple[bool | None, ...], Box]]
Settled = dict[Any, Ways]
_SAMPLE_TIMES = {"duration": "PT1H", "date": "2026-01-01T08:00", "cycle": "R2/PT1H"}


@dataclass(frozen=True, slots=True)
class Move:
    """What a person or the world does.

    Attributes:
        node: The step that is completed, or the event that happens; `outcome` is the button pressed.
        holder: Of a message, whose listener gets it.
    """

    event: Happening
    node: str = ""
    outcome: str = ""
    holder: int = 0


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two conditions of an exclusive gateway that hold together."""

    source: int
    move: Move
    tape: tuple[int, ...]
    question: Question
    flows: tuple[str, str]
    box: Box


class Path:
    """One way through one step: what is known, and which turn was taken where several were open."""

    def __init__(
        self,
        world: World,
        known: Settled,
        source: int,
        move: Move,
        box: Box,
        asked: Box,
        tape: Tape,
        tapes: list[Tape],
    ) -> None:
        self.world, self.known = world, known
        self.source, self.move = source, move
        self.box, self.asked, self.asked_before = list(box), list(asked), list(asked)
        self.tape, self.tapes = tape, tapes
        self.turn = 0
        self.given: set[int] = set()
        self.last: Question | None = None
        self.overlaps: list[Overlap] = []
        self._write()

    def _write(self) -> None:
        move, lines = self.move, self.world.lines
        if isinstance(move.event, Complete | Message):
            for at, line in self.world.written_by(move.node):
                self.box[at] = line.after(self.box[at], move.node, move.outcome)
        elif isinstance(move.event, DataChanged):
            for at in self.world.changing:
                if not lines[at].stands:
                    self.box[at] = lines[at].all

    def answer(self, text: str, names: Mapping[str, Any]) -> Any:
        """Stand in for the evaluation of expressions."""
        question = self.world.questions.get(text)
        if question is None:
            return self._value(text)
        self._take_local(question, names)
        self._ask(question)
        found = self._settle(question, names)
        return found[question.own]

    def _value(self, text: str) -> Any:
        if text in self.world.amounts:
            number = self.world.amounts[text]
            loops = (getattr(node, "loop", None) for node in self.world.model.nodes.values())
            return [None] * number if any(getattr(one, "collection", "") == text for one in loops) else number
        return _SAMPLE_TIMES.get(self.world.times.get(text, ""))

    def _take_local(self, question: Question, names: Mapping[str, Any]) -> None:
        """A name that the diagram itself gave a value to may be anything: once in a step."""
        for at in question.lines if names else ():
            if at not in self.given and self.world.lines[at].speaks_of(names):
                self.given.add(at)
                self.box[at] = self.world.lines[at].all

    def known_after(self, step: Step) -> Box:
        """What is known when the step is done: nothing of names that were given a value and not asked for."""
        names = {one.name for one in step.effects if type(one) is Assigned}
        if names:
            for at, line in enumerate(self.world.lines):
                if at not in self.given and line.speaks_of(names):
                    self.box[at] = line.all
        return tuple(self.box)

    def _ask(self, question: Question) -> None:
        """A value that no step is known to write is thought over when the same gateway asks again."""
        bit = 1 << question.asker
        for at in question.lines:
            line = self.world.lines[at]
            if line.asked_again:
                if self.asked_before[at] & bit:
                    self.box[at] = line.all
                    self.asked_before[at] = self.asked[at] = 0  # once in a step
                self.asked[at] |= bit

    def _settle(self, question: Question, names: Mapping[str, Any]) -> tuple[bool | None, ...]:
        self.last = question
        ways = self._ways(question, names)
        turn = 0
        if len(ways) > 1:
            if self.turn < len(self.tape):
                turn = self.tape[self.turn]
            else:
                self.tapes += [(*self.tape, one) for one in range(1, len(ways))]
                self.tape = (*self.tape, 0)
            self.turn += 1
        found, box = ways[turn]
        self.box = list(box)
        if len(found) > 1 and sum(one is True for one in found) > 1:
            self._overlap(question, found)
        return found

    def _ways(self, question: Question, names: Mapping[str, Any]) -> Ways:
        box = tuple(self.box)
        if question.has_fixed:
            return self._settled(question, box, names)
        key = id(question), tuple([box[at] for at in question.lines])
        if key not in self.known:
            found_now = self._settled(question, box, names)
            self.known[key] = [(found, tuple(way[at] for at in question.lines)) for found, way in found_now]
            return found_now
        ways = []
        for found, masks in self.known[key]:
            whole = list(box)
            for at, mask in zip(question.lines, masks, strict=True):
                whole[at] = mask
            ways.append((found, tuple(whole)))
        return ways

    def _settled(self, question: Question, box: Box, names: Mapping[str, Any]) -> Ways:
        """Leave out what no form would have let a person enter."""
        ways = list(settled(question.trees, box, names, self.world.lines))
        rules = [self.world.rules[at] for at in question.lines if at in self.world.rules]
        possible = [way for way in ways if all(rule.allows(way[1]) for rule in rules)] if rules else ways
        return possible or ways

    def _overlap(self, question: Question, found: tuple[bool | None, ...]) -> None:
        holding = [flow for flow, one in zip(question.flows, found, strict=True) if one is True]
        for pair in combinations(holding, 2):
            self.overlaps.append(Overlap(self.source, self.move, self.tape, question, pair, tuple(self.box)))
