"""The content of a revision: read with every fault named, written back as the same procedure."""

from __future__ import annotations

import copy
import json
from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from engine.domain.deadlines import Term, TermKind
from engine.domain.fees import BadFee, Fee
from engine.domain.procedures import BadProcedure, Procedure
from engine.domain.texts import Text
from engine.feel import evaluate

KIND = {"name": "kind", "label": "Loại", "type": "text", "check": "kind != null"}
HOUSE: dict[str, Any] = {
    "key": "P03",
    "national_code": "1.013225",
    "name": {"vi": "Cấp giấy phép xây dựng", "en": "Construction permit"},
    "field": "Hoạt động xây dựng",
    "online": "partial",
    "limit": {"kind": "working_day", "value": 10, "hours": 80, "cutoff": "15:00", "source": "Nghị định"},
    "supplement": {"clock": "PAUSE", "max_rounds": 2, "days": 30},
    "levels": ["commune"],
    "components": [
        {"code": "C1", "name": "Đơn đề nghị", "copies": 1, "kind": "original", "need": "mandatory"},
        {"code": "C2", "name": "Cam kết", "kind": "copy", "need": "conditional", "when": "adjacent = true"},
        {"code": "C3", "name": "Thẩm tra", "need": "conditional", "condition": "Khi luật yêu cầu"},
    ],
    "fee": {"rule": 'if kind = "house" then 75000 else 150000', "text": "75.000 đ", "when": 1},
    "results": ["Giấy phép xây dựng"],
    "legal": [{"document": "Luật Xây dựng 50/2014/QH13", "article": "điều 95"}],
    "reception_form": "application",
    "forms": {
        "application": {
            "id": "application",
            "title": "Đơn",
            "sections": [{"title": "A", "fields": [KIND]}],
        }
    },
    "participants": [{"code": "fire_police", "name": "Cảnh sát PCCC", "kind": "police"}],
    "options": {"late_opinion": "DEEMED_CONSENT"},
    "sms_name": "GPXD",
    "book": "GPXD",
}  # fmt: skip


def changed(path: str, value: object) -> dict[str, Any]:
    """The procedure with one value put in, or taken out with `...`."""
    content: Any = copy.deepcopy(HOUSE)
    *way, last = [int(step) if step.isdecimal() else step for step in path.split("/")]
    place = content
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return content


def test_a_procedure_is_read_and_survives_json():
    procedure = Procedure.from_json(HOUSE)

    assert procedure.name == Text("Cấp giấy phép xây dựng", "Construction permit")
    assert procedure.limit.hours == Decimal(80)
    assert procedure.limit.term == Term(kind=TermKind.WORKING_DAY, value=10, cutoff=time(15))
    assert procedure.component("C2").when == "adjacent = true"
    assert procedure.forms["application"].field("kind").label == Text("Loại")

    written = json.loads(json.dumps(procedure.as_json()))
    assert Procedure.from_json(written) == procedure
    assert Procedure.from_json(written).as_json() == written


def test_what_is_left_out_has_a_cautious_default():
    procedure = Procedure.from_json(
        {"key": "P1", "name": "Thủ tục", "limit": {"kind": "same_day", "value": 1}}
    )

    assert procedure.supplement.as_json() == {"clock": "RESET", "max_rounds": 1, "days": 30}
    assert procedure.fee.amount({}, evaluate) == 0
    assert not procedure.limit.verified
    assert Procedure.from_json(procedure.as_json()) == procedure


@pytest.mark.parametrize(
    ("path", "value", "at", "found"),
    [
        ("key", ..., "key", "nothing"),
        ("key", "P 03", "key", '"P 03"'),
        ("name", {"vi": ""}, "name", '{"vi": ""}'),
        ("name", {"fr": "x"}, "name", '{"fr": "x"}'),
        ("national_code", "13225", "national_code", '"13225"'),
        ("limit", ..., "limit", "nothing"),
        ("limit/kind", "week", "limit.kind", '"week"'),
        ("limit/value", 0, "limit.value", "0"),
        ("limit/value", True, "limit.value", "true"),
        ("limit/cutoff", "25:00", "limit.cutoff", '"25:00"'),
        ("limit/cutof", "15:00", "limit", '"cutof"'),
        ("components/1/need", "maybe", "components[1].need", '"maybe"'),
        ("components/2/code", "C1", "components[2].code", '"C1"'),
        ("components", {"C1": 1}, "components", '{"C1": 1}'),
        ("fee/when", 3, "fee.when", "3"),
        ("fee/rule", 75000, "fee.rule", "75000"),
        ("reception_form", "start", "reception_form", '"start"'),
        ("forms/application/id", "other", "forms.application.id", '"other"'),
        ("forms/application/sections/0/title", 5, "forms.application.sections[0].title", "5"),
        ("options/late_opinion", "SHRUG", "options.late_opinion", '"SHRUG"'),
        ("options/list", [1], "options.list", "[1]"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_path_and_what_was_found(path, value, at, found):
    with pytest.raises(BadProcedure) as caught:
        Procedure.from_json(changed(path, value))

    facts = caught.value.facts
    assert (facts["path"], facts["found"]) == (at, found)
    assert caught.value.say("vi").startswith(f"Nội dung quy trình không đọc được: tại {at} cần ")
    assert caught.value.say("en") == (
        f"The procedure cannot be read: at {at} expected {facts['expected']}, but found {found}."
    )


@pytest.mark.parametrize("content", [None, [], "P03", 5, {}])
def test_what_is_no_procedure_at_all_is_refused(content):
    with pytest.raises(BadProcedure):
        Procedure.from_json(content)


def test_a_conditional_paper_is_needed_when_its_condition_holds():
    one, two, three = Procedure.from_json(HOUSE).components

    assert one.is_needed({}, evaluate)
    assert two.is_needed({"adjacent": True}, evaluate)
    assert not two.is_needed({"adjacent": None}, evaluate)
    assert not three.is_needed({}, evaluate)


@pytest.mark.parametrize(("kind", "amount"), [("house", 75_000), ("works", 150_000)])
def test_the_fee_follows_its_rule(kind, amount):
    assert Procedure.from_json(HOUSE).fee.amount({"kind": kind}, evaluate) == amount


@pytest.mark.parametrize(
    ("pages", "copies", "amount"), [(1, 1, 2_000), (2, 1, 4_000), (5, 3, 21_000), (500, 1, 200_000)]
)
def test_a_fee_by_pages_with_a_ceiling(pages, copies, amount):
    fee = Fee(rule="copies * min(200000, 2000 * min(pages, 2) + 1000 * max(pages - 2, 0))")

    assert fee.amount({"pages": pages, "copies": copies}, evaluate) == amount


@pytest.mark.parametrize(
    ("rule", "found"), [("pages * 2000", "nothing"), ("-5", '"-5"'), ("0.5", '"0.5"'), ("true", "true")]
)
def test_a_fee_that_nobody_can_pay_is_refused(rule, found):
    with pytest.raises(BadFee) as caught:
        Fee(rule=rule).amount({}, evaluate)

    assert caught.value.say("en").endswith(f"but gives {found}.")
    assert "số đồng nguyên" in caught.value.say("vi")


def test_a_procedure_lists_its_expressions_for_the_linter():
    assert [path for path, _ in Procedure.from_json(HOUSE).expressions()] == [
        "fee.rule",
        "components[1].when",
        "forms.application.sections[0].fields[0].check",
    ]
