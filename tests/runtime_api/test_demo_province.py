"""The demo province: who sits where on a Monday of November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from browser import DEMO_PASSWORD
from offices import moment

from engine.domain.access import SYSTEM
from engine.usecases import accounts, calendars, organisation
from runtime_api.demo import PASSWORD, people


def test_everybody_signs_in_with_the_one_password(province):
    assert accounts.sign_in(province, "mai.lt", DEMO_PASSWORD, "10.0.0.1")
    assert PASSWORD == DEMO_PASSWORD


def test_people_hold_the_chairs_of_the_day(as_user, province):
    assert as_user("mai.lt").roles == {"RECEPTION"}
    assert as_user("phong.dt").holds("SIGNATORY").is_acting
    assert as_user("cuong.tv").roles == {"OPINION"}
    assert {one.unit_name for one in as_user("my.nk").assignments} == {"Ủy ban nhân dân xã Năm Căn"}


def test_the_day_of_vietnamese_culture_is_off_everywhere(province):
    with province.reading(SYSTEM) as unit:
        for node in organisation.unit_tree(unit, date(2026, 11, 23))[0].children:
            calendar = calendars.calendar_of(unit, node.id)
            due = calendar.add_working_days(moment(date(2026, 11, 23)), 3)
            assert due == moment(date(2026, 11, 27), 17)


@pytest.mark.sqlite
def test_closed_districts_are_not_in_todays_tree(province):
    with province.reading(SYSTEM) as unit:

        def codes(nodes):
            return {node.code for node in nodes} | {c for node in nodes for c in codes(node.children)}

        today = codes(organisation.unit_tree(unit, date(2026, 11, 23)))
        before = codes(organisation.unit_tree(unit, date(2025, 6, 30)))
    assert "nam-can-h" in before - today
    assert {"sxd", "ttpvhcc", "nam-can"} <= today


@pytest.mark.sqlite
def test_the_table_of_people_names_each_chair(province):
    with province.reading(SYSTEM) as unit:
        table = people(unit)

    assert len(table) >= 30
    assert {"mai.lt", "vinh.dq"} <= {person.login for person in table}
    assert all(person.title and person.unit for person in table)
