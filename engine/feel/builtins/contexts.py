"""Built-in functions of contexts, and of what is defined and now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.scope import Scope
from engine.feel.values import OFFSET, from_python


@builtin("get value", "m: context", "key: string")
def get_value(context: dict[str, Any], key: str) -> Any:
    return context.get(key)


@builtin("get value", "m: context", "keys: list")
def get_deep_value(context: dict[str, Any], keys: list[Any]) -> Any:
    found: Any = context
    for key in keys:
        found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
    return found if keys else None


@builtin("get entries", "m: context")
def get_entries(context: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def from_entries(entries: list[Any]) -> dict[str, Any] | None:
    made: dict[str, Any] = {}
    for one in entries:
        if not isinstance(one, dict) or not isinstance(one.get("key"), str) or "value" not in one:
            return None
        if one["key"] in made:
            return None
        made[one["key"]] = one["value"]
    return made


@builtin("context put", "context: context", "key: string", "value: any")
def context_put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return {**context, key: value}


@builtin("context put", "context: context", "keys: list", "value: any")
def context_put_deep(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    if not keys or len(keys) > 20 or not all(isinstance(one, str) for one in keys):
        return None
    if len(keys) == 1:
        return context_put(context, keys[0], value)
    inner = context.get(keys[0])
    made = context_put_deep(inner, keys[1:], value) if isinstance(inner, dict) else None
    return None if made is None else context_put(context, keys[0], made)


@builtin("context merge", "contexts: list...")
def context_merge(contexts: list[Any]) -> dict[str, Any] | None:
    if not all(isinstance(one, dict) for one in contexts):
        return None
    return {key: value for one in contexts for key, value in one.items()}


@builtin("is defined", "value: any")
def is_defined(value: Any) -> bool:
    """Asked about a name, the parser answers by the name; see there."""
    return value is not None


@builtin("now", scope=True)
def now(scope: Scope) -> datetime | None:
    """The moment that the caller gave as `now`; an expression has no clock."""
    found = from_python(scope.run.given.get("now"))
    return found.astimezone(OFFSET) if isinstance(found, datetime) and found.tzinfo else found


@builtin("today", scope=True)
def today(scope: Scope) -> date | None:
    found = from_python(scope.run.given.get("today"))
    if found is None:
        moment = now(scope)
        return moment.date() if isinstance(moment, datetime) else None
    return found
