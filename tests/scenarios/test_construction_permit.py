"""P03, the construction permit, from the counter to the hand-over, and what may happen between."""

import pytest
from office import content_of
from sqlalchemy import select

from engine.domain.calendar import ZONE
from engine.domain.dossiers import AlreadySigned
from engine.store.document_rows import DocumentRow
from engine.store.rows import ClockStopRow, EventRow, RegisterEntryRow, TimerRow
from engine.usecases.dossiers import withdraw_dossier
from engine.usecases.stops import TooManyRounds

HAND_OVER = {"recipient_name": "Nguyễn Văn Á", "recipient_id_no": "096090001234", "method": "counter"}
SITE = {"visit_date": "30/11/2026", "site_findings": "Khu đất trống, đúng ranh giới."}
PLANNING = {"red_line": "4 m", "building_line": "2,4 m"}
DRAFT = {"consolidation": "Đủ điều kiện.", "permit_content": "Nhà ở 2 tầng."}
REFUSAL = {"refusal_reason": "Trái quy hoạch.", "refusal_legal": "Điều 93 Luật Xây dựng"}


def to_appraisal(office, dossier):
    office.at("2026-11-23 10:00")
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")


def to_signature(office, dossier):
    """From the appraisal to the leader's desk, with nobody to ask."""
    office.at("2026-11-25 15:00")
    office.do(dossier, "T3", "pass", land_ok="1")
    office.do(dossier, "T5a", "done", **PLANNING)
    office.at("2026-11-30 10:00")
    office.do(dossier, "T4", "match", **SITE)
    office.do(dossier, "T6", "grant", **DRAFT)
    office.do(dossier, "T7", "approve")


def ask_for_papers(office, dossier):
    office.do(dossier, "T3", "supplement", reason="Bản vẽ mặt đứng thiếu kích thước.")
    return office.do(dossier, "T3b", "approve")


def events(office, dossier, kind):
    with office.reading(None) as unit:
        return list(
            unit.session.scalars(
                select(EventRow)
                .where(EventRow.dossier_id == dossier, EventRow.kind == kind)
                .order_by(EventRow.id)
            )
        )


def local(moment):
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def test_a_permit_is_granted_and_handed_over(office):
    steps = []
    dossier = office.permit()
    steps.append(office.open_steps(dossier))
    to_appraisal(office, dossier)
    steps.append(office.open_steps(dossier))
    office.at("2026-11-25 15:00")
    office.do(dossier, "T3", "pass")
    steps.append(office.open_steps(dossier))
    office.do(dossier, "T5a", "done", **PLANNING)
    steps.append(office.open_steps(dossier))
    office.at("2026-11-30 10:00")
    office.do(dossier, "T4", "match", **SITE)
    office.do(dossier, "T6", "grant", **DRAFT)
    steps.append(office.open_steps(dossier))
    office.do(dossier, "T7", "approve")
    office.do(dossier, "T8", "sign")
    steps.append(office.open_steps(dossier))
    office.at("2026-12-08 16:00")
    office.do(dossier, "T9", "issue")
    resolved = office.dossier(dossier)
    steps.append(office.open_steps(dossier))
    done = office.do(dossier, "T10", "handed_over", **HAND_OVER)

    assert steps == [["T2"], ["T3"], ["T5a"], ["T4"], ["T7"], ["T9"], ["T10"]]
    assert (resolved.status, resolved.result, resolved.delivery_status) == ("resolved", "granted", "ready")
    assert resolved.data["permit_no"] == 1
    assert events(office, dossier, "resolved")[0].data["punctuality"] == "on_time"
    assert done.ended
    row = office.dossier(dossier)
    assert (row.status, row.delivery_status, row.fee, row.payment_status) == (
        "returned",
        "handed_over",
        75_000,
        "paid",
    )
    assert local(row.current_due) == "2026-12-08 17:00"
    assert office.check() == {}


def test_two_supplements_stop_the_clock_and_a_third_is_refused(office):
    dossier = office.permit()
    to_appraisal(office, dossier)
    office.at("2026-11-25 09:00")
    ask_for_papers(office, dossier)
    first = office.dossier(dossier)
    stop_reason = events(office, dossier, "supplement.asked")[0].data["reason"]
    office.at("2026-12-01 08:30")
    office.do(dossier, "TS", "received", supplement_received_on="01/12/2026")
    resumed = office.dossier(dossier)
    office.at("2026-12-02 09:00")
    ask_for_papers(office, dossier)
    office.at("2026-12-04 09:00")
    office.do(dossier, "TS", "received")
    twice = office.dossier(dossier)
    office.do(dossier, "T3", "supplement", reason="Còn thiếu sơ đồ đấu nối.")
    before = office.counts()
    with pytest.raises(TooManyRounds) as refused:
        office.do(dossier, "T3b", "approve")

    assert stop_reason == "Bản vẽ mặt đứng thiếu kích thước."
    assert (first.status, first.supplement_rounds) == ("supplement", 1)
    assert local(first.clock_stopped_at) == "2026-11-25 09:00"
    assert local(first.current_due) == "2026-12-08 17:00"
    assert resumed.status == "in_progress"
    assert resumed.clock_stopped_at is None
    # 25/11 was day 1; 26, 27, 30/11 waited; 01/12 came in: nine days are left from 02/12.
    assert local(resumed.current_due) == "2026-12-14 17:00"
    assert local(resumed.promised_due) == "2026-12-08 17:00"
    assert local(twice.current_due) == "2026-12-16 17:00"
    assert "2 lần" in refused.value.say("vi")
    assert office.counts() == before
    assert office.open_steps(dossier) == ["T3b"]
    assert office.check() == {}


def test_the_head_may_ask_once_more_than_allowed_with_a_reason_of_their_own(office):
    dossier = office.permit()
    to_appraisal(office, dossier)
    for day in ("2026-11-26 09:00", "2026-11-30 09:00"):
        ask_for_papers(office, dossier)
        office.at(day)
        office.do(dossier, "TS", "received")
    office.do(dossier, "T3", "supplement", reason="Còn thiếu sơ đồ đấu nối.\n- Thiếu bản vẽ móng.")
    office.do(dossier, "T3b", "approve", reason="Quy định mới từ 01/12 đòi thêm sơ đồ.")
    with office.reading(None) as unit:
        letters = unit.session.scalars(
            select(DocumentRow).where(DocumentRow.form_code == "02").order_by(DocumentRow.id)
        ).all()

    assert office.dossier(dossier).supplement_rounds == 3
    (said,) = events(office, dossier, "supplement.beyond")
    assert said.data["reason"] == "Quy định mới từ 01/12 đòi thêm sơ đồ."
    assert [one.data["letter"]["round"] for one in letters] == [1, 2, 3]
    assert [one.work_item_id for one in letters][-1] == office.task(dossier, "TS")
    assert office.check() == {}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("policy", "stopped", "due"),
    [
        pytest.param("PAUSE", True, "2026-12-18 17:00", id="the two days used stay used"),
        pytest.param("RESET", True, "2026-12-22 17:00", id="ten days from the start"),
        pytest.param("RUN", False, "2026-12-14 17:00", id="nothing stops"),
    ],
)
def test_the_procedure_says_what_a_supplement_does_to_the_clock(office, policy, stopped, due):
    office.redraw(supplement={"clock": policy, "max_rounds": 1, "days": 30})
    office.at("2026-11-30 09:10")
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    office.at("2026-12-02 09:00")
    ask_for_papers(office, dossier)
    waiting = office.dossier(dossier)
    office.at("2026-12-08 10:00")
    office.do(dossier, "TS", "received")

    assert waiting.status == "supplement"
    assert (waiting.clock_stopped_at is not None) is stopped
    assert local(waiting.current_due) == "2026-12-14 17:00"
    assert local(office.dossier(dossier).current_due) == due
    assert local(office.dossier(dossier).promised_due) == "2026-12-14 17:00"
    assert office.check() == {}


def test_drawings_that_differ_from_the_site_are_mended_and_checked_again(office):
    dossier = office.permit()
    to_appraisal(office, dossier)
    office.at("2026-11-26 09:00")
    office.do(dossier, "T3", "pass")
    office.do(dossier, "T5a", "done", **PLANNING)
    office.at("2026-11-30 10:00")
    office.do(dossier, "T4", "mismatch", reason="Mặt bằng lệch 1 m so với thực địa.")
    waiting = office.open_steps(dossier)
    office.at("2026-12-02 10:00")
    office.do(dossier, "TS2", "received")

    assert waiting == ["TS2"]
    assert office.open_steps(dossier) == ["T4"]
    with office.reading(None) as unit:
        stop = unit.session.scalars(select(ClockStopRow).where(ClockStopRow.dossier_id == dossier)).one()
    assert (stop.policy, stop.reason) == ("PAUSE", "Mặt bằng lệch 1 m so với thực địa.")
    assert office.check() == {}


def test_a_refusal_gets_its_own_number_and_is_handed_over(office):
    dossier = office.permit()
    to_appraisal(office, dossier)
    office.at("2026-11-25 15:00")
    office.do(dossier, "T3", "refuse", reason="Đất chưa chuyển mục đích sử dụng.")
    office.do(dossier, "TR", "refuse", **REFUSAL)
    office.do(dossier, "T7", "approve")
    office.do(dossier, "T8", "sign")
    steps = office.open_steps(dossier)
    office.do(dossier, "T9r", "issue")
    office.do(dossier, "T10", "handed_over", **HAND_OVER)

    row = office.dossier(dossier)
    assert steps == ["T9r"]
    assert (row.status, row.result) == ("returned", "refused")
    with office.reading(None) as unit:
        entry = unit.session.scalars(
            select(RegisterEntryRow).where(RegisterEntryRow.dossier_id == dossier)
        ).one()
    assert (entry.book.split(":")[2], entry.period, entry.number) == ("refusal", "2026", 1)
    assert events(office, dossier, "resolved")[0].data["punctuality"] == "early"
    assert office.check() == {}


def test_silence_of_the_fire_police_is_consent_where_the_procedure_says_so(office):
    dossier = office.permit(on_fire_list="1")
    to_appraisal(office, dossier)
    office.at("2026-11-25 15:00")
    office.do(dossier, "T3", "pass")
    asked = office.open_steps(dossier)
    office.do(dossier, "T5a", "done", **PLANNING)
    with office.reading(None) as unit:
        due = unit.session.scalars(select(TimerRow.due_at).where(TimerRow.dossier_id == dossier)).all()
    office.at("2026-11-30 14:59")
    too_early = office.fire()
    office.at("2026-11-30 15:00")
    fired = office.fire()

    assert asked == ["T5a", "T5b"]
    assert [local(one) for one in due] == ["2026-11-30 15:00"]  # 24 working hours, not 24 hours
    assert (too_early, fired, office.fire()) == (0, 1, 0)
    assert office.open_steps(dossier) == ["T4"]
    assert len(events(office, dossier, "timer.fired")) == 1
    assert events(office, dossier, "step.withdrawn")[0].node_id == "T5b"
    assert office.check() == {}


def test_silence_of_the_fire_police_goes_to_the_head_where_the_procedure_says_so(office):
    office.redraw(options={**content_of("P03")["options"], "late_opinion": "ESCALATE"})
    dossier = office.permit(on_fire_list="1")
    to_appraisal(office, dossier)
    office.at("2026-11-25 15:00")
    office.do(dossier, "T3", "pass")
    office.do(dossier, "T5a", "done", **PLANNING)
    office.at("2026-12-01 08:00")
    office.fire()
    decided = office.open_steps(dossier)
    office.do(dossier, "TL", "proceed", reason="Đã nhắc hai lần, công trình ngoài bán kính nguy hiểm.")

    assert decided == ["TL"]
    assert office.open_steps(dossier) == ["T4"]
    assert office.check() == {}


def test_an_opinion_in_time_leaves_no_timer_behind(office):
    dossier = office.permit(on_fire_list="1")
    to_appraisal(office, dossier)
    office.at("2026-11-25 15:00")
    office.do(dossier, "T3", "pass")
    office.do(dossier, "T5b", "agree", fire_content="Bảo đảm khoảng cách.")
    office.do(dossier, "T5a", "done", **PLANNING)

    assert office.open_steps(dossier) == ["T4"]
    with office.reading(None) as unit:
        assert unit.session.scalars(select(TimerRow)).all() == []
    office.at("2026-12-20 15:00")
    assert office.fire() == 0
    assert office.check() == {}


def test_the_applicant_withdraws_until_it_is_signed(office):
    dossier = office.permit(on_fire_list="1")
    to_appraisal(office, dossier)
    office.do(dossier, "T3", "pass")
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, dossier, "Chủ đầu tư thay đổi thiết kế.")
    row = office.dossier(dossier)
    signed = office.permit()
    to_appraisal(office, signed)
    to_signature(office, signed)
    office.do(signed, "T8", "sign")

    assert (row.status, row.ended_at is not None) == ("withdrawn", True)
    assert office.open_steps(dossier) == []
    assert events(office, dossier, "withdrawn")[0].data["reason"] == "Chủ đầu tư thay đổi thiết kế."
    with pytest.raises(AlreadySigned), office.unit("mai.lt") as unit:
        withdraw_dossier(unit, signed, "Chủ đầu tư thay đổi thiết kế.")
    assert office.check() == {}


def test_a_leader_who_returns_the_draft_has_not_signed(office):
    dossier = office.permit()
    to_appraisal(office, dossier)
    to_signature(office, dossier)
    office.do(dossier, "T8", "return", reason="Bổ sung điều kiện về thoát nước.")
    back = office.open_steps(dossier)
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, dossier, "Không còn nhu cầu.")

    assert back == ["T7"]
    assert office.dossier(dossier).status == "withdrawn"
    assert office.check() == {}
