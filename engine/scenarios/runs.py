"""Playing a scenario: what happens after each act, and in sentences where that is not what was expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from engine.bpmn.definitions import Definition
from engine.domain.calendar import ZONE
from engine.domain.dossiers import Status
from engine.domain.procedures import Procedure
from engine.domain.scenarios import (
    COMPLETE,
    MESSAGE,
    SIGNAL,
    STOP,
    WAIT,
    WITHDRAW,
    Act,
    Expected,
    KnownStep,
    Scenario,
)
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.execution.executors import Executor, get_executor
from engine.scenarios.places import places
from engine.scenarios.trial import StepNotOpen, Trial, path_of
from engine.usecases.results import is_main

MOST_NEW_STEPS = 50  # that one change of a drawing may put in the way
START = Text("Tiếp nhận", "Acceptance")
_KINDS = {
    WAIT: Text("Chờ", "Waiting"),
    MESSAGE: Text("Nhận tin", "Message"),
    SIGNAL: Text("Nhận tín hiệu", "Signal"),
    WITHDRAW: Text("Người nộp rút hồ sơ", "Withdrawn by the applicant"),
    STOP: Text("Dừng giải quyết", "Stopped by the office"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where the dossier stands after an act; the act 0 is the acceptance.

    Attributes:
        refusal: Why the act could not happen; the dossier is then as before.
        waiting: Events that wait for something from outside.
        timers: Nodes of the timers that are armed.
    """

    number: int
    what: Text
    element: str
    at: datetime
    next: tuple[str, ...]
    status: Status
    due: datetime
    waiting: tuple[str, ...] = ()
    timers: tuple[str, ...] = ()
    process: str = "running"
    refusal: Text | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as expected: after which act, at which element of the diagram."""

    number: int
    element: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One scenario, played.

    Attributes:
        nodes, flows: What of the diagram it went through.
    """

    scenario: Scenario
    stands: tuple[Stand, ...]
    differences: tuple[Difference, ...]
    nodes: frozenset[str]
    flows: frozenset[str]

    @property
    def passed(self) -> bool:
        return not self.differences


def new_trial(
    definition: Definition, procedure: Procedure, scenario: Scenario, executor: Executor | None = None
) -> Trial:
    """Return the dossier of a scenario before it is accepted."""
    return Trial(
        definition,
        procedure,
        executor or get_executor("marking"),
        scenario.calendar,
        scenario.start,
        scenario.options,
        {key: one.name for key, one in scenario.steps.items()},
    )


def play(
    definition: Definition, procedure: Procedure, scenario: Scenario, executor: Executor | None = None
) -> Run:
    """Play a scenario to its end, or to the first act that cannot happen though it should."""
    return play_on(new_trial(definition, procedure, scenario, executor), scenario)


def play_on(trial: Trial, scenario: Scenario) -> Run:
    """Play a scenario on a dossier that has not been accepted yet; it stands at the end afterwards."""
    stands, found = [begin(trial, scenario)], []
    found += _compare(trial, stands[0], scenario.expected)
    for number, act in enumerate(scenario.acts, 1):
        if stands[-1].refusal and not _expected(scenario, number - 1).refused:
            break
        stands.append(take(trial, act, number))
        found += _compare_people(trial, act, number)
        found += _compare(trial, stands[-1], act.expected)
    nodes, flows = path_of(trial.effects)
    return Run(scenario=scenario, stands=tuple(stands), differences=tuple(found), nodes=nodes, flows=flows)


def begin(trial: Trial, scenario: Scenario) -> Stand:
    """Accept the dossier of a scenario."""
    try:
        trial.start(scenario.answers)
    except ProcedureError as refusal:
        return _stand(trial, 0, START, "", refusal)
    return _stand(trial, 0, START, "")


def take(trial: Trial, act: Act, number: int) -> Stand:
    """Let one act happen."""
    what = trial.name(act.step) if act.kind == COMPLETE else _KINDS[act.kind]
    try:
        happen(trial, act)
    except ProcedureError as refusal:
        return _stand(trial, number, what, act.step, refusal)
    return _stand(trial, number, what, act.step)


def happen(trial: Trial, act: Act) -> None:
    """Let the clock come to an act and the act happen, or raise what refuses it."""
    trial.wait(act.at)
    if act.kind == COMPLETE:
        trial.complete(act.step, act.outcome, act.answers, act.reason)
    elif act.kind == MESSAGE:
        trial.message(act.name, act.answers)
    elif act.kind == SIGNAL:
        trial.signal(act.name)
    elif act.kind == WITHDRAW:
        trial.withdraw()
    elif act.kind == STOP:
        trial.stop()


def recorded(definition: Definition, procedure: Procedure, scenario: Scenario) -> Scenario:
    """Return the scenario with what happens now as what is expected, and the names of its steps as now.

    Steps that were drawn in since and stand in its way are finished too. It ends before the first act that
    cannot happen though it should: what comes after is another dossier.
    """
    scenario = with_new_steps(definition, procedure, scenario)
    run = play(definition, procedure, replace(scenario, expected=Expected(), acts=_bare(scenario.acts)))
    expected = [
        Expected(refused=one.code) if one.refusal else Expected(next=one.next, status=one.status, due=one.due)
        for one in run.stands
    ]
    last = run.stands[-1]
    if last.refusal and last.number and not scenario.acts[last.number - 1].expected.refused:
        expected.pop()
    acts = [
        _with_people(definition, replace(act, expected=one))
        for act, one in zip(scenario.acts, expected[1:], strict=False)
    ]
    return with_names(definition, replace(scenario, expected=expected[0], acts=tuple(acts), steps={}))


def with_new_steps(definition: Definition, procedure: Procedure, scenario: Scenario) -> Scenario:
    """Return the scenario with an act for each step that it does not know and that stands in its way.

    Such a step is finished with its main outcome and no answers; where that is not enough, a person tries it.
    """
    for _ in range(MOST_NEW_STEPS):
        run = play(definition, procedure, replace(scenario, expected=Expected(), acts=_bare(scenario.acts)))
        last = run.stands[-1]
        at = last.number - 1
        if last.code != StepNotOpen.code or at < 0 or scenario.acts[at].expected.refused:
            break
        new = [one for one in run.stands[-2].next if one not in scenario.named_steps]
        if not new:
            break
        act = Act(at=scenario.acts[at].at, step=new[0], outcome=_main_outcome(definition, new[0]))
        longer = replace(scenario, acts=(*scenario.acts[:at], act, *scenario.acts[at:]))
        after = play(definition, procedure, replace(longer, expected=Expected(), acts=_bare(longer.acts)))
        if after.stands[-1].number == last.number and after.stands[-1].refusal:
            break  # it asks for answers
        scenario = longer
    return scenario


def _main_outcome(definition: Definition, step: str) -> str:
    spec = definition.steps.get(step)
    return next((one.code for one in spec.outcomes if is_main(spec, one.code)), "") if spec else ""


def with_names(definition: Definition, scenario: Scenario) -> Scenario:
    """Return the scenario with the steps that it names as they are called in this diagram."""
    order = places(definition)
    steps = {}
    for one in scenario.named_steps:
        if one in definition.model.nodes:
            spec = definition.steps.get(one)
            name = spec.name if spec and spec.name else Text(definition.model.nodes[one].name or one)
            steps[one] = KnownStep(name=name, kind=spec.kind if spec else "", place=order.get(one, 0))
        elif one in scenario.steps:
            steps[one] = scenario.steps[one]
    return replace(scenario, steps=steps)


def names(trial: Trial, steps: Iterable[str]) -> Text:
    """Return the names of steps, in quotation marks."""
    found = [trial.name(one) for one in steps]
    if not found:
        return Text("không bước nào", "no step")
    return Text(", ".join(f"“{one.vi}”" for one in found), ", ".join(f"“{one.say('en')}”" for one in found))


# --- comparing ------------------------------------------------------------------------------------


def _compare(trial: Trial, stand: Stand, expected: Expected) -> list[Difference]:
    if expected.refused or stand.refusal:
        return _compare_refusal(stand, expected)
    found = []
    if expected.next is not None and Counter(expected.next) != Counter(stand.next):
        should, are = names(trial, expected.next), names(trial, stand.next)
        found.append(_differs(stand, Text("đáng lẽ tới", "should lead to"), should, are))
    if expected.status and expected.status != stand.status:
        should, are = Status(expected.status).label, stand.status.label
        quoted = (Text(f"“{one.vi}”", f"“{one.say('en')}”") for one in (should, are))
        found.append(_differs(stand, Text("hồ sơ đáng lẽ ở trạng thái", "the dossier should be"), *quoted))
    if expected.due is not None and expected.due != stand.due:
        ends = (_moment(one) for one in (expected.due, stand.due))
        found.append(_differs(stand, Text("hạn trả đáng lẽ là", "the result should be due"), *ends))
    return found


def _compare_refusal(stand: Stand, expected: Expected) -> list[Difference]:
    if expected.refused == stand.code:
        return []
    was = stand.refusal
    if not expected.refused and was:
        return [
            _say(
                stand,
                f"đáng lẽ làm được, thực tế bị từ chối: {was.vi}",
                f"should be possible, was refused: {was.say('en')}",
            )
        ]
    found = was or Text("làm được.", "it was possible.")
    return [
        _say(
            stand,
            f"đáng lẽ bị từ chối ({expected.refused}), thực tế {found.vi}",
            f"should be refused ({expected.refused}), but {found.say('en')}",
        )
    ]


def _compare_people(trial: Trial, act: Act, number: int) -> list[Difference]:
    spec = trial.spec(act.step) if act.kind == COMPLETE else None
    if spec is None or act.step not in trial.definition.model.nodes:
        return []
    pairs = [(act.role, spec.role), (act.unit, spec.unit)]
    if all(not should or should == now for should, now in pairs):
        return []
    should, now = (
        " @ ".join(filter(None, (act.role, act.unit))),
        " @ ".join(filter(None, (spec.role, spec.unit))),
    )
    name = trial.name(act.step)
    return [
        Difference(
            number,
            act.step,
            Text(
                f"Việc {number} “{name.vi}”: đáng lẽ do {should} làm, thực tế giao cho {now or '—'}.",
                f"Act {number} “{name.say('en')}”: should be done by {should}, but is given to {now or '—'}.",
            ),
        )
    ]


def _differs(stand: Stand, what: Text, should: Text, found: Text) -> Difference:
    return _say(
        stand,
        f"{what.vi} {should.vi}, thực tế {found.vi}.",
        f"{what.say('en')} {should.say('en')}, but it is {found.say('en')}.",
    )


def _say(stand: Stand, vi: str, en: str) -> Difference:
    if stand.number:
        vi = f"Việc {stand.number} “{stand.what.vi}”: {vi}"
        en = f"Act {stand.number} “{stand.what.say('en')}”: {en}"
    else:
        vi, en = f"{stand.what.vi}: {vi}", f"{stand.what.say('en')}: {en}"
    return Difference(stand.number, stand.element or next(iter(stand.next), ""), Text(vi, en))


# --- pieces ---------------------------------------------------------------------------------------


def _stand(
    trial: Trial, number: int, what: Text, element: str, refusal: ProcedureError | None = None
) -> Stand:
    dossier = trial.dossier
    return Stand(
        number=number,
        what=what,
        element=element,
        at=trial.now,
        next=trial.open_steps,
        status=Status(dossier.status),
        due=dossier.current_due,
        waiting=tuple(sorted(trial.awaited)),
        timers=tuple(sorted(node for node, _, _ in dossier.timers)),
        process=dossier.process,
        refusal=Text(refusal.say("vi"), refusal.say("en")) if refusal else None,
        code=refusal.code if refusal else "",
    )


def _expected(scenario: Scenario, number: int) -> Expected:
    return scenario.acts[number - 1].expected if number else scenario.expected


def _bare(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """The same acts expecting nothing but the refusals they expect: those are why the play goes on."""
    return tuple(
        replace(act, role="", unit="", expected=Expected(refused=act.expected.refused)) for act in acts
    )


def _with_people(definition: Definition, act: Act) -> Act:
    spec = definition.steps.get(act.step)
    return replace(act, role=spec.role, unit=spec.unit) if spec else act


def _moment(moment: datetime) -> Text:
    said = f"{moment.astimezone(ZONE):%H:%M %d/%m/%Y}"
    return Text(said, said)
