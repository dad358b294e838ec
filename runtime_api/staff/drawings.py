"""The diagram of a dossier on a page: drawn on the server, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from markupsafe import Markup

from engine.bpmn.svg import Drawing
from engine.store.work import Unit
from engine.usecases.procedures import definition_of
from runtime_api.i18n import language

KEPT = 64  # diagrams, each with its steps as they were drawn: some hundred kilobytes


def draw_progress(unit: Unit, definition_hash: str, marks: Mapping[str, str]) -> Markup:
    """Return the diagram as inline SVG, each step marked done, now, other or late."""
    return Markup(_drawing(definition_of(unit, definition_hash).xml, language()).marked(marks))


@lru_cache(maxsize=KEPT)
def _drawing(xml: bytes, reader: str) -> Drawing:
    return Drawing(xml, reader)
