"""What every test may ask for: a clock set by hand, an engine on a real database, the demo province.

Each test has a database of its own; schema and province are built once and copied. Whatever rests on
`database_url` runs on SQLite and on PostgreSQL; mark a test `sqlite` where the database makes no difference,
`postgres` where it asks only that one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import hypothesis
import pytest
from browser import DEMO_PASSWORD, Browser
from databases import PostgresDatabases, SqliteDatabases
from flask import Flask
from quick_apps import remember_compiled
from sqlalchemy import Engine as Database
from sqlalchemy import select
from werkzeug.serving import make_server

from engine.domain.access import SYSTEM, Actor
from engine.ports import LoggedSms
from engine.runtime import Engine
from engine.settings import Settings
from engine.store.database import open_database
from engine.store.files import DiskFileStore
from engine.store.queue import open_jobs
from engine.store.rows import UserRow
from engine.store.schema import upgrade
from runtime_api.collecting import settle

# How long an example takes depends on what else the machine does; that is no law of the product.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

OFFICES_OPEN = datetime(2025, 7, 1, 1, tzinfo=UTC)  # 08:00 on the day on which today's offices began
MONDAY = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)  # Monday 23/11/2026, 09:10 in Vietnam
OFFICE_NAME = "counter.test"  # leads to this machine, and is not "localhost" to the browser

Databases = SqliteDatabases | PostgresDatabases

remember_compiled()


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


def pytest_collection_finish() -> None:
    """Collect as rarely as a web process: walks through what each test makes anew took a fifth of a run."""
    settle()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        own = metafunc.definition.get_closest_marker
        kinds = ["sqlite"] if own("postgres") is None else []
        if own("sqlite") is None:
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
def province(
    databases: Databases, clock: FakeClock, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    """An engine on the demo province: offices, people, calendar, published procedures; no dossiers.

    A test marked `dossiers` finds those of the demo in it, as of the clock's Monday.
    """
    if request.node.get_closest_marker("dossiers"):
        url = databases.copy_of("told", _build_told)
    else:
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


@pytest.fixture
def site_url(app: Flask) -> Iterator[str]:
    """The address of the application, served on a free port for a real browser."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real Chromium, driven by playwright; skipped with the reason where there is none."""
    names = (os.environ.get("CHROMIUM", ""), "chromium-headless-shell", "chromium", "google-chrome")
    path = next(filter(None, map(shutil.which, filter(None, names))), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # a state that will come comes late on a loaded machine
    with sync_playwright() as playwright:
        named = f"--host-resolver-rules=MAP {OFFICE_NAME} 127.0.0.1"
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", named])
        yield browser
        browser.close()


@pytest.fixture
def plain_page(chromium: Any, site_url: str, app: Flask) -> Iterator[Any]:
    """A page at the application under the name it has in an office network: plain http, no secure context."""
    app.config["TRUSTED_HOSTS"] = ["localhost", OFFICE_NAME]
    address = f"http://{OFFICE_NAME}:{site_url.rpartition(':')[2]}"
    context = chromium.new_context(base_url=address, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.fixture
def page(chromium: Any, site_url: str) -> Iterator[Any]:
    """A page of a fresh Chromium profile, 1366 pixels wide, at the application's address."""
    viewport = {"width": 1366, "height": 768}
    context = chromium.new_context(base_url=site_url, locale="vi-VN", viewport=viewport)
    yield context.new_page()
    context.close()


@pytest.fixture
def person(chromium: Any, site_url: str) -> Iterator[Any]:
    """`person("login", "/path")` is a page of one's own browser; `script=False`: without JavaScript."""
    profiles = []

    def sit_down(login: str, path: str, *, script: bool = True) -> Any:
        viewport = {"width": 1366, "height": 768}
        profiles.append(
            chromium.new_context(
                base_url=site_url, locale="vi-VN", viewport=viewport, java_script_enabled=script
            )
        )
        page = profiles[-1].new_page()
        page.goto(f"/sign-in?next={path}")
        page.fill("#login", login)
        page.fill("#password", DEMO_PASSWORD)
        page.click("form.stack button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield sit_down
    for profile in profiles:
        profile.close()


def _opened(url: str, clock: FakeClock, folder: Path) -> Iterator[Engine]:
    database = open_database(url)
    yield Engine(
        database=database,
        files=DiskFileStore(folder / "files"),
        sms=LoggedSms(),
        clock=clock,
        jobs=open_jobs(url),
    )
    database.dispose()


def _build_province(database: Database) -> None:
    from runtime_api.demo import load_province

    upgrade(database)
    with _builder(database, OFFICES_OPEN) as engine:
        load_province(engine)


def _build_told(database: Database) -> None:
    from runtime_api.demo_dossiers import tell_stories

    _build_province(database)
    with _builder(database, MONDAY) as engine:
        tell_stories(engine)


@contextmanager
def _builder(database: Database, moment: datetime) -> Iterator[Engine]:
    with TemporaryDirectory() as folder:
        files = DiskFileStore(Path(folder))
        yield Engine(database=database, files=files, sms=LoggedSms(), clock=FakeClock(moment))
