"""The work list and the page of one step: see, take, give back, keep a draft, decide."""

from __future__ import annotations

from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from designer.law import registered
from engine.domain.calendar import ZONE
from engine.domain.texts import Text
from engine.errors import Conflict, ProcedureError
from engine.store.work import Unit
from engine.usecases import choosing, handing, step_reasons, task_pages, tasks, worklists
from engine.usecases.absences import ASSIGNING, named_away
from engine.usecases.examples import last_time
from engine.usecases.form_checks import check_task_form
from engine.usecases.hand_overs import hands_over
from engine.usecases.reasons import LATE, REWORK, ReasonNotChosen, list_reasons
from engine.usecases.step_reasons import Chosen, LateReasonNotChosen
from engine.usecases.stops import LEADERS
from engine.usecases.task_pages import LeadsTo, NextWork, TaskView
from engine.usecases.tasks import Completed, TaskNotOpen
from engine.usecases.working import ReasonMissing
from runtime_api.errors import status_of
from runtime_api.i18n import language, say
from runtime_api.staff import typed
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.drawings import draw_progress
from runtime_api.staff.lists import EVERYWHERE, NOT_MINE, list_place
from runtime_api.staff.typed import Paper

DRAFT_REASON = "_reason"  # beside the form's fields in a draft; no field's name begins so


@bp.post("/tasks/next")
def next_task() -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        task_id = worklists.next_task(unit)
        if task_id is not None:
            tasks.claim_task(unit, task_id)
    if task_id is None:
        flash(_("Không còn việc nào chưa có người nhận mà bạn làm được."), "info")
        return redirect(list_place(), 303)
    return redirect(url_for("staff.task", task_id=task_id), 303)


@bp.get("/tasks/<int:task_id>")
def task(task_id: int) -> str:
    with engine().reading(g.actor) as unit:
        view = task_pages.get_task(unit, task_id)
        return _page(unit, view, typed.as_people_write(view.values))


@bp.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        tasks.claim_task(unit, task_id)
    return redirect(url_for("staff.task", task_id=task_id), 303)


@bp.post("/tasks/<int:task_id>/release")
def release(task_id: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        tasks.release_task(unit, task_id)
    flash(_("Đã trả lại việc; người khác cùng vai trò có thể nhận."), "success")
    return redirect(list_place(task_id, gone=NOT_MINE), 303)


@bp.post("/tasks/<int:task_id>/draft")
def save_draft(task_id: int) -> ResponseReturnValue:
    """Keep what was typed; the page's script gets its time and mark, a browser without script the page.

    Whoever types takes the step, so that two people never write over each other's draft.
    """
    with engine().unit(g.actor) as unit:
        view = task_pages.get_task(unit, task_id)
        raw = typed.read_fields(view.form)
        if view.can_claim:
            tasks.claim_task(unit, task_id)
        reason = request.form.get("reason", "").strip()
        tasks.save_task_draft(unit, task_id, {**raw, **({DRAFT_REASON: reason} if reason else {})})
        at = unit.now
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"saved_at": f"{at.astimezone(ZONE):%H:%M:%S}", "mark": at.isoformat()})
    flash(_("Đã lưu nháp trên máy chủ."), "success")
    return redirect(url_for("staff.task", task_id=task_id), 303)


@bp.post("/tasks/<int:task_id>/look")
def look_at_task(task_id: int) -> str:
    """Say which fields are shown and what formulas give for what stands in the form; nothing is kept."""
    with engine().reading(g.actor) as unit:
        raw = typed.read_fields(task_pages.get_task(unit, task_id).form)
        look = check_task_form(unit, task_id, raw)
    return render_template("staff/_task_look.html", look=look)


@bp.post("/tasks/<int:task_id>/complete")
def complete(task_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        view = task_pages.get_task(unit, task_id)
    raw = typed.read_fields(view.form)
    lines = papers_of(view)
    try:
        with engine().unit(g.actor) as unit:
            done = tasks.complete_task(
                unit,
                task_id,
                outcome=request.form.get("outcome", ""),
                raw=raw,
                reason=request.form.get("reason", ""),
                version=typed.whole(request.form.get("version", "")),
                files=typed.read_files(lines),
                components=typed.read_papers(lines),
                submission_key=typed.submission_key(),
                reasons=Chosen(
                    late=request.form.get("late_code"),
                    late_text=request.form.get("late_text", ""),
                    rework=request.form.get("rework_code"),
                ),
            )
    except ProcedureError as refusal:  # said on the page itself, so that nothing typed is lost
        return _page_again(task_id, raw, refusal)
    flash(what_next(done), "success")
    if view.step.kind == ASSIGNING:
        with engine().reading(g.actor) as unit:
            for one in named_away(unit, task_id, raw):
                flash(say(one), "care")
    _offer_next()
    return redirect(list_place(task_id, gone=EVERYWHERE), 303)


def _offer_next() -> None:
    """Name the most urgent work that is left: first what this person has taken, then what is free."""
    with engine().reading(g.actor) as unit:
        line = worklists.first_line(unit, "mine") or worklists.first_line(unit, "role")
    if line is not None:
        address = url_for("staff.task", task_id=line.id)
        flash("|".join((address, say(line.step_name), line.code, say(line.time.text))), "next")


def what_next(done: Completed) -> str:
    """Return the sentence that says who has the dossier now."""
    if done.ended:
        return _("Hồ sơ %(code)s đã xong.", code=done.dossier_code)
    if not done.next:
        return _("Đã xong bước này. Hồ sơ %(code)s còn chờ các bước khác.", code=done.dossier_code)
    steps = "; ".join(f"{say(one.name)} ({one.unit})" for one in done.next)
    return _("Đã xong. Hồ sơ %(code)s chuyển sang: %(steps)s.", code=done.dossier_code, steps=steps)


def papers_of(view: TaskView) -> list[Paper]:
    """Return the check-list of a step that waits for papers: the missing first, then what may be replaced."""
    if view.step.kind != "wait_citizen":
        return []
    sent = request.form if request.method == "POST" else None
    missing = [typed.paper(code, name, sent, need="mandatory") for code, name in view.missing_components]
    there = {one.code: one for one in view.components if one.received}
    replaced = [typed.paper(one.code, one.name, sent, copy_kind=one.copy_kind) for one in there.values()]
    return missing + replaced


def lead(leads_to: LeadsTo) -> list[str]:
    """Return the sentences under a button: who has it next and for how long, or why it would not work."""
    if say(leads_to.problem):
        return [say(leads_to.problem)]
    lines = [_next_work(one) for one in leads_to.steps]
    if leads_to.waits_for:
        names = ", ".join(say(one) for one in leads_to.waits_for)
        lines.append(_("Còn chờ: %(steps)s", steps=names))
    if leads_to.stops_clock:
        lines.append(_("Đồng hồ của hồ sơ tạm dừng trong lúc chờ."))
    if leads_to.ends:
        lines.append(_("Hồ sơ kết thúc."))
    return lines


def _next_work(step: NextWork) -> str:
    name, time = say(step.name), say(step.time)
    where = _("Chuyển cho %(unit)s: %(step)s", unit=step.unit, step=name) if step.unit else name
    if step.people:
        where = _("%(where)s · %(people)s", where=where, people=", ".join(step.people))
    return _("%(where)s · có %(time)s làm việc", where=where, time=time) if time else where


def _page_again(task_id: int, raw: dict[str, Any], refusal: ProcedureError) -> ResponseReturnValue:
    """Show the page as it was sent, with the refusal in its place."""
    with engine().reading(g.actor) as unit:
        view = task_pages.get_task(unit, task_id)
        page = _page(unit, view, {**dict.fromkeys(view.values, ""), **raw}, refusal)
    return page, status_of(refusal)


def _page(unit: Unit, view: TaskView, values: dict[str, Any], refusal: ProcedureError | None = None) -> str:
    reason = request.form.get("reason", "") if refusal else values.pop(DRAFT_REASON, "")
    problems = typed.problems_of(refusal)
    if isinstance(refusal, ReasonMissing):
        problems["reason"] = Text(refusal.say("vi"), refusal.say("en"))
    if isinstance(refusal, ReasonNotChosen):
        place = "late_code" if isinstance(refusal, LateReasonNotChosen) else "rework_code"
        problems[place] = Text(refusal.say("vi"), refusal.say("en"))
    opened = view.status == "open"
    at_desk = {one.code for one in view.outcomes if view.can_complete and hands_over(view.step, one.code)}
    reworks = [one for one in view.outcomes if step_reasons.is_rework(view.step, one.code)]
    is_late = opened and step_reasons.is_late(view.due_at, unit.now)
    return render_template(
        "staff/task.html",
        task=view,
        back=list_place(view.id),
        places=handing.places_for(unit, view.id) if opened else None,
        loan=handing.lent_to(unit, view.id) if opened else None,
        values=values,
        problems=problems,
        problem="" if problems or not refusal else refusal.say(language()),
        must_reload=isinstance(refusal, Conflict | TaskNotOpen),
        had_files=refusal is not None and typed.had_files(),
        sent=typed.sent_files(unit),
        reason=reason,
        answered=refusal is not None,
        look=check_task_form(unit, view.id, values),
        reason_names=", ".join(say(one.name) for one in view.outcomes if one.needs_reason),
        rework_names=", ".join(say(one.name) for one in reworks),
        rework_reasons=list_reasons(unit, REWORK) if reworks else (),
        late_reasons=list_reasons(unit, LATE) if is_late else (),
        beyond=opened and view.role in LEADERS and view.dossier.rounds >= view.dossier.max_rounds,
        papers=papers_of(view),
        submission_key=typed.submission_key() or typed.new_key(),
        drawing=draw_progress(unit, view.definition_hash, view.marks),
        at_desk=at_desk,
        law=registered(unit, (one.document for one in view.legal)),
        last=last_time(unit, view.id) if view.can_complete and not view.dossier.limited else None,
        lead=lead,
        choices=choosing.choices_of(unit, view.dossier.id) if view.status == "open" else (),
        choice_key=typed.new_key(),
    )
