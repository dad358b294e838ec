"""Decision tables as grids on plain pages, with DMN files in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from designer import decision_grids as grids
from designer.conditions import asked_of
from designer.contents import change_content
from designer.drafts import get_revision
from designer.form_views import about
from designer.requests import engine, language
from engine.domain.procedures import Procedure
from engine.errors import NotFound, ProcedureError
from engine.execution.dmn.lint import lint_decisions
from engine.store.work import Unit

bp = Blueprint(
    "decisions",
    __name__,
    url_prefix="/designer/revisions/<int:revision_id>/decisions",
    template_folder="templates",
)

BLANK_ROWS = 2


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)
    request.max_content_length = 2 * grids.MOST_BYTES


@bp.get("/")
def list_all(revision_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        procedure = Procedure.from_json(row.content)
        files = [(name, _grids(text), _findings(text)) for name, text in procedure.decisions.items()]
        asked = asked_of(procedure.forms.values())
        head = about(unit, row, "decisions")
    return render_template("designer/decisions.html", about=head, files=files, asked=asked)


@bp.post("/")
def change(revision_id: int) -> ResponseReturnValue:
    """Add a table, take a file, or drop one; which, the pressed button says."""
    do, made = request.form.get("do", ""), [""]
    if do == "add":
        name = request.form.get("name", "").strip()[:120]
        if not name:
            raise grids.BadGrid("a name", "none", reason="give it a name.", reason_vi="hãy đặt tên bảng.")
        field, result = (
            request.form.get("field", "").strip() or "o_hoi",
            request.form.get("result", "").strip(),
        )
        _change(revision_id, lambda content: made.append(grids.new_file(content, name, field, result)))
    elif do == "upload":
        file = request.files.get("file")
        if file is None or not file.filename:
            raise grids.BadGrid("a file", "none", reason="choose a DMN file.", reason_vi="hãy chọn tệp DMN.")
        data, name = file.stream.read(grids.MOST_BYTES + 1), file.filename
        _change(revision_id, lambda content: grids.put_file(content, name, data))
        flash(_("Đã nhận tệp quyết định."), "success")
    elif do == "drop":
        name = request.form.get("file", "")
        _change(revision_id, lambda content: grids.drop_file(content, name))
    else:
        abort(400)
    return redirect(url_for(".list_all", revision_id=revision_id), 303)


@bp.get("/<file>.dmn")
def download(revision_id: int, file: str) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        text = (row.content.get("decisions") or {}).get(file)
    if text is None:
        raise NotFound("a decision file", "there is none", what="tệp quyết định")
    answer = Response(text.encode(), mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}.dmn"'
    return answer


@bp.get("/<file>/<decision>")
def grid(revision_id: int, file: str, decision: str) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        return _page(unit, revision_id, file, decision, {}, "")


@bp.post("/<file>/<decision>")
def save(revision_id: int, file: str, decision: str) -> ResponseReturnValue:
    sent = request.form.to_dict()
    try:
        _change(revision_id, lambda content: grids.write_grid(content, file, decision, sent))
    except ProcedureError as refused:
        with engine().reading(g.actor) as unit:
            return _page(unit, revision_id, file, decision, sent, refused.say(language())), 422
    flash(_("Đã lưu bảng quyết định."), "success")
    return redirect(url_for(".grid", revision_id=revision_id, file=file, decision=decision), 303)


def _page(unit: Unit, revision_id: int, file: str, decision: str, typed: dict[str, str], refusal: str) -> str:
    row = get_revision(unit, revision_id)
    found = grids.grid_of(row.content, file, decision)
    text = row.content["decisions"][file]
    return render_template(
        "designer/decision.html",
        about=about(unit, row, "decisions"),
        file=file,
        grid=found,
        typed=typed,
        refusal=refusal,
        findings=[one for one in _findings(text) if one.element in ("", decision)],
        policies=grids.POLICIES,
        types=grids.TYPES,
        blank=BLANK_ROWS,
        names=[one.name for one in asked_of(Procedure.from_json(row.content).forms.values())],
    )


def _grids(text: str) -> list[Any]:
    try:
        return grids.grids_of(text)
    except ProcedureError:
        return []


def _findings(text: str) -> list[Any]:
    return lint_decisions(text.encode())


def _change(revision_id: int, act: Any) -> None:
    with engine().unit(g.actor) as unit:
        change_content(unit, revision_id, request.form.get("version", type=int), act)
