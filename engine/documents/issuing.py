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
from engine.store.numbers import next_number
from engine.store.rows import DossierRow, EventRow
from engine.store.steps import Dossier
from engine.store.work import Unit

SLIP, SUPPLEMENT, REFUSAL, APOLOGY, STOP, CONTROL, REGISTER, RESULT = (
    "01", "02", "03", "04", "05", "06", "07", "result",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """The number of a paper, in its book of the year, and as it is printed."""

    text: str = ""
    book: str | None = None
    period: str | None = None
    number: int | None = None


NO_NUMBER = Number()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A paper that is not kept: its page and all that it was made of."""

    form: PaperForm
    form_code: str
    office_id: int
    template: Template
    facts: dict[str, Any]
    html: str

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
    form = form_of(form_code)
    office = office_id or _usual_office(form, dossier)
    number = _take_number(unit, form, dossier, office)
    made = compose(unit, dossier, form_code, facts, signer=signer, number_text=number.text, office_id=office)
    row = keep(unit, dossier, made, number=number, work_item_id=work_item_id)
    if printed:
        count_print(unit, row)
    return row


def keep(
    unit: Unit,
    dossier: DossierRow | Dossier,
    made: Composed,
    *,
    number: Number = NO_NUMBER,
    work_item_id: int | None = None,
) -> DocumentRow:
    """Keep a paper that was composed before, exactly as it is: the very page that somebody signed."""
    keep_template(unit, made.template)
    row = DocumentRow(
        dossier_id=dossier.id,
        form_code=made.form_code,
        template_hash=made.template.hash,
        unit_id=made.office_id,
        title=made.form.title,
        book=number.book,
        period=number.period,
        number=number.number,
        number_text=number.text,
        data=made.facts,
        page=zlib.compress(made.html.encode()),
        sha256=hashlib.sha256(made.html.encode()).hexdigest(),
        pdf_sha256="",
        pdf_size=0,
        prints=0,
        work_item_id=work_item_id,
        made_at=unit.now,
        made_by=unit.actor.user_id,
    )
    unit.session.add(row)
    unit.session.flush()
    if made.form_code != SLIP:
        _note(unit, row)
    return row


def compose(
    unit: Unit,
    dossier: DossierRow | Dossier,
    form_code: str,
    facts: Mapping[str, Any] | None = None,
    *,
    signer: Signer | None = None,
    number_text: str = "",
    office_id: int | None = None,
) -> Composed:
    """Make a paper to look at; nothing is written and no number is taken."""
    form = form_of(form_code)
    office = office_id or _usual_office(form, dossier)
    template = template_in_force(unit, form_code, office, local_day(unit.now))
    if form.series == "code":
        number_text = _number_of_code(form, dossier)
    said = _facts(unit, dossier, form, facts, office=office, signer=signer, number_text=number_text)
    return _composed(form, form_code, office, template, said)


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


def _facts(
    unit: Unit,
    dossier: DossierRow | Dossier,
    form: PaperForm,
    facts: Mapping[str, Any] | None,
    *,
    office: int,
    signer: Signer | None,
    number_text: str,
) -> dict[str, Any]:
    return {
        "office": office_facts(unit, office),
        "dossier": dossier_facts(unit, dossier),
        "applicant": applicant_facts(dossier),
        "signer": (signer or signer_of(unit, office)).facts(),
        "issued": _issued(unit, form, number_text, dossier.code),
        "letter": letter_facts(form, facts),
    }


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
    form: PaperForm, form_code: str, office_id: int, template: Template, facts: dict[str, Any]
) -> Composed:
    return Composed(
        form=form,
        form_code=form_code,
        office_id=office_id,
        template=template,
        facts=facts,
        html=fill(template.content, facts, form_code),
    )


def _take_number(unit: Unit, form: PaperForm, dossier: DossierRow | Dossier, office: int) -> Number:
    if form.series == "code":
        return Number(text=_number_of_code(form, dossier))
    if form.series != "book":
        return NO_NUMBER
    book, period = f"document:{office}:{form.code}", str(local_year(unit.now))
    number = next_number(unit, book, period)
    return Number(text=f"{number:02d}/{form.suffix}", book=book, period=period, number=number)


def _number_of_code(form: PaperForm, dossier: DossierRow | Dossier) -> str:
    return f"{int(dossier.code.rpartition('-')[2]):02d}/{form.suffix}"


def _note(unit: Unit, row: DocumentRow) -> None:
    """Put a line into the history of the dossier; the slip needs none, its acceptance says it."""
    unit.session.execute(
        insert(EventRow).values(
            dossier_id=row.dossier_id,
            at=unit.now,
            kind="document.made",
            work_item_id=row.work_item_id,
            user_id=unit.actor.user_id,
            unit_id=row.unit_id,
            data={"name": row.title, "name_en": form_of(row.form_code).title_en, "number": row.number_text,
                  "document": row.id},
        )
    )  # fmt: skip
