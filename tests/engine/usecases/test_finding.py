"""Finding dossiers in one box: without diacritics, by pieces of numbers, and only what one may know."""

from __future__ import annotations

import pytest
from office import PERMIT, PERMIT_PAPERS

from engine.usecases.finding import find_dossiers
from engine.usecases.reception import Applicant, ReceivedComponent
from engine.usecases.worklists import list_tasks


@pytest.fixture
def people(office):
    """Three permits: ids by applicant. The second is with the fire police, who were merely asked."""
    found = {}
    for name, id_no, phone, fire in (
        ("Đặng Thị Đào", "096190000111", "0912000777", "0"),
        ("Nguyễn Văn Ánh", "096090001234", "0988123456", "1"),
        ("Công ty TNHH Đất Mũi 68", "", "02903812345", "0"),
    ):
        papers = [*PERMIT_PAPERS, *([ReceivedComponent(code="C5")] if fire == "1" else [])]
        applicant = Applicant(name=name, id_no=id_no, phone=phone, address="ấp 4")
        found[name] = office.receive(
            "mai.lt",
            "P03",
            "ttpvhcc",
            {**PERMIT, "on_fire_list": fire, "parcel_no": "4177", "map_sheet": "93"},
            components=papers,
            applicant=applicant,
        )
    asked = found["Nguyễn Văn Ánh"]
    office.do(asked, "T2", "assign")
    office.do(asked, "T3", "pass")
    return found


def names(office, login, text):
    with office.reading(login) as unit:
        return sorted(one.applicant for one in find_dossiers(unit, text).lines)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dang thi dao", ["Đặng Thị Đào"]),
        ("ĐẶNG", ["Đặng Thị Đào"]),
        ("đao", ["Đặng Thị Đào"]),
        ("nguy van", ["Nguyễn Văn Ánh"]),  # both cut short
        ("anh nguyen", ["Nguyễn Văn Ánh"]),
        ("0912000777", ["Đặng Thị Đào"]),
        ("0912", ["Đặng Thị Đào"]),
        ("0777", ["Đặng Thị Đào"]),  # the last four digits of a telephone
        ("001234", ["Nguyễn Văn Ánh"]),
        ("096090001234", ["Nguyễn Văn Ánh"]),
        ("dat mui 68", ["Công ty TNHH Đất Mũi 68"]),
        ("-0002", ["Nguyễn Văn Ánh"]),
        ("H12.01-261123-0003", ["Công ty TNHH Đất Mũi 68"]),
        ("dang 4177", ["Đặng Thị Đào"]),  # and the parcel
        ("tran", []),
        ("dang van", []),
    ],
)
def test_one_box_finds_by_name_number_code_and_parcel(office, people, text, found):
    assert names(office, "mai.lt", text) == found


def test_who_was_merely_asked_finds_by_name_but_not_by_what_is_hidden_from_them(office, people):
    asked = "Nguyễn Văn Ánh"

    assert names(office, "son.lv", "anh") == [asked]
    assert names(office, "son.lv", "-0002") == [asked]
    assert [names(office, "son.lv", text) for text in ("0988123456", "096090001234", "4177", "3456")] == [
        [], [], [], []
    ]  # fmt: skip
    assert names(office, "son.lv", "dang") == []


def test_the_list_of_tasks_hides_the_same(office, people):
    def tasks(login, text):
        with office.reading(login) as unit:
            return [one.applicant for one in list_tasks(unit, text=text).lines]

    assert tasks("son.lv", "anh") == tasks("linh.vt", "0988 anh") == ["Nguyễn Văn Ánh"]
    assert tasks("son.lv", "0988") == tasks("son.lv", "4177") == []


def test_pages_of_what_was_found_follow_each_other(office, people):
    with office.reading("mai.lt") as unit:
        first = find_dossiers(unit, "4177", limit=2)
        second = find_dossiers(unit, "4177", limit=2, before=first.next)
        whole = find_dossiers(unit, "4177")
        for_nobody = find_dossiers(unit, "!!!")

    assert [one.id for one in (*first.lines, *second.lines)] == [one.id for one in whole.lines]
    assert len(whole.lines) == 3
    assert second.next is None
    assert for_nobody.lines == ()
