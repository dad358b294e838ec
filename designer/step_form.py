"""The form of one step in the outline: what it shows, and what of it is written into the drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from designer import office_parts as parts
from designer.sheet import Sheet
from designer.ways import PERSONAL, CannotDraw, find_node, follow_code
from engine.bpmn.extensions import MOST_HOURS, scan_steps
from engine.bpmn.repair.draft import variable
from engine.bpmn.steps import LegalBasis, Outcome, StepSpec
from engine.domain.texts import Text

MORE_BUTTONS = 2  # blank lines for new buttons
MORE_LAWS = 1
WORDS = ("kind", "role", "unit", "form", "result", "register", "zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a form says about a step; what it does not show stays as it is."""

    name: Text
    words: Mapping[str, str]
    hours: str
    own_clock: bool
    public: Text
    todo: tuple[list[str], list[str]]
    legal: tuple[LegalBasis, ...]
    buttons: tuple[tuple[str, Outcome], ...]


def read(form: Any) -> Changes:
    """Read a submitted form.

    Raises:
        CannotDraw: If the hours are no number, or the step has no name.
    """
    name = Text(form.get("name", "").strip(), form.get("name_en", "").strip())
    if not name.vi:
        _refuse("Hãy đặt tên cho bước.", "Give the step a name.")
    return Changes(
        name=name,
        words={word: form[word].strip() for word in WORDS if word in form},
        hours=_hours(form.get("hours", "")),
        own_clock=bool(form.get("own_clock")),
        public=Text(form.get("public", "").strip(), form.get("public_en", "").strip()),
        todo=(form.get("todo", "").splitlines(), form.get("todo_en", "").splitlines()),
        legal=tuple(_legal(form)),
        buttons=tuple(_buttons(form)),
    )


def write(sheet: Sheet, key: str, changes: Changes) -> str:
    """Write a form into the drawing; conditions follow a button whose code changed."""
    step = find_node(sheet, key, *PERSONAL)
    before = scan_steps(sheet.root).steps[key]
    parts.set_name(step, changes.name)
    for word, value in changes.words.items():
        parts.set_word(step, word, value)
    parts.set_word(step, "hours", changes.hours)
    parts.set_word(step, "ownClock", "true" if changes.own_clock else "")
    parts.set_public(step, changes.public)
    parts.set_todo(step, *changes.todo)
    parts.set_legal(step, changes.legal)
    outcomes = _with_codes(changes.buttons)
    parts.set_outcomes(step, outcomes)
    if len(outcomes) > 1 and not before.decision:
        parts.set_word(step, "decision", variable(f"{before.kind or key}_result"))
    for (old, _button), new in zip(changes.buttons, outcomes, strict=True):
        if old and old != new.code and before.decision:
            follow_code(sheet, before.decision, old, new.code)
    return key


def show(step: StepSpec, typed: Any) -> dict[str, Any]:
    """Return what stands in the form: what was typed, else what the drawing says."""
    if typed.get("act") == "step":
        return {
            **{
                word: typed.get(word, "")
                for word in (*WORDS, "hours", "name", "name_en", "public", "public_en")
            },
            "todo": typed.get("todo", ""),
            "todo_en": typed.get("todo_en", ""),
            "own_clock": bool(typed.get("own_clock")),
            "legal": list(_legal(typed)) + [LegalBasis(document="")] * MORE_LAWS,
            "buttons": [(old, one) for old, one in _buttons(typed)] + [("", _BLANK)] * MORE_BUTTONS,
        }
    minutes = step.minutes
    return {
        "name": step.name.vi,
        "name_en": step.name.en,
        **{word: getattr(step, word) for word in WORDS},
        "hours": "" if minutes is None else f"{minutes / 60:.2f}".rstrip("0").rstrip(".").replace(".", ","),
        "own_clock": step.own_clock,
        "public": step.public.vi,
        "public_en": step.public.en,
        "todo": "\n".join(one.vi for one in step.todo),
        "todo_en": "\n".join(one.en for one in step.todo if one.en),
        "legal": [*step.legal, *[LegalBasis(document="")] * MORE_LAWS],
        "buttons": [(one.code, one) for one in step.outcomes] + [("", _BLANK)] * MORE_BUTTONS,
    }


_BLANK = Outcome(code="", name=Text(""))


def _hours(text: str) -> str:
    plain = text.strip().replace(",", ".")
    if not plain:
        return ""
    whole, _, part = plain.partition(".")
    is_right = whole.isascii() and whole.isdigit() and (part.isdigit() or not part)
    if not is_right or float(plain) > MOST_HOURS:
        _refuse(f"Cần một số giờ như 4 hoặc 1,5; đang ghi “{text[:20]}”.",
                f"A number of hours such as 4 or 1.5 is needed; “{text[:20]}” was given.")  # fmt: skip
    return plain


def _legal(form: Any) -> list[LegalBasis]:
    documents = form.getlist("legal_document")
    articles, notes = form.getlist("legal_article"), form.getlist("legal_note")
    return [
        LegalBasis(document=document.strip(), article=article.strip(), note=note.strip())
        for document, article, note in zip(documents, articles, notes, strict=False)
        if document.strip()
    ]


def _buttons(form: Any) -> list[tuple[str, Outcome]]:
    found = []
    for at in range(40):
        name = form.get(f"button_{at}", "").strip()
        if not name:
            continue
        outcome = Outcome(
            code=form.get(f"button_code_{at}", "").strip(),
            name=Text(name, form.get(f"button_en_{at}", "").strip()),
            style=form.get(f"button_style_{at}", "plain"),
            reason=bool(form.get(f"button_reason_{at}")),
            hint=Text(
                form.get(f"button_hint_{at}", "").strip(), form.get(f"button_hint_en_{at}", "").strip()
            ),
        )
        found.append((form.get(f"button_old_{at}", ""), outcome))
    return found


def _with_codes(buttons: tuple[tuple[str, Outcome], ...]) -> list[Outcome]:
    taken = {one.code for _old, one in buttons if one.code}
    found = []
    for _old, one in buttons:
        code = one.code
        if not code:
            stem = variable(one.name.vi, "choice")
            code = next(c for c in (stem, *(f"{stem}_{n}" for n in range(2, 100))) if c not in taken)
            taken.add(code)
        found.append(replace(one, code=code))
    return found


def _refuse(vi: str, en: str) -> Any:
    raise CannotDraw(vi, en)
