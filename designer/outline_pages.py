"""The outline's pages: a procedure built as a table, with forms only; one act is one POST on the draft.

What was typed is never lost: an act that is refused, because it does not fit or because somebody saved
meanwhile, comes back with its sentence and everything that was written.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from designer import condition_form, step_form
from designer.comments import list_comments
from designer.conditions import OPERATOR_NAMES, asked_of
from designer.drafts import check_author, get_revision
from designer.kinds import OFFERED
from designer.outline_events import KINDS as EVENT_KINDS
from designer.outline_groups import CALL, EVENT_GROUP, GROUP
from designer.outline_part import part_facts
from designer.outline_sent import ACTS, LINES
from designer.outlining import arrange_draft, change_draft, mend_draft
from designer.presence import holder
from designer.problems import list_problems
from designer.revisions import RevisionPage, get_revision_page, words_of
from designer.rows import Row, read_rows, time_sum
from engine.bpmn.steps import KINDS
from engine.bpmn.xml import parse_xml
from engine.domain.texts import Text
from engine.errors import NotFound, ProcedureError
from engine.runtime import Engine
from engine.store.work import Unit

bp = Blueprint(
    "outline",
    __name__,
    url_prefix="/designer/revisions/<int:revision_id>/outline",
    template_folder="templates",
)

EXTRA = {
    GROUP: Text("nhóm bước", "group of steps"),
    CALL: Text("gọi quy trình khác", "call of another procedure"),
    EVENT_GROUP: Text("nhóm bước chạy khi có sự kiện", "group of steps that an event starts"),
    **{code: name for code, (_tag, _trigger, name) in EVENT_KINDS.items()},
}
BACK_TO_THE_ROW = (
    "step", "event", "message", "name", "decide", "attach", "branch", "payload", "call", "keys", "repeat",
    "table",
)  # fmt: skip


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)


@bp.get("")
def table(revision_id: int) -> ResponseReturnValue:
    return _table(revision_id, request.args)


@bp.get("/parts/<key>")
def part(revision_id: int, key: str) -> ResponseReturnValue:
    return _part(revision_id, key, request.args)


@bp.get("/ways/<key>")
def way(revision_id: int, key: str) -> ResponseReturnValue:
    return _way(revision_id, key, request.args)


@bp.post("/arrange")
def arrange(revision_id: int) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        arrange_draft(unit, revision_id, request.form.get("version", -1, type=int))
    flash(_("Đã vẽ lại sơ đồ cho gọn."), "success")
    return redirect(url_for(".table", revision_id=revision_id), 303)


@bp.post("/mend")
def mend_one(revision_id: int) -> ResponseReturnValue:
    """Make one of the repairs on offer."""
    key, answer = request.form.get("repair", "")[:200], request.form.get("answer", "")[:200]
    with _engine().unit(g.actor) as unit:
        mend_draft(unit, revision_id, request.form.get("version", -1, type=int), key, answer)
    flash(_("Đã sửa."), "success")
    return redirect(url_for(".table", revision_id=revision_id, _anchor="problems"), 303)


@bp.post("/acts/<name>")
def act(revision_id: int, name: str) -> ResponseReturnValue:
    """Carry out one act; refused, show where it was asked for again, with all that was typed."""
    if name not in ACTS:
        raise NotFound("an act of the outline", f"there is none called {name[:40]}", what="việc này")
    shown = request.form.get("shown", "")
    try:
        if "more" in request.form:  # more lines to write in; nothing is done yet
            return _again(revision_id, shown, None)
        sentence, change = ACTS[name](request.form)
        with _engine().unit(g.actor) as unit:
            focus = change_draft(unit, revision_id, request.form.get("version", -1, type=int), change)
    except ProcedureError as refused:
        return _again(revision_id, shown, refused)
    flash(sentence, "success")
    return redirect(_next(revision_id, name, shown, focus), 303)


def _next(revision_id: int, name: str, shown: str, focus: str) -> str:
    """Return where an author goes on: after a new step, with the next one."""
    if name in BACK_TO_THE_ROW and shown:
        return url_for(".table", revision_id=revision_id, after=focus, _anchor=f"row-{shown}")
    if name == "add":
        return url_for(".table", revision_id=revision_id, after=focus, _anchor="add")
    return url_for(".table", revision_id=revision_id, after=focus, _anchor=f"row-{focus}" if focus else None)


def _again(revision_id: int, shown: str, refused: ProcedureError | None) -> ResponseReturnValue:
    status = 200 if refused is None else _status(refused)
    words = refused.say(_language()) if refused else ""
    try:
        if shown.startswith("way:"):
            page = _way(revision_id, shown[4:], request.form, words)
        elif shown:
            page = _part(revision_id, shown, request.form, words)
        else:
            page = _table(revision_id, request.form, words)
    except ProcedureError:  # the part itself is gone
        page = _table(revision_id, request.form, words)
    return page, status


def _status(refused: ProcedureError) -> int:
    kinds = {kind.__name__ for kind in type(refused).__mro__}
    if "Forbidden" in kinds:
        return 403
    if "NotFound" in kinds:
        return 404
    return 422 if "Invalid" in kinds else 409


# --- the pages ----------------------------------------------------------------------------------------


def _table(revision_id: int, typed: Any, problem: str = "") -> str:
    with _engine().reading(g.actor) as unit:
        page, facts = _facts(unit, revision_id)
        xml = get_revision(unit, revision_id).definition.xml
        problems = list_problems(unit, get_revision(unit, revision_id), xml, _language())
        return render_template(
            "designer/outline.html", page=page, typed=typed, problem=problem, problems=problems,
            total=time_sum(xml, page.content), **facts,
        )  # fmt: skip


def _part(revision_id: int, key: str, typed: Any, problem: str = "") -> str:
    with _engine().reading(g.actor) as unit:
        page, facts = _facts(unit, revision_id)
        row = next((one for one in facts["rows"] if one.id == key), None)
        if row is None:
            raise NotFound("a part of the drawing", f"there is none with the id {key[:60]}", what="bước này")
        return render_template(
            "designer/outline_part.html", page=page, row=row, typed=typed, problem=problem,
            step=step_form.show(row.step, typed) if row.step else None, lines=_shown_lines(typed),
            conditions=[condition_form.show("", typed, f"c{at}_") for at in range(_shown_lines(typed))],
            one=condition_form.show("", typed, "c_"), **part_facts(unit, revision_id, row, typed),
            comments=[said for said in list_comments(unit, revision_id) if said.element == key], **facts,
        )  # fmt: skip


def _way(revision_id: int, key: str, typed: Any, problem: str = "") -> str:
    with _engine().reading(g.actor) as unit:
        page, facts = _facts(unit, revision_id)
        found = next(((row, one) for row in facts["rows"] for one in row.ways if one.flow == key), None)
        if found is None:
            raise NotFound(
                "a way of the drawing", f"there is none with the id {key[:60]}", what="đường đi này"
            )
        row, one = found
        return render_template(
            "designer/outline_way.html", page=page, row=row, way=one, typed=typed, problem=problem,
            condition=condition_form.show(one.feel, typed, "c_"), **facts,
        )  # fmt: skip


def _facts(unit: Unit, revision_id: int) -> tuple[RevisionPage, dict[str, Any]]:
    revision = get_revision(unit, revision_id)
    check_author(unit, revision.procedure)
    page = get_revision_page(unit, revision_id, _language())
    words = words_of(unit, page.content)
    rows = read_rows(revision.definition.xml, words)
    by_id = {row.id: row for row in rows}
    held = holder(unit, revision_id)
    return page, {
        "rows": rows,
        "by_id": by_id,
        "places": list(_places(rows)),
        "targets": [row for row in rows if row.tag not in ("startEvent", "boundaryEvent")],
        "kinds": {code: KINDS[code] for code in OFFERED},
        "extra_kinds": EXTRA,
        "offered": OFFERED,
        "words": words,
        "asked": asked_of(page.content.forms.values(), [row.step for row in rows if row.step]),
        "operators": OPERATOR_NAMES,
        "may_edit": "edit" in page.may,
        "processes": _processes(revision.definition.xml),
        "holder": None if held is None or held.is_me else held,
    }


def _processes(xml: bytes) -> list[tuple[str, str]]:
    """Return id and name of the processes of a drawing that a step of it may call: all but the first."""
    found = [(one.get("id") or "", one.get("name") or "") for one in parse_xml(xml).iter("{*}process")]
    return [(key, name or key) for key, name in found[1:] if key]


def _places(rows: list[Row]) -> list[tuple[str, Text]]:
    """Return where a new step may come: after a part with one way on, or on one of several ways."""
    found = []
    for row in rows:
        name = row.name or row.kind
        if row.tag == "endEvent":
            continue
        if len(row.ways) <= 1:
            found.append((row.id, Text(f"sau “{name.vi}”", f"after “{name.say('en')}”")))
            continue
        for one in row.ways:
            label = one.name or one.says or one.to
            english = f"“{name.say('en')}”: on the branch “{label.say('en')}”"
            found.append((one.flow, Text(f"“{name.vi}”: trên nhánh “{label.vi}”", english)))
    return found


def _shown_lines(typed: Any) -> int:
    count = typed.get("lines", "")
    shown = int(count) if count.isdigit() else LINES
    return min(shown + (2 if "more" in typed else 0), 12)


def _language() -> str:
    return "en" if str(get_locale() or "vi").startswith("en") else "vi"


def _engine() -> Engine:
    return current_app.extensions["motcua"]
