"""The namespace `urn:motcua:bpmn:1`: what a procedure adds to a BPMN diagram about its steps.

A step without any of it is still a step: it waits for a person and has one way on. Nothing is
guessed: a value that cannot be read is a problem of the linter, and refuses the execution.
The reference for authors of tools is `docs/reference/bpmn.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.bpmn.durations import BadTime, parse_duration
from engine.bpmn.steps import KINDS, RESULTS, STYLES, ZONES, LegalBasis, MessageField, Outcome, StepSpec
from engine.domain.texts import Text
from engine.errors import Invalid

MC = "urn:motcua:bpmn:1"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"

STEP_ATTRIBUTES = (
    "kind", "role", "unit", "hours", "ownClock", "form", "decision", "result", "register", "zone", "keep",
)  # fmt: skip
STEP_ELEMENTS = ("outcome", "text", "public", "legal", "do", "field")
CLOCKS = ("working", "calendar")
BEGINNINGS = ("all", "chosen")
# More would be a slip of the keyboard: five years of working days.
MOST_HOURS = Decimal(10_000)


class BadExtension(Invalid):
    """Attributes or elements of the office's namespace cannot be read; `problems` lists each."""

    code = "bad_extension"
    vi = "Phần thông tin bước trong sơ đồ có chỗ chưa đúng: {first}"
    en = "The office's part of the diagram has mistakes: {first_en}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that cannot be read: where, and what was expected and found."""

    rule: str
    element: str
    message: Text
    line: int | None = None


@dataclass(slots=True)
class Scan:
    """Steps as far as they can be read, and every problem met on the way."""

    steps: dict[str, StepSpec] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_steps(root: Any) -> dict[str, StepSpec]:
    """Return the step of every flow node and process that has an id, at any depth.

    Raises:
        BadExtension: If a value of the namespace cannot be read; facts["problems"] has all of them.
    """
    scan = scan_steps(root)
    if scan.problems:
        first = scan.problems[0].message
        raise BadExtension(
            "every value of the office's namespace to be readable",
            first.say("en"),
            first=first.say("vi"),
            first_en=first.say("en"),
            problems=scan.problems,
        )
    return scan.steps


def scan_steps(root: Any) -> Scan:
    """Read every step, keeping what cannot be read as problems instead of refusing."""
    scan = Scan()
    for element in root.iter(f"{{{BPMN}}}*"):
        reader = _Reader(element, scan.problems)
        reader.check_names()
        if element.get("id") and is_step(element):
            step = reader.step()
            scan.steps.setdefault(step.id, step)
    return scan


def is_step(element: Any) -> bool:
    """Whether the element may carry a step: any flow node, and the process itself."""
    kind = local_name(element)
    return kind in _OTHER_STEPS or kind.endswith(("Task", "Event", "Gateway", "ubProcess"))


def local_name(element: Any) -> str:
    """Return the tag without its namespace; "" for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


_OTHER_STEPS = frozenset({"process", "task", "callActivity", "transaction"})
_CODE_HINT = Text(
    "mã gồm chữ cái, chữ số, dấu gạch dưới, gạch nối hoặc dấu chấm",
    "a code of letters, digits, underscores, hyphens or dots",
)

_NAME_HINT = Text("tên gồm chữ cái không dấu, chữ số và gạch dưới", "a name of plain letters, digits and _")


class _Reader:
    """Reads one element; what cannot be read becomes a problem and the default value."""

    def __init__(self, element: Any, problems: list[Problem]) -> None:
        self.element = element
        self.problems = problems
        holder = element.find(f"{{{BPMN}}}extensionElements")
        self.extensions = [] if holder is None else [e for e in holder if _is_mc(e)]

    def step(self) -> StepSpec:
        english = next((e for e in self._all("text") if e.get("lang") == "en"), None)
        said = {} if english is None else english.attrib
        documentation = Text(self._documentation(), said.get("documentation", ""))
        return StepSpec(
            id=self.element.get("id"),
            name=Text((self.element.get("name") or "").strip(), said.get("name", "")),
            kind=self._one_of("kind", KINDS),
            role=self._word("role"),
            unit=self._unit(),
            minutes=self._minutes(),
            own_clock=self._flag(self.element, _mc("ownClock")),
            form=self._word("form"),
            decision=self._variable("decision"),
            outcomes=self._outcomes(),
            result=self._one_of("result", RESULTS),
            register=self._word("register"),
            zone=self._one_of("zone", ZONES),
            documentation=documentation,
            todo=self._todo(documentation),
            public=Text(self._public(), said.get("public", "")),
            legal=self._legal(),
            keep=self._keep(),
            fields=self._fields(),
        )

    # --- elements ---------------------------------------------------------------------------

    def _outcomes(self) -> tuple[Outcome, ...]:
        outcomes: dict[str, Outcome] = {}
        for element in self._all("outcome"):
            code = self._outcome_code(element)
            if not code:
                continue
            if code in outcomes:
                self._problem(
                    "mc-outcome-twice",
                    f"Mã kết quả “{code}” dùng hai lần trong cùng một bước; mỗi nút cần một mã riêng.",
                    f"The outcome code “{code}” is used twice in one step; every button needs its own.",
                    element,
                )
                continue
            outcomes[code] = Outcome(
                code=code,
                name=Text(element.get("name", ""), element.get("nameEn", "")),
                style=self._style(element),
                reason=self._flag(element, "reason"),
                hint=Text(element.get("hint", ""), element.get("hintEn", "")),
            )
        return tuple(outcomes.values())

    def _outcome_code(self, element: Any) -> str:
        code = element.get("code", "").strip()
        if not is_code(code):
            self._problem(
                "mc-outcome-code",
                f"Mã kết quả phải là {_CODE_HINT.vi}; đang là “{code}”.",
                f"An outcome code must be {_CODE_HINT.en}; it is “{code}”.",
                element,
            )
            return ""
        if not element.get("name", "").strip():
            self._problem(
                "mc-outcome-name",
                f"Kết quả “{code}” chưa có tên để ghi trên nút bấm.",
                f"The outcome “{code}” has no name to write on its button.",
                element,
            )
        return code

    def _style(self, element: Any) -> str:
        style = element.get("style", "plain")
        if style in STYLES:
            return style
        self._problem(
            "mc-outcome-style",
            f"Kiểu nút phải là main, plain hoặc danger; đang là “{style}”.",
            f"The style of a button must be main, plain or danger; it is “{style}”.",
            element,
        )
        return "plain"

    def _legal(self) -> tuple[LegalBasis, ...]:
        found = []
        for element in self._all("legal"):
            if not element.get("document", "").strip():
                self._problem(
                    "mc-legal-document",
                    "Căn cứ pháp lý chưa ghi văn bản (thuộc tính document).",
                    "A legal basis names no document (attribute document).",
                    element,
                )
                continue
            found.append(
                LegalBasis(
                    document=element.get("document").strip(),
                    article=element.get("article", "").strip(),
                    note=element.get("note", "").strip(),
                )
            )
        return tuple(found)

    def _fields(self) -> tuple[MessageField, ...]:
        fields: dict[str, MessageField] = {}
        for element in self._all("field"):
            name = element.get("name", "").strip()
            if not _is_variable(name) or name in fields:
                self._problem(
                    "mc-field-name",
                    f"Tên trường của thông điệp phải là {_NAME_HINT.vi}, mỗi tên một lần; đang là “{name}”.",
                    f"The name of a message's field must be {_NAME_HINT.en}, each once; it is “{name}”.",
                    element,
                )
                continue
            fields[name] = MessageField(name=name, value=element.get("value", "").strip() or name)
        return tuple(fields.values())

    def _todo(self, documentation: Text) -> tuple[Text, ...]:
        """Pair Vietnamese lines with the English ones in their order."""
        lines = self._all("do")
        if not lines:
            spoken = documentation.vi.splitlines(), documentation.en.splitlines()
        else:
            spoken = (
                [_text(e) for e in lines if e.get("lang", "vi") == "vi"],
                [_text(e) for e in lines if e.get("lang", "vi") == "en"],
            )
        vi, en = ([line.strip() for line in side if line.strip()] for side in spoken)
        return tuple(Text(line, en[i] if i < len(en) else "") for i, line in enumerate(vi))

    def _documentation(self) -> str:
        found = self.element.find(f"{{{BPMN}}}documentation")
        return "" if found is None else _text(found)

    def _public(self) -> str:
        return next((_text(e) for e in self._all("public")), "")

    def _all(self, name: str) -> list[Any]:
        return [e for e in self.extensions if local_name(e) == name]

    # --- attributes -------------------------------------------------------------------------

    def _word(self, name: str) -> str:
        value = self._value(name)
        if value and not is_code(value):
            self._bad(name, value, _CODE_HINT)
            return ""
        return value

    def _unit(self) -> str:
        value = self._value("unit")
        return value if value.startswith("=") else self._word("unit")

    def _variable(self, name: str) -> str:
        value = self._value(name)
        if value and not _is_variable(value):
            self._bad(name, value, _NAME_HINT)
            return ""
        return value

    def _keep(self) -> str:
        value = self._value("keep")
        try:
            if value:
                parse_duration(value)
        except BadTime:
            expected = Text("khoảng thời gian như P30D hoặc PT8H", "a duration such as P30D or PT8H")
            self._bad("keep", value, expected)
            return ""
        return value

    def _one_of(self, name: str, allowed: Any) -> str:
        value = self._value(name)
        if value and value not in allowed:
            words = ", ".join(allowed)
            self._bad(name, value, Text(f"một trong: {words}", f"one of: {words}"))
            return ""
        return value

    def _minutes(self) -> int | None:
        value = self._value("hours")
        if not value:
            return None
        try:
            hours = Decimal(value)
        except InvalidOperation:
            hours = Decimal(-1)
        if not (hours.is_finite() and 0 <= hours <= MOST_HOURS):
            expected = Text(
                "số giờ làm việc từ 0 trở lên, ví dụ 4 hoặc 1.5", "working hours from 0, like 1.5"
            )
            self._bad("hours", value, expected)
            return None
        return int((hours * 60).to_integral_value())

    def _flag(self, element: Any, name: str) -> bool:
        value = element.get(name, "false").strip()
        if value in ("true", "1", "false", "0"):
            return value in ("true", "1")
        self._bad(local_of(name), value, Text("true hoặc false", "true or false"))
        return False

    def _value(self, name: str) -> str:
        return self.element.get(_mc(name), "").strip()

    def check_names(self) -> None:
        """Note names that mean nothing here: a misspelt attribute would be a rule that nobody applies."""
        known = _known_attributes(self.element)
        for name in self.element.attrib:
            if name.startswith(f"{{{MC}}}") and local_of(name) not in known:
                self._unknown("mc-unknown-attribute", f"mc:{local_of(name)}", self.element)
        if "clock" in known:
            self._one_of("clock", CLOCKS)
        if "begin" in known:
            self._one_of("begin", BEGINNINGS)
        for element in self.extensions:
            if local_name(element) not in STEP_ELEMENTS:
                self._unknown("mc-unknown-element", f"<mc:{local_name(element)}>", element)

    # --- problems ---------------------------------------------------------------------------

    def _unknown(self, rule: str, what: str, at: Any) -> None:
        self._problem(
            rule,
            f"{what} không có trong bảng thuộc tính của hệ thống, có thể viết sai chính tả.",
            f"{what} is not part of the namespace; it may be misspelt.",
            at,
        )

    def _bad(self, name: str, value: str, expected: Text) -> None:
        self._problem(
            f"mc-{name}",
            f"mc:{name} cần {expected.vi}; đang là “{value[:60]}”.",
            f"mc:{name} needs {expected.en}; it is “{value[:60]}”.",
            self.element,
        )

    def _problem(self, rule: str, vi: str, en: str, at: Any) -> None:
        name = (self.element.get("name") or "").strip() or self.element.get("id", "")
        self.problems.append(
            Problem(
                rule, self.element.get("id", ""), Text(f"“{name}”: {vi}", f"“{name}”: {en}"), at.sourceline
            )
        )


def _known_attributes(element: Any) -> tuple[str, ...]:
    kind = local_name(element)
    if kind == "process":
        return (*STEP_ATTRIBUTES, "procedure")
    if kind == "timerEventDefinition":
        return ("clock",)
    if kind == "adHocSubProcess":
        return (*STEP_ATTRIBUTES, "begin")
    if kind == "businessRuleTask":
        return (*STEP_ATTRIBUTES, "decide", "decideInto")
    return STEP_ATTRIBUTES if is_step(element) else ()


def is_code(text: str) -> bool:
    """Whether `text` may name a role, unit, form, book or outcome."""
    return 0 < len(text) <= 80 and all(char.isalnum() or char in "_-." for char in text)


def _is_variable(text: str) -> bool:
    return is_code(text) and text.isidentifier() and text.isascii()


def local_of(name: str) -> str:
    """Return an attribute's name without its namespace."""
    return name.rpartition("}")[2]


def _mc(name: str) -> str:
    return f"{{{MC}}}{name}"


def _is_mc(element: Any) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{MC}}}")


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()
