"""Drafts: saved by the page while somebody types, listed for their owner, thrown away on purpose."""

from __future__ import annotations

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from engine.domain.calendar import ZONE
from engine.usecases.drafts import NewDraft, discard_draft, list_drafts, save_draft
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.typed import typed_values

ABOUT = "_draft."  # fields about the draft itself; no field of a page begins so


@bp.get("/drafts")
def drafts() -> str:
    with engine().reading(g.actor) as unit:
        return render_template("staff/drafts.html", drafts=list_drafts(unit))


@bp.post("/drafts")
def keep_draft() -> ResponseReturnValue:
    """Keep a draft; the answer says when, by the clock of the office."""
    sent = request.form
    new = NewDraft(
        id=sent.get(f"{ABOUT}id", ""),
        kind=sent.get(f"{ABOUT}kind", ""),
        title=sent.get(f"{ABOUT}title", ""),
        address=sent.get(f"{ABOUT}address", ""),
        number=_whole(sent.get(f"{ABOUT}number", "")),
        values=typed_values(sent),
    )
    with engine().unit(g.actor) as unit:
        saved_at = save_draft(unit, new)
    return jsonify({"saved_at": f"{saved_at.astimezone(ZONE):%H:%M:%S}"})


@bp.post("/drafts/<draft_id>/discard")
def throw_away(draft_id: str) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        discard_draft(unit, draft_id)
    flash(_("Đã bỏ bản nháp."), "success")
    return redirect(url_for("staff.drafts"), 303)


@bp.get("/session")
def session_facts() -> ResponseReturnValue:
    """Tell a page that was open for long who is signed in now, and give it a token for its forms."""
    return jsonify({"user": g.actor.user_id, "csrf": generate_csrf()})


@bp.get("/signed-in")
def signed_in() -> str:
    """Where signing in leads when another tab still holds what was being typed."""
    return render_template("staff/signed_in.html")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
