"""Pages around a draft: its history, comments on its steps, copies of it, and who has it open."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from designer import changes, comments, copies, history, presence
from designer.drafts import check_author, get_revision, save_draft
from designer.problems import list_problems
from designer.requests import engine, language
from designer.revisions import words_of
from engine.bpmn.drawn import with_picture
from engine.bpmn.svg import draw
from engine.domain.calendar import ZONE
from engine.domain.procedures import Procedure
from engine.errors import Invalid
from engine.store.work import Unit

bp = Blueprint("drafts", __name__, url_prefix="/designer", template_folder="templates")

MOST_BYTES = 4 * 1024 * 1024
MOST_WORDS = 64 * 1024


class BadDrawingSent(Invalid):
    """The editor sent something that is no drawing with its version."""

    code = "bad_drawing_sent"
    vi = "Máy chủ không đọc được bản vẽ vừa gửi. Hãy tải lại trang rồi thử lại."
    en = "The server could not read the drawing that was sent. Reload the page and try again."


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)


# --- who has it open ---------------------------------------------------------------------------------


@bp.post("/revisions/<int:revision_id>/presence")
def present(revision_id: int) -> ResponseReturnValue:
    """Answer a page that says it is there: who may save, at which version, and how many comments are open."""
    sent = _json(MOST_WORDS)
    tab = str(sent.get("tab", ""))
    with engine().unit(g.actor) as unit:
        if sent.get("leave"):
            presence.leave(unit, revision_id, tab)
            return jsonify(left=True)
        do = presence.take_over if sent.get("take") else presence.enter
        found = do(unit, revision_id, tab)
        row = get_revision(unit, revision_id)
        last = history.list_versions(unit, revision_id)[:1]
        said = [one for one in comments.list_comments(unit, revision_id) if not one.is_resolved]
        return jsonify(
            mine=found.is_mine,
            me=found.is_me,
            holder=found.name,
            since=found.clock,
            version=row.version,
            state=row.state,
            saved_by=last[0].author if last else "",
            saved_how=last[0].how.say(language()) if last else "",
            comments=len(said),
        )


# --- history -----------------------------------------------------------------------------------------


@bp.get("/revisions/<int:revision_id>/history")
def saves(revision_id: int) -> ResponseReturnValue:
    """Every save of a draft; one of them shown with its picture and what changed with it."""
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        check_author(unit, row.procedure)
        versions = history.list_versions(unit, revision_id)
        at = request.args.get("at", type=int)
        shown = _one_save(unit, revision_id, at) if at is not None else None
        return render_template(
            "designer/history.html", row=row, versions=versions, at=at, shown=shown,
            may_restore=row.state == "DRAFT", now=row.version,
        )  # fmt: skip


def _one_save(unit: Unit, revision_id: int, at: int) -> dict[str, Any]:
    xml, content = history.get_version(unit, revision_id, at)
    before = history.version_before(unit, revision_id, at)
    changed: list[Any] = []
    if before is not None:
        old_xml, old_content = history.get_version(unit, revision_id, before)
        words = words_of(unit, Procedure.from_json(content))
        changed = [*changes.compare_content(old_content, content), *changes.compare(old_xml, xml, words)]
    return {"picture": draw(xml, {}, language()), "changes": changed, "before": before}


@bp.post("/revisions/<int:revision_id>/history/<int:at>/restore")
def restore(revision_id: int, at: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        xml, content = history.get_version(unit, revision_id, at)
        presence.check_free(unit, revision_id)
        save_draft(
            unit, revision_id, xml=xml, content=content, version=request.form.get("version", -1, type=int),
            how="restored", note=f"← {at}",
        )  # fmt: skip
    flash(_("Đã khôi phục lần lưu %(at)s; lần lưu trước đó vẫn còn trong lịch sử.", at=at), "success")
    return redirect(url_for(".saves", revision_id=revision_id), 303)


# --- comments ----------------------------------------------------------------------------------------


@bp.get("/revisions/<int:revision_id>/comments")
def said(revision_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        found = comments.list_comments(unit, revision_id)
        if _wants_json():
            return jsonify(comments=[one.as_json() for one in found])
        return render_template("designer/comments.html", row=get_revision(unit, revision_id), comments=found)


@bp.post("/revisions/<int:revision_id>/comments")
def say_one(revision_id: int) -> ResponseReturnValue:
    sent = _json(MOST_WORDS) if request.is_json else request.form
    with engine().unit(g.actor) as unit:
        comments.add_comment(
            unit,
            revision_id,
            str(sent.get("element", "")),
            str(sent.get("step", "")),
            str(sent.get("text", "")),
        )
        found = comments.list_comments(unit, revision_id)
    if request.is_json:
        return jsonify(comments=[one.as_json() for one in found])
    flash(_("Đã ghi chú."), "success")
    return redirect(url_for(".said", revision_id=revision_id), 303)


@bp.post("/comments/<int:comment_id>/<any(resolve, reopen):what>")
def resolve(comment_id: int, what: str) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        revision_id = comments.resolve_comment(unit, comment_id, is_resolved=what == "resolve")
        found = comments.list_comments(unit, revision_id)
    if request.is_json:
        return jsonify(comments=[one.as_json() for one in found])
    return redirect(url_for(".said", revision_id=revision_id), 303)


# --- copies ------------------------------------------------------------------------------------------


@bp.post("/revisions/<int:revision_id>/copies")
def copy_it(revision_id: int) -> ResponseReturnValue:
    """Take a copy; a page that holds unsaved work sends it along, so that the copy is what it shows."""
    sent = _json(MOST_BYTES) if request.is_json else {}
    with engine().unit(g.actor) as unit:
        copy_id = copies.make_copy(unit, revision_id)
        if isinstance(sent.get("xml"), str):
            copies.save_copy(unit, copy_id, sent["xml"].encode(), copies.get_copy(unit, copy_id).version)
    address = url_for("designer.edit_copy", copy_id=copy_id)
    return jsonify(address=address) if request.is_json else redirect(address, 303)


@bp.get("/copies/<int:copy_id>/xml")
def copy_xml(copy_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        answer = Response(
            with_picture(copies.get_copy(unit, copy_id).definition.xml), mimetype="application/xml"
        )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/copies/<int:copy_id>/save")
def save_copy(copy_id: int) -> ResponseReturnValue:
    sent = _json(MOST_BYTES)
    if not isinstance(sent.get("xml"), str) or not isinstance(sent.get("version"), int):
        raise BadDrawingSent("the drawing and its version", "something else was sent")
    drawing = sent["xml"].encode()
    with engine().unit(g.actor) as unit:
        version = copies.save_copy(unit, copy_id, drawing, sent["version"])
        row = get_revision(unit, copies.get_copy(unit, copy_id).revision_id)
        found = list_problems(unit, row, drawing, language())
        saved_at = unit.now.astimezone(ZONE)
    return jsonify(version=version, saved_at=f"{saved_at:%H:%M}", **found.as_json(language()))


@bp.post("/copies/<int:copy_id>/bring-in")
def bring_in(copy_id: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        revision_id = copies.bring_in(unit, copy_id, over_changes=bool(request.form.get("over_changes")))
    flash(_("Đã đưa bản sao vào bản nháp."), "success")
    return redirect(url_for("designer.revision", revision_id=revision_id), 303)


@bp.post("/copies/<int:copy_id>/drop")
def drop(copy_id: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        revision_id = copies.drop_copy(unit, copy_id)
    flash(_("Đã bỏ bản sao."), "success")
    return redirect(url_for("designer.revision", revision_id=revision_id), 303)


@bp.get("/copies/<int:copy_id>")
def copy_page(copy_id: int) -> ResponseReturnValue:
    """A copy beside the draft as it is now: what bringing it in would change."""
    with engine().reading(g.actor) as unit:
        copy = copies.get_copy(unit, copy_id)
        row = get_revision(unit, copy.revision_id)
        words = words_of(unit, Procedure.from_json(row.content))
        return render_template(
            "designer/copy.html", copy=copy, row=row,
            changes=changes.compare(row.definition.xml, copy.definition.xml, words),
            is_behind=copy.base_version != row.version,
        )  # fmt: skip


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _json(most: int) -> dict[str, Any]:
    request.max_content_length = most
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise BadDrawingSent("a JSON object", "something else was sent")
    return sent
