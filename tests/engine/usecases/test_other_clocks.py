"""Steps on a clock of their own, a bare hand-over, and due dates that a late holiday moves."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.domain.access import RoleMissing
from engine.domain.calendar import ZONE, Day, DayKind
from engine.domain.forms import FormInvalid
from engine.domain.texts import Text
from engine.store.rows import CalendarRow, ClockStopRow, EventRow
from engine.usecases.calendars import set_day
from engine.usecases.renewals import RenewalReasonMissing, moved_due_dates, renew_due_dates

pytestmark = pytest.mark.sqlite

PAYING = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="G"/>
    <parallelGateway id="G"/>
    <sequenceFlow id="f3" sourceRef="G" targetRef="T2"/>
    <sequenceFlow id="f4" sourceRef="G" targetRef="T3"/>
    <userTask id="T2" name="Nộp nghĩa vụ tài chính" mc:kind="collect_fee" mc:role="TREASURER"
      mc:unit="receiving" mc:ownClock="true"/>
    <userTask id="T3" name="Thụ lý" mc:kind="appraise" mc:role="SPECIALIST" mc:hours="16"/>
    <sequenceFlow id="f5" sourceRef="T2" targetRef="J"/>
    <sequenceFlow id="f6" sourceRef="T3" targetRef="J"/>
    <parallelGateway id="J"/>
    <sequenceFlow id="f7" sourceRef="J" targetRef="T4"/>
    <userTask id="T4" name="Vào sổ" mc:kind="number_seal" mc:role="CLERK" mc:result="granted"
      mc:register="GPXD"/>
    <sequenceFlow id="f8" sourceRef="T4" targetRef="T5"/>
    <userTask id="T5" name="Trả kết quả" mc:kind="return_result" mc:role="RETURN_DESK"/>
    <sequenceFlow id="f9" sourceRef="T5" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>
""".encode()


def local(moment):
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def test_time_that_is_not_the_offices_is_not_counted_and_not_held_against_parallel_steps(office):
    office.redraw(PAYING)
    dossier = office.permit()
    paying = office.dossier(dossier)
    office.at("2026-11-27 09:10")
    office.do(dossier, "T2")
    office.at("2026-11-30 09:10")
    office.do(dossier, "T3")
    with office.reading(None) as unit:
        stop = unit.session.scalars(select(ClockStopRow)).one()
        done = {
            one.node_id: one.data
            for one in unit.session.scalars(select(EventRow).where(EventRow.kind == "step.done"))
        }

    assert (paying.status, local(paying.current_due)) == ("awaiting_payment", "2026-12-08 17:00")
    assert (stop.kind, stop.policy) == ("payment", "PAUSE")
    # accepted 23/11 and stopped at once: the ten days count from 30/11, the day after the payment.
    assert local(office.dossier(dossier).current_due) == "2026-12-11 17:00"
    assert office.dossier(dossier).status == "in_progress"
    assert done["T3"]["spent"] == 480  # from the payment on 27/11 09:10 to 30/11 09:10
    assert office.check() == {}


def test_a_procedure_without_forms_still_asks_who_takes_the_result(office):
    office.redraw(PAYING)
    dossier = office.permit()
    for node in ("T2", "T3", "T4"):
        office.do(dossier, node)
    with pytest.raises(FormInvalid) as refused:
        office.do(dossier, "T5")
    office.do(dossier, "T5", recipient_name="Trần Thị B", method="post")

    row = office.dossier(dossier)
    assert "recipient_name" in refused.value.facts["problems"]
    assert (row.status, row.result, row.delivery_status) == ("returned", "granted", "sent_by_post")
    assert row.data["GPXD_no"] == 1
    assert "recipient_name" not in row.data
    assert office.check() == {}


@pytest.fixture
def holiday(office):
    """Friday 04/12/2026 turns out to be a day off after a dossier was accepted; returns the dossier."""
    dossier = office.permit()
    with office.unit("vinh.dq") as unit:
        calendar = unit.session.scalars(select(CalendarRow.id)).first()
        day = Day(kind=DayKind.OFF, reason=Text("nghỉ tránh bão"), decision_no="45/QĐ-UBND")
        set_day(unit, calendar, date(2026, 12, 4), day)
    return dossier


def test_due_dates_move_only_when_somebody_says_so_and_the_promise_stays(office, holiday):
    before = office.dossier(holiday)
    flagged = office.check()
    with office.reading("vinh.dq") as unit:
        shown = moved_due_dates(unit)
    with office.unit("vinh.dq") as unit:
        moved = renew_due_dates(unit, "Quyết định 45/QĐ-UBND")
    after = office.dossier(holiday)

    assert flagged == {"due_dates_unlike_the_rules": 1}
    assert [(one.code, local(one.before), local(one.after)) for one in shown] == [
        (before.code, "2026-12-08 17:00", "2026-12-09 17:00")
    ]
    assert moved == 1
    assert (local(after.current_due), local(after.promised_due)) == ("2026-12-09 17:00", "2026-12-08 17:00")
    assert office.check() == {}


def test_due_dates_are_renewed_by_it_staff_with_a_reason(office, holiday):
    with pytest.raises(RoleMissing), office.unit("linh.vt") as unit:
        renew_due_dates(unit, "x")
    with pytest.raises(RenewalReasonMissing), office.unit("vinh.dq") as unit:
        renew_due_dates(unit, "  ")
