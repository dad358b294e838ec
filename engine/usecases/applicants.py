"""Somebody who was here before: found by a number, so that nobody types twice what the office already has.

Only whole numbers are looked for, never names: the counter knows who stands before it, and nobody leafs
through strangers. Found is only what this reader may see anyway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from engine.domain.access import check_holds
from engine.domain.dossiers import Status
from engine.domain.forms import Form, input_value
from engine.domain.texts import Text, fold
from engine.store.rows import DossierRow
from engine.store.work import Unit
from engine.usecases.reception import COUNTER
from engine.usecases.visibility import scope_of

SHORTEST, LONGEST = 8, 14  # of a number that is looked for
MOST_DOSSIERS = 40
MOST_PEOPLE, MOST_EARLIER = 3, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierDossier:
    """`answers` is what was filled into the reception form, as it stands in the controls."""

    code: str
    procedure_key: str
    procedure_name: Text
    accepted_at: datetime
    status: Status
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownApplicant:
    """An applicant as of the latest dossier."""

    kind: int
    name: str
    id_no: str
    phone: str
    email: str
    address: str
    earlier: tuple[EarlierDossier, ...]


def find_applicants(unit: Unit, number: str, form: Form | None = None) -> list[KnownApplicant]:
    """Return who filed under this ID number, tax code or telephone, the latest first.

    Args:
        form: The reception form whose answers are wanted from earlier dossiers.

    Raises:
        RoleMissing: If the actor sits at no counter.
    """
    check_holds(unit.actor, COUNTER)
    wanted = _numbers(number)
    if not wanted:
        return []
    rows = unit.session.scalars(
        select(DossierRow)
        .options(joinedload(DossierRow.procedure))
        .where(
            or_(DossierRow.applicant_id_no.in_(wanted), DossierRow.applicant_phone.in_(wanted)),
            scope_of(unit).dossiers(),
        )
        .order_by(DossierRow.id.desc())
        .limit(MOST_DOSSIERS)
    )
    people: dict[tuple[int, str], list[DossierRow]] = {}
    for row in rows:
        people.setdefault((row.applicant_kind, fold(row.applicant_name)), []).append(row)
    return [_known(found, form) for found in list(people.values())[:MOST_PEOPLE]]


def _known(rows: list[DossierRow], form: Form | None) -> KnownApplicant:
    def latest(name: str) -> str:
        return next((value for row in rows if (value := getattr(row, name))), "")

    return KnownApplicant(
        kind=rows[0].applicant_kind,
        name=rows[0].applicant_name,
        id_no=latest("applicant_id_no"),
        phone=latest("applicant_phone"),
        email=latest("applicant_email"),
        address=latest("applicant_address"),
        earlier=tuple(_earlier(row, form) for row in rows[:MOST_EARLIER]),
    )


def _earlier(row: DossierRow, form: Form | None) -> EarlierDossier:
    fields = form.fields if form else ()
    return EarlierDossier(
        code=row.code,
        procedure_key=row.procedure.key,
        procedure_name=Text(row.procedure.name_vi, row.procedure.name_en),
        accepted_at=row.accepted_at,
        status=Status(row.status),
        answers={
            field.name: input_value(field, row.data[field.name])
            for field in fields
            if not field.computed and row.data.get(field.name) is not None
        },
    )


def _numbers(text: str) -> set[str]:
    """Return the ways in which a number that was typed may stand in the rows."""
    plain = re.sub(r"[\s.()]", "", text).upper()
    local = re.sub(r"^(\+84|0084)(?=\d{9}$)", "0", plain)
    if not SHORTEST <= len(plain) <= LONGEST or not re.fullmatch(r"[+A-Z]?[\d-]+", plain, re.ASCII):
        return set()
    return {plain, local}
