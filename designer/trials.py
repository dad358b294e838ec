"""A trial run on the page: where the dossier is, what can be done now, and the scenario that it makes.

Nothing is kept on the server. The page carries the scenario so far; each request plays it from the start,
takes one more act and shows where that leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from designer.drafts import get_revision
from designer.letters import anonymous
from designer.outline import Words
from designer.revisions import words_of
from designer.scenarios import days_of, may_write
from designer.trial_cover import Cover, cover_of
from engine.bpmn.definitions import Definition, load_definition
from engine.bpmn.extensions import scan_steps
from engine.bpmn.steps import StepSpec
from engine.bpmn.svg import draw
from engine.bpmn.xml import parse_xml
from engine.domain.calendar import ZONE, WorkingCalendar, local_day
from engine.domain.forms import Form, input_value
from engine.domain.procedures import Procedure
from engine.domain.scenarios import MOST_ACTS, WAIT, Act, Scenario
from engine.domain.texts import Text
from engine.errors import NotFound, Refused
from engine.scenarios.made_up import made_up
from engine.scenarios.runs import Run, Stand, happen, new_trial, play_on
from engine.scenarios.trial import Trial, path_of
from engine.store.rows import DossierRow
from engine.store.work import Unit

UNSAVED = "ban-thu"
MADE_UP, REAL = "made-up", "real"  # what the first form is filled in with, where somebody asks
_TITLE = Text("Chạy thử", "Trial run")


class TrialTooLong(Refused):
    """A trial has a length that is still a scenario."""

    code = "trial_too_long"
    vi = "Lần chạy thử đã có {most} việc, là mức tối đa; hãy lưu thành kịch bản hoặc bắt đầu lại."
    en = "The trial has {most} acts, the most there may be; save it as a scenario or begin anew."


class NotThisRole(Refused):
    """Who tries one role out does the steps of that role only."""

    code = "not_this_role"
    vi = "Bước “{step}” là việc của {role}, không phải của vai đang thử. Hãy đổi vai rồi làm."
    en = "“{step}” is for {role_en}, not for the role that is being tried. Change the role first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A step that is open in the trial, as its page would show it."""

    id: str
    name: Text
    role: Text
    unit: Text
    due_at: datetime | None
    form: Form | None
    spec: StepSpec
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One line of what has happened: the stand after it and what it expected otherwise, if it did."""

    stand: Stand
    next: tuple[Text, ...]
    who: Text
    outcome: Text
    differences: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPage:
    """What the page of a trial run shows.

    Attributes:
        scenario: None before the dossier is accepted.
        picture, near: The whole diagram, and the part of it where the dossier is.
        role: Whose steps alone are offered; "" for all. `roles` are those that the diagram knows.
        elsewhere: Open steps of other roles than that one.
        timers: What is armed, the earliest first.
        awaited: Kind and name of the messages and signals that something listens for.
    """

    revision_id: int
    number: int
    version: int
    procedure_id: int
    key: str
    name: Text
    state: str
    can_save: bool
    scenario: Scenario | None
    start_form: Form | None
    start_values: Mapping[str, Any]
    options: Mapping[str, Any]
    now: datetime
    picture: str
    near: str = ""
    cover: Cover | None = None
    role: str = ""
    roles: tuple[tuple[str, Text], ...] = ()
    desks: tuple[Desk, ...] = ()
    elsewhere: tuple[Desk, ...] = ()
    moves: tuple[Move, ...] = ()
    stand: Stand | None = None
    due_days: tuple[Any, ...] = ()
    has_ended: bool = False
    timers: tuple[tuple[Text, datetime], ...] = ()
    awaited: tuple[tuple[str, str], ...] = ()


class TrialRun:
    """One request's trial: the revision, and the scenario so far, played."""

    def __init__(
        self,
        unit: Unit,
        revision_id: int,
        scenario: Scenario | None = None,
        *,
        fill: str = "",
        seed: str = "1",
        role: str = "",
    ) -> None:
        self.row = get_revision(unit, revision_id)
        self.definition: Definition = load_definition(self.row.definition.xml)
        self.procedure = Procedure.from_json(self.row.content)
        self.words: Words = words_of(unit, self.procedure)
        self.can_save = may_write(unit, self.row)
        self.unit = unit
        self.fill, self.seed = fill, seed
        self.roles = self._roles()
        self.role = role if role in self.roles else ""
        self.scenario = scenario
        self.trial: Trial | None = None
        self.run: Run | None = None
        if scenario is not None:
            self._play(scenario)

    # --- acts --------------------------------------------------------------------------------------

    def begin(self, start: datetime, answers: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        """Accept a new dossier.

        Raises:
            ProcedureError: Whatever the reception would refuse.
        """
        off, worked = days_of(self.unit, self.row, local_day(start))
        scenario = Scenario(
            id=UNSAVED,
            title=_TITLE,
            start=start,
            answers=answers,
            options=options,
            days_off=off,
            days_worked=worked,
        )
        new_trial(self.definition, self.procedure, scenario).start(answers)  # refused here, in its words
        self._play(scenario)

    def take(self, act: Act) -> None:
        """Let one more act happen; a wait in which nothing happened is no act of its own.

        Raises:
            ProcedureError: Whatever the office would refuse; the scenario stays as it was.
        """
        assert self.scenario is not None
        if len(self.scenario.acts) >= MOST_ACTS:
            raise TrialTooLong("a shorter trial", "it is long", most=MOST_ACTS)
        acts = self.scenario.acts
        if self._waited_for_nothing():
            acts = acts[:-1]
        before = replace(self.scenario, acts=acts)
        trial = new_trial(self.definition, self.procedure, before)
        play_on(trial, before)
        self._check_role(trial, act)
        happen(trial, act)
        self._play(replace(before, acts=(*acts, act)))

    def undo(self) -> None:
        """Take the last act back."""
        assert self.scenario is not None
        self._play(replace(self.scenario, acts=self.scenario.acts[:-1]))

    @property
    def now(self) -> datetime:
        """The trial's clock; before it begins, the next hour at which an office receives."""
        if self.trial is not None:
            return self.trial.now
        usual, now = WorkingCalendar(), self.unit.now.replace(second=0, microsecond=0)
        if usual.working_minutes_between(now, now + timedelta(minutes=1)):
            return now
        return usual.add_working_minutes(now, 1).replace(minute=0)

    def _play(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.trial = new_trial(self.definition, self.procedure, scenario)
        self.run = play_on(self.trial, scenario)

    def _roles(self) -> dict[str, Text]:
        """Return the roles that some step of the diagram names, in the order of the drawing."""
        steps = scan_steps(parse_xml(self.row.definition.xml)).steps.values()
        return {one.role: self.words.role(one.role) for one in steps if one.role}

    def _check_role(self, trial: Trial, act: Act) -> None:
        spec = trial.spec(act.step) if act.step in trial.open_steps else None
        if self.role and spec is not None and spec.role != self.role:
            name, role = trial.name(act.step), self.words.role(spec.role)
            facts = {"role": role.vi, "role_en": role.say("en")}
            raise NotThisRole("a step of the role", "it is another's", step=name.vi, **facts)

    def _waited_for_nothing(self) -> bool:
        assert self.run is not None
        assert self.scenario is not None
        if not self.scenario.acts or self.scenario.acts[-1].kind != WAIT or len(self.run.stands) < 2:
            return False
        before, after = self.run.stands[-2:]
        return replace(before, number=0, what=_TITLE, at=after.at, element="") == replace(
            after, number=0, what=_TITLE, element=""
        )

    # --- showing -----------------------------------------------------------------------------------

    def page(self, language: str) -> TrialPage:
        about = {
            "revision_id": self.row.id,
            "number": self.row.number,
            "version": self.row.version,
            "procedure_id": self.row.procedure_id,
            "key": self.row.procedure.key,
            "name": self.procedure.name,
            "state": self.row.state,
            "can_save": self.can_save,
            "scenario": self.scenario,
            "now": self.now,
        }
        start_form = self.procedure.forms.get(self.procedure.reception_form)
        if self.trial is None or self.run is None or self.scenario is None:
            return TrialPage(
                **about,
                start_form=start_form,
                start_values=self._first_values(start_form),
                options=self.procedure.options,
                picture=draw(self.definition.xml, None, language),
            )
        trial, marks = self.trial, self._marks()
        here = [one for one, mark in marks.items() if mark == "now"]
        desks = [self._desk(step) for step in dict.fromkeys(trial.open_steps)]
        mine = [one for one in desks if self.role in ("", one.spec.role)]
        return TrialPage(
            **about,
            start_form=start_form,
            start_values=self.scenario.answers,
            options=trial.procedure.options,
            picture=draw(self.definition.xml, marks, language),
            near=draw(self.definition.xml, marks, language, here) if here else "",
            cover=cover_of(self.definition, self.procedure, self.run, here, language),
            role=self.role,
            roles=tuple(self.roles.items()),
            desks=tuple(mine),
            elsewhere=tuple(one for one in desks if one not in mine),
            moves=tuple(self._move(stand) for stand in self.run.stands),
            stand=self.run.stands[-1],
            due_days=trial.due().days,
            has_ended=trial.has_ended,
            timers=tuple(
                sorted(
                    ((trial.name(node), one.due_at) for (node, _, _), one in trial.dossier.timers.items()),
                    key=lambda one: one[1],
                )
            ),
            awaited=tuple(self._awaited()),
        )

    def _desk(self, step: str) -> Desk:
        assert self.trial is not None
        item = next(one for one in self.trial.dossier.items if one.step == step)
        spec, form = self.trial.spec(step), self.trial.form_of(step)
        return Desk(
            id=step,
            name=self.trial.name(step),
            role=self.words.role(spec.role) if spec.role else Text(""),
            unit=self.words.unit(spec.unit) if spec.unit else Text(""),
            due_at=item.due_at,
            form=form,
            spec=spec,
            values=self._dated(form, self._known_answers(step)) or self._made_up(form, step),
        )

    def _move(self, stand: Stand) -> Move:
        assert self.trial is not None
        assert self.run is not None
        assert self.scenario is not None
        act = self.scenario.acts[stand.number - 1] if stand.number else None
        spec = self.trial.spec(act.step) if act and act.step else None
        chosen = spec.outcome(act.outcome) if spec and act else None
        return Move(
            stand=stand,
            next=tuple(self.trial.name(one) for one in stand.next),
            who=self.words.role(spec.role) if spec and spec.role else Text(""),
            outcome=chosen.name if chosen else Text(act.reason if act and not act.step else ""),
            differences=tuple(one.text for one in self.run.differences if one.number == stand.number),
        )

    def _marks(self) -> dict[str, str]:
        assert self.trial is not None
        nodes, flows = path_of(self.trial.effects)
        waiting = (*self.trial.open_steps, *self.trial.awaited)
        return dict.fromkeys((*nodes, *flows), "done") | dict.fromkeys(waiting, "now")

    def _awaited(self) -> list[tuple[str, str]]:
        """Messages and signals that the diagram could hear now: those of its events that wait."""
        assert self.trial is not None
        model = self.definition.model
        found: dict[tuple[str, str], None] = {}
        for one in self.trial.open_steps + self.trial.awaited:
            node = model.nodes[one]
            near = [node, *(model.boundaries(node) if hasattr(node, "boundaries") else model.targets(node))]
            for event in near:
                for definition in getattr(event, "definitions", ()):
                    if definition.kind in ("message", "signal"):
                        found[definition.kind, definition.ref] = None
                if getattr(event, "message", "") and event.kind == "receiveTask":
                    found["message", event.message] = None  # type: ignore[attr-defined]
        for scope in model.scopes:
            if model.process_of(scope) == self.definition.process_id:
                for _, event in model.event_starts(scope):
                    for definition in event.definitions:
                        if definition.kind in ("message", "signal"):
                            found[definition.kind, definition.ref] = None
        return list(found)

    def _made_up(self, form: Form | None, step: str) -> Mapping[str, Any]:
        """Answers of nobody, for a step that no scenario has been to; empty ones where they do not fit."""
        if form is None:
            return {}
        assert self.trial is not None
        return _defaults(form) | made_up(form, self.trial.context(), f"{self.seed}/{step}")

    def _first_values(self, form: Form | None) -> Mapping[str, Any]:
        today = local_day(self.unit.now)
        if form is not None and self.fill == MADE_UP:
            return made_up(form, {"today": today}, self.seed)
        if form is not None and self.fill == REAL:
            data = self.unit.session.scalar(
                select(DossierRow.data)
                .where(DossierRow.procedure_id == self.row.procedure_id)
                .order_by(DossierRow.id.desc())
                .limit(1)
            )
            return anonymous(form, data or {}, self.seed, today)
        return self._usual_values(form)

    def _usual_values(self, form: Form | None) -> Mapping[str, Any]:
        """The form as some scenario fills it in, so that nobody types a whole application to try a step."""
        if self.procedure.scenarios:
            return self.procedure.scenarios[0].answers
        return _defaults(form)

    def _dated(self, form: Form | None, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Days of another scenario would lie in the future or long ago here: the trial's own day instead."""
        days = {one.name for one in form.fields if one.type == "date"} if form else set()
        today = f"{self.now.astimezone(ZONE):%d/%m/%Y}"
        return {name: today if name in days else value for name, value in answers.items()}

    def _known_answers(self, step: str) -> Mapping[str, Any]:
        for scenario in self.procedure.scenarios:
            for act in scenario.acts:
                if act.step == step and act.answers:
                    return act.answers
        return {}


def scenario_of(unit: Unit, revision_id: int, ident: str) -> Scenario:
    """Return a scenario of a revision.

    Raises:
        NotFound: If there is none of that name.
    """
    procedure = Procedure.from_json(get_revision(unit, revision_id).content)
    found = next((one for one in procedure.scenarios if one.id == ident), None)
    if found is None:
        raise NotFound("a scenario", f"there is none called {ident[:60]!r}", what="kịch bản thử")
    return found


def _defaults(form: Form | None) -> dict[str, Any]:
    fields = form.fields if form else ()
    return {field.name: input_value(field, field.default) for field in fields if field.has_answer}
