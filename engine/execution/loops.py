"""Standard loops and multi-instance activities: one token owns the activity, instances hang below it.

Boundary events belong to the owner: they listen once, and interrupt all instances together.
Source: BPMN 2.0.2, 13.3.6 and 13.3.7.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.bpmn.loop_reader import MOST_INSTANCES
from engine.bpmn.model import Activity, Definition, MultiInstance, StandardLoop
from engine.execution import activities, compensation, data, timers
from engine.execution.data import Carried
from engine.execution.errors import TooManyInstances
from engine.execution.names import counts
from engine.execution.run import Run
from engine.execution.state import Token
from engine.execution.steps import Thrown

UNPLANNED = -1


def begin(run: Run, token: Token, node: Activity) -> None:
    token.via = ""
    token.counts = [UNPLANNED, 0, 0]
    timers.arm(run, token, timers.events_of(run, token))
    data.take(run, token, node)
    if isinstance(node.loop, MultiInstance):
        _begin_instances(run, token, node, node.loop)
    else:
        _next_round(run, token, node)


def instance_done(run: Run, instance: Token, node: Activity) -> None:
    owner, loop = instance.owner, node.loop
    assert owner is not None
    assert owner.counts is not None
    compensation.remember(run, instance, node)
    owner.counts[2] += 1
    if isinstance(loop, MultiInstance) and loop.output:
        _gather(run, owner, instance, loop)
    run.done(instance)
    if isinstance(loop, StandardLoop):
        _next_round(run, owner, node)
    elif isinstance(loop, MultiInstance):
        if _are_over(run, owner, node, loop):
            for rest in list(owner.instances):
                run.cancel(rest)
            activities.leave(run, owner, node)
        elif loop.sequential:
            _spawn(run, owner)


def _gather(run: Run, owner: Token, instance: Token, loop: MultiInstance) -> None:
    """The result of an instance takes its place in the list: that of its item, whoever is first."""
    known = data.value_of(run, owner, loop.output)
    values = list(known) if isinstance(known, list | tuple) else []
    values += [None] * (instance.index - len(values))
    values[instance.index - 1] = data.value_of(run, instance, loop.output_item)
    data.assign(run, owner, (loop.output,), values, owner.at)


def _next_round(run: Run, owner: Token, node: Activity) -> None:
    """Start another round if the condition holds; the first is free unless it is tested before."""
    loop = node.loop
    assert isinstance(loop, StandardLoop)
    assert owner.counts is not None
    started = owner.counts[1]
    again = loop.maximum is None or started < loop.maximum
    if again and loop.condition and (started or loop.test_before):
        again = run.holds(loop.condition, owner, loopCounter=started)
    if again:
        _spawn(run, owner)
    else:
        activities.leave(run, owner, node)


def _begin_instances(run: Run, owner: Token, node: Activity, loop: MultiInstance) -> None:
    planned = _planned(run, owner, node, loop)
    owner.counts = [planned, 0, 0]
    if loop.output and loop.output != loop.collection:  # results of an earlier visit are not these
        data.assign(run, owner, (loop.output,), [], node.id)
    for _ in range(min(planned, 1) if loop.sequential else planned):
        _spawn(run, owner)
    if not planned:
        activities.leave(run, owner, node)


def _planned(run: Run, owner: Token, node: Activity, loop: MultiInstance) -> int:
    """Return the number of instances.

    Raises:
        TooManyInstances: If it is no whole number from 0 to 500; nothing has been started then.
    """
    if loop.cardinality:
        value = run.evaluate(loop.cardinality, owner)
        number = _whole(value)
    else:
        value = run.evaluate(loop.collection, owner)
        number = len(value) if isinstance(value, list | tuple) else None
    if number is None or not 0 <= number <= MOST_INSTANCES:
        asked = loop.cardinality or loop.collection
        found = f"{value!r}"[:40] if number is None else str(number)[:40]
        raise TooManyInstances(
            f"from 0 to {MOST_INSTANCES} instances",
            found,
            element=run.name_of(node.id),
            node=node.id,
            most=MOST_INSTANCES,
            shown=f"“{asked}” chưa có giá trị" if value is None else f"đang là {found}",
            shown_en=f"“{asked}” has no value" if value is None else f"it is {found}",
        )
    return number


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return int(value) if value == value and abs(value) < 10**9 and value == int(value) else None


def _spawn(run: Run, owner: Token) -> None:
    assert owner.counts is not None
    owner.counts[1] += 1
    run.instances += 1
    instance = Token(run.new_id(), owner.at, owner.home, fresh=True, index=owner.counts[1], owner=owner)
    owner.instances.append(instance)
    run.ready.append(instance)


def _are_over(run: Run, owner: Token, node: Activity, loop: MultiInstance) -> bool:
    planned, started, completed = owner.counts or [0, 0, 0]
    facts = {
        "loopCounter": completed,
        "numberOfInstances": planned,
        "numberOfActiveInstances": started - completed,
        "numberOfCompletedInstances": completed,
        "numberOfTerminatedInstances": 0,
    }
    if loop.behavior == "None" or (loop.behavior == "One" and completed == 1):
        _announce(run, owner, node, loop.announced, facts)
    for condition, event in loop.rules if loop.behavior == "Complex" else ():
        if run.holds(condition, owner, **counts(**facts)):
            _announce(run, owner, node, event, facts)
            return True
    if loop.completion and run.holds(loop.completion, owner, **counts(**facts)):
        return True
    return completed == planned


def _announce(
    run: Run, owner: Token, node: Activity, event: Definition | None, facts: dict[str, Any]
) -> None:
    """Tell that an instance is done. Only the activity's own boundary events hear it, and they never
    end it: when the others stop is said by completionCondition and complexBehaviorDefinition alone.
    What is thrown carries the counts of the instances.
    """
    if event is None:
        return
    run.effects.append(Thrown(event.kind, event.ref, node.id, facts))
    for boundary in run.model.boundaries(node):
        if any(d.kind == event.kind and d.ref in ("", event.ref) for d in boundary.definitions):
            data.receive(run, owner.home, boundary, Carried(facts))
            run.put(owner.home, boundary.id)
