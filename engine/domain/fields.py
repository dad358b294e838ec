"""Fields of forms: what a procedure author may ask for, and what each kind of field allows.

A field is data. `Field.read` checks its description once, when the form is loaded, so that an answer can
later only be wrong in ways a person can mend. Reading one answer is in `engine.domain.answers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from engine.domain.names import is_free
from engine.domain.patterns import BadPattern, compile_pattern
from engine.domain.reading import Place, plain_number, shown
from engine.domain.texts import Text

TEXTS = ("text", "long_text", "phone", "id_no", "email")
NUMBERS = ("integer", "decimal", "money")
TIMES = ("date", "datetime")
CHOICES = ("choice", "multi_choice")
TABLE, FILE = "table", "file"
TYPES = (*TEXTS, *NUMBERS, *TIMES, *CHOICES, "bool", "note", TABLE, FILE)
MOST_ROWS, MOST_COLUMNS = 100, 12

_NAME = r"[a-z][a-z0-9_]{0,62}"
_NAME_TEXT = Text(
    "tên gồm chữ thường không dấu, số và dấu _, bắt đầu bằng chữ",
    "a name of small plain letters, digits and _, starting with a letter",
)
TODAY = "today"
_LONGEST = {"text": 500, "long_text": 10_000, "email": 254}

_KEYS = (
    *(
        "name",
        "label",
        "type",
        "required",
        "visible",
        "min",
        "max",
        "max_length",
        "pattern",
        "digits",
        "unit",
    ),
    *("options", "default", "computed", "hint", "check", "check_message", "wide", "lists"),
    *("columns", "least_rows", "most_rows"),
)
LISTS = ("column", "filter", "search")  # what lists of dossiers may do with a field

Bound = Decimal | date | str | None


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("value", "label"))
        value = place.at("value").string()
        return cls(value, place.at("label").text() or Text(value))

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "label": self.label.as_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form.

    Attributes:
        type: One of `TYPES`; a `note` is words only and has no answer, a `table` has rows of `columns`, the
            answer to a `file` is the names of the files that came.
        required: True, False, or FEEL. A `bool` always has an answer, so it is never missing.
        visible: FEEL; empty means always. A field that is not shown has no answer.
        min, max: Numbers for numbers; days (or the word "today") for dates.
        computed: FEEL that gives the answer, so that nobody types it; empty for a question to a person.
        digits: Digits after the decimal comma that a decimal may have; None for any.
        check: FEEL over the whole form that must not be false; `check_message` says what is expected.
        wide: Takes the whole row on a wide screen.
        lists: What lists of dossiers do with it: show it, filter by it, find dossiers by it; of `LISTS`.
        columns: Of a table: plain fields that ask by themselves, without FEEL.
        least_rows, most_rows: How many rows a table must and may have.
    """

    name: str
    label: Text
    type: str
    required: bool | str = False
    visible: str = ""
    min: Bound = None
    max: Bound = None
    max_length: int | None = None
    pattern: str = ""
    digits: int | None = None
    unit: str = ""
    options: tuple[Option, ...] = ()
    default: Any = None
    computed: str = ""
    hint: Text = Text("")
    check: str = ""
    check_message: Text = Text("")
    wide: bool = False
    lists: tuple[str, ...] = ()
    columns: tuple[Field, ...] = ()
    least_rows: int = 0
    most_rows: int = 50

    @classmethod
    def read(cls, place: Place) -> Self:
        """Read one field of a form, refusing what makes no sense for its type."""
        place.only(_KEYS)
        kind = place.at("type").choice(TYPES)
        field = cls(
            name=_read_name(place.at("name")),
            label=place.at("label").text(needed=True),
            type=kind,
            required=_read_required(place.at("required")),
            visible=place.at("visible").string("").strip(),
            min=_read_bound(place.at("min"), kind),
            max=_read_bound(place.at("max"), kind),
            max_length=_read_whole(place.at("max_length"), 1),
            pattern=_read_pattern(place.at("pattern"), kind),
            digits=_read_whole(place.at("digits"), 0),
            unit=place.at("unit").string(""),
            options=tuple(Option.read(one) for one in place.at("options").items()),
            default=_read_default(place.at("default")),
            computed=_read_computed(place.at("computed"), kind),
            hint=place.at("hint").text(),
            check=place.at("check").string("").strip(),
            check_message=place.at("check_message").text(),
            wide=place.at("wide").flag(),
            lists=_read_lists(place.at("lists"), kind),
            columns=tuple(_read_column(one) for one in place.at("columns").items()),
            least_rows=place.at("least_rows").integer(0, least=0),
            most_rows=place.at("most_rows").integer(50, least=1),
        )
        _check_options(place.at("options"), field)
        _check_table(place, field)
        return field

    def as_json(self) -> dict[str, Any]:
        """Return the field as it was written; what says nothing is left out."""
        written = {
            "name": self.name,
            "label": self.label.as_json(),
            "type": self.type,
            "required": self.required or None,
            "visible": self.visible or None,
            "min": _write_bound(self.min),
            "max": _write_bound(self.max),
            "max_length": self.max_length,
            "pattern": self.pattern or None,
            "digits": self.digits,
            "unit": self.unit or None,
            "options": [one.as_json() for one in self.options] or None,
            "default": self.default,
            "computed": self.computed or None,
            "hint": self.hint.as_json() if self.hint else None,
            "check": self.check or None,
            "check_message": self.check_message.as_json() if self.check_message else None,
            "wide": self.wide or None,
            "lists": list(self.lists) or None,
            "columns": [one.as_json() for one in self.columns] or None,
            "least_rows": self.least_rows or None,
            "most_rows": self.most_rows if self.columns and self.most_rows != 50 else None,
        }
        return {key: value for key, value in written.items() if value is not None}

    @property
    def has_answer(self) -> bool:
        return self.type != "note"

    @property
    def longest(self) -> int:
        """The number of characters that an answer may have."""
        return self.max_length or _LONGEST.get(self.type, 500)

    def option(self, value: object) -> Option | None:
        return next((one for one in self.options if one.value == value), None)

    def expressions(self) -> Iterator[tuple[str, str]]:
        if isinstance(self.required, str):
            yield "required", self.required
        if self.visible:
            yield "visible", self.visible
        if self.check:
            yield "check", self.check
        if self.computed:
            yield "computed", self.computed


def _read_name(place: Place) -> str:
    name = place.string(pattern=_NAME, expected=_NAME_TEXT)
    if not is_free(name):
        place.refuse(Text("tên khác; tên này biểu thức đã dùng", "another name; expressions use this one"))
    return name


def _read_required(place: Place) -> bool | str:
    if isinstance(place.value, str):
        return place.value.strip() or False
    return place.flag()


def _read_bound(place: Place, kind: str) -> Bound:
    if place.value is None:
        return None
    if kind in NUMBERS:
        return place.number()
    if kind in TIMES:
        if place.value == TODAY:
            return TODAY
        try:
            return date.fromisoformat(str(place.value))
        except ValueError:
            expected = Text('ngày dạng "2026-11-24" hoặc "today"', 'a day such as "2026-11-24", or "today"')
            place.refuse(expected)
    return place.refuse(Text("không có giới hạn cho loại ô này", "no bound for this type of field"))


def _write_bound(bound: Bound) -> int | str | None:
    if isinstance(bound, date):
        return bound.isoformat()
    return plain_number(bound) if isinstance(bound, Decimal) else bound


def _read_whole(place: Place, least: int) -> int | None:
    return None if place.value is None else place.integer(least=least)


def _read_pattern(place: Place, kind: str) -> str:
    pattern = place.string("")
    if pattern and kind not in TEXTS:
        place.refuse(Text("không có mẫu ký tự cho loại ô này", "no pattern for this type of field"))
    try:
        compile_pattern(pattern)
    except BadPattern as bad:
        place.refuse(Text("một mẫu ký tự đúng", "a pattern"), Text(bad.say("vi"), bad.say("en")))
    return pattern


def _read_default(place: Place) -> Any:
    value = place.value
    is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
    if value is not None and not is_list and not isinstance(value, str | int | bool):
        place.refuse(Text("chuỗi, số nguyên, true/false", "a string, a whole number, true/false"))
    return value


def _read_lists(place: Place, kind: str) -> tuple[str, ...]:
    found = tuple(one.choice(LISTS) for one in place.items())
    if found and kind in ("note", "long_text"):
        place.refuse(Text("không đưa vào danh sách loại ô này", "no lists for this type of field"))
    return tuple(dict.fromkeys(found))


def _read_computed(place: Place, kind: str) -> str:
    text = place.string("").strip()
    if text and kind in ("note", "multi_choice", TABLE, FILE):
        place.refuse(Text("không có công thức cho loại ô này", "no formula for this type of field"))
    return text


def _read_column(place: Place) -> Field:
    field = Field.read(place)
    if field.type in (TABLE, FILE, "note"):
        place.at("type").refuse(
            Text("một loại ô đơn giản trong bảng", "a plain type in a table"), shown(field.type)
        )
    for key in ("visible", "check", "computed"):
        if getattr(field, key):
            place.at(key).refuse(
                Text("không có công thức trong cột của bảng", "no FEEL in a column of a table")
            )
    if isinstance(field.required, str):
        place.at("required").refuse(Text("true hoặc false trong cột của bảng", "true or false in a column"))
    return field


def _check_table(place: Place, field: Field) -> None:
    columns = place.at("columns")
    if field.type != TABLE:
        if field.columns:
            columns.refuse(Text("không có cột cho loại ô này", "no columns for this type of field"))
        return
    if not 1 <= len(field.columns) <= MOST_COLUMNS:
        expected = Text(f"từ 1 đến {MOST_COLUMNS} cột", f"1 to {MOST_COLUMNS} columns")
        columns.refuse(expected, shown(len(field.columns)))
    if not field.least_rows <= field.most_rows <= MOST_ROWS:
        expected = Text(
            f"số dòng ít nhất ≤ nhiều nhất ≤ {MOST_ROWS}", f"least rows ≤ most rows ≤ {MOST_ROWS}"
        )
        place.at("most_rows").refuse(expected, shown(field.most_rows))
    names = [one.name for one in field.columns]
    for at, name in enumerate(names):
        if name in names[:at]:
            columns.items()[at].at("name").refuse(
                Text("tên cột chưa dùng", "a name not used above"), shown(name)
            )


def _check_options(place: Place, field: Field) -> None:
    if field.type in CHOICES and not field.options:
        place.refuse(Text("ít nhất một lựa chọn", "at least one option"))
    if field.type not in CHOICES and field.options:
        place.refuse(Text("không có lựa chọn cho loại ô này", "no options for this type of field"))
    values = [one.value for one in field.options]
    for at, value in enumerate(values):
        if value in values[:at]:
            expected = Text("giá trị chưa dùng ở trên", "a value not used above")
            place.items()[at].at("value").refuse(expected, shown(value))
