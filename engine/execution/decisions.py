"""Decisions that a diagram asks for: `mc:decide` of a business rule task, and the files that answer.

The interpreter asks by the callback that evaluates expressions, with a `DecisionCall` for the text. A host
that has decision files answers it with `Shelf.decide`; to one that has none it is an expression like others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.bpmn.xml import BadXml
from engine.domain.texts import Text
from engine.errors import Refused
from engine.execution.dmn import BadDecisionFile, Decisions, NoSuchDecision, load_decisions
from engine.execution.dmn.parse import parse_decisions


class DecisionCall(str):
    """Instead of an expression's text: the decision of this name or id is asked for."""

    __slots__ = ()


class DecisionFailed(Refused):
    """A decision gives nothing, and says why: contradictory rules, an input of the wrong type…"""

    code = "decision_failed"
    vi = "Quyết định “{name}” không cho kết quả: {why}"
    en = "The decision “{name}” gives no result: {why_en}"


class Shelf:
    """The decision files that lie with a diagram; they may import each other.

    Attributes:
        files: Bytes by the names of the files.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})

    def decide(self, name: str, data: Mapping[str, Any], now: datetime, *, from_json: bool = False) -> Any:
        """Return what a decision gives for the data; its inputs are read from them by name.

        Raises:
            NoSuchDecision: If no file has it.
            BadXml, BadDecisionFile: If a file cannot be read.
            DecisionFailed: If it gives null because something is wrong.
        """
        answer = self.find(name).decide(name, data, now=now, from_json=from_json)
        if answer.result is None and answer.notes:
            why = _joined(answer.notes)
            raise DecisionFailed("a result", why.say("en"), name=name, why=why.vi, why_en=why.say("en"))
        return answer.result

    def find(self, name: str) -> Decisions:
        """Return the file that has a decision; see `decide`."""
        known: list[str] = []
        for decisions in self:
            try:
                decisions.find(name)
            except NoSuchDecision as unknown:
                known.append(str(unknown.facts["known"]))
                continue
            return decisions
        raise NoSuchDecision("a decision", name, name=name, known=", ".join(known) or "–")

    def of_namespace(self, namespace: str) -> bytes | None:
        """Return the file of a namespace."""
        return _of_namespace(namespace, tuple(self.files.values()))

    def __iter__(self) -> Iterator[Decisions]:
        for xml in self.files.values():
            yield _load(xml, tuple(self.files.values()))


@lru_cache(maxsize=64)
def _load(xml: bytes, others: tuple[bytes, ...]) -> Decisions:
    return load_decisions(xml, lambda namespace: _of_namespace(namespace, others))


def _of_namespace(namespace: str, files: tuple[bytes, ...]) -> bytes | None:
    for one in files:
        try:
            if parse_decisions(one).namespace == namespace:
                return one
        except (BadXml, BadDecisionFile):
            continue
    return None


def _joined(notes: list[Text]) -> Text:
    return Text(" ".join(one.vi for one in notes), " ".join(one.say("en") for one in notes))
