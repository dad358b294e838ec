"""What differs between two revisions, in sentences that an approver reads: who, how long, what, where to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from designer.outline import Line, Rule, Way, Words, hours, read_outline, read_rules
from engine.bpmn.steps import Outcome, StepSpec
from engine.domain.texts import Text

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
SIGNS = {ADDED: "+", REMOVED: "−", CHANGED: "~"}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `element` is the step it is about, "" for the procedure as a whole."""

    kind: str
    element: str
    text: Text

    @property
    def sign(self) -> str:
        return SIGNS[self.kind]


def compare(before: bytes, after: bytes, words: Words) -> list[Change]:
    """Return the differences between two drawings: steps gone, steps new, steps changed, ways changed."""
    old = {line.id: line for line in read_outline(before, words)}
    new = {line.id: line for line in read_outline(after, words)}
    found = [_removed(line) for key, line in old.items() if key not in new]
    found += [_added(line) for key, line in new.items() if key not in old]
    for key, line in new.items():
        if key in old:
            found += _changed(old[key], line, words)
    found += _conditions(read_rules(before, words), read_rules(after, words))
    found += _total(old, new)
    return found


def compare_content(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return the differences between two contents: limit, fee, papers."""
    found = []
    if before.get("limit") != after.get("limit"):
        old, new = _limit(before), _limit(after)
        found.append(_say(f"Thời hạn giải quyết: {old.vi} → {new.vi}.", f"The limit: {old.en} → {new.en}."))
    if before.get("fee") != after.get("fee"):
        found.append(_say("Cách tính phí, lệ phí thay đổi.", "The fee is computed differently."))
    found += _components(before, after)
    if before.get("forms") != after.get("forms"):
        found.append(_say("Biểu mẫu thay đổi.", "The forms differ."))
    if before.get("decisions") != after.get("decisions"):
        found.append(_say("Bảng quyết định thay đổi.", "The decisions differ."))
    return found + _scenarios(before, after)


def _scenarios(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = ({one["id"]: one for one in side.get("scenarios", ())} for side in (before, after))
    found = []
    for ident in dict.fromkeys((*old, *new)):
        title = Text.of((new.get(ident) or old[ident])["title"])
        if ident not in new:
            said = f"Bỏ kịch bản thử “{title.vi}”.", f"The scenario “{title.say('en')}” is gone."
            found.append(Change(REMOVED, "", Text(*said)))
        elif ident not in old:
            said = f"Thêm kịch bản thử “{title.vi}”.", f"New scenario “{title.say('en')}”."
            found.append(Change(ADDED, "", Text(*said)))
        elif old[ident] != new[ident]:
            found.append(
                _say(f"Kịch bản thử “{title.vi}” thay đổi.", f"The scenario “{title.say('en')}” differs.")
            )
    return found


def compare_participants(
    before: Mapping[str, str], after: Mapping[str, str], words: Words, units: Mapping[str, str]
) -> list[Change]:
    """Return the agencies that another unit here now stands for."""
    found = []
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code, ""), after.get(code, "")
        if old != new:
            who = words.unit(code)
            ends = units.get(old, old) or "—", units.get(new, new) or "—"
            found.append(
                _say(f"{who.vi}: {ends[0]} → {ends[1]}.", f"{who.say('en')}: {ends[0]} → {ends[1]}.")
            )
    return found


def _added(line: Line) -> Change:
    facts = _facts(line)
    return Change(
        ADDED,
        line.id,
        Text(f"Thêm bước “{line.name.vi}”{facts.vi}.", f"New step “{line.name.say('en')}”{facts.en}."),
    )


def _removed(line: Line) -> Change:
    return Change(
        REMOVED, line.id, Text(f"Bỏ bước “{line.name.vi}”.", f"Step “{line.name.say('en')}” is gone.")
    )


def _facts(line: Line) -> Text:
    vi = [one for one in (line.role.vi, hours(line.minutes).vi if line.minutes else "") if one]
    en = [one for one in (line.role.say("en"), hours(line.minutes).en if line.minutes else "") if one]
    return Text(f" ({', '.join(vi)})" if vi else "", f" ({', '.join(en)})" if en else "")


def _changed(old: Line, new: Line, words: Words) -> Iterator[Change]:
    name = new.name

    def say(vi: str, en: str) -> Change:
        return Change(CHANGED, new.id, Text(f"“{name.vi}”: {vi}.", f"“{name.say('en')}”: {en}."))

    if old.name != new.name:
        yield say(f"trước đây tên là “{old.name.vi}”", f"was called “{old.name.say('en')}”")
    for label, before, after in (
        (Text("loại bước", "kind"), old.kind, new.kind),
        (Text("người làm", "done by"), old.role, new.role),
        (Text("đơn vị", "unit"), old.unit, new.unit),
        (Text("thời gian", "time"), hours(old.minutes), hours(new.minutes)),
        (Text("biểu mẫu", "form"), old.form, new.form),
    ):
        if before != after:
            pair = before or NOTHING, after or NOTHING
            yield say(
                f"{label.vi} {pair[0].vi} → {pair[1].vi}",
                f"{label.en} {pair[0].say('en')} → {pair[1].say('en')}",
            )
    for text in _inside(old.step, new.step):
        yield say(text.vi, text.en)
    for text in _ways(old, new):
        yield say(text.vi, text.en)


def _inside(old: StepSpec, new: StepSpec) -> Iterator[Text]:
    if old.own_clock != new.own_clock:
        yield (
            Text("không còn tính vào thời hạn của cơ quan", "no longer counts in the office’s limit")
            if new.own_clock
            else Text("nay tính vào thời hạn của cơ quan", "now counts in the office’s limit")
        )
    yield from _outcomes(old.outcomes, new.outcomes)
    for name, words in _PLAIN.items():
        if getattr(old, name) != getattr(new, name):
            yield words


_PLAIN = {
    "todo": Text("việc cần làm được viết lại", "what to do was rewritten"),
    "public": Text("câu cho công dân được viết lại", "the sentence for the citizen was rewritten"),
    "legal": Text("căn cứ pháp lý thay đổi", "the legal basis differs"),
    "result": Text("kết quả hồ sơ ở bước này thay đổi", "how it settles the dossier differs"),
    "register": Text("sổ lấy số thay đổi", "the register it numbers in differs"),
    "decision": Text("biến ghi quyết định thay đổi", "the variable of the decision differs"),
    "zone": Text("phần khóa thay đổi", "its lock differs"),
}


def _outcomes(old: tuple[Outcome, ...], new: tuple[Outcome, ...]) -> Iterator[Text]:
    before, after = ({one.code: one for one in side} for side in (old, new))
    for code in [one for one in before if one not in after]:
        name = before[code].name
        yield Text(f"bỏ nút “{name.vi}”", f"the button “{name.say('en')}” is gone")
    for code, one in after.items():
        if code not in before:
            yield Text(f"thêm nút “{one.name.vi}”", f"a new button “{one.name.say('en')}”")
        elif before[code].name != one.name:
            was = before[code].name
            yield Text(
                f"nút “{was.vi}” nay là “{one.name.vi}”",
                f"the button “{was.say('en')}” is now “{one.name.say('en')}”",
            )
        elif before[code].reason != one.reason:
            vi, en = f"nút “{one.name.vi}”", f"the button “{one.name.say('en')}”"
            if one.reason:
                yield Text(f"{vi} nay phải ghi lý do", f"{en} needs a reason")
            else:
                yield Text(f"{vi} không cần lý do nữa", f"{en} needs no reason")


def _ways(old: Line, new: Line) -> Iterator[Text]:
    before = {(way.when.vi, way.element): way for way in old.ways}
    after = {(way.when.vi, way.element): way for way in new.ways}
    for key, way in before.items():
        if key not in after:
            yield _leads(way, "không còn đi tới", "no longer leads to")
    for key, way in after.items():
        if key not in before:
            yield _leads(way, "nay đi tới", "now leads to")


def _conditions(old: Mapping[str, Rule], new: Mapping[str, Rule]) -> Iterator[Change]:
    for key in [one for one in new if one in old and old[one].says != new[one].says]:
        rule, was, now = new[key], old[key].says or NOTHING, new[key].says or NOTHING
        yield Change(
            CHANGED,
            key,
            Text(
                f"Nhánh “{rule.label.vi}”: trước đây đi khi {was.vi}; nay đi khi {now.vi}.",
                f"Branch “{rule.label.say('en')}”: was taken when {was.say('en')}; now when {now.say('en')}.",
            ),
        )


def _leads(way: Way, vi: str, en: str) -> Text:
    when = (f" khi “{way.when.vi}”", f" when “{way.when.say('en')}”") if way.when else ("", "")
    return Text(f"{vi} “{way.to.vi}”{when[0]}", f"{en} “{way.to.say('en')}”{when[1]}")


def _total(old: Mapping[str, Line], new: Mapping[str, Line]) -> Iterator[Change]:
    before, after = (
        sum(line.minutes or 0 for line in side.values() if not line.step.own_clock) for side in (old, new)
    )
    if before != after:
        pair = hours(before), hours(after)
        yield _say(
            f"Tổng số giờ ghi ở các bước: {pair[0].vi} → {pair[1].vi}.",
            f"Hours of all steps together: {pair[0].en} → {pair[1].en}.",
        )


def _components(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = ({one["code"]: one for one in side.get("components", ())} for side in (before, after))
    for code in [one for one in old if one not in new]:
        name = Text.of(old[code]["name"])
        vi, en = f"Không cần giấy tờ “{name.vi}” nữa.", f"“{name.say('en')}” is no longer asked for."
        yield Change(REMOVED, "", Text(vi, en))
    for code, one in new.items():
        name = Text.of(one["name"])
        if code not in old:
            yield Change(ADDED, "", Text(f"Thêm giấy tờ “{name.vi}”.", f"“{name.say('en')}” is asked for."))
        elif old[code] != one:
            yield _say(f"Giấy tờ “{name.vi}” thay đổi.", f"What is asked of “{name.say('en')}” differs.")


def _limit(content: Mapping[str, Any]) -> Text:
    limit = content.get("limit") or {}
    kinds = {
        "working_day": Text("ngày làm việc", "working days"),
        "calendar_day": Text("ngày", "days"),
        "hour": Text("giờ làm việc", "working hours"),
        "same_day": Text("trong ngày", "the same day"),
    }
    kind = kinds.get(limit.get("kind", ""), Text("—"))
    return Text(f"{limit.get('value', '')} {kind.vi}", f"{limit.get('value', '')} {kind.say('en')}")


def _say(vi: str, en: str) -> Change:
    return Change(CHANGED, "", Text(vi, en))


NOTHING = Text("(không)", "(none)")
