"""Dossiers that were, gone through again under another revision: which way, until when, by whom.

Each recorded act is done again at the step it was done at, after as long as it took then. Where the revision
has a step that the dossier never met, its main button is pressed after all of its allotted hours, and
questions that nobody was asked get made-up answers; both are counted, so that nobody takes them for history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.bpmn.definitions import Definition
from engine.domain.calendar import WorkingCalendar
from engine.domain.forms import FormInvalid
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.execution.errors import NothingWaits
from engine.execution.executors import get_executor
from engine.scenarios.made_up import made_up
from engine.scenarios.trial import Item, Trial
from engine.usecases.evaluation import context_of_reception
from engine.usecases.results import is_main

MOST_STEPS = 300
NO_HOURS = 60  # minutes at a step that says none
LONGEST_WAIT = timedelta(days=400)
WITHDRAWN, STOPPED = "withdrawn", "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One act of the past: at which step, with which button and answers, and how long it stood open."""

    step: str
    outcome: str
    answers: Mapping[str, Any]
    took: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message of another dossier, or from outside, that this one took: its name, what it brought, when."""

    name: str
    payload: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One dossier as it was.

    Attributes:
        answers: Of the reception form, as typed.
        heard: In the order in which they were taken; played at the same moments, and kept until something
            waits for them, as messages are.
        ended_as: "withdrawn" or "stopped" where somebody ended it by hand, after `ended_after`.
    """

    code: str
    accepted_at: datetime
    answers: Mapping[str, Any]
    acts: tuple[Done, ...]
    heard: tuple[Heard, ...] = ()
    ended_as: str = ""
    ended_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What became of one dossier under one revision.

    Attributes:
        way: Steps in the order in which they were done.
        why: Why it could not be played to its end; empty if it was.
        assumed: Steps that it never met in the past.
        load: Working minutes by role, from opened to done, at desks only.
    """

    way: tuple[str, ...]
    due: datetime | None = None
    resolved_at: datetime | None = None
    result: str = ""
    status: str = ""
    why: Text = Text("")
    assumed: tuple[str, ...] = ()
    load: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_late(self) -> bool:
        return bool(self.due and self.resolved_at and self.resolved_at > self.due)


def replay(
    definition: Definition,
    procedure: Procedure,
    recorded: Recorded,
    calendar: WorkingCalendar,
    renamed: Mapping[str, str] | None = None,
) -> Played:
    """Go through a dossier again under a revision.

    Args:
        renamed: Steps that have another id in this revision: then → now.
    """
    return _Replay(definition, procedure, recorded, calendar, renamed or {}).run()


class _Replay:
    def __init__(
        self,
        definition: Definition,
        procedure: Procedure,
        recorded: Recorded,
        calendar: WorkingCalendar,
        renamed: Mapping[str, str],
    ) -> None:
        self.recorded, self.calendar = recorded, calendar
        self.trial = Trial(definition, procedure, get_executor("marking"), calendar, recorded.accepted_at)
        self.left: dict[str, list[Done]] = defaultdict(list)
        for one in recorded.acts:
            self.left[renamed.get(one.step, one.step)].append(one)
        self.coming = sorted(recorded.heard, key=lambda one: one.at)
        self.kept: list[Heard] = []
        self.way: list[str] = []
        self.assumed: list[str] = []
        self.load: dict[str, float] = defaultdict(float)

    def run(self) -> Played:
        try:
            self._start()
            why = self._go_on()
        except ProcedureError as refused:
            why = Text(refused.say("vi"), refused.say("en"))
        dossier = self.trial.dossier
        return Played(
            way=tuple(self.way),
            due=dossier.current_due,
            resolved_at=dossier.resolved_at,
            result=dossier.result,
            status=str(dossier.status),
            why=why,
            assumed=tuple(dict.fromkeys(self.assumed)),
            load=dict(self.load),
        )

    def _start(self) -> None:
        form = self.trial.procedure.forms.get(self.trial.procedure.reception_form)
        answers = {
            name: value for name, value in self.recorded.answers.items() if form is None or name in form.asked
        }
        try:
            self.trial.start(answers)
        except FormInvalid as invalid:
            assert form is not None
            place = self.trial.unit
            known = context_of_reception(self.trial.procedure, {}, place, self.trial.now, 1, 0)  # type: ignore[arg-type]
            self.trial.start(answers | made_up(form, known, self.recorded.code, invalid.problems))
            self.assumed.append("")

    def _go_on(self) -> Text:
        for _ in range(MOST_STEPS):
            if self.trial.has_ended:
                return Text("")
            if self._hear():
                continue
            message = self.coming[0].at if self.coming else None
            if not self.trial.open_steps:
                when = min((one for one in (self.trial.next_timer, message) if one is not None), default=None)
                end = self._end()
                if end is not None and (when is None or end <= when):
                    return self._end_at(end)
                if when is None:
                    return Text("Chờ tin từ bên ngoài.", "Waits for a message from outside.")
                self._wait(when)
                continue
            item, done, at = min(
                (self._planned(one) for one in self.trial.dossier.items),
                key=lambda one: (one[2], one[0].token),
            )
            if message is not None and message <= at:
                self._wait(message)
                continue
            end = self._end()
            if end is not None and end <= at:
                return self._end_at(end)
            self.trial.wait(at)
            if item in self.trial.dossier.items:  # a timer on the way may have taken it
                self._finish(item, done)
        return Text(f"Còn đi vòng sau {MOST_STEPS} bước.", f"Still goes round after {MOST_STEPS} steps.")

    def _wait(self, until: datetime) -> None:
        """Let time pass, and what arrives by then arrive."""
        self.trial.wait(max(until, self.trial.now))
        while self.coming and self.coming[0].at <= self.trial.now:
            self.kept.append(self.coming.pop(0))

    def _hear(self) -> bool:
        """Take the oldest kept message that something waits for; say whether there was one."""
        for one in self.kept:
            try:
                self.trial.message(one.name, one.payload)
            except NothingWaits:
                continue
            self.kept.remove(one)
            return True
        return False

    def _end_at(self, end: datetime) -> Text:
        self.trial.wait(max(end, self.trial.now))
        if not self.trial.has_ended:
            self._end_by_hand()
        return Text("")

    def _planned(self, item: Item) -> tuple[Item, Done | None, datetime]:
        """Return an open step with what was done there, and when it will be done now."""
        acts = self.left.get(item.step)
        if acts:
            return item, acts[0], item.opened_at + acts[0].took
        spec = self.trial.spec(item.step)
        if spec.kind == "wait_citizen":
            return item, None, item.opened_at + timedelta(days=3)
        minutes = spec.minutes if spec.minutes is not None else NO_HOURS
        return item, None, self.calendar.add_working_minutes(item.opened_at, minutes)

    def _finish(self, item: Item, done: Done | None) -> None:
        spec = self.trial.spec(item.step)
        if done is not None:
            self.left[item.step].pop(0)
        else:
            self.assumed.append(item.step)
        codes = [one.code for one in spec.outcomes]
        main = next((code for code in codes if is_main(spec, code)), "")
        outcome = done.outcome if done and done.outcome in codes else main
        answers = dict(done.answers) if done else {}
        form = self.trial.form_of(item.step)
        kept = {name: value for name, value in answers.items() if form is None or name in form.asked}
        reason = "Phát lại hồ sơ đã giải quyết."
        try:
            self.trial.complete(item.step, outcome, kept, reason)
        except FormInvalid as invalid:
            assert form is not None
            more = made_up(form, self.trial.context(), f"{self.recorded.code}/{item.step}", invalid.problems)
            self.trial.complete(item.step, outcome, kept | more, reason)
            self.assumed.append(item.step)
        self.way.append(item.step)
        if spec.role and spec.kind != "wait_citizen":  # at a desk of the office
            self.load[spec.role] += self.calendar.working_minutes_between(item.opened_at, self.trial.now)

    def _end(self) -> datetime | None:
        after = self.recorded.ended_after
        return self.recorded.accepted_at + min(after, LONGEST_WAIT) if after is not None else None

    def _end_by_hand(self) -> None:
        if self.recorded.ended_as == WITHDRAWN:
            self.trial.withdraw()
        else:
            self.trial.stop()


def ways_apart(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the steps that only one of two ways goes through: those gone, those new."""
    gone = [one for one in dict.fromkeys(before) if one not in after]
    new = [one for one in dict.fromkeys(after) if one not in before]
    return gone, new
