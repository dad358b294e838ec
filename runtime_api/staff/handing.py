"""Handing a step to others from its page: lend, give back, move on."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import ProcedureError
from engine.usecases import handing, tasks
from engine.usecases.substitutes import said_away
from runtime_api.errors import status_of
from runtime_api.i18n import language, say
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.lists import NOT_OURS, list_place
from runtime_api.staff.typed import whole


@bp.post("/tasks/<int:task_id>/lend")
def lend(task_id: int) -> ResponseReturnValue:
    def act() -> None:
        with engine().unit(g.actor) as unit:
            handing.delegate_task(
                unit, task_id, whole(request.form.get("to", "")), request.form.get("note", "")
            )

    said = _("Đã nhờ đồng nghiệp; việc sẽ trở lại với bạn khi họ trả.")
    return _handed(task_id, act, said, stays=True, to=request.form.get("to", ""))


@bp.post("/tasks/<int:task_id>/give-back")
def give_back(task_id: int) -> ResponseReturnValue:
    def act() -> None:
        with engine().unit(g.actor) as unit:
            handing.give_back(unit, task_id, request.form.get("note", ""))

    return _handed(task_id, act, _("Việc đã trở lại với người nhờ."), stays=True)


@bp.post("/tasks/<int:task_id>/reassign")
def reassign(task_id: int) -> ResponseReturnValue:
    kind, _sep, number = request.form.get("to", "").partition(".")
    places = {"user": "user_id", "unit": "unit_id"}
    version = request.form.get("version", "")

    def act() -> None:
        chosen = {places[kind]: whole(number)} if kind in places and number else {"user_id": 0}
        with engine().unit(g.actor) as unit:
            handing.reassign_task(
                unit,
                task_id,
                request.form.get("reason", ""),
                version=whole(version) if version else None,
                **chosen,
            )

    to = number if kind == "user" else ""
    return _handed(task_id, act, _("Đã chuyển việc; không cần ai chuyển lại."), stays=False, to=to)


@bp.post("/tasks/<int:task_id>/assign")
def assign(task_id: int) -> ResponseReturnValue:
    def act() -> None:
        with engine().unit(g.actor) as unit:
            tasks.assign_task(unit, task_id, whole(request.form.get("to", "")))

    return _handed(task_id, act, _("Đã giao việc."), stays=False, to=request.form.get("to", ""))


def _handed(task_id: int, act, said: str, *, stays: bool, to: str = "") -> ResponseReturnValue:
    """Act; a refusal is said on the page of the step. Whoever gave it to a person who is away is warned."""
    here = url_for("staff.task", task_id=task_id)
    try:
        act()
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        flash(refusal.say(language()), "error")
        return redirect(here, 303)
    flash(said, "success")
    if to.isdecimal():
        with engine().reading(g.actor) as unit:
            away = said_away(unit, [whole(to)]).get(whole(to))
        if away:
            said = _("Người nhận đang %(away)s; việc sẽ chờ hoặc do người làm thay xử lý.", away=say(away))
            flash(said, "care")
    return redirect(here if stays else list_place(task_id, gone=NOT_OURS), 303)
