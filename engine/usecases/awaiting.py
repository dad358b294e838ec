"""What a dossier waits for, as rows: kept in step with its marking, in the transaction of the step.

A step that changes nothing of what is awaited writes nothing, and costs no question.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from engine.domain.messages import OWN_CODE, fit_of
from engine.execution import get_executor
from engine.execution.awaits import Await
from engine.execution.executors import Executor
from engine.feel import to_plain
from engine.store.message_rows import MessageWaitRow
from engine.usecases.cases import Case

_WAITS = MessageWaitRow.__table__
_ADD = insert(_WAITS)
_OF = _WAITS.c.dossier_id == bindparam("of_dossier")
_TAKE = delete(_WAITS).where(
    _OF,
    _WAITS.c.token == bindparam("of_token"),
    _WAITS.c.node_id == bindparam("at_node"),
    _WAITS.c.number == bindparam("of_number"),
)
_TAKE_ALL = delete(_WAITS).where(_OF)
_UNFINISHED = select(_WAITS.c.id, _WAITS.c.token, _WAITS.c.node_id, _WAITS.c.number).where(
    _OF, _WAITS.c.fit == ""
)


def keep_waits(case: Case, before: Any, after: Any) -> None:
    """Write what a step changed about the messages that the dossier waits for; both are states."""
    if not case.definition.model.awaits_messages:
        return
    executor = get_executor(case.row.executor)
    was = {one.address: one for one in executor.awaits(case.definition, before)}
    now = {one.address: one for one in executor.awaits(case.definition, after)}
    gone, new, stay = was.keys() - now.keys(), now.keys() - was.keys(), now.keys() & was.keys()
    if gone:
        case.unit.session.execute(_TAKE, [_key(case, *address) for address in sorted(gone)])
    if stay:
        _finish_keys(case, executor, after, [now[one] for one in stay])
    _add(case, executor, after, [now[one] for one in now if one in new])


def rewrite_waits(case: Case) -> None:
    """Write them all anew, by the diagram that the dossier has now."""
    case.unit.session.execute(_TAKE_ALL, {"of_dossier": case.row.id})
    if case.definition.model.awaits_messages:
        executor, state = get_executor(case.row.executor), json.loads(case.row.state)
        _add(case, executor, state, executor.awaits(case.definition, state))


def _add(case: Case, executor: Executor, state: Any, new: Iterable[Await]) -> None:
    rows = []
    for one in new:
        keys = _own_keys(case, executor, state, one)
        rows.append(
            {
                "dossier_id": case.row.id,
                "token": one.token,
                "node_id": one.node,
                "number": one.number,
                "name": one.name,
                "keys": keys,
                "fit": fit_of(keys),
                "since": case.unit.now,
                "look_at": case.unit.now,
            }
        )
    if rows:
        case.unit.session.execute(_ADD, rows)


def _own_keys(case: Case, executor: Executor, state: Any, one: Await) -> dict[str, Any]:
    named = executor.own_keys(case.definition, state, one, case.evaluate)
    keys = {key: to_plain(value) for key, value in named.items()}
    return {**keys, OWN_CODE: case.row.code} if OWN_CODE in keys or not keys else keys


def _finish_keys(case: Case, executor: Executor, state: Any, stay: list[Await]) -> None:
    """A key gets its value once, as soon as the dossier has one (BPMN 2.0.2, 8.4.2)."""
    if not any(one.name in case.definition.model.message_paths for one in stay):
        return
    known = {one.address: one for one in stay}
    for ident, *address in case.unit.session.execute(_UNFINISHED, {"of_dossier": case.row.id}).all():
        one = known.get(tuple(address))
        keys = _own_keys(case, executor, state, one) if one else {}
        if fit := fit_of(keys):
            values = {"keys": keys, "fit": fit, "look_at": case.unit.now}
            case.unit.session.execute(update(_WAITS).where(_WAITS.c.id == ident).values(**values))


def _key(case: Case, token: int, node: str, number: int) -> dict[str, Any]:
    return {"of_dossier": case.row.id, "of_token": token, "at_node": node, "of_number": number}
