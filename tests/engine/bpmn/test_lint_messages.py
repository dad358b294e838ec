"""Messages of an office's diagram: both sides are known, fields can be read; and what a diagram exchanges."""

from __future__ import annotations

import pytest
from drawings import MESSAGE, end, flow, message_event, node, person, start, straight
from liaison import ASK, BY_PARCEL, NOTICE, land_xml, tax_xml
from planted import check_found

from engine.bpmn.definitions import load_definition
from engine.bpmn.lint import lint
from engine.bpmn.messages import messages_of

SEND = node("sendTask", "out", name="Gửi", messageRef="M")


def fields(*pairs):
    inner = "".join(f'<mc:field name="{name}" value="{value}"/>' for name, value in pairs)
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def test_a_message_that_only_one_side_knows_is_a_warning():
    check_found(straight(("a", person("a")), ("out", SEND), roots=MESSAGE), "message-alone", "out")
    check_found(
        straight(("a", person("a")), ("in", message_event("in")), roots=MESSAGE), "message-alone", "in"
    )


def test_a_message_flow_to_the_other_side_is_enough():
    pools = '<bpmn:collaboration id="c"><bpmn:participant id="us" name="Sở" processRef="p"/>'
    pools += '<bpmn:participant id="them" name="Thuế"/>'
    pools += '<bpmn:messageFlow id="mf" sourceRef="out" targetRef="them"/></bpmn:collaboration>'
    xml = straight(("a", person("a")), ("out", SEND), roots=MESSAGE + pools)

    assert "message-alone" not in {one.rule for one in lint(xml)}


def test_a_drawing_from_elsewhere_is_not_asked():
    xml = straight(("out", SEND), roots=MESSAGE)

    assert "message-alone" not in {one.rule for one in lint(xml)}


def test_fields_are_feel_and_belong_to_messages():
    bad = node("sendTask", "out", fields(("x", "1 +")), name="Gửi", messageRef="M")
    check_found(straight(("a", person("a")), ("out", bad), roots=MESSAGE), "message-field", "out")
    check_found(straight(("a", person("a", inner=fields(("x", "1"))))), "message-unused", "a")
    twice = node("sendTask", "out", fields(("x", "1"), ("x", "2")), name="Gửi", messageRef="M")
    check_found(straight(("a", person("a")), ("out", twice), roots=MESSAGE), "mc-field-name", "out")


@pytest.mark.parametrize("keep", ["thirty days", "P", "-P1D"])
def test_a_time_to_keep_is_a_duration(keep):
    bad = SEND.replace("/>", f' mc:keep="{keep}"/>').replace("></bpmn", f' mc:keep="{keep}"></bpmn')
    check_found(straight(("a", person("a")), ("out", bad), roots=MESSAGE), "mc-keep", "out")


def test_a_second_pool_that_is_to_run_is_refused_because_a_dossier_runs_one():
    more = '<bpmn:process id="q" name="Thuế" isExecutable="true">'
    more += start("s2") + end("e2") + flow("s2", "e2") + "</bpmn:process>"
    xml = straight(("a", person("a")), more=more)

    check_found(xml, "second-pool", "q")
    shown_only = straight(
        ("a", person("a")), more=more.replace('isExecutable="true"', 'isExecutable="false"')
    )
    assert "second-pool" not in {one.rule for one in lint(shown_only)}


def test_a_message_has_at_most_four_keys():
    keys = "".join(
        f'<bpmn:correlationProperty id="K{number}" name="k{number}"><bpmn:correlationPropertyRetrievalExpression '
        f'id="r{number}" messageRef="M"><bpmn:messagePath>k{number}</bpmn:messagePath>'
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
        for number in range(5)
    )
    check_found(straight(("a", person("a")), ("out", SEND), roots=MESSAGE + keys), "message-keys", "M")


def test_what_a_diagram_exchanges_is_told_with_its_keys():
    land = messages_of(load_definition(land_xml(BY_PARCEL).encode()))
    tax = messages_of(load_definition(tax_xml().encode()))

    assert [(one.name, one.node, one.unit) for one in land.thrown] == [(ASK, "ask", "tax_office")]
    assert [(one.name, one.node, one.keys, one.fields) for one in land.awaited] == [
        (NOTICE, "notice", ("parcel_no",), ("owed", "notice_no"))
    ]
    assert [(one.name, one.starts) for one in tax.awaited] == [(ASK, True)]
    assert [(one.name, one.fields) for one in tax.thrown] == [(NOTICE, ("amount", "notice_no", "land_code"))]
