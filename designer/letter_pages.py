"""Letters and slips of a procedure: a text, a picker of fields, and a preview on a dossier."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from designer import letters
from designer.contents import change_content
from designer.drafts import get_revision
from designer.form_editing import free_name
from designer.form_views import about
from designer.requests import engine, language
from engine.documents.pdf import make_pdf
from engine.domain.procedures import Letter, Procedure
from engine.domain.texts import Text
from engine.errors import NotFound, ProcedureError

bp = Blueprint(
    "letters",
    __name__,
    url_prefix="/designer/revisions/<int:revision_id>/letters",
    template_folder="templates",
)


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)
    request.max_content_length = 256 * 1024


@bp.get("/")
def list_all(revision_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        procedure, head = Procedure.from_json(row.content), about(unit, row, "letters")
    wrong = {key: letters.check_letter(one, procedure) for key, one in procedure.letters.items()}
    return render_template("designer/letters.html", about=head, letters=procedure.letters, wrong=wrong)


@bp.post("/")
def add(revision_id: int) -> ResponseReturnValue:
    title = _text("title")
    if not title:
        raise letters.BadLetter("a name", "none", reason="give it a name.", reason_vi="hãy đặt tên mẫu.")
    made: list[str] = []

    def act(content: dict[str, Any]) -> None:
        made.append(free_name(title.vi or title.en, content.get("letters") or {}, "mau"))
        letters.write_letter(content, made[0], Letter(title=title, body=f"# {title.vi or title.en}\n"))

    _change(revision_id, act)
    return redirect(url_for(".letter", revision_id=revision_id, key=made[0]), 303)


@bp.get("/<key>")
def letter(revision_id: int, key: str) -> ResponseReturnValue:
    return _page(revision_id, key, None, request.args.get("dossier", ""), "")


@bp.post("/<key>")
def change(revision_id: int, key: str) -> ResponseReturnValue:
    """Save, or only look at what was typed, or drop the letter; which, the pressed button says."""
    do, code = request.form.get("do", "save"), request.form.get("dossier", "").strip()
    if do == "drop":
        _change(revision_id, lambda content: letters.drop_letter(content, key))
        flash(_("Đã bỏ mẫu văn bản."), "success")
        return redirect(url_for(".list_all", revision_id=revision_id), 303)
    typed = Letter(title=_text("title"), body=request.form.get("body", "").replace("\r\n", "\n"))
    if do == "look":
        return _page(revision_id, key, typed, code, "")
    try:
        _change(revision_id, lambda content: letters.write_letter(content, key, typed))
    except ProcedureError as refused:
        return _page(revision_id, key, typed, code, refused.say(language())), 422
    flash(_("Đã lưu mẫu văn bản."), "success")
    return redirect(url_for(".letter", revision_id=revision_id, key=key, dossier=code or None), 303)


@bp.get("/<key>.pdf")
def pdf(revision_id: int, key: str) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        found = _letter(unit, revision_id, key)
        html = letters.preview(unit, revision_id, found, request.args.get("dossier", ""))
    data = make_pdf(html, title=found.title.vi)
    return Response(data, mimetype="application/pdf", headers={"Cache-Control": "no-store"})


def _page(revision_id: int, key: str, typed: Letter | None, code: str, refusal: str) -> str:
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        procedure, head = Procedure.from_json(row.content), about(unit, row, "letters")
        shown = typed or _letter(unit, revision_id, key)
        try:
            seen = letters.preview(unit, revision_id, shown, code)
        except ProcedureError as refused:
            seen, refusal = "", refusal or refused.say(language())
    return render_template(
        "designer/letter.html",
        about=head,
        key=key,
        letter=shown,
        places=letters.places_of(procedure),
        seen=seen,
        code=code,
        refusal=refusal,
    )


def _letter(unit: Any, revision_id: int, key: str) -> Letter:
    found = Procedure.from_json(get_revision(unit, revision_id).content).letters.get(key)
    if found is None:
        raise NotFound("a letter", f"there is none called {key[:60]!r}", what="mẫu văn bản")
    return found


def _text(name: str) -> Text:
    vi, en = (request.form.get(f"{name}_{one}", "").strip()[:300] for one in ("vi", "en"))
    return Text.of({"vi": vi, "en": en} if en else {"vi": vi})


def _change(revision_id: int, act: Any) -> None:
    with engine().unit(g.actor) as unit:
        change_content(unit, revision_id, request.form.get("version", type=int), act)
