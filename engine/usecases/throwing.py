"""A dossier throws a message: a row in the step's own transaction, delivered later by the worker.

What is thrown is fixed here, with the data of the step: what it carries, the keys that say whom it is for,
and until when it is kept for somebody to take it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from engine.bpmn.durations import parse_duration
from engine.bpmn.steps import StepSpec
from engine.domain.messages import KEPT, check_message, fit_of
from engine.execution import Thrown
from engine.feel import to_plain
from engine.store.message_rows import MessageRow
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.routing import COMPETENT, RECEIVING, unit_of_step

_ADD = insert(MessageRow.__table__)


def throw_message(case: Case, thrown: Thrown) -> None:
    """Write down what a node of the diagram throws.

    Raises:
        BadMessage: If it has too many keys or carries too much.
        ParticipantUnknown, NoSuccessor: If it is for an agency that has no unit here.
    """
    unit, spec = case.unit, case.spec(thrown.node)
    payload = _payload(case, spec, thrown)
    keys = _keys(case, thrown, payload)
    check_message(thrown.ref, keys, payload)
    title = spec.name.vi or thrown.ref
    unit.session.execute(
        _ADD,
        {
            **EMPTY,
            "name": thrown.ref,
            "title_vi": title,
            "title_en": spec.name.en,
            "source_dossier_id": case.row.id,
            "node_id": thrown.node,
            "from_unit_id": case.row.competent_unit_id,
            "to_unit_id": _to_unit(case, spec, thrown),
            "keys": keys,
            "key_count": len(keys),
            "fit": fit_of(keys),
            "payload": payload,
            "thrown_at": unit.now,
            "thrown_by": unit.actor.user_id,
            "expires_at": kept_until(unit, spec.keep),
            "state": KEPT,
            "next_try_at": unit.now,
        },
    )
    case.note("message.thrown", thrown.node, name=title, name_en=spec.name.en, ref=thrown.ref)


def kept_until(unit: Unit, keep: str = "") -> datetime:
    """Return until when a message waits for its receiver; `keep` is ISO-8601, "" for the usual time."""
    if keep:
        return parse_duration(keep).after(unit.now)
    return unit.now + timedelta(days=unit.engine.message_days)


EMPTY: dict[str, Any] = {
    "title_vi": "",
    "title_en": "",
    "source_dossier_id": None,
    "node_id": "",
    "origin": "",
    "outside_key": None,
    "from_unit_id": None,
    "to_unit_id": None,
    "applicant": {},
    "thrown_by": None,
    "attempts": 0,
    "target_dossier_id": None,
    "target_node_id": "",
    "trouble_code": "",
    "trouble_vi": "",
    "trouble_en": "",
}


def _payload(case: Case, spec: StepSpec, thrown: Thrown) -> dict[str, Any]:
    """Only what the diagram names leaves the dossier: data associations, and fields of the step."""
    named = {name: to_plain(value) for name, value in thrown.data.items()}
    said = {one.name: to_plain(case.evaluate(one.value, thrown.names)) for one in spec.fields}
    return {**named, **said}


def _keys(case: Case, thrown: Thrown, payload: dict[str, Any]) -> dict[str, Any]:
    paths = case.definition.model.message_paths.get(thrown.ref, {})
    names = {**thrown.names, **payload}
    return {key: to_plain(case.evaluate(path, names)) for key, path in paths.items()}


def _to_unit(case: Case, spec: StepSpec, thrown: Thrown) -> int | None:
    """The unit that the step's `mc:unit` names, or who continues its work; None for whoever it fits."""
    if not spec.unit_rule and spec.unit in ("", RECEIVING, COMPETENT):
        return None
    return unit_of_step(case, spec, thrown.names).id
