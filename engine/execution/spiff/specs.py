"""Parsed specifications of the library, cached by the content of the diagram, and its serializer.

The specification is never part of a stored state: it follows from the diagram.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from threading import Lock
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG, BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter

from engine.bpmn.definitions import Definition
from engine.execution.spiff.joins import make_patient
from engine.execution.spiff.translation import process_id, translate

MOST_CACHED = 64


class Specs:
    """The specification of one diagram; the library does not change it while running the subset."""

    def __init__(self, definition: Definition) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(translate(definition.model, definition.process_id))
        name = process_id(definition.process_id)
        self.spec = parser.get_spec(name)
        self.subprocesses = parser.get_subprocess_specs(name)
        make_patient(self.spec, *self.subprocesses.values())
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(_config(self)))
        self._lock = Lock()

    def start(self, engine: PythonScriptEngine) -> BpmnWorkflow:
        return BpmnWorkflow(self.spec, self.subprocesses, script_engine=engine)

    def restore(self, state: Any, engine: PythonScriptEngine) -> BpmnWorkflow:
        with self._lock:
            workflow = self._serializer.deserialize_json(json.dumps(state))
        workflow.script_engine = engine
        return workflow

    def dump(self, workflow: BpmnWorkflow) -> Any:
        """Return the state of a workflow as plain JSON, without its specification."""
        with self._lock:
            return json.loads(self._serializer.serialize_json(workflow))


def specs_of(definition: Definition) -> Specs:
    """Return the parsed specification of a diagram, from the cache if there is one."""
    key = (definition.hash, definition.process_id)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    made = Specs(definition)
    with _lock:
        _cache[key] = made
        while len(_cache) > MOST_CACHED:
            _cache.popitem(last=False)
    return made


_cache: OrderedDict[tuple[str, str], Specs] = OrderedDict()
_lock = Lock()


def _config(specs: Specs) -> dict[Any, Any]:
    class WithoutSpecification(BpmnWorkflowConverter):
        def to_dict(self, workflow: BpmnWorkflow) -> dict[str, Any]:
            dumped = WorkflowConverter.to_dict(self, workflow)
            dumped["subprocesses"] = self.mapping_to_dict(workflow.subprocesses)
            return dumped

        def from_dict(self, dumped: dict[str, Any]) -> BpmnWorkflow:
            return super().from_dict({**dumped, "spec": specs.spec, "subprocess_specs": specs.subprocesses})

    return {**DEFAULT_CONFIG, BpmnWorkflow: WithoutSpecification}
