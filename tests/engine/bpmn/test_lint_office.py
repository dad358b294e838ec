"""Rules of the office: roles, hours, buttons and what they lead to."""

import pytest
from drawings import GOOD, PERSON, end, flow, outcomes, person, process, start, straight
from planted import check_found

from engine.bpmn.lint import lint


def decided(*flows, codes=("pass", "fail"), attributes='mc:decision="result"', default="", between=""):
    """Return start → a step with buttons → gateway → the flows into b and c → end."""
    chosen = f' default="{default}"' if default else ""
    first = "x" if between else "g"
    return process(
        start()
        + person("a", "Thẩm định", f"{attributes} {PERSON}", outcomes(*codes))
        + between
        + f'<bpmn:exclusiveGateway id="g" name="Đạt?"{chosen}/>'
        + person("b")
        + person("c")
        + end()
        + flow("s", "a")
        + flow("a", first)
        + (flow("x", "g") if between else "")
        + "".join(flows)
        + flow("b", "e")
        + flow("c", "e")
    )


PASS = flow("g", "b", 'result = "pass"')
FAIL = flow("g", "c", 'result = "fail"')

FAULTS = [
    (
        "a step without name",
        straight(("a", '<bpmn:userTask id="a" mc:role="R" mc:unit="competent" mc:hours="1"/>')),
        "step-name",
        "a",
    ),
    ("a step that nobody does", straight(("a", person("a", attributes='mc:hours="1"'))), "step-role", "a"),
    ("a step without unit", straight(("a", person("a", attributes='mc:role="R"'))), "step-unit", "a"),
    ("a step without hours", straight(("a", person("a", attributes='mc:role="R"'))), "step-hours", "a"),
    ("an unknown kind", straight(("a", person("a", attributes=f'mc:kind="dream" {PERSON}'))), "mc-kind", "a"),
    ("an unknown zone", straight(("a", person("a", attributes=f'mc:zone="half" {PERSON}'))), "mc-zone", "a"),
    (
        "a misspelt attribute",
        straight(("a", person("a", attributes=f'mc:houres="2" {PERSON}'))),
        "mc-unknown-attribute",
        "a",
    ),
    (
        "a role on a service",
        straight(("a", '<bpmn:serviceTask id="a" mc:role="R"/>')),
        "step-unused",
        "a",
    ),
    ("buttons that are not kept", decided(PASS, FAIL, attributes=""), "decision-missing", "a"),
    ("a reserved variable", decided(PASS, FAIL, attributes='mc:decision="today"'), "decision-reserved", "a"),
    ("a decision without buttons", decided(PASS, FAIL, codes=()), "decision-without-outcomes", "a"),
    (
        "a button that leads nowhere",
        decided(PASS, FAIL, codes=("pass", "fail", "ask")),
        "outcome-unhandled",
        "a",
    ),
    (
        "a button that leads nowhere after another step",
        decided(PASS, FAIL, codes=("pass", "fail", "ask"), between=person("x")),
        "outcome-unhandled",
        "a",
    ),
    (
        "buttons that all do the same",
        decided(flow("g", "b", "fee > 0"), flow("g", "c"), default="g_c"),
        "outcome-same-way",
        "a",
    ),
    ("a button that nobody has", decided(PASS, flow("g", "c", 'result = "fial"')), "outcome-unknown", "g_c"),
    (
        "a list with a button that nobody has",
        decided(PASS, flow("g", "c", 'result in ("fail", "late")')),
        "outcome-unknown",
        "g_c",
    ),
    (
        "a supplement that nobody asks for",
        straight(
            ("a", person("a") + person("w", attributes=f'mc:kind="wait_citizen" {PERSON}') + flow("w", "a"))
        ),
        "supplement-unreachable",
        "w",
    ),
]


@pytest.mark.parametrize(("xml", "rule", "element"), [pytest.param(*one[1:], id=one[0]) for one in FAULTS])
def test_a_planted_fault_is_found_where_it_is(xml, rule, element):
    check_found(xml, rule, element)


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param(decided(PASS, FAIL), id="each button has its way"),
        pytest.param(decided(PASS, flow("g", "c"), default="g_c"), id="the others take the default"),
        pytest.param(decided(PASS, flow("g", "c", 'result != "pass"')), id="the others by being different"),
        pytest.param(
            decided(flow("g", "b", '"pass" = result'), flow("g", "c", 'result in ["fail"]')),
            id="written otherwise",
        ),
        pytest.param(decided(PASS, FAIL, between=person("x")), id="decided two steps later"),
    ],
)
def test_buttons_that_all_lead_somewhere_are_not_blamed(xml):
    assert lint(xml) == []


def test_a_name_inside_another_name_or_a_string_is_not_the_decision():
    xml = decided(
        PASS,
        FAIL,
        flow("g", "b", 'my_result = "other" or note = "result"', ident="third"),
        codes=("pass", "fail"),
    )

    assert [one.rule for one in lint(xml)] == []


def test_a_drawing_from_elsewhere_is_advised_but_not_blamed():
    plain = process(start() + '<bpmn:userTask id="a"/>' + end() + flow("s", "a") + flow("a", "e"))

    found = lint(plain)

    assert {one.rule for one in found} == {"step-name", "step-role", "step-unit", "step-hours"}
    assert not any(one.is_error for one in found)


def test_waiting_for_the_applicant_and_an_own_clock_need_no_hours():
    xml = straight(
        ("a", person("a", attributes='mc:role="R" mc:unit="competent" mc:ownClock="true"')),
        ("b", person("b", attributes='mc:role="R" mc:unit="competent" mc:kind="wait_citizen"')),
    )

    assert lint(xml) == []


def test_the_sentence_names_the_button_as_people_see_it():
    (finding,) = lint(decided(PASS, FAIL, codes=("pass", "fail", "ask")))

    assert finding.message.vi == (
        "Bước “Thẩm định” có nút “Nút ask”, nhưng cổng rẽ nhánh “Đạt?” không có đường nào cho lựa chọn đó."
    )


def test_a_sound_procedure_stays_silent():
    assert lint(GOOD) == []


def test_work_that_is_chosen_needs_somebody_who_chooses():
    inside = '<bpmn:adHocSubProcess id="t"{}><bpmn:task id="u"/></bpmn:adHocSubProcess>'
    office = process(inside).replace(b"<bpmn:process ", b'<bpmn:process mc:procedure="P01" ')
    chosen = office.replace(b'id="t"{}', b'id="t" mc:begin="chosen"')
    assert ("step-role", "t") in {(one.rule, one.element) for one in lint(chosen) if one.is_error}
    asked = lint(chosen.replace(b'mc:begin="chosen"', b'mc:begin="chosen" mc:role="HEAD"'))
    assert ("step-role", "t") not in {(one.rule, one.element) for one in asked}
    assert ("step-role", "t") not in {(one.rule, one.element) for one in lint(office.replace(b"{}", b""))}


def test_a_start_that_needs_several_events_is_refused_in_an_office():
    inside = (
        '<bpmn:startEvent id="t" parallelMultiple="true"><bpmn:messageEventDefinition id="d1"/>'
        '<bpmn:signalEventDefinition id="d2"/></bpmn:startEvent>'
    )
    office = process(inside).replace(b"<bpmn:process ", b'<bpmn:process mc:procedure="P01" ')
    assert ("not-in-dossiers", "t") in {(one.rule, one.element) for one in lint(office)}
    assert "not-in-dossiers" not in {one.rule for one in lint(process(inside))}
