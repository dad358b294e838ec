"""The blueprint of the staff pages; every one of them needs a person who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, current_app, g, request, session

from engine.domain.dossiers import DossierCode
from engine.runtime import Engine
from engine.store.offices import take_offices
from engine.store.work import Unit
from runtime_api.auth import require_person
from runtime_api.page_words import page_words

bp = Blueprint("staff", __name__, url_prefix="/staff")
bp.before_request(require_person)
bp.context_processor(page_words)


@bp.before_request
def read_code() -> None:
    """Give views the dossier code of the address in its usual form; nothing else is looked up by it."""
    if request.view_args and "code" in request.view_args:
        request.view_args["code"] = str(DossierCode.parse(request.view_args["code"]))


def engine() -> Engine:
    return current_app.extensions["motcua"]


@contextmanager
def looking() -> Iterator[Unit]:
    """Open a unit for a page that only looks; it knows offices as of the moment of the session."""
    with engine().reading(g.actor) as unit:
        if session.known is not None:
            take_offices(unit, session.known.organisation)
        yield unit
