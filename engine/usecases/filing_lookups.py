"""The public look-up of what was handed in and is not accepted yet, by its number and the last four digits.

As for dossiers: an unknown number and wrong digits get the same answer, and tries are counted before anything
is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.domain.filings import BadFilingNumber, FilingNumber, FilingState
from engine.domain.texts import Text
from engine.store import units
from engine.store.counter_rows import FilingEventRow, FilingRow
from engine.store.rows import DossierRow, RevisionRow
from engine.store.work import Unit
from engine.usecases.filing_pages import EVENTS
from engine.usecases.lookups import admit, mask_name
from engine.usecases.procedures import procedure_of

PREFIX = "YC-"
PUBLIC = frozenset(EVENTS) - {"coordination.asked", "coordination.settled"}  # the office's own affair


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPaper:
    """One thing that is missing or wrong, as the letter says it."""

    name: str
    wrong: str
    bring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFiling:
    """What anybody with number and digits may see.

    Attributes:
        applicant: Masked, as in `PublicView`.
        wanted: While papers are awaited, everything that was asked for; `until` is the last moment.
        reason: Why it was refused or lapsed; `guidance` what can be done instead.
        dossier_code: The dossier that it became; "" before acceptance.
        office: Where it lies; with address and telephone.
    """

    number: str
    procedure_name: Text
    applicant: str
    state: FilingState
    submitted_at: datetime
    until: datetime | None
    wanted: tuple[WantedPaper, ...]
    reason: str
    guidance: str
    dossier_code: str
    office: Text
    address: str
    phone: str
    steps: tuple[tuple[Text, datetime], ...]


def is_filing_number(text: str) -> bool:
    """Say whether a text has the shape of the number of a filing rather than of a dossier."""
    return "".join(text.split()).upper().startswith(PREFIX)


def look_up_filing(unit: Unit, number: str, factor: str, client: str) -> PublicFiling:
    """Return the public state of a filing; call it in a reading unit.

    Raises:
        LookUpFailed: If there is none of this number, or the digits are wrong: nobody is told which.
        TooManyTries: If either was tried too often within the hour.
    """
    wanted = _normal(number)
    asked = select(FilingRow.id, FilingRow.applicant_phone, FilingRow.applicant_id_no)
    found = admit(unit, wanted, factor, client, asked.where(FilingRow.number == wanted))
    row = unit.session.get_one(FilingRow, found)
    state = FilingState(row.state)
    office = units.get_unit(unit, row.held_by_unit_id)
    code = unit.session.scalar(select(DossierRow.code).where(DossierRow.id == row.dossier_id))
    events = unit.session.execute(
        select(FilingEventRow.kind, FilingEventRow.at)
        .where(FilingEventRow.filing_id == row.id, FilingEventRow.kind.in_(PUBLIC))
        .order_by(FilingEventRow.id)
    )
    is_over = state in (FilingState.REJECTED, FilingState.LAPSED)
    return PublicFiling(
        number=row.number,
        procedure_name=procedure_of(unit.session.get_one(RevisionRow, row.revision_id)).name,
        applicant=mask_name(row.applicant_name),
        state=state,
        submitted_at=row.submitted_at,
        until=row.until,
        wanted=tuple(
            WantedPaper(name=one["name_vi"], wrong=one["wrong"], bring=one.get("bring", ""))
            for one in row.answer.get("gaps", ())
        )
        if state is FilingState.SUPPLEMENT
        else (),
        reason=row.answer.get("reason", "") if is_over else "",
        guidance=row.answer.get("guidance", "") if is_over else "",
        dossier_code=code or "",
        office=Text(office.name_vi, office.name_en),
        address=office.address or "",
        phone=office.phone or "",
        steps=tuple((EVENTS[kind], at) for kind, at in events),
    )


def _normal(number: str) -> str:
    try:
        return str(FilingNumber.parse(number))
    except BadFilingNumber:
        return "".join(number.split()).upper()[:60]
