"""A result is handed back: who took it is written with the step; nobody waits for it any more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from office import APPLICANT, Office, open_office
from sqlalchemy import select

from engine.errors import NotFound
from engine.store.counter_rows import HandOverRow, RatingRow
from engine.store.rows import OutboxRow
from engine.usecases import bulk
from engine.usecases.hand_backs import (
    HandBack,
    NotReady,
    find_hand_back,
    hand_back,
    hand_over_sheet,
    remind_uncollected,
    uncollected,
)
from engine.usecases.hand_overs import HandBackIncomplete, HandOver, HandOverMissing
from engine.usecases.lookups import look_up
from engine.usecases.ratings import (
    AlreadyRated,
    BadRating,
    NotYetRated,
    may_rate,
    rate_by_code,
    ratings_by_unit,
)
from engine.usecases.reception import ReceivedComponent
from engine.usecases.tasks import complete_task

pytestmark = pytest.mark.sqlite

CLERK = "my.nk"
COPIES = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
TAKEN = HandBack(
    code="", method="counter", checked_by="id_card", recipient_name="Á", recipient_id_no="096090001234"
)

IN_PARTS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="T4"/>
    <userTask id="T4" name="Vào sổ" mc:kind="number_seal" mc:role="CLERK" mc:result="granted"/>
    <sequenceFlow id="f3" sourceRef="T4" targetRef="T5"/>
    <userTask id="T5" name="Trả bản chính" mc:kind="return_result" mc:role="RETURN_DESK"/>
    <sequenceFlow id="f4" sourceRef="T5" targetRef="T6"/>
    <userTask id="T6" name="Trả bản sao" mc:kind="return_result" mc:role="RETURN_DESK"/>
    <sequenceFlow id="f5" sourceRef="T6" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>
""".encode()


@pytest.fixture
def office(province, clock) -> Office:
    return open_office(province, clock)


def ready(office: Office, phone: str = APPLICANT.phone) -> str:
    """Receive copies and take them to the desk that hands them back; return the code."""
    dossier = office.receive(
        CLERK,
        "P07",
        "nam-can",
        COPIES,
        components=[ReceivedComponent(code="C1")],
        applicant=replace(APPLICANT, phone=phone),
    )
    for node, outcome in (("T2", "valid"), ("T3", "sign"), ("T4", "sealed")):
        office.do(dossier, node, outcome)
    return office.dossier(dossier).code


def refused(office: Office, error: type[Exception], given: HandBack, login: str = CLERK) -> str:
    before = office.counts()
    with pytest.raises(error) as caught, office.unit(login) as unit:
        hand_back(unit, given)
    assert office.counts() == before
    return str(caught.value)


def taken(office: Office, code: str, **more) -> None:
    with office.unit(CLERK) as unit:
        hand_back(unit, replace(TAKEN, code=code, **more))


def test_a_result_is_handed_back_and_who_took_it_stands_on_the_paper(office):
    code = ready(office)
    with office.reading(CLERK) as unit:
        assert [one.code for one in uncollected(unit)[0]] == [code]

    taken(office, code)

    with office.reading(CLERK) as unit:
        sheet = hand_over_sheet(unit, code)
        assert (sheet.recipient_name, sheet.method.vi, sheet.is_proxy) == ("Á", "Tại quầy", False)
        assert "Năm Căn" in sheet.office
        assert uncollected(unit)[0] == []
    assert office.check() == {}


def test_somebody_else_takes_it_with_a_paper_that_is_named(office):
    code = ready(office)

    taken(office, code, is_proxy=True, recipient_name="Lê Văn Ba", proxy_paper="Giấy ủy quyền 12/2026")

    with office.reading(CLERK) as unit:
        sheet = hand_over_sheet(unit, code)
        assert (sheet.recipient_name, sheet.proxy_paper) == ("Lê Văn Ba", "Giấy ủy quyền 12/2026")


def test_by_post_the_number_of_the_item_is_kept(office):
    code = ready(office)

    taken(office, code, method="post", checked_by="none", post_number="EA123456789VN")

    with office.reading(CLERK) as unit:
        sheet = hand_over_sheet(unit, code)
        assert (sheet.method.en, sheet.post_number) == ("By post", "EA123456789VN")


def test_the_taker_is_known_by_the_code_and_four_digits(office):
    code = ready(office)
    by_code = replace(TAKEN, code=code, checked_by="code")

    assert "four digits" in refused(office, HandBackIncomplete, replace(by_code, digits="0000"))
    assert "four digits" in refused(office, HandBackIncomplete, by_code)
    taken(office, code, checked_by="code", digits="5678")


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"method": "pigeon"}, "choose how it is handed over"),
        ({"checked_by": "guess"}, "say what was checked"),
        ({"checked_by": "none"}, "must be checked"),
        ({"recipient_name": "  "}, "write who took it"),
        ({"method": "post", "checked_by": "none"}, "number of the postal item"),
        ({"is_proxy": True}, "name the proxy paper"),
        (
            {"is_proxy": True, "proxy_paper": "12/2026", "recipient_name": APPLICANT.name},
            "write those of the proxy",
        ),
        ({"recipient_name": "Á" * 301}, "too long"),
        ({"recipient_name": "Á" * 201}, "too long"),
        ({"post_number": "9" * 61}, "too long"),
        ({"recipient_id_no": "9" * 41}, "too long"),
    ],
)
def test_a_hand_over_that_says_too_little_or_too_much_is_refused(office, more, found):
    code = ready(office)

    assert found in refused(office, HandBackIncomplete, replace(TAKEN, code=code, **more))


def test_nothing_is_handed_back_early_twice_or_elsewhere(office):
    early = office.receive(CLERK, "P07", "nam-can", COPIES, components=[ReceivedComponent(code="C1")])
    early = office.dossier(early).code
    code = ready(office)

    refused(office, NotReady, replace(TAKEN, code=early))
    refused(office, NotFound, replace(TAKEN, code="H12.41-261123-0999"))
    refused(office, NotFound, replace(TAKEN, code=code), login="nhi.ty")  # no such dossier at another office
    taken(office, code, submission_key="one")
    taken(office, code, submission_key="one")  # a second click finds its own
    refused(office, NotReady, replace(TAKEN, code=code))
    refused(office, NotReady, replace(TAKEN, code=code, recipient_name="Khác", submission_key="two"))
    with office.reading(CLERK) as unit:
        assert len(unit.session.scalars(select(HandOverRow)).all()) == 1


def test_no_way_of_finishing_the_step_hands_a_result_to_nobody(office):
    """The button of the step, many at once: each is told where it is done, and leaves no trace."""
    code = ready(office)
    with office.reading(CLERK) as unit:
        view = find_hand_back(unit, code)
    answers = {"recipient_name": "Á", "method": "counter"}
    before = office.counts()
    with pytest.raises(HandOverMissing) as missing, office.unit(CLERK) as unit:
        complete_task(unit, view.task_id, outcome=view.outcome, raw=answers)
    assert office.counts() == before
    assert code in missing.value.say("vi")

    with office.unit(CLERK) as unit:
        many = bulk.prepare(unit, [(view.task_id, view.version)])
    with office.reading(CLERK) as unit:
        prepared = bulk.describe(unit, many)
    with office.unit(CLERK) as unit:
        bulk.begin(unit, many, "complete", {"outcome": view.outcome})
    while bulk.carry_out(office.engine, many, 10):
        pass

    assert (prepared.outcomes, prepared.at_desk) == ((), True)
    with office.reading(CLERK) as unit:
        (line,) = bulk.describe(unit, many).lines
        assert (line.state, code in line.text.vi) == ("refused", True)
        assert find_hand_back(unit, code).version == view.version
    assert office.check() == {}


def test_a_hand_over_that_says_too_little_never_finishes_the_step(office):
    code = ready(office)
    with office.reading(CLERK) as unit:
        task = find_hand_back(unit, code).task_id
    answers = {"recipient_name": "Á", "recipient_id_no": "096090001234", "method": "counter"}
    nobody = HandOver(method="counter", checked_by="none", recipient_name="Á")

    with pytest.raises(HandBackIncomplete), office.unit(CLERK) as unit:
        complete_task(unit, task, raw=answers, hand_over=nobody)

    with office.reading(CLERK) as unit:
        assert find_hand_back(unit, code).task_id == task


def test_results_that_come_in_parts_are_handed_over_one_by_one(office):
    office.redraw(IN_PARTS)
    dossier = office.permit()
    office.do(dossier, "T4")
    code = office.dossier(dossier).code

    for name in ("Á", "Lê Văn Ba"):
        with office.unit("nhi.ty") as unit:
            hand_back(unit, replace(TAKEN, code=code, recipient_name=name, submission_key=name))

    with office.reading("nhi.ty") as unit:
        kept = unit.session.scalars(select(HandOverRow).order_by(HandOverRow.id)).all()
        assert [one.recipient_name for one in kept] == ["Á", "Lê Văn Ba"]
        assert hand_over_sheet(unit, code).recipient_name == "Lê Văn Ba"
    assert office.dossier(dossier).status == "returned"
    assert office.check() == {}


def test_there_is_no_paper_before_the_hand_over(office):
    code = ready(office)

    with office.reading(CLERK) as unit, pytest.raises(NotFound):
        hand_over_sheet(unit, code)
    with office.reading(CLERK) as unit:
        assert find_hand_back(unit, code).days_waiting == 0


def test_those_who_wait_longest_come_first_over_all_pages(office):
    codes = []
    for day in ("2026-11-25", "2026-11-23", "2026-11-24"):
        office.at(f"{day} 09:00")
        codes.append(ready(office))
    office.at("2026-11-26 09:00")

    with office.reading(CLERK) as unit:
        first, following = uncollected(unit, limit=2)
        second, end = uncollected(unit, following or "", limit=2)

    assert [one.code for one in [*first, *second]] == [codes[1], codes[2], codes[0]]
    assert [one.days for one in first] == [3, 2]
    assert end is None


def test_applicants_are_reminded_by_message_at_most_every_three_days(office):
    code, land_line = ready(office), ready(office, phone="02903831234")
    with office.reading(CLERK) as unit:
        lines, _ = uncollected(unit)
    ids = [one.id for one in lines]
    assert [one.can_remind for one in lines] == [True, False]

    told = []
    for moment in ("2026-11-24 09:00", "2026-11-26 09:00", "2026-11-27 09:00"):
        office.at(moment)
        with office.unit(CLERK) as unit:
            told.append(remind_uncollected(unit, [*ids, 999_999]))
    taken(office, code)
    office.at("2026-12-01 09:00")
    with office.unit(CLERK) as unit:
        told.append(remind_uncollected(unit, ids))

    assert told == [1, 0, 1, 0]
    with office.reading(None) as unit:
        texts = [one.payload["text"] for one in unit.session.scalars(select(OutboxRow))]
        asked = [one for one in texts if "mang giay hen" in one]
    assert len(asked) == 2
    assert all(code in one and land_line not in one for one in asked)


def test_a_result_is_rated_once_and_only_after_it_was_handed_back(office):
    code = ready(office)
    with office.unit(None) as unit, pytest.raises(NotYetRated):
        rate_by_code(unit, code, 5)
    taken(office, code)
    with office.reading(None) as unit:
        assert may_rate(unit, code)

    for score in (0, 6, -1):
        with office.unit(None) as unit, pytest.raises(BadRating):
            rate_by_code(unit, code, score)
    with office.unit(None) as unit:
        rate_by_code(unit, code, 4, " Nhanh " + "x" * 2000)
    with office.unit(None) as unit, pytest.raises(AlreadyRated):
        rate_by_code(unit, code, 5)

    with office.reading(None) as unit:
        kept = unit.session.scalars(select(RatingRow)).one()
        assert (kept.score, kept.channel, len(kept.comment)) == (4, "web", 1000)
        assert not may_rate(unit, code)
        assert look_up(unit, code, "5678", "test").code == code


def test_ratings_are_counted_for_the_office_that_decided(office):
    for score in (5, 2, None):
        taken(office, ready(office), score=score)

    with office.reading(None) as unit:
        today = unit.now.date()
        (line,) = ratings_by_unit(unit, today, today)

    assert (line.counts, line.handed_back) == ((0, 1, 0, 0, 1), 3)
    assert (line.mean, line.satisfied) == (3.5, 0.5)
    assert office.check() == {}
