"""What people see of messages between dossiers: both pages, the lists, the incident with its three acts."""

from __future__ import annotations

import pytest
from liaison import BY_PARCEL, Liaison, land_xml, tax_xml
from office import Office
from sqlalchemy import select

from engine.store.rows import PositionRow

pytestmark = pytest.mark.sqlite
REASON = "Đã gọi điện xác nhận với cơ quan thuế."


@pytest.fixture
def liaison(province, clock) -> Liaison:
    return Liaison(Office(province, clock))


def sign_in(app, login):
    return app.test_client().sign_in(login)


def code(liaison, dossier):
    return liaison.office.dossier(dossier).code


def test_both_dossiers_show_each_other_and_what_is_awaited(app, liaison):
    liaison.install()
    land = liaison.ask()
    kept = sign_in(app, "linh.vt").get(f"/staff/dossiers/{code(liaison, land)}").text
    liaison.deliver()
    tax = liaison.child(land)
    asking = sign_in(app, "linh.vt").get(f"/staff/dossiers/{code(liaison, land)}").text
    asked = sign_in(app, "yen.ph").get(f"/staff/dossiers/{code(liaison, tax)}").text

    assert "Tin đã gửi, chưa có hồ sơ nào nhận" in kept
    assert "Đang chờ tin từ bên phối hợp" in kept
    assert "Đang chờ tin từ Thuế tỉnh Cà Mau" in asking
    assert "Chờ thông báo nghĩa vụ tài chính" in asking
    assert code(liaison, tax) in asking
    assert "mở từ hồ sơ này" in asking
    assert f"Hồ sơ {code(liaison, tax)} đã nhận tin “Gửi phiếu chuyển thông tin”" in asking
    assert code(liaison, land) in asked
    assert "hồ sơ đã mở hồ sơ này" in asked
    assert f"Nhận tin “Gửi phiếu chuyển thông tin” từ {code(liaison, land)}" in asked


def test_who_may_not_open_the_other_dossier_sees_its_code_without_a_link(app, liaison):
    liaison.install()
    land = liaison.ask()
    liaison.deliver()
    tax = code(liaison, liaison.child(land))
    page = sign_in(app, "linh.vt").get(f"/staff/dossiers/{code(liaison, land)}").text

    assert tax in page
    assert f'href="/staff/dossiers/{tax}"' not in page


def test_the_list_of_dossiers_says_from_whom_word_is_awaited(app, liaison):
    liaison.install()
    liaison.ask()
    liaison.deliver()
    page = sign_in(app, "linh.vt").get("/staff/dossiers?procedure=LAND").text

    assert "⇄ Đang chờ tin từ Thuế tỉnh Cà Mau" in page


def test_a_stuck_message_is_sent_again_with_other_keys_from_its_incident(app, liaison):
    tax_drawing = tax_xml(BY_PARCEL).replace(
        '<mc:field name="amount"/>', '<mc:field name="amount"/><mc:field name="parcel_no"/>'
    )
    liaison.install(land_xml(BY_PARCEL), tax_drawing)
    first, _second = liaison.ask(parcel="7"), liaison.ask(parcel="7")
    liaison.deliver()
    tax = liaison.child(first)
    liaison.office.do(tax, "T1", amount="5", notice_no="TB")
    liaison.deliver()
    incident = liaison.incidents()[0]
    with liaison.office.unit(None) as unit:  # somebody who leads the tax office
        chair = unit.session.scalars(select(PositionRow).where(PositionRow.code == "thue-cb")).one()
        chair.roles = [*chair.roles, "COORDINATOR"]
    client = sign_in(app, "yen.ph")
    page = client.get(f"/staff/incidents/{incident.id}").text
    refused = client.post(
        f"/staff/incidents/{incident.id}/keys", data={"k.parcel_no": "7", "keys_reason": "x"}
    )
    done = client.post(
        f"/staff/incidents/{incident.id}/keys",
        data={"k.parcel_no": "7", "k.dossier": code(liaison, first), "keys_reason": REASON},
    )
    liaison.deliver()

    assert "Tin liên thông chưa đến được nơi nhận" in page
    assert "Mã hồ sơ nhận" in page
    assert "Hủy tin" in page
    assert refused.status_code == 422
    assert "Hãy ghi lý do cụ thể" in refused.text
    assert done.status_code == 303
    assert liaison.office.open_steps(first) == ["T8"]


def test_it_staff_look_at_messages_without_what_they_carry(app, liaison):
    liaison.install()
    liaison.ask(parcel="thua-bi-mat")
    client = sign_in(app, "vinh.dq")
    listed = client.get("/admin/messages/").text
    shown = client.get(f"/admin/messages/details/?id={liaison.messages()[0].id}").text

    assert "Gửi phiếu chuyển thông tin" in listed
    assert "land.obligation.request" in shown
    assert "thua-bi-mat" not in listed + shown
