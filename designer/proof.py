"""The proof of a revision: what `engine.execution.verify` says of it, with the people of this installation.

A proof is kept in memory by what it depends on: the drawing, the content, and where nobody holds a role.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from sqlalchemy import select

from designer.checks import Checks, check_revision
from designer.ruled_units import codes_of
from engine.bpmn.definitions import Definition, load_definition
from engine.bpmn.steps import StepSpec
from engine.bpmn.svg import draw
from engine.domain.calendar import local_day
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import Refused
from engine.execution.verify import KINDS, Limits, Problem, Report, Vacancy, verify
from engine.store import units
from engine.store.rows import CompetenceRow, RevisionRow, UnitRow
from engine.store.work import Unit
from engine.usecases.procedures import competent_at, procedure_of
from engine.usecases.routing import AT_THE_COUNTER, COMPETENT, RECEIVING

LIMITS = Limits(states=20_000, seconds=5.0)
MOST_KEPT = 64
MOST_PICTURES = 12
RECEPTION = "RECEPTION"


class NotSound(Refused):
    """The drawing would get dossiers stuck, or never let them reach what the law allows."""

    code = "not_sound"
    vi = "Chưa gửi, duyệt hay ban hành được: kiểm chứng thấy {count} vấn đề trên đường hồ sơ đi. {first}"
    en = "This cannot be submitted, approved or published: a dossier would meet {count} problems. {first_en}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One problem on the page: its picture has the way there marked; "" beyond the first dozen."""

    number: int
    name: Text
    message: Text
    severity: str
    steps: tuple[Text, ...]
    picture: str


def prove(unit: Unit, row: RevisionRow, checks: Checks | None = None) -> Report | None:
    """Return the proof of a stored revision; None while the linter finds errors."""
    if not (checks or check_revision(unit, row)).can_run:
        return None
    return prove_drawing(unit, row, row.definition.xml, LIMITS)


def prove_drawing(unit: Unit, row: RevisionRow, xml: bytes, limits: Limits) -> Report:
    """Return the proof of a drawing in which the linter found no error, with the content of a revision."""
    definition = load_definition(xml)
    vacant = vacant_steps(unit, row, definition)
    content = json.dumps(row.content, sort_keys=True, default=str)
    hashed = sha256(content.encode()).hexdigest()
    key = definition.hash, hashed, tuple(sorted(vacant.items(), key=str)), limits
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    report = verify(definition, Procedure.from_json(row.content), vacant=vacant, limits=limits)
    with _lock:
        _kept[key] = report
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return report


_kept: OrderedDict[Any, Report] = OrderedDict()
_lock = Lock()


def check_sound(unit: Unit, row: RevisionRow, checks: Checks | None = None) -> None:
    """Check that nothing was found that would get a dossier stuck.

    Raises:
        NotSound: With the first problem.
    """
    report = prove(unit, row, checks)
    found = [one for one in report.problems if one.severity == "error"] if report else []
    if found:
        raise NotSound(
            "a sound drawing",
            f"it has {len(found)} problems",
            count=len(found),
            first=found[0].message.say("vi"),
            first_en=found[0].message.say("en"),
        )


def shown_problems(report: Report, xml: bytes, language: str) -> list[Shown]:
    """Return the problems with pictures, errors first."""
    order = {"error": 0, "open": 1, "warning": 2}
    found = sorted(report.problems, key=lambda one: order[one.severity])
    definition = load_definition(xml)
    return [
        Shown(
            number=number,
            name=KINDS[one.kind],
            message=one.message,
            severity=one.severity,
            steps=tuple(_steps(definition, one)),
            picture=_picture(xml, one, language) if number <= MOST_PICTURES else "",
        )
        for number, one in enumerate(found, 1)
    ]


def _picture(xml: bytes, problem: Problem, language: str) -> str:
    marks = dict.fromkeys(problem.path, "way") | dict.fromkeys(problem.elements, "fault")
    return draw(xml, marks, language, crop_to=marks) if marks else ""


def _steps(definition: Definition, problem: Problem) -> Iterable[Text]:
    """Names of what is gone through, without gateways that have none."""
    for ident in problem.path:
        node = definition.model.nodes.get(ident)
        step = definition.steps.get(ident)
        if node is not None and (name := step.name if step and step.name else Text(node.name)):
            yield name


# --- people ----------------------------------------------------------------------------------------


def vacant_steps(unit: Unit, row: RevisionRow, definition: Definition) -> dict[str, Vacancy]:
    """Return the steps whose role nobody holds today in units that may get them."""
    today = local_day(unit.now)
    places = _Places(unit, row)
    asked = {
        step.id: (step.role, places.of(step))
        for step in definition.steps.values()
        if step.role and step.id in definition.model.nodes
    }
    ids = {one for _, found in asked.values() for one in found}
    held = units.held_roles(unit, ids, today) if ids else {}
    names = units.names_of(unit, ids)
    vacant = {}
    for node, (role, found) in asked.items():
        empty = tuple(sorted(names[one] for one in found if role not in held[one]))
        if empty:
            vacant[node] = Vacancy(empty, everywhere=len(empty) == len(found))
    return vacant


class _Places:
    """Which open units may get a step of a revision."""

    def __init__(self, unit: Unit, row: RevisionRow) -> None:
        self.unit, self.row, self.day = unit, row, local_day(unit.now)
        self.known: dict[str, frozenset[int]] = {}

    def of(self, step: StepSpec) -> frozenset[int]:
        if step.unit_rule:
            return self._ruled(step.unit_rule)
        place = step.unit or (RECEIVING if step.kind in AT_THE_COUNTER else COMPETENT)
        if place not in self.known:
            self.known[place] = self._find(place)
        return self.known[place]

    def _ruled(self, rule: str) -> frozenset[int]:
        """Units that a rule can give: a participant, a unit, or who is competent for a place."""
        if rule not in self.known:
            unit, participants = self.unit, self.row.participants
            codes = codes_of(rule, procedure_of(self.row))
            named = {code: units.unit_by_code(unit, participants.get(code, code)) for code in codes}
            found = {one.id for one in named.values() if one is not None}
            places = [code for code, one in named.items() if one is None]
            competent = (competent_at(unit, self.row.procedure_id, code) for code in places)
            found |= {one.id for one in competent if one is not None}
            self.known[rule] = self._open(found)
        return self.known[rule]

    def _find(self, place: str) -> frozenset[int]:
        if place == RECEIVING:
            every = self.unit.session.scalars(select(UnitRow.id)).all()
            held = units.held_roles(self.unit, every, self.day)
            return self._open(one for one in every if RECEPTION in held[one])
        if place == COMPETENT:
            named = select(CompetenceRow.unit_id).where(
                CompetenceRow.procedure_id == self.row.procedure_id, CompetenceRow.effective_from <= self.day
            )
            still = named.where(
                (CompetenceRow.effective_to.is_(None)) | (CompetenceRow.effective_to >= self.day)
            )
            return self._open(self.unit.session.scalars(still).all())
        found = units.unit_by_code(self.unit, self.row.participants.get(place, ""))
        return self._open([found.id] if found else [])

    def _open(self, ids: Iterable[int]) -> frozenset[int]:
        """Those that continue the work of the units today."""
        heirs = (
            units.successor(self.unit, units.get_unit(self.unit, one), self.day, self.row.procedure_id)
            for one in ids
        )
        return frozenset(one.id for one in heirs if one is not None)


def verdict_words(report: Report) -> Mapping[str, Text]:
    """Return what the verdict is called, and what a person must do about it."""
    return _VERDICTS[report.verdict]


_VERDICTS: Mapping[str, Mapping[str, Text]] = {
    "sound": {
        "name": Text("Đã chứng minh", "Proven"),
        "say": Text(
            "Mọi đường đi đều tới được kết thúc; không hồ sơ nào mắc kẹt.",
            "Every way leads to an end; no dossier gets stuck.",
        ),
    },
    "unsound": {
        "name": Text("Có vấn đề", "Not sound"),
        "say": Text(
            "Phải sửa hết các vấn đề dưới đây rồi mới gửi duyệt, ban hành được.",
            "The problems below must be mended before it can be submitted or published.",
        ),
    },
    "not-proven": {
        "name": Text("Chưa chứng minh được", "Not proven"),
        "say": Text(
            "Chưa thấy lỗi, nhưng chưa xem hết mọi trường hợp. Người ban hành phải tự quyết định: chạy thử "
            "thêm rồi ban hành và chịu trách nhiệm về phần chưa xem, hoặc trả lại để sửa cho gọn.",
            "No fault was found, but not every case was looked at. Whoever publishes must decide: try it out "
            "further and publish, answering for what was not looked at, or send it back to be made simpler.",
        ),
    },
}
