"""Conditions as sentences: “số tầng lớn hơn hoặc bằng 7”.

Who reads a diagram reads these, not FEEL. A `Subject` tells what a field is called and what its values are
called; a field without one is said by its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.domain.texts import Text
from engine.domain.timewords import say_date, say_number
from engine.feel.conditions import Comparison, Condition, Group, Moment, Name, Value, Written

_OPERATORS = {
    "=": Text("bằng", "equals"),
    "!=": Text("khác", "is not"),
    "<": Text("nhỏ hơn", "is less than"),
    "<=": Text("nhỏ hơn hoặc bằng", "is at most"),
    ">": Text("lớn hơn", "is more than"),
    ">=": Text("lớn hơn hoặc bằng", "is at least"),
}
_OF_DAYS = {
    "=": Text("là ngày", "is"),
    "!=": Text("không phải ngày", "is not"),
    "<": Text("trước ngày", "is before"),
    "<=": Text("không sau ngày", "is not after"),
    ">": Text("sau ngày", "is after"),
    ">=": Text("từ ngày", "is not before"),
}
_OF_WORDS = {"=": Text("là", "is"), "!=": Text("không phải là", "is not")}
_JOINED = {"all": Text(" và ", " and "), "any": Text(" hoặc ", " or ")}
_ALWAYS, _NEVER = Text("luôn luôn", "always"), Text("không bao giờ", "never")
_NOT = Text("không phải ({what})", "it is not so that ({what})")
_WRITTEN = Text("biểu thức “{text}” đúng", "the expression “{text}” holds")
_YES, _NO = Text("có", "yes"), Text("không", "no")
_AND_LAST = Text(" hoặc ", " or ")
_RESERVED = {
    "today": Text("hôm nay", "today"),
    "now": Text("lúc này", "now"),
    "dossier.rounds": Text("số lần đã yêu cầu bổ sung", "the number of requests for papers"),
    "dossier.max_rounds": Text("số lần bổ sung tối đa", "the most requests for papers"),
    "dossier.fee": Text("phí, lệ phí", "the fee"),
    "dossier.paid": Text("đã nộp phí", "the fee is paid"),
    "dossier.channel": Text("kênh nộp", "the channel"),
    "dossier.legal_due": Text("hạn theo luật", "the legal time limit"),
    "dossier.current_due": Text("ngày hẹn trả", "the appointed day"),
    "dossier.accepted_at": Text("lúc tiếp nhận", "the time of acceptance"),
    "unit.code": Text("mã đơn vị", "the code of the unit"),
    "unit.level": Text("cấp của đơn vị", "the level of the unit"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a field is called.

    Attributes:
        label: As on the form.
        options: What its values are called.
        unit: Of its numbers, e.g. m² or đồng.
    """

    label: Text
    options: Mapping[str, Text] = field(default_factory=dict)
    unit: str = ""


def say_condition(condition: Condition, subjects: Mapping[str, Subject]) -> Text:
    """Return the condition as a sentence without a full stop, in both languages."""
    return _said(condition, subjects)


def _said(condition: Condition, subjects: Mapping[str, Subject]) -> Text:
    match condition:
        case Comparison():
            return _say_comparison(condition, subjects)
        case Written(text):
            path = text if re.fullmatch(r"[^\W\d]\w*(\.\w+)*", text) else ""
            return _say_yes(path, True, subjects) if path else _WRITTEN.filled(text=text)
        case Group(mode, (), negated):
            return _ALWAYS if (mode == "all") != negated else _NEVER
    parts = [_in_brackets(part, _said(part, subjects)) for part in condition.parts]
    joined = _join(parts, _JOINED[condition.mode])
    return _NOT.filled(what=joined) if condition.negated else joined


def _in_brackets(part: Condition, said: Text) -> Text:
    is_loose = isinstance(part, Group) and len(part.parts) > 1 and not part.negated
    return Text(f"({said.vi})", f"({said.en})") if is_loose else said


def _join(parts: list[Text], word: Text) -> Text:
    return Text(word.vi.join(one.vi for one in parts), word.en.join(one.say("en") for one in parts))


def _say_comparison(one: Comparison, subjects: Mapping[str, Subject]) -> Text:
    subject = _subject(one.field, subjects)
    label = _lowered(subject.label)
    if one.operator in ("=", "!=") and isinstance(one.values[0], bool):
        return _say_yes(one.field, one.values[0] == (one.operator == "="), subjects)
    values = [_say_value(value, subject, subjects) for value in one.values]
    match one.operator:
        case "empty":
            return _fill("{label} chưa có", "{label} is not given", label=label)
        case "given":
            return _fill("{label} đã có", "{label} is given", label=label)
        case "between":
            low, high = values
            return _fill(
                "{label} từ {low} đến {high}",
                "{label} is from {low} to {high}",
                label=label,
                low=low,
                high=high,
            )
        case "in":
            listed = _join(values, _AND_LAST)
            return _fill("{label} là {listed}", "{label} is {listed}", label=label, listed=listed)
        case "not in":
            listed = _join(values, _AND_LAST)
            return _fill(
                "{label} không phải là {listed}", "{label} is not {listed}", label=label, listed=listed
            )
        case "contains":
            return _fill("{label} có chứa {what}", "{label} contains {what}", label=label, what=values[0])
    return Text(
        f"{label.vi} {_operator(one).vi} {values[0].vi}",
        f"{label.say('en')} {_operator(one).en} {values[0].say('en')}",
    )


def _operator(one: Comparison) -> Text:
    value = one.values[0]
    if isinstance(value, Moment):
        return _OF_DAYS[one.operator] if _day(value) else _OPERATORS[one.operator]
    if isinstance(value, str):
        return _OF_WORDS.get(one.operator, _OPERATORS[one.operator])
    return _OPERATORS[one.operator]


def _say_yes(path: str, is_yes: bool, subjects: Mapping[str, Subject]) -> Text:
    label, answer = _lowered(_subject(path, subjects).label), _YES if is_yes else _NO
    return Text(f"{label.vi}: {answer.vi}", f"{label.say('en')}: {answer.en}")


def _subject(path: str, subjects: Mapping[str, Subject]) -> Subject:
    return subjects.get(path) or Subject(_RESERVED.get(path, Text(f"“{path}”", f"“{path}”")))


def _say_value(value: Value, subject: Subject, subjects: Mapping[str, Subject]) -> Text:
    match value:
        case bool():
            return _YES if value else _NO
        case Decimal():
            unit = f" {subject.unit}" if subject.unit else ""
            return Text(say_number(value) + unit, say_number(value, "en") + unit)
        case Name(path):
            return _lowered(_subject(path, subjects).label)
        case Moment(_, text):
            day = _day(value)
            return Text(say_date(day), say_date(day)) if day else Text(text, text)
    named = subject.options.get(value)
    return Text(f"“{named.vi}”", f"“{named.say('en')}”") if named else Text(f"“{value}”", f"“{value}”")


def _day(value: Moment) -> date | None:
    if value.kind not in ("@", "date"):
        return None
    try:
        return date.fromisoformat(value.text)
    except ValueError:
        return None


def _lowered(label: Text) -> Text:
    """Return a label as it stands inside a sentence: “Số tầng” → “số tầng”, but “CCCD” as it is."""
    return Text(_lower_first(label.vi), _lower_first(label.say("en")))


def _lower_first(text: str) -> str:
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]


def _fill(vi: str, en: str, **facts: Text) -> Text:
    return Text(vi, en).filled(**facts)
