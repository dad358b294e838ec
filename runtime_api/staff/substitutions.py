"""Who stands in for whom: the list, the form that warns before it saves, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.store.work import Unit
from engine.usecases import substitutes
from engine.usecases.substitutes import BadSubstitution, NewSubstitution
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.staff.blueprint import bp, engine

LIMITS = 2  # lines of the form


@bp.get("/substitutions")
def substitutions() -> str:
    with engine().reading(g.actor) as unit:
        return _page(unit)


@bp.post("/substitutions")
def substitute() -> ResponseReturnValue:
    """Save, or show what is doubtful first; a refusal comes back with what was typed."""
    try:
        new = _read(request.form)
        with engine().reading(g.actor) as unit:
            doubts = substitutes.look_at_substitution(unit, new)
            if doubts and request.form.get("seen") != "1":
                return _page(unit, doubts=doubts)
        with engine().unit(g.actor) as unit:
            substitutes.substitute(unit, new)
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        with engine().reading(g.actor) as unit:
            return _page(unit, refusal.say(language())), status_of(refusal)
    flash(_("Đã lập việc thay. Người thay đã được báo."), "success")
    return redirect(url_for("staff.substitutions"), 303)


@bp.post("/substitutions/<int:number>/revoke")
def revoke_substitution(number: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        substitutes.revoke_substitution(unit, number, request.form.get("revoke_reason", ""))
    flash(_("Đã thu hồi; người thay không làm thay được nữa từ lúc này."), "success")
    return redirect(url_for("staff.substitutions"), 303)


def _page(unit: Unit, problem: str = "", doubts: list[Text] | None = None) -> str:
    chairs = substitutes.lendable_chairs(unit)
    return render_template(
        "staff/substitutions.html",
        lines=substitutes.list_substitutions(unit),
        chairs=chairs,
        roles=dict(role for chair in chairs for role in chair.roles),
        takers=substitutes.possible_takers(unit) if chairs else [],
        forms=substitutes.signing_forms(unit).values(),
        procedures=substitutes.lendable_procedures(unit) if chairs else [],
        limits=range(LIMITS),
        typed=request.form,
        problem=problem,
        doubts=doubts or [],
        today=unit.now,
    )


def _read(form: Mapping[str, str]) -> NewSubstitution:
    """Read the form.

    Raises:
        BadSubstitution: If a number or a day cannot be read.
    """
    values = request.form
    return NewSubstitution(
        assignment_id=read_number(form.get("chair", ""), "chức vụ", "the chair"),
        taker_id=read_number(form.get("taker", ""), "người thay", "the substitute"),
        roles=frozenset(values.getlist("role")),
        procedures=frozenset(
            read_number(one, "thủ tục", "the procedure") for one in values.getlist("procedure")
        ),
        limits={
            name: read_number(form.get(f"most_{at}", ""), "giới hạn", "the limit")
            for at in range(LIMITS)
            if (name := form.get(f"limit_{at}", "").strip()[:60])
        },
        starts_on=read_day(form.get("starts_on", ""), "ngày đầu", "the first day"),
        ends_on=read_day(form.get("ends_on", ""), "ngày cuối", "the last day"),
        form=form.get("form", "")[:5],
        decision_no=form.get("decision_no", ""),
        decision_on=read_day(form["decision_on"], "ngày văn bản", "the day of the decision")
        if form.get("decision_on")
        else None,
        reason=form.get("reason", ""),
    )


def read_number(text: str, what: str, what_en: str) -> int:
    """Read a whole number as typed, with dots between thousands."""
    plain = text.strip().replace(".", "").replace(" ", "")
    if not plain.isdecimal() or len(plain) > 15:
        raise BadSubstitution("a whole number", repr(text)[:40], what=what, what_en=what_en)
    return int(plain)


def read_day(text: str, what: str, what_en: str) -> date:
    """Read a day as typed: 31/12/2026, or as a date field sends it."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
    raise BadSubstitution("a day such as 31/12/2026", repr(text)[:40], what=what, what_en=what_en)
