"""What the outline makes beyond plain steps: events, repetitions, keys, decision tables, moves to groups."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from lxml import etree
from werkzeug.datastructures import MultiDict

from designer import outline_acts as acts
from designer import outline_events as events
from designer import outline_groups as groups
from designer.changes.elements import compare_elements
from designer.locks import LockedPart, check_locks
from designer.message_keys import Key
from designer.outline import Words
from designer.outline_moves import move
from designer.outline_sent import ACTS
from designer.repeats import Repeat, say_repeat
from designer.rows import read_rows
from designer.sheet import Sheet
from designer.starting import empty_drawing
from designer.triggers import Trigger, Wait, offered
from designer.ways import CannotDraw
from engine.bpmn.definitions import load_definition
from engine.bpmn.drawn import laid_out
from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.lint import lint
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.picture import Box, Picture
from engine.bpmn.xml import parse_xml
from engine.domain.procedures import Limit, Procedure
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.execution.verify import verify

PROCEDURE = Procedure(
    key="P10", name=Text("Cấp phép", "Licence"), limit=Limit(kind="working_day", value=10, hours=Decimal(80))
)
SHIPPED = sorted(Path("bpmn_library/sets").rglob("*.bpmn"))


class Author:
    """Somebody who acts on one drawing, which has a picture, and keeps what comes of it."""

    def __init__(self) -> None:
        self.xml = laid_out(empty_drawing(PROCEDURE))

    def __call__(self, act, *args, **more) -> str:
        sheet = Sheet(self.xml)
        key = act(sheet, *args, **more)
        self.xml = sheet.xml()
        return key

    def row(self, key: str):
        return next(row for row in read_rows(self.xml, Words()) if row.id == key)

    def called(self, name: str):
        return next(row for row in read_rows(self.xml, Words()) if row.name.vi == name)

    def errors(self) -> list[str]:
        return [f"{one.rule} {one.element}" for one in lint(self.xml) if one.is_error]

    def boxes(self) -> dict[str, tuple]:
        return {one.id: one.box for one in Picture.read(Diagram(parse_xml(self.xml))).shapes}


@pytest.fixture
def author() -> Author:
    return Author()


@pytest.fixture
def step(author) -> str:
    return author(acts.add_step, "Start", "check", Text("Kiểm tra"))


def test_signals_escalations_and_conditions_are_points_on_the_way(author, step):
    sent = author(events.add_event, step, events.SEND_SIGNAL, Text("Báo đã kiểm tra"))
    caught = author(events.add_event, sent, events.WAIT_SIGNAL, Text("Chờ tín hiệu ấy"))
    author(events.set_event, caught, Text("Chờ tín hiệu ấy"), Trigger(kind="signal", ref="bao_da_kiem_tra"))
    up = author(events.add_event, caught, events.ESCALATE, Text("Báo lên cấp trên"))
    asked = author(events.add_event, up, events.WAIT_CONDITION, Text("Chờ đủ tiền"))
    author(events.set_event, asked, Text("Chờ đủ tiền"), Trigger(kind="conditional", feel="paid = true"))

    assert author.row(sent).trigger.ref == author.row(caught).trigger.ref == "bao_da_kiem_tra"
    assert author.row(asked).trigger.feel == "paid = true"
    assert [note.vi for note in author.row(up).notes] == ["báo cáo vượt cấp “bao_len_cap_tren”"]
    assert author.errors() == []


@pytest.mark.parametrize("kind", ["message", "signal", "error", "escalation", "conditional", "timer"])
def test_every_kind_of_event_can_stand_on_a_step_and_be_changed_into_every_other(author, kind):
    inner = author(groups.add_group, "Start", Text("Thẩm định"))
    group = author.called("Thẩm định").id
    made = {
        "timer": Trigger(kind="timer", wait=Wait(text="P3D"), interrupts=False),
        "conditional": Trigger(kind="conditional", feel="late = true"),
    }
    trigger = made.get(kind) or Trigger(kind=kind, ref="E1")
    author(events.attach, group, Text("Có chuyện"), trigger, "end")
    event = author.called("Có chuyện").id

    assert author.row(event).trigger == trigger
    assert author.errors() == []
    for other in ("message", "error", "escalation"):
        author(events.set_event, event, Text("Chuyện khác"), Trigger(kind=other, ref="E2"))
        assert author.row(event).trigger.ref == "E2"
        assert author.errors() == []
    assert author.row(inner).group == group


def test_an_error_thrown_at_an_end_is_caught_on_its_group_by_its_code(author):
    inner = author(groups.add_group, "Start", Text("Thẩm định"))
    group = author.called("Thẩm định").id
    author(acts.decide, inner, [acts.Branch(name=Text("Đạt")), acts.Branch(name=Text("Giả"), to="end")])
    end = author.called("Kết thúc: Giả").id
    author(events.set_event, end, Text("Hồ sơ giả"), Trigger(kind="error", ref="GIA_MAO"))
    author(events.attach, group, Text("Bị giả mạo"), Trigger(kind="error", ref="GIA_MAO"), "end")

    assert b'errorCode="GIA_MAO"' in author.xml, "codes are what is compared"
    assert author.xml.count(b"<bpmn:error ") + author.xml.count(b"<error ") == 1
    assert author.errors() == []
    assert verify(load_definition(author.xml)).verdict == "sound"
    author(events.set_event, end, Text("Xong"), Trigger(kind="terminate"))
    assert author.row(end).trigger.kind == "terminate"


def test_a_group_that_an_event_starts_stands_beside_the_way(author, step):
    inside = author(groups.add_event_group, step, Text("Khi công dân rút hồ sơ"))
    group = author.called("Khi công dân rút hồ sơ")

    assert group.stands_alone
    assert author.row(inside).group == group.id
    start = author.called("Có tin nhắn")
    author(
        events.set_event, start.id, Text("Công dân rút"), Trigger(kind="signal", ref="rut", interrupts=False)
    )
    assert author.row(start.id).trigger == Trigger(kind="signal", ref="rut", interrupts=False)
    assert author.errors() == []
    for where in (group.id,):
        with pytest.raises(CannotDraw):
            author(acts.add_step, where, "check")
    with pytest.raises(CannotDraw):
        author(move, group.id, "Start")
    author(acts.remove, group.id)
    assert not any(row.stands_alone for row in read_rows(author.xml, Words()))


@pytest.mark.parametrize(
    ("repeat", "said"),
    [
        (Repeat(kind="again", condition="again = true", maximum=3, before=True),
         "lặp lại khi again = true, nhiều nhất 3 lần"),
        (Repeat(kind="each", items="lots", item="lot", in_turn=True, gathered="areas", result="area"),
         "mỗi dòng của “lots” một lượt, lần lượt"),
        (Repeat(kind="count", number="3", until="done > 1"), "3 lượt, cùng lúc, tới khi done > 1"),
    ],
    ids=["again", "each", "count"],
)  # fmt: skip
def test_how_often_a_step_is_done_is_written_read_and_said(author, step, repeat, said):
    author(events.attach, step, Text("Quá hạn"), Trigger(kind="timer", wait=Wait(text="P3D")), "end")
    author(acts.set_repeat, step, repeat)

    assert author.row(step).repeat == repeat
    assert [one.vi for one in author.row(step).notes] == [said]
    assert author.errors() == []
    assert verify(load_definition(author.xml)).verdict != "unsound"
    author(acts.set_repeat, step, Repeat())
    assert author.row(step).repeat == Repeat()
    assert b"Characteristics" not in author.xml


@pytest.mark.parametrize("kind", ["each", "count"])
def test_a_repetition_drawn_without_its_number_says_that_it_is_missing(kind):
    assert say_repeat(Repeat(kind=kind)).vi == "chưa rõ mấy lượt, cùng lúc"


def test_what_the_outline_has_no_words_for_stays_in_a_repetition(author, step):
    author(acts.set_repeat, step, Repeat(kind="each", items="parcels", item="parcel"))
    sheet = Sheet(author.xml)
    [loop] = sheet.all("multiInstanceLoopCharacteristics")
    loop.set("behavior", "None")
    author.xml = sheet.xml()

    author(acts.set_repeat, step, Repeat(kind="each", items="houses", item="parcel", in_turn=True))

    assert b'behavior="None"' in author.xml
    assert author.row(step).repeat.items == "houses"


@pytest.mark.parametrize(
    "repeat",
    [
        Repeat(kind="again"), Repeat(kind="again", maximum=0), Repeat(kind="again", maximum=10_000),
        Repeat(kind="each"), Repeat(kind="each", items="hai chữ"),
        Repeat(kind="each", items="a", item="today"),
        Repeat(kind="count"), Repeat(kind="count", number="2", gathered="areas"), Repeat(kind="forever"),
    ],
    ids=lambda one: f"{one.kind}-{one.maximum}-{one.items}-{one.item}-{one.gathered}",
)  # fmt: skip
def test_a_repetition_that_cannot_be_is_refused(author, step, repeat):
    before = author.xml

    with pytest.raises(CannotDraw):
        author(acts.set_repeat, step, repeat)

    assert author.xml == before


def test_the_keys_of_a_message_are_what_it_brings_and_what_the_dossier_compares(author, step):
    waits = author(events.add_event, step, events.WAIT_MESSAGE, Text("Chờ thông báo thuế"))
    keys = [Key(name="ma_lo_dat", brings="ma_lo", compares="parcel_code"), Key(name="nam", brings="nam")]
    author(events.set_keys, waits, keys)

    assert author.row(waits).keys == tuple(keys)
    assert author.errors() == []
    name = author.row(waits).message
    model = load_definition(author.xml).model
    assert model.message_paths[name] == {"ma_lo_dat": "ma_lo", "nam": "nam"}
    assert list(model.bindings.values()) == [{"ma_lo_dat": "parcel_code"}]

    other = author(events.add_event, waits, events.SEND_MESSAGE, Text("Trả lời thuế"))
    author(events.set_keys, other, [Key(name="ma_lo_dat", brings="parcel_code", compares="parcel_code")])
    author(events.set_keys, waits, [])
    assert author.row(other).keys, "a key that another message has stays"
    author(events.set_keys, other, [])
    assert b"correlationProperty" not in author.xml
    assert author.errors() == []


@pytest.mark.parametrize(
    "keys",
    [
        [Key(name="a", brings="")], [Key(name="có dấu", brings="a")], [Key(name="a", brings="x")] * 2,
        [Key(name=f"k{at}", brings="a") for at in range(5)],
    ],
    ids=["brings nothing", "no name", "twice", "too many"],
)  # fmt: skip
def test_keys_that_cannot_be_are_refused(author, step, keys):
    waits = author(events.add_event, step, events.WAIT_MESSAGE, Text("Chờ"))

    with pytest.raises(CannotDraw):
        author(events.set_keys, waits, keys)
    with pytest.raises(CannotDraw, match="message"):
        author(events.set_keys, step, [Key(name="a", brings="a")])


def test_an_automatic_step_asks_a_decision_table(author, step):
    rule = author(events.add_event, step, events.DECIDE, Text("Tính lệ phí"))
    author(acts.set_decision_table, rule, "fee_table", "fee")

    assert (author.row(rule).decide, author.row(rule).decide_into) == ("fee_table", "fee")
    assert author.errors() == []
    for where, decide, into in ((step, "fee_table", "fee"), (rule, "", "fee"), (rule, "t", "today"),
                                (rule, "t", "lệ phí")):  # fmt: skip
        with pytest.raises(CannotDraw):
            author(acts.set_decision_table, where, decide, into)


def test_a_step_is_moved_into_a_group_and_out_again(author, step):
    inner = author(groups.add_group, step, Text("Thẩm định"))
    group = author.called("Thẩm định").id
    author(events.attach, step, Text("Quá hạn"), Trigger(kind="timer", wait=Wait(text="P3D")), "end")
    before = author.boxes()

    author(move, step, inner)

    assert author.row(step).group == group
    assert author.row(inner).ways[0].to_id == step
    assert author.row("Start").ways[0].to_id == group
    assert author.errors() == []
    assert verify(load_definition(author.xml)).verdict == "sound"
    boxes = author.boxes()
    stays = set(before) - {step, group, author.called("Quá hạn").id}
    still = {key for key in stays if boxes.get(key) == before[key]}
    ended = author.row(author.called("Quá hạn").ways[0].to_id).id
    assert stays - still <= {ended}, "what is not moved stays where it stood"
    around, held = boxes[group], boxes[step]
    assert Box.around([around, held]) == around
    event = boxes[author.called("Quá hạn").id]
    assert held.grown(40).meets(event), "what stands on the step came along"

    author(move, step, group)

    assert author.row(step).group == ""
    assert author.row(group).ways[0].to_id == step
    assert author.errors() == []


def test_a_group_is_moved_with_all_that_stands_in_it(author, step):
    inner = author(groups.add_group, step, Text("Trong"))
    small = author.called("Trong").id
    author(groups.add_group, small, Text("Ngoài"))
    big = author.called("Ngoài").id
    target = next(row.id for row in read_rows(author.xml, Words()) if row.group == big and row.is_step)

    author(move, small, target)

    assert author.row(small).group == big
    assert author.row(inner).group == small
    boxes = author.boxes()
    assert boxes[small].grown(1).meets(boxes[inner])
    assert Box.around([boxes[big], boxes[small]]) == boxes[big]
    assert author.errors() == []
    before = author.xml
    with pytest.raises(CannotDraw, match="itself"):
        author(move, big, inner)
    assert author.xml == before


def test_a_step_does_not_leave_behind_what_its_time_limit_leads_to(author, step):
    author(groups.add_group, step, Text("Thẩm định"))
    inner = next(row.id for row in read_rows(author.xml, Words()) if row.group and row.is_step)
    late = author(acts.add_step, author.called("Thẩm định").id, "draft", Text("Soạn công văn xin lỗi"))
    author(events.attach, step, Text("Quá hạn"), Trigger(kind="timer", wait=Wait(text="P3D")), late)
    before = author.xml

    with pytest.raises(CannotDraw, match="time limit"):
        author(move, step, inner)

    assert author.xml == before


@pytest.mark.parametrize("kind", ["compensate", "cancel", "link", "several"])
def test_what_the_outline_does_not_edit_is_said_named_and_kept(author, step, kind):
    event = author(events.add_event, step, events.WAIT_SIGNAL, Text("Điểm lạ"))
    sheet = Sheet(author.xml)
    node = sheet.find(event)
    if kind == "several":
        sheet.put(node, "signalEventDefinition", id="More")
    else:
        node.remove(node[-1])
        sheet.put(node, f"{kind}EventDefinition", id="Strange", **({"name": "X"} if kind == "link" else {}))
    author.xml = sheet.xml()
    kept = etree.tostring(Sheet(author.xml).find(event)[-1])

    row = author.row(event)
    assert not row.is_simple
    assert row.notes, "it is said what it is"
    with pytest.raises(CannotDraw, match="full mode"):
        author(events.set_event, event, Text("x"), Trigger(kind="signal", ref="y"))
    author(acts.name_part, event, Text("Tên mới", "New name"))
    assert author.row(event).name.en == "New name"
    assert etree.tostring(Sheet(author.xml).find(event)[-1]) == kept


def test_events_of_a_place_are_those_of_the_standard(author, step):
    author(groups.add_event_group, step, Text("Khi rút"))
    sheet = Sheet(author.xml)
    assert offered(sheet.find("Start")) == ("none", "message")
    assert "error" in offered(sheet.find(author.called("Có tin nhắn").id))
    assert "terminate" in offered(sheet.find("End"))
    timer = Trigger(kind="timer", wait=Wait(text="P1D"))
    for key, trigger in (("Start", Trigger(kind="error", ref="E")), ("End", timer), (step, Trigger()),
                         ("End", Trigger(kind="error")), ("End", Trigger(kind="cancel"))):  # fmt: skip
        with pytest.raises(CannotDraw):
            author(events.set_event, key, Text("x"), trigger)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param((acts.set_repeat, Repeat(kind="count", number="2")), id="done twice"),
        pytest.param(
            (events.attach, Text("Bỏ qua"), Trigger(kind="signal", ref="s"), "end"), id="a way around"
        ),
    ],
)
def test_a_locked_step_is_neither_repeated_nor_gone_around(author, step, act):
    author(acts.add_step, step, "sign", Text("Ký"))
    sheet = Sheet(author.xml)
    sheet.find(step).set("{urn:motcua:bpmn:1}zone", "locked")
    author.xml = locked = sheet.xml()

    author(act[0], step, *act[1:])

    with pytest.raises(LockedPart):
        check_locks(locked, author.xml)


def told(before: bytes, after: bytes) -> list[str]:
    return [one.text.vi for one in compare_elements(before, after)]


def test_a_comparison_says_repetitions_events_and_keys_in_the_words_of_the_table(author, step):
    waits = author(events.add_event, step, events.WAIT_MESSAGE, Text("Chờ thuế"))
    signal = author(events.add_event, waits, events.WAIT_SIGNAL, Text("Chờ tín hiệu"))
    author(events.attach, step, Text("Bị lỗi"), Trigger(kind="error", ref="E1"), "end")
    rule = author(events.add_event, signal, events.DECIDE, Text("Tính phí"))
    before = author.xml

    author(acts.set_repeat, step, Repeat(kind="each", items="lots", in_turn=True))
    assert told(before, author.xml) == ["“Kiểm tra”: làm một lần → mỗi dòng của “lots” một lượt, lần lượt."]
    then = author.xml
    author(acts.set_repeat, step, Repeat(kind="again", maximum=2))
    assert len(told(then, author.xml)) == 1, "one kind of loop in place of another is one change"
    then = author.xml
    author(events.set_event, signal, Text("Chờ tín hiệu"), Trigger(kind="conditional", feel="paid = true"))
    assert told(then, author.xml) == [
        "Điểm chờ “Chờ tín hiệu”: sự kiện tín hiệu “cho_tin_hieu” → điều kiện “paid = true”."
    ]
    then = author.xml
    author(events.set_keys, waits, [Key(name="lot", brings="code", compares="parcel")])
    assert told(then, author.xml) == ["Khóa của tin “cho_thue”: (không) → lot = code (parcel)."]
    then = author.xml
    sheet = Sheet(author.xml)
    next(sheet.all("error")).set("errorCode", "E2")
    author.xml = sheet.xml()
    assert told(then, author.xml) == ["Sự kiện gắn ở bước “Bị lỗi”: sự kiện lỗi “E1” → lỗi “E2”."]
    then = author.xml
    author(acts.set_decision_table, rule, "phi", "fee")
    assert told(then, author.xml) == [
        "“Tính phí”: bảng quyết định: (không) → phi.", "“Tính phí”: kết quả ghi vào: (không) → fee.",
    ]  # fmt: skip


# --- forged requests -------------------------------------------------------------------------------------


def holds_together(xml: bytes) -> list[str]:
    """Return what no act may leave behind: ways to or from nothing, behind an end, or into a start."""
    sheet, found = Sheet(xml), []
    for flow in sheet.all("sequenceFlow"):
        source, target = sheet.source(flow), sheet.target(flow)
        if source is None or target is None:
            found.append(f"{flow.get('id')} leads from or to nothing")
        elif source.tag.endswith("}endEvent"):
            found.append(f"{target.get('id')} stands behind the end {source.get('id')}")
        elif target.tag.endswith(("}startEvent", "}boundaryEvent")):
            found.append(f"{flow.get('id')} leads into {target.get('id')}")
        elif sheet.scope_of(source) is not sheet.scope_of(target):
            found.append(f"{flow.get('id')} crosses the border of a group")
    ids = [one.get("id") for one in sheet.root.iter() if isinstance(one.tag, str) and one.get("id")]
    found += [f"{key} is used twice" for key in {one for one in ids if ids.count(one) > 1}]
    return found


LEADING = ("decide", "choose", "branch", "way", "attach", "first", "first-one")
FORMS = {
    "add": [{"kind": kind} for kind in ("check", "group", "event_group", "call", "wait_signal")],
    "decide": [{"name_0": "A", "name_1": "B", "lines": "2"}],
    "choose": [{"name_0": "A", "name_1": "B", "rest": "0", "lines": "2", "c1_lines": "1", "c1_field_0": "x",
                "c1_operator_0": "=", "c1_value_0": "1"}],
    "branch": [{"name": "A"}, {"name": "A", "by": "condition", "c_lines": "1", "c_field_0": "x",
                               "c_operator_0": "=", "c_value_0": "1"}],
    "way": [{"name": "A", "is_rest": "1"}],
    "parallel": [{"kind_0": "check", "name_0": "A", "kind_1": "check", "name_1": "B", "lines": "2"}],
    "parallel-one": [{"kind": "check"}],
    "attach": [{"trigger": "signal", "ref": "s"}, {"trigger": "cancel"}],
    "event": [{"trigger": "message", "ref": "m"}, {"trigger": "terminate"}, {"trigger": "none"}],
    "message": [{"message": "m"}],
    "payload": [{"field_0": "a", "value_0": "1", "lines": "1"}],
    "keys": [{"key_0": "a", "brings_0": "a", "compares_0": "b", "lines": "1"}],
    "repeat": [{"repeat": "count", "number_of": "2"}],
    "first": [{"name_0": "A", "message_0": "m", "name_1": "B", "message_1": "n", "lines": "2"}],
    "first-one": [{"name": "A", "message": "m"}],
    "call": [{"called": "Process_1"}],
    "table": [{"decide": "t", "into": "x"}],
}  # fmt: skip


def test_whatever_is_asked_of_whatever_part_is_refused_or_leaves_a_whole_drawing(author, step):
    inner = author(groups.add_group, step, Text("Thẩm định"))
    group = author.called("Thẩm định").id
    author(events.attach, group, Text("Có lỗi"), Trigger(kind="error", ref="E"), "end")
    author(groups.add_event_group, step, Text("Khi rút"))
    author(acts.decide, step, [acts.Branch(name=Text("Đạt")), acts.Branch(name=Text("Không"), to="end")])
    author(groups.add_call, inner, Text("Gọi"))
    one_of_each = {local_name(one): one.get("id") for one in Sheet(author.xml).root.iter(f"{{{BPMN}}}*")}
    keys = [*filter(None, one_of_each.values()), group, inner]
    assert len(keys) > 12
    done = refused = 0

    speaking = Flask(__name__)
    Babel(speaking)

    with speaking.test_request_context():
        for name, key in itertools.product(ACTS, keys):
            for sent in FORMS.get(name, [{"name": "A"}]):
                for to in ("end", group) if name in LEADING else ("end",):
                    form = MultiDict({"shown": key, "part": key, "where": key, "to": to, "to_0": to, **sent})
                    sheet = Sheet(author.xml)
                    try:
                        ACTS[name](form)[1](sheet)
                    except ProcedureError:
                        refused += 1
                        continue
                    done += 1
                    assert holds_together(sheet.xml()) == [], (name, key, sent, to)
    assert min(done, refused) > 100


@pytest.mark.parametrize("path", SHIPPED, ids=[one.stem for one in SHIPPED])
def test_shipped_drawings_lose_nothing_by_what_is_read_and_written_back(path):
    """Every event and repetition written back as it was read gives the same meaning, word for word."""
    xml = path.read_bytes()
    rows = [one for one in read_rows(xml, Words()) if one.trigger or one.repeat]
    sheet = Sheet(xml)
    for row in rows:
        if row.trigger and row.trigger.is_editable:
            events.set_event(sheet, row.id, row.own_name, row.trigger)
        if row.repeat:
            acts.set_repeat(sheet, row.id, row.repeat)
        if row.message and row.keys:
            events.set_keys(sheet, row.id, row.keys)

    assert read_rows(sheet.xml(), Words()) == read_rows(xml, Words())
    assert [one.rule for one in lint(sheet.xml())] == [one.rule for one in lint(xml)]
