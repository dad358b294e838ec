"""Conditions under proof: what overlaps, what is left open, and which values stay the same along a way."""

from __future__ import annotations

import pytest
from proofs import checker, only, procedure_with

from engine.bpmn.definitions import load_definition
from engine.execution.verify import verify


@pytest.fixture
def check(bpmn):
    return checker(bpmn)


BY_STOREYS = """
    start s
    user a mc:form=f
    xor g
    user high
    user low
    end e
    end f
    s -> a -> g
    g -> high if {0}
    g -> low if {1}
    high -> e
    low -> f
"""


def test_conditions_that_overlap_are_told_with_the_value(check):
    report = check(BY_STOREYS.format("storeys >= 7", "storeys <= 7"), ["storeys"])

    found = only(report, "gateway-overlap")
    assert report.verdict == "unsound"
    assert found.elements == ("g", "g.high", "g.low")
    assert "khi số tầng = 7 cả hai nhánh cùng đúng" in found.message.vi
    assert "when storeys = 7 both branches hold" in found.message.en


def test_conditions_that_leave_a_hole_are_told_with_the_value(check):
    report = check(BY_STOREYS.format("storeys > 7", "storeys < 7"), ["storeys"])

    found = only(report, "gateway-hole")
    assert "khi số tầng = 7 không nhánh nào đúng" in found.message.vi
    assert found.path[-1] == "g"


@pytest.mark.parametrize(
    ("high", "low"),
    [
        ("storeys > 7", "storeys <= 7"),
        ("storeys > 7.5", "storeys < 7.5"),
        ("storeys in [8..50]", "storeys in [1..7]"),
        ("storeys between 8 and 50", "not(storeys between 8 and 50)"),
        ('storeys > 7 and zone = "a"', 'storeys <= 7 or zone != "a"'),
        ('zone in ("a", "b")', 'zone = "c"'),
        ("adjacent = true", "adjacent = false"),
        ("storeys > area", "area >= storeys"),
        ("7 < storeys", "7 >= storeys"),
        ('today > date("2026-01-01")', 'today <= date("2026-01-01")'),
        ('today() > @"2026-01-01"', 'not(today() > @"2026-01-01")'),
    ],
)
def test_conditions_that_divide_what_the_form_allows_are_sound(check, high, low):
    assert check(BY_STOREYS.format(high, low), ["storeys", "area", "zone", "adjacent"]).verdict == "sound"


@pytest.mark.parametrize(
    ("high", "low", "value"),
    [
        ("storeys > 7", "storeys < 3", "số tầng = 3"),
        ("storeys > 60", "storeys < 50", "số tầng = 50"),
        ("area > 7", "area < 7", "diện tích = 7"),
        ('zone = "a"', 'zone = "b"', "khu vực = “C”"),
    ],
)
def test_a_hole_names_a_value_that_a_person_can_enter(check, high, low, value):
    message = only(check(BY_STOREYS.format(high, low), ["storeys", "area", "zone"]), "gateway-hole").message

    assert value in message.vi


def test_a_field_that_may_stay_empty_leaves_a_hole(check):
    report = check(BY_STOREYS.format("storeys > 7", "storeys <= 7"), ["storeys"], required=False)

    assert "khi số tầng chưa có" in only(report, "gateway-hole").message.vi


def test_what_cannot_be_reckoned_is_not_proven_rather_than_sound(check):
    text = BY_STOREYS.format("storeys * area > 7", 'contains(zone, "a")')

    report = check(text, ["storeys", "area", "zone"])

    assert report.verdict == "not-proven"
    assert only(report, "gateway-hole").severity == "open"


def test_the_same_condition_comes_out_the_same_until_a_step_writes_it(check):
    """A fork by a condition and a join by the same one, with a step between."""
    text = """
        start s
        xor g
        user a
        user b
        xor m
        user c
        xor h
        user d
        user f
        end e
        end o
        s -> g
        g -> a if x > 7
        g -> b if x <= 7
        a -> m
        b -> m
        m -> c -> h
        h -> d if x > 7
        h -> f if not(x > 7)
        d -> e
        f -> o
    """
    assert check(text).verdict == "sound"


def test_a_value_that_nobody_is_known_to_write_is_new_when_asked_again(check):
    report = check("""
        start s
        xor m
        user a
        xor g
        end e
        s -> m -> a -> g
        g -> m if not(done)
        g -> e if done
    """)

    assert report.verdict == "sound"


def test_correlated_conditions_of_two_gateways_make_a_step_dead(check):
    report = check("""
        start s
        xor g
        user a
        xor h
        user never
        end e
        end f
        end o
        s -> g
        g -> a if x > 7
        g -> o default
        a -> h
        h -> never if x <= 7
        h -> e default
        never -> f
    """)

    assert [one.elements for one in report.problems] == [("never",), ("f",)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_both_branches_of_an_overlap_are_named(check, language):
    text = BY_STOREYS.format("storeys >= 7", "storeys <= 7")

    message = only(check(text, ["storeys"]), "gateway-overlap").message.say(language)

    assert "“high”" in message
    assert "“low”" in message


# --- data of forms, messages and decisions -----------------------------------------------------------


def conditional_form(**proxy):
    fields = [
        {"name": "by_proxy", "type": "bool", "label": {"vi": "nộp thay"}},
        {"name": "age", "type": "integer", "min": 0, "max": 120, "label": {"vi": "tuổi"}, **proxy},
    ]
    sections = [{"title": {"vi": "Đơn"}, "fields": fields}]
    return procedure_with(
        forms={"f": {"id": "f", "title": {"vi": "Đơn"}, "sections": sections}}, reception_form="f"
    )


PROXY = """
    start s
    user a mc:form=f
    xor g
    user old
    user young
    user self
    end e
    end f
    end h
    s -> a -> g
    g -> old if by_proxy = true and age >= 18
    g -> young if by_proxy = true and age < 18
    g -> self if by_proxy = false
    old -> e
    young -> f
    self -> h
"""


def test_a_field_that_is_needed_where_it_is_shown_leaves_no_hole(bpmn):
    needed = conditional_form(required=True, visible="by_proxy = true")
    optional = conditional_form(visible="by_proxy = true")
    by_rule = conditional_form(required="by_proxy = true")

    assert verify(load_definition(bpmn(PROXY)), needed).verdict == "sound"
    assert verify(load_definition(bpmn(PROXY)), by_rule).verdict == "sound"
    assert "tuổi chưa có" in only(verify(load_definition(bpmn(PROXY)), optional), "gateway-hole").message.vi


def test_what_a_message_brings_is_new_when_it_has_come(check):
    text = """
        start s
        xor g
        catch c : message paid
          <extensionElements><mc:field name="paid"/></extensionElements>
        xor h
        user thanks
        user remind
        end d
        end e
        end f
        s -> g
        g -> d if paid = true
        g -> c if paid = false
        c -> h
        h -> thanks if paid = true
        h -> remind if paid = false
        thanks -> e
        remind -> f
    """

    assert [one.elements for one in check(text).problems if one.kind == "dead-step"] == []
    nothing = check(text.replace('<mc:field name="paid"/>', ""))
    assert ("thanks",) in [one.elements for one in nothing.problems if one.kind == "dead-step"]


def test_what_a_step_gives_by_a_data_association_is_new(check):
    text = """
        <property id="known" name="known"/>
        start s
        xor g
        user find
          <ioSpecification><dataOutput id="o" name="o"/><inputSet/><outputSet><dataOutputRefs>o</dataOutputRefs></outputSet></ioSpecification>
          <dataOutputAssociation id="a"><sourceRef>o</sourceRef><targetRef>known</targetRef></dataOutputAssociation>
        xor h
        user x
        user y
        end d
        end e
        end f
        s -> g
        g -> d if known = true
        g -> find if known = false
        find -> h
        h -> x if known = true
        h -> y if known = false
        x -> e
        y -> f
    """

    assert [one.elements for one in check(text).problems if one.kind == "dead-step"] == []


def test_what_a_decision_gives_is_new_when_it_was_asked(check):
    text = """
        start s
        xor g
        rule ask mc:decide=d mc:decideInto=risk
        xor h
        user x
        user y
        end d
        end e
        end f
        s -> g
        g -> d if risk > 5
        g -> ask if risk <= 5
        ask -> h
        h -> x if risk > 5
        h -> y if risk <= 5
        x -> e
        y -> f
    """

    assert check(text).verdict == "sound"
