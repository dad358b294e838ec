"""Signing and sealing many decisions with one PIN: exactly the chosen ones, a result for each.

The key is opened once. For each decision the page is composed in a unit that only reads, painted and signed
outside any transaction, looked at as a stranger would look at it, and then written down in a transaction of
its own: what fails, fails alone, and says why.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from engine.documents import issuing
from engine.documents.catalogue import forms
from engine.documents.language import fill
from engine.documents.pdf import make_pdf
from engine.documents.signatures import LARGEST_PDF, check_signed, load_certificates, seal, sign
from engine.domain.access import Actor, check_holds
from engine.domain.attempts import Backoff
from engine.domain.texts import Text, fold
from engine.domain.timewords import say_moment
from engine.errors import Invalid, NotFound, ProcedureError, Refused
from engine.ports import SigningKey
from engine.runtime import Engine
from engine.store import units
from engine.store.attempts import forget_tries, take_try
from engine.store.document_rows import DocumentRow, SignatureRow, SigningKeyRow
from engine.store.rows import RegisterEntryRow, RevisionRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.cases import Case
from engine.usecases.enclosures import enclosures_of, list_of, read_enclosed
from engine.usecases.signing import (
    ORGANISATION,
    PERSON,
    KeyOfAnother,
    add_signature,
    compose_decision,
    finish_signed,
    key_of_office,
    key_of_person,
)

MOST_AT_ONCE = 50
PIN_TRIES = Backoff(free=4)
CLERK = "CLERK"


class TooManyPins(Refused):
    code = "too_many_pins"
    vi = "Đã nhập sai PIN nhiều lần. Hãy thử lại sau {until}; chưa có gì được ký."
    en = "The PIN was wrong too often. Try again after {until}; nothing was signed."


class BadChoice(Invalid):
    code = "bad_signing_choice"
    vi = "Hãy chọn từ 1 đến {most} văn bản và nhập mã PIN; đang chọn {count}."
    en = "Choose 1 to {most} papers and enter the PIN; {count} are chosen."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignResult:
    """What came of one decision; `said` is the refusal in words, empty when it was signed."""

    key: int
    code: str
    document_id: int | None
    said: Text

    @property
    def is_done(self) -> bool:
        return not self.said


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSeal:
    """A decision that its signatory signed and the clerk numbered, and that has no seal yet."""

    document_id: int
    code: str
    title: str
    number_text: str
    signer: str
    signed_at: datetime


def sign_decisions(
    engine: Engine,
    actor: Actor,
    chosen: Iterable[tuple[int, int]],
    pin: str,
    told: Callable[[SignResult], object] = lambda _: None,
) -> list[SignResult]:
    """Sign decisions with the actor's key.

    Args:
        chosen: Ids of steps, each with the version that was shown.
        told: Hears what came of each, one by one.

    Raises:
        BadChoice, NoKey, KeyOfAnother, KeyMissing, WrongPin, TooManyPins: Then nothing was signed.
    """
    wanted = dict(chosen)
    _check_choice(wanted, pin)
    with engine.reading(actor) as unit:
        row = key_of_person(unit)

    def sign_one(task_id: int) -> tuple[str, int]:
        with engine.reading(actor) as unit:
            item, made = compose_decision(unit, task_id)
            code, inside = item.dossier.code, enclosures_of(unit, Case.of(unit, item.dossier))
        page = make_pdf(
            made.html + list_of(inside),
            title=f"{made.facts['letter']['title']} {code}",
            enclosed=[(one.name, one.added_at, file) for one, file in read_enclosed(engine, inside)],
        )
        title, place = made.facts["letter"]["title"], made.facts["office"]["place"]
        signed = sign(page, key, reason=title, place=place, trust=engine.trust)
        sha256, size, serial = _keep_file(engine, signed)
        with engine.unit(actor) as unit:
            finish_signed(unit, task_id, wanted[task_id], made, sha256, size, serial)
            made_row = issuing.newest_document(unit, item.dossier_id, made.form_code)
            return code, made_row.id if made_row else 0

    with closing(_open(engine, actor, row, pin)) as key:
        if fold(key.name) != fold(actor.name):
            raise KeyOfAnother("one's own key", "another's", owner=key.name, person=actor.name)
        return _each(wanted, sign_one, told)


def sealing_queue(unit: Unit) -> list[ToSeal]:
    """Return what the actor, as clerk of an office, may seal now: signed, numbered, not sealed."""
    offices = {one.unit_id for one in unit.actor.assignments if CLERK in one.roles}
    seal_ = aliased(SignatureRow)
    sealed = exists().where(seal_.document_id == DocumentRow.id, seal_.kind == ORGANISATION)
    found = unit.session.execute(
        select(DocumentRow, SignatureRow)
        .join(SignatureRow, SignatureRow.document_id == DocumentRow.id)
        .where(SignatureRow.kind == PERSON, DocumentRow.unit_id.in_(offices), ~sealed)
        .order_by(DocumentRow.id)
        .limit(200)
    )
    lines = []
    for row, signature in found:
        number = _number_of(unit, row)
        if number:
            lines.append(
                ToSeal(
                    document_id=row.id,
                    code=row.dossier.code,
                    title=row.data["letter"]["title"],
                    number_text=number,
                    signer=signature.signer,
                    signed_at=signature.signed_at,
                )
            )
    return lines


def seal_decisions(engine: Engine, actor: Actor, chosen: Sequence[int], pin: str) -> list[SignResult]:
    """Put number, date and the office's signature on decisions, with one PIN for the key of that office.

    Raises:
        BadChoice, NoKey, KeyMissing, WrongPin, TooManyPins, RoleMissing: Then nothing was sealed.
    """
    wanted = dict.fromkeys(chosen, 0)
    _check_choice(wanted, pin)
    with engine.reading(actor) as unit:
        offices = {issuing.get_document(unit, one).unit_id for one in wanted}
        if len(offices) != 1:
            raise BadChoice("papers of one office", f"{len(offices)} offices", most=1, count=len(offices))
        office = offices.pop()
        name = units.get_unit(unit, office).name_vi
        check_holds(actor, CLERK, office, name)
        row = key_of_office(unit, office, name)

    def seal_one(document_id: int) -> tuple[str, int]:
        with engine.reading(actor) as unit:
            document = _waiting(unit, document_id)
            number, code = _number_of(unit, document), document.dossier.code
            facts = {
                **document.data,
                "issued": {
                    **document.data["issued"],
                    "number_text": number,
                    "at": unit.now.isoformat(),
                    "sealed_by": name,
                    "sealed_at": unit.now.isoformat(),
                },
            }
            overlay = fill(document.template.content, facts, document.form_code)
            with engine.files.open(document.pdf_sha256) as file:
                signed = file.read()
        painted = make_pdf(overlay, title=facts["letter"]["title"], overlay=".slot")
        place = facts["office"]["place"]
        sealed = seal(signed, key, overlay=painted, reason="Phát hành", place=place, trust=engine.trust)
        sha256, size, serial = _keep_file(engine, sealed)
        with engine.unit(actor) as unit:
            document = _waiting(unit, document_id, lock=True)
            document.pdf_sha256, document.pdf_size, document.number_text = sha256, size, number
            add_signature(unit, document, ORGANISATION, name, serial, sha256, size)
            said = {"document": document_id, "number": number, "sha256": sha256}
            record(unit, f"dossier:{document.dossier_id}", "document.sealed", said)
        return code, document_id

    with closing(_open(engine, actor, row, pin)) as key:
        return _each(wanted, seal_one)


def _each(
    wanted: dict[int, int],
    act: Callable[[int], tuple[str, int]],
    told: Callable[[SignResult], object] = lambda _: None,
) -> list[SignResult]:
    """Do one after the other; a refusal is a result, and the next goes on."""
    results = []
    for key in wanted:
        try:
            code, document_id = act(key)
            results.append(SignResult(key=key, code=code, document_id=document_id, said=Text("")))
        except ProcedureError as refusal:
            said = Text(refusal.say("vi"), refusal.say("en"))
            results.append(SignResult(key=key, code="", document_id=None, said=said))
        told(results[-1])
    return results


def _check_choice(wanted: dict[int, int], pin: str) -> None:
    if not 1 <= len(wanted) <= MOST_AT_ONCE or not pin or len(pin) > 100:
        raise BadChoice("a choice and a PIN", f"{len(wanted)} chosen", most=MOST_AT_ONCE, count=len(wanted))


def _open(engine: Engine, actor: Actor, row: SigningKeyRow, pin: str) -> SigningKey:
    """Open a key; wrong PINs are counted before the key is touched, whoever types them."""
    lock = f"pin:{row.id}"
    with engine.unit(actor) as unit:
        until = take_try(unit.session, lock, unit.now, PIN_TRIES)
    if until is not None:
        raise TooManyPins("a later try", "too many were wrong", until=say_moment(until))
    key = engine.keys.open(row.kind, row.label, pin)
    with engine.unit(actor) as unit:
        forget_tries(unit.session, lock)
    return key


def _keep_file(engine: Engine, content: bytes) -> tuple[str, int, str]:
    """Look at what was just signed as a stranger would, then store it; the newest signature's serial too."""
    roots = load_certificates(engine.keys.roots())
    found = check_signed(content, "", roots, engine.clock.now(), engine.trust)
    sha256, size = engine.files.put(io.BytesIO(content), LARGEST_PDF)
    return sha256, size, found[-1].serial


def _waiting(unit: Unit, document_id: int, *, lock: bool = False) -> DocumentRow:
    """Return a paper that waits for its seal.

    Raises:
        NotFound: If it does not: it was sealed meanwhile, or never signed.
    """
    statement = select(DocumentRow).where(DocumentRow.id == document_id)
    row = unit.session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    kinds = set(
        unit.session.scalars(select(SignatureRow.kind).where(SignatureRow.document_id == document_id))
    )
    if row is None or PERSON not in kinds or ORGANISATION in kinds or not _number_of(unit, row):
        raise NotFound("a paper that waits for its seal", "there is none", what="văn bản chờ đóng dấu")
    return row


def _number_of(unit: Unit, row: DocumentRow) -> str:
    """Return the number that the clerk took for this decision, as printed; empty while there is none."""
    prefix = f"register:{row.unit_id}:"
    entry = unit.session.scalars(
        select(RegisterEntryRow)
        .where(
            RegisterEntryRow.dossier_id == row.dossier_id,
            RegisterEntryRow.book.startswith(prefix, autoescape=True),
        )
        .order_by(RegisterEntryRow.id.desc())
    ).first()
    if entry is None:
        return ""
    content = unit.session.get_one(RevisionRow, row.dossier.revision_id).content
    suffix = forms()[issuing.RESULT].refused_suffix if row.data["letter"]["refused"] else content.get("book")
    return f"{entry.number:02d}/{suffix or entry.book.removeprefix(prefix)}"
