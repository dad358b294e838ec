"""What goes into one step and what comes out: external events, effects, and the step itself.

All plain, and never changed. An executor is a function from a state and one event to a step; the host
writes the effects to its tables in the order in which they happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Evaluate = Callable[[str, Mapping[str, Any]], Any]
Status = Literal["running", "completed", "terminated", "failed", "cancelled"]

# --- events: what comes from outside -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """Begin an instance; `node` when one of its event starts caught something, which carried `data`."""

    process_id: str = ""
    node: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Complete:
    """The work of a token is done; `data` is what it gives: outputs, or variables by their names."""

    token: int
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Fire:
    """A timer fell due. `more`: it stays armed, because its cycle has repeats left."""

    token: int
    node: str
    number: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message arrived; the oldest listener of that name gets it whose keys have the same values.

    `keys`: values by the name of the correlation property, or of the variable, that they are compared
    with; one without a value yet fits any, because the first message gives it (BPMN 2.0.2, 8.4.2).
    `to`: the listener that the host has already chosen, as (token, node, number); keys then say nothing.
    """

    name: str
    keys: Mapping[str, Any] = field(default_factory=dict, hash=False)
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    to: tuple[int, str, int] | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal was broadcast; every listener of that name gets it, also none at all."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Choose:
    """A person begins an activity of an ad-hoc sub-process: at once, or next where they go in turn.

    Of one where everything is chosen, the id of the sub-process itself says that nothing more is.
    """

    node: str


@dataclass(frozen=True, slots=True)
class Fail:
    """The work of a token ends by a BPMN error."""

    token: int
    code: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """The work of a token raises an escalation, and may go on."""

    token: int
    code: str


@dataclass(frozen=True, slots=True)
class DataChanged:
    """Data changed outside a step: conditional events look again."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """The office ends the instance: every work item, timer and listener is withdrawn."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """The office gives up a step that cannot go on: it is interrupted, and its token takes one flow."""

    token: int
    flow: str


Happening = (
    Start | Complete | Choose | Fire | Message | Signal | Fail | Escalate | DataChanged | Cancel | Skip
)  # fmt: skip

# --- effects: what the host has to know --------------------------------------------------------

# Nobody changes an effect. That is not enforced: frozen ones take twice as long to make, a dozen for a step.
_effect = dataclass(slots=True, unsafe_hash=True)


@_effect
class Entered:
    """A node begins to act. A join does so when its last token has arrived."""

    node: str
    token: int


@_effect
class Left:
    """A node is done."""

    node: str
    token: int


@_effect
class Interrupted:
    """A node that had been entered ends without being done."""

    node: str
    token: int


@_effect
class FlowTaken:
    flow: str


@_effect
class WorkOpened:
    """A task waits for a person. `index` tells the instances of a loop apart, 0 outside loops."""

    node: str
    token: int
    index: int = 0


@_effect
class WorkClosed:
    node: str
    token: int
    how: Literal["completed", "cancelled"]


@_effect
class Awaited:
    """A catch event, event gateway or receive task waits for something from outside."""

    node: str
    token: int


@_effect
class TimerSet:
    """A timer is armed; the host reckons when it is due.

    Attributes:
        token: 0 for a timer of the whole process; together with `node` and `number` the key.
        text: ISO-8601, already evaluated and within bounds.
        working: Counted in working time of the unit.
    """

    node: str
    token: int
    number: int
    kind: Literal["date", "duration", "cycle"]
    text: str
    working: bool = False


@_effect
class TimerCleared:
    """An armed timer is no longer wanted. Not said of one that fired for the last time."""

    node: str
    token: int
    number: int


@_effect
class Thrown:
    """The diagram throws something: message, signal, error, escalation, compensate, cancel, terminate.

    `data` is what it carries: the data inputs of the node, by the names of their sources.
    `names`: of a message thrown in a loop, the engine's own names there, e.g. the item at hand.
    """

    kind: str
    ref: str
    node: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    names: Mapping[str, Any] = field(default_factory=dict, compare=False)


@_effect
class Uncaught:
    """An error or escalation that nothing in the diagram catches; an error then ends the instance."""

    kind: Literal["error", "escalation"]
    code: str
    node: str


@_effect
class Assigned:
    """A variable of the instance has a new value; `node` is what gave it."""

    name: str
    value: Any = field(hash=False)
    node: str = ""


@_effect
class Reached:
    """A token arrived at an end event and was consumed."""

    node: str


Effect = (
    Entered | Left | Interrupted | FlowTaken | WorkOpened | WorkClosed | Awaited
    | TimerSet | TimerCleared | Thrown | Uncaught | Assigned | Reached
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of one event: `state` is plain JSON and means something only to its executor."""

    state: Any
    effects: tuple[Effect, ...]
    status: Status
