"""Several people on one draft: presence, copies, comments, the history of saves."""

from __future__ import annotations

import pytest
from authoring import AUTHOR, HEAD, PROVINCE, Authoring, step
from sqlalchemy import func, select, update

from designer import comments, copies, history, presence
from designer.comments import EmptyComment, MayNotComment
from designer.copies import CopyEnded, DraftMovedOn, StaleCopy
from designer.drafts import StaleDraft, save_draft
from designer.presence import DraftHeld
from engine.domain.access import SYSTEM
from engine.errors import NotFound
from engine.store.draft_rows import DraftCopyRow, DraftVersionRow
from engine.store.notification_rows import NotificationRow
from engine.store.rows import DefinitionRow
from engine.usecases.checks import check_everything

COLLEAGUE = "nga.tt"
JSON = {"Accept": "application/json"}


@pytest.fixture
def draft(authoring) -> int:
    """A draft of P03, and a second author in the same unit."""
    authoring.second_author(COLLEAGUE)
    return authoring.draft()


def versions(office, draft):
    with office.engine.reading(SYSTEM) as unit:
        return history.list_versions(unit, draft)


def save(authoring: Authoring, office, draft: int, hours: str, login: str = AUTHOR, **more) -> int:
    row = authoring.row(draft)
    with office.unit(login) as unit:
        return save_draft(
            unit, draft, xml=step(row.definition.xml, "T2", mc_hours=hours), version=row.version, **more
        )


def drawings(office) -> int:
    with office.engine.reading(SYSTEM) as unit:
        return unit.session.scalar(select(func.count()).select_from(DefinitionRow))


# --- history ---------------------------------------------------------------------------------------


def test_every_save_is_kept_with_who_and_how(authoring, office, draft):
    save(authoring, office, draft, "3")
    save(authoring, office, draft, "4", how="outline")

    assert [one.how.en for one in versions(office, draft)] == ["edited in the table", "saved", "draft opened"]
    assert {one.author for one in versions(office, draft)} != {"—"}
    assert office.check() == {}


def test_saves_that_a_page_makes_by_itself_become_one_and_leave_no_drawings_behind(
    authoring, office, draft, clock
):
    save(authoring, office, draft, "3", how="auto")
    before = drawings(office)
    for hours in ("4", "5", "6"):
        clock.advance(minutes=2)
        save(authoring, office, draft, hours, how="auto")

    assert [one.how.en for one in versions(office, draft)] == ["saved by itself", "draft opened"]
    assert drawings(office) == before
    clock.advance(minutes=11)
    save(authoring, office, draft, "7", how="auto")
    assert len(versions(office, draft)) == 3


def test_a_save_is_restored_and_nothing_is_lost_by_it(client, authoring, office, draft):
    save(authoring, office, draft, "3")
    first = versions(office, draft)[0].version
    save(authoring, office, draft, "4")
    author = client.sign_in(AUTHOR)
    page = author.get(f"/designer/revisions/{draft}/history?at={first}").text
    assert "Khôi phục lần lưu này" in page
    assert "2 giờ → 3 giờ" in page

    answer = author.post(
        f"/designer/revisions/{draft}/history/{first}/restore", data={"version": authoring.row(draft).version}
    )

    assert answer.status_code == 303
    assert b'mc:hours="3"' in authoring.row(draft).definition.xml
    assert [one.how.en for one in versions(office, draft)] == ["restored", "saved", "saved", "draft opened"]
    assert office.check() == {}


def test_a_restore_from_a_stale_page_is_refused(client, authoring, office, draft):
    save(authoring, office, draft, "3")
    first = versions(office, draft)[0].version
    author = client.sign_in(AUTHOR)

    answer = author.post(f"/designer/revisions/{draft}/history/{first}/restore", data={"version": 1})

    assert answer.status_code == 409
    assert author.get(f"/designer/revisions/{draft}/history?at=999").status_code == 404


# --- presence --------------------------------------------------------------------------------------


def test_who_came_first_may_save_and_the_second_sees_whose_it_is(authoring, office, draft, clock):
    with office.unit(AUTHOR) as unit:
        assert presence.enter(unit, draft, "a").is_mine
    clock.advance(seconds=20)
    with office.unit(COLLEAGUE) as unit:
        found = presence.enter(unit, draft, "b")
    assert (found.is_mine, found.is_me, found.name) == (False, False, "Nguyễn Phương Thảo")

    with office.unit(COLLEAGUE) as unit, pytest.raises(DraftHeld, match="has it open"):
        presence.check_free(unit, draft)


def test_a_page_that_falls_silent_gives_the_draft_up(authoring, office, draft, clock):
    with office.unit(AUTHOR) as unit:
        presence.enter(unit, draft, "a")
    with office.unit(COLLEAGUE) as unit:
        presence.enter(unit, draft, "b")
    clock.advance(seconds=59)
    with office.unit(COLLEAGUE) as unit:
        assert not presence.enter(unit, draft, "b").is_mine
    clock.advance(seconds=2)

    with office.unit(COLLEAGUE) as unit:
        assert presence.enter(unit, draft, "b").is_mine


def test_a_page_that_is_closed_gives_the_draft_up_at_once(authoring, office, draft):
    with office.unit(AUTHOR) as unit:
        presence.enter(unit, draft, "a")
        presence.leave(unit, draft, "a")

    with office.unit(COLLEAGUE) as unit:
        presence.check_free(unit, draft)
        presence.leave(unit, draft, "a")  # not one's own page: nothing happens


def test_a_person_takes_the_draft_over_from_the_own_other_tab_only(authoring, office, draft):
    with office.unit(AUTHOR) as unit:
        presence.enter(unit, draft, "a")
        found = presence.enter(unit, draft, "a2")
        assert (found.is_mine, found.is_me) == (False, True)
        assert presence.take_over(unit, draft, "a2").is_mine
    with office.unit(COLLEAGUE) as unit:
        assert not presence.take_over(unit, draft, "b").is_mine


def test_the_editor_is_told_by_the_server_who_has_the_draft(client, authoring, office, draft):
    first = client.sign_in(AUTHOR)
    second = client.application.test_client().sign_in(COLLEAGUE)
    address = f"/designer/revisions/{draft}/presence"
    assert first.post(address, json={"tab": "a"}).json["mine"] is True

    said = second.post(address, json={"tab": "b"}).json
    assert (said["mine"], said["holder"], said["since"]) == (False, "Nguyễn Phương Thảo", "09:10")
    row = authoring.row(draft)
    sent = {"xml": row.definition.xml.decode(), "version": row.version}
    refused = second.post(f"/designer/revisions/{draft}/save", json=sent, headers=JSON)
    assert refused.status_code == 409
    assert "đang sửa bản nháp này từ 09:10" in refused.json["detail"]
    outline = second.post(
        f"/designer/revisions/{draft}/outline/acts/name",
        data={"shown": "T2", "name": "Khác", "version": row.version, "act": "name"},
    )
    assert outline.status_code == 409
    assert first.post(address, json={"tab": "a", "leave": True}).json == {"left": True}
    assert second.post(f"/designer/revisions/{draft}/save", json=sent).status_code == 200
    assert first.post(address, json=[1]).status_code == 422


# --- copies ----------------------------------------------------------------------------------------


def test_a_copy_is_worked_on_apart_and_brought_in_when_the_draft_is_free(authoring, office, draft):
    with office.unit(AUTHOR) as unit:
        presence.enter(unit, draft, "a")
    with office.unit(COLLEAGUE) as unit:
        copy = copies.make_copy(unit, draft)
        mine = copies.get_copy(unit, copy)
        copies.save_copy(unit, copy, step(mine.definition.xml, "T2", mc_hours="9"), mine.version)
    with office.unit(COLLEAGUE) as unit, pytest.raises(DraftHeld):
        copies.bring_in(unit, copy)
    with office.unit(AUTHOR) as unit:
        presence.leave(unit, draft, "a")

    with office.unit(COLLEAGUE) as unit:
        assert copies.own_copies(unit, draft)[0].is_behind is False
        copies.bring_in(unit, copy)

    assert b'mc:hours="9"' in authoring.row(draft).definition.xml
    assert versions(office, draft)[0].how.en == "copy brought in"
    with office.unit(COLLEAGUE) as unit, pytest.raises(CopyEnded):
        copies.drop_copy(unit, copy)
    assert office.check() == {}


def test_a_copy_over_changes_made_meanwhile_is_brought_in_only_on_purpose(authoring, office, draft):
    with office.unit(COLLEAGUE) as unit:
        copy = copies.make_copy(unit, draft)
    save(authoring, office, draft, "5")

    with office.unit(COLLEAGUE) as unit, pytest.raises(DraftMovedOn):
        copies.bring_in(unit, copy)
    with office.unit(COLLEAGUE) as unit:
        copies.bring_in(unit, copy, over_changes=True)

    assert [one.how.en for one in versions(office, draft)][:2] == ["copy brought in", "saved"]


def test_a_copy_is_its_owners_alone_and_a_stale_tab_does_not_overwrite_it(authoring, office, draft):
    with office.unit(COLLEAGUE) as unit:
        copy = copies.make_copy(unit, draft)
        xml = copies.get_copy(unit, copy).definition.xml
        copies.save_copy(unit, copy, step(xml, "T2", mc_hours="9"), 1)
    with office.unit(COLLEAGUE) as unit, pytest.raises(StaleCopy):
        copies.save_copy(unit, copy, xml, 1)
    with office.unit(AUTHOR) as unit, pytest.raises(NotFound):
        copies.get_copy(unit, copy)


def test_the_pages_of_a_copy_show_what_bringing_it_in_would_change(client, authoring, office, draft):
    second = client.sign_in(COLLEAGUE)
    xml = step(authoring.row(draft).definition.xml, "T2", mc_hours="7").decode()
    made = second.post(f"/designer/revisions/{draft}/copies", json={"xml": xml}).json["address"]
    copy = int(made.split("/")[3])

    assert "editor-facts" in second.get(made).text
    assert "2 giờ → 7 giờ" in second.get(f"/designer/copies/{copy}").text
    sent = {"xml": xml.replace('mc:hours="7"', 'mc:hours="6"'), "version": 2}
    assert second.post(f"/designer/copies/{copy}/save", json=sent).json["version"] == 3
    assert second.post(f"/designer/copies/{copy}/save", json={"xml": 1}).status_code == 422
    assert second.post(f"/designer/copies/{copy}/bring-in").status_code == 303
    assert b'mc:hours="6"' in authoring.row(draft).definition.xml
    assert second.get(made).status_code == 303  # it is ended


# --- comments --------------------------------------------------------------------------------------


def test_a_comment_is_pinned_told_and_resolved(authoring, office, draft):
    with office.unit(HEAD) as unit:
        one = comments.add_comment(unit, draft, "T2", "Phân công", "Hai giờ có đủ không?")

    with office.engine.reading(SYSTEM) as unit:
        told = unit.session.scalars(select(NotificationRow).where(NotificationRow.kind == "talk.draft")).all()
        assert len(told) == 1
    with office.unit(AUTHOR) as unit:
        assert [c.is_resolved for c in comments.list_comments(unit, draft)] == [False]
        comments.resolve_comment(unit, one)
        assert [c.is_resolved for c in comments.list_comments(unit, draft)] == [True]
    with office.unit(PROVINCE) as unit:
        comments.resolve_comment(unit, one, is_resolved=False)
        assert [c.is_resolved for c in comments.list_comments(unit, draft)] == [False]


def test_comments_are_for_authors_and_approvers_and_say_something(client, authoring, office, draft):
    with office.unit("my.nk") as unit, pytest.raises(MayNotComment):
        comments.add_comment(unit, draft, "", "", "Xin chào")
    for text in ("", "  ", "x" * 2001):
        with office.unit(AUTHOR) as unit, pytest.raises(EmptyComment):
            comments.add_comment(unit, draft, "", "", text)

    author = client.sign_in(AUTHOR)
    said = author.post(
        f"/designer/revisions/{draft}/comments", json={"element": "T2", "text": "<b>a</b>"}
    ).json
    [one] = said["comments"]
    assert author.post(f"/designer/comments/{one['id']}/resolve", json={}).json["comments"][0]["resolved"]
    page = author.get(f"/designer/revisions/{draft}/comments").text
    assert "&lt;b&gt;a&lt;/b&gt;" in page
    assert (
        author.post(f"/designer/revisions/{draft}/comments", data={"text": "Cả quy trình"}).status_code == 303
    )
    assert author.post("/designer/comments/9999/resolve", json={}).status_code == 404


# --- the rest --------------------------------------------------------------------------------------


def test_a_draft_that_differs_from_its_history_is_found(authoring, office, draft):
    other = authoring.in_force().definition_hash
    save(authoring, office, draft, "3")
    with office.engine.unit(SYSTEM) as unit:
        unit.session.execute(update(DraftVersionRow).values(definition_hash=other))
        unit.session.add(
            DraftCopyRow(
                revision_id=draft, user_id=1, definition_hash=other, base_version=1, ended="dropped",
                made_at=unit.now, changed_at=unit.now,
            )
        )  # fmt: skip

    with office.engine.reading(SYSTEM) as unit:
        found = check_everything(unit)
    assert (found["drafts_unlike_their_history"], found["copies_half_ended"]) == (1, 1)


def test_two_saves_of_one_version_cannot_both_be_kept(authoring, office, draft):
    row = authoring.row(draft)
    save(authoring, office, draft, "3")

    with office.unit(AUTHOR) as unit, pytest.raises(StaleDraft):
        save_draft(unit, draft, xml=row.definition.xml, version=row.version, how="auto")


def test_the_table_says_who_has_the_draft_and_offers_a_copy(client, authoring, office, draft):
    with office.unit(AUTHOR) as unit:
        presence.enter(unit, draft, "a")
    second = client.sign_in(COLLEAGUE)

    page = second.get(f"/designer/revisions/{draft}/outline").text
    assert "Nguyễn Phương Thảo đang sửa bản nháp này từ 09:10" in page
    answer = second.post(f"/designer/revisions/{draft}/copies")
    assert answer.status_code == 303
    assert "/designer/copies/" in answer.location
    assert (
        "đang sửa bản nháp này từ"
        not in client.sign_in(AUTHOR).get(f"/designer/revisions/{draft}/outline").text
    )


def test_an_act_of_the_table_holds_the_draft_for_three_minutes(client, authoring, office, draft, clock):
    first = client.sign_in(AUTHOR)
    sent = {
        "shown": "T2",
        "part": "",
        "act": "name",
        "name": "Giao việc",
        "version": authoring.row(draft).version,
    }
    assert first.post(f"/designer/revisions/{draft}/outline/acts/name", data=sent).status_code == 303
    clock.advance(minutes=2)
    with office.unit(COLLEAGUE) as unit, pytest.raises(DraftHeld):
        presence.check_free(unit, draft)
    clock.advance(minutes=2)
    with office.unit(COLLEAGUE) as unit:
        presence.check_free(unit, draft)
