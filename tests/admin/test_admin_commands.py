"""Commands of IT staff: each calls a use case, says what happened, and loses nothing that was typed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from office import open_office
from pages import read
from sqlalchemy import select

from admin.site import VIEWS
from engine.domain.access import SYSTEM
from engine.errors import NotFound
from engine.store.rows import (
    AssignmentRow,
    AuditRow,
    CalendarDayRow,
    IncidentRow,
    OutboxRow,
    PositionRow,
    RevisionRow,
    SuccessionRow,
    UnitRow,
    UserRow,
)
from engine.usecases.accounts import SignInFailed, sign_in
from engine.usecases.incidents import open_incident

pytestmark = pytest.mark.sqlite

IT, PROVINCE = "vinh.dq", "lan.dt"
COMMANDS = [
    (address, command)
    for _category, views in VIEWS
    for view, _row, address, _name in views
    for command in view.commands
]


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@pytest.fixture
def it(app, office):
    """A browser in which somebody of the IT staff is signed in."""
    return app.test_client().sign_in(IT)


@pytest.fixture
def row(office):
    """`row(UserRow, UserRow.login == "an")` is the one row that fits, read outside any page."""

    def find(kind, *where):
        with office.engine.reading(SYSTEM) as unit:
            return unit.session.scalars(
                select(kind).where(*where).order_by(*kind.__table__.primary_key)
            ).first()

    return find


def give(client, address: str, command: str, **data):
    """Carry out a command; return what the next page says."""
    answer = client.post(f"/admin/{address}/command/{command}", data=data)
    assert answer.status_code == 303, read(answer).words
    return read(client.get(answer.location)).words


def choose(client, address: str, action: str, *ids: int) -> str:
    """Carry out an act on chosen rows; return what the next page says."""
    answer = client.post(
        f"/admin/{address}/action/", data={"action": action, "rowid": [str(one) for one in ids], "url": ""}
    )
    assert answer.status_code == 302
    return read(client.get(answer.location)).words


# --- every command ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "command"), COMMANDS, ids=lambda one: one if isinstance(one, str) else one.name
)
def test_every_command_speaks_both_languages(address, command):
    said = [command.label, *(field.label for field in command.fields)]
    said += [one for one in (command.explain, *(field.hint for field in command.fields)) if one]

    assert [text for text in said if not (text.vi and text.en)] == []


@pytest.mark.parametrize(
    ("address", "command"),
    [one for one in COMMANDS if one[1].on == "new"],
    ids=lambda one: one if isinstance(one, str) else one.name,
)
def test_an_empty_form_is_answered_field_by_field(it, address, command):
    answer = it.post(f"/admin/{address}/command/{command.name}", data={})

    assert answer.status_code == 422
    page = read(answer)
    for field in command.fields:
        if field.needed and field.kind != "tick":
            assert f"Cần điền “{field.label.vi}”" in page.words


def test_an_unknown_command_and_an_unknown_row_are_not_found(it):
    assert it.get("/admin/users/command/promote").status_code == 404
    assert it.get("/admin/users/command/disable?id=99999").status_code == 404
    assert it.get("/admin/users/command/disable").status_code == 404


def test_a_refusal_stands_on_the_form_with_everything_typed(it):
    data = {"full_name": "Người Trùng", "login": "mai.lt", "password": "Mat-khau-dai-2026"}

    answer = it.post("/admin/users/command/create", data=data)

    page = read(answer)
    assert answer.status_code == 409
    assert "mai.lt" in page.tree.xpath('//*[@role="alert"]')[0].text_content()
    assert page.field("full_name") == "Người Trùng"
    assert page.field("password") == ""


# --- organisation -----------------------------------------------------------------------------


def test_a_unit_is_added_and_closed_with_its_successor(it, row):
    give(
        it,
        "units",
        "create",
        name_vi="Sở Thử nghiệm",
        code="stn",
        identity_code="H12.99",
        kind="department",
        level_code="province",
        effective_from="23/11/2026",
    )
    unit, heir = row(UnitRow, UnitRow.code == "stn"), row(UnitRow, UnitRow.code == "sxd")

    said = give(
        it,
        "units",
        "close",
        id=unit.id,
        last_day="31/12/2026",
        successor=heir.id,
        relation="merge",
        note="Sáp nhập",
    )

    assert "Đơn vị đóng sau ngày 31/12/2026" in said
    assert row(UnitRow, UnitRow.id == unit.id).effective_to == date(2026, 12, 31)
    assert row(SuccessionRow, SuccessionRow.old_unit_id == unit.id).new_unit_id == heir.id
    assert it.get(f"/admin/units/details/?id={unit.id}").text.count("command/close") == 0


def test_a_person_gets_an_account_a_chair_and_leaves_it(it, row, office):
    unit = row(UnitRow, UnitRow.code == "sxd")
    give(it, "users", "create", full_name="Phạm Văn An", login="an.pv", password="Mat-khau-dai-2026")
    give(
        it,
        "positions",
        "create",
        unit_id=unit.id,
        title_vi="Chuyên viên thử",
        code="sxd-thu",
        effective_from="2026-11-23",
        roles=["SPECIALIST", "CLERK"],
    )
    user, position = row(UserRow, UserRow.login == "an.pv"), row(PositionRow, PositionRow.code == "sxd-thu")
    give(it, "assignments", "create", user_id=user.id, position_id=position.id, starts_on="23/11/2026")
    assert office.actor("an.pv").roles == {"SPECIALIST", "CLERK"}

    assignment = row(AssignmentRow, AssignmentRow.user_id == user.id)
    said = give(it, "assignments", "end", id=assignment.id, ends_on="30/11/2026")

    assert "kết thúc sau ngày 30/11/2026" in said
    assert row(AssignmentRow, AssignmentRow.id == assignment.id).ends_on == date(2026, 11, 30)


def test_an_account_is_closed_opened_again_and_given_a_new_password(it, row, province):
    user = row(UserRow, UserRow.login == "mai.lt")

    give(it, "users", "disable", id=user.id, reason="Nghỉ việc từ hôm nay")
    with pytest.raises(SignInFailed):
        sign_in(province, "mai.lt", "motcua-demo", "10.0.0.1")
    assert "Đã mở lại 1 tài khoản." in choose(it, "users", "enable", user.id)
    give(it, "users", "reset", id=user.id, password="Mat-khau-moi-2026")

    assert sign_in(province, "mai.lt", "Mat-khau-moi-2026", "10.0.0.1") == user.id


def test_somebody_locked_out_may_try_again_at_once(it, row, province):
    user = row(UserRow, UserRow.login == "mai.lt")
    for _ in range(5):
        with pytest.raises(SignInFailed):
            sign_in(province, "mai.lt", "sai", "10.0.0.1")

    said = choose(it, "users", "unlock", user.id)

    assert "Đã mở khóa đăng nhập cho 1 tài khoản." in said
    assert sign_in(province, "mai.lt", "motcua-demo", "10.0.0.2") == user.id


# --- calendar ---------------------------------------------------------------------------------


def test_expected_days_are_confirmed_and_keep_their_reason(it, row, office):
    day = row(CalendarDayRow, CalendarDayRow.confirmed.is_(False))

    said = choose(it, "days", "confirm", day.id)

    after = row(CalendarDayRow, CalendarDayRow.id == day.id)
    assert "Đã xác nhận 1 ngày." in said
    assert (after.confirmed, after.reason_vi, after.kind, after.source) == (
        True,
        day.reason_vi,
        day.kind,
        day.source,
    )


def test_a_day_is_set_and_cleared(it, row):
    calendar = row(CalendarDayRow).calendar_id
    give(
        it,
        "days",
        "create",
        calendar_id=calendar,
        day="28/12/2026",
        kind="OFF",
        reason_vi="Nghỉ theo quyết định",
        decision_no="77/QĐ-UBND",
        confirmed="1",
    )
    day = row(CalendarDayRow, CalendarDayRow.day == date(2026, 12, 28))
    assert (day.kind, day.confirmed, day.decision_no) == ("OFF", True, "77/QĐ-UBND")

    assert "trở lại như ngày thường" in give(it, "days", "clear", id=day.id)
    assert row(CalendarDayRow, CalendarDayRow.day == date(2026, 12, 28)) is None


# --- what runs --------------------------------------------------------------------------------


def test_personal_data_is_shown_once_for_a_reason_that_is_kept(it, office, row):
    dossier = office.permit()

    short = it.post("/admin/dossiers/command/personal-data", data={"id": dossier, "reason": "cần"})
    answer = it.post(
        "/admin/dossiers/command/personal-data",
        data={"id": dossier, "reason": "Đối chiếu theo đơn khiếu nại số 12"},
    )

    assert short.status_code == 409
    assert "096090001234" not in short.text
    assert "096090001234" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    line = row(AuditRow, AuditRow.action == "personal_data.read")
    assert (line.chain, line.data) == (f"dossier:{dossier}", {"reason": "Đối chiếu theo đơn khiếu nại số 12"})
    assert "096090001234" not in it.get(f"/admin/dossiers/details/?id={dossier}").text


def test_a_message_that_was_given_up_is_tried_again(it, office, row):
    office.permit()
    with office.unit(None) as unit:
        message = unit.session.scalars(select(OutboxRow)).first()
        message.next_try_at, message.attempts, message.error = None, 9, "không kết nối được"

    said = choose(it, "outbox", "retry", message.id)

    after = row(OutboxRow, OutboxRow.id == message.id)
    assert "Đã xếp 1 tin nhắn để gửi lại." in said
    assert (after.attempts, after.error) == (0, "")
    assert after.next_try_at is not None


def test_sending_a_message_again_ends_its_incident(it, office, row):
    dossier = office.permit()
    with office.unit(None) as unit:
        message = unit.session.scalars(select(OutboxRow)).first()
        message.next_try_at, message.attempts, message.error = None, 6, "không kết nối được"
        open_incident(unit, dossier, NotFound("an answer", "none"), outbox_id=message.id)

    choose(it, "outbox", "retry", message.id)

    assert (row(IncidentRow).action, row(IncidentRow).ended_at) == ("resent", office.clock.now())
    assert office.check() == {}


def test_a_message_that_was_sent_is_not_sent_again(it, office, row):
    office.permit()
    with office.unit(None) as unit:
        message = unit.session.scalars(select(OutboxRow)).first()
        message.sent_at = datetime(2026, 11, 23, tzinfo=UTC)

    assert "đã gửi xong nên không gửi lại" in choose(it, "outbox", "retry", message.id)


def test_an_incident_is_retried_and_ends(it, office, row):
    dossier = office.permit()
    with office.unit(None) as unit:
        unit.session.add(
            IncidentRow(
                dossier_id=dossier,
                node_id="T5b_late",
                code="no_flow_holds",
                text_vi="Không nhánh nào đúng",
                text_en="No branch holds",
                since=unit.now,
            )
        )
    incident = row(IncidentRow)

    said = give(it, "incidents", "retry", id=incident.id, note="Đã bổ sung dữ liệu còn thiếu")

    assert "Đã thử lại, sự cố kết thúc." in said
    assert row(IncidentRow).ended_at is not None
    again = it.post("/admin/incidents/command/retry", data={"id": incident.id, "note": "Thử lần nữa"})
    assert again.status_code == 409


def test_the_province_suspends_and_resumes_a_revision_and_it_staff_do_not(it, app, row):
    revision = row(RevisionRow, RevisionRow.state == "PUBLISHED")
    province = app.test_client().sign_in(PROVINCE)
    data = {"id": revision.id, "reason": "Phát hiện sai căn cứ pháp lý"}

    assert it.post("/admin/revisions/command/suspend", data=data).status_code == 403
    assert "command/suspend" not in it.get(f"/admin/revisions/details/?id={revision.id}").text
    assert "Đã tạm dừng" in give(province, "revisions", "suspend", **data)
    assert row(RevisionRow, RevisionRow.id == revision.id).state == "SUSPENDED"
    choose(it, "revisions", "resume", revision.id)
    assert row(RevisionRow, RevisionRow.id == revision.id).state == "SUSPENDED"
    assert "Đã áp dụng lại 1 phiên bản." in choose(province, "revisions", "resume", revision.id)


def test_an_act_without_any_row_changes_nothing(it):
    answer = it.post("/admin/users/action/", data={"action": "enable", "url": ""})

    assert answer.status_code == 302
    assert "Đã mở lại" not in read(it.get(answer.location)).words


def test_every_command_is_refused_without_the_token_of_the_page(it):
    assert it.post("/admin/users/command/create", data={}, csrf=False).status_code == 400
    assert (
        it.post("/admin/users/action/", data={"action": "enable", "rowid": "1"}, csrf=False).status_code
        == 400
    )
