"""What the diagram editor asks the server for: conditions, repairs, lanes; and drawings that are none."""

from __future__ import annotations

import pytest

from engine.bpmn.lint import lint
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.picture import Picture
from engine.bpmn.xml import parse_xml

pytestmark = pytest.mark.sqlite

JSON = {"Accept": "application/json"}
SUBJECTS = {
    "appraisal": {
        "label": {"vi": "kết quả thẩm định", "en": "the appraisal"},
        "options": [["pass", {"vi": "Đạt", "en": "Pass"}]],
    }
}


@pytest.fixture
def draft(authoring) -> int:
    return authoring.draft()


@pytest.fixture
def ask(client, draft):
    """`ask("condition", feel="…")` posts JSON to the editor's address for the draft."""
    client.sign_in("thao.np")

    def post(what: str, **sent):
        return client.post(f"/designer/revisions/{draft}/{what}", json=sent, headers=JSON)

    return post


@pytest.mark.parametrize(
    "feel",
    [
        'appraisal = "pass"',
        "storeys >= 3 and (on_fire_list = true or height > 25)",
        'not(work_type in ("detached_house", "fence"))',
        'dossier.rounds between 1 and 3 and received < date("2026-12-31")',
        "build_area <= parcel_area",
        "count(storeys) > 1 or sum([1, 2]) = 3",
        'contains(parcel_address, "ấp \\"4\\"") and consent != null',
        "true",
    ],
)
def test_a_condition_goes_to_the_editor_and_back_without_loss(ask, feel):
    opened = ask("condition", feel=feel, subjects=SUBJECTS).json

    back = ask("condition", model=opened["model"], subjects=SUBJECTS).json

    assert back["model"] == opened["model"]
    assert back["feel"].replace("(count(storeys) > 1) or (sum([1, 2]) = 3)", "") in (feel, "")
    assert back["sentence"] == opened["sentence"]
    assert back["sentence"]["vi"] != back["sentence"]["en"]


def test_a_condition_is_said_with_the_words_of_the_drawing_on_the_screen(ask):
    said = ask("condition", feel='appraisal = "pass"', subjects=SUBJECTS).json["sentence"]

    assert said == {"vi": "kết quả thẩm định là “Đạt”", "en": "the appraisal is “Pass”"}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param({"feel": "storeys >"}, 200, id="no FEEL"),
        pytest.param(
            {"model": {"field": "a b) or (1", "operator": "=", "values": [{"text": "x"}]}}, 200, id="no name"
        ),
        pytest.param({"model": {"field": "a", "operator": "~", "values": []}}, 200, id="no operator"),
        pytest.param(
            {"model": {"field": "a", "operator": "<", "values": [{"number": "ba"}]}}, 200, id="no number"
        ),
        pytest.param(
            {"model": {"mode": "all", "parts": [{"mode": "all", "parts": "x"}]}}, 200, id="no parts"
        ),
        pytest.param({"model": [1]}, 200, id="a list"),
        pytest.param({"feel": "a = 1", "subjects": {"a": 3}}, 422, id="no subjects"),
        pytest.param({"nothing": 1}, 422, id="no condition"),
    ],
)
def test_a_condition_that_is_none_is_answered_in_a_sentence(ask, sent, status):
    answer = ask("condition", **sent)

    assert answer.status_code == status
    words = answer.json["error"] if status == 200 else answer.json["detail"]
    assert words.endswith((".", "”.", "”"))


def test_groups_without_end_are_refused(ask):
    model: dict = {"field": "a", "operator": "=", "values": [{"text": "b"}]}
    for _ in range(60):
        model = {"mode": "all", "negated": True, "parts": [model]}

    assert "không quá lớn" in ask("condition", model=model).json["error"]


def test_a_repair_answers_with_the_drawing_and_saves_nothing(ask, authoring, draft):
    before = authoring.row(draft).definition.xml
    spoilt = before.decode().replace(' mc:role="HEAD"', "", 1)

    found = ask("save", xml=spoilt, version=authoring.row(draft).version).json["findings"]
    key = next(one["repair"]["id"] for one in found if one["rule"] == "step-role")
    version = authoring.row(draft).version
    mended = ask("mend", xml=spoilt, repair=key).json["xml"]

    assert mended.count('mc:role="HEAD"') == before.decode().count('mc:role="HEAD"')
    assert authoring.row(draft).version == version
    assert ask("mend", xml=mended, repair=key).status_code == 409


def test_lanes_are_those_of_the_roles_and_the_drawing_stays_right(ask, authoring, draft):
    drawn = ask("arranged", xml=authoring.row(draft).definition.xml.decode(), lanes=True).json["xml"].encode()

    picture = Picture.read(Diagram(parse_xml(drawn)))
    lanes = {shape.xml.get("name"): shape.box for shape in picture.shapes if shape.kind == "lane"}
    boxes = {shape.id: shape.box for shape in picture.shapes}
    assert "Lãnh đạo phòng" in lanes
    assert lanes["Lãnh đạo phòng"].y <= boxes["T2"].middle[1] <= lanes["Lãnh đạo phòng"].bottom
    steps = [shape.box for shape in picture.shapes if shape.kind == "userTask"]
    assert not [1 for at, one in enumerate(steps) for other in steps[:at] if one.meets(other)]
    assert [one.rule for one in lint(drawn) if one.is_error] == []


def test_a_drawing_without_a_picture_gets_one_when_the_editor_asks(client, ask, authoring, draft):
    xml = authoring.row(draft).definition.xml
    bare = xml[: xml.index(b"<bpmndi:BPMNDiagram")] + b"</bpmn:definitions>"
    ask("save", xml=bare.decode(), version=authoring.row(draft).version)

    assert b"BPMNShape" not in client.get(f"/designer/revisions/{draft}/xml").data
    drawn = client.get(f"/designer/revisions/{draft}/xml?drawn=1").data
    assert Picture.read(Diagram(parse_xml(drawn))).has_nodes
    assert [one.rule for one in lint(drawn) if one.is_error] == []


HOSTILE = [
    pytest.param('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', id="entities"),
    pytest.param("<a>" * 100 + "</a>" * 100, id="deep"),
    pytest.param("<a>" + "<b/>" * 30_000 + "</a>", id="many"),
    pytest.param("<a>" + "x" * 2_100_000 + "</a>", id="huge"),
    pytest.param("không phải XML", id="words"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("xml", HOSTILE)
def test_hostile_and_huge_drawings_are_refused_in_a_sentence(ask, authoring, draft, xml):
    before = authoring.row(draft)

    for what, more in (("save", {"version": before.version}), ("arranged", {}), ("copies", {})):
        answer = ask(what, xml=xml, **more)
        assert answer.status_code == 422, what
        assert "Không đọc được tệp XML" in answer.json["detail"]
    assert authoring.row(draft).version == before.version


def test_what_is_larger_than_any_drawing_is_not_even_read(ask, authoring, draft):
    answer = ask("save", xml="x" * (5 * 1024 * 1024), version=1)

    assert answer.status_code in (413, 422)
    assert answer.json["detail"]
