"""What a DMN file says, as frozen values; nothing here knows how it is evaluated.

Expressions ("boxed expressions", DMN 1.5 chapter 10.2) are the classes from `Literal` to `Loop`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A named value; `type_ref` is empty where none is said."""

    name: str
    type_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDefinition:
    """A type of the file.

    Attributes:
        allowed: Unary tests for each value; of each item where it is a collection.
        constraint: Unary tests for the value as a whole.
        function: Types of the parameters and of the result, if it is the type of a function.
    """

    name: str
    type_ref: str = ""
    is_collection: bool = False
    allowed: str = ""
    constraint: str = ""
    components: tuple[ItemDefinition, ...] = ()
    function: tuple[tuple[str, ...], str] | None = None


# --- expressions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A column that is tested: the label, what is tested, and the values it may have."""

    label: str
    expression: str
    type_ref: str = ""
    allowed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A column of results; `values` in order of priority, highest first."""

    name: str
    label: str = ""
    type_ref: str = ""
    values: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row: a test for each input, an expression for each output."""

    tests: tuple[str, ...]
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Entries from top to bottom; `result` is the cell without a name, if there is one."""

    entries: tuple[tuple[Variable, Boxed | None], ...]
    result: Boxed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    callee: Boxed | None
    bindings: tuple[tuple[str, Boxed | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    items: tuple[Boxed | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    columns: tuple[Variable, ...]
    rows: tuple[tuple[Boxed | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDefinition:
    """Kind is FEEL, Java or PMML."""

    kind: str
    parameters: tuple[Variable, ...]
    body: Boxed | None
    type_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    test: Boxed | None
    then: Boxed | None
    other: Boxed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    items: Boxed | None
    match: Boxed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Kind is for, some or every."""

    kind: str
    variable: str
    items: Boxed | None
    body: Boxed | None
    uses_partial: bool = False


Boxed = (
    Literal
    | Table
    | Context
    | Invocation
    | ListOf
    | Relation
    | FunctionDefinition
    | Conditional
    | Filter
    | Loop
)


# --- elements of the requirements graph --------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class InputData:
    id: str
    variable: Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`requires` holds the references (href) of required inputs, decisions and knowledge."""

    id: str
    name: str
    variable: Variable
    expression: Boxed | None
    requires: tuple[str, ...] = ()
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """A business knowledge model: a function with a name."""

    id: str
    name: str
    variable: Variable
    function: FunctionDefinition | None
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A decision service: some decisions evaluated with given inputs."""

    id: str
    name: str
    variable: Variable
    outputs: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()


Element = InputData | Decision | Knowledge | Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    name: str
    namespace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionModel:
    """One file."""

    name: str
    namespace: str
    types: Mapping[str, ItemDefinition] = field(default_factory=dict)
    elements: Mapping[str, Element] = field(default_factory=dict)
    imports: tuple[Import, ...] = ()

    @property
    def decisions(self) -> list[Decision]:
        return [one for one in self.elements.values() if isinstance(one, Decision)]
