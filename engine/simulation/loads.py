"""What a simulation is told: how many dossiers, how many people, how long steps take, how choices fall.

What nobody said is assumed, and every assumption is a sentence of the result: numbers that come from
nowhere would be believed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.definitions import Definition
from engine.bpmn.steps import StepSpec
from engine.domain.fields import Field
from engine.domain.names import RESERVED
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.execution.run import WORK
from engine.feel import compile_feel

DAY = 24 * 60
MAIN_SHARE = 0.8  # of the button in the main style, where nobody said
QUICK, USUAL = 0.1, 0.3  # of the allotted time at the desk; the allotted time is the longest
YES_SHARE = 0.1  # of “yes” for a field that a condition asks for
ANYBODY = "*"

Shares = tuple[tuple[Any, float], ...]
Assumed = defaultdict[Text, list[Text]]  # sentence → what it was assumed of


class BadLoad(Invalid):
    """A number of a simulation makes no sense, or names what the procedure does not have."""

    code = "bad_load"
    vi = "Không mô phỏng được với “{given}”: cần {expected_vi}."
    en = "Cannot simulate with “{given}”: expected {expected}."


@dataclass(frozen=True, slots=True)
class Spread:
    """A triangular distribution, in minutes."""

    low: float
    mode: float
    high: float

    def at(self, share: float) -> float:
        """Return the value below which so large a share of all lies; `share` is from 0 to 1."""
        width = self.high - self.low
        if width <= 0:
            return self.low
        turn = (self.mode - self.low) / width
        if share < turn:
            return self.low + (share * width * (self.mode - self.low)) ** 0.5
        return self.high - ((1 - share) * width * (self.high - self.mode)) ** 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was said; everything else is assumed.

    Attributes:
        arrivals: Dossiers of a working day.
        staff: People by role; `*` for every role that is not named.
        times: By step: working minutes at the desk, or minutes on the wall where the office only waits.
        chances: By step or by variable: shares of its outcomes or values.
        data: Variables that every dossier begins with.
    """

    arrivals: float
    staff: Mapping[str, int]
    times: Mapping[str, Spread] = field(default_factory=dict)
    chances: Mapping[str, Shares] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A complete description of what a simulation does.

    Attributes:
        times: Of every step of a person, as in `Given`.
        outcomes: Shares of the outcomes of every step that has buttons.
        values: Shares of the values of the variables that dossiers begin with.
        assumed: What nobody said.
    """

    arrivals: float
    staff: Mapping[str, int]
    times: Mapping[str, Spread]
    outcomes: Mapping[str, Shares]
    values: Mapping[str, Shares]
    data: Mapping[str, Any]
    assumed: tuple[Text, ...]


def waits_outside(spec: StepSpec) -> bool:
    """Say whether a step takes time of somebody outside the office, and no desk."""
    return spec.kind == "wait_citizen" or not spec.role


def complete(definition: Definition, procedure: Procedure, given: Given) -> Load:
    """Return the load with everything that nobody said.

    Raises:
        BadLoad: If a number is not possible, a name is unknown, or a role has nobody.
    """
    steps = {key: definition.steps[key] for key, node in definition.model.nodes.items() if node.kind in WORK}
    _check(steps, {*asked_variables(definition), *_fields(procedure)}, given)
    assumed: Assumed = defaultdict(list)
    times = {key: given.times.get(key) or _time(spec, assumed) for key, spec in steps.items()}
    outcomes = {
        key: given.chances.get(key) or _outcomes(spec, assumed)
        for key, spec in steps.items()
        if spec.outcomes
    }
    return Load(
        arrivals=given.arrivals,
        staff=_staff(steps.values(), given),
        times=times,
        outcomes=outcomes,
        values=_values(definition, procedure, given, assumed),
        data=dict(given.data),
        assumed=tuple(_say(sentence, names) for sentence, names in assumed.items()),
    )


# --- checks ------------------------------------------------------------------------------------------


def _check(steps: Mapping[str, StepSpec], variables: Collection[str], given: Given) -> None:
    if not 0 < given.arrivals <= 100_000:
        raise _bad(f"{given.arrivals:g}", "số hồ sơ mỗi ngày lớn hơn 0, tối đa 100.000", "1 to 100,000 a day")
    for role, people in given.staff.items():
        if people < 1:
            raise _bad(f"{role}={people}", "ít nhất 1 người", "at least one person")
    for key, spread in given.times.items():
        if key not in steps:
            raise _unknown(key, steps)
        if not 0 <= spread.low <= spread.mode <= spread.high or spread.high <= 0:
            raise _bad(
                key, "thời gian ngắn nhất ≤ thường gặp ≤ dài nhất, lớn hơn 0", "shortest ≤ usual ≤ longest"
            )
    for key, shares in given.chances.items():
        if any(share < 0 for _, share in shares) or abs(sum(share for _, share in shares) - 1) > 1e-6:
            raise _bad(key, "các tỷ lệ từ 0 trở lên, cộng lại bằng 1", "shares of at least 0 that sum to 1")
        spec = steps.get(key)
        wrong = [code for code, _ in shares if spec and spec.outcome(str(code)) is None]
        if wrong:
            names = ", ".join(one.code for one in spec.outcomes) if spec else ""
            raise _bad(f"{key}={wrong[0]}", f"một trong các nút: {names}", f"one of the outcomes {names}")
        if spec is None and key not in variables:
            raise _unknown(key, (*steps, *sorted(variables)))


def _staff(steps: Iterable[StepSpec], given: Given) -> dict[str, int]:
    roles = sorted({spec.role for spec in steps if not waits_outside(spec)})
    missing = [role for role in roles if role not in given.staff and ANYBODY not in given.staff]
    if missing:
        names = ", ".join(missing)
        raise _bad("--staff", f"số người của các vai trò: {names}", f"how many people have the roles {names}")
    unknown = [role for role in given.staff if role not in roles and role != ANYBODY]
    if unknown:
        names = ", ".join(roles)
        raise _bad(unknown[0], f"một trong các vai trò: {names}", f"one of the roles {names}")
    return {role: given.staff.get(role) or given.staff[ANYBODY] for role in roles}


def _unknown(key: str, known: Iterable[str]) -> BadLoad:
    names = ", ".join(known)
    return _bad(key, f"một trong các tên: {names}", f"one of {names}")


def _bad(given: str, vi: str, en: str) -> BadLoad:
    return BadLoad(en, given, given=given, expected_vi=vi)


# --- assumptions -------------------------------------------------------------------------------------

_AT_THE_DESK = Text(
    f"Thời gian làm: từ {QUICK:.0%} đến 100% số giờ được giao, thường {USUAL:.0%}",
    f"Time at the desk: from {QUICK:.0%} to 100% of the allotted hours, usually {USUAL:.0%}",
)
_NO_HOURS = Text(
    "Thời gian làm: 3 đến 30 phút, vì chưa ghi số giờ", "Time at the desk: 3 to 30 minutes, no hours set"
)
_APPLICANT = Text("Người nộp mất 1 đến 15 ngày, thường 4 ngày", "The applicant takes 1 to 15 days, usually 4")
_MAIN = Text(
    f"Nút chính ở {MAIN_SHARE:.0%} số lần, phần còn lại chia đều", f"The main button in {MAIN_SHARE:.0%}"
)
_YES = Text(f"Có ở {YES_SHARE:.0%} số hồ sơ", f"Yes in {YES_SHARE:.0%} of the dossiers")
_ALIKE = Text("Các lựa chọn như nhau", "Every option alike")
_NOTHING = Text("Để trống; có thể cho bằng --data", "Empty; --data may give it")


def _say(sentence: Text, names: list[Text]) -> Text:
    vi, en = (", ".join(f"“{one.say(language)}”" for one in names) for language in ("vi", "en"))
    return Text(f"{sentence.vi}: {vi}.", f"{sentence.en}: {en}.")


def _time(spec: StepSpec, assumed: Assumed) -> Spread:
    if spec.kind == "wait_citizen":
        assumed[_APPLICANT].append(_called(spec))
        return Spread(DAY, 4 * DAY, 15 * DAY)
    if waits_outside(spec):
        return Spread(0, 0, 1)
    assumed[_AT_THE_DESK if spec.minutes else _NO_HOURS].append(_called(spec))
    minutes = float(spec.minutes or 30)
    return Spread(minutes * QUICK, minutes * USUAL, minutes)


def _outcomes(spec: StepSpec, assumed: Assumed) -> Shares:
    if len(spec.outcomes) == 1:
        return ((spec.outcomes[0].code, 1.0),)
    main = next((one for one in spec.outcomes if one.style == "main"), spec.outcomes[0])
    rest = (1 - MAIN_SHARE) / (len(spec.outcomes) - 1)
    assumed[_MAIN].append(_called(spec))
    return tuple((one.code, MAIN_SHARE if one is main else rest) for one in spec.outcomes)


def _values(
    definition: Definition, procedure: Procedure, given: Given, assumed: Assumed
) -> dict[str, Shares]:
    """Return the shares of every field that a condition of the diagram asks for."""
    fields = _fields(procedure)
    found = {key: shares for key, shares in given.chances.items() if key not in definition.model.nodes}
    for name in asked_variables(definition):
        if name in fields and name not in given.data and name not in found:
            found[name] = _of_field(fields[name], assumed)
    return found


def _fields(procedure: Procedure) -> dict[str, Field]:
    return {one.name: one for form in procedure.forms.values() for one in form.fields}


def asked_variables(definition: Definition) -> list[str]:
    """Return the variables that conditions on flows ask for and that no step decides."""
    flows = (flow for node in definition.model.nodes.values() for flow in node.outgoing)
    names = {name for flow in flows if flow.condition for name in compile_feel(flow.condition).names}
    return sorted(names - {spec.decision for spec in definition.steps.values()} - set(RESERVED))


def _of_field(asked: Field, assumed: Assumed) -> Shares:
    if asked.type == "bool":
        assumed[_YES].append(asked.label)
        return ((True, YES_SHARE), (False, 1 - YES_SHARE))
    if asked.type == "choice":
        assumed[_ALIKE].append(asked.label)
        return tuple((one.value, 1 / len(asked.options)) for one in asked.options)
    assumed[_NOTHING].append(asked.label)
    return ((None, 1.0),)


def _called(spec: StepSpec) -> Text:
    return spec.name or Text(spec.id)
