"""What the designer checks: the linter, the procedure's own rules, and the second runtime's opinion."""

from __future__ import annotations

from dataclasses import replace

import pytest
from authoring import step

from designer.checks import check_diagram, check_revision

pytestmark = pytest.mark.sqlite

LOOP = (
    b"<bpmn:standardLoopCharacteristics><bpmn:loopCondition>false</bpmn:loopCondition>"
    b"</bpmn:standardLoopCharacteristics></bpmn:userTask>"
)


@pytest.fixture
def checked(authoring):
    """`checked(xml)` are the findings about a drawing for P03."""

    def check(xml: bytes, executor: str = "marking"):
        row_id = authoring.in_force().id
        with authoring.office.reading(None) as unit:
            row = unit.session.merge(authoring.row(row_id), load=False)
            return check_diagram(replace(unit, engine=replace(unit.engine, executor=executor)), row, xml)

    return check


@pytest.fixture
def xml(authoring) -> bytes:
    return authoring.row(authoring.in_force().id).definition.xml


def test_the_published_permit_has_no_error(authoring):
    with authoring.office.reading(None) as unit:
        assert check_revision(unit, authoring.row(authoring.in_force().id)).errors == []


def test_a_step_longer_than_the_limit_is_an_error_in_words(checked, xml):
    errors = checked(step(xml, "T2", mc_hours="40")).errors

    assert any("80 giờ" in one.message.vi for one in errors)


def test_a_role_that_nobody_knows_is_found_at_its_step(checked, xml):
    findings = checked(step(xml, "T2", mc_role="WIZARD")).own

    assert "T2" in [one.element for one in findings if "WIZARD" in one.message.vi]


def test_what_cannot_be_read_is_one_finding(checked):
    checks = checked(b"<nothing")

    assert [one.rule for one in checks.errors] == ["xml"]


def test_the_second_opinion_stops_nothing_unless_dossiers_run_there(checked, xml):
    again = xml.replace(b"</bpmn:userTask>", LOOP, 1)

    here, there = checked(again), checked(again, "spiffworkflow")

    assert here.second
    assert here.errors == []
    assert there.second == ()
    assert set(here.second) <= set(there.own)


def test_findings_are_said_in_the_readers_language(checked, xml):
    checks = checked(step(xml, "T2", mc_hours="40"))

    vi, en = ([one["message"] for one in checks.as_json(language)] for language in ("vi", "en"))

    assert len(vi) == len(en)
    assert not set(vi) & set(en)
    assert {one["group"] for one in checks.as_json("vi")} <= {"rules", "second_opinion"}
