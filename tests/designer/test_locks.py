"""Locked parts of a standard set: what a unit may change, and what stays as the province wrote it."""

from __future__ import annotations

import dataclasses

import pytest
from authoring import AUTHOR, PROVINCE, condition, step, without

from designer.locks import FIELD_NAMES, LockedPart, breaches, zones
from engine.bpmn.steps import StepSpec
from engine.domain.access import Actor
from engine.domain.procedures import Procedure

pytestmark = pytest.mark.sqlite


@pytest.fixture
def xml(authoring) -> bytes:
    return authoring.row(authoring.in_force().id).definition.xml


def test_the_shipped_permit_locks_signing_and_lets_the_hours_of_appraising_be_changed(xml):
    assert zones(xml)["T8"] == "locked"
    assert zones(xml)["T3"] == "adjustable"
    assert "T2" not in zones(xml)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param({"name": "Ký giấy"}, "đổi tên bước", id="its name"),
        pytest.param({"mc_hours": "1"}, "đổi số giờ", id="its hours"),
        pytest.param({"mc_role": "HEAD"}, "đổi vai trò thực hiện", id="who does it"),
        pytest.param({"mc_zone": "free"}, "đổi phần khóa", id="the lock itself"),
    ],
)
def test_nothing_of_a_locked_step_may_change(xml, change, what):
    [found] = breaches(xml, step(xml, "T8", **change))

    assert (found.step.id, found.what.vi) == ("T8", what)


@pytest.mark.parametrize("change", [{"mc_hours": "8"}, {"mc_role": "HEAD"}, {"mc_unit": "receiving"}])
def test_an_adjustable_step_may_be_given_to_others_in_other_hours(xml, change):
    assert breaches(xml, step(xml, "T3", **change)) == []


@pytest.mark.parametrize(
    "change", [{"mc_form": "assignment"}, {"mc_decision": "other"}, {"name": "Xem"}, {"mc_kind": "check"}]
)
def test_an_adjustable_step_keeps_what_it_is(xml, change):
    assert [one.step.id for one in breaches(xml, step(xml, "T3", **change))] == ["T3"]


@pytest.mark.parametrize("key", ["T8", "T3"])
def test_a_step_of_the_standard_may_not_be_taken_out(xml, key):
    assert [one.what.vi for one in breaches(xml, without(xml, key)) if one.step.id == key] == ["bỏ bước này"]


def test_a_free_step_may_be_changed_and_taken_out(xml):
    assert breaches(xml, step(xml, "T2", name="Giao việc", mc_hours="1", mc_role="SPECIALIST")) == []
    assert [one for one in breaches(xml, without(xml, "T2")) if one.step.id == "T2"] == []


def test_the_branches_of_a_locked_choice_keep_their_conditions(xml):
    locked = step(xml, "G_signature", mc_zone="locked")

    found = breaches(locked, condition(locked, "F_sign_returned", 'signature = "sign"'))

    assert [(one.step.id, one.what.vi) for one in found] == [("G_signature", "đổi điều kiện rẽ nhánh")]


def test_every_field_of_a_step_has_a_name_for_the_sentence():
    fields = {field.name for field in dataclasses.fields(StepSpec)} - {"id"}

    assert fields == set(FIELD_NAMES)


def test_a_unit_author_cannot_save_a_changed_lock_and_is_told_which_step(authoring, xml):
    draft = authoring.draft()

    with pytest.raises(LockedPart) as refusal:
        authoring.save(draft, step(xml, "T8", mc_hours="1"))

    assert "“Ký số”" in refusal.value.say("vi")
    assert "1201/QĐ-UBND" in refusal.value.say("vi")
    assert "đổi số giờ" in refusal.value.say("vi")
    assert "“Sign" in refusal.value.say("en")
    assert authoring.row(draft).definition.xml == xml


def test_a_unit_may_not_change_what_the_set_says_about_the_procedure(authoring, xml):
    draft = authoring.draft()
    content = dict(authoring.row(draft).content)
    content["limit"] = {**content["limit"], "value": 5}

    with pytest.raises(LockedPart) as refusal:
        authoring.save(draft, xml, content=content)

    assert "thời hạn giải quyết" in refusal.value.say("vi")


def test_the_province_may_change_a_lock(authoring, xml):
    from designer.drafts import save_draft

    draft = authoring.draft()
    author, province = (authoring.office.actor(one) for one in (AUTHOR, PROVINCE))
    both = Actor(
        user_id=province.user_id, name=province.name, assignments=author.assignments + province.assignments
    )
    changed = step(xml, "T8", mc_hours="1")

    with authoring.office.engine.unit(both) as unit:
        save_draft(unit, draft, xml=changed, version=authoring.row(draft).version)

    assert authoring.row(draft).definition.xml == changed


def test_unchanged_content_comes_back_through_a_save(authoring, xml):
    draft = authoring.draft()
    content = authoring.row(draft).content

    authoring.save(draft, xml, content=content, note="Không đổi gì")

    assert authoring.row(draft).content == Procedure.from_json(content).as_json()
    assert authoring.row(draft).change_note == "Không đổi gì"
