"""Pages for trying a procedure out: a trial run step by step, and the scenarios that came of such runs.

Both are plain forms. A trial run is carried by its page (`designer.trials`); the server keeps nothing of it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from designer import scenarios
from designer.trials import UNSAVED, TrialRun, scenario_of
from engine.domain.calendar import ZONE
from engine.domain.forms import Form, FormInvalid
from engine.domain.rows import gather_rows
from engine.domain.scenarios import COMPLETE, MESSAGE, SIGNAL, STOP, WAIT, WITHDRAW, Act, Scenario
from engine.domain.texts import Text, fold
from engine.errors import Invalid, ProcedureError, Refused
from engine.runtime import Engine

bp = Blueprint("trials", __name__, url_prefix="/designer", template_folder="templates")

MOST_BYTES = 1024 * 1024
FIELD = "d."
LONGEST_ID = 50
ACTS = (COMPLETE, WAIT, MESSAGE, SIGNAL, WITHDRAW, STOP)


class BadTrial(Invalid):
    """The page carries no scenario that could be played."""

    code = "bad_trial"
    vi = "Không đọc được lần chạy thử trong trang; hãy bắt đầu lại."
    en = "The trial in the page cannot be read; begin anew."


class BadMoment(Invalid):
    """The clock was to be set to something that is no moment."""

    code = "bad_moment"
    vi = "Cần ngày giờ như 23/11/2026 09:10; đang ghi “{found}”."
    en = "A day and hour such as 23/11/2026 09:10 are needed; “{found}” was given."


class NoTitle(Invalid):
    code = "scenario_title_missing"
    vi = "Hãy đặt tên cho kịch bản."
    en = "Give the scenario a title."


class ClockGoesOn(Refused):
    """A clock is not turned back."""

    code = "clock_goes_on"
    vi = "Đồng hồ của lần chạy thử đang là {now}; chỉ đi tới được, không lùi được."
    en = "The trial's clock shows {now}; it only goes forward."


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)
    request.max_content_length = MOST_BYTES
    request.max_form_memory_size = MOST_BYTES


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """`moment_text` writes a moment as it is typed: 23/11/2026 09:10."""
    return {"moment_text": lambda moment: f"{moment.astimezone(ZONE):%d/%m/%Y %H:%M}"}


# --- the trial run --------------------------------------------------------------------------------


@bp.get("/revisions/<int:revision_id>/trial")
def trial(revision_id: int) -> ResponseReturnValue:
    with _engine().reading(g.actor) as unit:
        chosen = request.args.get("scenario", "")
        scenario = scenario_of(unit, revision_id, chosen) if chosen else None
        fill, seed = request.args.get("fill", ""), request.args.get("seed", "1")[:12]
        return _shown(TrialRun(unit, revision_id, scenario, fill=fill, seed=seed))


@bp.post("/revisions/<int:revision_id>/trial")
def act(revision_id: int) -> ResponseReturnValue:
    """Take one more act, and show where that leads; a refusal keeps what was typed."""
    if request.form.get("do") == "save":
        return _save(revision_id)
    with _engine().reading(g.actor) as unit:
        run = TrialRun(unit, revision_id, _carried(), role=_role())
        try:
            _do(run)
        except ProcedureError as refusal:
            return _shown(run, refusal)
        return _shown(run)


def _do(run: TrialRun) -> None:
    do = request.form.get("do", "")
    if run.scenario is None:
        start = _moment(request.form.get("at", ""))
        run.begin(start, _answers(run.procedure.forms.get(run.procedure.reception_form)), _options(run))
    elif do == "undo":
        run.undo()
    elif do in ACTS:
        run.take(_act(run, do))


def _act(run: TrialRun, kind: str) -> Act:
    reason = request.form.get("reason", "").strip()[:2000]
    if kind == WAIT:
        until = _moment(request.form.get("until") or request.form.get("at", ""))
        if until < run.now:
            now = f"{run.now.astimezone(ZONE):%H:%M %d/%m/%Y}"
            raise ClockGoesOn("a later moment", "it is earlier", now=now)
        return Act(kind=WAIT, at=until)
    if kind == COMPLETE:
        step = request.form.get("step", "")[:128]
        form = run.trial.form_of(step) if run.trial else None
        outcome = request.form.get("outcome", "")[:60]
        return Act(at=run.now, step=step, outcome=outcome, reason=reason, answers=_answers(form))
    if kind in (MESSAGE, SIGNAL):
        return Act(kind=kind, at=run.now, name=request.form.get("name", "")[:200])
    return Act(kind=kind, at=run.now, reason=reason)


def _save(revision_id: int) -> ResponseReturnValue:
    title = Text(*(request.form.get(name, "").strip()[:200] for name in ("title_vi", "title_en")))
    carried = _carried()
    if carried is None:
        raise BadTrial("a scenario", "there is none")
    try:
        if not title.vi:
            raise NoTitle("a title", "it is empty")
        with _engine().unit(g.actor) as unit:
            run = TrialRun(unit, revision_id, carried)
            ident = carried.id if carried.id != UNSAVED else scenarios.free_id(run.procedure, _slug(title))
            saved = Scenario.from_json({**carried.as_json(), "id": ident, "title": title.as_json()})
            version = request.form.get("version", type=int)
            scenarios.save_scenario(unit, revision_id, saved, version=version)
    except NoTitle as refusal:
        with _engine().reading(g.actor) as unit:
            return _shown(TrialRun(unit, revision_id, carried, role=_role()), refusal)
    flash(_("Đã lưu kịch bản “%(title)s”.", title=title.vi), "success")
    return redirect(url_for(".list_scenarios", revision_id=revision_id), 303)


def _shown(run: TrialRun, refusal: ProcedureError | None = None) -> ResponseReturnValue:
    problems = dict(refusal.problems) if isinstance(refusal, FormInvalid) else {}
    page = run.page(_language())
    carried = json.dumps(run.scenario.as_json(), ensure_ascii=False) if run.scenario else ""
    answer = render_template(
        "designer/trial.html",
        page=page,
        carried=carried,
        refusal=refusal.say(_language()) if refusal and not problems else "",
        problems=problems,
        typed=_typed() if refusal else {},
        at_step=request.form.get("step", "") if refusal else "",
        unsaved=UNSAVED,
    )
    return (answer, 422) if refusal else answer


# --- the scenarios --------------------------------------------------------------------------------


@bp.get("/revisions/<int:revision_id>/scenarios")
def list_scenarios(revision_id: int) -> ResponseReturnValue:
    with _engine().reading(g.actor) as unit:
        page = scenarios.get_scenarios_page(unit, revision_id, _language())
    return render_template("designer/scenarios.html", page=page)


@bp.post("/revisions/<int:revision_id>/scenarios/<ident>/drop")
def drop(revision_id: int, ident: str) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        scenarios.drop_scenario(unit, revision_id, ident, version=_version())
    flash(_("Đã bỏ kịch bản."), "success")
    return _back(revision_id)


@bp.post("/revisions/<int:revision_id>/scenarios/<ident>/accept")
def accept(revision_id: int, ident: str) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        scenarios.accept_now(unit, revision_id, ident, version=_version())
    flash(_("Kết quả hiện nay là kết quả mong đợi của kịch bản."), "success")
    return _back(revision_id)


@bp.post("/revisions/<int:revision_id>/scenarios/remap")
def remap(revision_id: int) -> ResponseReturnValue:
    pairs = {
        name.removeprefix("new."): value
        for name, value in request.form.items()
        if name.startswith("new.") and value
    }
    if pairs:
        with _engine().unit(g.actor) as unit:
            scenarios.remap_scenarios(unit, revision_id, pairs, version=_version())
        flash(_("Đã nối các bước vào kịch bản."), "success")
    return _back(revision_id)


@bp.post("/revisions/<int:revision_id>/scenarios/clear")
def clear(revision_id: int) -> ResponseReturnValue:
    with _engine().unit(g.actor) as unit:
        digest, reason = request.form.get("difference", "")[:64], request.form.get("reason", "")
        scenarios.clear_difference(unit, revision_id, digest, reason, version=_version())
    flash(_("Đã ghi lý do; điểm khác này không còn chặn ban hành."), "success")
    return _back(revision_id)


# --- what was sent --------------------------------------------------------------------------------


def _carried() -> Scenario | None:
    """The scenario that the page carries: read like any file, so nothing in it is trusted."""
    text = request.form.get("scenario", "")
    if not text:
        return None
    try:
        return Scenario.from_json(json.loads(text))
    except (ValueError, RecursionError) as bad:
        raise BadTrial("a scenario", "it cannot be read") from bad


def _role() -> str:
    """Whose steps alone are offered; the page carries it like everything else."""
    return request.form.get("as", "")[:60]


def _answers(form: Form | None) -> dict[str, Any]:
    """What was typed into a form; what was left empty is no answer."""
    fields = form.fields if form else ()
    many = {one.name for one in fields if one.type in ("multi_choice", "file")}
    names = [name.removeprefix(FIELD) for name in request.form if name.startswith(FIELD)]
    found = {
        name: request.form.getlist(FIELD + name) if name in many else request.form[FIELD + name]
        for name in names
    }
    return {name: value for name, value in gather_rows(fields, found).items() if value}


def _typed() -> dict[str, Any]:
    values = request.form.to_dict(flat=False)
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}


def _options(run: TrialRun) -> dict[str, Any]:
    """Switches that the page set otherwise than the procedure does, in their own kind."""
    return {
        name: chosen
        for name, known in run.procedure.options.items()
        if (chosen := _like(known, request.form.get(f"o.{name}"))) != known
    }


def _like(known: Any, text: str | None) -> Any:
    if text is None or not text.strip():
        return known
    if isinstance(known, bool):
        return text == "true"
    if isinstance(known, int):
        return int(text) if text.strip().isdecimal() and len(text) < 10 else known
    return text.strip()[:60]


def _moment(text: str) -> datetime:
    for shape in ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%H:%M %d/%m/%Y", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(" ".join(text.split()), shape).replace(tzinfo=ZONE)
        except ValueError:
            continue
    raise BadMoment("a moment", text[:40])


def _slug(title: Text) -> str:
    """Return a file's name for a title: small letters without marks, joined by dashes."""
    words = "".join(one if one.isascii() and one.isalnum() else " " for one in fold(title.vi)).split()
    return "-".join(words)[:LONGEST_ID].strip("-") or "kich-ban"


def _version() -> int | None:
    return request.form.get("version", type=int)


def _back(revision_id: int) -> ResponseReturnValue:
    return redirect(url_for(".list_scenarios", revision_id=revision_id), 303)


def _language() -> str:
    return "en" if str(get_locale() or "vi").startswith("en") else "vi"


def _engine() -> Engine:
    return current_app.extensions["motcua"]
