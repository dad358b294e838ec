"""Steps whose unit depends on the answers: by a rule in FEEL, as the competence of places goes."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.bpmn.lint import lint
from engine.store.rows import CompetenceRow, ProcedureRow, WorkItemRow
from engine.usecases.routing import RuleNamesNoUnit

pytestmark = pytest.mark.sqlite


def ruled(rule: str, role: str) -> bytes:
    """Return a procedure of one step after reception, whose unit a rule gives."""
    rule = rule.replace('"', "&quot;")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="T2"/>
    <userTask id="T2" name="Cho ý kiến" mc:kind="opinion" mc:role="{role}" mc:unit="= {rule}" mc:hours="8"/>
    <sequenceFlow id="f3" sourceRef="T2" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>
""".encode()


def unit_of(office, dossier):
    with office.reading(None) as unit:
        item = unit.session.scalars(
            select(WorkItemRow).where(WorkItemRow.dossier_id == dossier, WorkItemRow.node_id == "T2")
        ).one()
        return item.unit.code


@pytest.fixture
def place(office):
    """The commune Năm Căn is competent for permits of its place."""
    with office.unit(None) as unit:
        procedure = unit.session.scalars(select(ProcedureRow).where(ProcedureRow.key == "P03")).one()
        unit.session.add(
            CompetenceRow(
                procedure_id=procedure.id,
                unit_id=office.unit_id("nam-can"),
                geo_code="32191",
                effective_from=date(2025, 7, 1),
            )
        )


@pytest.mark.parametrize(
    ("rule", "role", "expected"),
    [
        ('if form.storeys > 1 then "sxd" else "svhttdl"', "SPECIALIST", "sxd"),
        ('if storeys > 100 then "sxd" else "culture_department"', "OPINION", "svhttdl"),
        ('"32191"', "CIVIL_STATUS", "nam-can"),
        ("unit.code", "SPECIALIST", "sxd"),
    ],
)
def test_the_rule_chooses_a_unit_a_participant_or_who_is_competent_for_a_place(
    office, place, rule, role, expected
):
    office.redraw(ruled(rule, role))

    assert unit_of(office, office.permit()) == expected


@pytest.mark.parametrize(
    ("rule", "found"), [('"no-such-unit"', "“no-such-unit”"), ("nothing", "null"), ("storeys", "4")]
)
def test_a_rule_that_names_no_unit_is_refused_and_nothing_is_written(office, rule, found):
    office.redraw(ruled(rule, "SPECIALIST"))
    before = office.counts()

    with pytest.raises(RuleNamesNoUnit) as refused:
        office.permit()

    assert office.counts() == before
    assert "“Cho ý kiến”" in refused.value.say("vi")
    assert rule in refused.value.say("en")


def test_a_rule_that_is_no_feel_is_an_error_of_the_drawing():
    [found] = [one for one in lint(ruled("if storeys then", "SPECIALIST")) if one.rule == "step-unit-rule"]
    assert (found.severity, found.element) == ("error", "T2")
