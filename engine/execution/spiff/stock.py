"""SpiffWorkflow as its documentation uses it: the whole instance, specification included, is the state.

Only measurements use this. `executor.py` keeps the specification out of the state and bounds the history.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.definitions import Definition
from engine.execution.errors import NothingWaits
from engine.execution.spiff.conditions import Conditions
from engine.execution.spiff.translation import node_of, process_id, translate
from engine.execution.steps import Evaluate


class StockWorkflow:
    """One instance after the other, each step from JSON to JSON."""

    def __init__(self, definition: Definition, evaluate: Evaluate) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(translate(definition.model, definition.process_id))
        self._spec = parser.get_spec(process_id(definition.process_id))
        self._conditions = Conditions(definition.model, evaluate)
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

    def start(self) -> str:
        workflow = BpmnWorkflow(self._spec, script_engine=self._conditions)
        workflow.do_engine_steps()
        return self._serializer.serialize_json(workflow)

    def complete(self, state: str, node: str) -> str:
        """Load, complete the open task of `node`, run on, dump."""
        workflow = self._serializer.deserialize_json(state)
        workflow.script_engine = self._conditions
        task = _open(workflow, node)
        task.run()
        workflow.do_engine_steps()
        return self._serializer.serialize_json(workflow)


def _open(workflow: BpmnWorkflow, node: str):
    for task in workflow.get_tasks(state=TaskState.READY):
        if node_of(task.task_spec.name) == node:
            return task
    raise NothingWaits("open work", f"{node} is not open", what=node)
