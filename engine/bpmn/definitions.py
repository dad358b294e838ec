"""Definitions: a diagram as it is executed, parsed once per content and shared by all threads.

Dossiers store only the hash of their diagram; whoever has the bytes gets the same frozen object.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType

from engine.bpmn.extensions import read_steps
from engine.bpmn.model import Model
from engine.bpmn.parse import parse_bpmn
from engine.bpmn.steps import StepSpec
from engine.bpmn.xml import parse_xml

MOST_CACHED = 256


@dataclass(frozen=True, slots=True)
class Definition:
    """A diagram ready to run.

    Attributes:
        hash: Hex SHA-256 of `xml`, the key under which executors cache what they make of it.
        steps: The office's part of every node, by id.
        process_id: The process that a dossier runs: the first executable one, else the first.
    """

    hash: str
    xml: bytes = field(repr=False)
    model: Model = field(repr=False)
    steps: Mapping[str, StepSpec] = field(repr=False)
    process_id: str


def load_definition(xml: bytes, *, pass_scripts: bool = False) -> Definition:
    """Return the definition of a diagram, from the cache if its bytes were seen before.

    Raises:
        BadXml, BadDiagram, BadExtension: If it cannot be executed. Refusals are not cached.
    """
    key = (hashlib.sha256(xml).hexdigest(), pass_scripts)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    made = _make(key[0], xml, pass_scripts)
    with _lock:
        _cache[key] = made
        while len(_cache) > MOST_CACHED:
            _cache.popitem(last=False)
    return made


_cache: OrderedDict[tuple[str, bool], Definition] = OrderedDict()
_lock = Lock()


def _make(digest: str, xml: bytes, pass_scripts: bool) -> Definition:
    root = parse_xml(xml)
    model = parse_bpmn(root, pass_scripts=pass_scripts)
    filled = (p for p in model.processes if model.scopes[p].nodes)
    process = next(iter(model.executable), None) or next(filled, "")
    return Definition(digest, bytes(xml), model, MappingProxyType(read_steps(root)), process)
