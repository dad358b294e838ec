"""Reading data: inputs, outputs and properties of nodes, data objects of scopes, and what flows between them.

A data association that only draws an arrow to or from a data object says nothing to execute and is left out.
Source: BPMN 2.0.2, 10.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from engine.bpmn.dataflow import DataFlow, NodeData, Path
from engine.bpmn.definition_reader import expression_of, local, text_of
from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.problems import Problems

RESERVED = frozenset({"dossier", "task", "unit", "today", "now"})
# What editors draw an arrow into when the activity declares no input: nobody reads it.
_PLACEHOLDER = "__targetRef_placeholder"
_ENTRY = re.compile(r"[^\W\d][^.()\[\]{}'\"/=<>+*,;$]*")
_KEEPS_INPUTS = frozenset(
    {
        "callActivity", "sendTask", "businessRuleTask", "endEvent", "intermediateThrowEvent",
        "subProcess", "transaction", "adHocSubProcess",
    }
)  # fmt: skip
_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


class DataReader:
    def __init__(self, root: Any, by_id: Mapping[str, Any], problems: Problems) -> None:
        self.root = root
        self.by_id = by_id
        self.problems = problems

    def name(self, ref: str | None) -> str:
        """Return the name that expressions know a data element by, whichever of its references is meant."""
        element = self.by_id.get(local(ref))
        if element is None:
            return local(ref)
        aim = local(element.get("dataObjectRef"))
        aim_element = self.by_id.get(aim)
        if aim_element is not None:
            return named(aim_element, self._shown.get(aim) or _said(element) or aim)
        return named(element, self._shown.get(element.get("id"), ""))

    @cached_property
    def _shown(self) -> dict[str, str]:
        """The first name under which a data object, that has none itself, is drawn."""
        found: dict[str, str] = {}
        for reference in self.root.iter(f"{{{BPMN}}}dataObjectReference"):
            if _said(reference):
                found.setdefault(local(reference.get("dataObjectRef")), _said(reference))
        return found

    # --- what belongs to whom ------------------------------------------------------------------

    def of_nodes(self) -> dict[str, NodeData]:
        """Return what nodes, and processes that can be called, take in and give out; by id."""
        found = {}
        for element in self.root.iter(f"{{{BPMN}}}*"):
            ident = element.get("id")
            if ident is None or local_name(element) == "ioSpecification":
                continue
            read = NodeData(
                inputs=tuple(self._inputs(element)),
                outputs=tuple(self._flows(element, "dataOutputAssociation")),
                takes=tuple(self._declared(element, "dataInput")),
                gives=tuple(self._declared(element, "dataOutput")),
                own=tuple(self._properties(element)),
            )
            if read != _NOTHING and not self._is_root_only(element, read):
                found[ident] = read
        return found

    def own(self) -> dict[str, tuple[str, ...]]:
        """Return, by scope, the names that are local to it; a process only has some when it is called."""
        found: dict[str, tuple[str, ...]] = {}
        for element in self.root.iter(f"{{{BPMN}}}*"):
            kind = local_name(element)
            if kind not in ("process", "subProcess", "transaction", "adHocSubProcess") and not (
                kind.startswith("global") and kind.endswith("Task")
            ):
                continue
            objects = element.iterchildren(f"{{{BPMN}}}dataObject")
            names = [self.name(one.get("id")) for one in objects if one.get("id")]
            if kind == "process" or kind.startswith("global"):
                names += self._properties(element)
                names += [*self._declared(element, "dataInput"), *self._declared(element, "dataOutput")]
            if names:
                found[element.get("id") or ""] = tuple(dict.fromkeys(names))
        return found

    def _is_root_only(self, element: Any, read: NodeData) -> bool:
        """A process has its properties as variables; only inputs and outputs matter to who calls it."""
        return local_name(element) == "process" and not read.takes and not read.gives

    def _declared(self, element: Any, tag: str) -> Iterator[str]:
        holders = [element, *element.iterchildren(f"{{{BPMN}}}ioSpecification")]
        for holder in holders:
            for one in holder.iterchildren(f"{{{BPMN}}}{tag}"):
                yield named(one)

    def _properties(self, element: Any) -> Iterator[str]:
        for one in element.iterchildren(f"{{{BPMN}}}property"):
            if _PLACEHOLDER not in (one.get("name"), one.get("id")):
                yield named(one)

    # --- associations --------------------------------------------------------------------------

    def _inputs(self, element: Any) -> Iterator[DataFlow]:
        """Inputs that something reads; to copy the rest would only make states larger."""
        flows = list(self._flows(element, "dataInputAssociation"))
        if local_name(element) in _KEEPS_INPUTS or not flows:
            yield from flows
            return
        readers = [*_loops(element), *element.iterchildren(f"{{{BPMN}}}dataOutputAssociation")]
        said = " ".join("".join(f"{' '.join(reader.itertext())} ") for reader in readers)
        said += " ".join(self.name(text) for reader in readers for text in said.split() if text)
        for flow in flows:
            if re.search(rf"(?<!\w){re.escape(flow.target)}(?!\w)", said):
                yield flow

    def _flows(self, element: Any, tag: str) -> Iterator[DataFlow]:
        for association in element.iterchildren(f"{{{BPMN}}}{tag}"):
            flow = self._flow(association)
            if flow.sources or not flow.copies:
                self._check(association, flow, tag)
                yield flow

    def _flow(self, association: Any) -> DataFlow:
        target = text_of(association, "targetRef")
        refs = association.iterchildren(f"{{{BPMN}}}sourceRef")
        sources = (self.name(one.text) for one in refs if one.text)
        assignments = []
        for one in association.iterchildren(f"{{{BPMN}}}assignment"):
            path = self._path(association, text_of(one, "to"), target)
            assignments.append((expression_of(one, "from"), path))
        return DataFlow(
            sources=tuple(sources),
            target=self.name(target),
            transformation=expression_of(association, "transformation"),
            assignments=tuple(assignments),
        )

    def _path(self, association: Any, to: str, target: str) -> Path:
        """Read where an assignment goes: a data element, and entries inside it, joined by dots."""
        parts = [part.strip() for part in to.split(".")] if to else [target]
        if not all(_ENTRY.fullmatch(part) for part in parts):
            self.problems.add(
                "bad-assignment", _owner(association),
                f"phép gán ghi vào “{to[:60]}”; chỉ ghi được vào một tên, hoặc phần của nó sau dấu chấm.",
                f"the assignment writes to “{to[:60]}”; it can only be a name, or its parts joined by dots.",
            )  # fmt: skip
            return (self.name(target),)
        return (self.name(parts[0]), *parts[1:])

    def _check(self, association: Any, flow: DataFlow, tag: str) -> None:
        for source, _ in flow.assignments:
            if not source:
                self.problems.add(
                    "bad-assignment", _owner(association),
                    "phép gán chưa ghi giá trị (from).", "the assignment has no value (from).",
                )  # fmt: skip
        written = {flow.target, *(path[0] for _, path in flow.assignments)}
        for name in sorted(written & RESERVED) if tag == "dataOutputAssociation" else ():
            self.problems.add(
                "data-name", _owner(association),
                f"ghi dữ liệu vào “{name}”, là tên dành riêng của hệ thống.",
                f"writes data to “{name}”, which is a reserved name.",
            )  # fmt: skip


def named(element: Any, shown: str = "") -> str:
    return _said(element) or shown or element.get("id") or ""


def _said(element: Any) -> str:
    return (element.get("name") or "").strip()


def _owner(association: Any) -> Any:
    return association.getparent()


def _loops(element: Any) -> Iterator[Any]:
    return (child for child in element if local_name(child) in _LOOPS)


_NOTHING = NodeData()
