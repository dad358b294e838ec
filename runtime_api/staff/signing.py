"""Signing and sealing decisions: a queue for a leader's telephone, one for the clerk, one PIN for many."""

from __future__ import annotations

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from engine.documents.pdf import make_pdf
from engine.errors import ProcedureError
from engine.usecases import signing, signing_batches
from engine.usecases.cases import Case
from engine.usecases.enclosures import enclosures_of, list_of
from engine.usecases.tasks import complete_task
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.papers import layout_address, send_pdf


@bp.get("/signing")
def signing_queue() -> str:
    return _queue()


@bp.post("/signing")
def sign_chosen() -> ResponseReturnValue:
    """Sign exactly what was chosen; the answer says for each what came of it."""
    chosen = [_task(one) for one in request.form.getlist("task")[:200]]
    try:
        results = signing_batches.sign_decisions(
            engine(), g.actor, [one for one in chosen if one], request.form.get("pin", "")
        )
    except ProcedureError as refusal:
        return _queue(refusal, {one[0] for one in chosen if one}), status_of(refusal)
    return render_template("staff/signed.html", results=results, again=url_for("staff.signing_queue"))


@bp.get("/signing/<int:task_id>")
def to_sign(task_id: int) -> str:
    """The decision as it would be signed."""
    with engine().reading(g.actor) as unit:
        item, made = signing.compose_decision(unit, task_id)
        code, inside = item.dossier.code, enclosures_of(unit, Case.of(unit, item.dossier))
    return render_template(
        "staff/to_sign.html",
        page=Markup(made.html) + list_of(inside),  # the language of templates escapes every value
        code=code,
        task_id=task_id,
        layout=layout_address(),
    )


@bp.get("/signing/<int:task_id>.pdf")
def to_sign_pdf(task_id: int) -> Response:
    with engine().reading(g.actor) as unit:
        item, made = signing.compose_decision(unit, task_id)
        code, inside = item.dossier.code, enclosures_of(unit, Case.of(unit, item.dossier))
    return send_pdf(make_pdf(made.html + list_of(inside), title=code), f"du-thao-{code}")


@bp.post("/signing/<int:task_id>/return")
def return_unsigned(task_id: int) -> ResponseReturnValue:
    """Send a decision back with a note, instead of signing it."""
    version = request.form.get("version", "")
    try:
        with engine().unit(g.actor) as unit:
            done = complete_task(
                unit,
                task_id,
                outcome=request.form.get("outcome", "return")[:60],
                reason=request.form.get("reason", ""),
                version=int(version) if version.isdecimal() and len(version) < 10 else None,
            )
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        return _queue(refusal), status_of(refusal)
    flash(_("Đã trả lại văn bản của hồ sơ %(code)s kèm ý kiến.", code=done.dossier_code), "success")
    return redirect(url_for("staff.signing_queue"), 303)


@bp.get("/sealing")
def sealing_queue() -> str:
    return _sealing()


@bp.post("/sealing")
def seal_chosen() -> ResponseReturnValue:
    chosen = [int(one) for one in request.form.getlist("document")[:200] if one.isdecimal() and len(one) < 18]
    try:
        results = signing_batches.seal_decisions(engine(), g.actor, chosen, request.form.get("pin", ""))
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        return _sealing(refusal, set(chosen)), status_of(refusal)
    return render_template("staff/signed.html", results=results, again=url_for("staff.sealing_queue"))


def _queue(refusal: ProcedureError | None = None, ticked: set[int] | None = None) -> str:
    with engine().reading(g.actor) as unit:
        lines = signing.signing_queue(unit)
    return render_template(
        "staff/signing.html",
        lines=lines,
        ticked=ticked or set(),
        problem=refusal.say(language()) if refusal else "",
    )


def _sealing(refusal: ProcedureError | None = None, ticked: set[int] | None = None) -> str:
    with engine().reading(g.actor) as unit:
        lines = signing_batches.sealing_queue(unit)
    return render_template(
        "staff/sealing.html",
        lines=lines,
        ticked=ticked or set(),
        problem=refusal.say(language()) if refusal else "",
    )


def _task(text: str) -> tuple[int, int] | None:
    """Read "17.3": the step 17 as its version 3 showed it."""
    task, _dot, version = text.partition(".")
    if task.isdecimal() and version.isdecimal() and len(text) < 30:
        return int(task), int(version)
    return None
