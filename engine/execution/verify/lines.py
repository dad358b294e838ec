"""The values that conditions ask for: which cells each can be in, who writes it, and how long it stands.

A *line* is one value that conditions test: a field of a form, the outcome of a step, a term of several
names. What can be in it is a set of cells, kept as the bits of a number; the knowledge of one path is a
tuple of such sets. Definitions: docs/reference/verify.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.bpmn.steps import StepSpec
from engine.domain.fields import NUMBERS, Field
from engine.domain.names import RESERVED
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.execution.verify.answers import is_main
from engine.feel.intervals import OTHER, Atom, day_cells, number_cells, open_cells

OPTIONS = "dossier.options."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Attributes:
    names: What it is made of, where that is not its name alone.
    cells: One value for each cell; `words` says it to a person where its value alone would not.
    start: Cells possible before any step was done.
    writes: By node, or by (node, outcome): the cells that completing it can leave the line in.
    kept: Outcomes that need no complete form, so that the line may also stay as it was.
    stands: Nobody changes it while the procedure runs, such as an option of the office.
    passes: It may be another one at any moment, such as the time.
    asked_again: No step says that it writes it; the gateway that asks twice asks a new value.
    is_known: All values it can have are known: a counterexample names one that can happen.
    is_plain: It is a value, not something reckoned from several: a counterexample names it exactly.
    """

    name: str
    label: Text
    cells: tuple[Any, ...]
    names: frozenset[str] = frozenset()
    words: tuple[Text, ...] = ()
    start: int
    writes: Mapping[str | tuple[str, str], int] = field(default_factory=dict)
    kept: frozenset[tuple[str, str]] = frozenset()
    stands: bool = False
    passes: bool = False
    asked_again: bool = False
    is_known: bool = False
    is_plain: bool = True

    def speaks_of(self, names: Iterable[str]) -> bool:
        return any(one in self.names or one == self.name for one in names)

    @property
    def all(self) -> int:
        return (1 << len(self.cells)) - 1

    def after(self, mask: int, node: str, outcome: str) -> int:
        """Return what is possible once the node was completed."""
        found = self.writes.get((node, outcome)) or self.writes.get(node, 0)
        return found | mask if (node, outcome) in self.kept else found or mask

    def say(self, mask: int) -> Text:
        """Say one value of a set of cells: `số tầng = 7`."""
        at = next(place for place in range(len(self.cells)) if mask >> place & 1)
        value = self.cells[at]
        vi, en = self.label.say("vi"), self.label.say("en")
        if value is None:
            return Text(f"{vi} chưa có", f"{en} is not given")
        said = self.words[at] if self.words else _shown(value)
        return Text(f"{vi} = {said.say('vi')}", f"{en} = {said.say('en')}")


def make_lines(
    atoms: Iterable[Atom],
    steps: Mapping[str, StepSpec],
    procedure: Procedure | None,
    flowing: Mapping[str, Iterable[str]] | None = None,
) -> tuple[Line, ...]:
    """Return one line for all atoms that test the same.

    `flowing` are names that data associations give values to, and where: those can be anything.
    """
    by_line: dict[str, list[Atom]] = {}
    for atom in atoms:
        by_line.setdefault(atom.line, []).append(atom)
    writers = _Writers(steps, procedure, flowing or {})
    return tuple(writers.line(name, found) for name, found in by_line.items())


class _Writers:
    def __init__(
        self, steps: Mapping[str, StepSpec], procedure: Procedure | None, flowing: Mapping[str, Iterable[str]]
    ) -> None:
        self.steps = steps
        self.carried = {one.name for step in steps.values() for one in step.fields}
        self.flowing = flowing
        self.options = dict(procedure.options) if procedure else {}
        forms = procedure.forms if procedure else {}
        self.forms = {step.id: forms[step.form] for step in steps.values() if step.form in forms}
        self.fields: dict[str, Field] = {}
        for form in forms.values():
            for one in form.fields:
                self.fields.setdefault(one.name, one)
        reception = forms.get(procedure.reception_form) if procedure else None
        self.first = {one.name for one in reception.fields} if reception else set()
        self.decisions: dict[str, list[StepSpec]] = {}
        for step in steps.values():
            if step.decision:
                self.decisions.setdefault(step.decision, []).append(step)

    def line(self, name: str, atoms: list[Atom]) -> Line:
        """Make the line; what no form and no step says about it is open."""
        cuts = [cut for atom in atoms for cut in atom.cuts]
        names = frozenset(one for atom in atoms for one in atom.names)
        is_free = name in self.carried or name in self.flowing
        if atoms[0].is_plain and not is_free and name in self.decisions and name not in self.fields:
            return self._decision(name, cuts)
        if atoms[0].is_plain and not is_free and name in self.fields and name not in self.decisions:
            return self._field(self.fields[name], cuts)
        cells = tuple(open_cells(cuts))
        every = (1 << len(cells)) - 1
        writes = {node: every for one in names for node in self._nodes_writing(one)}
        said = self._fixed(name, names)
        passes = not said and any(one in RESERVED and one != "unit" for one in names)
        loose = [one for one in names if one not in (*RESERVED, *self.options) and not self._is_written(one)]
        return Line(
            name=name,
            label=Text(name),
            names=names,
            cells=cells,
            start=every,
            writes=writes,
            stands=said,
            passes=passes,
            asked_again=bool(loose) and not said,
            is_plain=atoms[0].is_plain,
        )

    def _decision(self, name: str, cuts: list[Any]) -> Line:
        """Outcomes that no condition names are one cell."""
        steps = self.decisions[name]
        codes = list(dict.fromkeys(one.code for step in steps for one in step.outcomes)) or [""]
        others = [one for one in codes if one not in cuts]
        named = [one for one in codes if one in cuts]
        cells = (None, *named, *others[:1])
        place = {one: 1 << cells.index(one if one in named else others[0]) for one in codes}
        writes: dict[str | tuple[str, str], int] = {
            (step.id, one.code): place[one.code] for step in steps for one in step.outcomes
        }
        writes |= {step.id: place.get("", place[codes[0]]) for step in steps if not step.outcomes}
        said = {one.code: one.name for step in steps for one in step.outcomes if one.name}
        named_steps = [step.name for step in steps if step.name]
        return Line(
            name=name,
            label=_result_of(named_steps) if named_steps else Text(name),
            cells=cells,
            words=tuple(_quoted(said[one]) if one in said else _shown(one) for one in cells),
            start=1,
            writes=writes,
            is_known=True,
        )

    def _field(self, asked: Field, cuts: list[Any]) -> Line:
        values = _values(asked, cuts)
        is_given = asked.required is True and not asked.visible
        may_lack = asked.type != "bool" and not is_given
        cells = (None, *values)
        every = (1 << len(cells)) - 1
        filled = every if may_lack else every - 1
        nodes = self._nodes_writing(asked.name)
        kept = {
            (node, one.code)
            for node in nodes
            for one in self.steps[node].outcomes
            if not is_main(self.steps[node], one.code)
        }
        start = filled if asked.name in self.first else 1
        known = asked.type != "multi_choice" and bool(values)
        return Line(
            name=asked.name,
            label=asked.label,
            cells=cells,
            words=tuple(_said(asked, one) for one in cells),
            start=start,
            writes=dict.fromkeys(nodes, filled),
            kept=frozenset(kept),
            is_known=known,
        )

    def _fixed(self, name: str, names: frozenset[str]) -> bool:
        """Options of the office and facts of the unit: any value, but always the same."""
        return name.startswith((OPTIONS, "unit.")) or (bool(names) and names <= set(self.options))

    def _nodes_writing(self, name: str) -> list[str]:
        found = [node for node, form in self.forms.items() if any(one.name == name for one in form.fields)]
        found += [step.id for step in self.decisions.get(name, ())]
        found += [step.id for step in self.steps.values() if any(one.name == name for one in step.fields)]
        found += self.flowing.get(name, ())
        return found + [
            step.id for step in self.steps.values() if step.register and f"{step.register}_no" == name
        ]

    def _is_written(self, name: str) -> bool:
        return name in self.fields or bool(self._nodes_writing(name))


def _values(asked: Field, cuts: list[Any]) -> list[Any]:
    """One value for every cell of a field, within what the form lets a person enter."""
    low, high = asked.min, asked.max
    if asked.type == "bool":
        return [True, False]
    if asked.type in NUMBERS:
        bounds = [one if isinstance(one, Decimal) else None for one in (low, high)]
        return list(number_cells(cuts, *bounds, whole=asked.type != "decimal" or asked.digits == 0))
    if asked.type == "date":
        return list(day_cells(cuts, *(one if type(one) is date else None for one in (low, high))))
    if asked.type == "choice":
        named = [one.value for one in asked.options if one.value in cuts]
        others = [one.value for one in asked.options if one.value not in cuts]
        return [*named, *others[:1]]
    return [one for one in open_cells(cuts) if one is not None] or [OTHER]


def _said(asked: Field, value: Any) -> Text:
    option = asked.option(value)
    return _quoted(option.label) if option else _shown(value)


def _result_of(steps: list[Text]) -> Text:
    vi = " / ".join(dict.fromkeys(f"“{one.say('vi')}”" for one in steps))
    return Text(
        f"kết quả {vi}", f"the result of {' / '.join(dict.fromkeys(_quoted(one).say('en') for one in steps))}"
    )


def _quoted(text: Text) -> Text:
    return Text(f"“{text.say('vi')}”", f"“{text.say('en')}”")


def _shown(value: Any) -> Text:
    match value:
        case bool():
            return Text("có", "yes") if value else Text("không", "no")
        case Decimal():
            said = f"{value.normalize():f}"
            return Text(said.replace(".", ","), said)
        case date():
            return Text(f"{value:%d/%m/%Y}", value.isoformat())
        case str() if value == OTHER:
            return Text("giá trị khác", "another value")
    return Text(f"“{value}”")
