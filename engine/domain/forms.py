"""Forms: sections of fields, and the reading of a whole page of answers.

Expressions (whether a field is shown, needed, right) are FEEL. This package may not know FEEL, so the
caller passes `evaluate`. What is stored is plain JSON; `as_context` turns it into values for expressions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Self

from engine.domain.answers import Unreadable, check_bounds, read_answer, store_computed
from engine.domain.calendar import local_day
from engine.domain.expressions import Evaluate
from engine.domain.fields import NUMBERS, TABLE, TIMES, Field, Option
from engine.domain.reading import BadJson, Place, shown
from engine.domain.rows import gather_rows
from engine.domain.sections import Section, Shared, read_section
from engine.domain.stored_answers import input_value, show_answer, typed_answer
from engine.domain.texts import Text
from engine.errors import Invalid

__all__ = [
    "BadForm",
    "Field",
    "Form",
    "FormInvalid",
    "Option",
    "Section",
    "Shared",
    "as_context",
    "check_answers",
    "input_value",
    "parse_answers",
    "show_value",
    "visible_fields",
]

show_value = show_answer
_TYPED = frozenset((*NUMBERS, *TIMES, TABLE))  # other answers are for expressions what they are in the store

_ID = r"[A-Za-z0-9][A-Za-z0-9_\-]{0,59}"
MOST_KEPT = 512  # procedures whose fields are put together in memory


class BadForm(BadJson):
    """The description of a form has the wrong shape; facts name the path."""

    code = "bad_form"
    what = Text("Biểu mẫu không đọc được", "The form cannot be read")


class FormInvalid(Invalid):
    """Answers that a person must mend; facts: `problems`, field name → Text."""

    code = "form_invalid"

    def __init__(self, problems: Mapping[str, Text]) -> None:
        names = ", ".join(problems)
        super().__init__("every field to be right", f"these are not: {names}", problems=dict(problems))
        self.problems = dict(problems)

    def say(self, language: str = "vi") -> str:
        sentences = " ".join(one.say(language) for one in self.problems.values())
        count = len(self.problems)
        if language == "vi":
            return f"Còn {count} ô chưa đúng. {sentences}"
        return f"{count} field{'' if count == 1 else 's'} to mend. {sentences}"


@dataclass(frozen=True, slots=True)
class Form:
    """A form as a procedure keeps it. Field names are unique in it.

    Attributes:
        fields: Those of all sections, in order.
        asked: Those that have an answer, by name.
        is_plain: Nothing in it depends on anything but what is typed.
    """

    id: str
    title: Text
    sections: tuple[Section, ...]
    fields: tuple[Field, ...] = dataclasses.field(init=False, repr=False, compare=False)
    asked: Mapping[str, Field] = dataclasses.field(init=False, repr=False, compare=False)
    is_plain: bool = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fields = tuple(field for section in self.sections for field in section.fields)
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "asked", {one.name: one for one in fields if one.has_answer})
        is_plain = not any(one.type in (*TIMES, TABLE) or any(one.expressions()) for one in fields)
        object.__setattr__(self, "is_plain", is_plain)

    @classmethod
    def from_json(cls, source: Mapping[str, Any]) -> Self:
        """Read a form that stands by itself.

        Raises:
            BadForm: If something is missing, misspelt or of the wrong kind; it names the path.
        """
        return cls.read(Place(source, "", BadForm))

    @classmethod
    def read(cls, place: Place) -> Self:
        place.only(("id", "title", "sections"))
        expected = Text(
            "mã biểu mẫu gồm chữ không dấu, số, _ và -", "an id of plain letters, digits, _ and -"
        )
        form = cls(
            id=place.at("id").string(pattern=_ID, expected=expected),
            title=place.at("title").text(),
            sections=tuple(read_section(one) for one in place.at("sections").items()),
        )
        _check_names(place, form)
        return form

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title.as_json(),
            "sections": [one.as_json() for one in self.sections],
        }

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Give every FEEL expression with its path, for the check before publication."""
        for s, section in enumerate(self.sections):
            for f, field in enumerate(section.fields):
                for key, text in field.expressions():
                    yield f"sections[{s}].fields[{f}].{key}", text


def parse_answers(
    form: Form, raw: Mapping[str, Any], known: Mapping[str, Any], evaluate: Evaluate
) -> tuple[dict[str, Any], dict[str, Text]]:
    """Read a page of answers.

    Args:
        raw: What was typed, by field name; a name that the form does not have is a problem.
        known: What expressions may read besides the form's own fields: values made by `as_context`,
            and `dossier`, `unit`, `today`, `now`.

    Returns:
        The values of all fields of the form, None for those hidden or left empty, so that writing them
        over the dossier's data also clears what was cleared; and the problems by field name.
    """
    fields = list(form.asked.values())
    raw = gather_rows(fields, raw)
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields)
    problems: dict[str, Text] = {}
    for field in [one for one in fields if not one.computed]:
        try:
            values[field.name] = read_answer(field, raw.get(field.name))
        except Unreadable as bad:
            problems[field.name] = bad.text
    values = _with_computed(form, values, known, evaluate)[0]
    shown_fields = visible_fields(form, values, known, evaluate)
    values = {name: value if name in shown_fields else None for name, value in values.items()}
    values, wrong = _with_computed(form, values, known, evaluate, shown_fields)
    problems = {name: text for name, text in (problems | wrong).items() if name in shown_fields}
    context = cache(lambda: {**known, **as_context(form, values)})  # most fields need none
    for field in fields:
        if field.name in shown_fields and field.name not in problems:
            problem = _judge(field, values[field.name], context, evaluate)
            if problem:
                problems[field.name] = problem
    for name in raw:
        if name not in values and (form.field(name) is None):
            problems[str(name)[:60]] = _unknown(str(name)[:60])
    order = {field.name: at for at, field in enumerate(fields)}  # the first one on the page comes first
    return values, dict(sorted(problems.items(), key=lambda one: order.get(one[0], len(order))))


def check_answers(
    form: Form, raw: Mapping[str, Any], known: Mapping[str, Any], evaluate: Evaluate
) -> dict[str, Any]:
    """Read a page of answers that must be right.

    Raises:
        FormInvalid: If there are problems, all of them at once.
    """
    values, problems = parse_answers(form, raw, known, evaluate)
    if problems:
        raise FormInvalid(problems)
    return values


def read_value(field: Field, value: Any, today: date | None) -> tuple[Any, Text | None]:
    """Read one value that another procedure sent; return it as it is stored, and what is wrong with it."""
    try:
        try:
            typed = input_value(field, value)
        except (ValueError, TypeError):
            typed = str(value)
        read = read_answer(field, typed)
        if read is not None:
            check_bounds(field, read, today)
        return read, None
    except Unreadable as bad:
        return None, bad.text


def visible_fields(
    form: Form, values: Mapping[str, Any], known: Mapping[str, Any], evaluate: Evaluate
) -> frozenset[str]:
    """Return the names of the fields that are shown for these stored values, notes included.

    A field hidden by another counts as empty for the next one, until nothing changes any more.
    """
    names = visible = frozenset(field.name for field in form.fields)
    conditional = [field for field in form.fields if field.visible]
    if not conditional:
        return names
    for _ in range(len(conditional) + 1):
        present = {name: value for name, value in values.items() if name in visible}
        context = {**known, **as_context(form, present)}
        hidden = {field.name for field in conditional if evaluate(field.visible, context) is not True}
        if names - hidden == visible:
            break
        visible = names - hidden
    return visible


def as_context(forms: Form | Iterable[Form] | Mapping[str, Form], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored data as expressions read it: numbers as Decimal, days as dates, the missing as None.

    What belongs to no form passes through, with its numbers as Decimal.
    """
    fields = forms.asked if isinstance(forms, Form) else fields_of(forms)
    context: dict[str, Any] = dict.fromkeys(fields)
    for name, value in data.items():
        context[name] = typed_in(fields, name, value)
    return context


def typed_in(fields: Mapping[str, Field], name: str, value: Any) -> Any:
    """Return one stored value as expressions read it; `as_context` does so with all."""
    field = fields.get(name)
    if field is None:
        return _plain(value)
    if value is None or field.type not in _TYPED:
        return value
    return _typed(field, value)


def fields_of(forms: Iterable[Form] | Mapping[str, Form]) -> Mapping[str, Field]:
    """Return the fields of several forms by name; those of a procedure are put together once."""
    kept = _fields.get(id(forms))
    if kept is not None and kept[0] is forms and kept[1] == len(kept[0]):
        return kept[2]
    found: dict[str, Field] = {}
    for form in forms.values() if isinstance(forms, Mapping) else forms:
        found.update(form.asked)
    if isinstance(forms, Mapping):
        if len(_fields) >= MOST_KEPT:
            _fields.clear()
        _fields[id(forms)] = (forms, len(forms), found)
    return found


_fields: dict[int, tuple[Mapping[str, Form], int, dict[str, Field]]] = {}  # by identity, and so kept alive


def _check_names(place: Place, form: Form) -> None:
    names: set[str] = set()
    for section, read in zip(place.at("sections").items(), form.sections, strict=True):
        for field in read.fields:
            if field.name in names:
                same = [one for one in section.at("fields").items() if one.at("name").value == field.name]
                where = same[-1].at("name") if same else section.at("prefix")
                where.refuse(Text("tên ô chưa dùng ở trên", "a name not used above"), shown(field.name))
            names.add(field.name)


def _judge(
    field: Field, value: Any, context: Callable[[], Mapping[str, Any]], evaluate: Evaluate
) -> Text | None:
    """Return what is wrong with a field that is shown and was read, or None."""
    if value is None:
        needed = field.required
        if not isinstance(needed, bool):
            needed = evaluate(needed, context()) is True
        return _missing(field) if needed else None
    try:
        check_bounds(field, value, _today(context()) if field.type in TIMES else None)
    except Unreadable as outside:
        return outside.text
    if field.check and evaluate(field.check, context()) is False:
        return _failed_check(field, value)
    return None


def _with_computed(
    form: Form,
    values: Mapping[str, Any],
    known: Mapping[str, Any],
    evaluate: Evaluate,
    shown: Collection[str] | None = None,
) -> tuple[dict[str, Any], dict[str, Text]]:
    """Return the values with those that formulas give, in the order of the form, and what does not fit."""
    found, problems = dict(values), {}
    for field in form.fields:
        if field.computed and (shown is None or field.name in shown):
            value = evaluate(field.computed, {**known, **as_context(form, found)})
            try:
                found[field.name] = store_computed(field, value)
            except Unreadable as bad:
                problems[field.name] = bad.text
    return found, problems


def _missing(field: Field) -> Text:
    if field.computed:
        return Text(
            f"Chưa tính được “{field.label.say('vi')}”; hãy nhập đủ các ô mà công thức cần.",
            f"“{field.label.say('en')}” cannot be computed yet; fill in the fields that its formula needs.",
        )
    verb = ("Hãy chọn", "Choose") if field.options else ("Hãy nhập", "Enter")
    return Text(
        f"{verb[0]} “{field.label.say('vi')}”; ô này đang để trống.",
        f"{verb[1]} “{field.label.say('en')}”; it is empty.",
    )


def _failed_check(field: Field, value: Any) -> Text:
    """The author's sentence (or the condition itself), and what was found."""
    vi = f"{field.label.say('vi')} chưa thỏa điều kiện “{field.check}”"
    en = f"{field.label.say('en')} does not satisfy “{field.check}”"
    if field.check_message:
        vi, en = (field.check_message.say(language).rstrip(". ") for language in ("vi", "en"))
    return Text(
        f"{vi}; đang nhập {show_answer(field, value, 'vi')}.",
        f"{en}; found {show_answer(field, value, 'en')}.",
    )


def _unknown(name: str) -> Text:
    return Text(
        f"Biểu mẫu này không có ô “{name}”; hãy tải lại trang rồi nhập lại.",
        f"This form has no field “{name}”; reload the page and enter it again.",
    )


def _today(context: Mapping[str, Any]) -> date | None:
    today, now = context.get("today"), context.get("now")
    if isinstance(today, date) and not isinstance(today, datetime):
        return today
    return local_day(now) if isinstance(now, datetime) else None


def _typed(field: Field, value: Any) -> Any:
    """A stored value that an older form wrote may not fit any more; expressions then see nothing."""
    try:
        return typed_answer(field, value)
    except (ValueError, ArithmeticError, TypeError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | list | dict):
        return value
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return Decimal(str(value))
