"""Templates of an office's own: added with the day from which they hold, tried out, ended.

Nothing of a template is ever changed: what was made by it names it. A file is looked at, stored and filled
with facts that are nobody's outside any transaction; only then it is written down.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sqlalchemy import select

from engine.documents import issuing
from engine.documents.catalogue import DOCX, HTML, Template, form_of, forms, hash_of, line_of, template_of
from engine.documents.facts import office_facts
from engine.documents.language import fill
from engine.documents.page_files import check_page
from engine.documents.samples import sample_facts, sample_letter
from engine.documents.word import fill_word
from engine.documents.word_files import LARGEST_FILE, check_word
from engine.domain.access import Actor, RoleMissing
from engine.domain.calendar import local_day
from engine.domain.file_types import FileRefused
from engine.domain.timewords import say_date
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.runtime import Engine
from engine.store.document_rows import TemplateRow
from engine.store.rows import DossierRow, ProcedureRow, UnitRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.oversight import read_personal_data
from engine.usecases.papers import visible_dossier

ADMIN, AUTHOR = "IT_ADMIN", "PROC_AUTHOR"
LONGEST_NAME = 60
LONGEST_SOURCE = 500


class TemplateDates(Invalid):
    """A template cannot hold from a past day: papers of that day exist already."""

    code = "template_dates"
    vi = "Mẫu có hiệu lực từ {day} trở đi, và ngày cuối không trước ngày đầu; đang ghi {found_day}."
    en = "A template holds from {day} on at the earliest and ends no sooner than it begins, not {found_day}."


class TemplateThere(Refused):
    code = "template_there"
    vi = "Mẫu này đã có, cùng đơn vị và cùng ngày hiệu lực; chưa ghi thêm gì."
    en = "This template is there already, for the same unit and from the same day; nothing was added."


class TemplateUnnamed(Invalid):
    code = "template_unnamed"
    vi = "Hãy ghi tên phiên bản (tối đa {most} ký tự) và căn cứ của mẫu (tối đa {source} ký tự)."
    en = "Name the version (at most {most} characters) and its source (at most {source} characters)."


class ShippedTemplate(Refused):
    code = "shipped_template"
    vi = "Mẫu có sẵn của phần mềm không kết thúc được; hãy thêm mẫu mới thay cho nó."
    en = "A template that comes with the product cannot be ended; add one that takes its place."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate:
    """A template to add.

    Attributes:
        form_code: "02", or "result:P03" for the letter of one procedure.
        unit_id: None for every unit of the installation.
        file_name: .docx or .html; it decides what kind of template it is.
    """

    form_code: str
    unit_id: int | None
    version_name: str
    effective_from: date
    effective_to: date | None
    source: str
    file_name: str
    content: bytes


def add_template(engine: Engine, actor: Actor, new: NewTemplate) -> str:
    """Add a template and return its hash.

    Raises:
        RoleMissing: If the actor is neither IT staff nor an author at or above that unit.
        TemplateDates, TemplateUnnamed, TemplateThere, NoTemplate: If it cannot stand as it is.
        WordTemplateRefused, PageTemplateRefused, TemplateRefused, FactUnknown, FileRefused: If the file
            cannot be a template; each says what and where.
    """
    with engine.reading(actor) as unit:
        _check_new(unit, new)
        facts = _sample(unit, new.form_code, new.unit_id)
    kind = _kind_of(new.file_name)
    content = _checked(engine, new, kind, facts)
    hash_ = hash_of(new.form_code, kind, f"{content}\n{new.unit_id}\n{new.effective_from}")
    with engine.unit(actor) as unit:
        _check_new(unit, new)
        if unit.session.get(TemplateRow, hash_) is not None:
            raise TemplateThere("another template", "it is there", version=new.version_name)
        unit.session.add(
            TemplateRow(
                hash=hash_,
                form_code=new.form_code,
                unit_id=new.unit_id,
                version_name=new.version_name.strip(),
                kind=kind,
                content=content,
                effective_from=new.effective_from,
                effective_to=new.effective_to,
                source=new.source.strip(),
                note="",
                shipped=False,
                added_at=unit.now,
                added_by=actor.user_id,
            )
        )
        record(unit, "templates", "template.added", {"template": hash_, "form": new.form_code, "kind": kind})
    return hash_


def end_template(unit: Unit, hash_: str, last: date) -> None:
    """Let a template hold for the last time on a day, today at the earliest.

    Raises:
        NotFound, ShippedTemplate, RoleMissing, TemplateDates
    """
    row = _row(unit, hash_)
    _check_may(unit, row.unit_id)
    if row.shipped:
        raise ShippedTemplate("a template of an office", "it came with the product")
    today = local_day(unit.now)
    if last < max(today, row.effective_from):
        raise _dates(max(today, row.effective_from), last)
    row.effective_to = last
    record(unit, "templates", "template.ended", {"template": hash_, "last": last.isoformat()})


def template_file(engine: Engine, actor: Actor, hash_: str) -> tuple[Template, bytes]:
    """Return a template and its file."""
    with engine.reading(actor) as unit:
        row = _row(unit, hash_)
        _check_may(unit, row.unit_id, looking=True)
        template = template_of(row)
    if template.kind == HTML:
        return template, template.content.encode()
    with engine.files.open(template.content) as file:
        return template, file.read()


def try_template(
    engine: Engine, actor: Actor, hash_: str, code: str = "", reason: str = ""
) -> tuple[Template, bytes | str]:
    """Fill a template, for a dossier or for nobody, and keep nothing: a .docx, or the HTML of a page.

    Args:
        code: Of a dossier; empty for facts that are nobody's.
        reason: Why IT staff must see the data of this applicant; written into the audit chain of the dossier.

    Raises:
        NotFound, PaperNotYours, ReasonTooShort: If the actor may not see the dossier, or gives no reason.
        FactUnknown, TemplateRefused, DocumentTooLong, WordNotMade: If it cannot be filled.
    """
    with engine.unit(actor) as unit:
        row = _row(unit, hash_)
        _check_may(unit, row.unit_id, looking=True)
        template = template_of(row)
        if code:
            facts = _facts_of(unit, template, _dossier(unit, code, reason))
        else:
            facts = _sample(unit, template.form_code, row.unit_id)
    if template.kind == HTML:
        return template, fill(template.content, facts, template.form_code)
    return template, fill_word(engine.files.place(template.content), facts, template.form_code)


def units_to_choose(unit: Unit) -> list[UnitRow]:
    """Return the units for which the actor may add templates, by name."""
    found = unit.session.scalars(
        select(UnitRow).where(UnitRow.effective_to.is_(None)).order_by(UnitRow.name_vi)
    )
    return [one for one in found if _may(unit, one.id)]


def forms_to_choose(unit: Unit) -> list[tuple[str, str]]:
    """Return the forms that may have templates: code and title, those of single procedures last."""
    known = [(one.code, f"{one.code} – {one.title}") for one in forms().values()]
    procedures = unit.session.scalars(select(ProcedureRow.key).order_by(ProcedureRow.key))
    title = forms()[issuing.RESULT].title
    return known + [(f"{issuing.RESULT}:{key}", f"{issuing.RESULT}:{key} – {title}") for key in procedures]


def _kind_of(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    if ending not in (DOCX, HTML):
        raise FileRefused("a .docx or .html file", "it is another", name=name[:80], allowed="docx, html")
    return ending


def _checked(engine: Engine, new: NewTemplate, kind: str, facts: Mapping[str, Any]) -> str:
    """Return what is kept of a file that may be a template: the page, or the hash of the stored file."""
    if kind == HTML:
        page = check_page(new.content, new.file_name)
        fill(page, facts, new.form_code)
        return page
    check_word(new.content, new.file_name)
    with NamedTemporaryFile(suffix=".docx") as place:
        place.write(new.content)
        place.flush()
        fill_word(Path(place.name), facts, new.form_code)
    return engine.files.put(io.BytesIO(new.content), LARGEST_FILE)[0]


def _check_new(unit: Unit, new: NewTemplate) -> None:
    _check_may(unit, new.unit_id)
    form_of(new.form_code)
    today = local_day(unit.now)
    if new.effective_from < today:
        raise _dates(today, new.effective_from)
    if new.effective_to is not None and new.effective_to < new.effective_from:
        raise _dates(new.effective_from, new.effective_to)
    named = 0 < len(new.version_name.strip()) <= LONGEST_NAME
    if not named or not 0 < len(new.source.strip()) <= LONGEST_SOURCE:
        raise TemplateUnnamed("name and source", "one is missing", most=LONGEST_NAME, source=LONGEST_SOURCE)


def _sample(unit: Unit, form_code: str, unit_id: int | None) -> dict[str, Any]:
    first = select(UnitRow.id).order_by(UnitRow.id).limit(1)
    office = unit_id or unit.session.scalars(first).one()
    return sample_facts(form_of(form_code), office_facts(unit, office), unit.now)


def _facts_of(unit: Unit, template: Template, dossier: DossierRow) -> dict[str, Any]:
    """Return what the newest paper of this form said, or what one made now would say."""
    form = form_of(template.form_code)
    kept = issuing.newest_document(unit, dossier.id, template.form_code)
    if kept is not None:
        return kept.data
    return issuing.compose(unit, dossier, template.form_code, sample_letter(form, unit.now)).facts


def _dossier(unit: Unit, code: str, reason: str) -> DossierRow:
    """Return a dossier that the actor may see by work, or as IT staff for a reason that is written down."""
    row = unit.session.scalars(select(DossierRow).where(DossierRow.code == code.strip())).one_or_none()
    if row is None:
        raise NotFound("a dossier", "there is none", what=f"hồ sơ {code[:40]}")
    try:
        return visible_dossier(unit, row.id)
    except (Forbidden, NotFound):
        if unit.actor.holds(ADMIN) is None:
            raise
    read_personal_data(unit, row.id, reason)
    return row


def _row(unit: Unit, hash_: str) -> TemplateRow:
    row = unit.session.get(TemplateRow, hash_)
    if row is None:
        raise NotFound("the template", "there is none", what="mẫu văn bản")
    return row


def _may(unit: Unit, unit_id: int | None) -> bool:
    if unit.actor.holds(ADMIN) is not None:
        return True
    line = line_of(unit, unit_id) if unit_id is not None else []
    return any(unit.actor.holds(AUTHOR, one) is not None for one in line)


def _check_may(unit: Unit, unit_id: int | None, *, looking: bool = False) -> None:
    """An author has the units at and below the own chair; everybody with a role looks at the common ones."""
    common = looking and unit_id is None and unit.actor.holds(AUTHOR) is not None
    if not common and not _may(unit, unit_id):
        raise RoleMissing(
            f"{ADMIN} or {AUTHOR}", "no assignment gives it", role=AUTHOR, where="đơn vị của mẫu"
        )


def _dates(day: date, found: date) -> TemplateDates:
    said = say_date(found)
    return TemplateDates(f"a day from {day}", said, day=say_date(day), found_day=said)
