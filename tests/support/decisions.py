"""DMN files as short as tests need them."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def dmn(*parts: str, namespace: str = "urn:test", model: str = NAMESPACE) -> bytes:
    body = "".join(parts)
    opening = f'<definitions xmlns="{model}" name="test" id="defs" namespace="{namespace}">'
    return f"{opening}{body}</definitions>".encode()


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def given(name: str, type_ref: str = "") -> str:
    opening = f"<inputData id={quoteattr('in ' + name)} name={quoteattr(name)}>"
    return f"{opening}{_variable(name, type_ref)}</inputData>"


def decision(
    name: str, body: str, *, inputs: Sequence[str] = (), needs: Sequence[str] = (), type_ref: str = "",
    knowledge: Sequence[str] = (),
) -> str:  # fmt: skip
    """A decision with the id of its name; `body` is an expression's XML, or FEEL."""
    requires = [_requires("information", "Input", f"#in {one}") for one in inputs]
    requires += [_requires("information", "Decision", _href(one)) for one in needs]
    requires += [_requires("knowledge", "Knowledge", _href(one)) for one in knowledge]
    return (
        f"<decision id={quoteattr(name)} name={quoteattr(name)}>{_variable(name, type_ref)}"
        f"{''.join(requires)}{body if body.startswith('<') else literal(body)}</decision>"
    )


def knowledge(name: str, parameters: Sequence[str], body: str, *, knowledge: Sequence[str] = ()) -> str:
    """A business knowledge model; parameters are names, or "name: type"."""
    formal = ""
    for one in parameters:
        parameter, _, type_ref = one.partition(": ")
        kind = f" typeRef={quoteattr(type_ref)}" if type_ref else ""
        formal += f"<formalParameter name={quoteattr(parameter)}{kind}/>"
    requires = "".join(_requires("knowledge", "Knowledge", _href(one)) for one in knowledge)
    logic = body if body.startswith("<") else literal(body)
    return (
        f"<businessKnowledgeModel id={quoteattr(name)} name={quoteattr(name)}>{_variable(name)}"
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{requires}</businessKnowledgeModel>"
    )


def table(
    inputs: Sequence[str], outputs: Sequence[str], rules: Sequence[Sequence[str]], *, policy: str = "UNIQUE",
    aggregation: str = "", allowed: str = "", values: Sequence[str] = (), defaults: Sequence[str] = (),
) -> str:  # fmt: skip
    """A decision table; `allowed` holds for every input, `values` and `defaults` are per output."""
    columns = "".join(
        f"<input><inputExpression><text>{escape(one)}</text></inputExpression>"
        f"{_tests('inputValues', allowed)}</input>"
        for one in inputs
    )
    for at, one in enumerate(outputs):
        columns += f"<output name={quoteattr(one)}>"
        columns += _tests("outputValues", values[at] if values else "")
        if defaults:
            columns += f"<defaultOutputEntry><text>{escape(defaults[at])}</text></defaultOutputEntry>"
        columns += "</output>"
    rows = ""
    for cells in rules:
        rows += "<rule>"
        for at, cell in enumerate(cells):
            tag = "inputEntry" if at < len(inputs) else "outputEntry"
            rows += f"<{tag}><text>{escape(cell)}</text></{tag}>"
        rows += "</rule>"
    gathers = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{gathers}>{columns}{rows}</decisionTable>'


def item(name: str, type_ref: str = "", *parts: str, collection: bool = False, allowed: str = "") -> str:
    inside = f"<typeRef>{type_ref}</typeRef>" if type_ref else ""
    many = ' isCollection="true"' if collection else ""
    body = inside + _tests("allowedValues", allowed) + "".join(parts)
    return f"<itemDefinition name={quoteattr(name)}{many}>{body}</itemDefinition>"


def component(name: str, type_ref: str) -> str:
    return f"<itemComponent name={quoteattr(name)}><typeRef>{type_ref}</typeRef></itemComponent>"


def _tests(tag: str, text: str) -> str:
    return f"<{tag}><text>{escape(text)}</text></{tag}>" if text else ""


def _variable(name: str, type_ref: str = "") -> str:
    kind = f" typeRef={quoteattr(type_ref)}" if type_ref else ""
    return f"<variable name={quoteattr(name)}{kind}/>"


def _href(name: str) -> str:
    return name if "#" in name else f"#{name}"


def _requires(what: str, target: str, href: str) -> str:
    return f"<{what}Requirement><required{target} href={quoteattr(href)}/></{what}Requirement>"
