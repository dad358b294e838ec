"""Inclusive joins by the standard: the library's own follow only one way back through a merge.

Behind a choice whose branches meet again before the join, the library's rule sometimes misses a token
that may still come, and goes on without it. Source: BPMN 2.0.2, 13.4.3.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway
from SpiffWorkflow.util.task import TaskState

_ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED  # the last: a sub-process at work


class PatientJoin(InclusiveGateway):  # type: ignore[misc]
    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        """Whether no active task may still come on an empty way in, unless it can also reach a marked one."""
        tasks = list(my_task.workflow.get_tasks(end_at_spec=self.name))
        marked = {
            task.parent.task_spec
            for task in tasks
            if task.task_spec is self and task.parent.state == TaskState.COMPLETED
        }
        empty = [one for one in self.inputs if one not in marked]
        for source in {task.task_spec for task in tasks if task.has_state(_ACTIVE)} - {self}:
            reached = self._reached_from(source)
            if reached.intersection(empty) and not reached.intersection(marked):
                return False
        return True

    def _reached_from(self, source: Any) -> set[Any]:
        """Specifications on ways from the source that do not pass this join."""
        seen: set[Any] = set()
        todo = [source]
        while todo:
            at = todo.pop()
            if at is not self and at not in seen:
                seen.add(at)
                todo += at.outputs
        return seen


def make_patient(*specifications: Any) -> None:
    """Give every inclusive join of freshly parsed specifications the rule of the standard."""
    for specification in specifications:
        for one in specification.task_specs.values():
            if type(one) is InclusiveGateway:
                one.__class__ = PatientJoin
