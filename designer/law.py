"""Law on the steps: which articles, fees and limits rest on which document, over all procedures.

Procedures name documents in words (“điều 54, Nghị định 217/2026/NĐ-CP”). The number in them is what ties a
step to the register; a document that ends or is replaced so lists every place that it touches. Dossiers keep
the revision, and with it the law, that they were accepted under.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from designer.states import IN_THE_MAKING, LABELS, PROVINCE_APPROVER, PUBLISHED
from engine.bpmn.extensions import scan_steps
from engine.bpmn.lint.findings import WARNING, Finding
from engine.bpmn.xml import parse_xml
from engine.domain.access import check_holds
from engine.domain.calendar import local_day
from engine.domain.procedures import Procedure
from engine.domain.texts import Text, fold
from engine.errors import Invalid, NotFound, ProcedureError
from engine.store.law_rows import LegalDocumentRow
from engine.store.rows import RevisionRow
from engine.store.work import Unit
from engine.usecases.audit import record

_NUMBER = re.compile(r"\d{1,5}(?:/\d{4})?/[A-ZĐ][A-ZĐa-z0-9]*(?:-[A-ZĐ0-9]+)*\d*", re.UNICODE)
STEP, FEE, LIMIT, WHOLE = "step", "fee", "limit", "procedure"
KINDS = {
    STEP: Text("bước", "step"),
    FEE: Text("phí, lệ phí", "fee"),
    LIMIT: Text("thời hạn", "limit"),
    WHOLE: Text("cả thủ tục", "the whole procedure"),
}


class BadDocument(Invalid):
    """A document of the register says something impossible."""

    code = "bad_legal_document"
    vi = "Chưa lưu văn bản: {reason_vi}"
    en = "The document was not saved: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One place that rests on a document; `element` is the step on the diagram."""

    kind: str
    element: str
    name: Text
    number: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One revision that a document touches, with the places."""

    revision_id: int
    procedure_id: int
    key: str
    name: Text
    number: int
    state: Text
    in_making: bool
    places: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One line of the register; a document that is cited and not registered has no `row`."""

    number: str
    row: LegalDocumentRow | None
    revisions: int
    places: int
    has_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a person says about a document."""

    number: str
    title: str = ""
    issuer: str = ""
    signed_on: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    replaced_by: str = ""
    source: str = ""
    verified: bool = False


def numbers_in(text: str) -> list[str]:
    """Return the numbers of documents that a text names: “Luật 50/2014/QH13” → 50/2014/QH13."""
    return list(dict.fromkeys(_NUMBER.findall(text)))


def citations(procedure: Procedure, xml: bytes) -> Iterator[Citation]:
    """Yield every place of a revision that rests on a document."""
    for number in numbers_in(procedure.limit.source):
        yield Citation(kind=LIMIT, element="", name=Text("Thời hạn", "Limit"), number=number,
                       text=procedure.limit.source)  # fmt: skip
    for number in numbers_in(procedure.fee.source):
        yield Citation(kind=FEE, element="", name=Text("Phí, lệ phí", "Fee"), number=number,
                       text=procedure.fee.source)  # fmt: skip
    for one in procedure.legal:
        for number in numbers_in(one.document):
            said = ", ".join(part for part in (one.article, one.document, one.note) if part)
            yield Citation(kind=WHOLE, element="", name=procedure.name, number=number, text=said)
    try:
        steps = scan_steps(parse_xml(xml)).steps.values()
    except ProcedureError:
        return
    for step in steps:
        for basis in step.legal:
            for number in numbers_in(basis.document):
                said = ", ".join(part for part in (basis.article, basis.document, basis.note) if part)
                yield Citation(
                    kind=STEP, element=step.id, name=step.name or Text(step.id), number=number, text=said
                )


def list_documents(unit: Unit, text: str = "") -> list[DocumentLine]:
    """Return the register and what is cited without being in it, ended documents in use first."""
    today = local_day(unit.now)
    used: dict[str, list[Touched]] = defaultdict(list)
    for one in _revisions(unit):
        for number in {place.number for place in one.places}:
            used[number].append(one)
    rows = {row.number: row for row in unit.session.scalars(select(LegalDocumentRow))}
    lines = [
        DocumentLine(
            number=number,
            row=rows.get(number),
            revisions=len(used[number]),
            places=sum(place.number == number for one in used[number] for place in one.places),
            has_ended=_has_ended(rows.get(number), today),
        )
        for number in {*rows, *used}
    ]
    wanted = fold(text)
    kept = [one for one in lines if wanted in fold(f"{one.number} {one.row.title if one.row else ''}")]
    return sorted(kept, key=lambda one: (not (one.has_ended and one.places), one.row is not None, one.number))


def get_document(unit: Unit, number: str) -> tuple[LegalDocumentRow | None, list[Touched]]:
    """Return a document and every revision, in force or in the making, that it touches.

    Raises:
        NotFound: If nobody knows it.
    """
    row = unit.session.scalars(
        select(LegalDocumentRow).where(LegalDocumentRow.number == number)
    ).one_or_none()
    found = []
    for one in _revisions(unit):
        places = tuple(place for place in one.places if place.number == number)
        if places:
            found.append(replace(one, places=places))
    if row is None and not found:
        raise NotFound(
            "a document", f"there is none with the number {number[:60]}", what=f"văn bản {number[:60]}"
        )
    return row, sorted(found, key=lambda one: (not one.in_making, one.key))


def registered(unit: Unit, texts: Iterable[str]) -> dict[str, str]:
    """Return text → the number of the first document that it names and that stands in the register."""
    named = {text: numbers_in(text) for text in texts}
    wanted = {number for numbers in named.values() for number in numbers}
    if not wanted:
        return {}
    query = select(LegalDocumentRow.number).where(LegalDocumentRow.number.in_(sorted(wanted)))
    known = set(unit.session.scalars(query))
    found = {text: next((one for one in numbers if one in known), "") for text, numbers in named.items()}
    return {text: number for text, number in found.items() if number}


def save_document(unit: Unit, facts: DocumentFacts) -> int:
    """Write down a document, or what is known of it now; return how many revisions it touches.

    Raises:
        RoleMissing: If the actor does not approve procedures for the province.
        BadDocument: If its days or its successor make no sense.
    """
    check_holds(unit.actor, PROVINCE_APPROVER, where="UBND tỉnh")
    number = facts.number.strip()
    if numbers_in(number) != [number]:
        raise _bad("số văn bản phải như 217/2026/NĐ-CP.", "the number must look like 217/2026/NĐ-CP.")
    if facts.effective_from and facts.effective_to and facts.effective_to < facts.effective_from:
        raise _bad("ngày hết hiệu lực không được trước ngày có hiệu lực.", "it cannot end before it begins.")
    known = {row.number: row for row in unit.session.scalars(select(LegalDocumentRow))}
    successor = known.get(facts.replaced_by.strip()) if facts.replaced_by.strip() else None
    if facts.replaced_by.strip() and (successor is None or successor.number == number):
        raise _bad(
            f"văn bản thay thế “{facts.replaced_by.strip()}” chưa có trong sổ; hãy ghi văn bản đó trước.",
            f"the successor “{facts.replaced_by.strip()}” is not registered; write it down first.",
        )
    if _leads_to(successor, number):
        raise _bad(
            f"“{facts.replaced_by.strip()}” đã được thay bởi văn bản này; không thay lẫn nhau được.",
            f"“{facts.replaced_by.strip()}” was replaced by this document; two cannot replace each other.",
        )
    row = known.get(number)
    if row is None:
        row = LegalDocumentRow(number=number, changed_at=unit.now)
        unit.session.add(row)
    row.title, row.issuer, row.source = facts.title.strip(), facts.issuer.strip()[:200], facts.source.strip()
    row.signed_on, row.effective_from, row.effective_to = (
        facts.signed_on,
        facts.effective_from,
        facts.effective_to,
    )
    row.replaced_by_id = successor.id if successor else None
    row.verified, row.changed_at, row.changed_by = facts.verified, unit.now, unit.actor.user_id
    unit.session.flush()
    record(unit, f"law:{row.id}", "law.saved", {"number": number, "until": row.effective_to})
    return len(get_document(unit, number)[1])


def _leads_to(row: LegalDocumentRow | None, number: str) -> bool:
    """Say whether the successors of a document lead to the one with this number."""
    seen: set[int] = set()
    while row is not None and row.id not in seen:
        seen.add(row.id)
        row = row.replaced_by
        if row is not None and row.number == number:
            return True
    return False


def findings(unit: Unit, procedure: Procedure, xml: bytes) -> list[Finding]:
    """Return a warning for every place that rests on a document which has ended or was replaced."""
    cited = list(citations(procedure, xml))
    wanted = {one.number for one in cited}
    today = local_day(unit.now)
    rows = {
        row.number: row
        for row in unit.session.scalars(select(LegalDocumentRow).where(LegalDocumentRow.number.in_(wanted)))
        if _has_ended(row, today)
    }
    return [
        Finding("law-ended", WARNING, one.element, _ended(one, rows[one.number]), None)
        for one in cited
        if one.number in rows
    ]


def _ended(one: Citation, row: LegalDocumentRow) -> Text:
    kind = KINDS[one.kind]
    now = (
        (f"; nay là {row.replaced_by.number}", f"; now it is {row.replaced_by.number}")
        if row.replaced_by
        else ("", "")
    )
    until = f" từ sau {row.effective_to:%d/%m/%Y}" if row.effective_to else ""
    return Text(
        f"“{one.name.vi}” ({kind.vi}) căn cứ {row.number}, văn bản này hết hiệu lực{until}{now[0]}.",
        f"“{one.name.say('en')}” ({kind.en}) rests on {row.number}, which has ended{now[1]}.",
    )


def _has_ended(row: LegalDocumentRow | None, today: date) -> bool:
    if row is None:
        return False
    if row.effective_to is not None:
        return row.effective_to < today
    successor = row.replaced_by
    return successor is not None and (successor.effective_from is None or successor.effective_from <= today)


def _revisions(unit: Unit) -> Iterable[Touched]:
    """Yield every revision that is in force or in the making, with its places."""
    rows = unit.session.scalars(
        select(RevisionRow).where(RevisionRow.state.in_((*IN_THE_MAKING, PUBLISHED))).order_by(RevisionRow.id)
    )
    for row in rows:
        procedure = Procedure.from_json(row.content)
        yield Touched(
            revision_id=row.id,
            procedure_id=row.procedure_id,
            key=procedure.key,
            name=procedure.name,
            number=row.number,
            state=LABELS[row.state],
            in_making=row.state in IN_THE_MAKING,
            places=tuple(citations(procedure, row.definition.xml)),
        )


def _bad(vi: str, en: str) -> BadDocument:
    return BadDocument("a document", en.rstrip("."), reason=en, reason_vi=vi)
