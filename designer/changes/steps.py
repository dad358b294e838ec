"""What differs between two drawings: steps gone, steps new, steps changed, ways changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from designer.changes.change import ADDED, CHANGED, NOTHING, REMOVED, Change
from designer.changes.elements import compare_elements
from designer.changes.matching import align
from designer.outline import Line, Rule, Way, Words, hours, read_outline, read_rules
from engine.bpmn.steps import LegalBasis, MessageField, Outcome, StepSpec
from engine.domain.texts import Text


def compare(before: bytes, after: bytes, words: Words) -> list[Change]:
    """Return the differences between two drawings.

    A box that was drawn anew under the same name is the same box.

    Raises:
        BadXml: If one of them cannot be read.
    """
    before = align(before, after).before
    old = {line.id: line for line in read_outline(before, words)}
    new = {line.id: line for line in read_outline(after, words)}
    found = [_removed(line) for key, line in old.items() if key not in new]
    found += [_added(line) for key, line in new.items() if key not in old]
    for key, line in new.items():
        if key in old:
            found += _changed(old[key], line, words)
    found += _conditions(read_rules(before, words), read_rules(after, words))
    told = {one.element for one in found if one.kind != CHANGED}  # lines of the table
    found += [one for one in compare_elements(before, after) if one.element not in told]
    found += _total(old, new)
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
    yield from _law(old.legal, new.legal)
    yield from _values(old.fields, new.fields)
    for name, words in _SAID.items():
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield _from_to(words, _text(was), _text(now))
    if old.todo != new.todo:
        yield from _lines(old.todo, new.todo)
    elif old.documentation != new.documentation:
        yield _from_to(Text("hướng dẫn", "instructions"), old.documentation, new.documentation)


_SAID = {
    "public": Text("câu cho công dân", "the sentence for the citizen"),
    "result": Text("kết quả hồ sơ ở bước này", "how it settles the dossier"),
    "register": Text("sổ lấy số", "the register it numbers in"),
    "decision": Text("biến ghi quyết định", "the variable of the decision"),
    "zone": Text("phần khóa", "its lock"),
    "keep": Text("thời gian giữ tin", "how long its message is kept"),
}
_CODES = {
    "granted": Text("được cấp", "granted"),
    "refused": Text("bị từ chối", "refused"),
    "locked": Text("khóa", "locked"),
    "adjustable": Text("được điều chỉnh", "adjustable"),
    "free": Text("tự do", "free"),
}


def _text(value: object) -> Text:
    return value if isinstance(value, Text) else _CODES.get(str(value), Text(str(value)))


def _from_to(what: Text, was: Text, now: Text) -> Text:
    ends = was or NOTHING, now or NOTHING
    return Text(
        f"{what.vi} {ends[0].vi} → {ends[1].vi}", f"{what.en} {ends[0].say('en')} → {ends[1].say('en')}"
    )


def _lines(old: tuple[Text, ...], new: tuple[Text, ...]) -> Iterator[Text]:
    for one in [line for line in old if line not in new]:
        yield Text(f"bỏ việc cần làm “{one.vi}”", f"no longer to do: “{one.say('en')}”")
    for one in [line for line in new if line not in old]:
        yield Text(f"thêm việc cần làm “{one.vi}”", f"new to do: “{one.say('en')}”")
    if sorted(map(str, old)) == sorted(map(str, new)):
        yield Text("thứ tự việc cần làm thay đổi", "the order of what to do differs")


def _law(old: tuple[LegalBasis, ...], new: tuple[LegalBasis, ...]) -> Iterator[Text]:
    for one in [basis for basis in old if basis not in new]:
        yield Text(f"bỏ căn cứ {_cited(one)}", f"no longer rests on {_cited(one)}")
    for one in [basis for basis in new if basis not in old]:
        yield Text(f"thêm căn cứ {_cited(one)}", f"now rests on {_cited(one)}")


def _cited(one: LegalBasis) -> str:
    return ", ".join(part for part in (one.article, one.document, one.note) if part)


def _values(old: tuple[MessageField, ...], new: tuple[MessageField, ...]) -> Iterator[Text]:
    before, after = ({one.name: one.value for one in side} for side in (old, new))
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            ends = before.get(name) or NOTHING.vi, after.get(name) or NOTHING.vi
            said = before.get(name) or NOTHING.en, after.get(name) or NOTHING.en
            yield Text(
                f"nội dung tin “{name}”: {ends[0]} → {ends[1]}",
                f"the message’s “{name}”: {said[0]} → {said[1]}",
            )


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
        if code in before and before[code].hint != one.hint:
            yield _from_to(
                Text(f"lời nhắc của nút “{one.name.vi}”", f"the hint of the button “{one.name.say('en')}”"),
                before[code].hint,
                one.hint,
            )
        if code in before and before[code].style != one.style:
            yield Text(
                f"nút “{one.name.vi}” đổi vai trò ({before[code].style} → {one.style})",
                f"the button “{one.name.say('en')}” counts differently ({before[code].style} → {one.style})",
            )
        if code in before and before[code].reason != one.reason:
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
    for key in [one for one in new if one in old and old[one].text != new[one].text]:
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
        yield Change(
            CHANGED,
            "",
            Text(
                f"Tổng số giờ ghi ở các bước: {pair[0].vi} → {pair[1].vi}.",
                f"Hours of all steps together: {pair[0].en} → {pair[1].en}.",
            ),
        )
