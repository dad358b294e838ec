"""Practice: a page for each step of one's roles with a made-up dossier; nothing of it is kept anywhere."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from designer.law import registered
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.scenarios import practice
from engine.store.work import Unit
from engine.usecases.working import ReasonMissing
from runtime_api.errors import status_of
from runtime_api.staff import typed
from runtime_api.staff.blueprint import bp, engine


@bp.get("/practice")
def practice_steps() -> str:
    """The steps that this person may practise, by procedure."""
    text = request.args.get("q", "").strip()[:100]
    with engine().reading(g.actor) as unit:
        steps = practice.list_steps(unit, text)
    groups = [list(group) for _, group in groupby(steps, key=lambda one: one.key)]
    return render_template("staff/practice.html", groups=groups, text=text)


@bp.get("/practice/<key>/<step>")
def practise(key: str, step: str) -> str:
    with engine().reading(g.actor) as unit:
        return _page(unit, key, step)


@bp.post("/practice/<key>/<step>")
def practised(key: str, step: str) -> ResponseReturnValue:
    """Try a decision on the made-up dossier; a refusal keeps what was typed, as on the page of real work."""
    with engine().reading(g.actor) as unit:
        view = practice.open_practice(unit, key, step)
        answers = typed.read_fields(view.form)
        try:
            done = practice.practise(
                unit,
                key,
                step,
                outcome=request.form.get("outcome", "")[:60],
                reason=request.form.get("reason", "").strip()[:2000],
                answers=answers,
            )
        except ProcedureError as refusal:
            return _page(unit, key, step, answers, refusal), status_of(refusal)
    return render_template("staff/practised.html", about=view.about, done=done)


def _page(
    unit: Unit, key: str, step: str, sent: dict[str, Any] | None = None, refusal: ProcedureError | None = None
) -> str:
    view = practice.open_practice(unit, key, step)
    problems = typed.problems_of(refusal)
    if isinstance(refusal, ReasonMissing):
        problems["reason"] = Text(refusal.say("vi"), refusal.say("en"))
    return render_template(
        "staff/practice_step.html",
        view=view,
        law=registered(unit, (one.document for one in view.legal)),
        values=dict(view.values) if sent is None else {**dict.fromkeys(view.values, ""), **sent},
        problems=problems,
        problem=typed.sentence_of(refusal) if refusal and not problems else "",
        reason=request.form.get("reason", ""),
        tried=request.form.get("outcome", ""),
    )
