"""The blueprint of the leaders' pages; only those who lead a unit may open them."""

from __future__ import annotations

from flask import Blueprint, current_app, g

from engine.domain.access import RoleMissing
from engine.runtime import Engine
from engine.usecases.visibility import LEADERS
from runtime_api.auth import require_person
from runtime_api.page_words import page_words

bp = Blueprint("leader", __name__, url_prefix="/leader")
bp.context_processor(page_words)


@bp.before_request
def only_leaders() -> None:
    require_person()
    if not g.actor.roles & LEADERS:
        wanted = ", ".join(sorted(LEADERS))
        raise RoleMissing("a leader's role", "no assignment gives one", role=wanted, where="—")


def engine() -> Engine:
    return current_app.extensions["motcua"]
