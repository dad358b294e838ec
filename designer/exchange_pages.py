"""Files in and out of a revision: drawings of other tools, forms, pictures, the procedure book."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from designer import pictures
from designer.book import book_of
from designer.contents import change_content
from designer.drafts import get_revision, save_draft
from designer.exchange import BadFile, Opened, offered_repairs, open_drawing, read_form
from designer.form_views import about
from designer.requests import engine, language
from engine.documents.pdf import make_pdf
from engine.domain.procedures import Procedure

bp = Blueprint(
    "exchange", __name__, url_prefix="/designer/revisions/<int:revision_id>", template_folder="templates"
)

MOST_BYTES = 4 * 1024 * 1024


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)
    request.max_content_length = MOST_BYTES


@bp.get("/files")
def files(revision_id: int) -> ResponseReturnValue:
    return _page(revision_id)


@bp.post("/files")
def bring(revision_id: int) -> ResponseReturnValue:
    """Take a drawing or a form; a drawing is shown with its repairs before it is kept."""
    do = request.form.get("do", "")
    data = _sent()
    if do == "form":
        _bring_form(revision_id, data)
        flash(_("Đã nhận biểu mẫu."), "success")
        return redirect(url_for("forms.list_all", revision_id=revision_id), 303)
    answers, left_out = _answers(), _left_out()
    opened = open_drawing(data, without=left_out, answers=answers)
    if do == "keep":
        with engine().unit(g.actor) as unit:
            row = get_revision(unit, revision_id)
            version = request.form.get("version", type=int) or row.version
            save_draft(unit, revision_id, xml=opened.xml, version=version)
        flash(_("Đã nhận bản vẽ; xem phần kiểm tra để biết còn gì phải sửa."), "success")
        return redirect(url_for("designer.revision", revision_id=revision_id), 303)
    return _page(revision_id, opened, answers, left_out)


@bp.get("/forms/<key>.json")
def form(revision_id: int, key: str) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        forms = Procedure.from_json(get_revision(unit, revision_id).content).forms
    if key not in forms:
        abort(404)
    text = json.dumps(forms[key].as_json(), ensure_ascii=False, indent=2)
    return _file(text.encode(), "application/json", f"{key}.json")


@bp.get("/picture.<any(svg, pdf, png):kind>")
def picture(revision_id: int, kind: str) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        xml, name = row.definition.xml, f"{row.procedure.key}-{row.number}"
        title = row.procedure.name_vi
    if kind == "svg":
        return _file(pictures.svg_file(xml, language()).encode(), "image/svg+xml", f"{name}.svg")
    if kind == "pdf":
        return _file(pictures.pdf_file(xml, title, language()), "application/pdf", f"{name}.pdf")
    return _file(pictures.png_file(xml, title, language()), "image/png", f"{name}.png")


@bp.get("/book")
def book(revision_id: int) -> ResponseReturnValue:
    """The internal procedure as a province approves it, to be read and printed."""
    with engine().reading(g.actor) as unit:
        found = book_of(unit, revision_id, language())
        head = about(unit, get_revision(unit, revision_id), "")
    return render_template("designer/book.html", about=head, book=found)


@bp.get("/book.pdf")
def book_pdf(revision_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        found = book_of(unit, revision_id, "vi")
    narrow = replace(found, picture=pictures.fitted(found.picture, "180mm", "230mm"))
    html = render_template("designer/_book.html", book=narrow)
    return _file(make_pdf(html, title=found.title), "application/pdf", f"quy-trinh-{found.key}.pdf")


def _answers() -> dict[str, str]:
    """Return what was said to the repairs that asked, by their ids."""
    said = {one[7:]: value.strip()[:200] for one, value in request.form.items() if one.startswith("answer.")}
    return {key: value for key, value in said.items() if value}


def _left_out() -> set[str]:
    return set(request.form.getlist("offered")) - set(request.form.getlist("wanted"))


def _page(
    revision_id: int,
    opened: Opened | None = None,
    answers: Mapping[str, str] | None = None,
    left_out: Collection[str] = (),
) -> str:
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        head = about(unit, row, "")
        forms = Procedure.from_json(row.content).forms
    return render_template(
        "designer/files.html",
        about=head,
        forms=forms,
        opened=opened,
        carried=opened.given.decode("utf-8", "replace") if opened else "",
        offered=offered_repairs(opened, answers or {}, left_out) if opened else (),
    )


def _bring_form(revision_id: int, data: bytes) -> None:
    form = read_form(data)

    def act(content: dict[str, Any]) -> None:
        content.setdefault("forms", {})[form.id] = form.as_json()
        content["reception_form"] = content.get("reception_form") or form.id

    with engine().unit(g.actor) as unit:
        change_content(unit, revision_id, request.form.get("version", type=int), act)


def _sent() -> bytes:
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.stream.read(MOST_BYTES + 1)
    carried = request.form.get("carried", "")
    if not carried:
        raise BadFile("a file", "none", reason="choose a file.", reason_vi="hãy chọn tệp.")
    return carried.encode()


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = Response(data, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
