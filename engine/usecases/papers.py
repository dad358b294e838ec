"""Papers of a dossier as people meet them: to look at, to print, as PDF.

The slip and the letters are kept as they were made. The control sheet (Mẫu 06) is made from the record each
time; nobody types it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine.documents import issuing
from engine.documents.catalogue import form_of
from engine.documents.facts import plain
from engine.domain.deadlines import Punctuality, overrun_shares
from engine.domain.texts import Text
from engine.errors import Forbidden
from engine.store import cases as rows
from engine.store import units
from engine.store.document_rows import DocumentRow, SignatureRow
from engine.store.rows import DossierRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.dossier_pages import StepLine, open_case, step_lines
from engine.usecases.visibility import check_visible, is_involved

RESULTS = {"early": "Trước hạn", "on_time": "Đúng hạn", "late": "Quá hạn"}


class PaperNotYours(Forbidden):
    """An agency that was merely asked does not see what the office writes to the applicant."""

    code = "paper_not_yours"
    vi = "Đơn vị của bạn chỉ được hỏi ý kiến, nên không mở được văn bản gửi người nộp của hồ sơ này."
    en = "Your unit was only asked for its opinion; it cannot open what is written to this applicant."


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A paper in the list of its dossier."""

    id: int
    form_code: str
    title: Text
    number_text: str
    made_at: datetime
    made_by: str
    prints: int
    sha256: str
    has_pdf: bool
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper to look at.

    Attributes:
        id: None while it is not kept: a control sheet, or the slip of a dossier that came in without one.
        sizes: Paper sizes it may be printed on, the usual one first.
        pdf_sha256: Its PDF in the file store; empty while nobody has asked for one.
    """

    id: int | None
    dossier_code: str
    form_code: str
    title: Text
    number_text: str
    html: str
    sizes: tuple[str, ...]
    prints: int
    pdf_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One row of Mẫu 06: who gave the dossier to whom, when, and whether the giver was in time."""

    from_unit: str
    from_person: str
    to_unit: str
    to_person: str
    at: datetime
    step: Text
    result: Punctuality | None
    note: str


def papers_of(unit: Unit, key: int | str) -> tuple[str, tuple[PaperLine, ...]]:
    """Return the code of a dossier and the papers made of it, the newest first."""
    row = visible_dossier(unit, key)
    found = issuing.documents_of(unit, row.id)
    people = units.people_of(unit, (one.made_by for one in found))
    signers = _signers(unit, [one.id for one in found])
    return row.code, tuple(
        _line(one, people.get(one.made_by or 0, ""), signers.get(one.id, ())) for one in found
    )


def open_paper(unit: Unit, document_id: int) -> Paper:
    """Return a kept paper for somebody who may see its dossier."""
    row = visible_document(unit, document_id)
    return _paper(row, row.dossier.code)


def slip_of(unit: Unit, key: int | str) -> Paper:
    """Return Mẫu 01 as it was handed out; for a dossier that came in without one, as it would be now."""
    dossier = visible_dossier(unit, key)
    kept = issuing.newest_document(unit, dossier.id, issuing.SLIP)
    if kept is not None:
        return _paper(kept, dossier.code)
    return _composed(dossier.code, issuing.compose(unit, dossier, issuing.SLIP))


def control_sheet(unit: Unit, key: int | str) -> Paper:
    """Return Mẫu 06 as of now."""
    case, _ = open_case(unit, key)
    steps = step_lines(case, rows.all_items(unit, case.row.id), None)
    names = units.names_of(unit, (case.row.received_unit_id, case.row.competent_unit_id))
    received, competent = names[case.row.received_unit_id], names[case.row.competent_unit_id]
    lost: dict[str, int] = {}
    for one in steps:
        lost[one.unit] = lost.get(one.unit, 0) + one.overrun
    worked = dict.fromkeys(one.unit for one in steps)
    facts = {
        "lines": [_sheet_line(one) for one in hand_overs(steps, received)],
        "cooperating": [one for one in worked if one not in (competent, received)],
        "shares": [
            {"unit": name, "percent": round(share * 100)} for name, share in overrun_shares(lost).items()
        ],
    }
    return _composed(case.row.code, issuing.compose(unit, case.row, issuing.CONTROL, facts))


def hand_overs(steps: tuple[StepLine, ...], received_unit: str) -> Iterable[HandOver]:
    """Each opening of a step is a hand-over from the step before it that ended at the same moment."""
    for index, step in enumerate(steps):
        giver = next((one for one in reversed(steps[:index]) if one.ended_at == step.opened_at), None)
        yield HandOver(
            from_unit=giver.unit if giver else received_unit,
            from_person=giver.person if giver else "",
            to_unit=step.unit,
            to_person=step.person,
            at=step.opened_at,
            step=step.name,
            result=giver.result if giver else None,
            note="; ".join(filter(None, (giver.reason, giver.late_reason))) if giver else "",
        )


def print_paper(unit: Unit, document_id: int) -> int:
    """Write down that a paper is printed; return which print it is, the original being 1."""
    row = visible_document(unit, document_id)
    number = issuing.count_print(unit, row)
    record(unit, f"dossier:{row.dossier_id}", "document.printed", {"document": row.id, "print": number})
    return number


def print_slip(unit: Unit, key: int | str) -> tuple[int, int]:
    """The same for the slip of a dossier, which is made now if it came in without one; also its id."""
    dossier = visible_dossier(unit, key)
    kept = issuing.newest_document(unit, dossier.id, issuing.SLIP)
    row = kept or issuing.produce(unit, dossier, issuing.SLIP)
    return row.id, print_paper(unit, row.id)


def keep_pdf(unit: Unit, document_id: int, sha256: str, size: int) -> str:
    """Name the PDF of a paper; the first one stays. Returns the one that counts."""
    row = visible_document(unit, document_id)
    unit.session.execute(
        update(DocumentRow)
        .where(DocumentRow.id == row.id, DocumentRow.pdf_sha256 == "")
        .values(pdf_sha256=sha256, pdf_size=size)
    )
    unit.session.refresh(row, ["pdf_sha256"])
    return row.pdf_sha256


def visible_dossier(unit: Unit, key: int | str) -> Any:
    """Return a dossier whose papers the actor may see.

    Raises:
        NotFound, PaperNotYours
    """
    case, scope = open_case(unit, key)
    if not is_involved(scope, case.row):
        raise PaperNotYours("the office itself", "the unit was only asked")
    return case.row


def visible_document(unit: Unit, document_id: int) -> DocumentRow:
    row = issuing.get_document(unit, document_id)
    if not is_involved(check_visible(unit, row.dossier), row.dossier):
        raise PaperNotYours("the office itself", "the unit was only asked")
    return row


def issued_decision(unit: Unit, code: str) -> DocumentRow | None:
    """Return the decision that the applicant may have: signed, numbered and sealed, the fee paid; else None.

    Who asks must have shown that they may know of this dossier (`lookups.look_up`).
    """
    return unit.session.scalars(
        select(DocumentRow)
        .join(DossierRow, DossierRow.id == DocumentRow.dossier_id)
        .join(SignatureRow, SignatureRow.document_id == DocumentRow.id)
        .where(
            DossierRow.code == code,
            DossierRow.resolved_at.is_not(None),
            SignatureRow.kind == "organisation",
            DossierRow.payment_status != "due",
        )
        .order_by(SignatureRow.id.desc())
        .limit(1)
    ).one_or_none()


def _signers(unit: Unit, ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Return who signed each paper, in the order of the signatures."""
    found: dict[int, tuple[str, ...]] = {}
    rows_ = select(SignatureRow.document_id, SignatureRow.signer).where(SignatureRow.document_id.in_(ids))
    for document_id, signer in unit.session.execute(rows_.order_by(SignatureRow.id)):
        found[document_id] = (*found.get(document_id, ()), signer)
    return found


def _line(row: DocumentRow, made_by: str, signers: tuple[str, ...]) -> PaperLine:
    return PaperLine(
        id=row.id,
        form_code=row.form_code,
        title=_title(row),
        number_text=row.number_text,
        made_at=row.made_at,
        made_by=made_by,
        prints=row.prints,
        sha256=row.sha256,
        has_pdf=bool(row.pdf_sha256),
        signers=signers,
    )


def _paper(row: DocumentRow, code: str) -> Paper:
    form = form_of(row.form_code)
    return Paper(
        id=row.id,
        dossier_code=code,
        form_code=row.form_code,
        title=_title(row),
        number_text=row.number_text,
        html=issuing.page_of(row),
        sizes=form.papers,
        prints=row.prints,
        pdf_sha256=row.pdf_sha256,
    )


def _title(row: DocumentRow) -> Text:
    """A letter of a procedure's own is called as its author called it."""
    form = form_of(row.form_code)
    return form.name if row.title == form.title else Text(row.title)


def _composed(code: str, made: issuing.Composed) -> Paper:
    return Paper(
        id=None,
        dossier_code=code,
        form_code=made.form.code,
        title=made.title,
        number_text=made.facts["issued"]["number_text"],
        html=made.html,
        sizes=made.form.papers,
        prints=0,
    )


def _sheet_line(line: HandOver) -> dict[str, Any]:
    return plain(
        {
            "from_unit": line.from_unit,
            "from_person": line.from_person,
            "to_unit": line.to_unit,
            "to_person": line.to_person,
            "at": line.at,
            "step": line.step,
            "result": RESULTS.get(line.result or "", ""),
            "note": line.note,
        }
    )
