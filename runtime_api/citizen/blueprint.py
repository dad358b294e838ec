"""The blueprint of the public pages."""

from __future__ import annotations

from flask import Blueprint, current_app

from engine.runtime import Engine
from runtime_api.page_words import page_words

bp = Blueprint("citizen", __name__)
bp.context_processor(page_words)


def engine() -> Engine:
    return current_app.extensions["motcua"]
