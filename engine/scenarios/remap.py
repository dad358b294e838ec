"""Finding steps again whose ids have changed: by name, kind and place. A person confirms every pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.bpmn.definitions import Definition
from engine.domain.scenarios import KnownStep, Scenario
from engine.domain.texts import Text, fold
from engine.execution.run import WORK
from engine.scenarios.places import places
from engine.scenarios.runs import with_names

LIKELY = 0.6  # below this a name says nothing
NEAR = 3  # places


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A step that is gone, and where it may be now.

    Attributes:
        new: Id of the step that it seems to be; "" when none seems to.
        why: For the person who confirms.
        others: Steps that no scenario knows yet, the likeliest first: id and name.
    """

    old: str
    name: Text
    new: str
    why: Text
    others: tuple[tuple[str, Text], ...] = ()


def propose(definition: Definition, scenarios: Iterable[Scenario]) -> list[Proposal]:
    """Return a proposal for every step that scenarios name and the diagram does not have."""
    scenarios = list(scenarios)
    named = dict.fromkeys(one for scenario in scenarios for one in scenario.named_steps)
    known = {key: step for scenario in scenarios for key, step in scenario.steps.items()}
    lost = [one for one in named if one not in definition.model.nodes]
    order = places(definition)
    free = [one for one in order if definition.model.nodes[one].kind in WORK and one not in named]
    pairs = sorted(
        (
            (*_likeness(known.get(old) or KnownStep(name=Text(old)), _now(definition, new, order)), old, new)
            for old in lost
            for new in free
        ),
        key=lambda one: -one[0],
    )
    chosen: dict[str, tuple[str, Text]] = {}
    for score, why, old, new in pairs:
        if score >= LIKELY and old not in chosen and new not in {one for one, _ in chosen.values()}:
            chosen[old] = new, why
    found = []
    for old in lost:
        new, why = chosen.get(old, ("", NOT_FOUND))
        others = tuple((one, _now(definition, one, order).name) for _, _, at, one in pairs if at == old)
        name = known[old].name if old in known else Text(old)
        found.append(Proposal(old=old, name=name, new=new, why=why, others=others))
    return found


def remap(definition: Definition, scenario: Scenario, ids: Mapping[str, str]) -> Scenario:
    """Return a scenario about the new steps, with their names of today."""
    return with_names(definition, scenario.with_steps(ids))


NOT_FOUND = Text(
    "không thấy bước nào giống; hãy chọn, hoặc sửa kịch bản",
    "no step is like it; choose one, or edit the scenario",
)
_SAME_NAME = Text("cùng tên", "the same name")
_LIKE_NAME = Text("tên gần giống", "a similar name")
_KIND_AND_PLACE = Text(
    "cùng loại bước, cùng chỗ trong sơ đồ", "the same kind at the same place of the diagram"
)


def _now(definition: Definition, step: str, order: Mapping[str, int]) -> KnownStep:
    spec = definition.steps.get(step)
    name = spec.name if spec and spec.name else Text(definition.model.nodes[step].name or step)
    return KnownStep(name=name, kind=spec.kind if spec else "", place=order.get(step, 0))


def _likeness(old: KnownStep, new: KnownStep) -> tuple[float, Text]:
    """Return how much a step is like another, 0 to about 1.2, and in what."""
    names = fold(old.name.vi), fold(new.name.vi)
    same_kind = bool(old.kind) and old.kind == new.kind
    is_near = bool(old.place) and abs(old.place - new.place) <= NEAR
    bonus = 0.1 * same_kind + 0.1 * is_near
    if names[0] == names[1]:
        return 1.0 + bonus, _SAME_NAME
    alike = SequenceMatcher(None, *names).ratio()
    if alike >= LIKELY:
        return alike + bonus, _LIKE_NAME
    if same_kind and is_near:
        return LIKELY + 0.1 - 0.01 * abs(old.place - new.place), _KIND_AND_PLACE
    return alike * 0.5, NOT_FOUND
