"""What the page of one field sends: a description of the field as a form keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from designer.condition_form import read as read_condition
from designer.form_editing import free_name
from engine.domain.fields import CHOICES, FILE, LISTS, NUMBERS, TABLE, TEXTS, TIMES, TYPES
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.feel import FeelError

MOST_OPTIONS = 100


class BadFieldFacts(Invalid):
    """A condition, a bound or an option of a field is wrong."""

    code = "bad_field_facts"
    vi = "Ô này chưa lưu được: {reason_vi}"
    en = "This field cannot be saved: {reason}"


def field_facts(sent: MultiDict[str, str]) -> dict[str, Any]:
    """Return the facts of a field; what makes no sense for its type is left out.

    Raises:
        BadFieldFacts: If a condition or a number is wrong.
    """
    kind = sent.get("type", "")
    facts: dict[str, Any] = {
        "label": _text(sent, "label"),
        "type": kind if kind in TYPES else "text",
        "hint": _text(sent, "hint"),
        "visible": _condition(sent, "visible_"),
        "wide": "wide" in sent,
    }
    if kind == "note":
        return facts
    facts["required"] = _required(sent)
    facts["check"] = _condition(sent, "check_")
    facts["check_message"] = _text(sent, "check_message")
    facts["lists"] = [one for one in sent.getlist("lists") if one in LISTS]
    if kind in NUMBERS:
        facts |= {
            "min": _number(sent, "min"),
            "max": _number(sent, "max"),
            "unit": sent.get("unit", "").strip(),
        }
    if kind == "decimal":
        facts["digits"] = _whole(sent, "digits")
    if kind in TIMES:
        facts |= {"min": _day(sent, "min"), "max": _day(sent, "max")}
    if kind in TEXTS:
        facts |= {"max_length": _whole(sent, "max_length"), "pattern": sent.get("pattern", "").strip()}
    if kind in CHOICES:
        facts["options"] = _options(sent.get("options", ""))
    if kind == TABLE:
        facts |= {
            "columns": _columns(sent),
            "least_rows": _whole(sent, "least_rows"),
            "most_rows": _whole(sent, "most_rows"),
        }
    elif kind not in (FILE, "multi_choice"):
        facts["computed"] = sent.get("computed", "").strip()
        facts["default"] = sent.get("default", "").strip() or None
        if kind == "bool":
            facts["default"] = facts["default"] in ("true", "1", "có") or None
    return facts


def _required(sent: Mapping[str, str]) -> bool | str:
    choice = sent.get("required", "")
    if choice == "when":
        return _condition(sent, "required_")
    return choice == "yes"


def _options(text: str) -> list[dict[str, Any]]:
    """Read lines such as “giá trị = Nhãn | Label”; without a value, one is made from the label."""
    found: list[dict[str, Any]] = []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_OPTIONS:
        raise _bad(f"tối đa {MOST_OPTIONS} lựa chọn.", f"at most {MOST_OPTIONS} options.")
    for line in lines:
        value, separator, label = line.partition("=")
        if not separator:
            value, label = "", line
        vi, _, en = label.partition("|")
        taken = [one["value"] for one in found]
        made = value.strip() or free_name(vi, taken, "lua_chon")
        found.append({"value": made, "label": _words(vi.strip() or made, en.strip())})
    return found


def _columns(sent: MultiDict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    numbers = sorted(
        {int(one[1]) for key in sent if (one := re.fullmatch(r"column\.(\d{1,2})\.label_vi", key))}
    )
    for number in numbers:
        key = f"column.{number}."
        label = _text(sent, f"{key}label")
        if not Text.of(label):
            continue
        kind = sent.get(f"{key}type", "text")
        name = sent.get(f"{key}name", "") or free_name(
            Text.of(label).vi, [one["name"] for one in found], "cot"
        )
        column: dict[str, Any] = {"name": name, "label": label, "type": kind}
        if sent.get(f"{key}required"):
            column["required"] = True
        if kind in CHOICES:
            column["options"] = _options(sent.get(f"{key}options", "").replace(";", "\n"))
        found.append(column)
    return found


def _text(sent: Mapping[str, str], name: str) -> dict[str, str] | None:
    vi, en = (sent.get(f"{name}_{one}", "").strip()[:1000] for one in ("vi", "en"))
    return _words(vi, en) if vi or en else None


def _words(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en} if en else {"vi": vi}


def _number(sent: Mapping[str, str], name: str) -> Any:
    text = sent.get(name, "").strip().replace(" ", "")
    if not text:
        return None
    plain = text.replace(".", "").replace(",", ".") if "," in text else text
    if not re.fullmatch(r"-?\d{1,18}(\.\d{1,6})?", plain, re.ASCII):
        raise _bad(f"giới hạn phải là một số, đang ghi “{text}”.", f"a bound must be a number, not “{text}”.")
    return float(plain) if "." in plain else int(plain)


def _day(sent: Mapping[str, str], name: str) -> str | None:
    text = sent.get(name, "").strip()
    if text.casefold() in ("hôm nay", "hom nay", "today"):
        return "today"
    if (match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)) is not None:
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    return text or None


def _whole(sent: Mapping[str, str], name: str) -> int | None:
    text = sent.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII):
        raise _bad(f"cần một số nguyên, đang ghi “{text}”.", f"a whole number is needed, not “{text}”.")
    return int(text)


def _condition(sent: Mapping[str, str], prefix: str) -> str:
    try:
        return read_condition(sent, prefix)
    except FeelError as wrong:
        raise _bad(wrong.say("vi"), wrong.say("en")) from wrong


def _bad(vi: str, en: str) -> BadFieldFacts:
    return BadFieldFacts("a description", en.rstrip("."), reason=en, reason_vi=vi)
