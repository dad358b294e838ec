"""What every test may ask for: a clock set by hand, an engine on a real database, the demo province.

Each test has a database of its own; schema and province are built once and copied. Whatever rests on
`database_url` runs on SQLite and on PostgreSQL; mark a test `sqlite` where the database makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from browser import Browser
from databases import PostgresDatabases, SqliteDatabases
from flask import Flask
from sqlalchemy import Engine as Database
from sqlalchemy import select

from engine.domain.access import SYSTEM, Actor
from engine.ports import LoggedSms
from engine.runtime import Engine
from engine.settings import Settings
from engine.store.database import open_database
from engine.store.files import DiskFileStore
from engine.store.rows import UserRow
from engine.store.schema import upgrade

MONDAY = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)  # Monday 23/11/2026, 09:10 in Vietnam

Databases = SqliteDatabases | PostgresDatabases


class FakeClock:
    """A clock that stands still until it is set."""

    def __init__(self, moment: datetime = MONDAY) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def advance(self, **delta: float) -> None:
        """Go on by `timedelta(**delta)`."""
        self.moment += timedelta(**delta)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds = ["sqlite"]
        if metafunc.definition.get_closest_marker("sqlite") is None:
            kinds.append(pytest.param("postgres", marks=pytest.mark.postgres))
        metafunc.parametrize("database_kind", kinds)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """One PostgreSQL server for this process, without a port; skipped with the reason if it cannot start."""
    try:
        databases = PostgresDatabases()
    except Exception as reason:
        pytest.skip(f"PostgreSQL could not start: {reason}")
    yield databases
    databases.close()


@pytest.fixture
def databases(database_kind: str, request: pytest.FixtureRequest) -> Databases:
    return request.getfixturevalue(f"{database_kind}_databases")


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of an empty database, with the schema in it."""
    url = databases.copy_of("empty", upgrade)
    yield url
    databases.drop(url)


@pytest.fixture
def engine(database_url: str, clock: FakeClock, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty database."""
    yield from _opened(database_url, clock, tmp_path)


@pytest.fixture
def province(databases: Databases, clock: FakeClock, tmp_path: Path) -> Iterator[Engine]:
    """An engine on the demo province: offices, people, calendar, published procedures; no dossiers."""
    url = databases.copy_of("province", _build_province)
    yield from _opened(url, clock, tmp_path)
    databases.drop(url)


@pytest.fixture
def as_user(request: pytest.FixtureRequest) -> Callable[[str], Actor]:
    """`as_user("login")` is that person with the assignments of the clock's day."""
    from engine.usecases.accounts import load_actor

    name = "province" if "province" in request.fixturenames else "engine"
    opened: Engine = request.getfixturevalue(name)

    def load(login: str) -> Actor:
        with opened.reading(SYSTEM) as unit:
            user_id = unit.session.scalars(select(UserRow.id).where(UserRow.login == login)).one()
            return load_actor(unit, user_id)

    return load


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an office that serves plain http on its own network."""
    return Settings(
        files=tmp_path / "files",
        secret_key="a secret that only tests know, long enough",
        public_url="http://localhost",
        trusted_hosts=("localhost",),
        allow_http=True,
    )


@pytest.fixture
def app(province: Engine, settings: Settings) -> Flask:
    """The whole web application on the demo province."""
    from runtime_api.app import create_app

    made = create_app(province, settings)
    made.test_client_class = Browser
    return made


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser nobody has signed in to; `client.sign_in("login")` does."""
    return app.test_client()


def _opened(url: str, clock: FakeClock, folder: Path) -> Iterator[Engine]:
    database = open_database(url)
    yield Engine(database=database, files=DiskFileStore(folder / "files"), sms=LoggedSms(), clock=clock)
    database.dispose()


def _build_province(database: Database) -> None:
    from runtime_api.demo import load_province

    upgrade(database)
    with TemporaryDirectory() as folder:
        files = DiskFileStore(Path(folder))
        clock = FakeClock(datetime(2025, 7, 1, 1, tzinfo=UTC))  # the day on which the present offices opened
        load_province(Engine(database=database, files=files, sms=LoggedSms(), clock=clock))
