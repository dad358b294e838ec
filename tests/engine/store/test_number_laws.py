"""The law of numbers: whatever is taken and rolled back, each book and year counts 1 … n, without a gap."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.domain.access import SYSTEM
from engine.store.database import open_database
from engine.store.numbers import next_number
from engine.store.rows import CounterRow
from engine.store.work import unit_of_work

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
BOOKS = st.sampled_from(["document:1:02", "document:1:03", "register:1:GPXD", "document:2:02"])
YEARS = st.sampled_from(["2026", "2027"])
ACTS = st.lists(st.tuples(st.lists(st.tuples(BOOKS, YEARS), max_size=5), st.booleans()), max_size=14)


class Failed(Exception):
    """The act came to nothing after it had taken its numbers."""


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.dispose()


def act(database, wanted, *, holds):
    """Take numbers in one act; return those that were given, none if it fails."""
    taken = []
    try:
        with unit_of_work(database, SYSTEM, NOW, None) as unit:
            taken = [(book, year, next_number(unit, book, year)) for book, year in wanted]
            if not holds:
                raise Failed
    except Failed:
        return []
    return taken


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_interleaving_of_takes_and_rollbacks_leaves_a_gap_or_a_double(database, acts):
    with Session(database) as session:
        session.execute(delete(CounterRow))
        session.commit()
    given_out = defaultdict(list)
    for wanted, holds in acts:
        for book, year, number in act(database, wanted, holds=holds):
            given_out[book, year].append(number)
    with Session(database) as session:
        lines = session.execute(select(CounterRow.book, CounterRow.period, CounterRow.last))
        heads = {(book, year): last for book, year, last in lines}

    assert given_out == {key: list(range(1, len(numbers) + 1)) for key, numbers in given_out.items()}
    assert heads == {key: len(numbers) for key, numbers in given_out.items()}
