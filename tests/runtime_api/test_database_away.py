"""The database is away for a moment: whoever asks is told so on a page, and nobody is signed out."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from runtime_api.sessions import BrowserSession

pytestmark = pytest.mark.sqlite


@pytest.fixture
def away(province):
    """A switch: while it is on, no statement is carried out."""
    state = {"on": False}

    def refuse(_connection, _cursor, statement, *_):
        if state["on"]:
            raise OperationalError(statement, {}, ConnectionError("server closed the connection"))

    event.listen(province.database, "before_cursor_execute", refuse)
    return state


def test_a_person_at_work_is_told_and_goes_on_afterwards(client, away):
    client.sign_in("linh.vt")
    away["on"] = True
    answer = client.get("/staff/")
    sent = client.post("/staff/tasks/1", data={"outcome": "pass"}, csrf=False)
    away["on"] = False

    for one in (answer, sent):
        assert one.status_code == 503
        assert one.headers["Retry-After"]
        assert "Hãy đợi ít giây" in one.text
        assert "Set-Cookie" not in one.headers
    assert client.get("/staff/").status_code == 200


def test_nobody_is_told_that_he_is_signed_in_when_he_is_not(client, away, monkeypatch):
    def lost(*_args, **_more):
        raise OperationalError("INSERT", {}, ConnectionError("server closed the connection"))

    monkeypatch.setattr("engine.usecases.websessions.open_session", lost)
    answer = client.post("/sign-in", data={"login": "linh.vt", "password": "motcua-demo"})

    assert answer.status_code == 503
    assert "Location" not in answer.headers
    assert "Hãy đợi ít giây" in answer.text


def test_no_form_is_given_whose_token_was_not_saved(client, away, monkeypatch):
    """It would be refused as forged when it is sent, and what was typed into it with it."""
    client.sign_in("my.nk")

    def lost(*_args, **_more):
        raise OperationalError("UPDATE", {}, ConnectionError("server closed the connection"))

    with monkeypatch.context() as patch:
        patch.setattr("engine.usecases.websessions.save_session", lost)
        answer = client.get("/staff/reception?procedure=P07")
    again = client.get("/staff/reception?procedure=P07")

    assert answer.status_code == 503
    assert "Hãy đợi ít giây" in answer.text
    assert again.status_code == 200


def test_an_answer_that_holds_is_given_though_the_visit_is_not_noted(client, away, monkeypatch):
    client.sign_in("linh.vt")
    client.get("/staff/")  # its forms have a token from here on

    def lost(*_args, **_more):
        raise OperationalError("UPDATE", {}, ConnectionError("server closed the connection"))

    monkeypatch.setattr("engine.usecases.websessions.save_session", lost)
    monkeypatch.setattr(BrowserSession, "is_due", True, raising=False)
    answer = client.get("/staff/?lang=en")

    assert answer.status_code == 200
