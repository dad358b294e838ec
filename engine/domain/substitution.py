"""Substitution: a person lends the work of one chair to a colleague, for some days and within limits.

What is lent is never more than the chair gives on that day, never passed on to a third, and never before,
after or without a date. Whoever stands in signs with their own name, "KT.", "TL." or "TUQ." before the title
of whom they stand in for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from engine.domain.access import Lent
from engine.domain.calendar import WorkingCalendar
from engine.domain.texts import Text
from engine.errors import Refused

SIGNING = "SIGNATORY"
LEADING = frozenset({"HEAD", "SIGNATORY", "COORDINATOR"})
LONGEST = 366  # days
NEAR = 14  # days; a hole between two substitutions that is wider is two absences

How = Literal["free", "decision", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingRule:
    """Whether the work of a role may be lent: freely, only by a written decision, or never."""

    role: str
    how: How
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningForm:
    """A way to sign for somebody else, as it is printed.

    Attributes:
        code: What stands before the title, without the dot: KT, TL, TUQ.
        needs_decision: Only with a document that says so.
        place: "same": the substitute sits in the same unit; "below": there or in a unit below it.
        roles: The substitute holds one of these roles; empty when any will do.
    """

    code: str
    name: Text
    needs_decision: bool
    place: str
    roles: frozenset[str] = frozenset()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chair:
    """A chair as its holder has it: `roles` are those of today, both days are included."""

    assignment_id: int
    user_id: int
    unit_id: int
    rank: int  # of the unit's level; 1 is the highest
    roles: frozenset[str]
    starts_on: date
    ends_on: date | None

    def is_held(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """One lending.

    Attributes:
        chair_id: The assignment of the giver whose work it is.
        procedures: Numbers of the procedures; empty for all.
        limits: Name of a data item → the most it may be, e.g. an amount in đồng. A dossier in which the item
            is missing or no number lies outside.
    """

    giver_id: int
    taker_id: int
    chair_id: int
    unit_id: int
    roles: frozenset[str]
    starts_on: date
    ends_on: date
    procedures: frozenset[int] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    form: str = ""
    has_decision: bool = False
    is_revoked: bool = False

    def is_on(self, day: date) -> bool:
        return not self.is_revoked and self.starts_on <= day <= self.ends_on

    def overlaps(self, other: Substitution) -> bool:
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on


class SubstitutionRefused(Refused):
    """A substitution would give more than may be given."""

    code = "substitution_refused"
    vi = "Không lập được việc thay này: {why_vi}."
    en = "This substitution cannot be set up: {why_en}."


def powers(
    one: Substitution, chair: Chair | None, rules: Mapping[str, LendingRule], day: date
) -> frozenset[str]:
    """Return the roles in which the substitute may act on `day`: what was lent, is held, and may be lent.

    Empty outside the days, once revoked, when the giver no longer holds the chair, and where giver and
    substitute are one person. A role without a rule is never lent.
    """
    if chair is None or one.giver_id == one.taker_id or not one.is_on(day) or not chair.is_held(day):
        return frozenset()
    if (chair.user_id, chair.assignment_id) != (one.giver_id, one.chair_id):
        return frozenset()
    return frozenset(role for role in one.roles & chair.roles if _may_be_lent(one, role, rules))


def lent_for(
    lent: Iterable[Lent],
    role: str,
    unit_id: int,
    procedure_id: int,
    data: Mapping[str, Any],
    instead_of: int | None = None,
) -> Lent | None:
    """Return the authority among those `lent` by which one may act in `role` on a dossier, or None.

    Args:
        instead_of: Only authority from this person counts: the one who has taken the step.
    """
    for one in lent:
        if (
            role in one.roles
            and unit_id == one.unit_id
            and instead_of in (None, one.giver_id)
            and (not one.procedures or procedure_id in one.procedures)
            and within(one.limits, data)
        ):
            return one
    return None


def within(limits: Mapping[str, int], data: Mapping[str, Any]) -> bool:
    """Say whether a dossier lies within limits of power; what cannot be compared lies outside."""
    for name, most in limits.items():
        value = data.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return False
        try:
            if not float(value) <= most:  # also refuses NaN
                return False
        except ValueError:
            return False
    return True


def check_substitution(
    one: Substitution,
    chair: Chair,
    taker: Sequence[Chair],
    below: Set[int],
    rules: Mapping[str, LendingRule],
    forms: Mapping[str, SigningForm],
    today: date,
) -> None:
    """Check that a lending may be set up.

    Args:
        taker: The substitute's own chairs.
        below: The giver's unit and those below it.

    Raises:
        SubstitutionRefused: With the first reason why not.
    """
    for holds, why in (
        (one.giver_id != one.taker_id, _OWN),
        (one.ends_on >= one.starts_on, _REVERSED),
        (one.ends_on >= today, _PAST),
        ((one.ends_on - one.starts_on).days < LONGEST, _LONG),
        (bool(one.roles), _NOTHING),
        (one.roles <= chair.roles, _NOT_HELD),
        (chair.is_held(max(one.starts_on, today)), _NOT_SEATED),
        (any(seat.is_held(max(one.starts_on, today)) for seat in taker), _NO_CHAIR),
    ):
        if not holds:
            raise _refused(why)
    for role in sorted(one.roles):
        rule = rules.get(role)
        if rule is None or rule.how == "never":
            raise _refused(_NEVER.filled(role=role))
        if rule.how == "decision" and not one.has_decision:
            raise _refused(_NEEDS_DECISION.filled(role=role))
    if SIGNING in one.roles:
        _check_form(one, forms.get(one.form), taker, below)


def doubts(
    one: Substitution,
    chair: Chair,
    taker: Sequence[Chair],
    others: Iterable[Substitution],
    calendar: WorkingCalendar,
) -> list[Text]:
    """Return what the giver should know before saving; none of it forbids the substitution.

    Args:
        others: Substitutions that are not revoked, given by the giver or by the substitute.
    """
    others = list(others)
    said = []
    if any(two.giver_id == one.giver_id and two.roles & one.roles and two.overlaps(one) for two in others):
        said.append(_OVERLAP)
    if any(two.giver_id == one.taker_id and two.overlaps(one) for two in others):
        said.append(_ABSENT)
    held = frozenset(role for seat in taker for role in seat.roles)
    if missing := sorted(one.roles - held):
        said.append(_NEW_ROLE.filled(roles=", ".join(missing)))
    if taker and min(seat.rank for seat in taker) > chair.rank:
        said.append(_LOWER)
    if one.roles & LEADING and any(
        "SPECIALIST" in seat.roles and seat.unit_id == one.unit_id for seat in taker
    ):
        said.append(_OWN_WORK)
    leaves = [seat.ends_on for seat in taker if seat.is_held(one.starts_on)]
    if leaves and all(day is not None and day < one.ends_on for day in leaves):
        said.append(_LEAVES.filled(day=f"{max(day for day in leaves if day):%d/%m/%Y}"))
    if hole := _hole(one, others, calendar):
        said.append(_HOLE.filled(day=f"{hole:%d/%m/%Y}"))
    return said


def _may_be_lent(one: Substitution, role: str, rules: Mapping[str, LendingRule]) -> bool:
    rule = rules.get(role)
    if rule is None or rule.how == "never" or (rule.how == "decision" and not one.has_decision):
        return False
    return role != SIGNING or bool(one.form)


def _check_form(one: Substitution, form: SigningForm | None, taker: Sequence[Chair], below: Set[int]) -> None:
    if form is None:
        raise _refused(_NO_FORM)
    if form.needs_decision and not one.has_decision:
        raise _refused(_FORM_DECISION.filled(form=form.code))
    places = {one.unit_id} if form.place == "same" else below
    fitting = [seat for seat in taker if seat.unit_id in places]
    if not fitting:
        raise _refused(_FORM_PLACE.filled(form=form.code))
    if form.roles and not any(seat.roles & form.roles for seat in fitting):
        raise _refused(_FORM_ROLE.filled(form=form.code, roles=", ".join(sorted(form.roles))))


def _hole(one: Substitution, others: Iterable[Substitution], calendar: WorkingCalendar) -> date | None:
    """Return the first working day between this and the giver's substitution before or after it, if any."""
    same = [two for two in others if two.giver_id == one.giver_id and two.roles & one.roles]
    ends = [two.ends_on for two in same if two.ends_on < one.starts_on]
    begins = [two.starts_on for two in same if two.starts_on > one.ends_on]
    for left, right in (
        (max(ends), one.starts_on) if ends else (None, None),
        (one.ends_on, min(begins)) if begins else (None, None),
    ):
        if left is None or right is None or (right - left).days > NEAR:
            continue
        between = (left + timedelta(days=step) for step in range(1, (right - left).days))
        hole = next((day for day in between if calendar.is_working(day)), None)
        if hole is not None:
            return hole
    return None


def _refused(why: Text) -> SubstitutionRefused:
    return SubstitutionRefused("a substitution within the rules", why.en, why_vi=why.vi, why_en=why.en)


_OWN = Text("không ai thay cho chính mình", "nobody stands in for themselves")
_REVERSED = Text("ngày cuối sớm hơn ngày đầu", "the last day is before the first")
_PAST = Text("ngày cuối đã qua", "the last day has passed")
_LONG = Text("dài hơn một năm; hãy lập lại khi hết hạn", "it is longer than a year; renew it when it ends")
_NOTHING = Text("chưa chọn việc nào để giao", "no work is chosen")
_NOT_HELD = Text(
    "chức vụ này không có vai trò đã chọn; việc được giao thay không giao lại được cho người khác",
    "the chair does not give a role that is chosen; what is held in substitution cannot be passed on",
)
_NOT_SEATED = Text("người giao không giữ chức vụ này vào ngày đầu", "the giver does not hold the chair then")
_NO_CHAIR = Text(
    "người thay không có chức vụ nào vào ngày đầu", "the substitute holds no chair on the first day"
)
_NEVER = Text("vai trò {role} không được giao cho người khác", "the role {role} may not be lent")
_NEEDS_DECISION = Text(
    "vai trò {role} chỉ giao theo văn bản; hãy ghi số và ngày văn bản",
    "the role {role} is lent only by a written decision; give its number and date",
)
_NO_FORM = Text("chưa chọn cách ký thay (KT., TL., TUQ.)", "no form of signing (KT., TL., TUQ.) is chosen")
_FORM_DECISION = Text(
    "ký {form}. cần văn bản; hãy ghi số và ngày", "signing {form}. needs a decision; give its number and date"
)
_FORM_PLACE = Text(
    "người thay không làm ở đơn vị được ký {form}.", "the substitute does not sit where {form}. may be signed"
)
_FORM_ROLE = Text("người ký {form}. cần giữ vai trò {roles}", "whoever signs {form}. must hold {roles}")

_OVERLAP = Text(
    "Trong những ngày này đã có người khác thay cùng việc đó; cả hai cùng thấy và cùng làm được.",
    "Somebody else already stands in for the same work on some of these days; both can do it.",
)
_ABSENT = Text(
    "Người thay cũng đã giao việc của mình cho người khác trong những ngày này, có thể vắng mặt.",
    "The substitute has lent their own work on some of these days and may be absent.",
)
_NEW_ROLE = Text(
    "Người thay không tự giữ vai trò {roles}; đây là việc mới với họ.",
    "The substitute does not hold {roles} otherwise; it is new work for them.",
)
_LOWER = Text("Người thay làm ở cấp thấp hơn.", "The substitute sits at a lower level.")
_OWN_WORK = Text(
    "Người thay là chuyên viên cùng đơn vị: có thể sẽ duyệt chính việc mình đã làm.",
    "The substitute is a specialist of the same unit and may approve work of their own.",
)
_LEAVES = Text(
    "Người thay thôi chức vụ từ sau {day}; các ngày sau đó không có ai thay.",
    "The substitute leaves their chair after {day}; nobody stands in after that day.",
)
_HOLE = Text(
    "Ngày làm việc {day} nằm giữa hai lần giao mà không có ai thay.",
    "The working day {day} lies between two substitutions and nobody stands in.",
)
