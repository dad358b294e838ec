"""The diagram of a dossier on a page: drawn on the server, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from markupsafe import Markup

from engine.bpmn.svg import draw
from engine.store.work import Unit
from engine.usecases.procedures import definition_of
from runtime_api.i18n import language

KEPT = 256  # pictures, of some ten kilobytes each


def draw_progress(unit: Unit, definition_hash: str, marks: Mapping[str, str]) -> Markup:
    """Return the diagram as inline SVG, each step marked done, now, other or late."""
    return _drawn(definition_of(unit, definition_hash).xml, tuple(sorted(marks.items())), language())


@lru_cache(maxsize=KEPT)
def _drawn(xml: bytes, marks: tuple[tuple[str, str], ...], reader: str) -> Markup:
    """Draw once for all dossiers that have come equally far: to read the diagram is most of the cost."""
    return Markup(draw(xml, dict(marks), reader))
