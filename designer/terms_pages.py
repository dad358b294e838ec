"""The page of a revision's papers, fee, limit and law: plain forms, one save an act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from designer import condition_form, terms
from designer.conditions import OPERATOR_NAMES, asked_of
from designer.contents import change_content, may_change
from designer.drafts import get_revision
from designer.form_views import about
from designer.requests import engine, language
from engine.domain.calendar import local_day
from engine.domain.procedures import Legal, Procedure
from engine.errors import Conflict, Forbidden, NotFound, ProcedureError

bp = Blueprint(
    "terms",
    __name__,
    url_prefix="/designer/revisions/<int:revision_id>/terms",
    template_folder="templates",
)
ACTS = {"fee": terms.write_fee, "limit": terms.write_limit, "laws": terms.write_laws}


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)
    request.max_content_length = 256 * 1024


@bp.get("/")
def show(revision_id: int) -> ResponseReturnValue:
    return _page(revision_id, {}, "")


@bp.post("/")
def change(revision_id: int) -> ResponseReturnValue:
    """Make one change; refused, it comes back with its sentence and all that was typed."""
    do, code = request.form.get("do", ""), request.form.get("code", "")[:60]
    try:
        with engine().unit(g.actor) as unit:
            version = request.form.get("version", type=int)
            change_content(unit, revision_id, version, lambda content: _change(content, do, code))
    except Conflict as stale:
        return _page(revision_id, request.form, stale.say(language())), 409
    except (Forbidden, NotFound):
        raise
    except ProcedureError as refused:
        return _page(revision_id, request.form, refused.say(language())), 422
    flash(_("Đã lưu."), "success")
    anchor = do if do in ACTS else "papers"
    return redirect(url_for(".show", revision_id=revision_id, _anchor=anchor), 303)


def _change(content: dict[str, Any], do: str, code: str) -> None:
    if do in ACTS:
        ACTS[do](content, request.form)
    elif do in ("paper", "new-paper"):
        terms.write_paper(content, code if do == "paper" else "", request.form)
    elif do == "drop-paper":
        terms.drop_paper(content, code)
    elif do in ("up", "down"):
        terms.move_paper(content, code, -1 if do == "up" else 1)
    else:
        abort(400)


def _page(revision_id: int, typed: Any, refusal: str) -> str:
    with engine().reading(g.actor) as unit:
        row = get_revision(unit, revision_id)
        procedure = Procedure.from_json(row.content)
        heads = {key: about(unit, row, key) for key in ("components", "fee", "limit", "legal")}
        may = {key: may_change(unit, row, key) for key in heads}
        amount, why_not = terms.example_fee(procedure, local_day(unit.now))
    fee = terms.parts_of(procedure.fee)
    own = typed if typed.get("do") == "fee" else {}
    return render_template(
        "designer/terms.html",
        about=next((one for key, one in heads.items() if not may[key]), heads["fee"]),
        procedure=procedure,
        may=may,
        fee=fee,
        exempt=condition_form.show(fee.exempt, own, "x_"),
        amount=amount,
        why_not=why_not,
        laws=[*procedure.legal, *[Legal(document="")] * terms.BLANK_LAWS],
        asked=asked_of(procedure.forms.values()),
        operators=OPERATOR_NAMES,
        words={"kinds": terms.KIND_WORDS, "needs": terms.NEED_WORDS, "moments": terms.WHEN_WORDS,
               "limits": terms.LIMIT_WORDS},
        typed=typed,
        refusal=refusal,
    )  # fmt: skip
