"""A diagram against its procedure: forms, participants, roles, names and the hours on the longest way."""

from decimal import Decimal

import pytest
from drawings import end, flow, node, outcomes, person, process, start, straight

from engine.bpmn.definitions import load_definition
from engine.bpmn.lint import lint_procedure
from engine.bpmn.lint.procedure import hours
from engine.domain.procedures import Procedure


@pytest.fixture
def procedure():
    def build(limit=80, participants=(), **more):
        return Procedure.from_json(
            {
                "key": "P03",
                "name": {"vi": "Cấp giấy phép xây dựng", "en": "Construction permit"},
                "limit": {"kind": "working_day", "value": 10, "hours": limit},
                "reception_form": "application",
                "forms": {
                    "application": {
                        "id": "application",
                        "title": "Đơn",
                        "sections": [
                            {
                                "title": "Công trình",
                                "fields": [{"name": "storeys", "label": "Số tầng", "type": "integer"}],
                            }
                        ],
                    }
                },
                "participants": [
                    {"code": code, "name": {"vi": code, "en": code}, "kind": "police"}
                    for code in participants
                ],
                **more,
            }
        )

    return build


def step(ident, worked="1", more="", unit="competent", inner=""):
    return person(ident, ident, f'mc:role="SPECIALIST" mc:unit="{unit}" mc:hours="{worked}" {more}', inner)


def rules(findings):
    return [(one.rule, one.element, one.severity) for one in findings]


def test_a_diagram_that_fits_has_no_findings(procedure):
    xml = straight(("a", step("a", more='mc:form="application"')), ("b", step("b", unit="fire_police")))

    assert lint_procedure(xml, procedure(participants=["fire_police"]), roles={"SPECIALIST"}) == []
    assert lint_procedure(load_definition(xml), procedure(participants=["fire_police"])) == []


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        pytest.param(
            straight(("a", step("a", more='mc:form="permit"'))), ("form-unknown", "a", "error"), id="form"
        ),
        pytest.param(straight(("a", step("a", unit="pc07"))), ("unit-unknown", "a", "error"), id="unit"),
        pytest.param(
            straight(("a", person("a", attributes='mc:role="WIZARD" mc:unit="competent" mc:hours="1"'))),
            ("role-unknown", "a", "error"),
            id="role",
        ),
        pytest.param(
            process(
                start() + step("a") + end() + flow("s", "a") + flow("a", "e"),
                attributes='isExecutable="true" mc:procedure="P07"',
            ),
            ("procedure-key", "p", "error"),
            id="another procedure",
        ),
    ],
)
def test_what_the_procedure_does_not_have_is_an_error(procedure, xml, expected):
    assert rules(lint_procedure(xml, procedure(), roles={"SPECIALIST"})) == [expected]


def test_a_participant_without_a_step_is_a_warning(procedure):
    found = lint_procedure(straight(("a", step("a"))), procedure(participants=["fire_police"]))

    assert rules(found) == [("participant-unused", "p", "warning")]


def test_conditions_may_ask_for_fields_decisions_options_and_reserved_names_only(procedure):
    known = 'storeys > 2 and result = "ok" and late_opinion = "WAIT" and GPXD_no != null and today != null'
    xml = process(
        start()
        + step("a", more='mc:decision="result" mc:register="GPXD"', inner=outcomes("ok", "no"))
        + node("exclusiveGateway", "g", default="g_e")
        + step("b")
        + end()
        + flow("s", "a")
        + flow("a", "g")
        + flow("g", "b", f"{known} and {'{0}'}")
        + flow("g", "e")
        + flow("b", "e")
    )
    content = procedure(options={"late_opinion": "WAIT"})

    good = lint_procedure(xml.replace(b" and {0}", b""), content)
    found = lint_procedure(xml.replace(b"{0}", b"height &gt; 3"), content)

    assert good == []
    assert rules(found) == [("name-unknown", "g_b", "warning")]
    assert "height" in found[0].message.en


@pytest.mark.parametrize(
    ("rule", "severity", "said"),
    [
        ("if storeys then", "error", "fee.rule: công thức “if storeys then” chưa đúng."),
        ('__import__("os").system("id")', "error", "gọi “__import__(…)”, nhưng không có hàm đó."),
        ("1000 * pages", "warning", "hỏi đến “pages”, nhưng không có giá trị đó."),
    ],
)
def test_formulas_of_the_procedure_are_feel_and_ask_for_what_there_is(procedure, rule, severity, said):
    xml = straight(("a", step("a", more='mc:form="application"')))

    [found] = lint_procedure(xml, procedure(fee={"rule": rule}))

    assert found.severity == severity
    assert said in found.message.vi


def test_the_longest_way_counts_branches_once_and_loops_once(procedure):
    xml = process(
        start()
        + step("a", "10")
        + node("parallelGateway", "split")
        + step("b", "16")
        + step("c", "24")
        + step("d", "40", more='mc:ownClock="true"')
        + node("parallelGateway", "join")
        + node("exclusiveGateway", "g", default="g_e")
        + person("w", "w", 'mc:role="R" mc:unit="receiving" mc:kind="wait_citizen" mc:hours="99"')
        + end()
        + flow("s", "a")
        + flow("a", "split")
        + "".join(flow("split", one) + flow(one, "join") for one in "bcd")
        + flow("join", "g")
        + flow("g", "w", "x = 1")
        + flow("w", "a")
        + flow("g", "e")
    )

    assert not [one for one in lint_procedure(xml, procedure(limit=34)) if one.rule == "hours-over-limit"]
    (over,) = [one for one in lint_procedure(xml, procedure(limit=33)) if one.rule == "hours-over-limit"]

    assert over.is_error
    assert "cần 34 giờ" in over.message.vi
    assert "33 giờ: a (10) → c (24)" in over.message.vi


def test_the_longest_way_looks_into_sub_processes_and_after_boundary_events(procedure):
    inner = start("s1") + step("i", "5.5") + end("e1") + flow("s1", "i") + flow("i", "e1")
    timer = (
        "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"
    )
    xml = process(
        start()
        + node("subProcess", "sub", inner)
        + node("boundaryEvent", "late", timer, attachedToRef="sub")
        + step("after", "3")
        + end()
        + end("e2")
        + flow("s", "sub")
        + flow("sub", "e")
        + flow("late", "after")
        + flow("after", "e2")
    )

    (over,) = lint_procedure(xml, procedure(limit=8))

    assert "cần 8,5 giờ" in over.message.vi
    assert "i (5,5) → after (3)" in over.message.vi
    assert lint_procedure(xml, procedure(limit=Decimal("8.5"))) == []


def test_a_limit_without_hours_is_not_compared(procedure):
    assert lint_procedure(straight(("a", step("a", "500"))), procedure(limit=None)) == []


@pytest.mark.parametrize(("minutes", "said"), [(60, "1"), (90, "1,5"), (600, "10"), (50, "0,83"), (0, "0")])
def test_hours_are_said_as_people_write_them(minutes, said):
    assert hours(minutes) == said


def test_a_very_long_process_is_walked_without_recursion(procedure):
    many = [(f"t{at}", step(f"t{at}", "1")) for at in range(3000)]

    (over,) = lint_procedure(straight(*many), procedure(limit=2999))

    assert "cần 3000 giờ" in over.message.vi
