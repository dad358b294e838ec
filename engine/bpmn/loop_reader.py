"""Reading loops and multi-instance characteristics, and the counts on activities."""

from __future__ import annotations

from typing import Any

from engine.bpmn.data_reader import DataReader, named
from engine.bpmn.definition_reader import DefinitionReader, expression_of, flag, local, text_of
from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.model import Definition, MultiInstance, SignalDefinition, StandardLoop
from engine.bpmn.problems import Problems

MOST_INSTANCES = 500
_BEHAVIORS = ("All", "One", "None", "Complex")


class LoopReader:
    def __init__(self, definitions: DefinitionReader, data: DataReader, problems: Problems) -> None:
        self.definitions = definitions
        self.data = data
        self.problems = problems

    def of(self, activity: Any) -> StandardLoop | MultiInstance | None:
        for child in activity:
            kind = local_name(child)
            if kind == "standardLoopCharacteristics":
                return self._standard(activity, child)
            if kind == "multiInstanceLoopCharacteristics":
                return self._multi(activity, child)
        return None

    def count(self, element: Any, name: str, default: int | None, least: int) -> int | None:
        """Read a whole number from an attribute; out of bounds is a problem."""
        text = element.get(name)
        if text is None:
            return default
        number = int(text) if text.strip().lstrip("+-").isdecimal() and len(text) < 10 else least - 1
        if not least <= number <= MOST_INSTANCES:
            self.problems.add(
                "bad-count", element,
                f"{name} phải là số nguyên từ {least} đến {MOST_INSTANCES}; đang là “{text[:20]}”.",
                f"{name} must be a whole number from {least} to {MOST_INSTANCES}; it is “{text[:20]}”.",
            )  # fmt: skip
            return default
        return number

    def _standard(self, activity: Any, loop: Any) -> StandardLoop:
        maximum = self.count(loop, "loopMaximum", None, least=0)
        condition = expression_of(loop, "loopCondition")
        if not condition and loop.get("loopMaximum") is None:
            self.problems.add(
                "endless-loop", activity,
                "vòng lặp cần điều kiện (loopCondition) hoặc số lần (loopMaximum).",
                "the loop needs a condition (loopCondition) or a maximum (loopMaximum).",
            )  # fmt: skip
        return StandardLoop(condition=condition, maximum=maximum, test_before=flag(loop, "testBefore", False))

    def _multi(self, activity: Any, loop: Any) -> MultiInstance:
        cardinality = expression_of(loop, "loopCardinality")
        collection = self.data.name(text_of(loop, "loopDataInputRef"))
        self._check_number(activity, cardinality, collection)
        behavior = loop.get("behavior") or "All"
        if behavior not in _BEHAVIORS:
            self.problems.add(
                "bad-behavior", activity,
                f"behavior phải là một trong {', '.join(_BEHAVIORS)}.",
                f"behavior must be one of {', '.join(_BEHAVIORS)}.",
            )  # fmt: skip
        item = loop.find(f"{{{BPMN}}}inputDataItem")
        return MultiInstance(
            cardinality=cardinality,
            collection=collection,
            item=_name_of(item),
            output=self._output(activity, loop),
            output_item=_name_of(loop.find(f"{{{BPMN}}}outputDataItem")),
            sequential=flag(loop, "isSequential", False),
            completion=expression_of(loop, "completionCondition"),
            behavior=behavior,
            announced=self._announced(activity, loop, behavior),
            rules=tuple(self._rules(activity, loop)),
        )

    def _output(self, activity: Any, loop: Any) -> str:
        """Results are gathered from a named item into a named list: one without the other says nothing."""
        into = self.data.name(text_of(loop, "loopDataOutputRef"))
        if bool(into) != bool(_name_of(loop.find(f"{{{BPMN}}}outputDataItem"))):
            self.problems.add(
                "loop-output", activity,
                "kết quả nhiều lượt cần cả danh sách (loopDataOutputRef) lẫn phần tử (outputDataItem).",
                "results of a multi-instance need both a list (loopDataOutputRef) and an outputDataItem.",
            )  # fmt: skip
        return into

    def _check_number(self, activity: Any, cardinality: str, collection: str) -> None:
        if not cardinality and not collection:
            self.problems.add(
                "no-cardinality", activity,
                "bước nhiều lần cần số lần (loopCardinality) hoặc danh sách (loopDataInputRef).",
                "multi-instance needs a number (loopCardinality) or a list (loopDataInputRef).",
            )  # fmt: skip
        bare = cardinality.replace(" ", "")
        if bare.lstrip("+-").isdecimal() and (len(bare) > 6 or not 0 <= int(bare) <= MOST_INSTANCES):
            self.problems.add(
                "too-many-instances", activity,
                f"số lần phải từ 0 đến {MOST_INSTANCES}; đang là {bare[:12]}.",
                f"the number of instances must be from 0 to {MOST_INSTANCES}; it is {bare[:12]}.",
            )  # fmt: skip

    def _announced(self, activity: Any, loop: Any, behavior: str) -> Definition | None:
        attribute = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}.get(behavior)
        if attribute is None:
            return None
        if not loop.get(attribute):  # the default of the standard: a signal without a name
            return SignalDefinition()
        element = self.definitions.by_id.get(local(loop.get(attribute)))
        if element is None or not local_name(element).endswith("EventDefinition"):
            self.problems.add(
                "no-behavior-event", activity,
                f"{attribute} phải trỏ tới một định nghĩa sự kiện.",
                f"{attribute} must refer to an event definition.",
            )  # fmt: skip
            return None
        return self.definitions.one(element, activity)

    def _rules(self, activity: Any, loop: Any) -> Any:
        for rule in loop.iterchildren(f"{{{BPMN}}}complexBehaviorDefinition"):
            thrown = [d for e in rule.iterchildren(f"{{{BPMN}}}event") for d in self.definitions.of(e)]
            yield expression_of(rule, "condition"), thrown[0] if thrown else None


def _name_of(item: Any) -> str:
    return "" if item is None else named(item)
