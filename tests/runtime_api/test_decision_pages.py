"""Extending, suspending, correcting and taking back on the pages, with refusals in a sentence."""

from __future__ import annotations

import pytest
from pages import read
from sqlalchemy import select

from engine.domain.access import SYSTEM
from engine.store.due_rows import DueChangeRow
from engine.store.rows import DossierRow, WorkItemRow

pytestmark = [pytest.mark.sqlite, pytest.mark.dossiers]


@pytest.fixture
def code(province):
    """A permit of the demo that is at work in the Department of Construction, with its clock running."""
    with province.reading(SYSTEM) as unit:
        return unit.session.scalars(
            select(DossierRow.code)
            .join(WorkItemRow, WorkItemRow.dossier_id == DossierRow.id)
            .where(
                DossierRow.status == "in_progress",
                DossierRow.clock_stopped_at.is_(None),
                DossierRow.current_due > unit.now,
                WorkItemRow.status == "open",
                WorkItemRow.unit_id == DossierRow.competent_unit_id,
                DossierRow.procedure.has(key="P03"),
            )
            .order_by(DossierRow.id)
        ).first()


def act(client, code, what, **form):
    client.get(f"/staff/dossiers/{code}/decisions")
    return client.post(f"/staff/dossiers/{code}/decisions/{what}", data=form)


def test_the_head_proposes_and_the_director_signs(client, province, code):
    client.sign_in("khoa.nd")
    refused = act(client, code, "extend", days="99", reason_code="complex")
    act(client, code, "extend", days="2", reason_code="complex", reason="Công trình lớn.")
    with province.reading(SYSTEM) as unit:
        change = unit.session.scalars(select(DueChangeRow)).one()
    own = act(client, code, "accept", change=str(change.id))
    client.sign_in("tuan.pm")
    page = client.get(f"/staff/dossiers/{code}/decisions").text
    signed = act(client, code, "accept", change=str(change.id))
    after = client.get(f"/staff/dossiers/{code}/decisions").text

    assert refused.status_code == 422
    assert "Gia hạn từ 1 đến 10 ngày" in refused.text
    assert own.status_code == 403
    assert "Hồ sơ phức tạp: Công trình lớn." in page
    assert "Ký gia hạn" in page
    assert signed.status_code == 303
    assert "đã có hiệu lực" in after


def test_the_director_suspends_and_lets_go_on(client, code):
    client.sign_in("tuan.pm")
    bad = act(client, code, "suspend", suspend_reason="Chờ bản án.")
    done = act(client, code, "suspend", suspend_reason="Chờ bản án.", suspend_ground="Điều 5")
    page = client.get(f"/staff/dossiers/{code}/decisions").text
    again = act(client, code, "resume")

    assert bad.status_code == 422
    assert "Chờ bản án." in bad.text
    assert (done.status_code, again.status_code) == (303, 303)
    assert "đồng hồ dừng từ" in page


def test_whoever_may_decide_nothing_is_told_so(client, code):
    client.sign_in("huong.bt")
    page = client.get(f"/staff/dossiers/{code}/decisions")

    assert page.status_code == 200
    assert "Bạn không có quyết định nào ở đây" in page.text
    assert act(client, code, "suspend", suspend_reason="x", suspend_ground="y").status_code == 403
    assert act(client, code, "nothing").status_code == 303


def test_a_wrong_number_or_day_comes_back_as_a_sentence(client, code):
    client.sign_in("khoa.nd")

    assert "Hãy kiểm tra lại số ngày." in act(client, code, "extend", days="two", reason_code="complex").text
    assert (
        "Hãy kiểm tra lại ngày hẹn mới." in act(client, code, "change", wanted="soon", change_reason="x").text
    )


def test_the_last_step_is_taken_back_from_the_page_of_the_dossier(client, province):
    with province.reading(SYSTEM) as unit:
        task, code = unit.session.execute(
            select(WorkItemRow.id, DossierRow.code)
            .join(DossierRow, DossierRow.id == WorkItemRow.dossier_id)
            .where(
                WorkItemRow.node_id == "T2",
                WorkItemRow.status == "open",
                DossierRow.procedure.has(key="P03"),
                WorkItemRow.unit.has(code="sxd"),
            )
        ).first()
    client.sign_in("khoa.nd")
    action = f"/staff/tasks/{task}/complete"
    form = read(client.get(f"/staff/tasks/{task}")).form(action)
    client.post(action, data={**form, "outcome": "assign"})
    offered = client.get(f"/staff/dossiers/{code}").text
    undone = client.post(f"/staff/tasks/{task}/undo")
    again = client.post(f"/staff/tasks/{task}/undo")

    assert "Lấy lại bước này" in offered
    assert (undone.status_code, undone.location) == (303, f"/staff/tasks/{task}")
    assert again.status_code == 409
    assert "Lấy lại bước này" not in client.get(f"/staff/dossiers/{code}").text
