"""How much a page asks the database: statements and ways there and back, counted and never timed.

The first opening learns what rarely changes (offices, people, diagrams), so the third one is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from office import open_office
from sqlalchemy import event, select

from engine.domain.calendar import local_day
from engine.store.driver import Line
from engine.store.rows import AssignmentRow, DossierRow, UserRow

DOSSIER = "/staff/dossiers/{code}"
MOST = {  # address: statements, questions that wait for their answer
    "/staff/": (6, 3),
    "/staff/?scope=unit&state=late": (6, 3),
    "/staff/?scope=unit&procedure=P03": (9, 6),
    "/staff/?scope=unit&sort=newest&step=T3": (6, 3),
    "/staff/dossiers": (4, 4),
    "/staff/dossiers?q=nguyen": (4, 4),
    DOSSIER: (15, 3),
}


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@contextmanager
def listening(database) -> Iterator[SimpleNamespace]:
    """Count statements, and those that were sent together as one."""
    heard = SimpleNamespace(statements=[], alone=0, together=0)

    def note(_connection, _cursor, statement, *_rest):
        heard.statements.append(statement)

    def gather(line):
        heard.together += not line.is_together
        before = len(heard.statements)
        with whole(line):
            yield
        heard.alone -= len(heard.statements) - before

    whole = Line.together
    event.listen(database, "before_cursor_execute", note)
    Line.together = contextmanager(gather)
    try:
        yield heard
    finally:
        Line.together = whole
        event.remove(database, "before_cursor_execute", note)
    heard.alone += len(heard.statements)


@pytest.mark.parametrize("address", MOST)
def test_a_page_asks_little_and_together(office, app, address):
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    with office.reading(None) as unit:
        code = unit.session.get_one(DossierRow, dossier).code
    client = app.test_client().sign_in("linh.vt")
    address = address.format(code=code)
    for _ in range(2):
        assert client.get(address).status_code == 200

    with listening(office.engine.database) as heard:
        assert client.get(address).status_code == 200

    most, waits = MOST[address.replace(code, "{code}")]
    assert len(heard.statements) <= most, "\n".join(heard.statements)
    assert heard.alone + heard.together <= waits, "\n".join(heard.statements)


def test_what_is_known_of_people_is_forgotten_when_they_change(office, app):
    office.do(office.permit(), "T2", "assign")
    client = app.test_client().sign_in("linh.vt")
    for _ in range(2):
        page = client.get("/staff/").text
        assert "Võ Thùy Linh" in page
        assert "data-task" in page

    with office.unit(None) as unit:
        person = unit.session.scalars(select(UserRow).where(UserRow.login == "linh.vt")).one()
        person.full_name = "Linh Tên Mới"
        for chair in unit.session.scalars(select(AssignmentRow).where(AssignmentRow.user_id == person.id)):
            chair.ends_on = local_day(unit.now) - timedelta(days=1)

    page = client.get("/staff/").text
    assert "Linh Tên Mới" in page
    assert "data-task" not in page
