"""One answer: what a person typed becomes a value, or a sentence that says what was expected and found.

Values are JSON: text as a string, whole numbers as int, decimals as a string with a point ("412.5"), days
as "2026-11-24", moments with their offset, several choices as a list. Numbers and days are accepted as
people here write them (1.200,5 and 24/11/2026) and as systems do.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from engine.domain.fields import FILE, NUMBERS, TABLE, TIMES, TODAY, Field
from engine.domain.patterns import compile_pattern
from engine.domain.reading import plain_number
from engine.domain.rows import Unreadable, read_rows
from engine.domain.stored_answers import aware, local_date, show_answer
from engine.domain.texts import Text
from engine.domain.timewords import say_date

MOST_DIGITS = 18  # đồng of a whole province fit; more is a slip of the finger


def read_answer(field: Field, raw: Any) -> Any:
    """Return the value of one answer; None when nothing was given.

    Raises:
        Unreadable: With a sentence for the person who typed it.
    """
    if field.type == "bool":
        return _read_bool(field, raw)
    if field.type == "multi_choice":
        return _read_choices(field, raw)
    if field.type in (TABLE, FILE):
        return read_rows(field, raw, _read_cell)
    if isinstance(raw, list | tuple):
        if len(raw) > 1:
            raise _problem(field, "chỉ nhận một giá trị", "takes one value", f"{len(raw)}")
        raw = raw[0] if raw else None
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, bool | dict):
        raise _problem(field, "phải là chữ hoặc số", "must be text or a number", raw)
    return _READERS.get(field.type, _read_text)(field, raw)


def _read_cell(column: Field, raw: Any) -> Any:
    value = read_answer(column, raw)
    if value is not None:
        check_bounds(column, value, None)
    return value


def store_computed(field: Field, value: Any) -> Any:
    """Return what a formula gave as an answer of this field; decimals are rounded half up to its digits.

    Raises:
        Unreadable: If a person could not have given it either.
    """
    if isinstance(value, Decimal) and field.type in NUMBERS and value.adjusted() < MOST_DIGITS:
        digits = field.digits if field.type == "decimal" else 0
        value = value if digits is None else value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    elif isinstance(value, date):  # a datetime is one too
        value = value.isoformat()
    elif field.type == "bool":
        return value if isinstance(value, bool) else None
    return read_answer(field, value)


def check_bounds(field: Field, value: Any, today: date | None) -> None:
    """Refuse a number or a day outside `min` and `max`; `today` is None when nobody said it.

    Raises:
        Unreadable: If it lies outside.
    """
    if field.type in NUMBERS:
        given, least, most = Decimal(str(value)), field.min, field.max
    elif field.type in TIMES:
        given = local_date(value)
        least, most = (today if bound == TODAY else bound for bound in (field.min, field.max))
    else:
        return
    if (least is None or given >= least) and (most is None or given <= most):
        return
    wanted = _bounds(field, _show_bound(field, least), _show_bound(field, most))
    raise Unreadable(
        f"{field.label.say('vi')} {wanted.vi}; đang nhập {show_answer(field, value, 'vi')}.",
        f"{field.label.say('en')} {wanted.en}; found {show_answer(field, value, 'en')}.",
    )


# --- reading, type by type --------------------------------------------------------------------

_TRUE = ("1", "true", "on", "yes", "có", "co", "x")
_FALSE = ("", "0", "false", "off", "no", "không", "khong")


def _read_text(field: Field, raw: Any) -> str:
    text = unicodedata.normalize("NFC", str(raw)).replace("\r\n", "\n").strip()
    if field.type != "long_text":
        text = " ".join(text.split())
    if any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text):
        raise _problem(
            field,
            "chỉ được có chữ, số và dấu câu",
            "must be plain text",
            "ký tự điều khiển / control characters",
        )
    if len(text) > field.longest:
        vi, en = f"dài tối đa {field.longest} ký tự", f"may have at most {field.longest} characters"
        raise Unreadable(
            f"{field.label.say('vi')} {vi}; đang có {len(text)} ký tự.",
            f"{field.label.say('en')} {en}; found {len(text)}.",
        )
    if field.pattern:
        _check_pattern(field, text)
    return text


def _check_pattern(field: Field, text: str) -> None:
    if not compile_pattern(field.pattern).fullmatch(text):
        hint = Text(
            field.hint.say("vi") or f"mẫu {field.pattern}", field.hint.say("en") or f"as {field.pattern}"
        )
        raise _problem(field, f"chưa đúng mẫu ({hint.vi})", f"does not have the right form ({hint.en})", text)


def _read_phone(field: Field, raw: Any) -> str:
    digits = re.sub(r"[\s.\-()]", "", str(raw))
    digits = re.sub(r"^(\+84|0084)(?=\d{9}$)", "0", digits)
    if not re.fullmatch(r"0\d{9,10}", digits, re.ASCII):
        raise _problem(field, "phải có 10 chữ số, bắt đầu bằng 0", "needs 10 digits, the first one 0", raw)
    return digits


def _read_id_no(field: Field, raw: Any) -> str:
    number = re.sub(r"[\s.]", "", str(raw)).upper()
    if field.pattern:
        _check_pattern(field, number)
    elif not re.fullmatch(r"\d{12}|\d{9}|[A-Z]\d{7,8}", number, re.ASCII):
        raise _problem(
            field,
            "phải có 12 chữ số (9 chữ số với giấy cũ, hoặc số hộ chiếu như C1234567)",
            "needs 12 digits (9 on old papers, or a passport number such as C1234567)",
            raw,
        )
    return number


def _read_email(field: Field, raw: Any) -> str:
    text = _read_text(field, raw)
    if not re.fullmatch(r"[^@\s\"<>,;]{1,64}@[^@\s\"<>,;.]+(\.[^@\s\"<>,;.]+)+", text):
        raise _problem(field, "phải có dạng ten@coquan.vn", "must look like name@office.vn", raw)
    return text


def _read_integer(field: Field, raw: Any) -> int:
    number = _number(field, raw, digits=0)
    if number != number.to_integral_value():
        raise _problem(field, "phải là số nguyên", "must be a whole number", raw)
    return int(number)


def _read_money(field: Field, raw: Any) -> int:
    if isinstance(raw, str):
        raw = re.sub(r"\s*(đồng|đ|VNĐ|VND|₫)\s*$", "", raw.strip(), flags=re.IGNORECASE)
    number = _number(field, raw, digits=0)
    if number != number.to_integral_value() or (number < 0 and field.min is None):
        raise _problem(field, "phải là số đồng nguyên từ 0 trở lên", "must be whole đồng, at least 0", raw)
    return int(number)


def _read_decimal(field: Field, raw: Any) -> str:
    if isinstance(raw, str) and field.unit:
        raw = raw.strip().removesuffix(field.unit)
    number = _number(field, raw, digits=field.digits)
    if field.digits is not None and number != number.quantize(Decimal(1).scaleb(-field.digits), ROUND_DOWN):
        vi = f"có tối đa {field.digits} chữ số sau dấu phẩy"
        raise _problem(field, vi, f"may have at most {field.digits} decimals", raw)
    return str(plain_number(number))


def _number(field: Field, raw: Any, *, digits: int | None) -> Decimal:
    """Read a number as written here or by a system; `digits` settles what a lone separator means."""
    wanted = Text("phải là một số, ví dụ 412,5", "must be a number such as 412.5")
    if digits == 0:
        wanted = Text("phải là một số nguyên, ví dụ 1.200", "must be a whole number such as 1200")
    text = re.sub(r"\s", "", str(raw)).replace("−", "-")
    if isinstance(raw, str):
        text = _with_point(field, text, digits, raw)
    try:
        number = (
            Decimal(text)
            if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", text, re.ASCII)
            else None
        )
    except InvalidOperation:
        number = None
    if number is None:
        raise _problem(field, wanted.vi, wanted.en, raw)
    if number.adjusted() >= MOST_DIGITS or len(number.normalize().as_tuple().digits) > MOST_DIGITS:
        raise _problem(
            field, f"có tối đa {MOST_DIGITS} chữ số", f"may have at most {MOST_DIGITS} digits", raw
        )
    return number


_GROUPED = {sep: re.compile(rf"[+-]?[1-9]\d{{0,2}}(\{sep}\d{{3}})+") for sep in ".,"}


def _with_point(field: Field, text: str, digits: int | None, raw: Any) -> str:
    """Return the number with a decimal point and no grouping; "1.200,5" and "1,200.5" are both 1200.5."""
    dot, comma = text.rfind("."), text.rfind(",")
    if dot >= 0 and comma >= 0:
        group, point = (".", ",") if comma > dot else (",", ".")
        whole, _, rest = text.rpartition(point)
        return f"{whole.replace(group, '')}.{rest}" if _GROUPED[group].fullmatch(whole) else "?"
    if comma >= 0:
        few = digits is not None and digits < 3
        if _GROUPED[","].fullmatch(text) and (few or text.count(",") > 1):
            return text.replace(",", "")
        return text.replace(",", ".") if text.count(",") == 1 else "?"
    if dot >= 0 and _GROUPED["."].fullmatch(text):
        if (digits is not None and digits < 3) or text.count(".") > 1:
            return text.replace(".", "")
        both = f"{text.replace('.', ',')} / {text.replace('.', '')}"
        raise _problem(
            field, f"có thể hiểu hai cách, hãy nhập {both}", f"can be read two ways, type {both}", raw
        )
    return text


def _read_date(field: Field, raw: Any) -> str:
    text = str(raw).strip()
    day = _day(text)
    if day is None:
        raise _problem(
            field, "phải là ngày có thật, dạng 24/11/2026", "must be a real day such as 24/11/2026", raw
        )
    return day.isoformat()


def _read_datetime(field: Field, raw: Any) -> str:
    text = str(raw).strip()
    moment = None
    if isinstance(raw, datetime):
        moment = raw
    elif found := re.fullmatch(r"(\d{1,2}:\d{2}),?\s+(\S+)|(\S+)\s+(\d{1,2}:\d{2})", text, re.ASCII):
        hour, day = found[1] or found[4], _day(found[2] or found[3])
        hour_found = _hour(hour)
        moment = datetime.combine(day, hour_found) if day and hour_found is not None else None
    elif re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", text, re.ASCII):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
    try:
        return aware(moment).isoformat() if moment else _bad_moment(field, raw)
    except OverflowError:
        return _bad_moment(field, raw)


def _bad_moment(field: Field, raw: Any) -> str:
    raise _problem(
        field,
        "phải là ngày giờ có thật, dạng 24/11/2026 09:30",
        "must be a moment such as 24/11/2026 09:30",
        raw,
    )


def _read_choice(field: Field, raw: Any) -> str:
    value = str(raw).strip()
    if field.option(value) is None:
        _refuse_option(field, value)
    return value


def _read_choices(field: Field, raw: Any) -> list[str] | None:
    given = raw if isinstance(raw, list | tuple) else [raw]
    values = [str(one).strip() for one in given if one is not None and str(one).strip()]
    for value in values:
        if field.option(value) is None:
            _refuse_option(field, value)
    return [one.value for one in field.options if one.value in values] or None


def _refuse_option(field: Field, value: str) -> None:
    vi = ", ".join(one.label.say("vi") for one in field.options[:8])
    en = ", ".join(one.label.say("en") for one in field.options[:8])
    raise _problem(field, f"phải là một trong: {vi}", f"must be one of: {en}", value)


def _read_bool(field: Field, raw: Any) -> bool:
    if isinstance(raw, list | tuple):  # a hidden "0" beside a ticked box
        raw = raw[-1] if raw else None
    word = "" if raw is None else str(raw).strip().casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _problem(field, "phải là Có hoặc Không", "must be Yes or No", raw)


_READERS = {
    "phone": _read_phone,
    "id_no": _read_id_no,
    "email": _read_email,
    "integer": _read_integer,
    "money": _read_money,
    "decimal": _read_decimal,
    "date": _read_date,
    "datetime": _read_datetime,
    "choice": _read_choice,
}


# --- small helps ------------------------------------------------------------------------------


def _problem(field: Field, vi: str, en: str, found: object) -> Unreadable:
    said = str(found)
    said = said if len(said) <= 60 else said[:57] + "…"
    return Unreadable(
        f"{field.label.say('vi')} {vi}; đang nhập “{said}”.", f"{field.label.say('en')} {en}; found “{said}”."
    )


def _day(text: str) -> date | None:
    try:
        if found := re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", text, re.ASCII):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        return None


def _hour(text: str) -> time | None:
    try:
        hour, minute = text.split(":")
        return time(int(hour), int(minute))
    except ValueError:
        return None


def _show_bound(field: Field, bound: Decimal | date | None) -> Text | None:
    if bound is None:
        return None
    if isinstance(bound, date):
        return Text(say_date(bound), say_date(bound))
    value = plain_number(bound)
    return Text(show_answer(field, value, "vi"), show_answer(field, value, "en"))


def _bounds(field: Field, least: Text | None, most: Text | None) -> Text:
    """What a number or a day must be, as the middle of a sentence."""
    is_day = field.type in TIMES
    if least and most:
        return Text(f"phải từ {least.vi} đến {most.vi}", f"must be from {least.en} to {most.en}")
    if least:
        if is_day:
            return Text(f"phải từ ngày {least.vi} trở đi", f"must be {least.en} or later")
        return Text(f"phải từ {least.vi} trở lên", f"must be at least {least.en}")
    bound = most or Text("", "")
    if is_day:
        return Text(f"không được sau ngày {bound.vi}", f"must be {bound.en} or earlier")
    return Text(f"không được quá {bound.vi}", f"must be at most {bound.en}")
