"""The acts of the outline as its forms send them: what was typed, read into one change of the drawing.

Each reader returns the sentence that tells of the change, and the change; what cannot be read is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from designer import condition_form, step_form
from designer import outline_events as events
from designer import outline_groups as groups
from designer.kinds import OFFERED
from designer.message_keys import Key
from designer.outline_acts import (
    END,
    NEXT,
    Branch,
    add_branch,
    add_parallel,
    add_step,
    branch_out,
    choose,
    decide,
    edit_branch,
    name_part,
    remove,
    remove_branch,
    set_decision_table,
    set_repeat,
)
from designer.outline_groups import CALL, EVENT_GROUP, GROUP, Event
from designer.outline_moves import move
from designer.repeats import AGAIN, COUNT, EACH, ONCE, Repeat
from designer.sheet import Sheet
from designer.triggers import CONDITION, NAMED, TIMER, Trigger, Wait
from designer.ways import CannotDraw
from engine.domain.texts import Text

LINES = 4  # blank lines of a form for branches
WAITS = {"wh": ("PT{}H", True), "wd": ("P{}D", True), "h": ("PT{}H", False), "d": ("P{}D", False)}

Sent = Any
Act = tuple[str, Callable[[Sheet], str]]


def _add(form: Sent) -> Act:
    where, kind, name = form.get("where", ""), form.get("kind", ""), _text(form, "name")
    facts = {word: form.get(word, "").strip() for word in ("role", "hours") if form.get(word, "").strip()}
    facts = {word: value.replace(",", ".") if word == "hours" else value for word, value in facts.items()}
    if kind == GROUP:
        return _("Đã thêm nhóm, với một bước bên trong."), lambda sheet: groups.add_group(sheet, where, name)
    if kind == EVENT_GROUP:
        return _("Đã thêm nhóm chạy khi có sự kiện, với một bước bên trong."), (
            lambda sheet: groups.add_event_group(sheet, where, name)
        )
    if kind == CALL:
        return _("Đã thêm bước gọi quy trình."), lambda sheet: groups.add_call(sheet, where, name)
    if kind in events.KINDS:
        return _("Đã thêm bước."), lambda sheet: events.add_event(sheet, where, kind, name)
    return _("Đã thêm bước."), lambda sheet: add_step(sheet, where, kind, name, **facts)


def _save_step(form: Sent) -> Act:
    changes = step_form.read(form)
    return _("Đã ghi bước."), lambda sheet: step_form.write(sheet, form.get("shown", ""), changes)


def _name(form: Sent) -> Act:
    return _("Đã ghi tên."), lambda sheet: name_part(sheet, form.get("shown", ""), _text(form, "name"))


def _remove(form: Sent) -> Act:
    return _("Đã bỏ bước."), lambda sheet: remove(sheet, form.get("part", ""))


def _move(form: Sent) -> Act:
    return _("Đã chuyển bước."), lambda sheet: move(sheet, form.get("part", ""), form.get("where", ""))


def _decide(form: Sent) -> Act:
    branches = [
        Branch(
            name=Text(form.get(f"name_{at}", ""), form.get(f"name_en_{at}", "")),
            to=form.get(f"to_{at}", NEXT),
            style=form.get(f"style_{at}", "plain"),
            reason=bool(form.get(f"reason_{at}")),
        )
        for at in _lines(form)
    ]
    return _("Đã rẽ nhánh theo nút."), lambda sheet: decide(sheet, form.get("shown", ""), branches)


def _choose(form: Sent) -> Act:
    branches = [
        Branch(
            name=Text(form.get(f"name_{at}", ""), form.get(f"name_en_{at}", "")),
            to=form.get(f"to_{at}", NEXT),
            feel="" if form.get("rest") == str(at) else condition_form.read(form, f"c{at}_"),
        )
        for at in _lines(form)
        if form.get(f"name_{at}", "").strip()
    ]
    name = _text(form, "name")
    return _("Đã rẽ nhánh theo điều kiện."), lambda sheet: choose(
        sheet, form.get("where", ""), name, branches
    )


def _branch(form: Sent) -> Act:
    branch = Branch(
        name=_text(form, "name"),
        to=form.get("to", END),
        style=form.get("style", "plain"),
        reason=bool(form.get("reason")),
        feel=condition_form.read(form, "c_") if form.get("by") == "condition" else "",
    )
    return _("Đã thêm nhánh."), lambda sheet: add_branch(sheet, form.get("part", ""), branch)


def _save_way(form: Sent) -> Act:
    key = form.get("shown", "").removeprefix("way:")
    is_rest = form.get("is_rest") == "1"
    feel = "" if is_rest else condition_form.read(form, "c_")
    return _("Đã ghi đường đi."), lambda sheet: edit_branch(
        sheet, key, name=_text(form, "name"), feel=feel, is_rest=is_rest, to=form.get("to", "")
    )


def _remove_way(form: Sent) -> Act:
    return _("Đã bỏ nhánh."), lambda sheet: remove_branch(sheet, form.get("part", ""))


def _parallel(form: Sent) -> Act:
    steps = [
        (form.get(f"kind_{at}", ""), Text(form.get(f"name_{at}", "")))
        for at in _lines(form)
        if form.get(f"name_{at}", "").strip()
    ]
    if any(kind not in OFFERED for kind, _name in steps):
        raise CannotDraw("Mỗi bước song song cần một loại.", "Each parallel step needs a kind.")
    return _("Đã thêm các bước song song."), lambda sheet: branch_out(sheet, form.get("where", ""), steps)


def _parallel_one(form: Sent) -> Act:
    return _("Đã thêm một nhánh song song."), lambda sheet: add_parallel(
        sheet, form.get("part", ""), form.get("kind", ""), _text(form, "name")
    )


def _attach(form: Sent) -> Act:
    trigger, name = _trigger(form), _text(form, "name")
    return _("Đã đặt hạn cho bước.") if trigger.kind == TIMER else _("Đã gắn sự kiện vào bước."), (
        lambda sheet: events.attach(sheet, form.get("shown", ""), name, trigger, form.get("to", END))
    )


def _event(form: Sent) -> Act:
    trigger, name = _trigger(form), _text(form, "name")
    return _("Đã ghi sự kiện."), lambda sheet: events.set_event(sheet, form.get("shown", ""), name, trigger)


def _trigger(form: Sent) -> Trigger:
    """Read what an event waits for or throws; what belongs to other kinds of events is left aside."""
    kind = form.get("trigger", TIMER)
    return Trigger(
        kind=kind,
        ref=form.get("ref", "").strip()[:200] if kind in NAMED else "",
        wait=_wait(form) if kind == TIMER else None,
        feel=condition_form.read(form, "t_") if kind == CONDITION else "",
        interrupts=not form.get("goes_on"),
    )


def _message(form: Sent) -> Act:
    message, name = form.get("message", "").strip(), _text(form, "name")

    def change(sheet: Sheet) -> str:
        events.set_message(sheet, form.get("shown", ""), message)
        return name_part(sheet, form.get("shown", ""), name)

    return _("Đã ghi tin nhắn."), change


def _keys(form: Sent) -> Act:
    words = ("key", "brings", "compares")
    lines = [[form.get(f"{word}_{at}", "").strip() for word in words] for at in _lines(form)]
    keys = [Key(name=name or brings, brings=brings, compares=compares) for name, brings, compares in lines
            if name or brings]  # fmt: skip
    return _("Đã ghi khóa của tin nhắn."), lambda sheet: events.set_keys(sheet, form.get("shown", ""), keys)


def _repeat(form: Sent) -> Act:
    kind = form.get("repeat", ONCE)
    facts = {word: form.get(word, "").strip()[:200] for word in ("items", "item", "gathered", "result")}
    most = form.get("maximum", "").strip()
    if most and not (most.isascii() and most.isdigit() and len(most) < 6):
        raise CannotDraw(
            f"Cần một số nguyên cho số lần nhiều nhất; đang ghi “{most[:20]}”.",
            f"A whole number is needed for the maximum; “{most[:20]}” was given.",
        )
    repeat = Repeat(
        kind=kind, number=form.get("number_of", "").strip()[:500], maximum=int(most) if most else None,
        condition=condition_form.read(form, "r_") if kind == AGAIN else "",
        until=condition_form.read(form, "u_") if kind in (EACH, COUNT) else "",
        before=bool(form.get("before")), in_turn=form.get("in_turn") == "1", **facts,
    )  # fmt: skip
    return _("Đã ghi số lần làm."), lambda sheet: set_repeat(sheet, form.get("shown", ""), repeat)


def _table(form: Sent) -> Act:
    decide_by, into, name = form.get("decide", ""), form.get("into", "").strip(), _text(form, "name")

    def change(sheet: Sheet) -> str:
        set_decision_table(sheet, form.get("shown", ""), decide_by, into)
        return name_part(sheet, form.get("shown", ""), name)

    return _("Đã chọn bảng quyết định."), change


def _payload(form: Sent) -> Act:
    lines = [
        (form.get(f"field_{at}", "").strip(), form.get(f"value_{at}", "").strip()) for at in _lines(form)
    ]
    fields = [(name or value, value) for name, value in lines if name or value]
    return _("Đã ghi nội dung tin nhắn."), lambda sheet: events.set_payload(
        sheet, form.get("shown", ""), fields
    )


def _call(form: Sent) -> Act:
    return _("Đã chọn quy trình được gọi."), lambda sheet: groups.set_call(
        sheet, form.get("shown", ""), form.get("called", "")
    )


def _first(form: Sent) -> Act:
    awaited = [_awaited(form, f"_{at}") for at in _lines(form) if form.get(f"name_{at}", "").strip()]
    name = _text(form, "name")
    return _("Đã thêm điểm chờ việc xảy ra trước."), lambda sheet: groups.wait_for_first(
        sheet, form.get("where", ""), name, awaited
    )


def _first_one(form: Sent) -> Act:
    event = _awaited(form, "")
    return _("Đã thêm một việc để chờ."), lambda sheet: groups.add_event(sheet, form.get("part", ""), event)


def _awaited(form: Sent, at: str) -> Event:
    """Read one event that is waited for; the fields of its line end in `at`."""
    is_time = form.get(f"awaits{at}") == "time"
    facts = {word: form.get(f"{word}{at}", "") for word in ("number", "counted", "expression", "is_working")}
    return Event(
        name=_text_at(form, at),
        to=form.get(f"to{at}", END),
        wait=_wait(facts) if is_time else None,
        message="" if is_time else form.get(f"message{at}", "").strip(),
    )


def _text_at(form: Sent, at: str) -> Text:
    return Text(form.get(f"name{at}", "").strip(), form.get(f"name_en{at}", "").strip())


def _wait(form: Sent) -> Wait:
    number, unit = form.get("number", "").strip(), form.get("counted", "wd")
    if unit == "text" and form.get("expression", "").strip():
        return Wait(text=form["expression"].strip(), is_working=bool(form.get("is_working")))
    if unit not in WAITS or not number.isascii() or not number.isdigit() or not 1 <= int(number) <= 10_000:
        raise CannotDraw(
            f"Cần một số nguyên ngày hoặc giờ; đang ghi “{number[:20]}”.",
            f"A whole number of days or hours is needed; “{number[:20]}” was given.",
        )
    shape, is_working = WAITS[unit]
    return Wait(text=shape.format(int(number)), is_working=is_working)


ACTS: dict[str, Callable[[Sent], Act]] = {
    "add": _add,
    "step": _save_step,
    "name": _name,
    "remove": _remove,
    "move": _move,
    "decide": _decide,
    "choose": _choose,
    "branch": _branch,
    "way": _save_way,
    "remove-way": _remove_way,
    "parallel": _parallel,
    "parallel-one": _parallel_one,
    "attach": _attach,
    "event": _event,
    "message": _message,
    "keys": _keys,
    "repeat": _repeat,
    "table": _table,
    "payload": _payload,
    "call": _call,
    "first": _first,
    "first-one": _first_one,
}


def _lines(form: Sent) -> range:
    count = form.get("lines", "")
    return range(min(int(count) if count.isdigit() else LINES, 12))


def _text(form: Sent, name: str) -> Text:
    return Text(form.get(name, "").strip(), form.get(f"{name}_en", "").strip())
