"""Repairs that one click makes: those of the linter's own trade, and those of the office.

`engine.bpmn.repair` mends what does not run. Here is added what an office usually means: the usual role, unit
and hours of a kind of step, a branch for every button, hours that fit the limit. A repair is named by its
rule and element, so that the one that was seen is the one that is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from designer import office_parts as parts
from designer.kinds import OFFERED
from designer.outline_acts import Branch, decide
from designer.rows import time_sum
from designer.sheet import Sheet
from designer.ways import CannotDraw
from engine.bpmn.extensions import scan_steps
from engine.bpmn.lint import Finding
from engine.bpmn.repair import repair
from engine.bpmn.steps import StepSpec
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import Refused

MOST_OFFERED = 60


class NoSuchRepair(Refused):
    """The repair belongs to a drawing that changed meanwhile."""

    code = "no_such_repair"
    vi = "Chỗ này đã khác lúc đề nghị sửa được đưa ra; hãy xem lại phần kiểm tra."
    en = "This changed after the repair was proposed; look at the check again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One repair on offer.

    Attributes:
        id: `rule:element`, as that of the finding it mends.
        question: What a person may answer to make it better; empty where nothing is taken for granted.
    """

    id: str
    text: Text
    question: Text = Text("")


def proposals(
    xml: bytes, findings: list[Finding], procedure: Procedure, roles: Mapping[str, Text] | None = None
) -> dict[str, Proposal]:
    """Return what can be mended, by `rule:element`; `roles` are the names of the role codes."""
    found: dict[str, Proposal] = {}
    if any(one.is_error and one.rule not in _OWN for one in findings):
        for one in repair(xml).done:
            found[one.id] = Proposal(id=one.id, text=one.text, question=one.question)
    steps = scan_steps(Sheet(xml).root).steps
    for finding in findings[:MOST_OFFERED]:
        own = _OWN.get(finding.rule)
        words = own[0](steps.get(finding.element), procedure, xml) if own else None
        if words:
            key = f"{finding.rule}:{finding.element}"
            found[key] = Proposal(id=key, text=_with_role(words, steps.get(finding.element), roles or {}))
    return found


def mend(xml: bytes, key: str, findings: list[Finding], procedure: Procedure, answer: str = "") -> bytes:
    """Return the drawing with one repair made; `findings` are those of the drawing as it is.

    Raises:
        NoSuchRepair: If it does not apply to this drawing.
    """
    rule, _, element = key.partition(":")
    own = _OWN.get(rule)
    if own is not None and any(f"{one.rule}:{one.element}" == key for one in findings):
        sheet = Sheet(xml)
        step = scan_steps(sheet.root).steps.get(element)
        if own[0](step, procedure, xml):
            own[1](sheet, element, step, procedure)
            return sheet.xml()
    answers = {key: answer} if answer.strip() else None
    every = repair(xml, answers=answers)
    if key not in {one.id for one in every.done}:
        raise NoSuchRepair("a repair that applies", f"{key[:80]} does not")
    others = {one.id for one in every.done} - {key}
    mended = repair(xml, without=others, answers=answers)
    while (
        extra := {one.id for one in mended.done} - {key} - others
    ):  # what only shows once others are left out
        others |= extra
        mended = repair(xml, without=others, answers=answers)
    if key not in {one.id for one in mended.done}:  # it rests on another one: make what it needs too
        return every.xml
    return mended.xml


# --- the office's own -----------------------------------------------------------------------------


def _usual(word: str, vi: str, en: str) -> Callable[..., Text | None]:
    def words(step: StepSpec | None, procedure: Procedure, xml: bytes) -> Text | None:
        offer = OFFERED.get(step.kind) if step else None
        value = getattr(offer, word, "") if offer else ""
        return Text(vi.format(value=value), en.format(value=value)) if value else None

    return words


def _with_role(words: Text, step: StepSpec | None, roles: Mapping[str, Text]) -> Text:
    """Say the name of a role instead of its code."""
    code = OFFERED[step.kind].role if step and step.kind in OFFERED else ""
    if f"({code})" not in words.vi or code not in roles:
        return words
    name = roles[code]
    return Text(words.vi.replace(code, name.vi), words.en.replace(code, name.say("en")))


def _give_usual(word: str) -> Callable[..., None]:
    def give(sheet: Sheet, key: str, step: StepSpec, procedure: Procedure) -> None:
        parts.set_word(sheet.find(key), word, getattr(OFFERED[step.kind], word))

    return give


def _unit_words(step: StepSpec | None, procedure: Procedure, xml: bytes) -> Text | None:
    if step is None:
        return None
    if _unit(step) == "receiving":
        return Text("Giao cho nơi tiếp nhận.", "Give it to the office of receipt.")
    return Text("Giao cho cơ quan có thẩm quyền.", "Give it to the competent office.")


def _unit(step: StepSpec) -> str:
    offer = OFFERED.get(step.kind)
    return (offer.unit if offer else "") or "competent"


def _give_unit(sheet: Sheet, key: str, step: StepSpec, procedure: Procedure) -> None:
    parts.set_word(sheet.find(key), "unit", _unit(step))


def _drop_form_words(step: StepSpec | None, procedure: Procedure, xml: bytes) -> Text | None:
    return Text("Bỏ biểu mẫu này khỏi bước.", "Take this form off the step.") if step else None


def _drop_form(sheet: Sheet, key: str, step: StepSpec, procedure: Procedure) -> None:
    parts.set_word(sheet.find(key), "form", "")


def _branch_words(step: StepSpec | None, procedure: Procedure, xml: bytes) -> Text | None:
    if step is None or len(step.outcomes) < 2:
        return None
    first, *others = step.outcomes
    listed = ", ".join(f"“{one.name.vi}”" for one in others)
    listed_en = ", ".join(f"“{one.name.say('en')}”" for one in others)
    return Text(
        f"Thêm điểm rẽ sau bước: “{first.name.vi}” đi tiếp; {listed} tới một điểm kết thúc mới, "
        "rồi bạn nối lại.",
        f"Add a choice behind the step: “{first.name.say('en')}” goes on; {listed_en} to a new end, "
        "which you then connect.",
    )


def _add_branches(sheet: Sheet, key: str, step: StepSpec, procedure: Procedure) -> None:
    branches = [
        Branch(name=one.name, code=one.code, to="next" if at == 0 else "end")
        for at, one in enumerate(step.outcomes)
    ]
    decide(sheet, key, branches)


def _missing(sheet: Sheet, step: StepSpec) -> list[Any]:
    asked = {"".join(one.itertext()).strip() for one in sheet.all("conditionExpression")}
    return [one for one in step.outcomes if f'{step.decision} = "{one.code}"' not in asked]


def _unhandled_words(step: StepSpec | None, procedure: Procedure, xml: bytes) -> Text | None:
    lacking = _missing(Sheet(xml), step) if step else []
    if not lacking:
        return None
    listed = ", ".join(f"“{one.name.vi}”" for one in lacking)
    listed_en = ", ".join(f"“{one.name.say('en')}”" for one in lacking)
    return Text(
        f"Thêm nhánh cho nút {listed}, tạm dẫn tới một điểm kết thúc mới.",
        f"Add a branch for the button {listed_en}, leading to a new end for now.",
    )


def _add_missing(sheet: Sheet, key: str, step: StepSpec, procedure: Procedure) -> None:
    decide(sheet, key, [Branch(name=one.name, code=one.code, to="end") for one in _missing(sheet, step)])


def _shorten_words(step: StepSpec | None, procedure: Procedure, xml: bytes) -> Text | None:
    found = _to_shorten(xml, procedure)
    if found is None:
        return None
    longest, hours = found
    before = _plain(Decimal(longest.minutes or 0) / 60)
    vi, en = longest.name.vi, longest.name.say("en")
    return Text(
        f"Giảm “{vi}” từ {before} xuống {_plain(hours)} giờ, vừa đủ thời hạn.",
        f"Cut “{en}” from {before} to {_plain(hours)} hours, which just fits the limit.",
    )


def _to_shorten(xml: bytes, procedure: Procedure) -> tuple[StepSpec, Decimal] | None:
    """Return the step that can give up the hours that are too many, and what is left to it."""
    total = time_sum(xml, procedure)
    if not total.is_over:
        return None
    over = total.minutes - (total.limit or 0)
    steps = scan_steps(Sheet(xml).root).steps.values()
    free = [one for one in steps if (one.minutes or 0) > over and not one.own_clock and one.zone != "locked"]
    for one in sorted(free, key=lambda step: -(step.minutes or 0)):
        sheet = Sheet(xml)
        hours = Decimal((one.minutes or 0) - over) / 60
        parts.set_word(sheet.find(one.id), "hours", _plain(hours))
        if not time_sum(sheet.xml(), procedure).is_over:
            return one, hours
    return None


def _shorten(sheet: Sheet, key: str, step: StepSpec | None, procedure: Procedure) -> None:
    found = _to_shorten(sheet.xml(), procedure)
    if found is None:
        raise CannotDraw("Không có bước nào giảm đủ giờ.", "No step can give up enough hours.")
    parts.set_word(sheet.find(found[0].id), "hours", _plain(found[1]))


def _plain(hours: Decimal) -> str:
    return f"{hours.quantize(Decimal('0.01')).normalize():f}"


_OWN: Mapping[str, tuple[Callable[..., Text | None], Callable[..., None]]] = {
    "step-role": (
        _usual(
            "role",
            "Giao cho vai trò thường làm loại bước này ({value}).",
            "Give it to the usual role ({value}).",
        ),
        _give_usual("role"),
    ),
    "role-unknown": (
        _usual(
            "role",
            "Giao cho vai trò thường làm loại bước này ({value}).",
            "Give it to the usual role ({value}).",
        ),
        _give_usual("role"),
    ),
    "step-hours": (
        _usual("hours", "Ghi số giờ thường lệ: {value} giờ.", "Write the usual hours: {value}."),
        _give_usual("hours"),
    ),
    "step-unit": (_unit_words, _give_unit),
    "unit-unknown": (_unit_words, _give_unit),
    "form-unknown": (_drop_form_words, _drop_form),
    "outcome-same-way": (_branch_words, _add_branches),
    "outcome-unhandled": (_unhandled_words, _add_missing),
    "hours-over-limit": (_shorten_words, _shorten),
}
