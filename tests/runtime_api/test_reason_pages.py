"""Reasons on the page of a step: why it is late, why it goes back, why papers are asked for once more."""

from __future__ import annotations

import re

import pytest
from office import open_office
from sqlalchemy import select

from engine.store.rows import EventRow, WorkItemRow
from engine.usecases.papers import control_sheet
from engine.usecases.registers import RECEIVED, Period, register_lines
from engine.usecases.step_reasons import Chosen
from engine.usecases.tasks import complete_task
from engine.usecases.undoing import undo_step

pytestmark = pytest.mark.sqlite
HEAD, SPECIALIST = "khoa.nd", "linh.vt"


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@pytest.fixture
def dossier(office):
    return office.permit()


def answers_of(office, task):
    with office.reading(None) as unit:
        return unit.session.get_one(WorkItemRow, task).answers


def send(client, task, **typed):
    """Send the page of a step as a browser does, with the version that it showed."""
    page = client.get(f"/staff/tasks/{task}").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    return client.post(f"/staff/tasks/{task}/complete", data={"version": version, **typed})


def test_a_late_step_asks_why_and_the_sheet_and_the_history_say_it(client, office, dossier):
    task = office.task(dossier, "T2")
    office.at("2026-12-01 09:00")
    client.sign_in(HEAD)
    page = client.get(f"/staff/tasks/{task}").text
    typed = {"outcome": "assign", "d.assigned_specialist": "Võ Thùy Linh", "late_text": ""}
    refused = send(client, task, **typed, late_code="")
    done = send(client, task, **typed, late_code="overload")
    with office.reading("mai.lt") as unit:
        sheet = control_sheet(unit, dossier).html
        event = unit.session.scalars(select(EventRow).where(EventRow.kind == "step.late")).one()

    assert "Vì sao trễ?" in page
    assert refused.status_code == 422
    assert "hãy chọn lý do trễ" in refused.text
    assert "Võ Thùy Linh" in refused.text
    assert done.status_code == 303
    assert answers_of(office, task)["late_reason"] == "Quá tải"
    assert event.data["code"] == "overload"
    assert "Quá tải" in sheet
    assert "Lý do bước" in client.get(f"/staff/dossiers/{office.dossier(dossier).code}").text


def test_a_step_in_time_asks_nothing(client, office, dossier):
    client.sign_in(HEAD)

    assert "Vì sao trễ?" not in client.get(f"/staff/tasks/{office.task(dossier, 'T2')}").text


def test_another_reason_of_lateness_needs_words_and_stands_in_the_register(office, dossier):
    task = office.task(dossier, "T2")
    office.at("2026-12-20 09:00")
    with office.unit(HEAD) as unit:
        reasons = Chosen(late="other", late_text="Mất điện cả tuần")
        raw = {"assigned_specialist": "Võ Thùy Linh"}
        complete_task(unit, task, outcome="assign", raw=raw, reasons=reasons)
    office.do(dossier, "T3", "refuse", reason="Trái quy hoạch.")
    office.do(dossier, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
    office.do(dossier, "T7", "approve")
    office.do(dossier, "T8", "sign")
    office.do(dossier, "T9r", "issue")
    with office.reading("mai.lt") as unit:
        row = office.dossier(dossier)
        period = Period.of(row.accepted_at.date(), row.accepted_at.date())
        (line,) = register_lines(unit, row.received_unit_id, RECEIVED, period)

    assert line.note.endswith("quá hạn: Mất điện cả tuần")


def test_the_lateness_of_a_step_that_was_taken_back_counts_no_more(office, dossier):
    """History and audit keep what was said; the control sheet and the register say what became of it."""
    task = office.task(dossier, "T2")
    office.at("2026-12-20 09:00")
    for text in ("Mất điện cả tuần", "Thiếu người"):
        with office.unit(HEAD) as unit:
            reasons = Chosen(late="other", late_text=text)
            complete_task(unit, task, outcome="assign", raw={}, reasons=reasons)
        if text.startswith("Mất"):
            with office.unit(HEAD) as unit:
                undo_step(unit, task)
    office.do(dossier, "T3", "refuse", reason="Trái quy hoạch.")
    office.do(dossier, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
    office.do(dossier, "T7", "approve")
    office.do(dossier, "T8", "sign")
    office.do(dossier, "T9r", "issue")

    with office.reading("mai.lt") as unit:
        row = office.dossier(dossier)
        period = Period.of(row.accepted_at.date(), row.accepted_at.date())
        (line,) = register_lines(unit, row.received_unit_id, RECEIVED, period)
        sheet = control_sheet(unit, row.code).html
        events = unit.session.scalars(select(EventRow).where(EventRow.kind == "step.late"))
        said = [one.data["reason"] for one in events]
    assert line.note.endswith("quá hạn: Thiếu người")
    assert "Mất điện" not in line.note + sheet
    assert said == ["Mất điện cả tuần", "Thiếu người"]
    assert office.check() == {}


def at_review(office, dossier):
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    office.do(dossier, "T3", "refuse", reason="Trái quy hoạch.")
    office.do(dossier, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
    return office.task(dossier, "T7")


def test_a_return_for_rework_takes_a_reason_of_the_catalogue(client, office, dossier):
    task = at_review(office, dossier)
    client.sign_in(HEAD)
    page = client.get(f"/staff/tasks/{task}").text
    back = {"outcome": "rework", "reason": "điều 94 chứ không phải 93", "rework_code": ""}
    refused = send(client, task, **back)
    done = send(client, task, **back | {"rework_code": "legal"})
    answers = answers_of(office, task)

    assert "Vì sao trả lại?" in page
    assert refused.status_code == 422
    assert "Hãy chọn một lý do trong danh sách" in refused.text
    assert done.status_code == 303
    assert answers["rework_code"] == "legal"
    assert answers["reason"] == "Sai hoặc thiếu căn cứ pháp lý: điều 94 chứ không phải 93"


def test_the_head_is_told_to_write_why_papers_are_asked_for_beyond_the_limit(client, office, dossier):
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    for _ in range(2):
        office.do(dossier, "T3", "supplement", reason="Thiếu bản vẽ")
        office.do(dossier, "T3b", "approve")
        office.do(dossier, "TS", "received")
    office.do(dossier, "T3", "supplement", reason="Vẫn thiếu")
    task = office.task(dossier, "T3b")
    client.sign_in(HEAD)
    page = client.get(f"/staff/tasks/{task}").text
    refused = send(client, task, outcome="approve", reason="")
    done = send(client, task, outcome="approve", reason="Bản vẽ mới sai tỷ lệ")

    assert "hãy ghi lý do của lãnh đạo vào ô dưới" in page
    assert refused.status_code == 409
    assert done.status_code == 303
    assert office.dossier(dossier).supplement_rounds == 3
