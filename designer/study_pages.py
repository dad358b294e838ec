"""Pages of what a revision would do: its impact on dossiers, and a simulated month beside another."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from designer import impact, what_if
from designer.drafts import get_revision
from designer.form_views import about
from designer.requests import engine
from designer.revisions import role_names
from designer.what_if import Asked, BadInputs
from engine.domain.texts import Text
from engine.store.study_rows import StudyRow
from engine.usecases.studies import AT_ONCE, finish_small, stop_study

bp = Blueprint(
    "studies", __name__, url_prefix="/designer/revisions/<int:revision_id>", template_folder="templates"
)


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)


@bp.get("/impact")
def show_impact(revision_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        page = impact.get_impact(unit, revision_id)
        head = about(unit, get_revision(unit, revision_id), "")
        may_move = head.state == "PUBLISHED" and unit.actor.holds("PROC_APPROVER_PROV") is not None
        roles = role_names(unit)
    return render_template(
        "designer/impact.html",
        about=head,
        page=page,
        study=_shown(page.study),
        may_move=may_move,
        usual=impact.USUAL_DOSSIERS,
        most=impact.MOST_DOSSIERS,
        roles=roles,
    )


@bp.post("/impact")
def begin_impact(revision_id: int) -> ResponseReturnValue:
    days, most = (request.form.get(name, type=int) for name in ("days", "most"))
    with engine().unit(g.actor) as unit:
        study = impact.begin_impact(unit, revision_id, days or 365, most or impact.USUAL_DOSSIERS)
        is_small = (most or impact.USUAL_DOSSIERS) <= AT_ONCE
    if is_small:
        finish_small(engine(), study)
    return redirect(url_for(".show_impact", revision_id=revision_id, _anchor="past"), 303)


@bp.get("/what-if")
def show_what_if(revision_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        inputs = what_if.get_inputs(unit, revision_id)
        study, is_stale = what_if.last_what_if(unit, revision_id)
        head = about(unit, get_revision(unit, revision_id), "")
        roles = role_names(unit)
    return render_template(
        "designer/what_if.html",
        about=head,
        inputs=inputs,
        study=_shown(study),
        is_stale=is_stale,
        given=study.given if study else {},
        roles=roles,
    )


@bp.post("/what-if")
def begin_what_if(revision_id: int) -> ResponseReturnValue:
    asked = _asked()
    with engine().unit(g.actor) as unit:
        what_if.begin_what_if(unit, revision_id, asked)
    return redirect(url_for(".show_what_if", revision_id=revision_id, _anchor="result"), 303)


@bp.post("/studies/<int:study_id>/stop")
def stop(revision_id: int, study_id: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        stop_study(unit, study_id)
    back = ".show_impact" if request.form.get("kind") == impact.KIND else ".show_what_if"
    return redirect(url_for(back, revision_id=revision_id), 303)


def _asked() -> Asked:
    form = request.form
    staff = {
        name.removeprefix("staff."): int(_number(value, name))
        for name, value in form.items()
        if name.startswith("staff.") and value.strip()
    }
    times: dict[str, tuple[float, float, float]] = {}
    for name in form:
        found = re.fullmatch(r"time\.(.+)\.low", name)
        if found:
            low, mode, high = (_number(form.get(f"time.{found[1]}.{one}", ""), found[1]) for one in _SPREAD)
            times[found[1]] = (low, mode, high)
    return Asked(
        arrivals=_number(form.get("arrivals", ""), "arrivals"),
        days=int(_number(form.get("days", ""), "days")),
        repetitions=int(_number(form.get("repetitions", ""), "repetitions")),
        seed=int(_number(form.get("seed", "1"), "seed")),
        staff=staff,
        times=times,
    )


_SPREAD = ("low", "mode", "high")


def _number(text: str, name: str) -> float:
    plain = text.strip().replace(" ", "")
    plain = plain.replace(".", "").replace(",", ".") if "," in plain else plain
    if not re.fullmatch(r"\d{1,7}(\.\d{1,4})?", plain, re.ASCII):
        raise BadInputs(
            "a number",
            f"“{text}” was given",
            reason_vi=f"cần một số từ 0 trở lên, đang ghi “{text[:40]}”.",
            reason=f"a number of at least 0 is needed, not “{text[:40]}”.",
        )
    return float(plain)


def _shown(study: StudyRow | None) -> dict[str, Any] | None:
    if study is None:
        return None
    percent = round(100 * study.done / study.total) if study.total else 0
    return {
        "id": study.id,
        "kind": study.kind,
        "state": study.state,
        "done": study.done,
        "total": study.total,
        "percent": min(percent, 100),
        "result": _with_texts(study.result),
        "error": Text(study.error_vi, study.error_en),
        "begun_at": study.begun_at,
    }


def _with_texts(value: Any) -> Any:
    """Return a stored result with its texts as `Text`, so that pages say them in their language."""
    if isinstance(value, dict):
        if value and value.keys() <= {"vi", "en"}:
            return Text.of(value)
        return {key: _with_texts(one) for key, one in value.items()}
    return [_with_texts(one) for one in value] if isinstance(value, list) else value
