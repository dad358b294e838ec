"""The procedures that this product ships: whole, clean, within the law's time, bilingual, decidable."""

from __future__ import annotations

import itertools
import unicodedata
from decimal import Decimal

import pytest
from lxml import etree

from bpmn_library.packages import build_package, read_package
from bpmn_library.sets import SETS, check_set, shipped_codes, shipped_set
from engine.bpmn.svg import draw
from engine.domain.forms import as_context, parse_answers
from engine.feel import evaluate

CODE = "mot-cua-co-ban"
PACKAGE = shipped_set(CODE)
KEYS = list(PACKAGE.entries)
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"

PERMIT = {
    "work_type": "detached_house",
    "work_class": "III",
    "on_fire_list": "0",
    "parcel_no": "128",
    "map_sheet": "14",
    "parcel_area": "412,5",
    "parcel_address": "Ấp 4, xã Năm Căn",
    "build_area": "96",
    "total_floor": "240",
    "height": "8,4",
    "storeys": "2",
}


def test_the_set_is_shipped_and_whole():
    assert shipped_codes() == [CODE]
    assert KEYS == ["P03", "P07"]


def test_packing_it_twice_gives_the_same_bytes():
    first = build_package(SETS / CODE)
    assert build_package(SETS / CODE) == first
    assert read_package(first).sha256 == PACKAGE.sha256


@pytest.mark.parametrize("key", KEYS)
def test_the_linter_has_nothing_to_say(key):
    assert check_set(PACKAGE)[key] == []


@pytest.mark.parametrize(
    ("key", "way"),
    [
        pytest.param("P03", "T1 T2 T3 T5b T4 T6 T7 T8 T9 T10", id="permit"),
        pytest.param("P03", "T1 T2 T3 T5d T4 TR T7 T8 T9r T10", id="permit refused after the site check"),
        pytest.param("P07", "T1 T2 T3 T4 T5", id="certified copy"),
        pytest.param("P07", "T1 T2 TR T3r T4r T5r", id="certified copy refused"),
    ],
)
def test_the_hours_of_the_longest_ways_are_the_limit(key, way):
    entry = PACKAGE.entries[key]
    minutes = sum(entry.definition.steps[step].minutes for step in way.split())
    assert Decimal(minutes) / 60 == entry.procedure.limit.hours


@pytest.mark.parametrize("key", KEYS)
def test_every_step_says_who_what_and_what_the_citizen_reads_in_both_languages(key):
    entry = PACKAGE.entries[key]
    people = [step for step in entry.definition.steps.values() if step.kind]
    assert people
    for step in people:
        said = [step.name, step.public, *step.todo, *(one.name for one in step.outcomes)]
        said += [one.hint for one in step.outcomes]
        assert step.outcomes, step.id
        assert step.todo, step.id
        assert step.role, step.id
        assert step.unit, step.id
        assert all(text.vi and text.en for text in said), step.id


@pytest.mark.parametrize("key", KEYS)
def test_every_sentence_is_composed_unicode(key):
    for file in (SETS / CODE / key).rglob("*.*"):
        text = file.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text), file.name


@pytest.mark.parametrize("key", KEYS)
def test_every_form_text_has_english(key):
    for form in PACKAGE.entries[key].procedure.forms.values():
        assert form.title.en
        for section in form.sections:
            assert section.title.en
        for field in form.fields:
            assert field.label.en, field.name
            assert all(option.label.en for option in field.options), field.name


@pytest.mark.parametrize("key", KEYS)
def test_every_shape_and_flow_is_drawn(key):
    entry = PACKAGE.entries[key]
    root = etree.fromstring(entry.xml)
    drawn = {one.get("bpmnElement"): one for one in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    flows = {flow.id for node in entry.definition.model.nodes.values() for flow in node.outgoing}
    assert flows | set(entry.definition.model.nodes) <= set(drawn)
    assert all(drawn[one].find(f"{DC}Bounds") is not None for one in entry.definition.model.nodes)
    assert draw(entry.xml, {"T1": "done"}).startswith("<svg")


@pytest.mark.parametrize("key", KEYS)
def test_flows_run_straight_or_square(key):
    for edge in etree.fromstring(PACKAGE.entries[key].xml).iter(f"{DI}BPMNEdge"):
        points = [(float(one.get("x")), float(one.get("y"))) for one in edge if one.get("x")]
        for (x, y), (u, v) in itertools.pairwise(points):
            assert x == u or y == v, edge.get("id")


def test_sms_names_are_short_and_plain():
    for entry in PACKAGE:
        assert entry.procedure.sms_name.isascii()
        assert len(entry.procedure.sms_name) <= 24


@pytest.mark.parametrize(
    ("key", "data", "fee"),
    [
        pytest.param("P03", {"work_type": "detached_house"}, 75_000, id="house"),
        pytest.param("P03", {"work_type": "civil"}, 150_000, id="works"),
        pytest.param("P07", {"pages": 1, "copies": 1}, 2_000, id="one page"),
        pytest.param("P07", {"pages": 5, "copies": 3}, 21_000, id="five pages, three copies"),
        pytest.param("P07", {"pages": 500, "copies": 2}, 400_000, id="no copy above 200.000"),
    ],
)
def test_fees(key, data, fee):
    procedure = PACKAGE.entries[key].procedure
    context = as_context(procedure.forms, data)
    assert procedure.fee.amount(context, evaluate) == fee
    assert procedure.fee.verified is False


def test_a_detached_house_is_read_without_a_word():
    form = PACKAGE.entries["P03"].procedure.forms["application"]
    values, problems = parse_answers(form, PERMIT, {}, evaluate)
    assert problems == {}
    assert (values["parcel_area"], values["storeys"]) == ("412.5", 2)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        pytest.param({"build_area": "500"}, "build_area", "không vượt quá diện tích thửa đất", id="too wide"),
        pytest.param({"total_floor": "90"}, "total_floor", "bằng hoặc lớn hơn", id="less floor than ground"),
        pytest.param({"height": "0"}, "height", "lớn hơn 0", id="flat"),
        pytest.param({"storeys": "0"}, "storeys", "từ 1", id="no storey"),
        pytest.param({"storeys": "3"}, "designer", "Đơn vị thiết kế", id="designer from three storeys"),
        pytest.param({"setback": "-1"}, "setback", "từ 0 m", id="setback"),
        pytest.param({"filed_by_proxy": "1"}, "investor", "Chủ đầu tư", id="filed for somebody"),
        pytest.param({"work_class": "I"}, "work_class", "Cấp", id="class I goes elsewhere"),
    ],
)
def test_what_the_permit_form_refuses(change, field, sentence):
    form = PACKAGE.entries["P03"].procedure.forms["application"]
    _values, problems = parse_answers(form, {**PERMIT, **change}, {}, evaluate)
    assert sentence in problems[field].vi


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        pytest.param({}, {"C1", "C2", "C3"}, id="plain"),
        pytest.param({"adjacent_building": True}, {"C1", "C2", "C3", "C4"}, id="adjacent"),
        pytest.param(
            {"on_fire_list": True, "heritage_zone": True}, {"C1", "C2", "C3", "C5", "C7"}, id="fire, heritage"
        ),
    ],
)
def test_papers_of_a_permit_depend_on_the_works(data, codes):
    procedure = PACKAGE.entries["P03"].procedure
    context = as_context(procedure.forms, data)
    assert {one.code for one in procedure.components if one.is_needed(context, evaluate)} == codes


def test_every_condition_of_the_diagrams_can_be_evaluated_on_no_data():
    for entry in PACKAGE:
        nothing = as_context(entry.procedure.forms, {})
        for node in entry.definition.model.nodes.values():
            for flow in node.outgoing:
                if flow.condition:
                    assert evaluate(flow.condition, nothing) in (True, False, None), flow.id


def test_participants_say_what_kind_of_unit_they_need():
    assert {one.code: one.kind for one in PACKAGE.manifest.participants} == {
        "fire_police": "police",
        "culture_department": "department",
        "military_command": "military",
    }
