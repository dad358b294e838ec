"""Acts on many steps: choose, say what to do, watch it being done, read what came of each."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import ProcedureError
from engine.usecases import bulk, bulk_signing, worklists
from engine.usecases.dossier_pages import lines_by_code
from engine.usecases.list_queries import ListQuery
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.lists import EVERYWHERE, LONGEST_PLACE, NOT_MINE, NOT_OURS, list_place
from runtime_api.staff.typed import whole

MOST_PRINTED = 1_000  # dossiers on one list


@bp.post("/many")
def choose_many() -> ResponseReturnValue:
    """Keep the ticked steps, or all of the list as it is filtered, and ask what to do with them."""
    try:
        with engine().unit(g.actor) as unit:
            if request.form.get("all"):
                query = ListQuery.of(dict(parse_qsl(request.form.get("query", "")[:LONGEST_PLACE])))
                chosen = worklists.all_of(unit, query, bulk.MOST + 1)
            else:
                chosen = _ticked()
            bulk_id = bulk.prepare(unit, chosen)
    except ProcedureError as refusal:
        flash(refusal.say(language()), "error")
        return redirect(list_place(), 303)
    if request.form.get("act") == "reassign":  # assigned on the list itself; what is missing is asked there
        return begin_many(bulk_id)
    return redirect(url_for("staff.many", bulk_id=bulk_id), 303)


@bp.get("/many/<int:bulk_id>")
def many(bulk_id: int) -> str:
    return _page(bulk_id)


@bp.get("/many/<int:bulk_id>/progress")
def many_progress(bulk_id: int) -> ResponseReturnValue:
    """The part that changes while the work is done; script asks for it until it is over."""
    with engine().reading(g.actor) as unit:
        view = bulk.describe(unit, bulk_id)
    answer = render_template("staff/_many_progress.html", view=view)
    if view.state == "done":  # the page as a whole says something else now
        return answer, 200, {"HX-Refresh": "true"}
    return answer


@bp.post("/many/<int:bulk_id>/begin")
def begin_many(bulk_id: int) -> ResponseReturnValue:
    sent = request.form
    facts: dict[str, Any] = {"reason": sent.get("reason", "").strip()[:2_000]}
    act = sent.get("act", "")
    if act.startswith("complete:"):
        act, facts["outcome"] = "complete", act.removeprefix("complete:")[:60]
    if act == "reassign":
        kind, _sep, number = sent.get("to", "").partition(".")
        if kind in ("user", "unit") and number:
            facts[kind] = whole(number)
    try:
        if act == bulk.SIGN:
            bulk_signing.sign_chosen(engine(), g.actor, bulk_id, sent.get("pin", ""))
            return redirect(url_for("staff.many", bulk_id=bulk_id), 303)
        with engine().unit(g.actor) as unit:
            began = bulk.begin(unit, bulk_id, act, facts)
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        return _page(bulk_id, refusal), status_of(refusal)
    if began:
        with engine().reading(g.actor) as unit:
            small = bulk.describe(unit, bulk_id).total <= bulk.AT_ONCE
        while small and bulk.carry_out(engine(), bulk_id, bulk.AT_ONCE):
            pass
    return redirect(url_for("staff.many", bulk_id=bulk_id), 303)


@bp.get("/many/<int:bulk_id>/sheet")
def many_sheet(bulk_id: int) -> str:
    """The chosen dossiers as a list to print and to hand over with the papers."""
    with engine().reading(g.actor) as unit:
        codes = bulk.chosen_codes(unit, bulk_id)
        lines = lines_by_code(unit, codes[:MOST_PRINTED])
        unknown = bulk.unknown_steps(unit, bulk_id)
        now = unit.now
    printed = {one.code for one in lines}
    return render_template(
        "staff/many_sheet.html",
        lines=lines,
        hidden=[one for one in codes[:MOST_PRINTED] if one not in printed],
        unknown=unknown,
        left=len(codes[MOST_PRINTED:]),
        now=now,
        bulk_id=bulk_id,
    )


def _page(bulk_id: int, refusal: ProcedureError | None = None) -> str:
    with engine().reading(g.actor) as unit:
        view = bulk.describe(unit, bulk_id)
        signs = view.state == "prepared" and bulk_signing.may_sign_all(unit, bulk_id)
    return render_template(
        "staff/many.html",
        view=view,
        signs=signs,
        problem=refusal.say(language()) if refusal else "",
        typed=request.form,
        back=_back(view),
        title=_titles().get(view.act, _("Làm hàng loạt")),
    )


def _back(view: bulk.BulkView) -> str:
    """Return the address of the list, at the first of the chosen lines or what stands there now."""
    if not view.lines:
        return list_place()
    first = view.lines[0]
    left = {"complete": EVERYWHERE, "sign": EVERYWHERE, "reassign": NOT_OURS, "release": NOT_MINE}
    gone = left.get(view.act, ()) if first.state == "done" else ()
    return list_place(first.task_id, gone=gone)


def _titles() -> dict[str, str]:
    return {
        "complete": _("Hoàn thành hàng loạt"),
        "claim": _("Nhận hàng loạt"),
        "release": _("Trả lại hàng loạt"),
        "reassign": _("Chuyển hàng loạt"),
        "watch": _("Theo dõi hàng loạt"),
        "sign": _("Ký hàng loạt"),
    }


def _ticked() -> list[tuple[int, int]]:
    """Read the ticks: "number.version"; what is no number comes from no page of ours."""
    found = []
    for one in request.form.getlist("t")[: bulk.MOST + 1]:
        number, _sep, version = one.partition(".")
        found.append((whole(number), whole(version or "0")))
    return found
