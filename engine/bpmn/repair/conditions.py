"""Decisions: what is chosen at a gateway is taken from the labels of its ways out.

A drawing says with words which way is taken when. The words become the buttons of the step before the
gateway, and the conditions ask which button was pressed; the last way, or one labelled “no” or “else”, is the
default. Conditions of other tools are taken over where FEEL says the same.
"""

from __future__ import annotations

import re
from typing import Any

from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.repair.draft import Draft, Fixer, Said, called, is_activity, office, variable
from engine.domain.texts import Text, fold
from engine.feel import FeelError, compile_feel

OTHERWISE = frozenset(
    {
        "no",
        "else",
        "otherwise",
        "default",
        "nein",
        "sonst",
        "ansonsten",
        "khong",
        "con lai",
        "khac",
        "non",
        "sinon",
    }
)
_PEOPLE = ("task", "userTask", "manualTask")
_JUEL = (
    ("&&", " and "),
    ("||", " or "),
    ("==", "="),
    ("'", '"'),
    (" eq ", " = "),
    (" ne ", " != "),
    (" gt ", " > "),
)


def _fill(draft: Draft, flow: Any) -> Said | None:
    """Give every way out of a decision its condition, from its label or from where it leads."""
    gateway = draft.find(flow.get("sourceRef"))
    if gateway is None or not draft.wanted(draft.rule, gateway.get("id")):
        return None
    ways = draft.outgoing(gateway)
    open_ways = [one for one in ways if not _condition(one) and one.get("id") != gateway.get("default")]
    if not open_ways:
        return None
    if not gateway.get("default"):
        last = next((one for one in open_ways if fold(one.get("name") or "") in OTHERWISE), open_ways[-1])
        gateway.set("default", last.get("id"))
        open_ways = [one for one in open_ways if one is not last]
    codes = _codes(draft, ways)
    asked = draft.answer_to(draft.rule, gateway.get("id"))
    name = _free(draft, variable(asked or gateway.get("name") or "", "choice"))
    several = local_name(gateway) == "inclusiveGateway"
    for way in open_ways:
        code = codes[way.get("id")][0]
        text = f"{name}_{code} = true" if several else f'{name} = "{code}"'
        draft.put(way, "conditionExpression", text, formal=True)
    step = None if several or draft.is_collaboration else _step_before(draft, gateway)
    if step is not None:
        _add_buttons(draft, step, name, codes.values())
    unlabelled = [one for one in ways if not (one.get("name") or "").strip()]
    who = f"bước “{called(step)}”" if step is not None else f"dữ liệu “{name}”"
    who_en = f"the step “{called(step)}”" if step is not None else f"the value “{name}”"
    question = Text("")
    if unlabelled or step is None:
        question = Text(
            f"Ở “{called(gateway)}”, khi nào thì đi mỗi nhánh, và ai quyết định?",
            f"At “{called(gateway)}”, when is each way taken, and who decides?",
        )
    return Said(
        f"“{called(gateway)}”: lấy nhãn các nhánh làm lựa chọn, do {who} quyết định; nhánh "
        f"“{codes[gateway.get('default')][1]}” là nhánh còn lại."
        if gateway.get("default") in codes
        else f"“{called(gateway)}”: lấy nhãn các nhánh làm lựa chọn, do {who} quyết định.",
        f"“{called(gateway)}”: the labels of its ways out become the choices, decided by {who_en}.",
        question,
        at=gateway.get("id"),
    )


def _condition(flow: Any) -> str:
    return (flow.findtext(f"{{{BPMN}}}conditionExpression") or "").strip()


def _codes(draft: Draft, ways: list[Any]) -> dict[str, tuple[str, str]]:
    """Return a code and the words for every way out, by its id."""
    found: dict[str, tuple[str, str]] = {}
    for way in ways:
        target = draft.find(way.get("targetRef"))
        words = " ".join((way.get("name") or "").split()) or (called(target) if target is not None else "")
        code = variable(words, "way")
        taken = {one for one, _ in found.values()}
        number = 2
        while code in taken:
            code, number = f"{variable(words, 'way')}_{number}", number + 1
        found[way.get("id")] = (code, words or code)
    return found


def _step_before(draft: Draft, gateway: Any) -> Any:
    """Return the one step of a person whose outcome the gateway can ask for, or None."""
    seen, ahead, found = {gateway.get("id")}, [gateway], []
    while ahead:
        for flow in draft.incoming(ahead.pop()):
            node = draft.find(flow.get("sourceRef"))
            if node is None or node.get("id") in seen:
                continue
            seen.add(node.get("id"))
            if is_activity(node):
                found.append(node)
            else:
                ahead.append(node)
    if len(found) != 1 or local_name(found[0]) not in _PEOPLE or found[0].get(office("decision")):
        return None
    return found[0]


def _add_buttons(draft: Draft, step: Any, name: str, codes: Any) -> None:
    step.set(office("decision"), name)
    holder = step.find(f"{{{BPMN}}}extensionElements")
    if holder is None:
        holder = draft.make("extensionElements")
        at = sum(1 for one in step if local_name(one) == "documentation")
        step.insert(at, holder)
    for code, words in codes:
        outcome = draft.root.makeelement(office("outcome"), {"code": code, "name": words})
        holder.append(outcome)


def _free(draft: Draft, name: str) -> str:
    taken = {one.get(office("decision")) for one in draft.root.iter(f"{{{BPMN}}}*")}
    texts = " ".join(one.text or "" for one in draft.all("conditionExpression"))
    number, found = 2, name
    while found in taken or re.search(rf"\b{found}\b", texts):
        found, number = f"{name}_{number}", number + 1
    return found


def _take_over(draft: Draft, owner: Any) -> Said | None:
    """Take a condition of another tool over into FEEL, where FEEL says the same."""
    for child in owner.iter(
        f"{{{BPMN}}}conditionExpression", f"{{{BPMN}}}condition", f"{{{BPMN}}}completionCondition"
    ):
        before = (child.text or "").strip()
        after = draft.answer or as_feel(before)
        if not after or after == before:
            continue
        child.text = after
        child.attrib.pop("language", None)
        return Said(
            f"Điều kiện “{before}” của công cụ khác viết lại thành “{after}”.",
            f"The condition “{before}” of another tool is written as “{after}”.",
        )
    return None


def as_feel(text: str) -> str:
    """Return an expression of other tools as FEEL, or "" where that is not certain."""
    body = text.strip()
    found = re.fullmatch(r"[$#]\{(.*)\}", body, re.DOTALL)
    body = found[1] if found else body.removeprefix("=")
    if not found and body == text.strip():
        return ""
    for old, new in _JUEL if found else ():
        body = body.replace(old, new)
    body = re.sub(r"!\s*([A-Za-z_][\w.]*)", r"not(\1)", body) if found else body
    try:
        compile_feel(body.strip())
    except FeelError:
        return ""
    return " ".join(body.split())


FIXERS: dict[str, Fixer] = {
    "condition-missing": _fill,
    "expression-foreign": _take_over,
    "expression-language": _take_over,
    "expression": _take_over,
}
