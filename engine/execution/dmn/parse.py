"""A DMN file to a `DecisionModel`. The namespaces of DMN 1.1 to 1.5 are read alike.

Source: DMN 1.5, chapter 6 (requirements), 7.3 (elements).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.bpmn.xml import parse_xml
from engine.execution.dmn.boxed_reader import find_boxed, read_boxed, read_function, text_of
from engine.execution.dmn.errors import BadDecisionFile
from engine.execution.dmn.model import (
    Decision,
    DecisionModel,
    Element,
    Import,
    InputData,
    ItemDefinition,
    Knowledge,
    Service,
    Variable,
)
from engine.execution.dmn.names import tidy

_NAMESPACE = re.compile(r"https?://www\.omg\.org/spec/DMN/\d{8}/(MODEL/?|dmn\.xsd)")
_OLD_NAMESPACE = re.compile(r"https?://www\.omg\.org/spec/DMN/\d{8}/dmn.*")
_DMN_IMPORT = re.compile(r"https?://www\.omg\.org/spec/DMN/.*")


def parse_decisions(xml: bytes) -> DecisionModel:
    """Read a DMN file.

    Raises:
        BadXml: If it is not XML within the bounds.
        BadDecisionFile: If it is not DMN, or says one id twice.
    """
    root = parse_xml(xml)
    name = root.tag if isinstance(root.tag, str) else ""
    namespace, _, local = name.rpartition("}")
    namespace = namespace.lstrip("{")
    known = _NAMESPACE.fullmatch(namespace) or _OLD_NAMESPACE.fullmatch(namespace)
    if local != "definitions" or not known:
        raise BadDecisionFile(
            f"cần phần tử definitions của DMN, nhưng gặp “{local or name}”.",
            f"expected the element definitions of DMN, but found “{local or name}”.",
        )
    elements: dict[str, Element] = {}
    for element in _elements(root):
        if element.id in elements:
            raise BadDecisionFile(
                f"mã “{element.id}” được dùng hai lần.", f"the id “{element.id}” is used twice."
            )
        elements[element.id] = element
    types = [_item_definition(one) for one in _children(root, "itemDefinition")]
    return DecisionModel(
        name=tidy(root.get("name", "")),
        namespace=root.get("namespace", ""),
        types={one.name: one for one in types},
        elements=elements,
        imports=tuple(
            Import(name=tidy(one.get("name", "")), namespace=one.get("namespace", ""))
            for one in _children(root, "import")
            if _DMN_IMPORT.fullmatch(one.get("importType", ""))
        ),
    )


def _elements(root: Any) -> Iterator[Element]:
    for node in root:
        match _local(node):
            case "inputData":
                yield InputData(id=_id(node), variable=_variable(node))
            case "decision":
                yield _decision(node)
            case "businessKnowledgeModel":
                yield _knowledge(node)
            case "decisionService":
                yield _service(node)


def _decision(node: Any) -> Decision:
    requires = [*_requirements(node, "informationRequirement", ("requiredInput", "requiredDecision"))]
    requires += _requirements(node, "knowledgeRequirement", ("requiredKnowledge",))
    return Decision(
        id=_id(node),
        name=tidy(node.get("name", "")),
        variable=_variable(node),
        expression=read_boxed(find_boxed(node)),
        requires=tuple(requires),
        question=text_of(node, "question"),
    )


def _knowledge(node: Any) -> Knowledge:
    logic = next(iter(_children(node, "encapsulatedLogic")), None)
    return Knowledge(
        id=_id(node),
        name=tidy(node.get("name", "")),
        variable=_variable(node),
        function=None if logic is None else read_function(logic),
        requires=tuple(_requirements(node, "knowledgeRequirement", ("requiredKnowledge",))),
    )


def _service(node: Any) -> Service:
    def hrefs(name: str) -> tuple[str, ...]:
        return tuple(one.get("href", "") for one in _children(node, name))

    return Service(
        id=_id(node),
        name=tidy(node.get("name", "")),
        variable=_variable(node),
        outputs=hrefs("outputDecision"),
        input_decisions=hrefs("inputDecision"),
        input_data=hrefs("inputData"),
    )


def _requirements(node: Any, name: str, targets: tuple[str, ...]) -> Iterator[str]:
    for requirement in _children(node, name):
        for target in requirement:
            if _local(target) in targets and target.get("href"):
                yield target.get("href")


def _item_definition(node: Any) -> ItemDefinition:
    function = next(iter(_children(node, "functionItem")), None)
    return ItemDefinition(
        name=tidy(node.get("name", "")),
        type_ref=text_of(node, "typeRef"),
        is_collection=node.get("isCollection", "false") in ("true", "1"),
        allowed=_tests(node, "allowedValues"),
        constraint=_tests(node, "typeConstraint"),
        components=tuple(_item_definition(one) for one in _children(node, "itemComponent")),
        function=None if function is None else _function_item(function),
    )


def _function_item(node: Any) -> tuple[tuple[str, ...], str]:
    parameters = tuple(one.get("typeRef", "") for one in _children(node, "parameters"))
    return parameters, node.get("outputTypeRef", "")


def _tests(node: Any, name: str) -> str:
    return next((text_of(one, "text") for one in _children(node, name)), "")


def _variable(node: Any) -> Variable:
    """The variable of an element; without one, its name."""
    found = next(iter(_children(node, "variable")), None)
    name = tidy(node.get("name", ""))
    if found is None:
        return Variable(name=name)
    return Variable(name=tidy(found.get("name", "")) or name, type_ref=found.get("typeRef", ""))


def _id(node: Any) -> str:
    return node.get("id") or node.get("name", "")


def _children(node: Any, name: str) -> list[Any]:
    return [one for one in node if _local(one) == name]


def _local(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
