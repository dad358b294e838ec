"""When a form shows a field and when it needs it: what must be filled in is not empty where it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.domain.procedures import Procedure
from engine.execution.verify.lines import Line
from engine.execution.verify.questions import NO, YES, Tree, bound_tree, truth
from engine.feel import FeelError
from engine.feel.intervals import Atom, Condition, atoms, read_condition


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions of one field; None for always."""

    field: str
    visible: Condition | None
    required: Condition | None

    @property
    def atoms(self) -> list[Atom]:
        return [one for part in (self.visible, self.required) if part is not None for one in atoms(part)]


@dataclass(frozen=True, slots=True)
class BoundRule:
    at: int
    visible: Tree | None
    required: Tree | None

    def allows(self, box: Sequence[int]) -> bool:
        """Whether the field can be what the box says, as far as the rest of the box decides it."""
        empty = box[self.at] == 1  # the first cell of a field is the empty one
        if self.visible is not None and truth(self.visible, box, {}) in (NO, _NULL, NO | _NULL):
            return bool(box[self.at] & 1)
        shown = self.visible is None or truth(self.visible, box, {}) == YES
        needed = self.required is None or truth(self.required, box, {}) == YES
        return not (empty and shown and needed)


_NULL = 4


def read_rules(procedure: Procedure | None, asked: Iterable[str]) -> list[Rule]:
    """Return the rules of the fields that are asked for, where a rule says more than "always"."""
    wanted = set(asked)
    found = []
    for form in procedure.forms.values() if procedure else ():
        for one in form.fields:
            if one.name not in wanted or one.type == "bool" or one.required is False:
                continue
            try:
                visible = read_condition(one.visible) if one.visible else None
                required = read_condition(one.required) if isinstance(one.required, str) else None
            except FeelError:
                continue
            if visible is not None or required is not None:
                found.append(Rule(one.name, visible, required))
    return found


def bind_rules(rules: Iterable[Rule], lines: Sequence[Line]) -> Mapping[int, BoundRule]:
    """Return by line the rules that hold at any later time: all their fields are filled in together."""
    places = {line.name: at for at, line in enumerate(lines)}
    found = {}
    for rule in rules:
        at = places.get(rule.field)
        asked = [places[one.line] for one in rule.atoms]
        if at is None or not all(_together(lines[at], lines[one]) for one in asked):
            continue
        found[at] = BoundRule(
            at,
            bound_tree(rule.visible, lines) if rule.visible is not None else None,
            bound_tree(rule.required, lines) if rule.required is not None else None,
        )
    return found


def _together(line: Line, other: Line) -> bool:
    same = line.is_known and other.is_known and not line.kept and not other.kept
    return same and set(line.writes) == set(other.writes) and (line.start == 1) == (other.start == 1)
