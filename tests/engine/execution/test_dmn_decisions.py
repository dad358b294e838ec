"""Decision files: boxed expressions, requirements, types, functions, services, imports, and bad files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from decisions import component, decision, dmn, given, item, knowledge, literal, table

from engine.bpmn.xml import BadXml
from engine.execution.dmn import BadDecisionFile, NoSuchDecision, WhichDecision, load_decisions
from engine.feel import FeelTooLarge


def decide(*parts: str, name: str = "D", **data) -> object:
    return load_decisions(dmn(*parts)).decide(name, data).result


# --- boxed expressions ---


def test_entries_of_a_context_see_those_before_them():
    entry = '<contextEntry><variable name="{}"/>{}</contextEntry>'
    body = entry.format("thu nhập năm", literal("x * 12")) + entry.format("tax", literal("thu nhập năm / 10"))

    assert decide(given("x"), decision("D", f"<context>{body}</context>", inputs=["x"]), x=10) == {
        "thu nhập năm": 120,
        "tax": 12,
    }
    result = f"<contextEntry>{literal('tax + 1')}</contextEntry>"
    with_result = decision("D", f"<context>{body}{result}</context>", inputs=["x"])
    assert decide(given("x"), with_result, x=10) == 13


def test_lists_and_relations():
    cells = f"<row>{literal('1')}{literal('x')}</row><row>{literal('2')}{literal('null')}</row>"
    relation = f'<relation><column name="a"/><column name="b c"/>{cells}</relation>'

    assert decide(decision("D", f"<list>{literal('1')}{literal('[2]')}</list>")) == [1, [2]]
    assert decide(given("x"), decision("D", relation, inputs=["x"]), x=7) == [
        {"a": 1, "b c": 7},
        {"a": 2, "b c": None},
    ]


def test_conditional_and_filter():
    condition = (
        f"<conditional><if>{literal('x > 1')}</if><then>{literal('1')}</then><else>{literal('2')}</else>"
    )
    assert decide(given("x"), decision("D", condition + "</conditional>", inputs=["x"]), x=None) == 2

    items = "<in>" + literal("[{a: 1}, {a: 5}]") + "</in>"
    assert decide(decision("D", f"<filter>{items}<match>{literal('a > 2')}</match></filter>")) == [{"a": 5}]


@pytest.mark.parametrize(
    ("kind", "part", "body", "expected"),
    [
        ("for", "return", "i.a * 2", [2, 10]),
        ("for", "return", "count(partial)", [0, 1]),
        ("some", "satisfies", "i.a = 5", True),
        ("every", "satisfies", "i.a = 5", False),
    ],
)
def test_loops(kind, part, body, expected):
    inside = f"<in>{literal('[{a: 1}, {a: 5}]')}</in><{part}>{literal(body)}</{part}>"

    assert decide(decision("D", f'<{kind} iteratorVariable="i">{inside}</{kind}>')) == expected


def test_an_invocation_names_its_arguments():
    fee = knowledge("lệ phí", ["diện tích: number", "rate: number"], "diện tích * rate")
    binding = '<binding><parameter name="{}"/>{}</binding>'
    body = (
        literal("lệ phí") + binding.format("rate", literal("2")) + binding.format("diện tích", literal("x"))
    )

    called = decision("D", f"<invocation>{body}</invocation>", inputs=["x"], knowledge=["lệ phí"])
    assert decide(given("x"), fee, called, x=5) == 10


def test_a_boxed_function_is_a_value_and_one_from_outside_gives_null_with_a_note():
    function = (
        f'<functionDefinition kind="{{}}"><formalParameter name="a"/>{literal("a + 1")}</functionDefinition>'
    )
    context = "<context><contextEntry><variable name='f'/>{}</contextEntry><contextEntry>{}</contextEntry></context>"

    assert decide(decision("D", context.format(function.format("FEEL"), literal("f(1)")))) == 2
    found = load_decisions(
        dmn(decision("D", context.format(function.format("PMML"), literal("f(1)"))))
    ).decide("D", {})
    assert found.result is None
    assert found.notes[0].en == "D: an external function of kind PMML is not run; its result is null."


# --- requirements ---


def test_a_decision_sees_what_it_requires_and_nothing_else():
    parts = [given("x"), decision("A-1", "x + 1", inputs=["x"]), decision("D", "A-1 * 2", needs=["A-1"])]

    assert decide(*parts, x=4) == 10
    assert decide(*parts, decision("E", "x"), name="E", x=4) is None


def test_knowledge_may_need_knowledge_and_call_itself():
    factorial = knowledge("fact", ["n"], "if n < 2 then 1 else n * fact(n - 1)")
    twice = knowledge("twice", ["n"], "2 * fact(n)", knowledge=["fact"])

    assert decide(factorial, twice, decision("D", "twice(5)", knowledge=["twice"])) == 240


def test_knowledge_models_may_need_each_other():
    even = knowledge("is even", ["n"], "if n = 0 then true else is odd(n - 1)", knowledge=["is odd"])
    odd = knowledge("is odd", ["n"], "if n = 0 then false else is even(n - 1)", knowledge=["is even"])
    wide = [
        knowledge(f"k{at}", ["n"], f"k{at - 1}(n)", knowledge=[f"k{at - 1}", f"k{max(0, at - 2)}"])
        for at in range(1, 25)
    ]

    assert decide(even, odd, decision("D", "is even(7)", knowledge=["is even"])) is False
    assert decide(knowledge("k0", ["n"], "n"), *wide, decision("D", "k24(5)", knowledge=["k24"])) == 5


def test_a_decision_service_hides_what_is_inside_and_may_be_called():
    service = (
        '<decisionService id="S" name="S"><variable name="S"/><outputDecision href="#B"/>'
        '<inputDecision href="#A"/><inputData href="#in x"/></decisionService>'
    )
    parts = [given("x"), decision("A", "1000"), decision("B", "A + x", inputs=["x"], needs=["A"]), service]

    assert decide(*parts, name="S", x=1, A=2) == 3
    assert decide(*parts, decision("D", "S(1, 2)", knowledge=["S"]), x=50) == 3
    assert decide(*parts, decision("D", "S(A: 5, x: 1) + 1", knowledge=["S"])) == 7
    assert decide(*parts, name="B", x=1) == 1001


def test_a_service_with_several_results_gives_a_context():
    service = '<decisionService id="S" name="S"><outputDecision href="#A"/><outputDecision href="#B"/></decisionService>'

    assert decide(decision("A", "1"), decision("B", "2"), service, name="S") == {"A": 1, "B": 2}


def test_decisions_that_need_each_other_are_told_not_followed():
    found = load_decisions(dmn(decision("A", "B", needs=["B"]), decision("B", "A", needs=["A"]))).decide(
        "A", {}
    )

    assert found.result is None
    assert found.notes[0].en == "the decision “A” needs itself."


def test_an_imported_file_is_seen_under_its_prefix():
    common = dmn(
        item("tPercent", "number", allowed="[0..100]"), given("rate", "tPercent"),
        decision("Half rate", "rate / 2", inputs=["rate"]), knowledge("add", ["a", "b"], "a + b"),
        namespace="urn:common",
    )  # fmt: skip
    importing = (
        '<import name="c" namespace="urn:common" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
    )
    main = dmn(importing, decision(
        "D", "c.add(c.Half rate, 1)", needs=["urn:common#Half rate"], knowledge=["urn:common#add"],
        type_ref="c.tPercent",
    ))  # fmt: skip

    decisions = load_decisions(main, {"urn:common": common}.get)

    assert decisions.decide("D", {"c": {"rate": 10}}).result == 6
    assert decisions.decide("D", {"rate": 10}).result == 6
    assert decisions.decide("D", {"rate": 300}).result is None


# --- types ---


@pytest.mark.parametrize(
    ("type_ref", "value", "expected"),
    [
        ("number", "1", None),
        ("string", "a", "a"),
        ("date", "2026-11-24", date(2026, 11, 24)),
        ("date", "2026-13-24", None),
        ("tStatus", "OPEN", "OPEN"),
        ("tStatus", "LOST", None),
        ("tStatuses", ["OPEN"], ["OPEN"]),
        ("tStatuses", "OPEN", ["OPEN"]),
        ("tStatuses", ["LOST"], None),
        ("tStatus", ["OPEN"], "OPEN"),
        ("number", [1, 2], None),
        ("tPerson", {"name": "An", "born": "2000-01-02"}, {"name": "An", "born": date(2000, 1, 2)}),
        ("tPerson", {"name": "An"}, {"name": "An", "born": None}),
        ("tPerson", {"name": 5}, None),
        ("tPeople", [{"name": "An"}], [{"name": "An", "born": None}]),
        ("Any", {"a": [1]}, {"a": [1]}),
        ("feel:number", 5, 5),
        ("tUnknown", 5, 5),
    ],
)
def test_an_input_becomes_what_its_type_says_or_null(type_ref, value, expected):
    types = [
        item("tStatus", "string", allowed='"OPEN", "DONE"'),
        item("tStatuses", "tStatus", collection=True),
        item("tPerson", "", component("name", "string"), component("born", "date")),
        item("tPeople", "tPerson", collection=True),
    ]
    parts = [*types, given("x", type_ref), decision("D", "x", inputs=["x"])]

    assert decide(*parts, x=value) == expected


def test_results_and_arguments_are_converted_or_null_with_a_note():
    parts = [knowledge("double", ["n: number"], "n * 2"), decision("D", "double([4])", knowledge=["double"])]
    assert decide(*parts) == 8
    wrong = load_decisions(dmn(decision("D", '"text"', type_ref="number"))).decide("D", {})

    assert wrong.result is None
    assert wrong.notes[0].en == "D: the value of “D” is not of the declared type; null is taken."
    assert decide(decision("D", 'date("2026-01-02")', type_ref="date and time")) == datetime(
        2026, 1, 2, tzinfo=UTC
    )


def test_the_result_of_knowledge_is_of_the_type_of_its_variable():
    named = knowledge("f", ["n"], "n").replace(
        '<variable name="f"/>', '<variable name="f" typeRef="number"/>'
    )
    parts = [named, decision("D", '[f([5]), f("x")]', knowledge=["f"])]

    assert decide(*parts) == [5, None]
    typed = named.replace('typeRef="number"', 'typeRef="tF"')
    function = '<functionItem outputTypeRef="string"><parameters name="n" typeRef="Any"/></functionItem>'
    assert decide(item("tF", "", function), typed, *parts[1:]) == [None, "x"]


def test_types_of_the_file_can_be_asked_for():
    types = [item("tSmall", "number", allowed="< 10"), item("tBox", "", component("a", "tSmall"))]

    assert decide(*types, decision("D", "[5 instance of tSmall, 50 instance of tSmall]")) == [True, False]
    assert decide(*types, decision("D", "{a: 5} instance of tBox and not({b: 5} instance of tBox)")) is True
    assert decide(*types, decision("D", "(function(n: tSmall) n)(50)")) is None


def test_json_knows_only_text_so_untyped_days_are_read_where_it_came_from_json():
    decisions = load_decisions(dmn(given("x"), decision("D", "x", inputs=["x"])))

    assert decisions.decide("D", {"x": "2026-11-24"}, from_json=True).result == date(2026, 11, 24)
    assert decisions.decide("D", {"x": "2026-11-24"}).result == "2026-11-24"


# --- what is not as it should be ---


def test_what_is_missing_is_null_and_said():
    found = load_decisions(dmn(given("x"), decision("D", "x + 1", inputs=["x"]))).decide("D", {})

    assert found.result is None
    assert found.notes[0].vi == "thiếu dữ liệu vào “x”; lấy null."


def test_an_expression_that_cannot_be_read_is_null_and_said():
    found = load_decisions(dmn(decision("D", "1 +"))).decide("D", {})

    assert found.result is None
    assert found.notes[0].en.startswith("D: The expression is wrong at position 4")


def test_the_decision_that_no_other_needs_need_not_be_named():
    one = [decision("A", "1"), decision("D", "A + 1", needs=["A"])]

    assert decide(*one, name="") == 2
    with pytest.raises(WhichDecision) as refused:
        decide(*one, decision("E", "3"), name="")
    assert refused.value.say("vi") == "Tệp có nhiều quyết định, cần nêu một: “D”, “E”."
    with pytest.raises(NoSuchDecision) as refused:
        decide(*one, name="X")
    assert refused.value.say("en") == "There is no decision “X”; the file has: “A”, “D”."


@pytest.mark.parametrize("model", [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
])  # fmt: skip
def test_files_of_all_versions_are_read(model):
    assert load_decisions(dmn(decision("D", "1 + 1"), model=model)).decide("D", {}).result == 2


def test_a_file_that_is_no_decision_is_refused():
    with pytest.raises(BadXml):
        load_decisions(b"<definitions")
    with pytest.raises(BadDecisionFile, match="expected the element definitions"):
        load_decisions(b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>")
    with pytest.raises(BadDecisionFile, match="used twice"):
        load_decisions(dmn(decision("D", "1"), decision("D", "2")))
    importing = (
        '<import name="c" namespace="urn:c" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
    )
    with pytest.raises(BadDecisionFile, match="urn:c"):
        load_decisions(dmn(importing))
    with pytest.raises(BadDecisionFile, match="circle"):
        load_decisions(dmn(importing), {"urn:c": dmn(importing, namespace="urn:c")}.get)


def test_a_decision_without_end_is_stopped():
    endless = knowledge("f", ["n"], "f(n + 1) + f(n + 2)")
    with pytest.raises(FeelTooLarge):
        decide(endless, decision("D", "f(1)", knowledge=["f"]))


def test_an_expression_of_a_file_may_be_longer_than_a_condition_but_not_endless():
    assert decide(decision("D", "1" + " + 1" * 2_000)) == 2_001
    too_long = load_decisions(dmn(decision("D", "1" + " + 1" * 3_000))).decide("D", {})

    assert too_long.result is None
    assert "10000" in too_long.notes[0].vi


def test_results_keep_all_their_digits():
    assert decide(decision("D", "1 / 3")) == Decimal("0.3333333333333333333333333333333333")


def test_a_table_may_stand_in_knowledge():
    body = table(["n"], ["out"], [["< 5", '"a"'], [">= 5", '"b"']])

    assert decide(knowledge("f", ["n"], body), decision("D", "[f(1), f(9)]", knowledge=["f"])) == ["a", "b"]
