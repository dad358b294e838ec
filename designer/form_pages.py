"""The form builder: plain pages that work by keyboard and without script; dragging is only a shortcut."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from designer import form_editing as editing
from designer.changes.forms import TYPES as TYPE_NAMES
from designer.condition_form import show
from designer.conditions import OPERATOR_NAMES
from designer.contents import change_content
from designer.drafts import get_revision
from designer.field_facts import field_facts
from designer.form_preview import LOOKS, look_at
from designer.form_views import form_uses, get_field_page, get_form_page, list_forms
from designer.requests import engine, language
from engine.domain.field_groups import FIELD_GROUPS
from engine.domain.fields import TYPES
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import ProcedureError

bp = Blueprint(
    "forms", __name__, url_prefix="/designer/revisions/<int:revision_id>/forms", template_folder="templates"
)

MOST_BYTES = 1024 * 1024


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)
    request.max_content_length = MOST_BYTES


@bp.get("/")
def list_all(revision_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        about, lines = list_forms(unit, revision_id)
    return render_template("designer/forms.html", about=about, lines=lines)


@bp.post("/")
def add(revision_id: int) -> ResponseReturnValue:
    title = _text("title")
    made: list[str] = []
    _change(revision_id, lambda content: made.append(editing.add_form(content, title.vi or title.en)))
    return redirect(url_for(".form", revision_id=revision_id, key=made[0]), 303)


@bp.get("/<key>")
def form(revision_id: int, key: str) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        page = get_form_page(unit, revision_id, key)
    return render_template(
        "designer/form.html", page=page, groups=FIELD_GROUPS, types=TYPES, names=TYPE_NAMES
    )


@bp.post("/<key>")
def change(revision_id: int, key: str) -> ResponseReturnValue:
    """One edit of the form's build; which one the pressed button says."""
    do, at = request.form.get("do", ""), request.form.get("at", 0, type=int)
    name = request.form.get("field", "")
    goal = f"section-{at}"
    if do == "add-field":
        label, kind = _text("label"), request.form.get("type", "text")
        made: list[str] = []
        _edit(revision_id, key, lambda form: made.append(editing.add_field(form, at, label, kind)))
        return redirect(url_for(".field", revision_id=revision_id, key=key, name=made[0]), 303)
    acts: dict[str, Any] = {
        "rename": lambda form: editing.rename(form, _text("title")),
        "add-section": lambda form: editing.add_section(
            form, _text("title"), request.form.get("group", ""), request.form.get("prefix", "").strip()
        ),
        "drop-section": lambda form: editing.drop_section(form, at),
        "section-up": lambda form: editing.move_section(form, at, -1),
        "section-down": lambda form: editing.move_section(form, at, 1),
        "field-up": lambda form: editing.move_field(form, name, -1),
        "field-down": lambda form: editing.move_field(form, name, 1),
        "field-put": lambda form: editing.put_field(form, name, at, request.form.get("to", 0, type=int)),
        "drop-field": lambda form: editing.drop_field(form, name),
    }
    if do == "section":
        _edit_section(revision_id, key, at)
    elif do == "drop-form":
        _drop_form(revision_id, key)
        return redirect(url_for(".list_all", revision_id=revision_id), 303)
    elif do in acts:
        _edit(revision_id, key, acts[do])
        goal = f"field-{name}" if name and do != "drop-field" else goal
    else:
        abort(400)
    return redirect(url_for(".form", revision_id=revision_id, key=key, _anchor=goal), 303)


@bp.get("/<key>/fields/<name>")
def field(revision_id: int, key: str, name: str) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        page = get_field_page(unit, revision_id, key, name)
    return _field_page(page, {}, "")


@bp.post("/<key>/fields/<name>")
def change_field(revision_id: int, key: str, name: str) -> ResponseReturnValue:
    try:
        with engine().reading(g.actor) as unit:
            page = get_field_page(unit, revision_id, key, name)
        facts = field_facts(request.form)
        _edit(revision_id, key, lambda form: editing.edit_field(form, name, facts))
    except ProcedureError as refused:
        with engine().reading(g.actor) as unit:
            page = get_field_page(unit, revision_id, key, name)
        return _field_page(page, request.form.to_dict(), refused.say(language())), 422
    flash(_("Đã lưu ô “%(label)s”.", label=_text("label").say(language())), "success")
    return redirect(url_for(".form", revision_id=revision_id, key=key, _anchor=f"field-{name}"), 303)


@bp.route("/<key>/preview", methods=["GET", "POST"])
def preview(revision_id: int, key: str) -> ResponseReturnValue:
    """The form as a citizen, a clerk or a printer would have it; a POST tries what was typed."""
    look = request.values.get("as", "citizen")
    with engine().reading(g.actor) as unit:
        page = get_form_page(unit, revision_id, key)
        procedure = Procedure.from_json(get_revision(unit, revision_id).content)
        seen = look_at(unit, procedure, page.form, request.form if request.method == "POST" else None)
    if look not in LOOKS:
        abort(404)
    return render_template("designer/form_preview.html", page=page, look=look, looks=LOOKS, seen=seen)


def _field_page(page: Any, typed: dict[str, str], refusal: str) -> str:
    return render_template(
        "designer/field.html",
        page=page,
        typed=typed,
        refusal=refusal,
        types=TYPES,
        names=TYPE_NAMES,
        asked=page.asked,
        operators=OPERATOR_NAMES,
        visible=show(page.visible, typed, "visible_"),
        required=show(page.required, typed, "required_"),
        check=show(page.check, typed, "check_"),
    )


def _edit_section(revision_id: int, key: str, at: int) -> None:
    visible = request.form.get("visible", "").strip()[:2000]
    group = request.form.get("group", "")
    kept = set(request.form.getlist("keep"))
    without = (
        [one["name"] for one in FIELD_GROUPS[group].fields if one["name"] not in kept]
        if group in FIELD_GROUPS
        else []
    )
    _edit(revision_id, key, lambda form: editing.edit_section(form, at, _text("title"), visible, without))


def _drop_form(revision_id: int, key: str) -> None:
    with engine().reading(g.actor) as unit:
        uses = form_uses(get_revision(unit, revision_id).definition.xml).get(key, ())
    _change(revision_id, lambda content: editing.drop_form(content, key, uses))
    flash(_("Đã bỏ biểu mẫu."), "success")


def _edit(revision_id: int, key: str, act: Any) -> None:
    _change(revision_id, lambda content: act(editing.form_of(content, key)))


def _change(revision_id: int, act: Any) -> None:
    with engine().unit(g.actor) as unit:
        change_content(unit, revision_id, request.form.get("version", type=int), act)


def _text(name: str) -> Text:
    vi, en = (request.form.get(f"{name}_{one}", "").strip()[:500] for one in ("vi", "en"))
    return Text.of({"vi": vi, "en": en} if en else {"vi": vi})
