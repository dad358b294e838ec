"""Practising a step: a made-up dossier in memory is brought to it, and a person decides it as on its page.

The rules are those of real dossiers; nothing is stored, nobody is told, no number is taken. The dossier comes
from a scenario of the procedure, or, where none gets there, along the usual outcomes with made-up answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine.bpmn.definitions import Definition
from engine.bpmn.steps import LegalBasis, Outcome, StepSpec
from engine.domain.calendar import WorkingCalendar, local_day
from engine.domain.forms import Form
from engine.domain.procedures import Procedure
from engine.domain.scenarios import COMPLETE, Scenario
from engine.domain.texts import Text
from engine.errors import Forbidden, NotFound, ProcedureError
from engine.scenarios.made_up import made_up
from engine.scenarios.runs import begin, new_trial, take
from engine.scenarios.trial import Trial
from engine.store.work import Unit
from engine.usecases.procedures import (
    definition_of,
    find_procedure,
    list_procedures,
    procedure_of,
    revision_in_force,
)

COUNTER, RECEPTION_ROLE = "reception", "RECEPTION"  # what is done before the diagram begins, and by whom
MOST_PROCEDURES = 40
MOST_WALKED = 40
NOT_PRACTISED = ("receive", "wait_citizen")
_RECEIVE = Text("Tiếp nhận hồ sơ", "Receiving a dossier")


class NotYourStep(Forbidden):
    code = "practice_of_others"
    vi = "Bước này của vai trò khác; trang tập làm chỉ có các bước thuộc vai trò của bạn."
    en = "This step is another role's; practice has the steps of your own roles."


class OutOfReach(NotFound):
    code = "practice_out_of_reach"
    vi = "Chưa tập được bước “{step}”: không có hồ sơ mẫu nào của thủ tục đi tới bước này."
    en = "The step “{step_en}” cannot be practised: no made-up dossier of the procedure gets there."


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeStep:
    """One step that a person may practise; `step` is its id on the diagram, or `COUNTER`."""

    key: str
    procedure: Text
    step: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """Where the made-up dossier is afterwards, and whether this person may practise that too."""

    step: str
    name: Text
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A step with its made-up dossier, as its page shows it.

    Attributes:
        values: Answers that fit, as typed.
        leads: Outcome → where the dossier goes then with these answers, or why it would not.
    """

    about: PracticeStep
    todo: tuple[Text, ...]
    legal: tuple[LegalBasis, ...]
    form: Form | None
    values: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]
    leads: Mapping[str, tuple[Text, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    """What came of it: where the made-up dossier is, and how it stands."""

    outcome: Text
    next: tuple[Next, ...]
    ended: bool
    status: Text


def list_steps(unit: Unit, text: str = "") -> tuple[PracticeStep, ...]:
    """Return the steps of the actor's roles in the procedures that hold today, by procedure."""
    found: list[PracticeStep] = []
    for line in list_procedures(unit, text)[:MOST_PROCEDURES]:
        case = _Case.of(unit, line.key)
        found += case.steps(unit)
    return tuple(found)


def open_practice(unit: Unit, key: str, step: str) -> Practice:
    """Return a step with a made-up dossier that has got there.

    Raises:
        NotFound: If there is no such procedure or step.
        NotYourStep: If the actor holds no role that does it.
        OutOfReach: If no made-up dossier gets there.
    """
    case = _Case.of(unit, key)
    about = case.about(unit, step)
    if step == COUNTER:
        return Practice(
            about=about, todo=(), legal=(), form=case.first_form, values=case.first_answers(),
            outcomes=(Outcome(code="", name=Text("Tiếp nhận", "Accept")),), leads={},
        )  # fmt: skip
    trial, answers = case.brought_to(step)
    spec = trial.spec(step)
    outcomes = spec.outcomes or (Outcome(code="", name=Text("Hoàn thành", "Done")),)
    return Practice(
        about=about,
        todo=spec.todo,
        legal=spec.legal,
        form=trial.form_of(step),
        values=answers,
        outcomes=outcomes,
        leads={one.code: case.lead(step, one.code, answers) for one in outcomes},
    )


def practise(
    unit: Unit, key: str, step: str, *, outcome: str = "", reason: str = "", answers: Mapping[str, Any]
) -> Practised:
    """Decide the step for the made-up dossier, by the rules of real ones; return where it is then.

    Raises:
        ProcedureError: Whatever the page of the step would refuse, and what `open_practice` does.
    """
    case = _Case.of(unit, key)
    case.about(unit, step)
    if step == COUNTER:
        trial = case.new()
        trial.start(answers)
        chosen = Text("Tiếp nhận", "Accept")
    else:
        trial, _usual = case.brought_to(step)
        trial.complete(step, outcome, answers, reason)
        found = trial.spec(step).outcome(outcome)
        chosen = found.name if found else Text("Hoàn thành", "Done")
    mine = {one.step for one in case.steps(unit)}
    return Practised(
        outcome=chosen,
        next=tuple(
            Next(step=one, name=trial.name(one), mine=one in mine)
            for one in dict.fromkeys((*trial.open_steps, *trial.awaited))
        ),
        ended=trial.has_ended,
        status=trial.dossier.status.label,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """The revision in force of one procedure, and a clock in office hours."""

    key: str
    definition: Definition
    procedure: Procedure
    scenario: Scenario

    @classmethod
    def of(cls, unit: Unit, key: str) -> _Case:
        row = revision_in_force(unit, find_procedure(unit, key).id, local_day(unit.now))
        usual, now = WorkingCalendar(), unit.now.replace(second=0, microsecond=0)
        if not usual.working_minutes_between(now, now + timedelta(minutes=1)):
            now = usual.add_working_minutes(now, 1).replace(minute=0)
        made = Scenario(id="tap-lam", title=Text("Tập làm", "Practice"), start=now, answers={})
        return cls(key, definition_of(unit, row.definition_hash), procedure_of(row), made)

    # --- which steps -------------------------------------------------------------------------------

    def steps(self, unit: Unit) -> list[PracticeStep]:
        roles = unit.actor.roles
        found = [
            self._named(spec.id, spec.name)
            for spec in self.definition.steps.values()
            if spec.role in roles and spec.kind not in NOT_PRACTISED
        ]
        if RECEPTION_ROLE in roles:
            found.insert(0, self._named(COUNTER, _RECEIVE))
        return found

    def about(self, unit: Unit, step: str) -> PracticeStep:
        for one in self.steps(unit):
            if one.step == step:
                return one
        if step in self.definition.steps:
            raise NotYourStep("a role that does it", "another role's")
        raise NotFound("a step", f"there is none called {step[:60]!r}", what="bước")

    def _named(self, step: str, name: Text) -> PracticeStep:
        return PracticeStep(key=self.key, procedure=self.procedure.name, step=step, name=name or Text(step))

    # --- the made-up dossier -----------------------------------------------------------------------

    @property
    def first_form(self) -> Form | None:
        return self.procedure.forms.get(self.procedure.reception_form)

    def first_answers(self) -> Mapping[str, Any]:
        if self.procedure.scenarios:
            return self.procedure.scenarios[0].answers
        known = {"today": local_day(self.scenario.start)}
        return made_up(self.first_form, known, self.key) if self.first_form else {}

    def new(self, scenario: Scenario | None = None) -> Trial:
        return new_trial(self.definition, self.procedure, scenario or self.scenario)

    def brought_to(self, step: str) -> tuple[Trial, Mapping[str, Any]]:
        """Return a dossier that stands at a step, and answers that fit there."""
        for scenario in self.procedure.scenarios:
            for trial, answers in self._played(scenario, step):
                return trial, answers
        for trial in self._walked():
            if step in trial.open_steps:
                return trial, self._answers(trial, step)
        name = self.definition.steps[step].name
        raise OutOfReach("a way to the step", "none", step=name.vi or step, step_en=name.say("en") or step)

    def _played(self, scenario: Scenario, step: str) -> Iterator[tuple[Trial, Mapping[str, Any]]]:
        if not any(one.kind == COMPLETE and one.step == step for one in scenario.acts):
            return
        trial = self.new(scenario)
        refused = begin(trial, scenario).refusal
        for number, act in enumerate(scenario.acts, 1):
            if refused:
                return
            if act.kind == COMPLETE and act.step == step and step in trial.open_steps:
                trial.wait(act.at)  # days among its answers are those of that moment
                if step not in trial.open_steps:
                    return
                yield trial, act.answers or self._answers(trial, step)
                return
            refused = take(trial, act, number).refusal

    def _walked(self) -> Iterator[Trial]:
        """A dossier on its way along the first outcome that works, until nothing opens any more."""
        trial = self.new()
        if begin(trial, replace(self.scenario, answers=self.first_answers())).refusal:
            return
        for _ in range(MOST_WALKED):
            yield trial
            if not trial.open_steps or not self._go_on(trial, trial.open_steps[0]):
                return

    def _go_on(self, trial: Trial, step: str) -> bool:
        spec: StepSpec = trial.spec(step)
        for code in [one.code for one in spec.outcomes] or [""]:
            try:
                trial.complete(step, code, self._answers(trial, step), "Tập làm")
            except ProcedureError:
                continue
            return True
        return False

    def _answers(self, trial: Trial, step: str) -> Mapping[str, Any]:
        form = trial.form_of(step)
        return made_up(form, trial.context(), f"{self.key}/{step}") if form else {}

    def lead(self, step: str, outcome: str, answers: Mapping[str, Any]) -> tuple[Text, ...]:
        """Return the names of the steps that an outcome leads to, or the sentence that refuses it."""
        trial, _ = self.brought_to(step)
        try:
            trial.complete(step, outcome, answers, "Tập làm")
        except ProcedureError as refusal:
            return (Text(refusal.say("vi"), refusal.say("en")),)
        return tuple(trial.name(one) for one in (*trial.open_steps, *trial.awaited))
