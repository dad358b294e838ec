"""The seam: what every runtime of diagrams can do, and the runtimes there are.

The host knows executors only by this. A state belongs to the executor that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from engine.bpmn.definitions import Definition, load_definition
from engine.bpmn.lint import lint
from engine.bpmn.lint.findings import Finding
from engine.bpmn.model import Flow
from engine.errors import Invalid, ProcedureError
from engine.execution.advance import advance, choosable, local_claims, open_work, stuck, waiting, ways_on
from engine.execution.awaits import Await, awaits, own_keys
from engine.execution.steps import Evaluate, Happening, Start, Step

EXECUTORS = ("marking", "spiffworkflow")


class UnknownExecutor(Invalid):
    """The name of a runtime is none of EXECUTORS."""

    code = "unknown_executor"
    vi = "Không có bộ chạy quy trình “{found}”; chọn một trong: {expected}."
    en = "There is no executor “{found}”; choose one of: {expected}."


class Executor(Protocol):
    name: str

    def advance(self, definition: Definition, state: Any, event: Happening, evaluate: Evaluate) -> Step:
        """Let one event happen. Pure: the given state is not changed."""

    def unsupported(self, definition: Definition) -> list[Finding]:
        """Return what of a diagram this executor cannot run as the standard says; empty when all of it."""

    def claims(
        self, definition: Definition, state: Any, token: int, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the values that stay local when work is completed with them; the host keeps the others."""

    def open_work(self, definition: Definition, state: Any) -> list[tuple[str, int]]:
        """Return (node, token) of all work that waits for a person, the oldest first."""

    def waiting(self, definition: Definition, state: Any) -> list[tuple[str, int]]:
        """Return (node, token) of everything that waits for the outside, the oldest first."""

    def awaits(self, definition: Definition, state: Any) -> list[Await]:
        """Return the messages that the instance waits for; none of a state that is None."""

    def own_keys(
        self, definition: Definition, state: Any, waiting: Await, evaluate: Evaluate
    ) -> dict[str, Any]:
        """Return the values that a message must bring to be for this listener; empty if none are named."""

    def ways_on(self, definition: Definition, state: Any, token: int) -> list[Flow]:
        """Return the flows along which a waiting step may be skipped; empty if it may not."""

    def choosable(self, definition: Definition, state: Any) -> dict[str, str]:
        """Return the activities that a person may begin now, each with the sub-process it stands in."""

    def stuck(self, definition: Definition, state: Any) -> list[str]:
        """Return the joins of a running instance in which nothing can ever happen any more."""


class MarkingExecutor:
    """Our own interpreter: all of BPMN that a diagram may contain."""

    name = "marking"

    def advance(self, definition: Definition, state: Any, event: Happening, evaluate: Evaluate) -> Step:
        if isinstance(event, Start) and not event.process_id:
            event = Start(definition.process_id, event.node)
        return advance(definition.model, state, event, evaluate)

    def unsupported(self, definition: Definition) -> list[Finding]:
        return []

    def claims(
        self, definition: Definition, state: Any, token: int, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        return local_claims(definition.model, state, token, values)

    def open_work(self, definition: Definition, state: Any) -> list[tuple[str, int]]:
        return open_work(definition.model, state)

    def waiting(self, definition: Definition, state: Any) -> list[tuple[str, int]]:
        return waiting(definition.model, state)

    def awaits(self, definition: Definition, state: Any) -> list[Await]:
        return awaits(definition.model, state)

    def own_keys(
        self, definition: Definition, state: Any, waiting: Await, evaluate: Evaluate
    ) -> dict[str, Any]:
        return own_keys(definition.model, state, waiting, evaluate)

    def ways_on(self, definition: Definition, state: Any, token: int) -> list[Flow]:
        return ways_on(definition.model, state, token)

    def choosable(self, definition: Definition, state: Any) -> dict[str, str]:
        return choosable(definition.model, state)

    def stuck(self, definition: Definition, state: Any) -> list[str]:
        return stuck(definition.model, state)


def lint_for(executor: str, xml: bytes, beside: Callable[[str], bytes | None] | None = None) -> list[Finding]:
    """Return what the linter finds, and what this executor, on which dossiers run here, cannot run.

    The second question is asked of the model, so of a diagram that can be executed only: neither one with
    errors nor a mere picture, of which the linter only says what it would need.
    """
    found = lint(xml, beside)
    if any(one.is_error for one in found):
        return found
    try:
        definition = load_definition(xml)
    except ProcedureError:
        return found
    return [*found, *get_executor(executor).unsupported(definition)]


def get_executor(name: str) -> Executor:
    """Return the executor of a name; the second one is only imported where it is used.

    Raises:
        UnknownExecutor: If there is none.
    """
    if name == "marking":
        return MarkingExecutor()
    if name == "spiffworkflow":
        from engine.execution.spiff.executor import SpiffExecutor

        return SpiffExecutor()
    raise UnknownExecutor(", ".join(EXECUTORS), str(name)[:40])
