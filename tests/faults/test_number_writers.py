"""Many counters take numbers of the same books at once, and many of their acts fail: no gap, no duplicate.

MOTCUA_NUMBERS says how many numbers; `./run.sh numbers` takes 100,000 on each database.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from office import open_office
from sqlalchemy import func, select

from engine.domain.access import SYSTEM
from engine.errors import Conflict
from engine.store.numbers import next_register_number
from engine.store.rows import CounterRow, RegisterEntryRow
from engine.usecases.checks import register_gaps_and_duplicates

NUMBERS = int(os.environ.get("MOTCUA_NUMBERS", "1200"))
WRITERS, FAILING = 8, 0.1
BOOKS = ("permit", "refusal", "register")
YEARS = (datetime(2026, 12, 31, 16, 59, tzinfo=UTC), datetime(2026, 12, 31, 17, 0, tzinfo=UTC))

pytestmark = pytest.mark.faults


class Failed(Exception):
    """The act went wrong after it had taken its number."""


def test_eight_writers_and_failing_acts_leave_no_gap_and_no_duplicate(province, clock):
    dossier = open_office(province, clock).permit()

    def write(seed: int) -> Counter[str]:
        chance, done = random.Random(seed), Counter()
        while done["kept"] < NUMBERS // WRITERS:
            try:
                with province.unit(SYSTEM) as unit:
                    next_register_number(unit, dossier, 7, chance.choice(BOOKS), chance.choice(YEARS))
                    if chance.random() < FAILING:
                        raise Failed
                done["kept"] += 1
            except Failed:
                done["failed"] += 1
            except Conflict:
                done["busy"] += 1
        return done

    with ThreadPoolExecutor(WRITERS) as writers:
        done = sum(writers.map(write, range(WRITERS)), Counter())
    with province.reading(SYSTEM) as unit:
        wrong = register_gaps_and_duplicates(unit)
        written = unit.session.scalar(select(func.count(RegisterEntryRow.id)))
        series = dict(
            unit.session.execute(
                select(CounterRow.book + "/" + CounterRow.period, CounterRow.last).where(
                    CounterRow.book.startswith("register:7:")
                )
            ).all()
        )

    print(f"{done['kept']} numbers, {done['failed']} rolled back, {done['busy']} tried again; {series}")
    assert wrong == 0
    assert written == done["kept"] == NUMBERS // WRITERS * WRITERS
    assert sum(series.values()) == written
    assert len(series) == len(BOOKS) * len(YEARS)
    assert done["failed"] > 0
