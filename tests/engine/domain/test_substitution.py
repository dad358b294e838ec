"""Laws of substitution: never more than the chair, never passed on, never without a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.access import Lent
from engine.domain.calendar import WorkingCalendar
from engine.domain.signing import capacity, printed_title
from engine.domain.substitution import (
    Chair,
    LendingRule,
    SigningForm,
    Substitution,
    SubstitutionRefused,
    check_substitution,
    doubts,
    lent_for,
    powers,
    within,
)
from engine.domain.texts import Text

ROLES = ("RECEPTION", "SPECIALIST", "HEAD", "SIGNATORY", "IT_ADMIN", "UNHEARD_OF")
RULES = {
    "RECEPTION": LendingRule(role="RECEPTION", how="free"),
    "SPECIALIST": LendingRule(role="SPECIALIST", how="free"),
    "HEAD": LendingRule(role="HEAD", how="free"),
    "SIGNATORY": LendingRule(role="SIGNATORY", how="decision"),
    "IT_ADMIN": LendingRule(role="IT_ADMIN", how="never"),
}
FORMS = {
    "KT": SigningForm(
        code="KT", name=Text("Ký thay"), needs_decision=False, place="same", roles=frozenset({"SIGNATORY"})
    ),
    "TUQ": SigningForm(
        code="TUQ", name=Text("Thừa ủy quyền"), needs_decision=True, place="below", roles=frozenset({"HEAD"})
    ),
}
START = date(2026, 11, 23)
NEXT = timedelta(days=20)
WEEK = WorkingCalendar(
    week=frozenset(range(5)), sessions=((time(7), time(11)), (time(13), time(17)))
)  # Monday to Friday

days = st.dates(START - timedelta(days=40), START + timedelta(days=40))
role_sets = st.frozensets(st.sampled_from(ROLES))
people = st.integers(1, 4)


@st.composite
def chairs(draw):
    first = draw(days)
    return Chair(
        assignment_id=draw(st.integers(1, 4)),
        user_id=draw(people),
        unit_id=draw(st.integers(1, 3)),
        rank=draw(st.integers(1, 3)),
        roles=draw(role_sets),
        starts_on=first,
        ends_on=draw(st.none() | st.dates(first, first + timedelta(days=60))),
    )


@st.composite
def substitutions(draw):
    return Substitution(
        giver_id=draw(people),
        taker_id=draw(people),
        chair_id=draw(st.integers(1, 4)),
        unit_id=draw(st.integers(1, 3)),
        roles=draw(role_sets),
        starts_on=draw(days),
        ends_on=draw(days),
        form=draw(st.sampled_from(["", "KT", "TUQ"])),
        has_decision=draw(st.booleans()),
        is_revoked=draw(st.booleans()),
    )


@st.composite
def lendings(draw):
    """A chair and a lending of it, most of which give something on some days."""
    chair, one = draw(chairs()), draw(substitutions())
    first = draw(st.dates(START - NEXT, START))
    return chair, replace(
        one, giver_id=chair.user_id, taker_id=chair.user_id + draw(st.integers(0, 2)),
        chair_id=chair.assignment_id, roles=one.roles | draw(st.sampled_from([chair.roles, frozenset()])),
        starts_on=first, ends_on=first + draw(st.timedeltas(timedelta(0), NEXT)),
    )  # fmt: skip


any_pair = lendings() | st.tuples(chairs(), substitutions()) | st.tuples(st.none(), substitutions())


@given(pair=any_pair, day=days)
def test_nobody_gets_more_than_the_chair_gives_nor_outside_the_days(pair, day):
    chair, one = pair
    given_roles = powers(one, chair, RULES, day)

    if given_roles:
        assert given_roles <= one.roles & chair.roles
        assert one.starts_on <= day <= one.ends_on
        assert chair.is_held(day)
        assert (chair.user_id, chair.assignment_id) == (one.giver_id, one.chair_id)
        assert one.taker_id != one.giver_id
        assert not one.is_revoked
        assert not given_roles & {"IT_ADMIN", "UNHEARD_OF"}
        assert "SIGNATORY" not in given_roles or (one.has_decision and one.form)


def test_a_lending_within_all_rules_gives_what_was_lent():
    assert powers(LEAVE, HEAD, RULES, START) == frozenset({"HEAD"})


@given(pair=lendings(), day=days)
def test_revoking_takes_everything_at_once(pair, day):
    chair, one = pair
    assert powers(replace(one, is_revoked=True), chair, RULES, day) == frozenset()


@given(pair=lendings(), day=days, more=role_sets)
def test_asking_for_more_roles_never_takes_one_away_nor_gives_one_the_chair_lacks(pair, day, more):
    chair, one = pair
    before = powers(one, chair, RULES, day)
    after = powers(replace(one, roles=one.roles | more), chair, RULES, day)

    assert before <= after <= chair.roles


@given(pair=lendings(), roles=role_sets, day=days)
def test_what_is_lent_cannot_be_lent_on(pair, roles, day):
    """B stands in for A and lends to C: C gets what B's own chair gives, whatever A lent to B."""
    chair, first = pair
    own = Chair(
        assignment_id=9,
        user_id=9,
        unit_id=chair.unit_id,
        rank=1,
        roles=roles,
        starts_on=START - NEXT,
        ends_on=None,
    )
    to_b = replace(first, taker_id=9)
    on = replace(first, giver_id=9, taker_id=10, chair_id=9, roles=to_b.roles | roles)

    assert powers(on, own, RULES, day) <= roles
    assert powers(replace(on, chair_id=to_b.chair_id), chair, RULES, day) == frozenset()


@given(
    role=st.sampled_from(ROLES),
    unit_id=st.integers(1, 2),
    procedure=st.integers(1, 3),
    lent_roles=role_sets,
    procedures=st.frozensets(st.integers(1, 3)),
    most=st.integers(0, 100),
    amount=st.none() | st.integers(-5, 200) | st.just("many") | st.just(float("nan")) | st.booleans(),
)
def test_authority_counts_only_within_unit_procedures_and_amounts(
    role, unit_id, procedure, lent_roles, procedures, most, amount
):
    lent = Lent(
        substitution_id=1, giver_id=7, giver_name="A", assignment_id=1, unit_id=1, unit_name="", title="",
        roles=lent_roles, procedures=procedures, limits={"capital": most},
    )  # fmt: skip
    found = lent_for([lent], role, unit_id, procedure, {"capital": amount})

    if found is not None:
        assert role in lent_roles
        assert unit_id == 1
        assert not procedures or procedure in procedures
        assert type(amount) is int
        assert amount <= most
    assert lent_for([lent], role, unit_id, procedure, {"capital": amount}, instead_of=8) is None


def test_a_missing_amount_lies_outside_every_limit():
    assert within({}, {})
    assert within({"capital": 5}, {"capital": 5})
    assert within({"capital": 5}, {"capital": "4.5"})
    assert not within({"capital": 5}, {})
    assert not within({"capital": 5}, {"capital": 6})


HEAD = Chair(
    assignment_id=1, user_id=1, unit_id=1, rank=1, roles=frozenset({"HEAD", "SIGNATORY", "IT_ADMIN"}),
    starts_on=date(2025, 1, 1), ends_on=None,
)  # fmt: skip
DEPUTY = replace(HEAD, assignment_id=2, user_id=2, roles=frozenset({"SIGNATORY"}))
OFFICER = replace(HEAD, assignment_id=3, user_id=3, rank=3, roles=frozenset({"SPECIALIST"}))
LEAVE = Substitution(
    giver_id=1, taker_id=2, chair_id=1, unit_id=1, roles=frozenset({"HEAD"}), starts_on=START,
    ends_on=START + timedelta(days=4),
)  # fmt: skip


def check(one, taker, below=frozenset({1, 5})):
    check_substitution(one, HEAD, [taker], below, RULES, FORMS, START)


@pytest.mark.parametrize(
    ("change", "taker", "word"),
    [
        ({"taker_id": 1}, HEAD, "themselves"),
        ({"ends_on": START - timedelta(days=1)}, DEPUTY, "before the first"),
        ({"starts_on": START - timedelta(9), "ends_on": START - timedelta(8)}, DEPUTY, "has passed"),
        ({"ends_on": START + timedelta(days=400)}, DEPUTY, "a year"),
        ({"roles": frozenset()}, DEPUTY, "no work"),
        ({"roles": frozenset({"SPECIALIST"})}, DEPUTY, "passed on"),
        ({"roles": frozenset({"IT_ADMIN"})}, DEPUTY, "may not be lent"),
        ({"roles": frozenset({"SIGNATORY"}), "form": "KT"}, DEPUTY, "written decision"),
        ({"roles": frozenset({"SIGNATORY"}), "has_decision": True}, DEPUTY, "form of signing"),
        (
            {"roles": frozenset({"SIGNATORY"}), "has_decision": True, "form": "KT"},
            OFFICER,
            "must hold SIGNATORY",
        ),
        (
            {"roles": frozenset({"SIGNATORY"}), "has_decision": True, "form": "TUQ"},
            replace(DEPUTY, unit_id=9),
            "does not sit",
        ),
        ({}, replace(DEPUTY, ends_on=START - timedelta(days=1)), "holds no chair"),
    ],
)
def test_what_may_not_be_lent_is_refused_with_the_reason(change, taker, word):
    with pytest.raises(SubstitutionRefused) as refusal:
        check(replace(LEAVE, **change), taker)

    assert word in refusal.value.say("en")
    assert refusal.value.say("vi").startswith("Không lập được")


def test_a_deputy_of_the_same_unit_may_sign_for_the_head_under_a_decision():
    check(replace(LEAVE, roles=frozenset({"SIGNATORY"}), has_decision=True, form="KT"), DEPUTY)


def test_the_giver_is_warned_of_everything_doubtful():
    other = replace(LEAVE, taker_id=3)
    away = replace(LEAVE, giver_id=3, taker_id=2, chair_id=3)
    later = replace(LEAVE, starts_on=START + timedelta(days=9), ends_on=START + timedelta(days=12))
    leaving = replace(OFFICER, ends_on=START + timedelta(days=2))
    said = doubts(replace(LEAVE, taker_id=3), HEAD, [leaving], [other, away, later], WEEK)
    words = " ".join(one.en for one in said)

    for word in (
        *("already stands in", "may be absent", "does not hold HEAD", "lower level", "work of their own"),
        *("leaves their chair after 25/11/2026", "30/11/2026 lies between"),
    ):
        assert word in words
    assert all(one.vi for one in said)


def test_a_weekend_between_two_substitutions_is_no_gap():
    monday = replace(LEAVE, starts_on=START + timedelta(days=7), ends_on=START + timedelta(days=8))

    assert doubts(LEAVE, HEAD, [replace(DEPUTY, roles=HEAD.roles)], [monday], WEEK) == []


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("Phó Giám đốc Sở Xây dựng", "PHÓ GIÁM ĐỐC"),
        ("Chủ tịch UBND xã Năm Căn", "CHỦ TỊCH"),
        ("Giám đốc Trung tâm", "GIÁM ĐỐC"),
        ("Trưởng phòng Quản lý xây dựng", "TRƯỞNG PHÒNG QUẢN LÝ XÂY DỰNG"),
    ],
)
def test_a_title_is_printed_without_its_office(title, printed):
    assert printed_title(title) == printed


def test_a_signature_shows_both_titles_and_the_name_of_whoever_signs():
    found = capacity(
        "Lê Thị B", "Phó Giám đốc Sở Xây dựng", form="KT", principal="Trần Văn A",
        principal_title="Giám đốc Sở Xây dựng",
    )  # fmt: skip

    assert found.lines == ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
    assert (found.signer, found.principal) == ("Lê Thị B", "Trần Văn A")
    assert capacity("C", "Giám đốc Sở Xây dựng", is_acting=True).lines == ("Q. GIÁM ĐỐC",)
