"""The bell, the list behind it and the choice of ways, as a person meets them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.domain.access import SYSTEM
from engine.domain.texts import Text
from engine.store.rows import UserRow
from engine.usecases.notifications import notify

pytestmark = pytest.mark.sqlite


def tell(engine, login, text, target="", kind="talk.mention"):
    with engine.unit(SYSTEM) as unit:
        user = unit.session.scalars(select(UserRow.id).where(UserRow.login == login)).one()
        notify(unit, [user], kind, text, target=target)


def test_the_bell_counts_and_opening_reads(client, province):
    tell(province, "khoa.nd", Text("Lan nhắc bạn <b>", "Lan mentions you"), "/staff/dossiers")
    client.sign_in("khoa.nd")
    first = client.get("/staff/").text
    page = client.get("/staff/notifications").text
    opened = client.get("/staff/notifications/1")
    after = client.get("/staff/notifications").text

    assert "chưa đọc" in first
    assert "Lan nhắc bạn &lt;b&gt;" in page
    assert (opened.status_code, opened.location) == (303, "/staff/dossiers")
    assert "Bạn đã đọc hết." in after


def test_an_address_outside_is_never_followed(client, province):
    tell(province, "khoa.nd", Text("Tin", "News"), "//evil.example/")
    client.sign_in("khoa.nd")

    assert client.get("/staff/notifications/1").location == "/staff/notifications"


def test_another_persons_notification_is_not_found(client, province):
    tell(province, "khoa.nd", Text("Tin", "News"))
    client.sign_in("linh.vt")

    assert client.get("/staff/notifications/1").status_code == 404
    assert "Không có thông báo nào" in client.get("/staff/notifications").text


def test_all_are_read_at_once(client, province):
    for _ in range(3):
        tell(province, "khoa.nd", Text("Tin", "News"))
    client.sign_in("khoa.nd")
    client.get("/staff/notifications")
    client.post("/staff/notifications/read")

    assert "Không có thông báo nào" in client.get("/staff/notifications?show=unread").text
    assert "Tin" in client.get("/staff/notifications").text


def test_what_is_chosen_is_shown_again(client, province):
    client.sign_in("khoa.nd")
    client.get("/staff/notifications/settings")
    saved = client.post(
        "/staff/notifications/settings", data={"talk.mail": "1", "digest": "1", "digest_at": "06:45"}
    )
    page = client.get("/staff/notifications/settings").text
    bad = client.post("/staff/notifications/settings", data={"digest": "1", "digest_at": "soon"})

    assert saved.status_code == 303
    assert 'name="talk.mail" value="1" checked' in page
    assert 'name="work.list" value="1">' in page
    assert 'value="06:45"' in page
    assert bad.status_code == 422
    assert "07:30" in bad.text
