"""A paper as a Word file, by the office's own template: made when somebody asks, once, and kept.

The facts are those that the paper was made of; the template is the one that held on that day. Filling takes
time, so it happens outside any transaction.
"""

from __future__ import annotations

import io

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.documents import issuing
from engine.documents.catalogue import DOCX, Template, template_of, word_template_in_force
from engine.documents.word import fill_word
from engine.domain.access import Actor
from engine.domain.calendar import local_day
from engine.domain.timewords import say_date
from engine.errors import NotFound, Refused
from engine.runtime import Engine
from engine.store.document_rows import DocumentRow, SignatureRow, TemplateRow
from engine.store.word_rows import WordFileRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.papers import visible_document, visible_dossier

LARGEST_WORD = 64 * 1024 * 1024


class NoWordTemplate(NotFound):
    """The office had no Word template of this form when the paper was made."""

    code = "no_word_template"
    vi = "Đơn vị chưa có mẫu Word cho {form} vào ngày {day}. Hãy in mẫu chung, hoặc nhờ cán bộ CNTT thêm mẫu."
    en = "The office had no Word template of {form} on {day}. Print the common form, or ask IT staff for one."


class SignedAlready(Refused):
    """What was signed is a PDF; a second version of it as Word would be another paper."""

    code = "paper_signed_already"
    vi = "Văn bản này đã ký số, nên chỉ dùng bản PDF đã ký."
    en = "This paper was signed, so only the signed PDF counts."


def papers_with_word(unit: Unit, key: int | str) -> frozenset[int]:
    """Return which papers of a dossier can be had as Word files."""
    papers = issuing.documents_of(unit, visible_dossier(unit, key).id)
    if not unit.session.scalar(select(exists().where(TemplateRow.kind == DOCX))):
        return frozenset()
    unsigned = [one for one in papers if not _is_signed(unit, one.id)]
    return frozenset(one.id for one in unsigned if _template(unit, one) is not None)


def word_file(engine: Engine, actor: Actor, document_id: int) -> tuple[str, bytes]:
    """Return the Word file of a paper, and a name for it.

    Raises:
        NotFound, PaperNotYours: If the actor may not see the dossier.
        NoWordTemplate, SignedAlready: If there is none of this paper.
        FactUnknown, TemplateRefused, DocumentTooLong, WordNotMade: If the template cannot be filled.
    """
    with engine.reading(actor) as unit:
        row = visible_document(unit, document_id)
        name = f"{row.form_code.replace(':', '-')}-{row.dossier.code}"
        if _is_signed(unit, row.id):
            raise SignedAlready("a paper without signatures", "it was signed")
        kept = unit.session.get(WordFileRow, row.id)
        template = _template(unit, row)
        facts, form = row.data, row.form_code
        if kept is None and template is None:
            day = say_date(local_day(row.made_at))
            raise NoWordTemplate("a Word template", "there is none", form=row.title, day=day)
    if kept is not None:
        sha256 = kept.sha256
    else:
        made = fill_word(engine.files.place(template.content), facts, form)
        stored, size = engine.files.put(io.BytesIO(made), LARGEST_WORD)
        with engine.unit(actor) as unit:
            sha256 = _keep(unit, document_id, template, stored, size)
    with engine.files.open(sha256) as file:
        return name, file.read()


def _keep(unit: Unit, document_id: int, template: Template, sha256: str, size: int) -> str:
    """Write down the file of a paper; where somebody was faster, theirs stays. Returns what counts."""
    row = visible_document(unit, document_id)
    dialect = sqlite if unit.session.get_bind().dialect.name == "sqlite" else postgresql
    values = {
        "document_id": row.id,
        "template_hash": template.hash,
        "sha256": sha256,
        "size": size,
        "made_at": unit.now,
        "made_by": unit.actor.user_id,
    }
    added = dialect.insert(WordFileRow).values(**values).on_conflict_do_nothing()
    if unit.session.execute(added.returning(WordFileRow.document_id)).scalar() is not None:
        said = {"document": row.id, "template": template.hash, "sha256": sha256}
        record(unit, f"dossier:{row.dossier_id}", "document.word_made", said)
    return unit.session.scalars(select(WordFileRow.sha256).where(WordFileRow.document_id == row.id)).one()


def _template(unit: Unit, row: DocumentRow) -> Template | None:
    kept = unit.session.get(WordFileRow, row.id)
    if kept is not None:
        return template_of(unit.session.get_one(TemplateRow, kept.template_hash))
    return word_template_in_force(unit, row.form_code, row.unit_id, local_day(row.made_at))


def _is_signed(unit: Unit, document_id: int) -> bool:
    return bool(unit.session.scalar(select(exists().where(SignatureRow.document_id == document_id))))
