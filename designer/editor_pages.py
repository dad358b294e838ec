"""What the diagram editor asks the server for: its page, drawings, saving, problems, repairs, conditions."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from designer import copies
from designer.checks import check_diagram
from designer.conditions import OPERATOR_NAMES, as_json, asked_of, from_json
from designer.decision_grids import decisions_of
from designer.draft_pages import MOST_BYTES, MOST_WORDS
from designer.drafts import get_revision, may_change_locked, save_draft
from designer.kinds import offered_kinds
from designer.mending import mend
from designer.outline import form_fields
from designer.pages import bp
from designer.presence import check_free
from designer.problems import Problems, list_problems
from designer.requests import engine, language
from designer.revisions import RevisionPage, get_revision_page, words_of
from engine.bpmn.drawn import laid_out, with_picture
from engine.bpmn.lanes import with_lanes
from engine.domain.calendar import ZONE
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.feel import FeelError
from engine.feel.conditions import parse_condition, to_feel
from engine.feel.sentences import Subject, say_condition
from engine.store.work import Unit

MOST_SUBJECTS = 200


class BadSubmission(Invalid):
    """What the editor sent is not what it always sends."""

    code = "bad_submission"
    vi = "Máy chủ không đọc được bản vẽ vừa gửi: cần {expected}. Hãy tải lại trang rồi thử lại."
    en = "The server could not read the drawing: it needs {expected}. Reload the page and try again."


@bp.get("/revisions/<int:revision_id>/edit")
def editor(revision_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        page = get_revision_page(unit, revision_id, language(), checked=False)
        if "edit" not in page.may:
            return redirect(url_for(".revision", revision_id=revision_id), 303)
        facts = _facts(unit, page)
        facts["urls"] |= {name: url_for(f".{name}", revision_id=revision_id) for name in ("xml", "save")}
        mine = copies.own_copies(unit, revision_id)
    return render_template("designer/editor.html", page=page, facts=facts, copy=None, copies=mine)


@bp.get("/copies/<int:copy_id>/edit")
def edit_copy(copy_id: int) -> ResponseReturnValue:
    """The editor on a copy of a draft that somebody else has open."""
    with engine().reading(g.actor) as unit:
        copy = copies.get_copy(unit, copy_id)
        page = get_revision_page(unit, copy.revision_id, language(), checked=False)
        if copy.ended:
            return redirect(url_for("drafts.copy_page", copy_id=copy_id), 303)
        facts = _facts(unit, page)
        facts["copy"], facts["version"] = copy_id, copy.version
        facts["urls"] |= {
            "xml": url_for("drafts.copy_xml", copy_id=copy_id),
            "save": url_for("drafts.save_copy", copy_id=copy_id),
        }
        return render_template("designer/editor.html", page=page, facts=facts, copy=copy, copies=())


@bp.get("/revisions/<int:revision_id>/xml")
def xml(revision_id: int) -> ResponseReturnValue:
    """The drawing; `?drawn=1` gives a picture to one that has none, as the editor needs it."""
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        data, name = row.definition.xml, f"{row.procedure.key}-{row.number}.bpmn"
    if request.args.get("drawn"):
        data = with_picture(data)
    answer = Response(data, mimetype="application/xml")
    answer.headers["Cache-Control"] = "no-store"  # a draft changes under the same address
    if request.args.get("download"):
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.post("/revisions/<int:revision_id>/save")
def save(revision_id: int) -> ResponseReturnValue:
    """Save what is on the screen; `auto` marks a save that the page makes by itself."""
    sent = _sent_json()
    drawing = sent["xml"].encode()
    with engine().unit(g.actor) as unit:
        check_free(unit, revision_id)
        version = save_draft(
            unit,
            revision_id,
            xml=drawing,
            version=sent["version"],
            note=str(sent.get("note", "")),
            how="auto" if sent.get("auto") else "saved",
        )
        found = list_problems(unit, get_revision(unit, revision_id), drawing, language())
        saved_at = unit.now.astimezone(ZONE)
    return jsonify(version=version, saved_at=f"{saved_at:%H:%M}", **_said(found))


@bp.post("/revisions/<int:revision_id>/lint")
def lint(revision_id: int) -> ResponseReturnValue:
    drawing = _drawing()
    with engine().reading(g.actor) as unit:
        found = list_problems(unit, get_revision(unit, revision_id), drawing, language())
    return jsonify(**_said(found))


@bp.post("/revisions/<int:revision_id>/mend")
def mend_drawing(revision_id: int) -> ResponseReturnValue:
    """Answer with the drawing on the screen after one repair; nothing is saved."""
    sent = _sent_json(needs_version=False)
    drawing = sent["xml"].encode()
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        findings = list(check_diagram(unit, row, drawing).own)
        key, answer = str(sent.get("repair", ""))[:200], str(sent.get("answer", ""))[:200]
        mended = mend(drawing, key, findings, Procedure.from_json(row.content), answer)
    return jsonify(xml=with_picture(mended).decode())


@bp.post("/revisions/<int:revision_id>/arranged")
def arranged(revision_id: int) -> ResponseReturnValue:
    """Answer with the drawing on the screen laid out anew, by columns or with a lane for each role."""
    sent = _sent_json(needs_version=False)
    drawing = sent["xml"].encode()
    with engine().reading(g.actor) as unit:
        words = words_of(unit, Procedure.from_json(get_revision(unit, revision_id).content))
    drawn = with_lanes(drawing, words.roles) if sent.get("lanes") else laid_out(drawing)
    return jsonify(xml=drawn.decode())


@bp.post("/revisions/<int:revision_id>/condition")
def condition(revision_id: int) -> ResponseReturnValue:
    """Turn a condition from FEEL into its model, or back; say it in both languages.

    `{"feel"}` or `{"model"}` comes in, with `subjects` for choices of steps that are not saved yet.
    """
    request.max_content_length = MOST_WORDS
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not ("feel" in sent or "model" in sent):
        raise BadSubmission("a condition", "something else was sent")
    with engine().reading(g.actor) as unit:
        content = Procedure.from_json(get_revision(unit, revision_id).content)
    try:
        found = from_json(sent["model"]) if "model" in sent else parse_condition(str(sent["feel"])[:10_000])
        feel = to_feel(found) if "model" in sent else str(sent["feel"]).strip()
    except (FeelError, Invalid) as error:
        return jsonify(error=error.say(language()))
    said = say_condition(found, {**form_fields(content.forms.values()), **_subjects(sent.get("subjects"))})
    return jsonify(feel=feel, model=as_json(found), sentence={"vi": said.vi, "en": said.say("en")})


def _subjects(sent: Any) -> dict[str, Subject]:
    """Read what the page calls choices at steps: {name: {"label": {…}, "options": [[code, {…}]]}}."""
    found = {}
    for name, one in list(sent.items())[:MOST_SUBJECTS] if isinstance(sent, dict) else ():
        try:
            options = {str(code): _text(words) for code, words in one.get("options", [])}
            found[str(name)] = Subject(_text(one["label"]), options)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise BadSubmission("what choices are called", "something else was sent") from None
    return found


def _text(sent: Any) -> Text:
    return Text(str(sent.get("vi", ""))[:500], str(sent.get("en", ""))[:500])


def _facts(unit: Unit, page: RevisionPage) -> dict[str, Any]:
    """Return what the editor's script needs to know, as JSON values."""
    words = words_of(unit, page.content)
    address = {"revision_id": page.line.id}
    asked = asked_of(page.content.forms.values())
    drawn = (
        *("lint", "mend_drawing", "arranged", "condition"),
        *("drafts.present", "drafts.said", "drafts.copy_it", "drafts.saves", "outline.table"),
        "terms.show",
    )
    names = {name: url_for(name if "." in name else f".{name}", **address) for name in drawn}
    return {
        "lang": language(),
        "revision": page.line.id,
        "procedure": page.procedure.key,
        "version": page.version,
        "canLock": may_change_locked(unit),
        "title": page.procedure.name.as_json(),
        "locks": page.locks,
        "lockedBy": page.base.decision_no if page.base else "",
        "kinds": offered_kinds(words.roles, language()),
        "roles": _named(words.roles),
        "participants": _named(words.participants),
        "forms": _named(words.forms),
        "fee": page.content.fee.text.as_json(),
        "feeRule": page.content.fee.rule,
        "feeSource": page.content.fee.source,
        "components": [{"code": one.code, "name": one.name.as_json()} for one in page.content.components],
        "asked": [one.as_json() for one in asked],
        "operators": _named(OPERATOR_NAMES),
        "decisions": [{"id": key, "name": name} for key, name in decisions_of(page.content)],
        "copy": 0,
        "urls": {
            **{name.rpartition(".")[2]: address for name, address in names.items()},
            "parts": f"{names['outline.table']}/parts/",
        },
    }


def _named(all_: Any) -> list[dict[str, Any]]:
    return [{"code": code, "name": name.as_json()} for code, name in all_.items()]


def _said(found: Problems) -> dict[str, Any]:
    return found.as_json(language())


def _drawing() -> bytes:
    request.max_content_length = MOST_BYTES
    return request.get_data(cache=False)


def _sent_json(*, needs_version: bool = True) -> dict[str, Any]:
    request.max_content_length = MOST_BYTES
    sent = request.get_json(silent=True)
    is_right = isinstance(sent, dict) and isinstance(sent.get("xml"), str)
    if not is_right or (needs_version and not isinstance(sent.get("version"), int)):
        raise BadSubmission("the drawing and its version", "something else was sent")
    return sent
