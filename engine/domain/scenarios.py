"""Test scenarios: what a procedure should do with one example dossier, written for people to read and edit.

A scenario is data. It carries its own days off, so that it says the same next year and in every office.
Playing it is in `engine.scenarios`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self

from engine.domain.calendar import ZONE, Day, DayKind, WorkingCalendar
from engine.domain.dossiers import Status
from engine.domain.reading import BadJson, Place
from engine.domain.texts import Text

COMPLETE, WAIT, MESSAGE, SIGNAL, WITHDRAW, STOP = "complete", "wait", "message", "signal", "withdraw", "stop"
KINDS = (COMPLETE, WAIT, MESSAGE, SIGNAL, WITHDRAW, STOP)
MOST_ACTS = 300
MOST_SCENARIOS = 100
MOST_ACTS_IN_ALL = 1_500  # of a procedure: publication waits for them

_ID = r"[a-z0-9][a-z0-9\-]{0,59}"
_ID_TEXT = Text("mã gồm chữ thường không dấu, số và dấu -", "an id of small plain letters, digits and -")
_MOMENT = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}"
_MOMENT_TEXT = Text('ngày giờ dạng "2026-11-23 09:10"', 'a day and hour such as "2026-11-23 09:10"')
_DAY_TEXT = Text('ngày dạng "2026-11-24"', 'a day such as "2026-11-24"')


class BadScenario(BadJson):
    """A scenario has the wrong shape; facts name the path."""

    code = "bad_scenario"
    what = Text("Kịch bản thử không đọc được", "The scenario cannot be read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What should be so after an act; what is None or empty is not compared.

    Attributes:
        next: Ids of the steps that are open, in any order; () when none may be.
        status: Of the dossier.
        due: When the result is due now.
        refused: Code of the refusal, when the act should not be possible.
    """

    next: tuple[str, ...] | None = None
    status: str = ""
    due: datetime | None = None
    refused: str = ""

    @classmethod
    def read(cls, place: Place) -> Self:
        if place.value is None:
            return cls()
        place.only(("next", "status", "due", "refused"))
        steps = place.at("next")
        return cls(
            next=None if steps.value is None else tuple(one.string() for one in steps.items()),
            status=place.at("status").choice(("", *Status), ""),
            due=_read_moment(place.at("due")) if place.at("due").value else None,
            refused=place.at("refused").string(""),
        )

    def as_json(self) -> dict[str, Any]:
        if self.refused:
            return {"refused": self.refused}
        found: dict[str, Any] = {} if self.next is None else {"next": list(self.next)}
        return found | _given(status=self.status, due=self.due and write_moment(self.due))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that happens to the dossier.

    Attributes:
        at: When; timers that fall due until then fire before it.
        step: The step that is finished, for "complete".
        role, unit: Who does it, as the diagram says; empty is not compared.
        answers: As typed: "412,5", "31/12/2026", "1" for a tick.
        name: Of the message or signal.
    """

    kind: str = COMPLETE
    at: datetime
    step: str = ""
    role: str = ""
    unit: str = ""
    outcome: str = ""
    reason: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    expected: Expected = Expected()

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("act", "at", "step", "who", "outcome", "reason", "answers", "name", "expect"))
        kind = place.at("act").choice(KINDS, COMPLETE)
        who = place.at("who")
        if who.value is not None:
            who.only(("role", "unit"))
        return cls(
            kind=kind,
            at=_read_moment(place.at("at")),
            step=place.at("step").string(None if kind == COMPLETE else ""),
            role=who.at("role").string(""),
            unit=who.at("unit").string(""),
            outcome=place.at("outcome").string(""),
            reason=place.at("reason").string(""),
            answers=_read_answers(place.at("answers")),
            name=place.at("name").string(None if kind in (MESSAGE, SIGNAL) else ""),
            expected=Expected.read(place.at("expect")),
        )

    def as_json(self) -> dict[str, Any]:
        return (
            ({} if self.kind == COMPLETE else {"act": self.kind})
            | {"at": write_moment(self.at)}
            | _given(
                step=self.step,
                who=_given(role=self.role, unit=self.unit),
                name=self.name,
                outcome=self.outcome,
                reason=self.reason,
                answers=dict(self.answers),
                expect=self.expected.as_json(),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStep:
    """A step as it was when the scenario was recorded: for the reader, and to find it again.

    Attributes:
        place: Its number in the order of the diagram, from 1.
    """

    name: Text
    kind: str = ""
    place: int = 0

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("name", "kind", "place"))
        return cls(
            name=place.at("name").text(),
            kind=place.at("kind").string(""),
            place=place.at("place").integer(0, least=0),
        )

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name.as_json()} | _given(kind=self.kind, place=self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One example dossier from its acceptance on.

    Attributes:
        start: When it is accepted.
        answers: What the reception form is filled in with.
        options: Switches of the procedure that are set otherwise here.
        days_off, days_worked: Where the working days differ from Monday to Friday.
        expected: After the acceptance.
        steps: The steps that the scenario speaks of, by id.
    """

    id: str
    title: Text
    note: Text = Text("")
    start: datetime
    answers: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    days_off: tuple[date, ...] = ()
    days_worked: tuple[date, ...] = ()
    expected: Expected = Expected()
    acts: tuple[Act, ...] = ()
    steps: Mapping[str, KnownStep] = field(default_factory=dict)

    @classmethod
    def from_json(cls, source: Any) -> Self:
        """Read a scenario that stands by itself.

        Raises:
            BadScenario: If something is missing, misspelt or of the wrong kind; it names the path.
        """
        return cls.read(Place(source, "", BadScenario))

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("id", "title", "note", "start", "options", "calendar", "acts", "steps"))
        start, calendar = place.at("start"), place.at("calendar")
        start.only(("at", "answers", "expect"))
        if calendar.value is not None:
            calendar.only(("off", "worked"))
        acts = place.at("acts").items()
        if len(acts) > MOST_ACTS:
            place.at("acts").refuse(Text(f"nhiều nhất {MOST_ACTS} việc", f"at most {MOST_ACTS} acts"))
        scenario = cls(
            id=place.at("id").string(pattern=_ID, expected=_ID_TEXT),
            title=place.at("title").text(needed=True),
            note=place.at("note").text(),
            start=_read_moment(start.at("at")),
            answers=_read_answers(start.at("answers")),
            options={key: one.value for key, one in place.at("options").entries().items()},
            days_off=tuple(_read_day(one) for one in calendar.at("off").items()),
            days_worked=tuple(_read_day(one) for one in calendar.at("worked").items()),
            expected=Expected.read(start.at("expect")),
            acts=tuple(Act.read(one) for one in acts),
            steps={key: KnownStep.read(one) for key, one in place.at("steps").entries().items()},
        )
        before = scenario.start
        for one, act in zip(acts, scenario.acts, strict=True):
            if act.at < before:
                one.at("at").refuse(Text("không sớm hơn việc trước đó", "not before the act above"))
            before = act.at
        return scenario

    def as_json(self) -> dict[str, Any]:
        calendar = _given(
            off=[one.isoformat() for one in self.days_off],
            worked=[one.isoformat() for one in self.days_worked],
        )
        start = {"at": write_moment(self.start)} | _given(
            answers=dict(self.answers), expect=self.expected.as_json()
        )
        return (
            {"id": self.id, "title": self.title.as_json()}
            | _given(note=self.note.as_json() if self.note else None, options=dict(self.options))
            | _given(calendar=calendar, steps={key: one.as_json() for key, one in self.steps.items()})
            | {"start": start, "acts": [one.as_json() for one in self.acts]}
        )

    @property
    def calendar(self) -> WorkingCalendar:
        """The working time in which it plays: full days of the usual hours."""
        off = {day: Day(kind=DayKind.OFF) for day in self.days_off}
        return WorkingCalendar(days=off | {day: Day(kind=DayKind.WORK) for day in self.days_worked})

    @property
    def named_steps(self) -> tuple[str, ...]:
        """Every step that it names, in the order in which it does."""
        named = [*(self.expected.next or ())]
        for act in self.acts:
            named += [act.step, *(act.expected.next or ())]
        return tuple(dict.fromkeys(one for one in named if one))

    def with_steps(self, ids: Mapping[str, str]) -> Scenario:
        """Return the same scenario about steps that have other ids now: old → new."""

        def moved(expected: Expected) -> Expected:
            if expected.next is None:
                return expected
            return replace(expected, next=tuple(ids.get(one, one) for one in expected.next))

        return replace(
            self,
            expected=moved(self.expected),
            acts=tuple(
                replace(act, step=ids.get(act.step, act.step), expected=moved(act.expected))
                for act in self.acts
            ),
            steps={ids.get(key, key): one for key, one in self.steps.items()},
        )


def read_scenarios(place: Place) -> tuple[Scenario, ...]:
    """Read the scenarios of a procedure; each has an id of its own."""
    found = place.items()
    if len(found) > MOST_SCENARIOS:
        place.refuse(Text(f"nhiều nhất {MOST_SCENARIOS} kịch bản", f"at most {MOST_SCENARIOS} scenarios"))
    scenarios = tuple(Scenario.read(one) for one in found)
    acts = sum(len(one.acts) for one in scenarios)
    if acts > MOST_ACTS_IN_ALL:
        expected = Text(
            f"nhiều nhất {MOST_ACTS_IN_ALL} việc trong mọi kịch bản",
            f"at most {MOST_ACTS_IN_ALL} acts in all",
        )
        place.refuse(expected, Text(f"{acts} việc", f"{acts} acts"))
    seen: set[str] = set()
    for one, scenario in zip(found, scenarios, strict=True):
        if scenario.id in seen:
            one.at("id").refuse(Text("mã chưa dùng ở trên", "an id not used above"))
        seen.add(scenario.id)
    return scenarios


def write_moment(moment: datetime) -> str:
    """Write a moment as the office's clock shows it, to the minute."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _read_moment(place: Place) -> datetime:
    text = place.string(pattern=_MOMENT, expected=_MOMENT_TEXT)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE)
    except ValueError:
        return place.refuse(_MOMENT_TEXT)


def _read_day(place: Place) -> date:
    text = place.string(pattern=r"\d{4}-\d{2}-\d{2}", expected=_DAY_TEXT)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return place.refuse(_DAY_TEXT)


def _read_answers(place: Place) -> dict[str, Any]:
    """Answers are what was typed: words, and lists of words where several may be chosen."""
    return {name: _read_answer(one) for name, one in place.entries().items()}


def _read_answer(place: Place) -> Any:
    value = place.value
    if isinstance(value, list):  # several choices, or the rows of a table
        return [
            {name: cell.string("") for name, cell in one.entries().items()}
            if isinstance(one.value, dict)
            else one.string("")
            for one in place.items()
        ]
    if not isinstance(value, str):
        place.refuse(Text('chữ như đã gõ, ví dụ "412,5"', 'words as typed, such as "412,5"'))
    return value


def _given(**values: Any) -> dict[str, Any]:
    """Only what says something: a file that people read has no empty lines."""
    return {key: value for key, value in values.items() if value}
