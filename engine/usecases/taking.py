"""What a caught message leaves in the dossier: its fields become answers, by the rules of their forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.definitions import Definition
from engine.bpmn.steps import StepSpec
from engine.domain.calendar import local_day
from engine.domain.fields import Field
from engine.domain.forms import as_context, read_value
from engine.domain.names import RESERVED
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import Refused
from engine.feel import evaluate, to_plain
from engine.store.message_rows import MessageRow
from engine.store.work import Unit


class MessageNotAccepted(Refused):
    """What the message carries is not what the receiver's forms allow."""

    code = "message_not_accepted"
    vi = "Nội dung tin “{title}” không hợp lệ với thủ tục bên nhận: {why_vi}"
    en = "What the message “{title_en}” carries does not fit the receiving procedure: {why_en}"


def taken(
    unit: Unit, procedure: Procedure, spec: StepSpec, message: MessageRow, context: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values that a message leaves in a dossier.

    A catching node that names fields (`mc:field`) gets those; else everything comes by its own name.

    Raises:
        MessageNotAccepted: If a value is not one that its form would take.
    """
    values = {name: value for name, value in message.payload.items() if name not in RESERVED}
    if spec.fields:
        names = {**context, **as_context((), values), "message": facts_of(message)}
        values = {one.name: to_plain(evaluate(one.value, names)) for one in spec.fields}
    known = {one.name: one for form in procedure.forms.values() for one in form.fields if one.has_answer}
    return {name: _read(unit, known.get(name), value, message) for name, value in values.items()}


def outputs_of(definition: Definition, node: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as the data outputs of a catching node take them; nothing if it has none."""
    declared = definition.model.data.get(node)
    return dict(values) if declared is not None and declared.outputs else {}


def facts_of(message: MessageRow) -> dict[str, Any]:
    """Return what expressions of the catching node may read about the message, by the name `message`."""
    source = message.source
    return {
        "name": message.name,
        "dossier": source.code if source else None,
        "procedure": source.procedure.key if source else None,
        "origin": message.origin or None,
        "sent_at": message.thrown_at,
        "keys": dict(message.keys),
    }


def refused_by(message: MessageRow, problems: Mapping[str, Text]) -> MessageNotAccepted:
    """Return the refusal that lists what is wrong, field by field."""
    vi = "; ".join(f"{name}: {text.vi}" for name, text in problems.items())
    en = "; ".join(f"{name}: {text.say('en')}" for name, text in problems.items())
    return MessageNotAccepted(
        "values that the forms take",
        en[:200],
        title=message.title_vi or message.name,
        title_en=message.title_en or message.title_vi or message.name,
        why_vi=vi[:1000],
        why_en=en[:1000],
    )


def _read(unit: Unit, field: Field | None, value: Any, message: MessageRow) -> Any:
    if field is None or value is None:
        return value
    read, problem = read_value(field, value, local_day(unit.now))
    if problem is not None:
        raise refused_by(message, {field.label.vi or field.name: problem})
    return read
