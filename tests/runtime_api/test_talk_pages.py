"""Talking on the page of a dossier: comments, mentions, notes, following; hostile words and long names."""

from __future__ import annotations

import pytest
from office import open_office
from pages import read
from sqlalchemy import select, update

from engine.store.rows import UserRow
from engine.store.teamwork_rows import CommentRow, NoteRow, WatchRow

pytestmark = pytest.mark.sqlite  # the use cases behind these pages are tested on both databases
CODE = "H12.01-261123-0001"
PAGE = f"/staff/dossiers/{CODE}"
HOSTILE = (
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "'; DROP TABLE comment; --",
    "\u202egnp.exe và \u0007 chuông",
    "Tiếng Việt có dấu tổ hợp: e\u0302\u0301 và 👩‍👩‍👧",
    "x" * 2_000,
)


@pytest.fixture
def office(province, clock):
    office = open_office(province, clock)
    office.do(office.permit(), "T2", "assign")
    return office


@pytest.fixture
def browse(app, office):
    return lambda login: app.test_client().sign_in(login)


def say_it(client, text, path="comments", **more):
    token = read(client.get(PAGE)).form(f"{PAGE}/{path}")
    return client.post(f"{PAGE}/{path}", data={**token, "text": text, **more})


def kept(office, table):
    with office.reading(None) as unit:
        return unit.session.scalars(select(table).order_by(table.id)).all()


def said(page):
    return ["".join(one.itertext()) for one in page.tree.xpath("//ul[@class='talk']//p[@class='words']")]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_words_to_colleagues_in_both_languages(browse, office, text):
    """`read` fails on any handler or script of a page; here the words come out as they were kept."""
    client = browse("linh.vt")

    answer = say_it(client, text)
    noted = say_it(client, text, "note")

    (comment,) = kept(office, CommentRow)
    assert (answer.status_code, noted.status_code) == (303, 303)
    assert answer.location.endswith(f"{PAGE}#talk")
    assert "\u202e" not in comment.text + kept_note(office)
    assert "\u0007" not in comment.text
    for lang in ("vi", "en"):
        page = read(browse("dat.lq").get(f"{PAGE}?lang={lang}"))
        assert said(page) == [comment.text]
        assert not page.tree.xpath("//ul[@class='talk']//img | //ul[@class='talk']//script")
    own = read(browse("linh.vt").get(PAGE)).tree.get_element_by_id("own-note")
    assert own.text.strip() == kept_note(office)
    assert "49" not in comment.text


def kept_note(office):
    with office.reading(None) as unit:
        return unit.session.scalars(select(NoteRow.text)).one()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cần từ 1 đến 2000 ký tự"),
        ("x" * 2_001, "đang có 2001"),
        ("Nhờ @khong.co.ai xem", "Không nhắc được"),
        ("Nhờ @ut.lt xem", "Không nhắc được"),
        (" ".join(f"@a{one}" for one in range(11)), "nhắc tối đa 10 người"),
    ],
    ids=["nothing", "too long", "nobody", "somebody who may not see it", "a crowd"],
)
def test_what_cannot_be_said_comes_back_with_a_sentence_and_the_words(browse, office, text, words):
    client = browse("linh.vt")

    answer = say_it(client, text)

    page = read(answer)
    assert answer.status_code == 422
    assert words in page.words
    assert (page.tree.get_element_by_id("say-it").text or "").strip() == text.strip()
    assert kept(office, CommentRow) == []


def test_only_the_author_changes_or_deletes_and_a_stale_page_changes_nothing(browse, office):
    author, colleague = browse("linh.vt"), browse("dat.lq")
    say_it(author, "Thiếu bản vẽ.")
    (comment,) = kept(office, CommentRow)
    place = f"comments/{comment.id}"
    form = read(author.get(PAGE)).form(f"{PAGE}/{place}")
    forged = read(colleague.get(PAGE)).form(f"{PAGE}/comments") | {"version": form["version"]}
    stolen = colleague.post(f"{PAGE}/{place}", data={**forged, "text": "Đủ rồi."})
    say_it(author, "Thiếu bản vẽ móng.", place)
    stale = author.post(f"{PAGE}/{place}", data={**form, "text": "Cũ."})
    edited = read(colleague.get(PAGE))
    say_it(author, "", place, delete="1")

    assert (stolen.status_code, stale.status_code) == (403, 409)
    assert "đã được sửa hoặc xóa" in read(stale).words
    assert said(edited) == ["Thiếu bản vẽ móng."]
    assert "đã sửa" in edited.words
    assert said(read(colleague.get(PAGE))) == []
    assert "Người viết đã xóa" in read(colleague.get(PAGE)).words
    assert office.check() == {}


def test_a_mention_leads_the_colleague_to_the_words(browse, office):
    say_it(browse("linh.vt"), "Nhờ @dat.lq xem giúp phần móng.")
    told = read(browse("dat.lq").get("/staff/notifications"))

    assert "Võ Thùy Linh" in told.words
    assert CODE in told.words


def test_a_note_is_nobody_elses_and_an_empty_one_goes_away(browse, office):
    mine, other = browse("linh.vt"), browse("dat.lq")
    say_it(mine, "Gọi lại cho ông Á.", "note")

    assert "Gọi lại cho ông Á." in read(mine.get(PAGE)).words
    assert "Gọi lại cho ông Á." not in read(other.get(PAGE)).words
    say_it(mine, " ", "note")
    assert "Gọi lại" not in read(mine.get(PAGE)).words


def test_following_begins_and_ends_by_one_button(browse, office):
    client = browse("linh.vt")
    started = say_it(client, "", "watch")
    listed = read(client.get("/staff/watched")).words
    stop = read(client.get(PAGE)).form(f"{PAGE}/watch")
    ended = client.post(f"{PAGE}/watch", data=stop, follow_redirects=True)

    assert started.status_code == 303
    assert CODE in listed
    assert stop["stop"] == "1"
    assert "Không theo dõi hồ sơ" in read(ended).words
    assert CODE not in read(client.get("/staff/watched")).words


def test_long_names_are_shown_whole_and_what_they_hold_is_text(browse, office):
    """A name as long as the table takes, and one that would be markup."""
    long = "Công Tằng Tôn Nữ " * 11 + "<b>Hồ</b>"
    with office.unit(None) as unit:
        unit.session.execute(update(UserRow).where(UserRow.login == "linh.vt").values(full_name=long))
    client = browse("linh.vt")
    say_it(client, "Đã xem.")

    page = read(client.get(PAGE))

    (name,) = page.tree.xpath("//ul[@class='talk']/li/b")
    assert ("".join(name.itertext()), len(name)) == (long, 0)
    assert page.tree.xpath("//p[@class='words']")[0].text == "Đã xem."


@pytest.mark.parametrize("path", ["comments", "comments/1", "note", "watch"])
def test_a_stranger_to_the_dossier_learns_nothing(browse, office, path):
    own = browse("linh.vt")
    say_it(own, "Nội bộ.")
    stranger = browse("ut.lt")
    token = read(stranger.get("/staff/")).form("/staff/tasks/next")

    answer = stranger.post(f"{PAGE}/{path}", data={**token, "text": "x", "version": "1"})

    assert answer.status_code in (403, 404)
    assert "Nội bộ" not in answer.text
    assert len(kept(office, CommentRow)) == 1
    with office.reading(None) as unit:
        assert unit.session.scalars(select(WatchRow)).all() == []
