"""Boxed expressions from XML.

Source: DMN 1.5, 7.3.2 (literal expression) to 7.3.14, 8.3 (decision table), 10.5 (metamodel).
"""

from __future__ import annotations

from typing import Any

from engine.execution.dmn.model import (
    Boxed,
    Conditional,
    Context,
    Filter,
    FunctionDefinition,
    Input,
    Invocation,
    ListOf,
    Literal,
    Loop,
    Output,
    Relation,
    Rule,
    Table,
    Variable,
)
from engine.execution.dmn.names import tidy

HIT_POLICIES = ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")


def find_boxed(node: Any) -> Any:
    """Return the expression among the children of an element, or None."""
    return next((one for one in node if _local(one) in _READERS), None)


def read_boxed(node: Any) -> Boxed | None:
    return None if node is None else _READERS[_local(node)](node)


def read_function(node: Any) -> FunctionDefinition:
    """Read a function definition, or the encapsulated logic of a knowledge model."""
    return FunctionDefinition(
        kind=node.get("kind", "FEEL"),
        parameters=tuple(_variable(one) for one in _children(node, "formalParameter")),
        body=read_boxed(find_boxed(node)),
        type_ref=node.get("typeRef", ""),
    )


def text_of(node: Any, name: str) -> str:
    """Return the text of the first child of that name, trimmed; "" if there is none."""
    for one in _children(node, name):
        return "".join(one.itertext()).strip()
    return ""


def _literal(node: Any) -> Literal:
    return Literal(text=text_of(node, "text"), language=node.get("expressionLanguage", ""))


def _table(node: Any) -> Table:
    return Table(
        hit_policy=node.get("hitPolicy", "UNIQUE").strip() or "UNIQUE",
        aggregation=node.get("aggregation", ""),
        inputs=tuple(_input(one) for one in _children(node, "input")),
        outputs=tuple(_output(one) for one in _children(node, "output")),
        rules=tuple(
            Rule(
                tests=tuple(text_of(one, "text") for one in _children(rule, "inputEntry")),
                results=tuple(text_of(one, "text") for one in _children(rule, "outputEntry")),
            )
            for rule in _children(node, "rule")
        ),
    )


def _input(node: Any) -> Input:
    expression = next(iter(_children(node, "inputExpression")), None)
    allowed = next((text_of(one, "text") for one in _children(node, "inputValues")), "")
    text = "" if expression is None else text_of(expression, "text")
    return Input(
        label=tidy(node.get("label", "")) or text,
        expression=text,
        type_ref="" if expression is None else expression.get("typeRef", ""),
        allowed=allowed,
    )


def _output(node: Any) -> Output:
    values = next((text_of(one, "text") for one in _children(node, "outputValues")), "")
    default = next((text_of(one, "text") for one in _children(node, "defaultOutputEntry")), "")
    return Output(
        name=tidy(node.get("name", "")),
        label=tidy(node.get("label", "")),
        type_ref=node.get("typeRef", ""),
        values=values,
        default=default,
    )


def _context(node: Any) -> Context:
    entries: list[tuple[Variable, Boxed | None]] = []
    result: Boxed | None = None
    for entry in _children(node, "contextEntry"):
        body = read_boxed(find_boxed(entry))
        variable = next(iter(_children(entry, "variable")), None)
        if variable is None:
            result = body
        else:
            entries.append((_variable(variable), body))
    return Context(entries=tuple(entries), result=result)


def _invocation(node: Any) -> Invocation:
    return Invocation(
        callee=read_boxed(find_boxed(node)),
        bindings=tuple(
            (tidy(parameter.get("name", "")), read_boxed(find_boxed(one)))
            for one in _children(node, "binding")
            for parameter in _children(one, "parameter")
        ),
    )


def _list(node: Any) -> ListOf:
    return ListOf(items=tuple(read_boxed(one) for one in node if _local(one) in _READERS))


def _relation(node: Any) -> Relation:
    return Relation(
        columns=tuple(_variable(one) for one in _children(node, "column")),
        rows=tuple(_list(one).items for one in _children(node, "row")),
    )


def _conditional(node: Any) -> Conditional:
    return Conditional(test=_part(node, "if"), then=_part(node, "then"), other=_part(node, "else"))


def _filter(node: Any) -> Filter:
    return Filter(items=_part(node, "in"), match=_part(node, "match"))


def _loop(node: Any) -> Loop:
    kind = _local(node)
    body = "return" if kind == "for" else "satisfies"
    return Loop(
        kind=kind,
        variable=tidy(node.get("iteratorVariable", "")),
        items=_part(node, "in"),
        body=_part(node, body),
        uses_partial=any("partial" in "".join(one.itertext()) for one in _children(node, body)),
    )


def _part(node: Any, name: str) -> Boxed | None:
    return next((read_boxed(find_boxed(one)) for one in _children(node, name)), None)


def _variable(node: Any) -> Variable:
    return Variable(name=tidy(node.get("name", "")), type_ref=node.get("typeRef", ""))


def _children(node: Any, name: str) -> list[Any]:
    return [one for one in node if _local(one) == name]


def _local(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


_READERS = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "list": _list,
    "relation": _relation,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _loop,
    "some": _loop,
    "every": _loop,
}
