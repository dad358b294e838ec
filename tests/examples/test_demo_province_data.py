"""The data of the demo province: it fits together, and its calendar is the nation's."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from bpmn_library.sets import shipped_set
from runtime_api.national_calendar import FILE as NATIONAL_CALENDAR

PROVINCE = Path(__file__).parents[2] / "examples" / "demo_province"
ORGANISATION = json.loads((PROVINCE / "organisation.json").read_text(encoding="utf-8"))
COMPETENCE = json.loads((PROVINCE / "competence.json").read_text(encoding="utf-8"))["competence"]
DAYS = {
    date.fromisoformat(one["day"]): one
    for one in json.loads(NATIONAL_CALENDAR.read_text(encoding="utf-8"))["days"]
}
UNITS = {one["code"]: one for one in ORGANISATION["units"]}
POSITIONS = {one["code"]: one for one in ORGANISATION["positions"]}
TODAY = "2026-11-23"
NEW_YEAR_SWAP = {date(2026, 1, 2), date(2026, 1, 10)}


def held_in(unit: str) -> set[str]:
    """Roles that somebody holds in a unit on 23/11/2026."""
    found: set[str] = set()
    for one in ORGANISATION["assignments"]:
        position = POSITIONS[one["position"]]
        is_now = one["starts_on"] <= TODAY and (one["ends_on"] is None or one["ends_on"] >= TODAY)
        if is_now and position["unit"] == unit:
            found.update(position["roles"])
    return found


def works(day: date) -> bool:
    return DAYS[day]["kind"] == "WORK" if day in DAYS else day.weekday() < 5


def test_everything_that_is_named_exists():
    roles = {one["code"] for one in ORGANISATION["roles"]}
    levels = {one["code"] for one in ORGANISATION["levels"]}
    logins = {one["login"] for one in ORGANISATION["users"]}
    assert {one["level_code"] for one in UNITS.values()} <= levels
    assert {one["parent"] for one in UNITS.values()} - {None} <= set(UNITS)
    assert {one["unit"] for one in POSITIONS.values()} <= set(UNITS)
    assert {role for one in POSITIONS.values() for role in one["roles"]} <= roles
    assert {one["user"] for one in ORGANISATION["assignments"]} <= logins
    assert {one["unit"] for one in COMPETENCE} <= set(UNITS)
    assert {code for one in ORGANISATION["succession"] for code in (one["old"], one["new"])} <= set(UNITS)


def test_codes_and_logins_are_there_once():
    for rows, key in (
        ("units", "code"),
        ("units", "identity_code"),
        ("positions", "code"),
        ("users", "login"),
    ):
        assert max(Counter(one[key] for one in ORGANISATION[rows]).values()) == 1, key


def test_every_name_has_english():
    for rows, key in (("units", "name_en"), ("positions", "title_en"), ("roles", "name_en")):
        assert all(one[key] for one in ORGANISATION[rows]), rows


def test_districts_are_closed_with_somebody_to_continue_their_work():
    closed = {code for code, one in UNITS.items() if one["effective_to"]}
    assert closed == {code for code, one in UNITS.items() if one["level_code"] == "district"}
    assert {one["effective_to"] for one in UNITS.values()} == {None, "2025-06-30"}
    assert {one["old"] for one in ORGANISATION["succession"]} == closed


@pytest.mark.parametrize(
    ("key", "competent", "receiving"),
    [
        ("P03", "sxd", "ttpvhcc"),
        *(("P07", commune, commune) for commune in ("nam-can", "dat-mui", "tan-thuan", "thanh-phu")),
    ],
)
def test_somebody_holds_every_role_of_the_shipped_procedures(key, competent, receiving):
    places = {"competent": competent, "receiving": receiving, "fire_police": "pc07"}
    places |= {"culture_department": "svhttdl", "military_command": "bchqs"}
    for step in shipped_set("mot-cua-co-ban").entries[key].definition.steps.values():
        if step.role:
            assert step.role in held_in(places[step.unit]), (step.id, step.role)


def test_authoring_and_watching_are_done_by_different_people():
    roles = {
        "PROC_AUTHOR",
        "PROC_APPROVER_UNIT",
        "PROC_APPROVER_PROV",
        "SUPERVISOR",
        "IT_ADMIN",
        "COORDINATOR",
    }
    held = {role for unit in UNITS for role in held_in(unit)}
    assert roles <= held
    for position in POSITIONS.values():
        assert not {"PROC_AUTHOR", "PROC_APPROVER_PROV"} <= set(position["roles"])


def test_the_calendar_agrees_with_the_seed_but_for_the_new_year_swap_of_2026():
    holidays = pytest.importorskip("holidays")
    nation = holidays.VN(years=range(2024, 2028))
    first, days = date(2024, 1, 1), (date(2028, 1, 1) - date(2024, 1, 1)).days
    every = [first + timedelta(days=number) for number in range(days)]
    assert {day for day in every if works(day) != nation.is_working_day(day)} == NEW_YEAR_SWAP


def test_days_that_nobody_confirmed_say_so():
    unsure = {day for day, one in DAYS.items() if not one["confirmed"]}
    assert unsure == NEW_YEAR_SWAP | {day for day in DAYS if day.year == 2027}
    assert all(one["source"] and one["reason_vi"] and one["reason_en"] for one in DAYS.values())
