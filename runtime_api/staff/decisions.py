"""What is decided about a dossier: more time, another date, a suspension, a correction; a step undone."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import ProcedureError
from engine.store.work import Unit
from engine.usecases import corrections, due_changes, suspensions, undoing
from engine.usecases.decision_pages import get_decisions
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.substitutions import read_day, read_number


@bp.get("/dossiers/<code>/decisions")
def decisions(code: str) -> str:
    with engine().reading(g.actor) as unit:
        return _page(unit, code)


@bp.post("/dossiers/<code>/decisions/<act>")
def decide(code: str, act: str) -> ResponseReturnValue:
    """Carry out one act; a refusal comes back on the page with what was typed."""
    done = ACTS.get(act)
    if done is None:
        return redirect(url_for("staff.decisions", code=code), 303)
    try:
        with engine().unit(g.actor) as unit:
            said = done(unit, get_decisions(unit, code).summary.id)
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        with engine().reading(g.actor) as unit:
            return _page(unit, code, refusal.say(language())), status_of(refusal)
    flash(said, "success")
    return redirect(url_for("staff.decisions", code=code), 303)


@bp.post("/tasks/<int:task_id>/undo")
def undo(task_id: int) -> ResponseReturnValue:
    """Take back one's own last step and go back to it."""
    with engine().unit(g.actor) as unit:
        undoing.undo_step(unit, task_id)
    flash(_("Đã lấy lại bước vừa hoàn thành; nội dung cũ còn trong diễn biến."), "success")
    return redirect(url_for("staff.task", task_id=task_id), 303)


def _extend(unit: Unit, dossier_id: int) -> str:
    form = request.form
    days = read_number(form.get("days", ""), _("số ngày"), "the days")
    due_changes.propose_extension(unit, dossier_id, days, form.get("reason_code", ""), form.get("reason", ""))
    return _("Đã gửi đề nghị gia hạn; hạn chỉ đổi khi lãnh đạo ký.")


def _change(unit: Unit, dossier_id: int) -> str:
    wanted = read_day(request.form.get("wanted", ""), _("ngày hẹn mới"), "the new day")
    due_changes.propose_due_date(unit, dossier_id, wanted, request.form.get("change_reason", ""))
    return _("Đã gửi đề nghị đổi hạn; hạn chỉ đổi khi người thứ hai chấp thuận.")


def _accept(unit: Unit, _dossier_id: int) -> str:
    due_changes.put_in_force(unit, _change_id())
    return _("Đã chấp thuận. Người nộp được báo ngày hẹn mới.")


def _refuse(unit: Unit, _dossier_id: int) -> str:
    due_changes.refuse_change(unit, _change_id(), request.form.get("note", ""))
    return _("Đã ghi; hạn giữ nguyên.")


def _suspend(unit: Unit, dossier_id: int) -> str:
    form = request.form
    suspensions.suspend_dossier(
        unit, dossier_id, form.get("suspend_reason", ""), form.get("suspend_ground", "")
    )
    return _("Đã tạm dừng; đồng hồ dừng từ lúc này.")


def _resume(unit: Unit, dossier_id: int) -> str:
    suspensions.resume_dossier(unit, dossier_id, request.form.get("resume_note", ""))
    return _("Hồ sơ tiếp tục; thời gian tạm dừng được trả lại.")


def _correct(unit: Unit, dossier_id: int) -> str:
    opened = corrections.open_correction(unit, dossier_id, request.form.get("correct_reason", ""))
    return _("Đã mở hồ sơ đính chính %(code)s.", code=opened.code)


ACTS: dict[str, Callable[[Unit, int], str]] = {
    "extend": _extend,
    "change": _change,
    "accept": _accept,
    "refuse": _refuse,
    "suspend": _suspend,
    "resume": _resume,
    "correct": _correct,
}


def _change_id() -> int:
    return read_number(request.form.get("change", ""), _("đề nghị"), "the proposal")


def _page(unit: Unit, code: str, problem: str = "") -> str:
    view = get_decisions(unit, code)
    return render_template(
        "staff/decisions.html", view=view, dossier=view.summary, problem=problem, typed=request.form
    )
