"""P07, certified copies at a commune: the same day, refused, and after 15:00."""

from sqlalchemy import select

from engine.domain.calendar import ZONE
from engine.store.rows import RegisterEntryRow
from engine.usecases.reception import ReceivedComponent

COPIES = {"doc_title": "Bằng tốt nghiệp đại học", "pages": "3", "copies": "2", "consent": "1"}
HAND_OVER = {"recipient_name": "Nguyễn Văn Á", "recipient_id_no": "096090001234", "method": "counter"}


def receive(office, **more):
    papers = [ReceivedComponent(code="C1")]
    return office.receive("my.nk", "P07", "nam-can", COPIES, components=papers, **more)


def local(moment):
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def test_copies_are_certified_the_same_day_and_paid_at_the_hand_over(office):
    dossier = receive(office)
    received = office.dossier(dossier)
    steps = [office.open_steps(dossier)]
    for node, outcome in (("T2", "valid"), ("T3", "sign"), ("T4", "sealed")):
        office.do(dossier, node, outcome)
        steps.append(office.open_steps(dossier))
    office.do(dossier, "T5", "handed_over", **HAND_OVER)

    row = office.dossier(dossier)
    assert steps == [["T2"], ["T3"], ["T4"], ["T5"]]
    assert (received.status, received.fee, received.payment_status) == ("received", 10_000, "due")
    assert local(received.current_due) == "2026-11-23 17:00"
    assert (row.status, row.result, row.payment_status) == ("returned", "granted", "paid")
    assert row.data["register_no"] == 1
    assert office.check() == {}


def test_a_paper_that_may_not_be_copied_is_refused_in_writing(office):
    dossier = receive(office)
    steps = []
    for node, outcome, reason, answers in (
        ("T2", "not_copyable", "Bản chính bị tẩy xóa.", {}),
        (
            "TR",
            "refuse",
            "",
            {"refusal_ground": "altered", "refusal_reason": "Bản chính bị tẩy xóa năm sinh."},
        ),
        ("T3r", "sign", "", {}),
        ("T4r", "issue", "", {}),
        ("T5r", "handed_over", "", HAND_OVER),
    ):
        office.do(dossier, node, outcome, reason, **answers)
        steps.append(office.open_steps(dossier))

    row = office.dossier(dossier)
    assert steps == [["TR"], ["T3r"], ["T4r"], ["T5r"], []]
    assert (row.status, row.result) == ("returned", "refused")
    with office.reading(None) as unit:
        books = unit.session.scalars(select(RegisterEntryRow.book)).all()
    assert [book.split(":")[2] for book in books] == ["refusal"]
    assert office.check() == {}


def test_after_three_in_the_afternoon_it_is_due_the_next_working_day(office):
    office.at("2026-11-23 15:20")
    dossier = receive(office)

    row = office.dossier(dossier)
    assert local(row.current_due) == "2026-11-25 17:00"  # 24/11 is a holiday
    assert office.check() == {}
