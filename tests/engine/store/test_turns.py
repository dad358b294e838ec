"""Writers on SQLite take turns: whoever waits goes on when the other commits, undoes or disappears."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from engine.store import database as opening
from engine.store.database import open_database

pytestmark = pytest.mark.sqlite


@pytest.fixture
def path(tmp_path):
    return tmp_path / "turns.sqlite"


@pytest.fixture
def two(path):
    """Two connections of two pools, as two processes have them."""
    pools = [open_database(f"sqlite:///{path}") for _ in range(2)]
    with pools[0].begin() as connection:
        connection.execute(text("CREATE TABLE kept (n INTEGER)"))
    yield pools
    for one in pools:
        one.dispose()


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_whoever_waits_writes_when_the_other_has_ended(two, monkeypatch, end):
    first, second = two
    holder = first.connect()
    holder.execute(text("INSERT INTO kept VALUES (1)"))
    looks = []

    def wait(_seconds):
        looks.append(1)
        if len(looks) == 3:
            getattr(holder, end)()

    monkeypatch.setattr(opening, "sleep", wait)
    with second.begin() as connection:
        connection.execute(text("INSERT INTO kept VALUES (2)"))

    assert len(looks) == 3  # it looked again, and went on at once
    holder.close()
    with first.connect() as connection:
        kept = connection.scalars(text("SELECT n FROM kept ORDER BY n")).all()
    assert kept == ([1, 2] if end == "commit" else [2])


def test_nobody_waits_for_ever_and_a_refused_writer_keeps_no_turn(two, monkeypatch):
    first, second = two
    moments = iter(range(0, 1000, 4))
    monkeypatch.setattr(opening, "sleep", lambda _seconds: None)
    monkeypatch.setattr(opening, "monotonic", lambda: next(moments))
    with first.begin() as holder:
        holder.execute(text("INSERT INTO kept VALUES (1)"))
        with pytest.raises(OperationalError, match="database is locked"), second.begin():
            pass

    with second.begin() as connection:
        connection.execute(text("INSERT INTO kept VALUES (2)"))


def test_a_program_that_knows_of_no_turns_is_respected_and_does_not_block_them(two, path, monkeypatch):
    first, second = two
    with first.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA busy_timeout = 0")
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="database is locked"), first.begin():
        pass
    stranger.execute("COMMIT")
    stranger.close()

    with second.begin() as connection:
        connection.execute(text("INSERT INTO kept VALUES (1)"))


def test_reading_waits_for_nobody(two):
    first, second = two
    with first.begin() as holder:
        holder.execute(text("INSERT INTO kept VALUES (1)"))
        with second.execution_options(reading=True).connect() as connection:
            assert connection.scalars(text("SELECT n FROM kept")).all() == []


def test_a_database_in_memory_needs_no_turns(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pool = open_database("sqlite:///:memory:")
    with pool.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n INTEGER)"))
    pool.dispose()

    assert list(Path().iterdir()) == []
