"""Letters before acceptance: Mẫu 02 and Mẫu 03 of a filing, from the same templates as those of dossiers.

Their number is that of the filing: the books of letters belong to dossiers. What was made is kept and printed
again as it was.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from engine.documents.catalogue import form_of, keep_template, template_in_force
from engine.documents.facts import applicant_facts, letter_facts, local_year, office_facts, signer_of
from engine.documents.language import fill
from engine.domain.calendar import local_day
from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store.counter_rows import FilingLetterRow, FilingRow
from engine.store.work import Unit

PAPERS, REFUSAL = "02", "03"
STAGE = "trước khi tiếp nhận"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingLetter:
    """A letter as it was made. `prints` is how often it has been printed."""

    form_code: str
    title: Text
    html: str
    prints: int


def write_letter(
    unit: Unit, row: FilingRow, form_code: str, office_id: int, facts: Mapping[str, Any]
) -> None:
    """Make the letter and keep it, in the transaction of the act that it is about.

    Raises:
        NoTemplate, FactUnknown, FactsTooLarge, TemplateRefused: If it cannot be made.
    """
    form = form_of(form_code)
    template = template_in_force(unit, form_code, office_id, local_day(unit.now))
    address = f"{unit.engine.public_url}/lookup"
    data = {
        "office": office_facts(unit, office_id),
        "dossier": {
            "code": row.number,
            "procedure": row.procedure.name_vi,
            "procedure_code": row.procedure.national_code,
            "received_unit": office_facts(unit, row.received_unit_id)["name"],
        },
        "applicant": applicant_facts(row),  # type: ignore[arg-type]
        "signer": signer_of(unit, office_id).facts(),
        "issued": {
            "number_text": f"{row.number}/{form.suffix}",
            "suffix": form.suffix,
            "at": unit.now.isoformat(),
            "year": local_year(unit.now),
            "lookup": address.partition("://")[2] or address,
            "lookup_link": f"{address}?code={row.number}",
        },
        "letter": letter_facts(form, facts),
    }
    html = fill(template.content, data, form_code)
    keep_template(unit, template)
    unit.session.add(
        FilingLetterRow(
            filing_id=row.id,
            form_code=form_code,
            template_hash=template.hash,
            data=data,
            page=zlib.compress(html.encode()),
            sha256=hashlib.sha256(html.encode()).hexdigest(),
            made_at=unit.now,
            made_by=unit.actor.user_id,
        )
    )


def newest_letter(unit: Unit, filing_id: int) -> FilingLetter:
    """Return the letter that counts now: the last one that was made.

    Raises:
        NotFound: If none was made.
    """
    row = _newest(unit, filing_id)
    return FilingLetter(
        form_code=row.form_code,
        title=form_of(row.form_code).name,
        html=zlib.decompress(row.page).decode(),
        prints=row.prints,
    )


def count_letter_print(unit: Unit, filing_id: int) -> int:
    """Write down one print and return its number: 1 is the original, later ones are marked."""
    return unit.session.execute(
        update(FilingLetterRow)
        .where(FilingLetterRow.id == _newest(unit, filing_id).id)
        .values(prints=FilingLetterRow.prints + 1)
        .returning(FilingLetterRow.prints)
        .execution_options(synchronize_session=False)
    ).scalar_one()


def _newest(unit: Unit, filing_id: int) -> FilingLetterRow:
    row = unit.session.scalars(
        select(FilingLetterRow)
        .where(FilingLetterRow.filing_id == filing_id)
        .order_by(FilingLetterRow.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound("a letter", "none was written", what="phiếu gửi người nộp")
    return row
