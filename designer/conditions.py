"""Conditions for pages and the editor: the model of `engine.feel.conditions` as JSON, and what may be asked.

    {"field": "storeys", "operator": ">=", "values": [{"number": "3"}]}
    {"mode": "all", "negated": false, "parts": […]}
    {"written": "sum(areas) > 100"}

A value is {"text"}, {"number"}, {"flag"}, {"name"} of another field, or {"moment", "kind"}. Reading what was
written gives the same condition, so a condition goes to a browser and back without loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.bpmn.steps import StepSpec
from engine.domain.forms import Form
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.feel.conditions import (
    BETWEEN,
    DEEPEST,
    EMPTY,
    GIVEN,
    IN,
    NOT_IN,
    OPERATORS,
    Comparison,
    Condition,
    Group,
    Moment,
    Name,
    Value,
    Written,
    to_feel,
)

MOST_PARTS = 200
OPERATOR_NAMES: Mapping[str, Text] = {
    "=": Text("bằng", "equals"),
    "!=": Text("khác", "is not"),
    "<": Text("nhỏ hơn", "is less than"),
    "<=": Text("nhỏ hơn hoặc bằng", "is at most"),
    ">": Text("lớn hơn", "is more than"),
    ">=": Text("lớn hơn hoặc bằng", "is at least"),
    "between": Text("từ … đến …", "is from … to …"),
    "in": Text("là một trong", "is one of"),
    "not in": Text("không phải một trong", "is none of"),
    "contains": Text("có chứa", "contains"),
    "empty": Text("chưa có", "is not given"),
    "given": Text("đã có", "is given"),
}
_NUMBERS = ("integer", "decimal", "money")
_DAYS = ("date", "datetime")


class BadCondition(Invalid):
    """A condition that was sent has not the shape of one."""

    code = "bad_condition"
    vi = "Điều kiện chưa đúng: cần {expected_vi}; đang là “{found}”."
    en = "The condition is not right: it needs {expected}; it is “{found}”."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something that a condition may ask for.

    Attributes:
        kind: text, number, flag, day or choice.
        group: What it belongs to, for a list: a form's or a step's name.
    """

    name: str
    label: Text
    kind: str
    group: Text
    options: tuple[tuple[str, Text], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label.as_json(),
            "kind": self.kind,
            "group": self.group.as_json(),
            "options": [[code, words.as_json()] for code, words in self.options],
        }


def asked_of(forms: Iterable[Form], steps: Iterable[StepSpec] = ()) -> list[Asked]:
    """Return what conditions may ask: choices at steps, answers of forms, facts of the dossier."""
    found: dict[str, Asked] = {}
    for step in steps:
        if step.decision and step.outcomes:
            found.setdefault(step.decision, _of_step(step))
    for form in forms:
        for field in form.fields:
            if field.type != "note":
                options = tuple((str(one.value), one.label) for one in field.options)
                asked = Asked(
                    name=field.name,
                    label=field.label,
                    kind=_kind(field.type),
                    group=form.title,
                    options=options,
                )
                found.setdefault(field.name, asked)
    return [*found.values(), *_OF_THE_DOSSIER]


def _of_step(step: StepSpec) -> Asked:
    return Asked(
        name=step.decision,
        label=Text(f"kết quả bước “{step.name.vi}”", f"the outcome of “{step.name.say('en')}”"),
        kind="choice",
        group=Text("Lựa chọn ở các bước", "Choices at steps"),
        options=tuple((one.code, one.name) for one in step.outcomes),
    )


def _kind(type_: str) -> str:
    if type_ in _NUMBERS:
        return "number"
    if type_ in _DAYS:
        return "day"
    return {"bool": "flag", "choice": "choice"}.get(type_, "text")


_DOSSIER = Text("Hồ sơ", "The dossier")
_OF_THE_DOSSIER = (
    Asked(
        name="dossier.rounds",
        label=Text("số lần đã yêu cầu bổ sung", "the number of requests for papers"),
        kind="number",
        group=_DOSSIER,
    ),
    Asked(name="dossier.fee", label=Text("phí, lệ phí", "the fee"), kind="number", group=_DOSSIER),
    Asked(name="dossier.paid", label=Text("đã nộp phí", "the fee is paid"), kind="flag", group=_DOSSIER),
    Asked(name="dossier.channel", label=Text("kênh nộp", "the channel"), kind="text", group=_DOSSIER),
)


# --- JSON ----------------------------------------------------------------------------------------


def as_json(condition: Condition) -> dict[str, Any]:
    match condition:
        case Comparison(field, operator, values):
            return {"field": field, "operator": operator, "values": [_value_json(one) for one in values]}
        case Group(mode, parts, negated):
            return {"mode": mode, "negated": negated, "parts": [as_json(one) for one in parts]}
    return {"written": condition.text}


def from_json(sent: Any) -> Condition:
    """Read a condition that a page sent, and try that it is FEEL.

    Raises:
        BadCondition: If it has not the shape above.
        FeelError: If it is no FEEL, e.g. because a name holds signs.
    """
    budget = [MOST_PARTS]
    condition = _read(sent, 0, budget)
    to_feel(condition)
    return condition


def _read(sent: Any, depth: int, budget: list[int]) -> Condition:
    budget[0] -= 1
    if not isinstance(sent, dict) or depth > DEEPEST or budget[0] < 0:
        _refuse("một điều kiện không quá lớn", "a condition that is not too large", type(sent).__name__)
    if "written" in sent:
        return Written(_string(sent["written"]))
    if "parts" in sent:
        if sent.get("mode") not in ("all", "any") or not isinstance(sent["parts"], list):
            _refuse("“tất cả” hoặc “một trong”", "“all” or “any”", sent.get("mode"))
        parts = tuple(_read(one, depth + 1, budget) for one in sent["parts"])
        return Group(sent["mode"], parts, bool(sent.get("negated")))
    return _comparison(sent)


def _comparison(sent: dict[str, Any]) -> Comparison:
    field, operator, values = _string(sent.get("field")), sent.get("operator"), sent.get("values", [])
    if not field:
        _refuse("một ô để hỏi", "a field to ask for", "—")
    if operator not in OPERATORS or not isinstance(values, list):
        _refuse("một phép so sánh", "a comparison", operator)
    read = tuple(_value(one) for one in values[:MOST_PARTS])
    wanted = {EMPTY: (0, 0), GIVEN: (0, 0), BETWEEN: (2, 2), IN: (1, MOST_PARTS), NOT_IN: (1, MOST_PARTS)}
    least, most = wanted.get(operator, (1, 1))
    if not least <= len(read) <= most:
        _refuse("giá trị để so sánh", "a value to compare with", len(read))
    return Comparison(field, operator, read)


def _value_json(value: Value) -> dict[str, Any]:
    match value:
        case bool():
            return {"flag": value}
        case Decimal():
            return {"number": str(value)}
        case Name(path):
            return {"name": path}
        case Moment(kind, text):
            return {"moment": text, "kind": kind}
    return {"text": value}


def _value(sent: Any) -> Value:
    if isinstance(sent, dict):
        if "flag" in sent:
            return bool(sent["flag"])
        if "number" in sent:
            return read_number(_string(sent["number"]))
        if "name" in sent:
            return Name(_string(sent["name"]))
        if "moment" in sent:
            return Moment(_string(sent.get("kind")) or "date", _string(sent["moment"]))
        if "text" in sent:
            return _string(sent["text"])
    return _refuse("một giá trị", "a value", sent)


def read_number(text: str) -> Decimal:
    """Read a number as people write it: 1,5 or 1.5.

    Raises:
        BadCondition: If it is none.
    """
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        _refuse("một số", "a number", text)
    return found


def _string(sent: Any) -> str:
    if sent is None:
        return ""
    if not isinstance(sent, str) or len(sent) > 10_000:
        _refuse("chữ", "words", type(sent).__name__)
    return sent.strip()


def _refuse(vi: str, en: str, found: Any) -> Any:
    raise BadCondition(en, str(found)[:60], expected_vi=vi)
