"""Extension, due date by hand, suspension and correction, each with its second person and letter."""

from __future__ import annotations

from datetime import date

import pytest
from office import Office
from sqlalchemy import select

from engine.domain.access import RoleMissing
from engine.domain.calendar import ZONE
from engine.domain.deadlines import DayNotCounted
from engine.domain.dossiers import Status
from engine.domain.extensions import (
    AlreadyDue,
    DueFixed,
    ExtensionTooLong,
    NoMoreExtensions,
    SecondPerson,
)
from engine.store.document_rows import DocumentRow
from engine.store.rows import ClockStopRow, OutboxRow, WorkItemRow
from engine.usecases.cases import Case
from engine.usecases.corrections import (
    CorrectionRuns,
    NothingToCorrect,
    corrections_of,
    open_correction,
)
from engine.usecases.due_changes import (
    ChangeDecided,
    ChangeWaits,
    DueUnchanged,
    due_changes_of,
    due_rights,
    propose_due_date,
    propose_extension,
    put_in_force,
    refuse_change,
)
from engine.usecases.history import history_of
from engine.usecases.notifications import list_notifications
from engine.usecases.reasons import ReasonNotChosen
from engine.usecases.stops import due_of
from engine.usecases.suspensions import AlreadySuspended, NotSuspended, resume_dossier, suspend_dossier


def extend(office, dossier, days=3, by="khoa.nd", code="complex"):
    with office.unit(by) as unit:
        return propose_extension(unit, dossier, days, code)


def decide(office, change, by="tuan.pm"):
    with office.unit(by) as unit:
        return put_in_force(unit, change)


def due_day(office, dossier):
    return f"{office.dossier(dossier).current_due.astimezone(ZONE):%d/%m/%Y}"


def texts(office):
    with office.reading(None) as unit:
        return [one.payload["text"] for one in unit.session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def papers(office, dossier, form):
    with office.reading(None) as unit:
        return unit.session.scalars(
            select(DocumentRow).where(DocumentRow.dossier_id == dossier, DocumentRow.form_code == form)
        ).all()


def to_result(office: Office, dossier: int) -> None:
    office.do(dossier, "T2", "assign")
    office.do(dossier, "T3", "pass", land_ok="1")
    office.do(dossier, "T5a", "done", red_line="4 m", building_line="2 m")
    office.do(dossier, "T4", "match", visit_date="23/11/2026", site_findings="Đúng ranh giới.")
    office.do(dossier, "T6", "grant", consolidation="Đủ điều kiện.", permit_content="Nhà ở 2 tầng.")
    office.do(dossier, "T7", "approve")
    office.do(dossier, "T8", "sign")
    office.do(dossier, "T9", "issue")


def test_an_extension_moves_the_due_date_only_when_it_is_signed(office):
    dossier = office.permit()
    before = due_day(office, dossier)
    change = extend(office, dossier)
    waiting = due_day(office, dossier)
    with office.reading("tuan.pm") as unit:
        asked = [one.kind for one in list_notifications(unit).lines]
    decide(office, change)
    row = office.dossier(dossier)
    (letter,) = papers(office, dossier, "04")

    assert (before, waiting, due_day(office, dossier)) == ("08/12/2026", "08/12/2026", "11/12/2026")
    assert row.legal_due == row.promised_due != row.current_due
    assert asked == ["work.due_change"]
    assert "doi thanh" in texts(office)[-1]
    assert "11/12/2026" in texts(office)[-1]
    assert letter.data["signer"]["lines"] == ["GIÁM ĐỐC"]
    assert letter.data["letter"]["due_after"].startswith("2026-12-11")
    with office.reading(None) as unit:
        kinds = [one.kind for one in history_of(unit, dossier)]
        days = due_of(Case.of(unit, unit.session.merge(row), items=[])).days
    assert [one for one in kinds if one.startswith(("extension", "due", "document"))] == [
        "extension.proposed", "extension.decided", "due.changed", "document.made",
    ]  # fmt: skip
    assert [one.reason.vi for one in days][-1].endswith("được gia hạn")
    assert office.check() == {}


def test_an_extension_needs_another_person_to_sign(office):
    dossier = office.permit()
    change = extend(office, dossier)
    for login in ("khoa.nd", "linh.vt"):
        with pytest.raises(RoleMissing):
            decide(office, change, login)
    another = office.permit()
    with office.unit("tuan.pm") as unit:
        other = propose_due_date(unit, another, date(2026, 12, 9), "Nghỉ lễ đột xuất.")
    with pytest.raises(SecondPerson):
        decide(office, other, "tuan.pm")
    decide(office, other, "oanh.tk")

    assert (due_day(office, dossier), due_day(office, another)) == ("08/12/2026", "09/12/2026")


def test_an_extension_keeps_to_number_length_time_and_reason(office):
    dossier = office.permit()
    with pytest.raises(ExtensionTooLong):
        extend(office, dossier, days=11)
    with pytest.raises(ReasonNotChosen):
        extend(office, dossier, code="weather")
    with pytest.raises(ReasonNotChosen):
        extend(office, dossier, code="other")
    change = extend(office, dossier, days=10)
    with pytest.raises(ChangeWaits):
        extend(office, dossier)
    decide(office, change)
    with pytest.raises(NoMoreExtensions):
        extend(office, dossier)
    with pytest.raises(ChangeDecided):
        decide(office, change)
    late = office.permit()
    office.at("2026-12-22 09:00")
    with pytest.raises(AlreadyDue):
        extend(office, late)


def test_an_extension_that_waits_until_the_due_date_has_passed_is_not_signed(office):
    dossier = office.permit()
    change = extend(office, dossier)
    office.at("2026-12-22 08:00")
    with pytest.raises(AlreadyDue):
        decide(office, change)

    assert due_day(office, dossier) == "08/12/2026"
    assert papers(office, dossier, "04") == []


def test_a_refused_or_withdrawn_proposal_moves_nothing_and_makes_way(office):
    dossier = office.permit()
    first = extend(office, dossier)
    with office.unit("tuan.pm") as unit:
        refuse_change(unit, first, "Không đủ lý do.")
    second = extend(office, dossier)
    with office.unit("khoa.nd") as unit:
        refuse_change(unit, second, "")
    with office.reading("tuan.pm") as unit:
        lines = due_changes_of(unit, office.dossier(dossier))

    assert [(one.state, one.note) for one in lines] == [("taken_back", ""), ("refused", "Không đủ lý do.")]
    assert due_day(office, dossier) == "08/12/2026"
    assert office.check() == {}


def test_an_extension_stays_when_a_supplement_pauses_the_clock_later(office):
    dossier = office.permit()
    decide(office, extend(office, dossier))
    office.do(dossier, "T2", "assign")
    office.at("2026-11-30 09:00")
    office.do(dossier, "T3", "supplement", reason="Thiếu bản vẽ.")
    office.do(dossier, "T3b", "approve")
    office.at("2026-12-04 09:00")
    office.do(dossier, "TS", "received")

    assert due_day(office, dossier) == "17/12/2026"  # 11/12 and the four days waited
    assert office.check() == {}


def test_a_due_date_is_changed_by_hand_with_a_reason_and_a_second_person(office):
    dossier = office.permit()
    with pytest.raises(DueUnchanged), office.unit("khoa.nd") as unit:
        propose_due_date(unit, dossier, date(2026, 12, 8), "x")
    with pytest.raises(DayNotCounted), office.unit("khoa.nd") as unit:
        propose_due_date(unit, dossier, date(2026, 12, 13), "Chủ nhật.")
    with office.unit("khoa.nd") as unit:
        earlier = propose_due_date(unit, dossier, date(2026, 12, 4), "Nhập nhầm thời hạn.")
    decide(office, earlier, "oanh.tk")
    moved = due_day(office, dossier)
    with office.unit("oanh.tk") as unit:
        later = propose_due_date(unit, dossier, date(2026, 12, 28), "Trụ sở ngập nước.")
    decide(office, later, "khoa.nd")

    assert (moved, due_day(office, dossier)) == ("04/12/2026", "28/12/2026")
    assert papers(office, dossier, "04") == []
    assert office.check() == {}


def test_rights_are_shown_to_those_who_have_them(office):
    dossier = office.permit()
    shown = {}
    for login in ("khoa.nd", "tuan.pm", "linh.vt"):
        with office.reading(login) as unit:
            rights = due_rights(unit, Case.of(unit, unit.session.merge(office.dossier(dossier)), items=[]))
            shown[login] = (rights.can_extend, rights.can_change)

    assert shown == {"khoa.nd": (True, True), "tuan.pm": (False, True), "linh.vt": (False, False)}


def test_a_suspension_stops_the_clock_and_gives_the_time_back(office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    task = office.task(dossier, "T3")
    with office.reading(None) as unit:
        target = unit.session.get_one(WorkItemRow, task).due_at
    office.at("2026-11-30 09:00")
    with office.unit("tuan.pm") as unit:
        suspend_dossier(unit, dossier, "Chờ bản án.", "Khoản 1 điều 5")
    with pytest.raises(AlreadySuspended), office.unit("tuan.pm") as unit:
        suspend_dossier(unit, dossier, "x", "y")
    with pytest.raises(DueFixed):
        extend(office, dossier)
    stopped = office.dossier(dossier).clock_stopped_at
    office.at("2026-12-07 09:00")
    with office.unit("tuan.pm") as unit:
        resume_dossier(unit, dossier, "Đã có bản án.")
    with pytest.raises(NotSuspended), office.unit("tuan.pm") as unit:
        resume_dossier(unit, dossier)
    office.do(dossier, "T3", "pass", land_ok="1")

    assert stopped is not None
    assert office.dossier(dossier).clock_stopped_at is None
    assert due_day(office, dossier) == "15/12/2026"  # five working days later
    with office.reading(None) as unit:
        item = unit.session.get_one(WorkItemRow, task)
        assert target is None or item.due_at >= target
        assert item.spent_minutes == 4 * 480 - 10 + 0 * 480  # 23/11 09:10 to 30/11 09:00, 24/11 off
    assert "tam dung" in texts(office)[-2]
    assert "tiep tuc" in texts(office)[-1]
    assert office.check() == {}


def test_a_suspended_dossier_that_is_withdrawn_leaves_no_open_stop(office):
    from engine.usecases.dossiers import withdraw_dossier

    dossier = office.permit()
    with office.unit("tuan.pm") as unit:
        suspend_dossier(unit, dossier, "Chờ bản án.", "Khoản 1 điều 5")
    office.clock.advance(days=3)
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, dossier, "Không làm nữa.")

    with office.reading(None) as unit:
        assert unit.session.scalars(select(ClockStopRow)).one().resumed_at == office.clock.now()
    assert office.check() == {}


def test_only_who_signs_for_the_competent_unit_suspends(office):
    dossier = office.permit()
    for login in ("khoa.nd", "linh.vt"):
        with pytest.raises(RoleMissing), office.unit(login) as unit:
            suspend_dossier(unit, dossier, "x", "y")


def test_a_wrong_result_is_corrected_by_a_new_dossier_that_is_linked(office):
    dossier = office.permit()
    with pytest.raises(NothingToCorrect), office.unit("tuan.pm") as unit:
        open_correction(unit, dossier, "Sai tên.")
    to_result(office, dossier)
    before = office.dossier(dossier)
    with pytest.raises(RoleMissing), office.unit("khoa.nd") as unit:
        open_correction(unit, dossier, "Sai tên.")
    with office.unit("tuan.pm") as unit:
        opened = open_correction(unit, dossier, "Sai số thửa đất.")
    with pytest.raises(CorrectionRuns), office.unit("tuan.pm") as unit:
        open_correction(unit, dossier, "Lần nữa.")
    new, old = office.dossier(opened.dossier_id), office.dossier(dossier)

    assert office.open_steps(new.id) == ["T2"]
    assert (new.applicant_name, new.fee, new.payment_status) == (old.applicant_name, 0, "none")
    assert new.data["parcel_no"] == old.data["parcel_no"]
    assert "appraisal" not in new.data
    assert (old.status, old.resolved_at, old.current_due) == (
        Status.RESOLVED, before.resolved_at, before.current_due,
    )  # fmt: skip
    with office.reading(None) as unit:
        assert [(one.code, one.corrects_this) for one in corrections_of(unit, dossier)] == [(new.code, True)]
        assert [(one.code, one.corrects_this) for one in corrections_of(unit, new.id)] == [(old.code, False)]
        assert "correction.opened" in [one.kind for one in history_of(unit, dossier)]
    assert "dinh chinh" in texts(office)[-1]
    to_result(office, new.id)
    assert office.check() == {}
