"""The forms and their templates: those that come with the product, and newer ones that an office adds.

A form is a kind of paper (“01”, the slip); a template is one dated version of how it looks. Which template
holds is decided by day and office: the office's own before that of the installation before the shipped one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine as Database
from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.documents.errors import NoTemplate
from engine.domain.texts import Text
from engine.domain.timewords import say_date
from engine.store.document_rows import TemplateRow
from engine.store.offices import keep, kept_offices
from engine.store.papers import is_template_kept
from engine.store.rows import UnitRow
from engine.store.work import Unit

FORMS = Path(__file__).parent / "forms"
HTML, DOCX = "html", "docx"
PIECES = ("letterhead", "signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperForm:
    """A kind of paper.

    Attributes:
        suffix: What stands after the stroke of its number: 07/HDHS.
        series: "book" counts by office and year, "code" takes the number of the dossier's code, "" has none.
        office: Whose letterhead it carries: "received" or "competent".
        papers: Sizes it may be printed on, the usual one first.
        refused_suffix: The same of a decision that refuses.
        letter: What the caller must say besides the facts of the dossier, by name and kind.
    """

    code: str
    title: str
    title_en: str
    suffix: str
    series: str
    office: str
    papers: tuple[str, ...]
    letter: Mapping[str, str]
    refused_suffix: str = ""

    @property
    def name(self) -> Text:
        return Text(self.title, self.title_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One dated version of a form."""

    hash: str
    form_code: str
    version_name: str
    kind: str
    content: str
    effective_from: date
    source: str
    shipped: bool


@lru_cache(maxsize=1)
def forms() -> Mapping[str, PaperForm]:
    """Return the forms that this product knows, by code."""
    return {one["code"]: PaperForm(**one | {"papers": tuple(one["papers"])}) for one in _shipped()["forms"]}


def form_of(code: str) -> PaperForm:
    """Return a form by its code; a letter of a procedure's own is like the decision.

    Raises:
        NoTemplate: If there is no such form.
    """
    found = forms().get(code.partition(":")[0])
    if found is None:
        said = code[:40]
        raise NoTemplate("a known form", f"{said!r} is none", what=f"mẫu {said}", form=said, day="–")
    return found


@lru_cache(maxsize=32)
def shipped_template(code: str) -> Template:
    """Return the template that comes with the product, its common pieces put in."""
    about = _shipped()
    text = _file_of(code).read_text(encoding="utf-8")
    for piece in PIECES:
        mark = f"<!--{piece}-->"
        if mark in text:
            text = text.replace(mark, (FORMS / f"{piece}.html").read_text(encoding="utf-8").strip())
    return Template(
        hash=hash_of(code, HTML, text),
        form_code=code,
        version_name=about["version"],
        kind=HTML,
        content=text,
        effective_from=date.fromisoformat(about["effective_from"]),
        source=about["source"],
        shipped=True,
    )


def hash_of(code: str, kind: str, content: str) -> str:
    return hashlib.sha256(f"{code}\n{kind}\n{content}".encode()).hexdigest()


def template_in_force(unit: Unit, code: str, office_id: int, on: date) -> Template:
    """Return the template of the page of a form that holds for an office on a local day.

    A letter of a procedure's own (“result:P03”) falls back to the form before the colon.

    Raises:
        NoTemplate: If there is none.
    """
    offices = kept_offices(unit)
    if offices is None:
        return _template_in_force(unit, code, office_id, on)
    key = (code, office_id, on)
    if key not in offices.templates:
        keep(offices.templates, key, _template_in_force(unit, code, office_id, on))
    return offices.templates[key]


def _template_in_force(unit: Unit, code: str, office_id: int, on: date) -> Template:
    codes = _codes_of(code)
    own = _own_template(unit, HTML, codes, office_id, on)
    if own is not None:
        return own
    there = next((one for one in codes if _file_of(one).exists()), None)
    shipped = shipped_template(there) if there else None
    if shipped is None or shipped.effective_from > on:
        raise NoTemplate("a template", "there is none", what=f"mẫu {code}", form=code, day=say_date(on))
    return shipped


def word_template_in_force(unit: Unit, code: str, office_id: int, on: date) -> Template | None:
    """Return the office's own Word template of a form on a local day; there is none that comes with us."""
    return _own_template(unit, DOCX, _codes_of(code), office_id, on)


def keep_template(unit: Unit, template: Template) -> None:
    """Write down a shipped template when it is first used, so that its papers can always name it."""
    if not template.shipped:
        return
    known = _kept.setdefault(unit.engine.database, set())
    if template.hash in known:
        return
    if not is_template_kept(unit.line, template.hash):
        dialect = sqlite if unit.line.dialect.name == "sqlite" else postgresql
        values: dict[str, Any] = {
            "hash": template.hash,
            "form_code": template.form_code,
            "version_name": template.version_name,
            "kind": template.kind,
            "content": template.content,
            "effective_from": template.effective_from,
            "source": template.source,
            "note": "",
            "shipped": True,
            "added_at": unit.now,
        }
        row = dialect.insert(TemplateRow.__table__).values(**values).on_conflict_do_nothing()
        unit.line.connection.execute(row)
    unit.kept.append(lambda: known.add(template.hash))  # what is rolled back is not known


def _codes_of(code: str) -> list[str]:
    return [code] if ":" not in code else [code, code.partition(":")[0]]


def _own_template(unit: Unit, kind: str, codes: list[str], office_id: int, on: date) -> Template | None:
    """Return what an office, or one above it, added; the nearest and newest that holds on the day."""
    rows = unit.session.scalars(
        select(TemplateRow).where(
            TemplateRow.form_code.in_(codes),
            TemplateRow.kind == kind,
            TemplateRow.shipped.is_(False),
            TemplateRow.effective_from <= on,
            or_(TemplateRow.effective_to.is_(None), TemplateRow.effective_to >= on),
        )
    ).all()
    line = line_of(unit, office_id) if rows else []
    fitting = [one for one in rows if one.unit_id is None or one.unit_id in line]
    return _template(max(fitting, key=lambda one: _rank(one, codes, line))) if fitting else None


def _file_of(code: str) -> Path:
    """Return where a shipped template lies; a procedure's key is letters, digits and a few marks."""
    plain = "".join(char for char in code.replace(":", "_") if char.isalnum() or char in "_-")
    return FORMS / f"{plain}.html"


def template_of(row: TemplateRow) -> Template:
    return _template(row)


def _rank(row: TemplateRow, codes: list[str], line: list[int]) -> tuple[bool, int, date]:
    nearness = 0 if row.unit_id is None else len(line) - line.index(row.unit_id)
    return (row.form_code == codes[0], nearness, row.effective_from)


def line_of(unit: Unit, office_id: int) -> list[int]:
    """Return an office and those above it."""
    line: list[int] = []
    at: int | None = office_id
    while at is not None and at not in line and len(line) < 20:
        line.append(at)
        at = unit.session.scalar(select(UnitRow.parent_id).where(UnitRow.id == at))
    return line


def _template(row: TemplateRow) -> Template:
    return Template(
        hash=row.hash,
        form_code=row.form_code,
        version_name=row.version_name,
        kind=row.kind,
        content=row.content,
        effective_from=row.effective_from,
        source=row.source,
        shipped=row.shipped,
    )


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    return json.loads((FORMS / "forms.json").read_text(encoding="utf-8"))


_kept: WeakKeyDictionary[Database, set[str]] = WeakKeyDictionary()  # shipped templates that have their row
