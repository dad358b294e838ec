"""Work that people choose: in an ad-hoc sub-process nothing begins before somebody has it begun.

The sub-process is a work item of its own: whoever has it chooses what is done, and says when nothing more is,
by finishing it. Whoever holds the role of an activity inside may begin that one too.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.steps import StepSpec
from engine.domain.access import Assignment, check_holds
from engine.domain.calendar import local_day
from engine.domain.texts import Text
from engine.errors import ProcedureError, Refused
from engine.execution import Choose, get_executor
from engine.store import cases as rows
from engine.store import units
from engine.store.steps import Item
from engine.store.work import Unit
from engine.usecases import submissions
from engine.usecases.audit import record
from engine.usecases.cases import Case, write_history
from engine.usecases.moving import move
from engine.usecases.organisation import check_unit_open
from engine.usecases.routing import unit_of_step
from engine.usecases.tasks import Completed, completed
from engine.usecases.visibility import check_visible


class NotToBegin(Refused):
    """The activity cannot be begun now: it is being done, or nobody may choose any more."""

    code = "not_to_begin"
    vi = "“{step}” không bắt đầu được lúc này: việc đang được làm, hoặc nhóm việc chứa nó đã kết thúc."
    en = "“{step_en}” cannot be begun now: it is being done, or the work it belongs to has ended."


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An activity that may be begun now.

    Attributes:
        group: Name of the sub-process that it stands in.
        unit: Name of the unit that would do it; empty while that cannot be said.
        may: The actor may begin it.
    """

    node: str
    name: Text
    group: Text
    unit: str
    may: bool


def choices_of(unit: Unit, dossier_id: int) -> tuple[Choice, ...]:
    """Return what may be begun in a dossier now, in the order of the diagram; nothing for most.

    Raises:
        NotFound: If there is no such dossier that this person may see.
    """
    row = rows.get_dossier(unit, dossier_id)
    check_visible(unit, row)
    return choices_in(Case.of(unit, row))


def choices_in(case: Case) -> tuple[Choice, ...]:
    """Return what may be begun in a dossier that is at hand."""
    return tuple(_choice(case, node, inside) for node, inside in _choosable(case).items())


def begin_work(unit: Unit, dossier_id: int, node: str, *, submission_key: str = "") -> Completed:
    """Begin an activity that people choose; the first free person of its role then does it.

    Args:
        submission_key: The same key again returns the same answer and does nothing.

    Raises:
        NotToBegin: If it is being done, or nothing may be chosen (any more).
        RoleMissing, UnitClosed: If the actor neither does such work nor chooses what is done.
        NoOneToDo: If nobody could do it.
    """
    body = {"dossier": dossier_id, "node": node}
    earlier = submissions.begin(unit, submission_key, "work.begin", body)
    if earlier is not None:
        return Completed.from_json(earlier)
    row = rows.lock_dossier(unit, dossier_id)
    case = Case.of(unit, row)
    name = _name(case, node)
    inside = _choosable(case).get(node)
    if inside is None:
        check_visible(unit, row)
        raise NotToBegin(
            "an activity that may be begun", f"{node!r} may not"[:80], step=name.vi, step_en=name.en
        )
    assignment = _check_may_begin(case, node, inside)
    case.assignment_id = assignment.id if assignment else None

    case.note("work.begun", node, name=name.vi, name_en=name.en)
    move(case, Choose(node))
    case.start_work()

    done = completed(case)
    write_history(case)
    said = {"node": node, "opened": [one.node_id for one in case.opened], "status": row.status}
    record(unit, f"dossier:{row.id}", "work.begun", said, case.assignment_id)
    submissions.finish(unit, submission_key, done.as_json())
    return done


def _choosable(case: Case) -> dict[str, str]:
    if not case.definition.model.lets_choose or not case.row.state:
        return {}
    return get_executor(case.row.executor).choosable(case.definition, case.state)


def _choice(case: Case, node: str, inside: str) -> Choice:
    try:
        unit_name = unit_of_step(case, case.spec(node)).name_vi
    except ProcedureError:  # said in full when somebody presses the button
        unit_name = ""
    try:
        _check_may_begin(case, node, inside)
        may = True
    except ProcedureError:
        may = False
    return Choice(node=node, name=_name(case, node), group=_name(case, inside), unit=unit_name, may=may)


def _check_may_begin(case: Case, node: str, inside: str) -> Assignment | None:
    """Return the chair by which the actor may begin an activity: that of its doers, or of who chooses."""
    unit, spec = case.unit, case.spec(node)
    chooser = _chooser(case, inside)
    if chooser is not None and unit.actor.holds(chooser.role, chooser.unit_id):
        check_unit_open(unit, chooser.unit_id, local_day(unit.now))
        return unit.actor.holds(chooser.role, chooser.unit_id)
    role, unit_id = _doers(case, spec, chooser)
    check_unit_open(unit, unit_id, local_day(unit.now))
    return check_holds(unit.actor, role, unit_id, units.get_unit(unit, unit_id).name_vi)


def _chooser(case: Case, inside: str) -> Item | None:
    return next((one for one in case.items if one.node_id == inside), None)


def _doers(case: Case, spec: StepSpec, chooser: Item | None) -> tuple[str, int]:
    """What no person does is begun by whoever chooses."""
    if spec.role or chooser is None:
        return spec.role, unit_of_step(case, spec).id
    return chooser.role, chooser.unit_id


def _name(case: Case, node: str) -> Text:
    spec = case.spec(node)
    found = case.definition.model.nodes.get(node)
    vi = spec.name.vi or getattr(found, "name", "") or node
    return Text(vi[:200], spec.name.en or vi[:200])
