"""What the pages of the form builder show: forms with their uses, one form, one field, a preview."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from designer.conditions import Asked, asked_of
from designer.contents import locked_by, may_change
from designer.drafts import get_revision
from designer.form_editing import form_of, place_of
from engine.bpmn.extensions import BPMN, scan_steps
from engine.bpmn.xml import parse_xml
from engine.domain.fields import Field
from engine.domain.forms import Form
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import NotFound, ProcedureError
from engine.store.rows import RevisionRow
from engine.store.work import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The revision that the pages of its content stand under.

    Attributes:
        can_change: The person may edit this part now; else `why_not` says why, if there is a reason.
    """

    revision_id: int
    number: int
    version: int
    procedure_id: int
    key: str
    name: Text
    state: str
    can_change: bool
    why_not: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLine:
    """One form in the list; `uses` are the steps that ask for it."""

    id: str
    title: Text
    fields: int
    uses: tuple[Text, ...]
    is_reception: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    about: About
    form: Form
    written: Mapping[str, Any]
    line: FormLine


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPage:
    """One field being edited.

    Attributes:
        asked: What a condition may ask for.
        visible, required, check: FEEL as the form itself says it, without what its section adds.
        uses: Where its name stands in conditions and formulas.
    """

    about: About
    form: Form
    field: Field
    asked: tuple[Asked, ...]
    visible: str
    required: str
    check: str
    uses: tuple[Text, ...]


def about(unit: Unit, row: RevisionRow, key: str) -> About:
    """Return the head of a page on one part of a revision's content."""
    return About(
        revision_id=row.id,
        number=row.number,
        version=row.version,
        procedure_id=row.procedure_id,
        key=row.procedure.key,
        name=Text(row.procedure.name_vi, row.procedure.name_en),
        state=row.state,
        can_change=may_change(unit, row, key),
        why_not=locked_by(unit, row, key),
    )


def list_forms(unit: Unit, revision_id: int) -> tuple[About, tuple[FormLine, ...]]:
    """Return the forms of a revision with the steps that use them."""
    row = get_revision(unit, revision_id)
    procedure = Procedure.from_json(row.content)
    uses = form_uses(row.definition.xml)
    lines = tuple(_line(form, procedure, uses) for form in procedure.forms.values())
    return about(unit, row, "forms"), lines


def get_form_page(unit: Unit, revision_id: int, key: str) -> FormPage:
    """Return one form.

    Raises:
        NotFound: If there is none.
    """
    row = get_revision(unit, revision_id)
    procedure, written = Procedure.from_json(row.content), form_of(row.content, key)
    form = procedure.forms[key]
    line = _line(form, procedure, form_uses(row.definition.xml))
    return FormPage(about=about(unit, row, "forms"), form=form, written=written, line=line)


def get_field_page(unit: Unit, revision_id: int, key: str, name: str) -> FieldPage:
    """Return one field of a form's own.

    Raises:
        NotFound: If there is none; the fields of shared groups are not a form's own.
    """
    row = get_revision(unit, revision_id)
    place_of(form_of(row.content, key), name)
    procedure = Procedure.from_json(row.content)
    form = procedure.forms[key]
    section = next((one for one in form.sections if any(own.name == name for own in one.own)), None)
    if section is None:
        raise NotFound("a field", "it is none of the form's own", what="ô của biểu mẫu")
    plain = form_of(row.content, key)["sections"][form.sections.index(section)]
    written = next(one for one in plain["fields"] if one["name"] == name)
    return FieldPage(
        about=about(unit, row, "forms"),
        form=form,
        field=form.field(name),  # type: ignore[arg-type]
        asked=tuple(asked_of(procedure.forms.values())),
        visible=str(written.get("visible") or ""),
        required=written["required"] if isinstance(written.get("required"), str) else "",
        check=str(written.get("check") or ""),
        uses=tuple(field_uses(row, procedure, name)),
    )


def form_uses(xml: bytes) -> dict[str, tuple[Text, ...]]:
    """Return the steps that use each form; nothing where the drawing cannot be read yet."""
    try:
        steps = scan_steps(parse_xml(xml)).steps.values()
    except ProcedureError:
        return {}
    found: dict[str, tuple[Text, ...]] = {}
    for step in steps:
        if step.form:
            found[step.form] = (*found.get(step.form, ()), step.name or Text(step.id))
    return found


def field_uses(row: RevisionRow, procedure: Procedure, name: str) -> Iterator[Text]:
    """Yield where conditions and formulas name a field, other than its own."""
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    for key, form in procedure.forms.items():
        for field in form.fields:
            if field.name != name and any(word.search(text) for _, text in field.expressions()):
                vi, en = f"ô “{field.label.vi}”", f"the field “{field.label.say('en')}”"
                yield Text(f"{vi} của “{form.title.vi or key}”", f"{en} of “{form.title.say('en') or key}”")
    for one in procedure.components:
        if word.search(one.when):
            yield Text(f"giấy tờ “{one.name.vi}”", f"the paper “{one.name.say('en')}”")
    if word.search(procedure.fee.rule):
        yield Text("công thức tính phí", "the fee’s rule")
    for file, text in procedure.decisions.items():
        if word.search(text):
            yield Text(f"bảng quyết định “{file}”", f"the decisions “{file}”")
    yield from _in_drawing(row.definition.xml, word)


def _in_drawing(xml: bytes, word: re.Pattern[str]) -> Iterator[Text]:
    try:
        root = parse_xml(xml)
    except ProcedureError:
        return
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        if word.search(flow.findtext(f"{{{BPMN}}}conditionExpression") or ""):
            called = flow.get("name") or flow.get("id") or ""
            yield Text(f"nhánh “{called}” trên sơ đồ", f"the branch “{called}” of the diagram")


def _line(form: Form, procedure: Procedure, uses: Mapping[str, tuple[Text, ...]]) -> FormLine:
    return FormLine(
        id=form.id,
        title=form.title or Text(form.id),
        fields=len(form.asked),
        uses=uses.get(form.id, ()),
        is_reception=procedure.reception_form == form.id,
    )
