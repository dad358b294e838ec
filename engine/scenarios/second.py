"""The second opinion: the same scenario on the other engine must leave the dossier at the same place."""

from __future__ import annotations

from engine.bpmn.definitions import Definition
from engine.domain.procedures import Procedure
from engine.domain.scenarios import Scenario
from engine.domain.texts import Text
from engine.execution.executors import Executor, get_executor
from engine.scenarios.runs import Difference, Run, Stand, play

SECOND = "spiffworkflow"


def can_compare(definition: Definition, executor: Executor | None = None) -> bool:
    """Say whether the whole diagram lies in what the second engine runs as the standard says."""
    return not (executor or get_executor(SECOND)).unsupported(definition)


def compare(
    definition: Definition,
    procedure: Procedure,
    scenario: Scenario,
    first: Run,
    executor: Executor | None = None,
) -> tuple[Difference, ...]:
    """Return where the second engine leaves the dossier somewhere else than the first did."""
    other = play(definition, procedure, scenario, executor or get_executor(SECOND))
    found = []
    for one, two in zip(first.stands, other.stands, strict=False):
        if _shown(one) != _shown(two):
            found.append(_difference(definition, one, two))
            break  # from here on the two are different dossiers
    else:
        if len(first.stands) != len(other.stands):
            last = min(first.stands, other.stands, key=len)[-1]
            said = Text("hai bộ chạy dừng ở hai việc khác nhau.", "the two engines stop at different acts.")
            found.append(Difference(last.number, last.element, said))
    return tuple(found)


def _shown(stand: Stand) -> tuple[object, ...]:
    return (
        sorted(stand.next), stand.status, stand.due, stand.waiting, stand.timers, stand.process, stand.code
    )  # fmt: skip


def _difference(definition: Definition, one: Stand, two: Stand) -> Difference:
    vi = f"Việc {one.number} “{one.what.vi}”: bộ chạy chính {_told(definition, one, 'vi')}; "
    en = f"Act {one.number} “{one.what.say('en')}”: the main engine {_told(definition, one, 'en')}; "
    vi += f"bộ chạy thứ hai {_told(definition, two, 'vi')}."
    en += f"the second engine {_told(definition, two, 'en')}."
    return Difference(one.number, one.element, Text(vi, en))


def _told(definition: Definition, stand: Stand, language: str) -> str:
    if stand.refusal:
        return ("từ chối: " if language == "vi" else "refuses: ") + stand.refusal.say(language)
    waits = []
    for node in (*stand.next, *stand.waiting, *stand.timers):
        spec = definition.steps.get(node)
        known = definition.model.nodes.get(node)
        name = spec.name.say(language) if spec and spec.name else known.name if known else ""
        waits.append(f"“{name or node}”")
    ends = ", ".join(waits) or ("không chờ gì" if language == "vi" else "nothing")
    status = stand.status.label.say(language)
    return f"chờ {ends} ({status})" if language == "vi" else f"waits for {ends} ({status})"
