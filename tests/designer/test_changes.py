"""The comparison and the table: sentences that an approver reads, rows that a screen reader reads."""

from __future__ import annotations

import pytest
from authoring import condition, step, without

from designer.changes import compare, compare_content, compare_participants
from designer.outline import Words, form_fields, hours, read_outline
from engine.domain.procedures import Procedure
from engine.domain.texts import Text

pytestmark = pytest.mark.sqlite

WORDS = Words(
    roles={
        "HEAD": Text("Lãnh đạo phòng", "Head of division"),
        "SPECIALIST": Text("Chuyên viên", "Specialist"),
    },
    participants={"fire_police": Text("Cảnh sát PCCC", "Fire police")},
    forms={"appraisal": Text("Thẩm định hồ sơ", "Appraisal")},
)


@pytest.fixture
def xml(authoring) -> bytes:
    return authoring.row(authoring.in_force().id).definition.xml


def said(before: bytes, after: bytes, language: str = "vi") -> list[str]:
    return [f"{one.sign} {one.text.say(language)}" for one in compare(before, after, WORDS)]


def test_a_drawing_does_not_differ_from_itself(xml):
    assert compare(xml, xml, WORDS) == []


def test_what_bpmn_means_anyway_is_no_change_whether_written_or_not(xml):
    assert b'cancelActivity="true"' in xml
    assert said(xml, step(xml, "T5b_late", cancelActivity=None)) == []
    assert said(step(xml, "T5b_late", cancelActivity=None), xml) == []
    [change] = said(xml, step(xml, "T5b_late", cancelActivity="false"))
    assert change.endswith("ngắt bước khi xảy ra: true → false.")


def test_hours_and_their_sum_are_said(xml):
    after = step(xml, "T2", mc_hours="1.5")

    assert said(xml, after) == [
        "~ “Phân công thụ lý”: thời gian 2 giờ → 1,5 giờ.",
        "~ Tổng số giờ ghi ở các bước: 156 giờ → 155,5 giờ.",
    ]
    assert said(xml, after, "en")[0] == "~ “Assign”: time 2 h → 1.5 h."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "Giao việc"}, "~ “Giao việc”: trước đây tên là “Phân công thụ lý”."),
        ({"mc_role": "SPECIALIST"}, "~ “Phân công thụ lý”: người làm Lãnh đạo phòng → Chuyên viên."),
        ({"mc_unit": "receiving"}, "~ “Phân công thụ lý”: đơn vị cơ quan có thẩm quyền → nơi tiếp nhận."),
        ({"mc_form": None}, "~ “Phân công thụ lý”: biểu mẫu assignment → (không)."),
        ({"mc_zone": "locked"}, "~ “Phân công thụ lý”: phần khóa tự do → khóa."),
    ],
)
def test_every_change_of_a_step_is_a_sentence(xml, change, sentence):
    assert said(xml, step(xml, "T2", **change)) == [sentence]


def test_steps_gone_and_new_are_named(xml):
    after = without(xml, "T2")

    assert "− Bỏ bước “Phân công thụ lý”." in said(xml, after)
    assert "+ Thêm bước “Phân công thụ lý” (Lãnh đạo phòng, 2 giờ)." in said(after, xml)


def test_another_way_is_said(xml):
    after = step(xml, "F_request_back", targetRef="T7")

    found = said(xml, after)

    assert "~ “Duyệt yêu cầu bổ sung”: không còn đi tới “Thẩm định hồ sơ” khi “Trả lại”." in found
    assert "~ “Duyệt yêu cầu bổ sung”: nay đi tới “Duyệt dự thảo” khi “Trả lại”." in found


def test_another_condition_under_the_same_label_is_said(xml):
    after = condition(xml, "F_pass", 'appraisal = "pass" and storeys <= 7')

    was = "kết quả bước “Thẩm định hồ sơ” là “Đạt, lấy ý kiến và kiểm tra thực địa”"
    assert said(xml, after) == [
        f"~ Nhánh “Đạt”: trước đây đi khi {was}; nay đi khi {was} và “storeys” nhỏ hơn hoặc bằng 7."
    ]
    assert "was taken when the outcome of “" in said(xml, after, "en")[0]


def test_limit_fee_and_papers_are_compared(authoring):
    before = authoring.in_force().content
    after = {
        **before,
        "limit": {**before["limit"], "value": 7},
        "components": [
            *before["components"][1:],
            {"code": "C9", "name": {"vi": "Ảnh chụp", "en": "Photographs"}, "copies": 1},
        ],
    }

    found = [one.text.vi for one in compare_content(before, after)]

    assert found[0] == "Thời hạn giải quyết: 10 ngày làm việc → 7 ngày làm việc."
    assert found[1].startswith("Không cần giấy tờ “Đơn đề nghị")
    assert found[2] == "Thêm giấy tờ “Ảnh chụp”."


def test_another_unit_for_an_agency_is_said():
    units = {"pc07": "Phòng PC07", "pc08": "Phòng PC08"}

    [found] = compare_participants({"fire_police": "pc07"}, {"fire_police": "pc08"}, WORDS, units)

    assert found.text.vi == "Cảnh sát PCCC: Phòng PC07 → Phòng PC08."


# --- the table --------------------------------------------------------------------------------


def test_the_table_says_who_how_long_and_where_to(xml):
    lines = {line.id: line for line in read_outline(xml, WORDS)}

    line = lines["T3"]
    assert (line.name.vi, line.kind.vi, line.role.vi, line.unit.vi) == (
        "Thẩm định hồ sơ",
        "thẩm định",
        "Chuyên viên",
        "cơ quan có thẩm quyền",
    )
    assert (line.time.vi, line.time.en, line.form.vi) == ("12 giờ", "12 h", "Thẩm định hồ sơ")
    assert ("Bổ sung", "Duyệt yêu cầu bổ sung") in [(way.when.vi, way.to.vi) for way in line.ways]


def test_the_table_says_conditions_as_the_form_says_its_fields(xml, authoring):
    words = Words(fields=form_fields(Procedure.from_json(authoring.in_force().content).forms.values()))
    ruled = condition(xml, "F_pass", 'storeys >= 7 and work_type = "detached_house"')

    line = next(one for one in read_outline(ruled, words) if one.id == "T3")

    rules = [way.rule.vi for way in line.ways]
    assert any("số tầng" in one and "lớn hơn hoặc bằng 7" in one and "riêng lẻ" in one for one in rules), (
        rules
    )


def test_the_table_begins_where_a_dossier_begins_and_names_the_end(xml):
    lines = read_outline(xml, WORDS)

    assert lines[0].id == "T1"
    assert [way.to.vi for way in lines[-1].ways] == ["kết thúc: Đã trả kết quả"]


def test_branches_that_wait_for_each_other_meet_in_a_row_of_their_own(xml):
    lines = {line.id: line for line in read_outline(xml, WORDS)}

    assert [way.element for way in lines["T5a"].ways] == ["J_opinions"]
    assert "Quá 24 giờ làm việc" in [way.when.vi for way in lines["T5b"].ways]
    assert lines["J_opinions"].name.say("en")


def test_a_half_finished_drawing_has_a_table_too(xml):
    half = condition(step(xml, "T2", mc_role=None, mc_hours="nhiều"), "F_pass", "appraisal = ")

    line = next(one for one in read_outline(half, WORDS) if one.id == "T2")

    assert (line.role.vi, line.minutes) == ("", None)


@pytest.mark.parametrize(
    ("minutes", "words"), [(60, "1 giờ"), (90, "1,5 giờ"), (2400, "40 giờ"), (None, "(chưa ghi)")]
)
def test_hours_are_said_as_people_write_them(minutes, words):
    assert hours(minutes).vi == words
