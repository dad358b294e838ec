"""Forms: reading a page of answers, what is hidden, and sentences that say what was expected and found."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.calendar import ZONE
from engine.domain.forms import (
    BadForm,
    Form,
    FormInvalid,
    as_context,
    check_answers,
    input_value,
    parse_answers,
    show_value,
    visible_fields,
)
from engine.domain.names import FUNCTIONS, KEYWORDS, RESERVED
from engine.domain.texts import Text
from engine.feel import evaluate
from engine.feel.builtins import BUILTINS

TODAY = {"today": date(2026, 11, 24)}


def form_of(*fields: dict) -> Form:
    return Form.from_json(
        {"id": "application", "title": "Đơn", "sections": [{"title": "A", "fields": list(fields)}]}
    )


def field(name: str = "answer", kind: str = "text", **more: object) -> dict:
    return {"name": name, "label": {"vi": "Khoảng lùi", "en": "Setback"}, "type": kind, **more}


def read_one(raw: object, **more: object) -> object:
    """Read one answer that must be right."""
    return check_answers(form_of(field(**more)), {"answer": raw}, TODAY, evaluate)["answer"]


def problem_of(raw: object, **more: object) -> Text:
    """Read one answer that must be wrong."""
    _, problems = parse_answers(form_of(field(**more)), {"answer": raw}, TODAY, evaluate)
    return problems["answer"]


KINDS = [
    {"value": "house", "label": {"vi": "Nhà ở", "en": "House"}},
    {"value": "works", "label": "Công trình"},
]


@pytest.mark.parametrize(
    ("kind", "more", "raw", "value"),
    [
        ("decimal", {}, "412,5", "412.5"),
        ("decimal", {}, "1.200,5", "1200.5"),
        ("decimal", {}, "1,200.5", "1200.5"),
        ("decimal", {}, "412.5", "412.5"),
        ("decimal", {"digits": 2}, "1.200", "1200"),
        ("decimal", {}, "1.200.000", "1200000"),
        ("decimal", {}, "0.125", "0.125"),
        ("decimal", {"unit": "m²"}, "90 m²", "90"),
        ("decimal", {}, "−1,50", "-1.5"),
        ("decimal", {}, 412.5, "412.5"),
        ("integer", {}, "1.200", 1200),
        ("integer", {}, 7, 7),
        ("money", {}, "75.000 đ", 75000),
        ("money", {}, "1.500.000 VND", 1500000),
        ("date", {}, "24/11/2026", "2026-11-24"),
        ("date", {}, "4-1-2026", "2026-01-04"),
        ("date", {}, "2026-11-24", "2026-11-24"),
        ("datetime", {}, "24/11/2026 9:30", "2026-11-24T09:30:00+07:00"),
        ("datetime", {}, "2026-11-24T09:30", "2026-11-24T09:30:00+07:00"),
        ("datetime", {}, "2026-11-24T02:30:00Z", "2026-11-24T09:30:00+07:00"),
        ("choice", {"options": KINDS}, "house", "house"),
        ("multi_choice", {"options": KINDS}, ["works", "house"], ["house", "works"]),
        ("multi_choice", {"options": KINDS}, [], None),
        ("bool", {}, "on", True),
        ("bool", {}, ["0", "1"], True),
        ("bool", {}, None, False),
        ("phone", {}, "+84 912 345 678", "0912345678"),
        ("phone", {}, "0290.3831.345", "02903831345"),
        ("id_no", {}, "096 085 001234", "096085001234"),
        ("id_no", {}, "c1234567", "C1234567"),
        ("email", {}, "an@camau.gov.vn", "an@camau.gov.vn"),
        ("text", {}, "  Nguyễn   Văn An ", "Nguyễn Văn An"),
        ("text", {}, "Nguyễn", "Nguyễn"),
        ("long_text", {}, "một\r\nhai", "một\nhai"),
        ("text", {}, "   ", None),
    ],
)
def test_an_answer_is_read_as_people_here_write_it(kind, more, raw, value):
    assert read_one(raw, kind=kind, **more) == value


@pytest.mark.parametrize(
    ("kind", "more", "raw", "sentence"),
    [
        ("decimal", {"min": 0, "unit": "m"}, "-1", "Khoảng lùi phải từ 0 m trở lên; đang nhập −1 m."),
        ("decimal", {"min": 1, "max": "9.5"}, "10", "Khoảng lùi phải từ 1 đến 9,5; đang nhập 10."),
        ("integer", {"max": 3}, "4", "Khoảng lùi không được quá 3; đang nhập 4."),
        ("integer", {}, "3,5", "Khoảng lùi phải là số nguyên; đang nhập “3,5”."),
        ("decimal", {"digits": 1}, "1,25", "Khoảng lùi có tối đa 1 chữ số sau dấu phẩy; đang nhập “1,25”."),
        ("decimal", {}, "chín", "Khoảng lùi phải là một số, ví dụ 412,5; đang nhập “chín”."),
        ("decimal", {}, "1.200",
         "Khoảng lùi có thể hiểu hai cách, hãy nhập 1,200 / 1200; đang nhập “1.200”."),
        ("money", {}, "-5", "Khoảng lùi phải là số đồng nguyên từ 0 trở lên; đang nhập “-5”."),
        ("date", {}, "31/02/2026",
         "Khoảng lùi phải là ngày có thật, dạng 24/11/2026; đang nhập “31/02/2026”."),
        ("date", {"max": "today"}, "25/11/2026",
         "Khoảng lùi không được sau ngày 24/11/2026; đang nhập 25/11/2026."),
        ("choice", {"options": KINDS}, "boat",
         "Khoảng lùi phải là một trong: Nhà ở, Công trình; đang nhập “boat”."),
        ("phone", {}, "12345", "Khoảng lùi phải có 10 chữ số, bắt đầu bằng 0; đang nhập “12345”."),
        ("email", {}, "an@", "Khoảng lùi phải có dạng ten@coquan.vn; đang nhập “an@”."),
        ("text", {"max_length": 3}, "abcd", "Khoảng lùi dài tối đa 3 ký tự; đang có 4 ký tự."),
        ("text", {"pattern": r"\d{5}", "hint": "5 chữ số"}, "12",
         "Khoảng lùi chưa đúng mẫu (5 chữ số); đang nhập “12”."),
        ("text", {"required": True}, "", "Hãy nhập “Khoảng lùi”; ô này đang để trống."),
        ("choice", {"required": "today != null", "options": KINDS}, None,
         "Hãy chọn “Khoảng lùi”; ô này đang để trống."),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_in_a_sentence(kind, more, raw, sentence):
    problem = problem_of(raw, kind=kind, **more)

    assert problem.vi == sentence
    assert problem.en.startswith(("Setback", "Enter “Setback”", "Choose “Setback”"))


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *(("decimal", raw) for raw in ("9" * 400, "1e999999", "Infinity", "1,2,3", "--1", "0x10", "1_000")),
        *(("integer", raw) for raw in ("NaN", "٣", "1e400", "½")),
        *(("datetime", raw) for raw in ("24/11/2026 25:99", "0001-01-01T00:00:00+14:00", "T")),
        *(("money", raw) for raw in (["1", "2"], "1 000 đ đ", "-1")),
        *(("date", "0000-00-00"), ("text", {"a": 1}), ("text", "a\x00b"), ("bool", "maybe")),
        *(("id_no", "1" * 20), ("id_no", "٠٩٦٠٨٥٠٠١٢٣٤"), ("email", "a b@c.d"), ("phone", "0" * 5000)),
    ],
)  # fmt: skip
def test_hostile_answers_are_refused_and_not_echoed_at_length(kind, raw):
    assert len(problem_of(raw, kind=kind).vi) < 300


def test_all_problems_are_told_at_once_in_the_order_of_the_page():
    form = form_of(
        field("a", "integer", required=True), field("b", "date"), field("c", check="c != null and 1 > 2")
    )

    with pytest.raises(FormInvalid) as caught:
        check_answers(form, {"b": "x", "c": "y", "zz": "?"}, TODAY, evaluate)

    assert list(caught.value.facts["problems"]) == ["a", "b", "c", "zz"]
    assert caught.value.say("vi").startswith("Còn 4 ô chưa đúng. Hãy nhập “Khoảng lùi”")
    assert caught.value.say("en").startswith("4 fields to mend. Enter “Setback”")


def test_a_check_over_the_whole_form_says_what_was_expected_and_found():
    message = {"vi": "Diện tích xây dựng không lớn hơn thửa đất.", "en": "Not over the parcel."}
    form = form_of(
        field("parcel", "decimal"),
        field("built", "decimal", unit="m²", check="built <= parcel", check_message=message),
    )

    _, problems = parse_answers(form, {"parcel": "90", "built": "120,5"}, {}, evaluate)

    expected = Text(
        "Diện tích xây dựng không lớn hơn thửa đất; đang nhập 120,5 m².",
        "Not over the parcel; found 120.5 m².",
    )
    assert problems == {"built": expected}


def test_a_check_that_cannot_be_decided_does_not_stop_anybody():
    form = form_of(field("built", "decimal", check="built <= parcel"))

    assert check_answers(form, {"built": "5"}, {}, evaluate) == {"built": "5"}


def test_checks_read_what_is_known_already():
    form = form_of(field("built", "decimal", check="built <= parcel"))

    _, problems = parse_answers(form, {"built": "5"}, {"parcel": Decimal(4)}, evaluate)

    assert "built" in problems


def test_a_hidden_field_is_neither_asked_nor_kept():
    form = form_of(
        field("by_proxy", "bool"),
        field("proxy", required=True, visible="by_proxy"),
        field("paper", required=True, visible="proxy != null"),
    )

    values = check_answers(form, {"proxy": "Trần Thị B", "paper": "12"}, {}, evaluate)

    assert values == {"by_proxy": False, "proxy": None, "paper": None}


def test_fields_are_shown_when_their_condition_holds():
    form = form_of(field("by_proxy", "bool"), field("proxy", visible="by_proxy"), field("words", "note"))

    assert visible_fields(form, {"by_proxy": True}, {}, evaluate) == {"by_proxy", "proxy", "words"}
    assert visible_fields(form, {}, {}, evaluate) == {"by_proxy", "words"}


def test_fields_that_hide_each_other_come_to_rest():
    form = form_of(field("a", visible="b = null"), field("b", visible="a = null"))

    values, _ = parse_answers(form, {"a": "1", "b": "2"}, {}, evaluate)

    assert set(values) == {"a", "b"}


def test_a_note_has_no_answer():
    form = form_of(field("words", "note", hint="Đọc kỹ"))

    values, problems = parse_answers(form, {"words": "x"}, {}, evaluate)

    assert values == {}
    assert not problems


def test_expressions_see_numbers_days_and_null():
    form = form_of(
        field("area", "decimal"), field("on", "date"), field("at", "datetime"), field("gone", "integer")
    )
    data = {
        "area": "412.5",
        "on": "2026-11-24",
        "at": "2026-11-24T09:30:00+07:00",
        "copies": 3,
        "more": [1.5],
    }

    assert as_context(form, data) == {
        "area": Decimal("412.5"),
        "on": date(2026, 11, 24),
        "at": datetime(2026, 11, 24, 9, 30, tzinfo=ZONE),
        "gone": None,
        "copies": Decimal(3),
        "more": [Decimal("1.5")],
    }


def test_data_that_an_older_form_wrote_reads_as_nothing():
    assert as_context(form_of(field("on", "date")), {"on": "hôm qua"}) == {"on": None}


@pytest.mark.parametrize(
    ("kind", "more", "value", "vi", "en"),
    [
        ("decimal", {"unit": "m²"}, "1412.5", "1.412,5 m²", "1,412.5 m²"),
        ("money", {}, 75000, "75.000 đ", "75,000 VND"),
        ("integer", {}, 1200, "1.200", "1,200"),
        ("date", {}, "2026-11-24", "24/11/2026", "24/11/2026"),
        ("datetime", {}, "2026-11-24T09:30:00+07:00", "09:30, 24/11/2026", "09:30, 24/11/2026"),
        ("bool", {}, True, "Có", "Yes"),
        ("choice", {"options": KINDS}, "house", "Nhà ở", "House"),
        ("multi_choice", {"options": KINDS}, ["house", "works"], "Nhà ở, Công trình", "House, Công trình"),
        ("text", {}, None, "", ""),
    ],
)
def test_a_value_is_shown_as_people_read_it(kind, more, value, vi, en):
    shown = form_of(field(kind=kind, **more)).fields[0]

    assert show_value(shown, value, "vi") == vi
    assert show_value(shown, value, "en") == en


some_values = st.one_of(
    st.tuples(st.just("integer"), st.integers(-(10**15), 10**15)),
    st.tuples(st.just("money"), st.integers(0, 10**15)),
    st.tuples(
        st.just("decimal"), st.decimals(-(10**9), 10**9, places=3).map(lambda n: format(n.normalize(), "f"))
    ),
    st.tuples(st.just("date"), st.dates().map(date.isoformat)),
    st.tuples(
        st.just("datetime"),
        st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(
            lambda m: m.replace(second=0, microsecond=0, tzinfo=ZONE).isoformat()
        ),
    ),
    st.tuples(st.just("bool"), st.booleans()),
)


@given(some_values)
def test_what_stands_in_a_control_is_read_as_the_same_value(kind_and_value):
    kind, value = kind_and_value
    form = form_of(field(kind=kind))
    value = "0" if value in ("-0", "0.000") else value

    again = check_answers(form, {"answer": input_value(form.fields[0], value)}, {}, evaluate)

    assert again == {"answer": value}


labels = st.builds(
    lambda vi, en: {"vi": vi, "en": en} if en else {"vi": vi},
    st.text(min_size=1, max_size=9),
    st.text(max_size=9),
)
some_fields = st.fixed_dictionaries(
    {"label": labels, "type": st.sampled_from(["text", "integer", "decimal", "date", "bool", "note"])},
    optional={
        "required": st.one_of(st.booleans(), st.just("a > 1")),
        "visible": st.sampled_from(["", "a = 1"]),
        "max_length": st.integers(1, 99),
        "digits": st.integers(0, 4),
        "hint": labels,
        "wide": st.booleans(),
        "default": st.one_of(st.text(max_size=5), st.integers(), st.booleans()),
    },
)


@given(st.lists(some_fields, max_size=5))
def test_a_form_survives_json(fields):
    named = [{**one, "name": f"f{at}"} for at, one in enumerate(fields)]
    form = form_of(*named)

    assert Form.from_json(form.as_json()) == form
    assert Form.from_json(form.as_json()).as_json() == form.as_json()


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        (field("Answer"), "sections[0].fields[0].name"),
        (field("today"), "sections[0].fields[0].name"),
        (field("in"), "sections[0].fields[0].name"),
        (field(kind="colour"), "sections[0].fields[0].type"),
        (field(kind="choice"), "sections[0].fields[0].options"),
        (field(kind="choice", options=[*KINDS, KINDS[0]]), "sections[0].fields[0].options[2].value"),
        (field(min=1), "sections[0].fields[0].min"),
        (field(kind="date", max="tomorrow"), "sections[0].fields[0].max"),
        (field(pattern="(a"), "sections[0].fields[0].pattern"),
        (field(requierd=True), "sections[0].fields[0]"),
        (field(label=""), "sections[0].fields[0].label"),
        ({"name": "a", "label": "A"}, "sections[0].fields[0].type"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_at_its_place(broken, path):
    with pytest.raises(BadForm) as caught:
        form_of(broken)

    assert caught.value.facts["path"] == path
    assert caught.value.say("vi").startswith(f"Biểu mẫu không đọc được: tại {path} cần ")
    assert caught.value.say("en").startswith(f"The form cannot be read: at {path} expected ")


def test_two_fields_of_one_name_are_refused():
    with pytest.raises(BadForm, match=r"sections\[0\]\.fields\[1\]\.name"):
        form_of(field("a"), field("a"))


def test_a_form_lists_its_expressions_for_the_linter():
    form = form_of(field("a", required="x > 1", visible="y", check="a > 2"))

    assert dict(form.expressions()) == {
        "sections[0].fields[0].required": "x > 1",
        "sections[0].fields[0].visible": "y",
        "sections[0].fields[0].check": "a > 2",
    }


# --- formulas and names -----------------------------------------------------------------------


def computed(formula: str, kind: str = "decimal", **more: object) -> Form:
    return form_of(
        field("area", "decimal"),
        field("built", "decimal", visible="area > 1"),
        field("share", kind, computed=formula, **more),
    )


def test_a_formula_gives_the_answer_and_what_is_typed_there_counts_for_nothing():
    form = computed("100 * built / area", digits=1)

    answers = check_answers(form, {"area": "3", "built": "2", "share": "99"}, TODAY, evaluate)

    assert answers["share"] == "66.7"
    assert as_context(form, answers)["share"] == Decimal("66.7")


@pytest.mark.parametrize(
    ("formula", "kind", "stored"),
    [
        ("area * 2", "integer", 5),
        ("area * 1000", "money", 2500),
        ('if area > 2 then "works" else "house"', "choice", "works"),
        ("area > 2", "bool", True),
        ("today", "date", "2026-11-24"),
        ('string(area) + " m²"', "text", "2.5 m²"),
        ("area + nothing", "decimal", None),
    ],
)
def test_a_formula_fills_a_field_of_its_own_kind(formula, kind, stored):
    more = {"options": KINDS} if kind == "choice" else {}
    answers = check_answers(computed(formula, kind, **more), {"area": "2,5"}, TODAY, evaluate)
    assert answers["share"] == stored


def test_a_formula_over_a_hidden_field_sees_nothing():
    assert check_answers(computed("built * 2"), {"area": "1", "built": "5"}, TODAY, evaluate)["share"] is None


def test_a_formula_may_use_one_above_it_and_decide_what_is_shown():
    form = form_of(
        field("area", "decimal"),
        field("twice", "decimal", computed="area * 2"),
        field("more", "decimal", computed="twice + 1"),
        field("why", "text", visible="more > 10"),
    )
    assert check_answers(form, {"area": "2", "why": "x"}, TODAY, evaluate)["why"] is None
    assert check_answers(form, {"area": "5", "why": "x"}, TODAY, evaluate)["why"] == "x"


@pytest.mark.parametrize(
    ("formula", "more", "sentence"),
    [
        ("area + nothing", {"required": True}, "Chưa tính được “Khoảng lùi”"),
        ("area - 10", {"min": 0}, "phải từ 0 trở lên; đang nhập −7"),
        ('"ba"', {}, "phải là một số"),
        ("10 ** 40", {}, "có tối đa 18 chữ số"),
    ],
)
def test_a_formula_that_gives_what_the_field_cannot_hold_is_a_sentence(formula, more, sentence):
    _, problems = parse_answers(computed(formula, **more), {"area": "3"}, TODAY, evaluate)
    assert sentence in problems["share"].vi
    assert problems["share"].en


def test_a_note_has_no_formula():
    with pytest.raises(BadForm):
        computed("1", "note")


@pytest.mark.parametrize("name", ["dossier", "form", "today", "count", "date", "not", "item"])
def test_no_field_is_called_like_a_word_of_expressions(name):
    with pytest.raises(BadForm) as refused:
        form_of(field(name))
    assert "tên mà biểu thức" in refused.value.say("vi") or "tên này biểu thức đã dùng" in refused.value.say(
        "vi"
    )


def test_every_function_whose_name_is_one_word_is_on_the_list_of_names():
    words = {one for one in BUILTINS if one.isidentifier()}
    assert words <= {*FUNCTIONS, *RESERVED, *KEYWORDS}
