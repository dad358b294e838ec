"""What pages cost the server among very many dossiers: lists, search, a dossier, the first page and the last.

Requests go through the whole application as a browser's would, sign-in, rights, templates and all, without
a network between. Who asks is a specialist of a busy department, a commune's clerk and the province.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from engine.domain.access import SYSTEM
from engine.runtime import Engine
from engine.settings import Settings
from engine.store.list_rows import OpenWorkRow
from engine.store.rows import DossierRow, UserRow
from engine.store.schema import upgrade
from engine.usecases.open_work import URGENT, OpenLists
from runtime_api.bench.counter import measure_reception
from runtime_api.bench.crowd import fill
from runtime_api.bench.figures import percentile
from runtime_api.bench.run import machine, own_databases, version_of
from runtime_api.bench.stage import MONDAY, OFFICES_OPEN, NotEmpty, open_stage, size_of
from runtime_api.demo import PASSWORD, load_province
from runtime_api.demo_dossiers import tell_stories
from runtime_api.demo_procedures import person

PEOPLE = {"specialist": "linh.vt", "commune": "xa-07", "province": "hai.hv"}
FAR = 1_000  # the page that must be as fast as the first
ROWS = 50  # a page
A_WEEK = timedelta(days=7)


def measure_pages(
    url: str, dossiers: int, requests: int, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Measure on `url`, or on SQLite and PostgreSQL of our own; a database filled before is used again."""
    found: dict[str, Any] = {"machine": machine(), "databases": {}}
    with ExitStack() as stack:
        places = {"given": url} if url else own_databases(stack)
        for name, place in places.items():
            with TemporaryDirectory() as folder:
                found["databases"][name] = _measure(place, Path(folder), dossiers, requests, say)
    return found


def make_crowd(url: str, folder: Path, dossiers: int, say: Callable[[int], None] = lambda _: None) -> Engine:
    """Fill an empty database with the demo province and so many dossiers; return the engine.

    Raises:
        NotEmpty: If somebody works with this database.
    """
    engine = open_stage(url, folder)
    upgrade(engine.database)
    with engine.reading(SYSTEM) as unit:
        if unit.session.scalar(select(func.count()).select_from(UserRow)):
            raise NotEmpty("an empty database", "it has accounts")
    engine.clock.moment = OFFICES_OPEN
    load_province(engine)
    engine.clock.moment = MONDAY
    tell_stories(engine)
    fill(engine, dossiers, say)
    return engine


def _measure(
    url: str, folder: Path, dossiers: int, requests: int, say: Callable[[str], None]
) -> dict[str, Any]:
    begin = perf_counter()
    engine = _filled(url, folder) or make_crowd(
        url, folder, dossiers, lambda done: say(f"{done}") if done % 100_000 == 0 else None
    )
    filled = perf_counter() - begin
    engine.clock.moment = MONDAY + A_WEEK  # a day on which the crowd has taken no numbers
    app = _app(engine, folder)
    luck = random.Random(7)
    samples = _samples(engine, luck)
    lines = {}
    for who, login in PEOPLE.items():
        client = signed_in(app, login)
        for kind, addresses in _addresses(engine, who, login, samples, luck).items():
            say(f"{who}: {kind}")
            lines[f"{who}: {kind}"] = _timed(client, addresses, requests)
    say("reception")
    reception = measure_reception(app, signed_in, requests)
    version, settings = version_of(engine.database)
    with engine.reading(SYSTEM) as unit:
        counts = {
            "dossiers": unit.session.scalar(select(func.count()).select_from(DossierRow)),
            "open_steps": unit.session.scalar(select(func.count()).select_from(OpenWorkRow)),
        }
    found = {
        "version": version,
        "settings": settings,
        **counts,
        "bytes": size_of(engine.database),
        "filled_in_s": round(filled),
        "pages": lines,
        "reception": reception,
    }
    engine.database.dispose()
    return found


def _filled(url: str, folder: Path) -> Engine | None:
    """Return the engine of a database that this bench has filled before; None for any other."""
    engine = open_stage(url, folder)
    with suppress(Exception), engine.reading(SYSTEM) as unit:
        if unit.session.scalar(select(UserRow.id).where(UserRow.login == PEOPLE["commune"])):
            return engine
    return None


def _app(engine: Engine, folder: Path) -> Flask:
    from runtime_api.app import create_app
    from runtime_api.collecting import settle

    settings = Settings(
        files=folder,
        secret_key="only for the length of one measurement",
        public_url="http://localhost",
        trusted_hosts=("localhost",),
        allow_http=True,
    )
    app = create_app(engine, settings)
    settle()
    return app


def signed_in(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    data = {"login": login, "password": PASSWORD, "csrf_token": token[1] if token else ""}
    answer = client.post("/sign-in", data=data)
    if answer.status_code != 303:
        raise RuntimeError(f"signing in as {login} failed: {answer.status_code}")
    return client


def _samples(engine: Engine, luck: random.Random) -> list[DossierRow]:
    """Return some dossiers from anywhere."""
    with engine.reading(SYSTEM) as unit:
        most = unit.session.scalar(select(func.max(DossierRow.id))) or 1
        ids = [luck.randrange(1, most + 1) for _ in range(300)]
        return list(unit.session.scalars(select(DossierRow).where(DossierRow.id.in_(ids))))


def _addresses(
    engine: Engine, who: str, login: str, samples: Sequence[DossierRow], luck: random.Random
) -> dict[str, list[str]]:
    """Return the pages to ask for, by what they are."""
    scope = {"province": "team", "specialist": "unit"}.get(who, "role")
    names = [one.applicant_name for one in samples]
    found = {
        "task list, page 1": [f"/staff/?scope={scope}"],
        "task list, late": [f"/staff/?scope={scope}&state=late"],
        "task list, one procedure": [f"/staff/?scope={scope}&procedure={key}" for key in ("P03", "P07")],
        "task list, search": [
            f"/staff/?{urlencode({'scope': scope, 'q': one})}" for one in (*names[:20], "nguyen", "0912")
        ],
        "dossiers, newest": ["/staff/dossiers"],
        "search, full name": [f"/staff/dossiers?{urlencode({'q': one})}" for one in names],
        "search, common word": [
            f"/staff/dossiers?q={one}" for one in ("nguyen", "thi", "van", "tran", "ngu")
        ],
        "search, telephone": [f"/staff/dossiers?q={one.applicant_phone}" for one in samples],
        "search, last four digits": [f"/staff/dossiers?q={one.applicant_id_no[-4:]}" for one in samples],
        "search, code": [f"/staff/dossiers?q={one.code}" for one in samples],
        "search, nothing": ["/staff/dossiers?q=khongcoaitennaythat", "/staff/dossiers?q=nguyen+zzzz"],
    }
    own = _own_codes(engine, login, luck)
    found["dossier page"] = [f"/staff/dossiers/{one}" for one in own]
    far = _far_page(engine, login, scope)
    if far is not None:
        number, cursor = far
        found[f"task list, page {number}"] = [f"/staff/?{urlencode({'scope': scope, 'after': cursor})}"]
    return {kind: addresses for kind, addresses in found.items() if addresses}


def _own_codes(engine: Engine, login: str, luck: random.Random) -> list[str]:
    """Return codes of dossiers that this person may open."""
    actor = person(engine, login)
    offices = sorted(actor.unit_ids)
    with engine.reading(SYSTEM) as unit:
        wanted = select(DossierRow.code).order_by(DossierRow.id.desc()).limit(5_000)
        if not actor.roles & {"SUPERVISOR"}:
            wanted = wanted.where(DossierRow.competent_unit_id.in_(offices))
        codes = list(unit.session.scalars(wanted))
    return luck.sample(codes, min(100, len(codes)))


def _far_page(engine: Engine, login: str, scope: str) -> tuple[int, str] | None:
    """Turn pages as a person would, up to page `FAR`; return the last full one with its cursor."""
    with engine.reading(person(engine, login)) as unit:
        lists = OpenLists(unit)
        branches = lists.branches(scope, "all")
        cursor, number = None, 1
        while number < FAR and branches:
            rows = unit.session.execute(lists.chosen(branches, URGENT, ROWS + 1, after=cursor)).all()
            if len(rows) <= ROWS:
                break
            cursor, number = URGENT.cursor(rows[ROWS - 1]), number + 1
    return (number, cursor) if cursor is not None and number > 2 else None


def _timed(client: FlaskClient, addresses: Sequence[str], requests: int) -> dict[str, float]:
    """Ask for pages in turn; the first few are not counted, as the process warms up with them.

    `cpu_ms` is this process's own time at the 95th percentile, which others on the machine do not add to.
    """
    durations: list[float] = []
    worked: list[float] = []
    worst = ""
    for number, address in enumerate(_turning(addresses, requests + 5)):
        begin, own = perf_counter(), process_time()
        answer = client.get(address)
        took, own = perf_counter() - begin, process_time() - own
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        if number >= 5:
            worst = address if not durations or took > max(durations) else worst
            durations.append(took)
            worked.append(own)
    return {
        "p50_ms": round(percentile(durations, 0.5) * 1000, 1),
        "p95_ms": round(percentile(durations, 0.95) * 1000, 1),
        "max_ms": round(max(durations) * 1000, 1),
        "cpu_ms": round(percentile(worked, 0.95) * 1000, 1),
        "slowest": worst,
    }


def _turning(addresses: Sequence[str], count: int) -> Iterator[str]:
    for number in range(count):
        yield addresses[number % len(addresses)]
