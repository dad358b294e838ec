"""Two revisions side by side: every difference that matters is said and marked, layout is none."""

from __future__ import annotations

import re

import pytest
from authoring import AUTHOR, condition, step, without
from lxml import etree
from pages import read

from designer.changes import compare, compare_content, marks_of
from designer.outline import Words
from engine.domain.access import SYSTEM
from engine.domain.procedures import Procedure
from engine.store.rows import RevisionRow

pytestmark = pytest.mark.sqlite

WORDS = Words()
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"


@pytest.fixture
def content(authoring):
    return authoring.in_force().content


@pytest.fixture
def xml(authoring) -> bytes:
    return authoring.row(authoring.in_force().id).definition.xml


def said(before: bytes, after: bytes) -> list[str]:
    return [one.text.vi for one in compare(before, after, WORDS)]


def told(before, **after) -> list[str]:
    """Both languages have a sentence of their own, or the second loop of a reader would be empty."""
    found = compare_content(before, {**before, **after})
    assert all(one.text.en and one.text.en != one.text.vi for one in found)
    return [one.text.vi for one in found]


# --- drawings ---------------------------------------------------------------------------------


def test_where_boxes_stand_and_what_other_tools_write_is_no_difference(xml):
    root = etree.fromstring(xml)
    for bounds in root.iter(f"{DC}Bounds"):
        bounds.set("x", str(float(bounds.get("x")) + 40))
    for task in root.iter("{*}userTask"):
        task.set("{http://camunda.org/schema/1.0/bpmn}asyncBefore", "true")

    moved = etree.tostring(root, pretty_print=True)

    assert said(xml, moved) == []
    assert marks_of(xml, moved, []) == ({}, {})


def test_a_timer_says_its_old_and_its_new_time(xml):
    after = xml.replace(b"PT24H", b"PT2H", 1)

    assert said(xml, after) == [
        "Sự kiện gắn ở bước “Quá 24 giờ làm việc”: hẹn giờ 24 giờ làm việc → 2 giờ làm việc."
    ]


def test_a_step_drawn_anew_under_its_name_is_the_same_step(xml):
    after = re.sub(rb'"T2"', b'"Task_9"', xml).replace(b">T2<", b">Task_9<")
    after = step(after, "Task_9", mc_hours="1")

    found = compare(xml, after, WORDS)
    left, right = marks_of(xml, after, found)

    assert found[0].text.vi == "“Phân công thụ lý”: thời gian 2 giờ → 1 giờ."
    assert (left, right) == ({"T2": "changed"}, {"Task_9": "changed"})


def test_marks_are_on_both_pictures_for_gone_new_and_changed(xml):
    after = step(without(xml, "T5d"), "T3", mc_hours="24")

    left, right = marks_of(xml, after, compare(xml, after, WORDS))

    assert left["T5d"] == "removed"
    assert "T5d" not in right
    assert left["T3"] == right["T3"] == "changed"
    assert marks_of(after, xml, [])[1]["T5d"] == "added"


def test_an_arrow_that_leads_elsewhere_is_marked_and_said(xml):
    after = step(xml, "F_request_back", targetRef="T7")

    left, right = marks_of(xml, after, compare(xml, after, WORDS))

    assert left["F_request_back"] == right["F_request_back"] == "changed"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (b"<bpmn:terminateEventDefinition/>", "sự kiện (không) → dừng toàn bộ"),
        (b"<bpmn:messageEventDefinition/>", "sự kiện (không) → tin nhắn"),
    ],
)
def test_what_no_other_sentence_covers_is_named_by_its_part(xml, change, sentence):
    root = etree.fromstring(xml)
    end = root.xpath("//*[@id='End']")[0]
    end.append(
        etree.fromstring(
            change.replace(b"<bpmn:", b"<bpmn:", 1).replace(
                b"/>", b' xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'
            )
        )
    )

    assert any(sentence in one for one in said(xml, etree.tostring(root)))


def test_texts_for_citizens_and_lines_to_do_are_said_word_by_word(xml):
    after = xml.replace("bản vẽ đủ 02 bộ.".encode(), "bản vẽ đủ 01 bộ.".encode(), 1).replace(
        "Hồ sơ đã được tiếp nhận, đang chuyển".encode(), "Hồ sơ đã nhận, đang chuyển".encode(), 1
    )

    found = said(xml, after)

    assert any(
        "câu cho công dân Hồ sơ đã được tiếp nhận" in one and "→ Hồ sơ đã nhận" in one for one in found
    )
    assert any("thêm việc cần làm “Kiểm tra đủ thành phần" in one for one in found)


def test_a_renamed_step_does_not_make_the_conditions_that_name_it_new(xml):
    assert said(xml, step(xml, "T7", name="Duyệt giấy phép")) == [
        "“Duyệt giấy phép”: trước đây tên là “Duyệt dự thảo”."
    ]


def test_a_condition_is_marked_on_its_arrow(xml):
    after = condition(xml, "F_pass", 'appraisal = "pass" and storeys <= 7')

    assert marks_of(xml, after, compare(xml, after, WORDS))[1] == {"F_pass": "changed"}


# --- contents ---------------------------------------------------------------------------------


def test_every_key_of_a_content_is_compared(content):
    """A new part of the model that nobody compares would change silently."""
    full = Procedure.from_json(content).as_json() | {"decisions": {}}
    from designer.changes.content import _PARTS

    assert set(full) - set(_PARTS) == set()


def test_papers_fee_limit_and_law_say_old_and_new(content):
    paper = {**content["components"][2], "copies": 1, "kind": "electronic"}

    assert told(content, components=[*content["components"][:2], paper, *content["components"][3:]]) == [
        f"Giấy tờ “{paper['name']['vi']}”, số bản: 2 → 1.",
        f"Giấy tờ “{paper['name']['vi']}”, loại bản: bản chính → bản điện tử.",
    ]
    assert told(content, fee={**content["fee"], "rule": "100000"})[0].endswith("→ 100000.")
    assert told(content, fee={**content["fee"], "when": 4}) == [
        "Phí, lệ phí, lúc thu: trước khi tiếp nhận → trước khi trả kết quả."
    ]
    assert told(content, legal=content["legal"][1:]) == ["Bỏ căn cứ điều 89–105, Luật Xây dựng 50/2014/QH13."]
    assert told(content, supplement={**content["supplement"], "max_rounds": 1}) == [
        "Yêu cầu bổ sung, số lần tối đa: 2 → 1."
    ]
    assert told(content, options={**content["options"], "late_opinion": "WAIT"}) == [
        "Tùy chọn “late_opinion”: DEEMED_CONSENT → WAIT."
    ]


def test_forms_say_which_field_and_what_about_it(content):
    form = content["forms"]["application"]
    sections = [dict(one) for one in form["sections"]]
    at, asked = next(
        (at, one) for at, part in enumerate(sections) for one in part["fields"] if "options" in one
    )
    other = {**asked, "required": not asked.get("required"), "options": asked["options"][1:]}
    new = {"name": "roof", "label": {"vi": "Loại mái", "en": "Roof"}, "type": "text"}
    sections[at]["fields"] = [other if one is asked else one for one in sections[at]["fields"]] + [new]
    changed = {**form, "sections": sections}

    found = told(content, forms={**content["forms"], "application": changed})

    label = asked["label"]["vi"]
    assert any(f"ô “{label}”: bắt buộc có → " in one for one in found)
    assert any(f"ô “{label}”: bỏ lựa chọn “" in one for one in found)
    assert any("thêm ô “Loại mái” (chữ một dòng)" in one for one in found)


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20211108/MODEL/" name="d" namespace="n" id="d">
  <decision id="fee" name="Lệ phí"><decisionTable hitPolicy="UNIQUE">
    <input label="Loại"><inputExpression><text>work_type</text></inputExpression></input>
    <output name="fee"/>
    {rows}
  </decisionTable></decision></definitions>"""
ROW = "<rule><inputEntry><text>{test}</text></inputEntry><outputEntry><text>{fee}</text></outputEntry></rule>"


def table(**rows):
    return TABLE.format(rows="".join(ROW.format(test=f'"{test}"', fee=fee) for test, fee in rows.items()))


def test_decisions_say_the_rows_that_came_and_went(content):
    before = {**content, "decisions": {"fees": table(house=75000, works=150000)}}

    assert told(before, decisions={"fees": table(house=80000, works=150000)}) == [
        'Bảng “Lệ phí”: bỏ dòng (Loại: "house" ⇒ 75000).',
        'Bảng “Lệ phí”: thêm dòng (Loại: "house" ⇒ 80000).',
    ]
    assert told(before, decisions={"fees": table(house=75000, works=150000).replace("\n", "\n\n ")}) == []


# --- the page ---------------------------------------------------------------------------------


@pytest.fixture
def pair(authoring, xml) -> tuple[int, int]:
    draft = authoring.draft()
    authoring.save(draft, step(xml, "T2", mc_hours="3"))
    return authoring.in_force().id, draft


def test_the_page_shows_both_drawings_with_marks_and_the_sentences(app, office, pair):
    client = app.test_client().sign_in(AUTHOR)

    page = read(client.get(f"/designer/revisions/{pair[0]}/compare/{pair[1]}"))

    assert "“Phân công thụ lý”: thời gian 2 giờ → 3 giờ." in page.words
    pictures = page.tree.xpath('//section[contains(@class, "side")]')
    assert len(pictures) == 2
    for picture in pictures:
        assert picture.xpath('.//*[@data-id="T2" and contains(@class, "is-changed")]//*[@class="bpmn-sign"]')
    link = next(one for one in page.links() if "at=T2" in one)
    assert "Xem mọi chỗ khác nhau" in read(client.get(link)).words


def test_the_lists_lead_to_the_chosen_pair_and_backwards_says_the_opposite(app, office, pair):
    client = app.test_client().sign_in(AUTHOR)

    answer = client.get(f"/designer/compare?before={pair[1]}&after={pair[0]}")

    assert answer.headers["Location"].endswith(f"/designer/revisions/{pair[1]}/compare/{pair[0]}")
    page = read(client.get(answer.headers["Location"]))
    assert "thời gian 3 giờ → 2 giờ" in page.words


def test_revisions_of_two_procedures_are_not_compared(app, office, pair):
    with office.engine.reading(SYSTEM) as unit:
        other = next(one.id for one in unit.session.query(RevisionRow) if one.procedure.key == "P07")
    client = app.test_client().sign_in(AUTHOR)

    assert client.get(f"/designer/revisions/{other}/compare/{pair[1]}").status_code == 404


def test_a_drawing_that_cannot_be_read_leaves_the_rest_comparable(app, office, pair, authoring):
    authoring.save(pair[1], b"<x/>", login=None)
    client = app.test_client().sign_in(AUTHOR)

    answer = client.get(f"/designer/revisions/{pair[0]}/compare/{pair[1]}")

    assert answer.status_code == 200
