"""Progress reports: every number is the length of its list."""

from datetime import date

import pytest

from engine.usecases.reception import ReceivedComponent
from engine.usecases.reports import MEASURES, UnknownMeasure, list_for, progress, totals

SINCE, UNTIL = date(2026, 11, 1), date(2026, 12, 31)
COPIES = {"doc_title": "Bằng", "pages": "1", "copies": "1"}


@pytest.fixture
def busy(office):
    """Dossiers in several states at two units; ids by what they are."""
    certified = {}
    for name in ("returned", "ready", "fresh"):
        certified[name] = office.receive(
            "my.nk", "P07", "nam-can", COPIES, components=[ReceivedComponent(code="C1")]
        )
    for name in ("returned", "ready"):
        for node, outcome in (("T2", "valid"), ("T3", "sign")):
            office.do(certified[name], node, outcome)
    office.do(certified["returned"], "T4", "sealed")
    hand = {"recipient_name": "Á", "recipient_id_no": "096090001234", "method": "counter"}
    office.do(certified["returned"], "T5", "handed_over", **hand)
    office.at("2026-11-23 18:30")
    office.do(certified["ready"], "T4", "sealed")  # after hours, still on the due day
    waiting = office.permit()
    office.do(waiting, "T2", "assign")
    office.do(waiting, "T3", "supplement", reason="Thiếu giấy tờ.")
    office.do(waiting, "T3b", "approve")
    office.at("2026-12-20 09:00")
    return {**certified, "waiting": waiting}


def lines(office, login, **arguments):
    with office.reading(login) as unit:
        return progress(unit, since=SINCE, until=UNTIL, **arguments)


def test_every_number_is_the_length_of_its_list(office, busy):
    found = lines(office, "hai.hv")
    assert {one.unit_name for one in found} == {"Ủy ban nhân dân xã Năm Căn", "Sở Xây dựng"}
    for one in found:
        for measure in MEASURES:
            with office.reading("hai.hv") as unit:
                opened = list_for(
                    unit,
                    measure,
                    since=SINCE,
                    until=UNTIL,
                    unit_id=one.unit_id,
                    procedure_key=one.procedure_key,
                )
            assert len(opened) == getattr(one, measure), (one.unit_name, measure)


def test_what_is_late_ready_and_waiting_is_counted_as_such(office, busy):
    sums = totals(lines(office, "hai.hv"))

    assert sums["received"] == 4
    assert sums["in_progress"] == 2
    assert sums["late"] == 1  # the fresh copy; the one that waits for the citizen is not late
    assert sums["supplement"] == 1
    assert (sums["resolved"], sums["resolved_on_time"], sums["resolved_late"]) == (2, 2, 0)
    assert (sums["returned"], sums["not_collected"]) == (1, 1)


@pytest.mark.sqlite
def test_days_of_a_period_are_days_in_vietnam(office, busy):
    with office.reading("hai.hv") as unit:
        same = list_for(unit, "received", since=date(2026, 11, 23), until=date(2026, 11, 23))
        before = list_for(unit, "received", since=date(2026, 11, 1), until=date(2026, 11, 22))

    assert (len(same), len(before)) == (4, 0)


@pytest.mark.sqlite
def test_each_sees_what_lies_in_their_scope(office, busy):
    commune = lines(office, "khanh.tq")
    department = lines(office, "khoa.nd")
    below = lines(office, "hai.hv", root_unit_id=office.unit_id("sxd"))
    nobody = lines(office, "son.lv")

    assert {one.unit_name for one in commune} == {"Ủy ban nhân dân xã Năm Căn"}
    assert {one.unit_name for one in department} == {one.unit_name for one in below} == {"Sở Xây dựng"}
    assert nobody == []


@pytest.mark.sqlite
def test_an_unknown_measure_is_refused(office):
    with pytest.raises(UnknownMeasure), office.reading("hai.hv") as unit:
        list_for(unit, "secret", since=SINCE, until=UNTIL)
