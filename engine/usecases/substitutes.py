"""Setting up a substitution, taking it back, and who stands in for whom.

A person lends their own work; whoever leads the unit may lend that of somebody who is absent, but the power
to sign is lent by its holder alone. What is doubtful is said before it is saved, what is forbidden refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select

from engine.domain.access import RoleMissing
from engine.domain.calendar import local_day
from engine.domain.substitution import (
    SIGNING,
    Chair,
    SigningForm,
    Substitution,
    SubstitutionRefused,
    check_substitution,
    doubts,
)
from engine.domain.texts import Text
from engine.domain.timewords import say_date
from engine.errors import Invalid, NotFound, Refused
from engine.store import units
from engine.store.duty_rows import SigningFormRow, SubstitutionRow
from engine.store.rows import AssignmentRow, PositionRow, ProcedureRow, RoleRow, UserRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.authority import SEATS, chair_of, chairs_of, lending_rules, substitution_of
from engine.usecases.calendars import calendar_of
from engine.usecases.notifications import notify

LEADERS = ("HEAD", "COORDINATOR", "SIGNATORY")
LONGEST_REASON = 500
MOST_LIMITS = 5
LONGEST_LIST = 200
PAGE = "/staff/substitutions"


class SubstitutionOver(Refused):
    code = "substitution_over"
    vi = "Việc thay này đã kết thúc hoặc đã thu hồi, không cần thu hồi nữa."
    en = "This substitution has ended or was taken back already."


class BadSubstitution(Invalid):
    """What the page sent does not say who stands in for whom, and when."""

    code = "bad_substitution"
    vi = "Hãy kiểm tra lại {what}."
    en = "Check {what_en} again."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubstitution:
    """What the page sends.

    Attributes:
        assignment_id: The chair whose work is lent.
        procedures: Numbers of procedures; none for all.
        limits: Data item → the most it may be.
    """

    assignment_id: int
    taker_id: int
    roles: frozenset[str]
    starts_on: date
    ends_on: date
    procedures: frozenset[int] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    form: str = ""
    decision_no: str = ""
    decision_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstitutionLine:
    """One substitution as people read it.

    Attributes:
        state: "now", "later", "over" or "revoked".
        procedures: Their names; empty for all.
        can_revoke: Whether the actor may take it back.
    """

    id: int
    giver: str
    taker: str
    title: str
    unit: str
    roles: tuple[Text, ...]
    procedures: tuple[Text, ...]
    limits: Mapping[str, int]
    starts_on: date
    ends_on: date
    form: str
    decision: str
    reason: str
    state: str
    can_revoke: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LendableChair:
    """A chair whose work the actor may lend: an own one, or one of a unit the actor leads."""

    assignment_id: int
    person: str
    title: str
    unit: str
    roles: tuple[tuple[str, Text], ...]
    is_own: bool


def look_at_substitution(unit: Unit, new: NewSubstitution) -> list[Text]:
    """Check a substitution without writing it; return what is doubtful about it.

    Raises:
        SubstitutionRefused, BadSubstitution, RoleMissing, NotFound: As `substitute` would.
    """
    return _examine(unit, new)[1]


def substitute(unit: Unit, new: NewSubstitution) -> int:
    """Lend the work of a chair; return the number of the substitution.

    The substitute, the giver and whoever leads the unit are told.

    Raises:
        SubstitutionRefused: If more would be given than may be.
        RoleMissing: If the chair is neither the actor's nor one of a unit the actor leads.
        NotFound: If there is no such chair or person.
        BadSubstitution: If something is too long or unknown.
    """
    one, _ = _examine(unit, new)
    row = SubstitutionRow(
        giver_id=one.giver_id,
        taker_id=one.taker_id,
        assignment_id=one.chair_id,
        unit_id=one.unit_id,
        roles=sorted(one.roles),
        procedures=sorted(one.procedures),
        limits=dict(one.limits),
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        form=one.form,
        decision_no=new.decision_no.strip(),
        decision_on=new.decision_on,
        reason=new.reason.strip(),
        created_at=unit.now,
        created_by=unit.actor.user_id,
    )
    unit.session.add(row)
    unit.session.flush()
    said = {
        "substitution": row.id,
        "taker": row.taker_id,
        "chair": row.assignment_id,
        "roles": row.roles,
        "procedures": row.procedures,
        "limits": row.limits,
        "from": row.starts_on,
        "to": row.ends_on,
        "form": row.form,
        "decision": row.decision_no,
    }
    record(unit, f"account:{row.giver_id}", "substitution.given", said)
    _tell(unit, row, "duty.given", _GIVEN)
    return row.id


def revoke_substitution(unit: Unit, substitution_id: int, reason: str) -> None:
    """Take a substitution back: from this moment on it gives nothing.

    By the giver, the substitute, or whoever leads the unit.

    Raises:
        NotFound, SubstitutionOver, RoleMissing: If there is nothing to take back, or not by this person.
    """
    row = unit.session.get(SubstitutionRow, substitution_id, with_for_update=True)
    if row is None:
        raise NotFound("a substitution", "there is none", what="việc thay")
    if not _may_revoke(unit, row):
        raise _not_leading(unit, row.unit_id)
    if row.revoked_at is not None or row.ends_on < local_day(unit.now):
        raise SubstitutionOver("a substitution in force", "it is over")
    _check_length(reason)
    row.revoked_at, row.revoked_by, row.revoke_reason = unit.now, unit.actor.user_id, reason.strip()
    record(
        unit,
        f"account:{row.giver_id}",
        "substitution.revoked",
        {"substitution": row.id, "taker": row.taker_id, "reason": row.revoke_reason},
    )
    _tell(unit, row, "duty.revoked", _REVOKED)


def list_substitutions(unit: Unit) -> list[SubstitutionLine]:
    """Return those given by or to the actor, and those of units the actor leads; the latest first."""
    actor = unit.actor
    leading = [one.unit_id for one in actor.assignments if one.roles.intersection(LEADERS)]
    found = list(
        unit.session.scalars(
            select(SubstitutionRow)
            .where(
                or_(
                    SubstitutionRow.giver_id == actor.user_id,
                    SubstitutionRow.taker_id == actor.user_id,
                    SubstitutionRow.unit_id.in_(leading),
                )
            )
            .order_by(SubstitutionRow.ends_on.desc(), SubstitutionRow.id.desc())
            .limit(LONGEST_LIST)
        )
    )
    return _lines(unit, found)


def lendable_chairs(unit: Unit) -> list[LendableChair]:
    """Return the chairs whose work the actor may lend, the own ones first, with roles that may be lent."""
    today, actor = local_day(unit.now), unit.actor
    leading = [one.unit_id for one in actor.assignments if one.roles.intersection(LEADERS)]
    rules = lending_rules(unit)
    names = {row.code: Text(row.name_vi, row.name_en) for row in unit.session.scalars(select(RoleRow))}
    rows = unit.session.execute(
        SEATS.where(
            or_(AssignmentRow.user_id == actor.user_id, PositionRow.unit_id.in_(leading)),
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= today),
        ).order_by(AssignmentRow.user_id != actor.user_id, UserRow.full_name)
    )
    chairs = []
    for one in rows:
        is_own = one.user_id == actor.user_id
        roles = [
            role
            for role in one.roles
            if role in rules and rules[role].how != "never" and (is_own or role != SIGNING)
        ]
        if roles:
            chairs.append(
                LendableChair(
                    assignment_id=one.assignment_id,
                    person=one.full_name,
                    title=one.title_vi,
                    unit=one.unit_name,
                    roles=tuple((role, names.get(role, Text(role))) for role in roles),
                    is_own=is_own,
                )
            )
    return chairs


def possible_takers(unit: Unit) -> list[tuple[int, str, str]]:
    """Return (id, name, title and office) of those who can stand in: whoever sits in the actor's units
    or in those below them."""
    today = local_day(unit.now)
    around = units.below(unit, unit.actor.unit_ids)
    rows = unit.session.execute(
        SEATS.where(
            PositionRow.unit_id.in_(around),
            UserRow.is_active.is_(True),
            AssignmentRow.starts_on <= today,
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= today),
        ).order_by(UserRow.full_name, AssignmentRow.id)
    ).all()
    return list(
        {
            one.user_id: (one.user_id, one.full_name, f"{one.title_vi}, {one.unit_name}") for one in rows
        }.values()
    )


def lendable_procedures(unit: Unit) -> list[tuple[int, Text]]:
    """Return the procedures to which a substitution may be narrowed, by key."""
    rows = unit.session.scalars(select(ProcedureRow).order_by(ProcedureRow.key))
    return [
        (row.id, Text(f"{row.key} {row.name_vi}", f"{row.key} {row.name_en or row.name_vi}")) for row in rows
    ]


def signing_forms(unit: Unit) -> dict[str, SigningForm]:
    return {
        row.code: SigningForm(
            code=row.code,
            name=Text(row.name_vi, row.name_en),
            needs_decision=row.needs_decision,
            place=row.place,
            roles=frozenset(row.roles),
            source=row.source,
        )
        for row in unit.session.scalars(select(SigningFormRow).order_by(SigningFormRow.code))
    }


def _examine(unit: Unit, new: NewSubstitution) -> tuple[Substitution, list[Text]]:
    """Check everything; return the substitution, and what is doubtful about it."""
    found = unit.session.execute(SEATS.where(AssignmentRow.id == new.assignment_id)).one_or_none()
    taker = unit.session.get(UserRow, new.taker_id)
    if found is None or taker is None or not taker.is_active:
        raise NotFound("a chair and a person", "one of them does not exist", what="chức vụ hoặc người thay")
    chair = chair_of(found)
    _check_giver(unit, chair, new.roles)
    _check_length(new.reason)
    _check_length(new.decision_no)
    _check_procedures(unit, new)
    if len(new.limits) > MOST_LIMITS or any(most < 0 or not name for name, most in new.limits.items()):
        raise BadSubstitution(
            "a few limits of at least 0", "they are not", what="giới hạn", what_en="the limits"
        )
    one = Substitution(
        giver_id=chair.user_id,
        taker_id=new.taker_id,
        chair_id=chair.assignment_id,
        unit_id=chair.unit_id,
        roles=new.roles,
        procedures=new.procedures,
        limits=new.limits,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        form=new.form if SIGNING in new.roles else "",
        has_decision=bool(new.decision_no.strip() and new.decision_on),
    )
    seats = chairs_of(unit, new.taker_id)
    check_substitution(
        one,
        chair,
        seats,
        units.below(unit, [chair.unit_id]),
        lending_rules(unit),
        signing_forms(unit),
        local_day(unit.now),
    )
    held = [seat for seat in seats if seat.is_held(new.starts_on)]
    said = doubts(one, chair, held, _others(unit, one), calendar_of(unit, chair.unit_id))
    return one, said


def _check_giver(unit: Unit, chair: Chair, roles: Iterable[str]) -> None:
    actor = unit.actor
    if actor.is_system or chair.user_id == actor.user_id:
        return
    if SIGNING in set(roles):
        raise SubstitutionRefused(
            "the holder to lend the power to sign",
            "it is somebody else",
            why_vi=_HOLDER.vi,
            why_en=_HOLDER.en,
        )
    if not any(actor.holds(role, chair.unit_id) for role in LEADERS):
        raise _not_leading(unit, chair.unit_id)


def _check_length(text: str) -> None:
    if len(text) > LONGEST_REASON:
        raise BadSubstitution(
            "a short text", f"{len(text)} characters", what="phần chữ quá dài", what_en="the text"
        )


def _check_procedures(unit: Unit, new: NewSubstitution) -> None:
    known = set(
        unit.session.scalars(select(ProcedureRow.id).where(ProcedureRow.id.in_(new.procedures)))
        if new.procedures
        else ()
    )
    if new.procedures - known:
        raise BadSubstitution(
            "procedures", "one is unknown", what="danh sách thủ tục", what_en="the procedures"
        )


def _others(unit: Unit, one: Substitution) -> list[Substitution]:
    rows = unit.session.scalars(
        select(SubstitutionRow).where(
            SubstitutionRow.giver_id.in_((one.giver_id, one.taker_id)),
            SubstitutionRow.revoked_at.is_(None),
            SubstitutionRow.ends_on >= local_day(unit.now),
        )
    )
    return [substitution_of(row) for row in rows]


def _may_revoke(unit: Unit, row: SubstitutionRow) -> bool:
    actor = unit.actor
    if actor.is_system or actor.user_id in (row.giver_id, row.taker_id):
        return True
    return any(actor.holds(role, row.unit_id) for role in LEADERS)


def _not_leading(unit: Unit, unit_id: int) -> RoleMissing:
    where = units.get_unit(unit, unit_id).name_vi
    return RoleMissing("to lead the unit", "the actor does not", role="HEAD", where=where)


def _tell(unit: Unit, row: SubstitutionRow, kind: str, text: Text) -> None:
    names = units.people_of(unit, (row.giver_id, row.taker_id))
    facts = {
        "giver": names.get(row.giver_id, ""),
        "taker": names.get(row.taker_id, ""),
        "from_day": say_date(row.starts_on),
        "to_day": say_date(row.ends_on),
    }
    heads = heads_of(unit, row.unit_id, local_day(unit.now))
    notify(unit, {row.giver_id, row.taker_id, *heads}, kind, text.filled(**facts), target=PAGE)


def heads_of(unit: Unit, unit_id: int, day: date, roles: Iterable[str] = ("HEAD",)) -> set[int]:
    """Return the people who hold one of `roles` in a unit on `day`."""
    wanted = set(roles)
    rows = unit.session.execute(
        SEATS.where(
            PositionRow.unit_id == unit_id,
            UserRow.is_active.is_(True),
            AssignmentRow.starts_on <= day,
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= day),
        )
    )
    return {one.user_id for one in rows if wanted.intersection(one.roles)}


def said_away(unit: Unit, user_ids: Iterable[int]) -> dict[int, Text]:
    """Return who of these people has lent their work today, in words: until when, and who stands in.

    What they may hand on themselves is not asked: whoever gives them work should know that it will wait.
    """
    today = local_day(unit.now)
    found = unit.session.scalars(
        select(SubstitutionRow)
        .where(
            SubstitutionRow.giver_id.in_(list(user_ids)),
            SubstitutionRow.revoked_at.is_(None),
            SubstitutionRow.starts_on <= today,
            SubstitutionRow.ends_on >= today,
        )
        .order_by(SubstitutionRow.ends_on, SubstitutionRow.id)
    ).all()
    takers = units.people_of(unit, (one.taker_id for one in found))
    return {
        one.giver_id: Text(
            f"vắng đến {say_date(one.ends_on)}, {takers[one.taker_id]} làm thay",
            f"away until {say_date(one.ends_on)}, {takers[one.taker_id]} stands in",
        )
        for one in found
    }


def _lines(unit: Unit, rows: list[SubstitutionRow]) -> list[SubstitutionLine]:
    people = units.people_of(unit, {one for row in rows for one in (row.giver_id, row.taker_id)})
    offices = units.names_of(unit, {row.unit_id for row in rows})
    roles = {row.code: Text(row.name_vi, row.name_en) for row in unit.session.scalars(select(RoleRow))}
    wanted = {one for row in rows for one in row.procedures}
    procedures = {
        row.id: Text(row.name_vi, row.name_en)
        for row in unit.session.scalars(select(ProcedureRow).where(ProcedureRow.id.in_(wanted)))
    }
    chairs = {row.assignment_id for row in rows}
    titles = {
        one.assignment_id: one.title_vi
        for one in unit.session.execute(SEATS.where(AssignmentRow.id.in_(chairs)))
    }
    today = local_day(unit.now)
    return [
        SubstitutionLine(
            id=row.id,
            giver=people.get(row.giver_id, ""),
            taker=people.get(row.taker_id, ""),
            title=titles.get(row.assignment_id, ""),
            unit=offices.get(row.unit_id, ""),
            roles=tuple(roles.get(one, Text(one)) for one in row.roles),
            procedures=tuple(procedures[one] for one in row.procedures if one in procedures),
            limits=row.limits,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            form=row.form,
            decision=f"{row.decision_no}, {say_date(row.decision_on)}" if row.decision_on else "",
            reason=row.reason,
            state=_state(row, today),
            can_revoke=_state(row, today) in ("now", "later") and _may_revoke(unit, row),
        )
        for row in rows
    ]


def _state(row: SubstitutionRow, today: date) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.ends_on < today:
        return "over"
    return "now" if row.starts_on <= today else "later"


_GIVEN = Text(
    "{taker} thay {giver} từ {from_day} đến {to_day}.",
    "{taker} stands in for {giver} from {from_day} to {to_day}.",
)
_REVOKED = Text(
    "Đã thu hồi việc {taker} thay {giver} (từ {from_day} đến {to_day}).",
    "{taker} no longer stands in for {giver} ({from_day} to {to_day}).",
)
_HOLDER = Text("quyền ký chỉ do chính người có quyền ký giao", "only its holder lends the power to sign")
