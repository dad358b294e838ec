"""Offices open, close and are continued by others; nothing is forgotten."""

from __future__ import annotations

from datetime import date

import pytest
from offices import OPENED, add_basics, add_office, add_person, moment

from engine.domain.access import SYSTEM, RoleMissing
from engine.domain.organisation import UnitClosed
from engine.domain.texts import Text
from engine.errors import Invalid, NotFound
from engine.usecases import organisation
from engine.usecases.organisation import Successor

LAST = date(2026, 6, 30)


@pytest.fixture
def tree(engine):
    """province ── department ── division, and a second department."""
    add_basics(engine)
    province = add_office(engine, "province")
    department = add_office(engine, "department", province)
    return {
        "province": province,
        "department": department,
        "division": add_office(engine, "division", department),
        "other": add_office(engine, "other", province),
    }


def merged_into(unit_id):
    return Successor(unit_id=unit_id, relation="merge")


def names(nodes):
    return [(node.code, names(node.children)) for node in nodes]


def test_the_tree_of_a_day_shows_the_offices_of_that_day(engine, tree):
    with engine.unit(SYSTEM) as unit:
        organisation.close_unit(unit, tree["department"], LAST, [merged_into(tree["other"])])

    with engine.reading(SYSTEM) as unit:
        before = organisation.unit_tree(unit, LAST)
        after = organisation.unit_tree(unit, date(2026, 7, 1))
    assert names(before) == [("province", [("department", [("division", [])]), ("other", [])])]
    assert names(after) == [("province", [("other", [])]), ("division", [])]


def test_a_subtree_holds_everything_below(engine, tree):
    with engine.reading(SYSTEM) as unit:
        assert organisation.subtree(unit, tree["department"]) == {tree["department"], tree["division"]}
        assert organisation.subtree(unit, tree["province"]) == set(tree.values())
        assert organisation.subtree(unit, 999) == frozenset()


def test_closing_an_office_ends_its_chairs_and_names_who_continues(engine, tree, as_user, clock):
    add_person(engine, "lan", tree["department"], ["SPECIALIST"])
    with engine.unit(SYSTEM) as unit:
        organisation.close_unit(unit, tree["department"], date(2026, 11, 30), [merged_into(tree["other"])])
    assert as_user("lan").roles == {"SPECIALIST"}

    clock.set(moment(date(2026, 12, 1)))
    assert as_user("lan").assignments == ()
    with engine.reading(SYSTEM) as unit:
        organisation.check_unit_open(unit, tree["department"], date(2026, 11, 30))
        with pytest.raises(UnitClosed) as refusal:
            organisation.check_unit_open(unit, tree["department"], date(2026, 12, 1))
    assert "Hãy chuyển đến Đơn vị other." in refusal.value.say("vi")


def test_a_closed_office_takes_no_new_chairs_and_is_not_closed_twice(engine, tree):
    with engine.unit(SYSTEM) as unit:
        organisation.close_unit(unit, tree["other"], LAST, [])

    with pytest.raises(UnitClosed), engine.unit(SYSTEM) as unit:
        organisation.create_position(unit, tree["other"], "late", Text("Muộn"), [], date(2026, 8, 1))
    with pytest.raises(UnitClosed), engine.unit(SYSTEM) as unit:
        organisation.close_unit(unit, tree["other"], date(2026, 8, 1), [])
    with pytest.raises(UnitClosed):
        add_office(engine, "below", tree["other"], effective_from=date(2026, 8, 1))


def test_crooked_facts_are_refused(engine, tree):
    with pytest.raises(organisation.CodeTaken):
        add_office(engine, "other")
    with pytest.raises(NotFound):
        add_office(engine, "new", level_code="empire")
    with pytest.raises(NotFound), engine.unit(SYSTEM) as unit:
        organisation.create_position(unit, tree["other"], "x", Text("X"), ["KING"], OPENED)
    with pytest.raises(Invalid), engine.unit(SYSTEM) as unit:
        organisation.close_unit(unit, tree["other"], LAST, [Successor(unit_id=None, relation="eaten")])
    person = add_person(engine, "lan", tree["other"], ["SPECIALIST"])
    with pytest.raises(organisation.DatesReversed), engine.unit(SYSTEM) as unit:
        organisation.assign(unit, person, 1, date(2026, 2, 1), date(2026, 1, 1))


def test_only_it_staff_change_the_organisation(engine, tree, as_user):
    add_person(engine, "lan", tree["other"], ["SPECIALIST"])
    actor = as_user("lan")

    for act in (
        lambda unit: organisation.close_unit(unit, tree["other"], LAST, []),
        lambda unit: organisation.create_position(unit, tree["other"], "x", Text("X"), [], OPENED),
        lambda unit: organisation.assign(unit, 1, 1, OPENED),
        lambda unit: organisation.end_assignment(unit, 1, LAST),
    ):
        with pytest.raises(RoleMissing), engine.unit(actor) as unit:
            act(unit)
