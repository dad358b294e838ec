"""Making papers: compose one to look at, produce one to keep, print it again with a mark.

    document = produce(unit, dossier, "04", {"reason": …, "due_before": …, "due_after": …})

Everything is written in the transaction of the act that the paper is about, so there is no paper without its
act, no act without its paper, and no gap in the numbers. PDF is made later, when somebody asks (`pdf`).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from engine.documents.catalogue import (
    PaperForm,
    Template,
    form_of,
    keep_template,
    template_in_force,
)
from engine.documents.facts import (
    Signer,
    applicant_facts,
    dossier_facts,
    letter_facts,
    local_year,
    office_facts,
    signer_of,
)
from engine.documents.language import fill
from engine.domain.calendar import local_day
from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store.document_rows import DocumentRow, PrintRow
from engine.store.papers import add_paper, ask_for_paper
from engine.store.rows import DossierRow, EventRow
from engine.store.steps import Dossier
from engine.store.work import Unit

SLIP, SUPPLEMENT, REFUSAL, APOLOGY, STOP, CONTROL, REGISTER, RESULT = (
    "01", "02", "03", "04", "05", "06", "07", "result",
)  # fmt: skip
MADE = "document.made"  # in the history of a dossier
QUICKLY = 1  # a page takes a tenth more room than at zlib's own level, and half the time


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a paper, in its book of the year, and as it is printed."""

    text: str = ""
    book: str | None = None
    period: str | None = None
    number: int | None = None


NO_NUMBER = Number()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A paper that is not kept yet: its page and all that it was made of.

    Attributes:
        number: Taken from its book already, if it has one.
        id: Its place in the table, if that was taken too.
    """

    form: PaperForm
    form_code: str
    office_id: int
    template: Template
    facts: dict[str, Any]
    html: str
    number: Number = NO_NUMBER
    id: int | None = None

    @property
    def title(self) -> Text:
        return self.form.name


def produce(
    unit: Unit,
    dossier: DossierRow | Dossier,
    form_code: str,
    facts: Mapping[str, Any] | None = None,
    *,
    signer: Signer | None = None,
    office_id: int | None = None,
    work_item_id: int | None = None,
    printed: bool = False,
) -> DocumentRow:
    """Make a paper of a dossier and keep it, with its number where the form has one.

    Args:
        facts: What this paper says of its own (`letter` in the template); plain values, moments, `Text`.
        signer: Who signs, with the lines above the name; the actor and the title held there if not given.
        office_id: Whose letterhead it carries, where that is not the form's usual office.
        printed: The first print is being handed over now; later ones are marked.

    Raises:
        NoTemplate: If no template of this form holds today.
        FactUnknown, FactsTooLarge, TemplateRefused, DocumentTooLong: If the paper cannot be made.
    """
    made = compose(unit, dossier, form_code, facts, signer=signer, office_id=office_id, numbered=True)
    row = keep(unit, dossier, made, work_item_id=work_item_id)
    if printed:
        count_print(unit, row)
    return row


def keep(
    unit: Unit, dossier: DossierRow | Dossier, made: Composed, *, work_item_id: int | None = None
) -> DocumentRow:
    """Keep a paper that was composed before, exactly as it is: the very page that somebody signed."""
    unit.flush()  # the dossier may be as new as its paper
    document_id = add_paper(unit.line, row_of(unit, dossier.id, made, work_item_id))
    if made.form_code != SLIP:
        _note(unit, dossier.id, made, document_id, work_item_id)
    return unit.session.get_one(DocumentRow, document_id)


def row_of(unit: Unit, dossier_id: int, made: Composed, work_item_id: int | None) -> dict[str, Any]:
    """Return the row of a paper that is to be kept, and keep its template; `id` is None without a spare."""
    keep_template(unit, made.template)
    page = made.html.encode()
    return {
        "id": made.id,
        "dossier_id": dossier_id,
        "form_code": made.form_code,
        "template_hash": made.template.hash,
        "unit_id": made.office_id,
        "title": made.form.title,
        "book": made.number.book,
        "period": made.number.period,
        "number": made.number.number,
        "number_text": made.number.text,
        "data": made.facts,
        "page": zlib.compress(page, QUICKLY),
        "sha256": hashlib.sha256(page).hexdigest(),
        "pdf_sha256": "",
        "pdf_size": 0,
        "prints": 0,
        "work_item_id": work_item_id,
        "made_at": unit.now,
        "made_by": unit.actor.user_id,
    }


def said_of(made: Composed, document_id: int) -> dict[str, Any]:
    """Return what the history of the dossier says of a paper; its name as it was."""
    return {
        "name": made.form.title,
        "name_en": made.form.title_en,
        "number": made.number.text,
        "document": document_id,
    }


def compose(
    unit: Unit,
    dossier: DossierRow | Dossier,
    form_code: str,
    facts: Mapping[str, Any] | None = None,
    *,
    signer: Signer | None = None,
    number_text: str = "",
    office_id: int | None = None,
    numbered: bool = False,
    spare: bool = False,
) -> Composed:
    """Make a paper; to look at, unless it is to be kept.

    Args:
        numbered: It will be kept: take the number that its form has. Else nothing is written.
        spare: It will be written with others: take its place in the table along, where that spares a way.
    """
    form = form_of(form_code)
    office = office_id or _usual_office(form, dossier)
    template = template_in_force(unit, form_code, office, local_day(unit.now))
    own = letter_facts(form, facts)
    unit.flush()  # what came in with this very act is on the paper
    counts = numbered and form.series == "book"
    book, period = (f"document:{office}:{form.code}", str(local_year(unit.now))) if counts else ("", "")
    asked = ask_for_paper(unit.line, dossier.id, book, period, spare=spare)
    number = Number(text=number_text)
    if form.series == "code":
        number = Number(text=_number_of_code(form, dossier))
    elif asked.number is not None:
        number = Number(f"{asked.number:02d}/{form.suffix}", book, period, asked.number)
    said = {
        "office": office_facts(unit, office),
        "dossier": dossier_facts(unit, dossier, asked),
        "applicant": applicant_facts(dossier),
        "signer": (signer or signer_of(unit, office)).facts(),
        "issued": _issued(unit, form, number.text, dossier.code),
        "letter": own,
    }
    return _composed(form, form_code, office, template, said, number, asked.id)


def compose_for_office(unit: Unit, office_id: int, form_code: str, facts: Mapping[str, Any]) -> Composed:
    """Make a paper that is about an office and no single dossier, e.g. its register."""
    form = form_of(form_code)
    template = template_in_force(unit, form_code, office_id, local_day(unit.now))
    said = {
        "office": office_facts(unit, office_id),
        "signer": signer_of(unit, office_id).facts(),
        "issued": _issued(unit, form, "", ""),
        "letter": letter_facts(form, facts),
    }
    return _composed(form, form_code, office_id, template, said)


def documents_of(unit: Unit, dossier_id: int) -> list[DocumentRow]:
    """Return the papers of a dossier, the newest first."""
    return list(
        unit.session.scalars(
            select(DocumentRow).where(DocumentRow.dossier_id == dossier_id).order_by(DocumentRow.id.desc())
        )
    )


def newest_document(unit: Unit, dossier_id: int, form_code: str) -> DocumentRow | None:
    return unit.session.scalars(
        select(DocumentRow)
        .where(DocumentRow.dossier_id == dossier_id, DocumentRow.form_code == form_code)
        .order_by(DocumentRow.id.desc())
        .limit(1)
    ).one_or_none()


def get_document(unit: Unit, document_id: int) -> DocumentRow:
    """Return a paper; whether the actor may see its dossier is for the caller to check.

    Raises:
        NotFound: If there is none.
    """
    row = unit.session.get(DocumentRow, document_id)
    if row is None:
        raise NotFound("the paper to exist", "there is none", what="văn bản")
    return row


def page_of(row: DocumentRow) -> str:
    """Return the HTML of a paper, exactly as it was made."""
    return zlib.decompress(row.page).decode()


def count_print(unit: Unit, row: DocumentRow) -> int:
    """Write down one print and return its number: 1 is the original, 2 and more are marked."""
    number = unit.session.execute(
        update(DocumentRow)
        .where(DocumentRow.id == row.id)
        .values(prints=DocumentRow.prints + 1)
        .returning(DocumentRow.prints)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    unit.session.execute(
        insert(PrintRow).values(document_id=row.id, number=number, at=unit.now, user_id=unit.actor.user_id)
    )
    unit.session.expire(row, ["prints"])
    return number


def copy_mark(number: int) -> str:
    """Return what a print says about itself: nothing on the original, else "In lại lần n"."""
    return f"In lại lần {number - 1}" if number > 1 else ""


def _usual_office(form: PaperForm, dossier: DossierRow | Dossier) -> int:
    return dossier.received_unit_id if form.office == "received" else dossier.competent_unit_id


def _issued(unit: Unit, form: PaperForm, number_text: str, code: str) -> dict[str, Any]:
    address = f"{unit.engine.public_url}/lookup" if unit.engine else "/lookup"
    return {
        "number_text": number_text,
        "suffix": form.suffix,
        "at": unit.now.isoformat(),
        "year": local_year(unit.now),
        "lookup": address.partition("://")[2] or address,
        "lookup_link": f"{address}?code={code}" if code else address,
    }


def _composed(
    form: PaperForm,
    form_code: str,
    office_id: int,
    template: Template,
    facts: dict[str, Any],
    number: Number = NO_NUMBER,
    id_: int | None = None,
) -> Composed:
    return Composed(
        form=form,
        form_code=form_code,
        office_id=office_id,
        template=template,
        facts=facts,
        html=fill(template.content, facts, form_code),
        number=number,
        id=id_,
    )


def _number_of_code(form: PaperForm, dossier: DossierRow | Dossier) -> str:
    return f"{int(dossier.code.rpartition('-')[2]):02d}/{form.suffix}"


def _note(unit: Unit, dossier_id: int, made: Composed, document_id: int, work_item_id: int | None) -> None:
    """Put a line into the history of the dossier; the slip needs none, its acceptance says it."""
    unit.session.execute(
        insert(EventRow).values(
            dossier_id=dossier_id,
            at=unit.now,
            kind=MADE,
            work_item_id=work_item_id,
            user_id=unit.actor.user_id,
            unit_id=made.office_id,
            data=said_of(made, document_id),
        )
    )
