"""The acts of the outline on bare drawings: what is put in and taken out, and that the rest stays."""

from __future__ import annotations

from decimal import Decimal

import pytest

from designer import outline_acts as acts
from designer import outline_events as events
from designer import outline_groups as groups
from designer.mending import NoSuchRepair, mend, proposals
from designer.outline import Words
from designer.outline_acts import Branch
from designer.outline_groups import Event
from designer.outline_moves import move
from designer.rows import read_rows, time_sum
from designer.sheet import Sheet
from designer.starting import empty_drawing
from designer.triggers import TIMER, Trigger, Wait
from designer.ways import CannotDraw, NoSuchPart
from engine.bpmn.definitions import load_definition
from engine.bpmn.drawn import laid_out, with_picture
from engine.bpmn.extensions import scan_steps
from engine.bpmn.lint import lint, lint_procedure
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.picture import Picture
from engine.bpmn.xml import parse_xml
from engine.domain.procedures import Limit, Procedure
from engine.domain.texts import Text
from engine.execution.verify import verify

PROCEDURE = Procedure(
    key="P10",
    name=Text("Cấp giấy phép xuất bản bản tin", "Licence to publish a bulletin"),
    limit=Limit(kind="working_day", value=10, hours=Decimal(80)),
)


class Author:
    """Somebody who acts on one drawing and keeps what comes of it."""

    def __init__(self, xml: bytes) -> None:
        self.xml = xml

    def __call__(self, act, *args, **more) -> str:
        sheet = Sheet(self.xml)
        key = act(sheet, *args, **more)
        self.xml = sheet.xml()
        return key

    def rows(self):
        return {row.id: row for row in read_rows(self.xml, Words())}

    def way(self, key: str, name: str) -> str:
        return next(one.flow for one in self.rows()[key].ways if one.name.vi == name)

    def names(self) -> list[str]:
        return [row.name.vi for row in read_rows(self.xml, Words())]

    def boxes(self) -> dict[str, tuple]:
        shapes = Picture.read(Diagram(parse_xml(self.xml))).shapes
        return {one.id: one.box for one in shapes}

    def errors(self) -> list[str]:
        found = [*lint(self.xml), *lint_procedure(self.xml, PROCEDURE)]
        return [one.rule for one in found if one.is_error]


@pytest.fixture
def author() -> Author:
    return Author(empty_drawing(PROCEDURE))


@pytest.fixture
def line(author) -> tuple[Author, list[str]]:
    """Receive, check, sign, number, from the start to the end."""
    before, made = "Start", []
    for kind in ("receive", "check", "sign", "number_seal"):
        before = author(acts.add_step, before, kind)
        made.append(before)
    return author, made


def test_a_new_drawing_has_no_error_but_that_nobody_does_anything(author):
    assert author.errors() == []


def test_steps_come_in_the_order_in_which_they_were_put_with_what_their_kind_brings(line):
    author, made = line

    assert author.names() == [
        "Có hồ sơ nộp", "Tiếp nhận hồ sơ", "Kiểm tra hồ sơ", "Ký duyệt", "Vào số, đóng dấu", "Đã trả kết quả",
    ]  # fmt: skip
    step = scan_steps(parse_xml(author.xml)).steps[made[0]]
    assert (step.role, step.unit, step.minutes) == ("RECEPTION", "receiving", 120)
    assert [one.name.en for one in step.outcomes] == ["Accept"]
    assert author.errors() == []


def test_the_buttons_of_a_step_decide_and_one_branch_leads_back(line):
    author, (_receive, check, sign, _) = line
    author(acts.decide, sign, [Branch(name=Text("Ký")), Branch(name=Text("Trả lại"), to=check, reason=True)])

    gate = author.rows()[sign].ways[0].to_id
    found = {one.name.vi: (one.to_id, one.feel) for one in author.rows()[gate].ways}
    assert found["Trả lại"] == (check, 'sign = "tra_lai"')
    assert author.errors() == []
    assert verify(load_definition(author.xml), PROCEDURE).verdict == "sound"


def test_a_choice_by_conditions_has_one_remaining_branch(line):
    author, (_receive, check, sign, _) = line

    with pytest.raises(CannotDraw, match="without a condition"):
        author(
            acts.choose,
            check,
            Text("?"),
            [Branch(name=Text("A"), feel="x > 1"), Branch(name=Text("B"), feel="x < 1")],
        )
    gate = author(acts.choose, check, Text("Nhiều?"), [
        Branch(name=Text("Ít")), Branch(name=Text("Nhiều"), feel="dossier.fee > 100000", to="end"),
    ])  # fmt: skip

    ways = {one.name.vi: one for one in author.rows()[gate].ways}
    assert ways["Ít"].is_rest
    assert ways["Ít"].to_id == sign
    assert ways["Nhiều"].feel == "dossier.fee > 100000"
    assert author.errors() == []


def test_steps_at_the_same_time_wait_for_each_other(line):
    author, (receive, *_rest) = line
    author(acts.branch_out, receive, [("opinion", Text("Hỏi công an")), ("opinion", Text("Hỏi thuế"))])
    split = author.rows()[receive].ways[0].to_id
    author(acts.add_parallel, split, "site_check", Text("Xem thực địa"))

    assert len(author.rows()[split].ways) == 3
    joins = {author.rows()[one.to_id].ways[0].to_id for one in author.rows()[split].ways}
    assert len(joins) == 1
    assert author.errors() == []


def test_a_deadline_leads_away_from_a_step(line):
    author, (_receive, check, sign, _) = line
    author(events.attach, check, Text("Quá hạn"), Trigger(kind=TIMER, wait=Wait(text="P3D")), sign)

    [event] = [row for row in author.rows().values() if row.host == check]
    assert event.time.vi == "sau 3 ngày làm việc"
    assert event.ways[0].to_id == sign
    assert author.errors() == []


def test_a_step_is_taken_out_with_its_decision_and_the_rest_holds_together(line):
    author, (receive, check, sign, _number) = line
    author(acts.decide, check, [Branch(name=Text("Đạt")), Branch(name=Text("Không"), to="end")])

    author(acts.remove, check)

    assert author.rows()[receive].ways[0].to_id == sign
    assert "Kết thúc: Không" not in author.names()
    assert author.errors() == []


def test_a_step_is_moved_along_the_way(line):
    author, (_receive, check, sign, _number) = line

    author(move, check, sign)

    assert author.names()[1:5] == ["Tiếp nhận hồ sơ", "Ký duyệt", "Kiểm tra hồ sơ", "Vào số, đóng dấu"]
    assert author.errors() == []
    assert author(move, check, check) == check


def test_a_branch_is_named_led_elsewhere_and_taken_away_with_its_button(line):
    author, (receive, check, sign, _number) = line
    author(acts.decide, check, [Branch(name=Text("Đạt")), Branch(name=Text("Không"), to="end")])
    gate = author.rows()[check].ways[0].to_id
    flow = author.way(gate, "Không")
    feel = next(one.feel for one in author.rows()[gate].ways if one.flow == flow)

    author(acts.edit_branch, flow, name=Text("Làm lại", "Again"), feel=feel, is_rest=False, to=receive)
    assert author.rows()[gate].ways[1].to_id == receive
    author(acts.remove_branch, flow)

    step = scan_steps(parse_xml(author.xml)).steps[check]
    assert [one.name.vi for one in step.outcomes] == ["Đạt"]
    assert author.rows()[check].ways[0].to_id == sign
    assert author.errors() == []


def test_what_is_not_there_is_refused_in_a_sentence(line):
    author, made = line

    with pytest.raises(NoSuchPart):
        author(acts.remove, "Step_999")
    with pytest.raises(CannotDraw):
        author(acts.add_step, made[0], "no-such-kind")
    with pytest.raises(CannotDraw):
        author(acts.add_step, "End", "check")


def test_a_new_step_finds_a_free_place_and_moves_nothing(line):
    author, (_receive, check, sign, _number) = line
    author.xml = with_picture(author.xml)
    before = author.boxes()

    for kind in ("draft", "review", "appraise"):
        author(acts.add_step, check, kind)
    author(acts.decide, sign, [Branch(name=Text("Ký")), Branch(name=Text("Trả lại"), to=check)])

    after = author.boxes()
    assert {key: after[key] for key in before} == before
    new = [after[key] for key in after if key not in before]
    assert len(new) == 4
    everything = list(after.values())
    assert not [1 for one in new for other in everything if one is not other and one.meets(other)]


def test_a_drawing_laid_out_anew_keeps_everything_but_places(line):
    author, _made = line
    names, rows = author.names(), author.rows()

    author.xml = laid_out(author.xml)

    assert author.names() == names
    assert {key: row.ways for key, row in author.rows().items()} == {
        key: row.ways for key, row in rows.items()
    }
    assert author.errors() == []


def test_hours_add_up_along_the_longest_way(line):
    author, (receive, _check, *_rest) = line
    assert time_sum(author.xml, PROCEDURE).minutes == (2 + 4 + 4 + 2) * 60

    author(acts.branch_out, receive, [("opinion", Text("A")), ("site_check", Text("B"))])

    assert time_sum(author.xml, PROCEDURE).words.vi == "36 / 80 giờ"


def findings(xml):
    return [
        *lint(xml),
        *lint_procedure(xml, PROCEDURE, roles=["RECEPTION", "SPECIALIST", "SIGNATORY", "CLERK"]),
    ]


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        pytest.param(lambda step: step.attrib.pop("{urn:motcua:bpmn:1}role"), "step-role", id="no role"),
        pytest.param(lambda step: step.attrib.pop("{urn:motcua:bpmn:1}hours"), "step-hours", id="no hours"),
        pytest.param(lambda step: step.attrib.pop("{urn:motcua:bpmn:1}unit"), "step-unit", id="no unit"),
        pytest.param(
            lambda step: step.set("{urn:motcua:bpmn:1}hours", "90"), "hours-over-limit", id="too long"
        ),
        pytest.param(
            lambda step: step.set("{urn:motcua:bpmn:1}form", "gone"), "form-unknown", id="no such form"
        ),
        pytest.param(
            lambda step: step.set("{urn:motcua:bpmn:1}role", "NOBODY"), "role-unknown", id="no such role"
        ),
    ],
)
def test_one_click_mends_what_an_office_would_mend(line, spoil, rule):
    author, (_receive, check, *_rest) = line
    sheet = Sheet(author.xml)
    spoil(sheet.find(check))
    spoilt = sheet.xml()
    key = next(key for key in proposals(spoilt, findings(spoilt), PROCEDURE) if key.startswith(f"{rule}:"))

    mended = mend(spoilt, key, findings(spoilt), PROCEDURE)

    assert rule not in [one.rule for one in findings(mended)]
    with pytest.raises(NoSuchRepair):
        mend(mended, key, findings(mended), PROCEDURE)


def test_buttons_without_branches_get_them_by_one_click(line):
    author, (_receive, check, *_rest) = line
    author(acts.decide, check, [Branch(name=Text("Đạt")), Branch(name=Text("Không"), to="end")])
    gate = author.rows()[check].ways[0].to_id
    sheet = Sheet(author.xml)
    sheet.take_out(sheet.find(gate))
    spoilt = sheet.xml()

    mended = mend(spoilt, f"outcome-same-way:{check}", findings(spoilt), PROCEDURE)

    assert "outcome-same-way" not in [one.rule for one in findings(mended)]


def test_a_repair_of_the_linter_is_made_alone(line):
    author, (receive, _check, _sign, number) = line
    sheet = Sheet(author.xml)
    for flow in [*sheet.outgoing(sheet.find(number)), *sheet.outgoing(sheet.find(receive))]:
        sheet.remove(flow)
    spoilt = sheet.xml()
    offered = proposals(spoilt, findings(spoilt), PROCEDURE)
    key = next(one for one in offered if one.startswith("leads-nowhere"))

    mended = mend(spoilt, key, findings(spoilt), PROCEDURE)

    left = [one for one in findings(mended) if f"{one.rule}:{one.element}" == key]
    assert left == []
    assert mended != spoilt


# --- groups, calls, the first of several events, what messages carry ---------------------------------


def in_group(author, group):
    return [row.name.vi for row in author.rows().values() if row.group == group and row.is_step]


@pytest.mark.parametrize("is_drawn", [False, True], ids=["no picture", "with a picture"])
def test_a_group_of_steps_is_put_in_and_filled_step_by_step(is_drawn):
    author = Author(laid_out(empty_drawing(PROCEDURE)) if is_drawn else empty_drawing(PROCEDURE))
    first = author(groups.add_group, "Start", Text("Thẩm định liên ngành", "Joint appraisal"))
    group = next(row.id for row in author.rows().values() if row.tag == "subProcess")
    author(acts.add_step, first, "appraise", Text("Thẩm định"))
    after = author(acts.add_step, group, "sign", Text("Ký"))

    assert in_group(author, group) == ["Kiểm tra hồ sơ", "Thẩm định"]
    assert author.rows()[after].group == ""
    assert verify(load_definition(author.xml)).verdict == "sound"
    order = list(author.rows())
    assert order.index(group) < order.index(first) < order.index(after), "what is in a group comes behind it"
    if is_drawn:
        boxes = author.boxes()
        around = boxes[group]
        inside = [boxes[row.id] for row in author.rows().values() if row.group == group]
        assert len(inside) == 4
        assert all(around.x <= one.x and one.right <= around.right for one in inside)
        assert all(around.y <= one.y and one.bottom <= around.bottom for one in inside)
    author(acts.remove, group)
    assert not any(row.group for row in author.rows().values())
    assert not [one for one in lint(author.xml) if one.is_error]


def test_a_call_begins_a_process_of_its_own_or_takes_one_that_is_there():
    author = Author(empty_drawing(PROCEDURE))
    call = author(groups.add_call, "Start", Text("Hỏi ý kiến liên ngành"))
    called = author.rows()[call].called
    again = author(groups.add_call, call, Text("Hỏi lại"), called)

    assert author.rows()[again].called == called
    assert verify(load_definition(author.xml)).verdict == "sound"
    assert list(author.rows())[-1] != call, "the called process stands at the end of the table"
    for bad in ("", "Process_P10", "nothing", call):
        with pytest.raises(CannotDraw):
            author(groups.set_call, call, bad)
    author(acts.remove, again)
    assert author.rows()[call].called == called
    author(acts.remove, call)
    assert called.encode() not in author.xml, "a process that nothing calls any more goes too"
    assert not [one for one in lint(author.xml) if one.is_error]


def test_whatever_happens_first_leads_on():
    author = Author(laid_out(empty_drawing(PROCEDURE)))
    step = author(acts.add_step, "Start", "receive", Text("Tiếp nhận"))
    gate = author(
        groups.wait_for_first, step, Text("Chờ thuế"),
        [Event(name=Text("Có thông báo thuế"), message="thong_bao_thue"),
         Event(name=Text("Quá 5 ngày"), wait=Wait(text="P5D"), to=step)],
    )  # fmt: skip
    author(groups.add_event, gate, Event(name=Text("Rút"), message="rut", to="end"))

    rows = author.rows()
    waits = {rows[one.to_id].name.vi: rows[one.to_id] for one in rows[gate].ways}
    assert set(waits) == {"Có thông báo thuế", "Quá 5 ngày", "Rút"}
    assert waits["Có thông báo thuế"].message == "thong_bao_thue"
    assert waits["Quá 5 ngày"].ways[0].to_id == step
    assert waits["Có thông báo thuế"].ways[0].to_id == "End", "the first goes on as before"
    assert not [one for one in lint(author.xml) if one.is_error]
    for few in ([], [Event(name=Text("Một"), message="m")], [Event(name=Text(""), message="m")] * 2,
                   [Event(name=Text("Không tên tin"))] * 2):  # fmt: skip
        with pytest.raises(CannotDraw):
            author(groups.wait_for_first, step, Text(""), few)
    with pytest.raises(CannotDraw):
        author(groups.add_event, step, Event(name=Text("x"), message="y"))


def test_a_message_carries_what_is_written_and_nothing_else():
    author = Author(empty_drawing(PROCEDURE))
    send = author(events.add_event, "Start", events.SEND_MESSAGE, Text("Gửi thuế"))
    author(events.set_payload, send, [("ma_ho_so", "dossier.code"), ("dien_tich", "total_floor")])
    assert author.rows()[send].fields == (("ma_ho_so", "dossier.code"), ("dien_tich", "total_floor"))
    for bad in ([("a", "1"), ("a", "2")], [("có dấu", "1")], [("a b", "1")], [("a", "")]):
        with pytest.raises(CannotDraw):
            author(events.set_payload, send, bad)
    author(events.set_payload, send, [])
    assert author.rows()[send].fields == ()
