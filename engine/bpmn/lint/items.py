"""Data of a process (BPMN 2.0.2, 10.4): what may hold it, who sees it, between what it flows."""

from __future__ import annotations

from typing import Any

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, bpmn_children, child_of, is_true, plain, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import CALLABLE, DATA, EVENTS, SUB_PROCESSES
from engine.bpmn.lint.names import label
from engine.bpmn.lint.payloads import type_of

_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")
_SEEN_INSIDE = frozenset({"dataObject", "dataObjectReference", "dataStoreReference", "property"})


def check_holders(diagram: Diagram, report: Report) -> None:
    """Embedded sub-processes have no inputs of their own; references have no type, objects no state."""
    for xml in diagram.of_kind(*SUB_PROCESSES):
        if child_of(xml, "ioSpecification") is not None:
            report.error(
                "sub-process-data",
                xml,
                "khai báo đầu vào, đầu ra (ioSpecification); quy trình con nhúng không được có.",
                "declares inputs and outputs (ioSpecification), which an embedded sub-process may not.",
            )
    for xml in diagram.of_kind("dataObjectReference"):
        if (xml.get("itemSubjectRef") or "").strip():
            report.error(
                "data-reference-type",
                xml,
                "ghi kiểu (itemSubjectRef); kiểu thuộc về đối tượng dữ liệu mà nó trỏ tới.",
                "has a type (itemSubjectRef), which belongs to the data object that it refers to.",
            )
        if not (xml.get("dataObjectRef") or "").strip():
            report.error(
                "data-reference-missing",
                xml,
                "không trỏ tới đối tượng dữ liệu nào (dataObjectRef).",
                "refers to no data object (dataObjectRef).",
            )
        behind = diagram.named(xml.get("dataObjectRef"))
        if behind is not None and local_name(behind) == "dataObject" and not _is_seen(xml, behind):
            said = label(behind)
            report.error(
                "data-out-of-sight",
                xml,
                f"trỏ tới {said.vi}, nằm trong phần sơ đồ khác và không thấy được từ đây.",
                f"refers to {said.en}, which stands in another part and cannot be seen here.",
            )
    for xml in diagram.of_kind("dataObject"):
        if child_of(xml, "dataState") is not None:
            report.error(
                "data-object-state",
                xml,
                "ghi trạng thái (dataState); trạng thái chỉ ghi ở tham chiếu tới nó.",
                "has a state (dataState), which only a reference to it may have.",
            )


def check_event_data(diagram: Diagram, report: Report) -> None:
    """Inputs and outputs of an event stand in its set."""
    for xml in diagram.of_kind(*EVENTS):
        for kind, sets, refs in (
            ("dataInput", "inputSet", "dataInputRefs"),
            ("dataOutput", "outputSet", "dataOutputRefs"),
        ):
            listed = {
                plain(text_of(ref)) for one in bpmn_children(xml, sets) for ref in bpmn_children(one, refs)
            }
            for data in bpmn_children(xml, kind):
                if (data.get("id") or "") not in listed:
                    report.error(
                        "data-outside-set",
                        data,
                        f"không nằm trong bộ nào (<{sets}>).",
                        f"belongs to no set (<{sets}>).",
                    )


def check_flows(diagram: Diagram, report: Report) -> None:
    """Values flow into one's own inputs and out of one's own outputs, from and to what can be seen."""
    for xml in diagram.of_kind(*_ASSOCIATIONS):
        is_input = local_name(xml) == "dataInputAssociation"
        sources = [diagram.named(text_of(one)) for one in bpmn_children(xml, "sourceRef")]
        targets = [diagram.named(text_of(one)) for one in bpmn_children(xml, "targetRef")]
        mine, others = (targets, sources) if is_input else (sources, targets)
        wanted = "dataInput" if is_input else "dataOutput"
        for data in mine:
            if data is not None and local_name(data) in DATA:
                _check_mine(xml, data, wanted, report)
        for data in others:
            if data is not None and local_name(data) in DATA:
                _check_other(xml, data, is_input, report)
        _check_types(diagram, xml, sources, targets, report)


def _check_mine(xml: Any, data: Any, wanted: str, report: Report) -> None:
    """An activity's own inputs and outputs; some tools put a property of the activity in their place."""
    activity, owner = xml.getparent(), data.getparent()
    if owner is not None and local_name(owner) in ("ioSpecification", "multiInstanceLoopCharacteristics"):
        owner = owner.getparent()
    kinds = {wanted, "property", "inputDataItem" if wanted == "dataInput" else "outputDataItem"}
    if owner is not activity or local_name(data) not in kinds:
        said = label(data)
        report.error(
            "data-flow-end",
            activity,
            f"có dòng dữ liệu {'vào' if wanted == 'dataInput' else 'ra'} nối với {said.vi}, "
            f"không phải <{wanted}> của chính nó.",
            f"has a data association with {said.en}, which is not a <{wanted}> of its own.",
            at=xml,
        )


def _check_other(xml: Any, data: Any, is_input: bool, report: Report) -> None:
    kind, said = local_name(data), label(data)
    owner = data.getparent()
    io = owner if owner is not None and local_name(owner) == "ioSpecification" else None
    if io is not None and local_name(io.getparent()) in CALLABLE:
        wrong = "dataOutput" if is_input else "dataInput"
        if kind == wrong:
            report.error(
                "data-flow-process",
                xml.getparent(),
                f"nối dòng dữ liệu ngược chiều với {said.vi} của quy trình.",
                f"joins {said.en} of the process against its direction.",
                at=xml,
            )
    elif kind in _SEEN_INSIDE and not _is_seen(xml, data):
        report.error(
            "data-out-of-sight",
            xml.getparent(),
            f"nối dòng dữ liệu với {said.vi}, nằm trong phần sơ đồ khác và không thấy được từ đây.",
            f"joins {said.en} by a data association, which stands in another part and cannot be seen here.",
            at=xml,
        )


def _is_seen(xml: Any, data: Any) -> bool:
    """Data is seen in the process or sub-process that holds it, and in all that is inside."""
    holder = data.getparent()
    return holder is not None and any(one is holder for one in xml.iterancestors())


def _check_types(diagram: Diagram, xml: Any, sources: list[Any], targets: list[Any], report: Report) -> None:
    if child_of(xml, "transformation") is not None or child_of(xml, "assignment") is not None:
        return
    if len(sources) != 1 or len(targets) != 1 or None in (sources[0], targets[0]):
        return
    source, target = (_type(diagram, one) for one in (sources[0], targets[0]))
    if source and target and type_of(diagram, source) != type_of(diagram, target):
        report.error(
            "data-types",
            xml.getparent(),
            f"chuyển dữ liệu kiểu “{source}” vào kiểu “{target}” mà không biến đổi (transformation).",
            f"passes data of the type “{source}” to the type “{target}” without a transformation.",
            at=xml,
        )


def _type(diagram: Diagram, data: Any) -> str:
    kind = local_name(data)
    if kind in ("dataObjectReference", "dataStoreReference"):
        behind = diagram.named(data.get("dataObjectRef") or data.get("dataStoreRef"))
        return plain(behind.get("itemSubjectRef")) if behind is not None else ""
    return plain(data.get("itemSubjectRef"))


def check_loop_data(diagram: Diagram, report: Report) -> None:
    """A list to repeat over is data of the diagram; an office's procedure names the dossier's data."""
    for loop in diagram.of_kind("multiInstanceLoopCharacteristics"):
        activity = loop.getparent()
        for name, item in (("loopDataInputRef", "inputDataItem"), ("loopDataOutputRef", "outputDataItem")):
            ref = child_of(loop, name)
            if ref is None and child_of(loop, item) is not None:
                report.error(
                    "loop-item",
                    activity,
                    f"có <{item}> nhưng không có danh sách (<{name}>).",
                    f"has <{item}> without a list (<{name}>).",
                )
            data = diagram.named(text_of(ref)) if ref is not None else None
            if ref is not None and data is None and not diagram.of_the_office and _is_own(diagram, ref):
                report.error(
                    "loop-data",
                    activity,
                    f"lặp theo “{text_of(ref)[:60]}” ({name}), nhưng sơ đồ không có dữ liệu đó.",
                    f"repeats over “{text_of(ref)[:60]}” ({name}), but the diagram has no such data.",
                )
            elif data is not None and _is_single(diagram, data):
                said = label(data)
                report.error(
                    "loop-data",
                    activity,
                    f"lặp theo {said.vi} ({name}), có kiểu không phải danh sách.",
                    f"repeats over {said.en} ({name}), whose type is no collection.",
                )
            elif data is not None and local_name(data) not in _DATA_KINDS:
                said = label(data)
                report.error(
                    "loop-data",
                    activity,
                    f"lặp theo {said.vi} ({name}), không phải dữ liệu.",
                    f"repeats over {said.en} ({name}), which is not data.",
                )
            elif data is not None and _is_wrong_way(activity, name, data):
                said = label(data)
                report.error(
                    "loop-data",
                    activity,
                    f"ghi {said.vi} ở {name}: danh sách vào là đầu vào, danh sách ra là đầu ra của bước.",
                    f"has {said.en} as its {name}: what goes in is an input, what comes out an output.",
                )


def _is_own(diagram: Diagram, ref: Any) -> bool:
    """Whether a reference stays in this file: without a prefix, or with that of the file itself."""
    prefix = text_of(ref).rpartition(":")[0]
    return not prefix or ref.nsmap.get(prefix) == (diagram.root.get("targetNamespace") or "").strip()


def _is_wrong_way(activity: Any, name: str, data: Any) -> bool:
    io = child_of(activity, "ioSpecification")
    wrong = "dataOutput" if name == "loopDataInputRef" else "dataInput"
    return io is not None and data.getparent() is io and local_name(data) == wrong


def _is_single(diagram: Diagram, data: Any) -> bool:
    """Whether the type of data says that it is no collection; without a type nothing is said."""
    if local_name(data) == "dataObjectReference":
        data = diagram.named(data.get("dataObjectRef"))
    item = diagram.named(data.get("itemSubjectRef")) if data is not None else None
    return item is not None and not (is_true(item, "isCollection") or is_true(data, "isCollection"))


_DATA_KINDS = frozenset(
    {
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataStore",
        "dataInput",
        "dataOutput",
        "property",
    }
)


def check_calls(diagram: Diagram, report: Report) -> None:
    """Inputs and outputs of a call activity are exactly those of what it calls."""
    for call in diagram.of_kind("callActivity"):
        called = diagram.named(call.get("calledElement"))
        if called is None or local_name(called) not in CALLABLE:
            continue
        mine, theirs = (child_of(one, "ioSpecification") for one in (call, called))
        for kind in ("dataInput", "dataOutput"):
            here, there = ([] if io is None else list(bpmn_children(io, kind)) for io in (mine, theirs))
            if not _fit(diagram, here, there):
                said = label(called)
                report.error(
                    "call-data",
                    call,
                    f"có {len(here)} <{kind}>, còn {said.vi} có {len(there)} hoặc khác kiểu; phải khớp nhau.",
                    f"has {len(here)} <{kind}> but {said.en} has {len(there)}, or of other types; "
                    "they must match.",
                )


def _fit(diagram: Diagram, here: list[Any], there: list[Any]) -> bool:
    """As many on both sides, and of the same types where both sides say them."""
    types = [sorted(type_of(diagram, one.get("itemSubjectRef")) for one in side) for side in (here, there)]
    return len(here) == len(there) and (() in types[0] + types[1] or types[0] == types[1])


def check_bindings(diagram: Diagram, report: Report) -> None:
    """A binding joins sets of its own element to an operation of an interface that it supports."""
    for binding in diagram.of_kind("ioBinding"):
        owner = binding.getparent()
        supported = {plain(text_of(one)) for one in bpmn_children(owner, "supportedInterfaceRef")}
        operation = diagram.named(binding.get("operationRef"))
        if operation is not None and local_name(operation) == "operation":
            interface = operation.getparent().get("id") or ""
            if interface not in supported:
                said = label(operation)
                report.error(
                    "binding-operation",
                    owner,
                    f"gắn {said.vi} của giao diện không được hỗ trợ (supportedInterfaceRef).",
                    f"binds {said.en} of an interface that it does not support (supportedInterfaceRef).",
                    at=binding,
                )
        for name in ("inputDataRef", "outputDataRef"):
            data = diagram.named(binding.get(name))
            if data is not None and data.getparent().getparent() is not owner:
                said = label(data)
                report.error(
                    "binding-data",
                    owner,
                    f"gắn {said.vi} của phần tử khác ({name}).",
                    f"binds {said.en} of another element ({name}).",
                    at=binding,
                )


def check_stores(diagram: Diagram, report: Report) -> None:
    """A store has room for something."""
    for store in diagram.of_kind("dataStore"):
        capacity = (store.get("capacity") or "").strip()
        if capacity.lstrip("+-").isdecimal() and int(capacity) < 0:
            report.error(
                "store-capacity",
                store,
                f"có sức chứa {capacity[:12]}; không được âm.",
                f"has the capacity {capacity[:12]}, which may not be negative.",
            )
