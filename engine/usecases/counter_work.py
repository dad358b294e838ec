"""What falls due at the counter by itself: drafts are forgotten, filings without their papers lapse."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from engine.store.work import Unit
from engine.usecases.drafts import expire_drafts, next_draft_expiry
from engine.usecases.filings import lapse_filings, next_lapse

if TYPE_CHECKING:
    from engine.runtime import Engine


def do_counter_work(engine: Engine, limit: int = 100) -> int:
    """Do what is due, at most `limit` rows of each kind; return how many."""
    return expire_drafts(engine, limit) + lapse_filings(engine, limit)


def next_counter_work(unit: Unit) -> datetime | None:
    """Return when the next row falls due."""
    return min(filter(None, (next_draft_expiry(unit), next_lapse(unit))), default=None)
