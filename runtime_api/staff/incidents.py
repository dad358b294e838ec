"""Incidents: what the system could not do by itself, and what those who lead decide about it."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import ProcedureError
from engine.store.work import Unit
from engine.usecases import incident_pages, incidents
from engine.usecases.incident_pages import IncidentView
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.typed import FIELD, problems_of

KEY = "k."  # before the names of a message's keys


@bp.get("/incidents")
def incident_list() -> str:
    with engine().reading(g.actor) as unit:
        found = incident_pages.list_incidents(unit)
    return render_template("staff/incidents.html", found=found)


@bp.get("/incidents/<int:incident_id>")
def incident(incident_id: int) -> str:
    with engine().reading(g.actor) as unit:
        view = incident_pages.get_incident(unit, incident_id, request.args.get("field", "")[:120])
    return _page(view)


@bp.post("/incidents/<int:incident_id>/retry")
def retry_incident(incident_id: int) -> ResponseReturnValue:
    note = request.form.get("note", "")
    return _act(
        incident_id,
        lambda unit: incidents.retry_incident(unit, incident_id, note),
        _("Đã thử lại, sự cố kết thúc."),
    )


@bp.post("/incidents/<int:incident_id>/change")
def change_answer(incident_id: int) -> ResponseReturnValue:
    name = request.form.get("field", "")[:120]
    sent = request.form.getlist(FIELD + name)
    with engine().reading(g.actor) as unit:
        field = incident_pages.get_incident(unit, incident_id, name).field
    raw = sent if field is not None and field.type == "multi_choice" else "".join(sent[:1])
    return _act(
        incident_id,
        lambda unit: incidents.change_answer(
            unit, incident_id, name, raw, request.form.get("change_reason", "")
        ),
        _("Đã sửa thông tin và chuyển bước; sự cố kết thúc."),
        name,
        raw,
    )


@bp.post("/incidents/<int:incident_id>/keys")
def change_keys(incident_id: int) -> ResponseReturnValue:
    typed = {name[len(KEY) :]: text for name, text in request.form.items() if name.startswith(KEY)}
    reason = request.form.get("keys_reason", "")
    return _act(
        incident_id,
        lambda unit: incidents.change_keys(unit, incident_id, typed, reason),
        _("Đã sửa khóa; tin đang được gửi lại."),
    )


@bp.post("/incidents/<int:incident_id>/skip")
def skip_incident(incident_id: int) -> ResponseReturnValue:
    flow, reason = request.form.get("flow", "")[:128], request.form.get("skip_reason", "")
    return _act(
        incident_id,
        lambda unit: incidents.skip_incident(unit, incident_id, flow, reason),
        _("Đã bỏ qua, sự cố kết thúc."),
    )


def _act(
    incident_id: int, act: Callable[[Unit], None], said: str, field: str = "", typed: str | list[str] = ""
) -> ResponseReturnValue:
    """Do what was decided; a refusal comes back on the page with what was typed."""
    try:
        with engine().unit(g.actor) as unit:
            act(unit)
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        with engine().reading(g.actor) as unit:
            view = incident_pages.get_incident(unit, incident_id, field)
        return _page(view, refusal, typed), status_of(refusal)
    with engine().reading(g.actor) as unit:
        code = incident_pages.get_incident(unit, incident_id).dossier_code
    flash(said, "success")
    return redirect(url_for("staff.dossier", code=code), 303)


def _page(view: IncidentView, refusal: ProcedureError | None = None, typed: str | list[str] = "") -> str:
    return render_template(
        "staff/incident.html",
        incident=view,
        problem=refusal.say(language()) if refusal else "",
        problems=problems_of(refusal),
        value=typed if refusal and view.field else view.value,
        typed=request.form,
    )
