"""A diagram as inline SVG: complete, marked, in the reader's language, and harmless."""

import re

import pytest
from drawings import GOOD, file, flow, node, person, process, start
from lxml import etree
from office import SET

from engine.bpmn.svg import Drawing, draw
from engine.bpmn.xml import BadXml

SVG = "{http://www.w3.org/2000/svg}"


def shape(ident, x, y, width=110, height=80, inner="", **attributes):
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<bpmndi:BPMNShape id="{ident}_di" bpmnElement="{ident}"{said}>'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>{inner}</bpmndi:BPMNShape>'
    )


def edge(ident, *points, inner=""):
    said = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge id="{ident}_di" bpmnElement="{ident}">{said}{inner}</bpmndi:BPMNEdge>'


def label(x, y, width=80, height=14):
    return (
        f'<bpmndi:BPMNLabel><dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></bpmndi:BPMNLabel>'
    )


def drawn(inner, *places, roots="", plane="p"):
    return process(
        inner,
        roots=roots,
        more=f'<bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="{plane}">'
        f"{''.join(places)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>",
    )


TWO = drawn(
    start()
    + person("a", "Thẩm định hồ sơ", 'mc:kind="appraise" mc:role="R" mc:unit="competent" mc:hours="1.5"')
    + flow("s", "a", name="Đi tiếp"),
    shape("s", 20, 42, 36, 36),
    shape("a", 120, 20),
    edge("s_a", (56, 60), (120, 60), inner=label(60, 40)),
)


def picture(xml, *args, **options):
    return etree.fromstring(draw(xml, *args, **options).encode())


def groups(svg):
    return {one.get("data-id"): one for one in svg.iter(f"{SVG}g") if one.get("data-id") is not None}


def words(element):
    return " ".join(" ".join(text.itertext()) for text in element.iter(f"{SVG}text"))


def numbers(svg):
    return [float(one) for one in svg.get("viewBox").split()]


def test_every_node_and_flow_is_a_group_with_its_id_and_class():
    found = groups(picture(TWO))

    assert list(found) == ["s_a", "s", "a"]
    assert found["a"].get("class") == "bpmn-node bpmn-step bpmn-userTask"
    assert found["s"].get("class") == "bpmn-node bpmn-event bpmn-startEvent"
    assert found["s_a"].get("class") == "bpmn-flow bpmn-sequenceFlow"


def test_a_step_shows_its_name_and_its_hours_in_the_readers_language():
    assert words(groups(picture(TWO))["a"]) == "1,5 giờ Thẩm định hồ sơ"
    english = TWO.replace(
        b'mc:hours="1.5">',
        b'mc:hours="1.5"><bpmn:extensionElements><mc:text lang="en" name="Appraise"/></bpmn:extensionElements>',
    )
    assert words(groups(picture(english, language="en"))["a"]) == "1.5 h Appraise"


@pytest.mark.parametrize("mark", ["done", "now", "other", "late"])
def test_a_mark_is_a_class_a_colour_a_sign_and_a_word(mark):
    plain, marked = groups(picture(TWO))["a"], groups(picture(TWO, {"a": mark}))["a"]

    assert f"is-{mark}" in marked.get("class").split()
    assert marked.find(f"{SVG}rect").get("fill") != plain.find(f"{SVG}rect").get("fill")
    assert marked.find(f"{SVG}g[@class='bpmn-sign']") is not None
    assert marked.findtext(f"{SVG}title").startswith("Thẩm định hồ sơ – ")


def test_a_drawing_that_is_kept_shows_what_one_made_afresh_does():
    xml = (SET / "P03" / "process.bpmn").read_bytes()
    kept = Drawing(xml, "en")
    ids = [one.id for one in kept.picture.shapes] + [one.id for one in kept.picture.edges]
    for turn, mark in enumerate(("done", "now", "late", "other", "covered", "", "done")):
        marks = dict.fromkeys(ids[turn::3], mark)
        assert kept.marked(marks) == draw(xml, marks, "en")


def test_an_unknown_mark_or_id_marks_nothing():
    assert draw(TWO, {"a": "pink", "gone": "done"}) == draw(TWO)


def test_the_picture_says_to_a_screen_reader_what_it_shows():
    svg = picture(TWO, {"s": "done", "a": "late"})

    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "Sơ đồ quy trình: Thủ tục"
    assert svg.findtext(f"{SVG}desc") == "Quá hạn: Thẩm định hồ sơ. Đã xong: s."
    english = picture(TWO, {"a": "late"}, "en")
    assert english.findtext(f"{SVG}desc").startswith("Late: ")
    assert english.get("lang") == "en"


def test_colours_are_custom_properties_with_fallbacks_and_nothing_needs_a_style_sheet():
    text = draw(TWO, {"a": "now"})

    colours = set(re.findall(r'(?:fill|stroke)="([^"]*)"', text)) - {"none"}
    assert colours
    assert all(re.fullmatch(r"var\(--[\w-]+, #[0-9a-f]{6}\)", one) for one in colours)
    assert "<style" not in text
    assert " style=" not in text
    assert not re.search(r'\sid="', text)


@pytest.mark.parametrize(
    "evil",
    [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&quot; onload=&quot;alert(1)",
        "&lt;/svg&gt;&lt;img src=x onerror=alert(1)&gt;",
        "javascript:alert(1)",
    ],
)
def test_no_name_or_id_becomes_markup(evil):
    xml = file(
        f'<bpmn:process id="p" name="{evil}"><bpmn:userTask id="{evil}" name="{evil}"/>'
        f'<bpmn:textAnnotation id="n"><bpmn:text>{evil}</bpmn:text></bpmn:textAnnotation></bpmn:process>'
        '<bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="p">'
        + shape(evil.replace("javascript:", ""), 0, 0)
        + shape("n", 200, 0)
        + "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )

    svg = picture(xml)

    kinds = {one.tag.removeprefix(SVG) for one in svg.iter()}
    assert kinds <= {"svg", "title", "desc", "g", "rect", "circle", "path", "text", "tspan"}
    names = {name for one in svg.iter() for name in one.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name]


def test_pools_lanes_notes_and_data_are_drawn_behind_and_beside():
    xml = drawn(
        '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="Chuyên viên"/></bpmn:laneSet>'
        + person("a", "Thẩm định")
        + '<bpmn:textAnnotation id="n"><bpmn:text>Ghi chú</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:dataObjectReference id="d" name="Đơn"/><bpmn:dataStoreReference id="ds" name="CSDL"/>'
        '<bpmn:association id="as" sourceRef="a" targetRef="n"/><bpmn:group id="gr"/>',
        shape("a", 120, 20),
        shape("n", 300, 20, 100, 30),
        shape("d", 300, 80, 36, 50),
        shape("ds", 400, 80, 50, 50),
        shape("gr", 290, 10, 200, 150),
        edge("as", (230, 60), (300, 35)),
        shape("pool", 0, 0, 600, 200, isHorizontal="true"),
        shape("l", 30, 0, 570, 200, isHorizontal="true"),
        roots='<bpmn:collaboration id="c"><bpmn:participant id="pool" name="Sở Xây dựng" processRef="p"/>'
        "</bpmn:collaboration>",
        plane="c",
    )

    svg = picture(xml)

    assert list(groups(svg))[:3] == ["pool", "l", "as"]
    assert words(svg).split()[:4] == ["Sở", "Xây", "dựng", "Chuyên"]
    assert "Ghi chú" in words(groups(svg)["n"])
    assert {"Đơn", "CSDL"} <= set(words(svg).split())


@pytest.mark.parametrize(
    ("definition", "is_drawn"),
    [("timer", True), ("message", True), ("error", True), ("terminate", True), ("signal", True), ("", False)],
)
def test_an_event_shows_what_it_is_about(definition, is_drawn):
    inner = f"<bpmn:{definition}EventDefinition/>" if definition else ""
    xml = drawn(node("endEvent", "e", inner), shape("e", 0, 0, 36, 36))

    icons = groups(picture(xml))["e"].findall(f"{SVG}path")

    assert bool(icons) == is_drawn


@pytest.mark.parametrize(
    "kind", ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"]
)
def test_each_gateway_has_its_own_sign(kind):
    signs = {
        other: groups(picture(drawn(node(other, "g"), shape("g", 0, 0, 50, 50))))["g"][-1].get("d")
        for other in (kind, "exclusiveGateway", "parallelGateway")
    }

    assert len(set(signs.values())) == len(signs)


def test_an_event_that_goes_on_beside_is_dashed():
    def circle(stays):
        event = node(
            "boundaryEvent", "b", "<bpmn:timerEventDefinition/>", attachedToRef="a", cancelActivity=stays
        )
        return groups(picture(drawn(person("a") + event, shape("a", 0, 0), shape("b", 80, 60, 36, 36))))["b"]

    assert circle("false").find(f"{SVG}circle").get("stroke-dasharray")
    assert not circle("true").find(f"{SVG}circle").get("stroke-dasharray")


def test_an_expanded_sub_process_shows_its_steps_and_a_collapsed_one_hides_them():
    def found(is_expanded):
        inner = node("subProcess", "sub", person("i", "Bên trong"), name="Ký")
        places = shape("sub", 0, 0, 300, 200, isExpanded=is_expanded), shape("i", 50, 50)
        return groups(picture(drawn(inner, *places)))

    assert list(found("true")) == ["sub", "i"]
    assert list(found("false")) == ["sub"]


def test_bends_are_rounded_and_arrows_point_along_the_last_leg():
    xml = drawn(
        start() + person("a") + flow("s", "a"),
        shape("s", 0, 0, 36, 36),
        shape("a", 100, 100),
        edge("s_a", (36, 18), (70, 18), (70, 140), (100, 140)),
    )

    line, arrow, *_ = groups(picture(xml))["s_a"].findall(f"{SVG}path")

    assert line.get("d").count("Q") == 2
    assert arrow.get("d").startswith("M100 140L91")


def test_cropping_shows_the_surroundings_of_a_step_only():
    places = [shape(f"t{at}", at * 300, 0) for at in range(10)]
    xml = drawn("".join(person(f"t{at}") for at in range(10)), *places)

    whole, cropped = picture(xml), picture(xml, crop_to="t5")

    assert len(groups(whole)) == 10
    assert set(groups(cropped)) == {"t5"}
    assert numbers(cropped)[2] < numbers(whole)[2] / 5
    assert numbers(cropped)[0] == 1500 - 150
    assert set(groups(picture(xml, crop_to=["t2", "t4"]))) == {"t2", "t3", "t4"}
    assert draw(xml, crop_to="gone") == draw(xml)


def test_long_vietnamese_names_are_wrapped_into_the_shape_and_cut_at_last():
    name = "Kiểm tra thực địa, lập biên bản và đối chiếu chỉ giới đường đỏ với bản vẽ đã nộp " * 4
    xml = drawn(person("a", name), shape("a", 0, 0, 100, 80))

    step = groups(picture(xml))["a"]
    tops = [float(one.get("y")) for one in step.iter(f"{SVG}tspan")]

    assert 3 <= len(tops) <= 6
    assert max(tops) < 80
    assert words(step).endswith("…")


@pytest.mark.parametrize("bad", ["NaN", "1e99", "inf", "", "wide"])
def test_places_that_make_no_sense_leave_a_shape_out(bad):
    xml = drawn(person("a") + person("b"), shape("a", 0, 0), shape("b", bad, 0))

    assert list(groups(picture(xml))) == ["a"]


def test_a_diagram_without_a_drawing_gets_one_where_nothing_overlaps():
    svg = picture(GOOD, {"appraise": "now"})

    found = groups(svg)
    boxes = []
    for ident in ("receive", "appraise", "wait"):
        rect = found[ident].find(f"{SVG}rect")
        boxes.append([float(rect.get(name)) for name in ("x", "y", "width", "height")])
    assert {"s", "receive", "appraise", "g", "wait", "late", "e", "e2", "g_e", "wait_appraise"} <= set(found)
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert (
                one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0] or abs(one[1] - other[1]) >= 80
            )


def test_a_flow_that_leads_back_runs_below_the_steps():
    line = groups(picture(GOOD))["wait_appraise"].find(f"{SVG}path").get("d")
    rects = groups(picture(GOOD)).values()
    lowest = max(float(one.get("y")) + 80 for group in rects for one in group.findall(f"{SVG}rect"))

    assert max(float(y) for _, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", line)) > lowest


def test_a_process_in_a_pool_is_laid_out_inside_it():
    xml = process(
        start() + person("a") + flow("s", "a"),
        roots='<bpmn:collaboration id="c"><bpmn:participant id="us" name="Sở" processRef="p"/></bpmn:collaboration>',
    )

    found = groups(picture(xml))

    assert next(iter(found)) == "us"
    pool, step = found["us"].find(f"{SVG}rect"), found["a"].find(f"{SVG}rect")
    assert float(pool.get("x")) < float(step.get("x"))
    assert float(pool.get("width")) > float(step.get("width"))


def test_the_longest_diagram_that_is_accepted_can_be_drawn():
    many = "".join(person(f"t{at}") for at in range(2000))
    flows = "".join(flow(f"t{at}", f"t{at + 1}") for at in range(1999))

    assert len(groups(picture(process(many + flows)))) == 3999


def test_an_empty_diagram_is_an_empty_picture_and_no_xml_is_refused():
    assert list(groups(picture(file("")))) == []
    with pytest.raises(BadXml):
        draw(b"<svg")
