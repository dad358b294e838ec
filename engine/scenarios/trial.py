"""A dossier in memory: what the use cases do to rows is done here to plain values, by the same rules.

Every act either happens as a whole or raises and leaves the dossier as it was. That a dossier in the
database goes the same way is shown for every shipped scenario by `tests/scenarios/test_shipped_scenarios.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from engine.bpmn.definitions import Definition
from engine.bpmn.steps import StepSpec
from engine.domain.calendar import WorkingCalendar
from engine.domain.deadlines import ClockPolicy, Due, Stop, due, step_target
from engine.domain.dossiers import Status, check_stoppable, check_withdrawable
from engine.domain.fees import BEFORE_ACCEPTANCE
from engine.domain.forms import Form, as_context, check_answers
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import Refused
from engine.execution import (
    Assigned,
    Awaited,
    Cancel,
    Choose,
    Complete,
    Effect,
    Entered,
    Fire,
    FlowTaken,
    Happening,
    Message,
    Signal,
    Start,
    Thrown,
    TimerCleared,
    TimerSet,
    WorkClosed,
    WorkOpened,
)
from engine.execution.executors import Executor
from engine.feel import to_plain
from engine.usecases.evaluation import answer, context_of, context_of_reception, evaluate
from engine.usecases.moving import OVER, ProcessFailed
from engine.usecases.results import is_main
from engine.usecases.stops import SUPPLEMENT, TooManyRounds, kind_of_stop, term_of
from engine.usecases.timer_texts import alarm, next_round
from engine.usecases.working import HAND_BACK, check_outcome, read_answers

COUNTER, CITIZEN = 1, 0
CODE = "THU-NGHIEM"
MOST_FIRINGS = 500


class StepNotOpen(Refused):
    """The trial dossier is not at this step."""

    code = "step_not_open"
    vi = "Hồ sơ chưa tới hoặc đã qua bước “{step}”; đang ở: {open}."
    en = "The dossier is not at the step “{step_en}”; it is at: {open_en}."


class TooManyFirings(Refused):
    """Timers fire again and again until the moment that was asked for."""

    code = "too_many_firings"
    vi = "Đến {until} các bộ hẹn giờ đã chạy hơn {most} lần trong lần thử này; hãy chọn thời điểm gần hơn."
    en = "Until {until} timers fire more than {most} times in this trial; choose an earlier moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A step that is open, for somebody."""

    step: str
    token: int
    opened_at: datetime
    due_at: datetime | None
    stop: str = ""  # why the clock stands still for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    kind: str
    due_at: datetime
    repeats: int
    every: str
    working: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """One stop of the clock, and the step it belongs to."""

    kind: str
    token: int
    stop: Stop


@dataclass(kw_only=True)
class Dossier:
    """Where the dossier stands. Collections are replaced, never changed, so that a copy is a snapshot.

    Attributes:
        legal_due, current_due: The due date at acceptance, and as the stops have moved it.
    """

    accepted_at: datetime
    legal_due: datetime
    current_due: datetime
    status: Status = Status.RECEIVED
    state: Any = None
    process: str = "running"
    data: Mapping[str, Any] = field(default_factory=dict)
    fee: int = 0
    payment_status: str = "none"
    supplement_rounds: int = 0
    resolved_at: datetime | None = None
    result: str = ""
    is_signed: bool = False
    items: tuple[Item, ...] = ()
    waits: tuple[Wait, ...] = ()
    timers: Mapping[tuple[str, int, int], Timer] = field(default_factory=dict)
    code: str = CODE
    channel: int = COUNTER
    applicant_kind: int = CITIZEN


class Trial:
    """One dossier of a procedure, from its acceptance on.

    Attributes:
        now: The clock; `wait` moves it.
        effects: What happened in the diagram since the beginning, in order.
        former: Names of steps that a scenario knew, for sentences about those that are gone.
    """

    def __init__(
        self,
        definition: Definition,
        procedure: Procedure,
        executor: Executor,
        calendar: WorkingCalendar,
        now: datetime,
        options: Mapping[str, Any] | None = None,
        former: Mapping[str, Text] | None = None,
    ) -> None:
        self.definition = definition
        self.procedure = replace(procedure, options={**procedure.options, **(options or {})})
        self.executor = executor
        self.calendar = calendar
        self.now = now
        self.former = former or {}
        self.effects: list[Effect] = []
        first = due(calendar, now, term_of(procedure)).at
        self.dossier = Dossier(accepted_at=now, legal_due=first, current_due=first)
        levels = procedure.levels or ("",)
        self.unit = SimpleNamespace(code="", name_vi="", kind="", level_code=levels[0])
        self._opened: list[Item] = []
        self._closed: list[Item] = []
        self._outcome = ""
        self._fired = 0
        self._context: dict[str, Any] | None = None

    # --- asking --------------------------------------------------------------------------------------

    @property
    def row(self) -> Dossier:
        """The dossier, by the name under which rules that read a row look for it."""
        return self.dossier

    @property
    def open_steps(self) -> tuple[str, ...]:
        return tuple(item.step for item in self.dossier.items)

    @property
    def awaited(self) -> tuple[str, ...]:
        """Ids of events that wait for something from outside."""
        if self.dossier.process != "running" or self.dossier.state is None:
            return ()
        found = self.executor.waiting(self.definition, self.dossier.state)
        return tuple(node for node, _ in found if node not in self.open_steps)

    @property
    def next_timer(self) -> datetime | None:
        return min((one.due_at for one in self.dossier.timers.values()), default=None)

    @property
    def has_ended(self) -> bool:
        return self.dossier.process != "running"

    def spec(self, node: str) -> StepSpec:
        found = self.definition.steps.get(node)
        if found is not None:
            return found
        return StepSpec(id=node, name=Text(getattr(self.definition.model.nodes.get(node), "name", "")))

    def name(self, node: str) -> Text:
        """Return what a node is called, or was while the diagram had it."""
        if node not in self.definition.model.nodes and node in self.former:
            gone = self.former[node]
            return Text(f"{gone.vi} (không còn trong sơ đồ)", f"{gone.say('en')} (no longer in the diagram)")
        found = self.spec(node).name
        return found or Text(getattr(self.definition.model.nodes.get(node), "name", "") or node)

    def form_of(self, node: str) -> Form | None:
        spec = self.spec(node)
        if spec.form:
            return self.procedure.forms.get(spec.form)
        return HAND_BACK if spec.kind == "return_result" else None

    def due(self) -> Due:
        """Return the due date with its days, as the rules compute it now."""
        return due(
            self.calendar,
            self.dossier.accepted_at,
            term_of(self.procedure),
            [one.stop for one in self.dossier.waits],
        )

    def context(self) -> dict[str, Any]:
        """Return what expressions see now."""
        return context_of(self.dossier, self.procedure, self.dossier.data, self.unit, self.now)  # type: ignore[arg-type]

    def evaluate(self, text: str, names: Mapping[str, Any]) -> Any:
        """Evaluate an expression of the diagram; `names` are those that the executor made."""
        if self._context is None:
            self._context = self.context()
        known = {**self._context, **names} if names else self._context
        return answer(text, known, self.procedure, self.now)

    # --- acts ----------------------------------------------------------------------------------------

    def start(self, answers: Mapping[str, Any]) -> None:
        """Accept the dossier; whoever accepts it has thereby done the step of reception.

        Raises:
            FormInvalid: If the reception form is not filled in right.
        """
        with self._all_or_nothing():
            form = self.procedure.forms.get(self.procedure.reception_form)
            known = context_of_reception(self.procedure, {}, self.unit, self.now, COUNTER, CITIZEN)  # type: ignore[arg-type]
            data = check_answers(form, answers, known, evaluate) if form else dict(answers)
            context = context_of_reception(self.procedure, data, self.unit, self.now, COUNTER, CITIZEN)  # type: ignore[arg-type]
            fee = self.procedure.fee.amount(context, evaluate)
            is_paid = self.procedure.fee.when == BEFORE_ACCEPTANCE
            self.dossier.data, self.dossier.fee = data, fee
            self.dossier.payment_status = "none" if not fee else "paid" if is_paid else "due"
            self._move(Start())
            received = next(
                (one for one in self.dossier.items if self.spec(one.step).kind == "receive"), None
            )
            if received is not None:
                spec = self.spec(received.step)
                outcome = next((one.code for one in spec.outcomes if is_main(spec, one.code)), "")
                self._finish(received, spec, outcome, {})

    def complete(
        self, step: str, outcome: str = "", answers: Mapping[str, Any] | None = None, reason: str = ""
    ) -> None:
        """Finish an open step.

        Raises:
            StepNotOpen: If the dossier is somewhere else.
            OutcomeUnknown, ReasonMissing, FormInvalid, TooManyRounds: As on the page of the step.
        """
        with self._all_or_nothing():
            item = next((one for one in self.dossier.items if one.step == step), None)
            if item is None and step in self.executor.choosable(self.definition, self.dossier.state):
                self._move(Choose(step))  # whoever does it has begun it
                item = next((one for one in self.dossier.items if one.step == step), None)
            if item is None:
                raise self._not_open(step)
            spec = self.spec(step)
            chosen = check_outcome(spec, outcome, reason)
            code = chosen.code if chosen else ""
            self._finish(item, spec, code, self._read(spec, code, answers or {}))
            if self.dossier.status == Status.RECEIVED:
                self.dossier.status = Status.IN_PROGRESS

    def wait(self, until: datetime) -> int:
        """Move the clock; timers that fall due on the way fire, the earliest first. Return how many."""
        fired = 0
        with self._all_or_nothing():
            while (when := self.next_timer) is not None and when <= until:
                fired += 1
                self._fired += 1
                if self._fired > MOST_FIRINGS:
                    said = f"{until:%d/%m/%Y %H:%M}"
                    raise TooManyFirings("fewer", "they go on", until=said, most=MOST_FIRINGS)
                self.now = max(self.now, when)
                self._fire_next()
            self.now = max(self.now, until)
        return fired

    def message(self, name: str, data: Mapping[str, Any] | None = None) -> None:
        """Let a message arrive.

        Raises:
            NothingWaits: If nothing waits for it.
        """
        with self._all_or_nothing():
            self._put(data or {})
            self._move(Message(name, data=data or {}))

    def signal(self, name: str) -> None:
        with self._all_or_nothing():
            self._move(Signal(name))

    def withdraw(self) -> None:
        """End it because the applicant asks for it; possible until the decision is signed."""
        with self._all_or_nothing():
            check_withdrawable(CODE, self.dossier.status, is_signed=self.dossier.is_signed)
            self._end_by_hand(Status.WITHDRAWN)

    def stop(self) -> None:
        """End it by a decision of the office."""
        with self._all_or_nothing():
            check_stoppable(CODE, self.dossier.status)
            self._end_by_hand(Status.STOPPED)

    # --- how it goes on ------------------------------------------------------------------------------

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        before, now, told = copy(self.dossier), self.now, len(self.effects)
        try:
            yield
        except Exception:
            self.dossier, self.now = before, now
            del self.effects[told:]
            raise
        finally:
            self._opened, self._closed = [], []

    def _read(self, spec: StepSpec, outcome: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        if not self.procedure.forms:  # a diagram by itself: answers are its data
            return dict(answers)
        return read_answers(self, spec, outcome, answers)  # type: ignore[arg-type]

    def _finish(self, item: Item, spec: StepSpec, outcome: str, answers: Mapping[str, Any]) -> None:
        values = {} if self.form_of(item.step) is HAND_BACK else dict(answers)
        if spec.decision:
            values[spec.decision] = outcome
        if spec.register and is_main(spec, outcome):
            values |= {f"{spec.register}_no": self.dossier.data.get(f"{spec.register}_no") or 1}
        local = self._local_values(item, values)
        self._put({name: value for name, value in values.items() if name not in local})
        self._outcome = outcome
        self._move(Complete(item.token, local))

    def _local_values(self, item: Item, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return, as expressions read them, the answers that belong to this run of the step only."""
        if not self.definition.model.has_local_names:
            return {}
        claimed = self.executor.claims(self.definition, self.dossier.state, item.token, values)
        typed = as_context(self.procedure.forms, claimed)
        return {name: typed[name] for name in claimed}

    def _put(self, values: Mapping[str, Any]) -> None:
        self._context = None
        self.dossier.data = {**self.dossier.data, **values}

    def _fire_next(self) -> None:
        key, timer = min(self.dossier.timers.items(), key=lambda one: one[1].due_at)
        node, token, number = key
        left = dict(self.dossier.timers)
        del left[key]
        more = timer.repeats > 1
        if more:
            calendar = self.calendar if timer.working else None
            following = next_round(timer.every, timer.due_at, calendar)
            left[key] = replace(timer, due_at=following, repeats=timer.repeats - 1)
        self.dossier.timers = left
        self._move(Fire(token, node, number, more))

    def _move(self, event: Happening) -> None:
        self._context = None
        step = self.executor.advance(self.definition, self.dossier.state, event, self.evaluate)
        self.dossier.state, self.dossier.process = step.state, step.status
        for effect in step.effects:
            self.effects.append(effect)
            self._apply(effect)
        self._settle()

    def _apply(self, effect: Effect) -> None:
        match effect:
            case WorkOpened(node, token):
                self._open(node, token)
            case WorkClosed(node, token, how):
                self._close(node, token, how)
            case Assigned(name, value):
                self._put({name: to_plain(value)})
            case TimerSet(node, token, number, kind, text, working):
                found = alarm(kind, text, self.now, self.calendar if working else None)
                timer = Timer(
                    kind=kind, due_at=found.at, repeats=found.times, every=found.every, working=working
                )
                self.dossier.timers = {**self.dossier.timers, (node, token, number): timer}
            case TimerCleared(node, token, number):
                gone = (node, token, number)
                self.dossier.timers = {k: one for k, one in self.dossier.timers.items() if k != gone}
            case _:
                pass

    def _open(self, node: str, token: int) -> None:
        spec = self.spec(node)
        target = None
        if spec.kind == "wait_citizen":
            target = self.calendar.add_calendar_days(self.now, self.procedure.supplement.days)
        elif spec.minutes is not None:
            target = step_target(self.calendar, self.now, spec.minutes)
        item = Item(step=node, token=token, opened_at=self.now, due_at=target, stop=kind_of_stop(spec))
        self.dossier.items += (item,)
        self._opened.append(item)

    def _close(self, node: str, token: int, how: str) -> None:
        item = next((one for one in self.dossier.items if (one.step, one.token) == (node, token)), None)
        if item is None:
            return
        self.dossier.items = tuple(one for one in self.dossier.items if one is not item)
        if item in self._opened:  # opened and taken back within the same step
            self._opened.remove(item)
        else:
            self._closed.append(item)
        if how == "completed":
            self._settle_result(self.spec(node))

    def _settle_result(self, spec: StepSpec) -> None:
        dossier = self.dossier
        if not is_main(spec, self._outcome):
            return
        if spec.kind == "sign":
            dossier.is_signed = True
        hands_over = spec.kind == "return_result"
        if (spec.result or hands_over) and dossier.resolved_at is None:
            dossier.resolved_at, dossier.result = self.now, spec.result or "granted"
            dossier.status = Status.RESOLVED
        if (spec.kind == "collect_fee" or hands_over) and dossier.payment_status == "due":
            dossier.payment_status = "paid"
        if hands_over:
            dossier.status = Status.RETURNED

    def _settle(self) -> None:
        """Bring clock, status and end in line with the steps that are open now."""
        dossier = self.dossier
        for item in self._closed:
            self._start_clock(item)
        for item in self._opened:
            self._stop_clock(item)
        self._opened, self._closed = [], []
        if dossier.process == "failed":
            raise ProcessFailed("the process to go on", "it ended by an error that nothing catches")
        if dossier.process != "running":
            if dossier.status not in OVER and dossier.resolved_at is None:
                dossier.status = Status.STOPPED
        elif dossier.status not in OVER and dossier.resolved_at is None:
            self._settle_status()

    def _settle_status(self) -> None:
        kinds = {item.stop for item in self.dossier.items}
        if SUPPLEMENT in kinds:
            self.dossier.status = Status.SUPPLEMENT
        elif "payment" in kinds:
            self.dossier.status = Status.AWAITING_PAYMENT
        elif self.dossier.status in (Status.SUPPLEMENT, Status.AWAITING_PAYMENT):
            self.dossier.status = Status.IN_PROGRESS

    def _stop_clock(self, item: Item) -> None:
        if not item.stop:
            return
        rule, policy = self.procedure.supplement, ClockPolicy.PAUSE
        if item.stop == SUPPLEMENT:
            policy = ClockPolicy(rule.clock)
            if self.dossier.supplement_rounds >= rule.max_rounds:
                rounds = self.dossier.supplement_rounds
                raise TooManyRounds(
                    f"at most {rule.max_rounds} rounds", "all are used", dossier=CODE, rounds=rounds
                )
            self.dossier.supplement_rounds += 1
        stop = Stop(policy=policy, stopped_at=self.now, resumed_at=None)
        self.dossier.waits += (Wait(item.stop, item.token, stop),)

    def _start_clock(self, item: Item) -> None:
        if not item.stop:
            return
        ended = next(
            one for one in self.dossier.waits if one.token == item.token and one.stop.resumed_at is None
        )
        stop = replace(ended.stop, resumed_at=self.now)
        self.dossier.waits = tuple(
            replace(one, stop=stop) if one is ended else one for one in self.dossier.waits
        )
        if stop.policy is not ClockPolicy.RUN:
            self._move_targets(stop)
            self.dossier.current_due = self.due().at

    def _move_targets(self, stop: Stop) -> None:
        """Steps that were open in parallel get the stopped time back, unless they were late before."""
        lost = self.calendar.working_minutes_between(stop.stopped_at, self.now)

        def moved(item: Item) -> Item:
            late = item.due_at is None or item.opened_at > stop.stopped_at or item.due_at <= stop.stopped_at
            if late:
                return item
            return replace(item, due_at=self.calendar.add_working_minutes(item.due_at, lost))

        self.dossier.items = tuple(moved(item) for item in self.dossier.items)

    def _end_by_hand(self, status: Status) -> None:
        self.dossier.status = status
        self._outcome = ""
        self._move(Cancel(status.value))

    def _not_open(self, step: str) -> StepNotOpen:
        names = [self.name(one) for one in self.open_steps]
        return StepNotOpen(
            f"{step} to be open",
            f"open are {', '.join(self.open_steps) or 'none'}",
            step=self.name(step).vi,
            step_en=self.name(step).say("en"),
            open=", ".join(one.vi for one in names) or "không còn bước nào",
            open_en=", ".join(one.say("en") for one in names) or "no step any more",
        )


def path_of(effects: list[Effect]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the nodes that were reached and the flows that were taken."""
    nodes = {one.node for one in effects if isinstance(one, Entered | WorkOpened | Awaited | Thrown)}
    flows = {one.flow for one in effects if isinstance(one, FlowTaken)}
    return frozenset(nodes - {""}), frozenset(flows)
