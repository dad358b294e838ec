"""The pages of the designer: procedures, one revision, the editor, and what the editor asks for."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from designer import proof, review
from designer.drafts import get_revision, open_draft
from designer.requests import day, optional_day
from designer.review import Decision
from designer.review_summary import summary_of
from designer.revisions import (
    get_procedure_page,
    get_revision_page,
    list_procedures,
)
from designer.starting import LIMIT_WORDS, known_fields, own_units, start_procedure
from designer.states import IN_THE_MAKING, LABELS, PENDING
from engine.domain.calendar import ZONE
from engine.domain.texts import Text
from engine.errors import Invalid, Refused
from engine.runtime import Engine
from engine.usecases import migrations
from engine.usecases.authorship import writers
from engine.usecases.oversight import resume_revision, suspend_revision

bp = Blueprint(
    "designer", __name__, url_prefix="/designer", template_folder="templates", static_folder="static"
)

MOST_BYTES = 4 * 1024 * 1024  # a drawing of 2 MB inside JSON; the parser has its own, smaller bound


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)


@bp.get("/")
def procedures() -> ResponseReturnValue:
    text = request.args.get("q", "").strip()
    with _engine().reading(g.actor) as unit:
        lines = list_procedures(unit, text)
        may_start = bool(own_units(unit))
    return render_template("designer/procedures.html", lines=lines, text=text, may_start=may_start)


@bp.get("/new")
def start() -> ResponseReturnValue:
    return _start_page({})


@bp.post("/new")
def start_new() -> ResponseReturnValue:
    """Make a procedure from an empty page; what was typed comes back with the sentence that refuses it."""
    sent = request.form
    value = sent.get("limit_value", "").strip()
    try:
        with _engine().unit(g.actor) as unit:
            revision_id = start_procedure(
                unit,
                key=sent.get("key", ""),
                name=Text(sent.get("name", "").strip(), sent.get("name_en", "").strip()),
                owner_id=sent.get("unit", 0, type=int),
                national_code=sent.get("national_code", ""),
                field=sent.get("field", ""),
                competent=sent.get("competent", "own"),
                limit_kind=sent.get("limit_kind", ""),
                limit_value=int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0,
            )
    except (Invalid, Refused) as refused:
        return _start_page(sent, refused.say(_language())), 422
    flash(_("Đã tạo quy trình và bản nháp đầu tiên."), "success")
    page = "outline.table" if sent.get("then") == "outline" else ".editor"
    return redirect(url_for(page, revision_id=revision_id), 303)


def _start_page(typed: Any, problem: str = "") -> str:
    with _engine().reading(g.actor) as unit:
        units, known = own_units(unit), known_fields(unit)
    return render_template(
        "designer/start.html", typed=typed, problem=problem, units=units, known=known, limits=LIMIT_WORDS
    )


@bp.get("/procedures/<int:procedure_id>")
def procedure(procedure_id: int) -> ResponseReturnValue:
    with _engine().reading(g.actor) as unit:
        page = get_procedure_page(unit, procedure_id)
    return render_template("designer/procedure.html", page=page)


@bp.post("/procedures/<int:procedure_id>/drafts")
def new_draft(procedure_id: int) -> ResponseReturnValue:
    source = request.form.get("from_revision", type=int) or 0
    with _engine().unit(g.actor) as unit:
        revision_id = open_draft(unit, procedure_id, source)
    flash(_("Đã mở bản nháp. Bản đang áp dụng không đổi cho đến khi bản mới được ban hành."), "success")
    return redirect(url_for(".editor", revision_id=revision_id), 303)


@bp.get("/revisions/<int:revision_id>")
def revision(revision_id: int) -> ResponseReturnValue:
    with _engine().reading(g.actor) as unit:
        page = get_revision_page(unit, revision_id, _language())
        report = proof.prove(unit, get_revision(unit, revision_id), page.checks)
        is_made = page.line.state in IN_THE_MAKING
        summary = summary_of(unit, revision_id, page.checks) if is_made else None
    return render_template(
        "designer/revision.html",
        page=page,
        summary=summary,
        today=datetime.now(ZONE).date(),
        proof=report,
        verdict=proof.verdict_words(report) if report else None,
        kinds=proof.KINDS,
    )


@bp.get("/revisions/<int:revision_id>/proof")
def proven(revision_id: int) -> ResponseReturnValue:
    """Every problem that was found, with the shortest way to it on the diagram."""
    with _engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        report = proof.prove(unit, row)
        if report is None:
            return _back(revision_id)
        return render_template(
            "designer/proof.html",
            revision_id=revision_id,
            number=row.number,
            procedure=row.procedure,
            report=report,
            verdict=proof.verdict_words(report),
            problems=proof.shown_problems(report, row.definition.xml, _language()),
        )


@bp.post("/revisions/<int:revision_id>/submit")
def submit(revision_id: int) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        review.submit(unit, revision_id, request.form.get("note", ""), version=_version())
    flash(_("Đã gửi lãnh đạo đơn vị duyệt."), "success")
    return _back(revision_id)


@bp.post("/revisions/<int:revision_id>/approve")
def approve(revision_id: int) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        state = review.approve(unit, revision_id, request.form.get("note", ""), version=_version())
    if state == PENDING:
        flash(_("Đã duyệt. Phiên bản được chuyển lên tỉnh duyệt."), "success")
    else:
        flash(_("Đã duyệt. Phiên bản chờ ban hành theo quyết định."), "success")
    return _back(revision_id)


@bp.post("/revisions/<int:revision_id>/send-back")
def send_back(revision_id: int) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        review.send_back(unit, revision_id, request.form.get("reason", ""), version=_version())
    flash(_("Đã trả lại người soạn, kèm lý do."), "success")
    return _back(revision_id)


@bp.post("/revisions/<int:revision_id>/publish")
def publish(revision_id: int) -> ResponseReturnValue:
    first_day = day("effective_from")
    decision = Decision(
        number=request.form.get("decision_no", ""),
        signed_on=optional_day("decision_date"),
        signer=request.form.get("signer", ""),
        unproven=request.form.get("unproven", "")[:2000],
    )
    with _engine().unit(g.actor) as unit:
        review.publish(unit, revision_id, first_day, decision, version=_version())
    flash(
        _(
            "Đã ban hành, hiệu lực từ %(day)s. Hồ sơ đang giải quyết giữ phiên bản cũ.",
            day=f"{first_day:%d/%m/%Y}",
        ),
        "success",
    )
    return _back(revision_id)


@bp.post("/revisions/<int:revision_id>/suspend")
def suspend(revision_id: int) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        suspend_revision(unit, revision_id, request.form.get("reason", ""))
    flash(
        _("Đã tạm dừng: không nhận hồ sơ mới theo phiên bản này, hồ sơ đang giải quyết đi tiếp."), "success"
    )
    return _back(revision_id)


@bp.post("/revisions/<int:revision_id>/resume")
def resume(revision_id: int) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        resume_revision(unit, revision_id)
    flash(_("Đã áp dụng lại phiên bản này."), "success")
    return _back(revision_id)


@bp.get("/revisions/<int:revision_id>/migration")
def migration(revision_id: int) -> ResponseReturnValue:
    """Running dossiers of older revisions, and what would become of them under this one."""
    with _engine().reading(g.actor) as unit:
        sources = migrations.sources(unit, revision_id)
        chosen = request.args.get("from", type=int) or (sources[0][0] if sources else 0)
        row = get_revision(unit, revision_id)
        return render_template(
            "designer/migration.html",
            revision_id=revision_id,
            number=row.number,
            procedure=row.procedure,
            sources=sources,
            chosen=chosen,
            preview=migrations.preview(unit, chosen, revision_id) if chosen else None,
            past=migrations.past(unit, revision_id),
            own=unit.actor.user_id in writers(unit, revision_id),
            key=secrets.token_urlsafe(18),
        )


@bp.post("/revisions/<int:revision_id>/migration")
def migrate(revision_id: int) -> ResponseReturnValue:
    source, key = request.form.get("from", 0, type=int), request.form.get("submission_key", "")[:64]
    with _engine().unit(g.actor) as unit:
        done = migrations.apply(unit, source, revision_id, request.form.get("reason", ""), key)
    said = _("Đã chuyển %(moved)s hồ sơ; %(refused)s hồ sơ ở lại phiên bản cũ.", **done)
    flash(said, "success")
    return redirect(url_for(".migration", revision_id=revision_id), 303)


@bp.post("/revisions/<int:revision_id>/migration/<int:migration_id>/undo")
def undo_migration(revision_id: int, migration_id: int) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        done = migrations.undo(unit, migration_id, request.form.get("reason", ""))
    said = _("Đã hoàn lại %(undone)s hồ sơ; %(kept)s hồ sơ đã đi tiếp nên giữ nguyên.", **done)
    flash(said, "success")
    return redirect(url_for(".migration", revision_id=revision_id), 303)


def _version() -> int | None:
    return request.form.get("version", type=int)


def _back(revision_id: int) -> ResponseReturnValue:
    return redirect(url_for(".revision", revision_id=revision_id), 303)


def _language() -> str:
    return "en" if str(get_locale() or "vi").startswith("en") else "vi"


def _engine() -> Engine:
    return current_app.extensions["motcua"]


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"revision_states": LABELS}
