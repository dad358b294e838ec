"""The library's script engine, replaced: conditions are ours to evaluate, scripts run nothing."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.task import Task

from engine.bpmn.model import Model
from engine.errors import ProcedureError
from engine.execution.errors import NotBoolean
from engine.execution.spiff.translation import ALWAYS, node_of, split_of
from engine.execution.steps import Evaluate


class Conditions(PythonScriptEngine):
    """Gives conditions to the host's evaluator; never evaluates or executes Python."""

    def __init__(self, model: Model, evaluate: Evaluate) -> None:
        super().__init__(environment=_NoPython())
        self.model = model
        self.evaluator = evaluate

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> bool:
        if expression == ALWAYS:
            return True
        node = node_of(task.task_spec.name) or split_of(task.task_spec.name)
        try:
            value = self.evaluator(expression, {})
        except ProcedureError as error:
            error.facts.setdefault("node", node)
            raise
        if value is None or isinstance(value, bool):
            return bool(value)
        name = self.model.nodes[node].name or node
        raise NotBoolean("true or false", f"{value!r}"[:80], text=expression[:120], element=name, node=node)

    def execute(self, task: Task, script: str, external_context: Any = None) -> bool:
        """Automatic tasks complete at once; there is nothing to execute."""
        return True


class _NoPython:
    """Stands where the library keeps what runs Python."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the second engine must not run Python: {name}")
