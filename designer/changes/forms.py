"""What differs between the forms of two revisions: forms, sections, fields, and what each field asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from designer.changes.change import ADDED, FORMS, REMOVED, Change, pair, said
from engine.domain.texts import Text

TYPES: Mapping[str, Text] = {
    "text": Text("chữ một dòng", "text"),
    "long_text": Text("chữ nhiều dòng", "long text"),
    "phone": Text("số điện thoại", "phone number"),
    "id_no": Text("số giấy tờ tùy thân", "identity number"),
    "email": Text("thư điện tử", "e-mail"),
    "integer": Text("số nguyên", "whole number"),
    "decimal": Text("số thập phân", "decimal"),
    "money": Text("số tiền", "money"),
    "date": Text("ngày", "date"),
    "datetime": Text("ngày giờ", "date and time"),
    "choice": Text("chọn một", "one of"),
    "multi_choice": Text("chọn nhiều", "several of"),
    "bool": Text("có hoặc không", "yes or no"),
    "note": Text("lời dẫn", "note"),
    "table": Text("bảng nhiều dòng", "table"),
    "file": Text("tệp đính kèm", "file"),
}
_NAMES: Mapping[str, Text] = {
    "label": Text("nhãn", "label"),
    "type": Text("loại", "type"),
    "required": Text("bắt buộc", "required"),
    "visible": Text("hiện khi", "shown when"),
    "min": Text("nhỏ nhất", "least"),
    "max": Text("lớn nhất", "most"),
    "max_length": Text("số ký tự tối đa", "most characters"),
    "pattern": Text("mẫu ký tự", "pattern"),
    "digits": Text("số chữ số thập phân", "decimals"),
    "unit": Text("đơn vị", "unit"),
    "default": Text("giá trị sẵn", "default"),
    "computed": Text("công thức", "formula"),
    "hint": Text("lời nhắc", "hint"),
    "check": Text("điều kiện đúng", "check"),
    "check_message": Text("câu báo khi sai", "sentence of the check"),
    "wide": Text("chiếm cả hàng", "takes the whole row"),
}
_FLAGS = {True: Text("có", "yes"), False: Text("không", "no")}


def compare_forms(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the differences of all forms."""
    old, new = before.get("forms") or {}, after.get("forms") or {}
    for key in dict.fromkeys((*old, *new)):
        title = Text.of((new.get(key) or old[key]).get("title")) or Text(key)
        if key not in new:
            yield said(FORMS, f"Bỏ biểu mẫu “{title.vi}”.", f"The form “{title.say('en')}” is gone.", REMOVED)
        elif key not in old:
            yield said(FORMS, f"Thêm biểu mẫu “{title.vi}”.", f"New form “{title.say('en')}”.", ADDED)
        elif old[key] != new[key]:
            yield from _form(title, old[key], new[key])


def _form(title: Text, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    def say(vi: str, en: str, kind: str = "changed") -> Change:
        return said(FORMS, f"“{title.vi}”: {vi}.", f"“{title.say('en')}”: {en}.", kind)

    if old.get("title") != new.get("title"):
        ends = pair(Text.of(old.get("title")), Text.of(new.get("title")))
        yield say(f"tên {ends.vi}", f"title {ends.en}")
    before, after = _fields(old), _fields(new)
    for name in [one for one in before if one not in after]:
        label = _label(before[name][1])
        yield say(f"bỏ ô “{label.vi}”", f"the field “{label.say('en')}” is gone", REMOVED)
    for name, (section, field) in after.items():
        label = _label(field)
        if name not in before:
            kind = TYPES.get(field.get("type", ""), Text(""))
            must = (", bắt buộc", ", required") if field.get("required") is True else ("", "")
            yield say(
                f"thêm ô “{label.vi}” ({kind.vi}{must[0]})",
                f"new field “{label.say('en')}” ({kind.say('en')}{must[1]})",
                ADDED,
            )
            continue
        for text in _field(before[name][1], field):
            yield say(f"ô “{label.vi}”: {text.vi}", f"the field “{label.say('en')}”: {text.say('en')}")
        if before[name][0] != section:
            ends = pair(Text(before[name][0]), Text(section))
            yield say(f"ô “{label.vi}” chuyển phần {ends.vi}", f"“{label.say('en')}” moves: {ends.en}")
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        yield say("thứ tự các ô thay đổi", "the order of the fields differs")


def _fields(form: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return every field by name with the title of its section; a shared group is one field."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for section in form.get("sections", ()):
        title = Text.of(section.get("title")).vi
        if section.get("group"):
            ref = section["group"]
            found[f"@{ref}.{section.get('prefix', '')}"] = (title, {**section, "label": section.get("title")})
        for field in section.get("fields", ()):
            found[field["name"]] = (title, field)
    return found


def _label(field: Mapping[str, Any]) -> Text:
    return Text.of(field.get("label")) or Text(str(field.get("name") or field.get("group") or ""))


def _field(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Text]:
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was == now or key in ("name", "title", "fields"):
            continue
        if key == "options":
            yield from _options(was or [], now or [])
        elif key == "columns":
            yield Text("các cột thay đổi", "its columns differ")
        else:
            name, ends = _NAMES.get(key, Text(key)), pair(_word(key, was), _word(key, now))
            yield Text(f"{name.vi} {ends.vi}", f"{name.say('en')} {ends.en}")


def _options(old: list[Any], new: list[Any]) -> Iterator[Text]:
    before, after = ({one["value"]: Text.of(one.get("label")) for one in side} for side in (old, new))
    for value, label in before.items():
        if value not in after:
            yield Text(f"bỏ lựa chọn “{label.vi}”", f"the option “{label.say('en')}” is gone")
    for value, label in after.items():
        if value not in before:
            yield Text(f"thêm lựa chọn “{label.vi}”", f"new option “{label.say('en')}”")
        elif before[value] != label:
            ends = pair(before[value], label)
            yield Text(f"lựa chọn {ends.vi}", f"option {ends.en}")
    if list(before) != list(after) and sorted(before) == sorted(after):
        yield Text("thứ tự lựa chọn thay đổi", "the order of the options differs")


def _word(key: str, value: Any) -> Text:
    if key == "type":
        return TYPES.get(str(value), Text(str(value)))
    if isinstance(value, bool):
        return _FLAGS[value]
    if isinstance(value, Mapping):
        return Text.of(value)
    return Text("" if value is None else str(value))
