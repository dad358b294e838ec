"""What an author does to a procedure in the outline: one function is one act on the drawing.

Each takes the sheet and what was chosen, and returns the id of the part that the author looks at next.
Nothing here reads a request or a database; what cannot be done is refused in a sentence and the sheet is
thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from designer import office_parts as parts
from designer.kinds import OFFERED
from designer.repeats import Repeat, write_repeat
from designer.sheet import Sheet
from designer.ways import (
    CHOOSERS,
    PERSONAL,
    check_target,
    code_of,
    decider,
    decides_for,
    drop_strays,
    find,
    find_activity,
    find_flow,
    find_node,
    free_name,
    join_of,
    onward,
    outcomes_of,
    put_node,
    refuse,
    set_condition,
)
from engine.bpmn.extensions import BPMN, MC, local_name, scan_steps
from engine.bpmn.repair.draft import variable
from engine.bpmn.steps import Outcome
from engine.domain.names import is_free
from engine.domain.texts import Text

MOST_BRANCHES = 12
NOTHING = Text("")
NEXT, END = "next", "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One way out of a decision.

    Attributes:
        to: `next`, `end`, or the id of the node it leads to.
        feel: Its condition; empty for the remaining branch, and where a button decides.
    """

    name: Text
    to: str = NEXT
    feel: str = ""
    code: str = ""
    style: str = "plain"
    reason: bool = False


# --- steps -----------------------------------------------------------------------------------------


def add_step(sheet: Sheet, where: str, kind: str, name: Text = NOTHING, **more: str) -> str:
    """Put a step on a flow, or behind a node that has one way on or none.

    Args:
        where: The id of a flow, or of the node after which the step comes.
        kind: One of `designer.kinds.OFFERED`.
    """
    if kind not in OFFERED:
        refuse("Hãy chọn loại bước.", "Choose the kind of step.")
    step = put_node(sheet, where, "userTask")
    begin_step(step, kind, name)
    for word, value in more.items():
        parts.set_word(step, word, value)
    return step.get("id")


def begin_step(step: Any, kind: str, name: Text = NOTHING) -> None:
    """Write what a new step of a kind begins with."""
    offer = OFFERED[kind]
    parts.set_name(step, name if name else offer.name)
    parts.set_word(step, "kind", kind)
    facts = {"role": offer.role, "unit": offer.unit, "hours": offer.hours}
    facts |= {"result": offer.result, "register": offer.register}
    facts["ownClock"] = "true" if offer.own_clock else ""
    for word, value in facts.items():
        parts.set_word(step, word, value)
    parts.set_public(step, offer.public)
    parts.set_outcomes(step, [Outcome(code="done", name=offer.button, style="main")])


def remove(sheet: Sheet, key: str) -> str:
    """Take a step out, with the decision behind it if it has one; what led to it leads on."""
    node = find_node(sheet, key)
    if local_name(node) in ("startEvent", "endEvent"):
        refuse("Điểm bắt đầu và kết thúc không bỏ được.", "A start or an end cannot be taken out.")
    after = onward(sheet, node)
    gate = next((sheet.target(one) for one in sheet.outgoing(node)), None)
    if gate is not None and decides_for(sheet, gate, node):
        sheet.take_out(gate)
    before = next((sheet.source(one) for one in sheet.incoming(node)), None)
    called = sheet.find((node.get("calledElement") or "").rpartition(":")[2])
    sheet.take_out(node)
    if called is not None and not any(
        one.get("calledElement") == called.get("id") for one in sheet.all("callActivity")
    ):
        sheet.remove(called)  # nobody else calls it, and a process that nothing calls cannot stay
    drop_strays(sheet)
    return (after or (before.get("id") if before is not None else "")) if after != key else ""


# --- decisions -------------------------------------------------------------------------------------


def decide(sheet: Sheet, key: str, branches: Sequence[Branch]) -> str:
    """Let the buttons of a step decide where the dossier goes: one branch, one button."""
    step = find_node(sheet, key)
    named = _named(branches)
    if local_name(step) not in PERSONAL:
        refuse("Chỉ bước có người làm mới có nút.", "Only a step that somebody does has buttons.")
    gate = _gate_behind(sheet, step, "exclusiveGateway")
    decision = step.get(f"{{{MC}}}decision") or _new_decision(sheet, step)
    parts.set_word(step, "decision", decision)
    known = [one for one in outcomes_of(sheet, key) if one.code != "done"]
    codes = [one.code for one in known]
    for branch in named:
        code = branch.code or free_name(variable(branch.name.vi, "choice"), codes)
        if code not in codes:
            codes.append(code)
            style = branch.style if branch.style != "plain" or known else "main"
            known.append(Outcome(code=code, name=branch.name, style=style, reason=branch.reason))
        _lead(sheet, gate, branch, f'{decision} = "{code}"')
    parts.set_outcomes(step, known)
    return key


def choose(sheet: Sheet, where: str, name: Text, branches: Sequence[Branch]) -> str:
    """Put a choice by conditions on a flow or behind a node; the branch without one is the remaining one."""
    named = _named(branches)
    if sum(1 for one in named if not one.feel) != 1:
        refuse(
            "Cần đúng một nhánh không có điều kiện: nhánh còn lại, đi khi không nhánh nào khác đúng.",
            "Exactly one branch must be without a condition: the one taken when no other holds.",
        )
    gate = put_node(sheet, where, "exclusiveGateway")
    parts.set_name(gate, name)
    for branch in named:
        _lead(sheet, gate, branch, branch.feel)
    return gate.get("id")


def add_branch(sheet: Sheet, key: str, branch: Branch) -> str:
    """Give a decision one more branch: with a button where buttons decide, else with its condition."""
    gate = find_node(sheet, key)
    if local_name(gate) == "parallelGateway":
        refuse("Đây là điểm chạy song song; hãy thêm một nhánh song song.",
                "This is a parallel split; add a parallel branch.")  # fmt: skip
    if local_name(gate) not in CHOOSERS:
        refuse("Nhánh chỉ thêm được ở một điểm rẽ.", "A branch is added where the way forks.")
    step = decider(sheet, gate)
    if step is not None and not branch.feel:
        return decide(sheet, step.get("id"), [branch])
    _named([branch])
    flow = _lead(sheet, gate, branch, branch.feel)
    return flow.get("id")


def edit_branch(sheet: Sheet, key: str, *, name: Text, feel: str, is_rest: bool, to: str) -> str:
    """Name a flow, say when it is taken, and lead it somewhere else."""
    flow = find_flow(sheet, key)
    source = sheet.source(flow)
    if name.vi:
        flow.set("name", name.vi)
    else:
        flow.attrib.pop("name", None)
    parts.set_english(flow, "name", name.en)
    if is_rest and local_name(source) in CHOOSERS:
        source.set("default", key)
        set_condition(sheet, flow, "")
    else:
        if source.get("default") == key:
            del source.attrib["default"]
        set_condition(sheet, flow, feel)
    if to and to != flow.get("targetRef"):
        target = sheet.add_after(source, "endEvent", name="") if to == END else find(sheet, to)
        check_target(sheet, source, target)
        sheet.redirect(flow, target=target)
        drop_strays(sheet)
    return key


def remove_branch(sheet: Sheet, key: str) -> str:
    """Take one way out of a decision away; a decision with one way left goes too."""
    flow = find_flow(sheet, key)
    source = sheet.source(flow)
    if len(sheet.outgoing(source)) < 2 and local_name(source) != "boundaryEvent":
        refuse("Không bỏ được đường duy nhất đi tiếp.", "The only way on cannot be taken out.")
    step, code = decider(sheet, source), code_of(flow)
    sheet.remove(flow)
    if step is not None and code:
        parts.set_outcomes(step, [one for one in outcomes_of(sheet, step.get("id")) if one.code != code])
    if local_name(source) == "boundaryEvent" and not sheet.outgoing(source):
        sheet.remove(source)
    elif local_name(source).endswith("Gateway") and len(sheet.outgoing(source)) == 1:
        _unchoose(sheet, source, step)
    drop_strays(sheet)
    return step.get("id") if step is not None else ""


def _unchoose(sheet: Sheet, gate: Any, step: Any) -> None:
    """Let a dossier go straight on where one branch is left."""
    [flow] = sheet.outgoing(gate)
    set_condition(sheet, flow, "")
    if step is not None:
        parts.set_word(step, "decision", "")
    sheet.take_out(gate)


# --- at the same time ------------------------------------------------------------------------------


def branch_out(sheet: Sheet, where: str, steps: Sequence[tuple[str, Text]]) -> str:
    """Let steps be done at the same time: a split, one (kind, name) a branch, the wait for all."""
    if not 2 <= len(steps) <= MOST_BRANCHES:
        refuse(f"Cần từ 2 đến {MOST_BRANCHES} bước làm song song.",
                f"From 2 to {MOST_BRANCHES} parallel steps are needed.")  # fmt: skip
    split = put_node(sheet, where, "parallelGateway")
    parts.set_name(split, Text("Làm song song", "At the same time"))
    [ahead] = sheet.outgoing(split) or [None]
    join = (
        sheet.insert(ahead, "parallelGateway")
        if ahead is not None
        else sheet.append(split, "parallelGateway")
    )
    parts.set_name(join, Text("Chờ đủ các nhánh", "Wait for all branches"))
    [direct] = [one for one in sheet.outgoing(split) if sheet.target(one) is join]
    first = ""
    for at, (kind, name) in enumerate(steps):
        step = sheet.insert(direct, "userTask") if at == 0 else sheet.append(split, "userTask")
        if at:
            sheet.connect(step, join)
        begin_step(step, kind, name)
        first = first or step.get("id")
    return first


def add_parallel(sheet: Sheet, key: str, kind: str, name: Text) -> str:
    """Give a parallel split one more step, which its join waits for."""
    split = find_node(sheet, key, "parallelGateway")
    join = join_of(sheet, split)
    if kind not in OFFERED:
        refuse("Hãy chọn loại bước.", "Choose the kind of step.")
    step = sheet.append(split, "userTask")
    sheet.connect(step, join)
    begin_step(step, kind, name)
    return step.get("id")


# --- repetitions, decision tables, names ---------------------------------------------------------------


def set_repeat(sheet: Sheet, key: str, repeat: Repeat) -> str:
    """Say how often a step or a group of steps is done."""
    write_repeat(sheet, find_activity(sheet, key), repeat)
    return key


def set_decision_table(sheet: Sheet, key: str, decide: str, into: str) -> str:
    """Say which decision table an automatic step asks, and what its result is called."""
    step = find_node(sheet, key, "businessRuleTask")
    if not decide:
        refuse("Hãy chọn bảng quyết định.", "Choose the decision table.")
    if into and not (into.isascii() and into.isidentifier() and is_free(into)):
        refuse(
            f"Tên kết quả chỉ gồm chữ không dấu, số và gạch dưới; đang ghi “{into[:30]}”.",
            f"The name of the result has letters, digits and underscores only; “{into[:30]}” was given.",
        )
    parts.set_word(step, "decide", decide)
    parts.set_word(step, "decideInto", into)
    return key


def name_part(sheet: Sheet, key: str, name: Text) -> str:
    parts.set_name(find_node(sheet, key), name)
    return key


# --- how the drawing holds together ------------------------------------------------------------------


def _gate_behind(sheet: Sheet, step: Any, kind: str) -> Any:
    """Return the decision behind a step, made if there is none."""
    ways = sheet.outgoing(step)
    if len(ways) > 1:
        refuse("Bước này đã rẽ nhiều đường.", "This step has several ways on already.")
    if ways:
        target = sheet.target(ways[0])
        if decides_for(sheet, target, step):
            return target
        gate = sheet.insert(ways[0], kind)
    else:
        gate = sheet.append(step, kind)
    name = step.get("name") or ""
    english = next((one.name.en for one in (scan_steps(sheet.root).steps[step.get("id")],)), "")
    parts.set_name(gate, Text(f"{name}: kết quả?", f"{english}: the outcome?" if english else ""))
    return gate


def _lead(sheet: Sheet, gate: Any, branch: Branch, feel: str) -> Any:
    """Draw one branch; `next` takes over the way that was there before."""
    plain = [one for one in sheet.outgoing(gate) if one.find(f"{{{BPMN}}}conditionExpression") is None]
    plain = [one for one in plain if one.get("id") != gate.get("default") and not one.get("name")]
    if branch.to == NEXT and plain:
        flow = plain[0]
    elif branch.to == NEXT:
        others = [sheet.target(one) for one in sheet.outgoing(gate)]
        flow = sheet.connect(gate, others[0] if others else sheet.add_after(gate, "endEvent"))
    elif branch.to == END:
        end = sheet.add_after(gate, "endEvent")
        parts.set_name(
            end, Text(f"Kết thúc: {branch.name.vi}", f"End: {branch.name.en}" if branch.name.en else "")
        )
        flow = sheet.connect(gate, end)
    else:
        target = find(sheet, branch.to)
        check_target(sheet, gate, target)
        flow = sheet.connect(gate, target)
    flow.set("name", branch.name.vi)
    parts.set_english(flow, "name", branch.name.en)
    if feel:
        set_condition(sheet, flow, feel)
    elif local_name(gate) in CHOOSERS:
        gate.set("default", flow.get("id"))
    return flow


def _new_decision(sheet: Sheet, step: Any) -> str:
    taken = [one.decision for one in scan_steps(sheet.root).steps.values() if one.decision]
    return free_name(variable(step.get(f"{{{MC}}}kind") or step.get("name") or "step"), taken)


def _named(branches: Sequence[Branch]) -> list[Branch]:
    named = [
        replace(one, name=Text(one.name.vi.strip(), one.name.en.strip()))
        for one in branches
        if one.name.vi.strip()
    ]
    if not named:
        refuse("Hãy đặt tên cho nhánh.", "Give the branch a name.")
    if len(named) > MOST_BRANCHES:
        refuse(f"Nhiều nhất {MOST_BRANCHES} nhánh.", f"At most {MOST_BRANCHES} branches.")
    return named
