"""What a procedure asks of the applicant: papers, fee, time limit, and the law it rests on; as forms edit it.

The fee is one FEEL rule. A form writes it as an amount or a rule, with an exemption before it in one shape,
`if (exempt) then 0 else (rule)`, so that the form can show the two parts again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from designer import condition_form
from engine.domain.fees import MOMENTS, Fee
from engine.domain.procedures import COMPONENT_KINDS, LIMIT_KINDS, NEEDS, Procedure
from engine.domain.texts import Text
from engine.errors import Invalid, NotFound, ProcedureError
from engine.feel import FeelError
from engine.feel.expressions import compile_feel
from engine.scenarios.made_up import made_up
from engine.usecases.evaluation import evaluate

FREE, AMOUNT, RULE = "free", "amount", "rule"
MOST_PAPERS, MOST_LAWS, BLANK_LAWS = 60, 40, 3
MOST_DONG = 10**12
KIND_WORDS = {
    "original": Text("bản chính", "original"),
    "copy": Text("bản sao", "copy"),
    "electronic": Text("bản điện tử", "electronic"),
}
NEED_WORDS = {
    "mandatory": Text("bắt buộc", "always"),
    "conditional": Text("khi có điều kiện", "on a condition"),
    "optional": Text("không bắt buộc", "not needed"),
}
WHEN_WORDS = {
    1: Text("trước khi tiếp nhận", "before acceptance"),
    2: Text("khi bổ sung hồ sơ", "with a supplement"),
    4: Text("trước khi trả kết quả", "before the result is handed over"),
}
LIMIT_WORDS = {
    "working_day": Text("ngày làm việc", "working days"),
    "calendar_day": Text("ngày (cả ngày nghỉ)", "calendar days"),
    "hour": Text("giờ làm việc", "working hours"),
    "same_day": Text("ngay trong ngày", "the same day"),
}
_EXEMPT = re.compile(r"if \((?P<exempt>.+)\) then 0 else \((?P<rule>.+)\)", re.DOTALL)
_DIGITS = re.compile(r"\d{1,3}([ .,\u00a0]?\d{3})*|\d+")


class BadTerms(Invalid):
    """What was typed about papers, fee, limit or law cannot be kept."""

    code = "bad_terms"
    vi = "Chưa lưu: {reason_vi}"
    en = "Not saved: {reason}"


@dataclass(frozen=True, slots=True)
class FeeParts:
    """A fee as its form shows it; `kind` is free, amount or rule."""

    kind: str
    amount: int
    rule: str
    exempt: str


def parts_of(fee: Fee) -> FeeParts:
    """Take a rule apart into what the form has."""
    found = _EXEMPT.fullmatch(fee.rule)
    is_split = found is not None and _is_whole(found["exempt"]) and _is_whole(found["rule"])
    exempt, rule = (found["exempt"], found["rule"]) if found and is_split else ("", fee.rule)
    if not rule:
        return FeeParts(FREE, 0, "", "")
    return FeeParts(AMOUNT, int(rule), "", exempt) if rule.isdigit() else FeeParts(RULE, 0, rule, exempt)


def example_fee(procedure: Procedure, today: date) -> tuple[int | None, Text]:
    """Return what a dossier like the first scenario, or a made-up one, pays; or why that cannot be said."""
    form = procedure.forms.get(procedure.reception_form)
    answers: Mapping[str, Any] = {}
    if procedure.scenarios:
        answers = procedure.scenarios[0].answers
    elif form is not None:
        answers = made_up(form, {"today": today}, procedure.key)
    try:
        data: Mapping[str, Any] = answers
        if form is not None:
            from engine.domain.forms import parse_answers

            data = parse_answers(form, answers, {"today": today}, evaluate)[0]
        return procedure.fee.amount({**data, "today": today}, evaluate), Text("")
    except ProcedureError as refused:
        return None, Text(refused.say("vi"), refused.say("en"))


# --- changes of a content ---------------------------------------------------------------------------


def write_fee(content: dict[str, Any], form: Any) -> None:
    """Write the fee as it was typed.

    Raises:
        BadTerms: If the amount is no whole đồng, or a rule cannot be read.
    """
    kind = form.get("fee_kind", FREE)
    rule = ""
    if kind == AMOUNT:
        rule = str(_amount(form.get("amount", "")))
    elif kind == RULE:
        rule = _feel(form.get("rule", ""), "công thức tính phí", "the rule of the fee")
    exempt = condition_form.read(form, "x_") if rule and form.get("exempts") else ""
    when = form.get("when", "1")
    content["fee"] = {
        "rule": f"if ({exempt}) then 0 else ({rule})" if exempt else rule,
        "text": _text(form, "text"),
        "source": form.get("source", "").strip()[:500],
        "verified": bool(form.get("verified")),
        "when": int(when) if when.isdigit() and int(when) in MOMENTS else 1,
    }


def write_limit(content: dict[str, Any], form: Any) -> None:
    kind = form.get("limit_kind", "")
    value = form.get("limit_value", "").strip()
    if kind not in LIMIT_KINDS or not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 3650:
        raise _bad("thời hạn là một số nguyên từ 1 đến 3650.", "the limit is a whole number from 1 to 3650.")
    hours = {"working_day": int(value) * 8, "hour": int(value), "same_day": 8}.get(kind)
    old = content.get("limit") or {}
    same = (old.get("kind"), old.get("value")) == (kind, int(value))
    content["limit"] = {
        **old,
        "kind": kind,
        "value": int(value),
        "hours": old.get("hours") if same else hours,
        "source": form.get("source", "").strip()[:500],
        "verified": bool(form.get("verified")),
    }


def write_laws(content: dict[str, Any], form: Any) -> None:
    """Write the legal basis: one line a document and article, in order; empty lines go."""
    lines = zip(*(form.getlist(f"legal_{one}") for one in ("document", "article", "note")), strict=False)
    content["legal"] = [
        {"document": document.strip()[:500], "article": article.strip()[:200], "note": note.strip()[:500]}
        for document, article, note in list(lines)[:MOST_LAWS]
        if document.strip()
    ]


def write_paper(content: dict[str, Any], code: str, form: Any) -> str:
    """Write one paper of the dossier, a new one for an empty code; return its code."""
    papers = content.setdefault("components", [])
    copies = form.get("copies", "1").strip() or "1"
    if not copies.isascii() or not copies.isdigit() or int(copies) > 99:
        raise _bad("số bản là một số từ 0 đến 99.", "copies are a number from 0 to 99.")
    if not form.get("name_vi", "").strip():
        raise _bad("hãy ghi tên giấy tờ.", "write what the paper is.")
    need = form.get("need", "mandatory")
    when = form.get("when", "").strip()
    paper = {
        "name": _text(form, "name"),
        "copies": int(copies),
        "kind": form.get("kind") if form.get("kind") in COMPONENT_KINDS else "copy",
        "need": need if need in NEEDS else "mandatory",
        "when": _feel(when, "điều kiện của giấy tờ", "the condition of the paper") if when else "",
        "condition": _text(form, "condition"),
    }
    if not code:
        if len(papers) >= MOST_PAPERS:
            raise _bad(f"tối đa {MOST_PAPERS} giấy tờ.", f"at most {MOST_PAPERS} papers.")
        taken = {one["code"] for one in papers}
        code = next(f"C{number}" for number in range(1, MOST_PAPERS + 2) if f"C{number}" not in taken)
        papers.append({"code": code, **paper})
        return code
    papers[_place(papers, code)] = {"code": code, **paper}
    return code


def drop_paper(content: dict[str, Any], code: str) -> None:
    papers = content.get("components") or []
    del papers[_place(papers, code)]


def move_paper(content: dict[str, Any], code: str, by: int) -> None:
    """Move a paper up or down the list."""
    papers = content.get("components") or []
    at = _place(papers, code)
    to = min(max(at + by, 0), len(papers) - 1)
    papers.insert(to, papers.pop(at))


def _place(papers: list[dict[str, Any]], code: str) -> int:
    found = next((at for at, one in enumerate(papers) if one["code"] == code), None)
    if found is None:
        raise NotFound("a paper of the dossier", f"there is none called {code[:60]!r}", what="giấy tờ này")
    return found


def _amount(text: str) -> int:
    plain = text.replace("đ", "").replace("đồng", "").strip()
    if not _DIGITS.fullmatch(plain):
        raise _bad(
            f"mức thu là số đồng nguyên như 75.000; đang ghi “{text[:30]}”.",
            f"an amount is whole đồng such as 75000; “{text[:30]}” was given.",
        )
    amount = int(re.sub(r"\D", "", plain))
    if amount > MOST_DONG:
        raise _bad("mức thu quá lớn.", "the amount is too large.")
    return amount


def _feel(text: str, what: str, what_en: str) -> str:
    plain = text.strip()[:2000]
    if not plain:
        raise _bad(f"hãy ghi {what}.", f"write {what_en}.")
    try:
        compile_feel(plain)
    except FeelError as wrong:
        raise _bad(f"{what}: {wrong.say('vi')}", f"{what_en}: {wrong.say('en')}") from wrong
    return plain


def _is_whole(text: str) -> bool:
    """Say whether a piece of a rule stands by itself, its brackets closed."""
    try:
        compile_feel(text)
    except FeelError:
        return False
    return True


def _text(form: Any, name: str) -> dict[str, str]:
    vi, en = (form.get(f"{name}_{one}", "").strip()[:2000] for one in ("vi", "en"))
    return {"vi": vi, "en": en} if en else {"vi": vi}


def _bad(vi: str, en: str) -> BadTerms:
    return BadTerms("something that can be kept", en.rstrip("."), reason=en, reason_vi=vi)
