"""A procedure on its way: who writes, who approves, and drawings changed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree
from office import Office
from sqlalchemy import select

from designer import review
from designer.drafts import open_draft, save_draft
from designer.review import Decision
from engine.bpmn.extensions import MC
from engine.domain.access import SYSTEM
from engine.store.rows import AssignmentRow, PositionRow, ProcedureRow, RevisionRow, UserRow

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
AUTHOR, HEAD, PROVINCE = "thao.np", "tuan.pm", "lan.dt"  # of the unit, of the unit, of the province
OTHER_AUTHOR = "nga.tt"  # writes procedures for another department
DECISION = Decision(number="1500/QĐ-UBND")


@dataclass
class Authoring:
    """The permit procedure P03 and its revisions."""

    office: Office

    def in_force(self) -> RevisionRow:
        with self.office.engine.reading(SYSTEM) as unit:
            return unit.session.scalars(
                select(RevisionRow)
                .join(ProcedureRow)
                .where(ProcedureRow.key == "P03")
                .order_by(RevisionRow.id)
            ).first()

    def draft(self, login: str = AUTHOR) -> int:
        source = self.in_force()
        with self.office.unit(login) as unit:
            return open_draft(unit, source.procedure_id, source.id)

    def second_author(self, login: str) -> None:
        """Let somebody else write procedures for the unit of P03 too."""
        with self.office.engine.unit(SYSTEM) as unit:
            chair = unit.session.scalars(select(PositionRow.id).where(PositionRow.code == "sxd-qt")).one()
            user = unit.session.scalars(select(UserRow.id).where(UserRow.login == login)).one()
            unit.session.add(
                AssignmentRow(
                    user_id=user, position_id=chair, starts_on=self.office.clock.now().date(), is_acting=False
                )
            )

    def row(self, revision_id: int) -> RevisionRow:
        with self.office.engine.reading(SYSTEM) as unit:
            row = unit.session.get(RevisionRow, revision_id)
            assert row is not None
            assert row.definition.hash  # loaded while the session is open
            return row

    def save(self, revision_id: int, xml: bytes, login: str = AUTHOR, **more: Any) -> int:
        version = more.pop("version", None) or self.row(revision_id).version
        with self.office.unit(login) as unit:
            return save_draft(unit, revision_id, xml=xml, version=version, **more)

    def submit(self, revision_id: int, login: str = AUTHOR) -> None:
        with self.office.unit(login) as unit:
            review.submit(unit, revision_id, "Rút ngắn bước phân công")

    def approve(self, revision_id: int, login: str) -> str:
        with self.office.unit(login) as unit:
            return review.approve(unit, revision_id)

    def publish(
        self, revision_id: int, day: date, login: str = PROVINCE, decision: Decision = DECISION
    ) -> None:
        with self.office.unit(login) as unit:
            review.publish(unit, revision_id, day, decision)

    def approved(self, xml: bytes | None = None) -> int:
        """Take a draft, with another drawing if given, up to where it waits for publication."""
        revision_id = self.draft()
        if xml is not None:
            self.save(revision_id, xml)
        self.submit(revision_id)
        self.approve(revision_id, HEAD)
        self.approve(revision_id, PROVINCE)
        return revision_id


def step(xml: bytes, key: str, **attributes: str | None) -> bytes:
    """Return the drawing with attributes of one element changed; `mc_hours="3"` is mc:hours, None removes."""
    root = etree.fromstring(xml)
    element = root.xpath("//*[@id=$key]", key=key)[0]
    for name, value in attributes.items():
        full = f"{{{MC}}}{name[3:]}" if name.startswith("mc_") else name
        if value is None:
            element.attrib.pop(full, None)
        else:
            element.set(full, value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def without(xml: bytes, key: str) -> bytes:
    """Return the drawing without one element, and without the flows that touch it."""
    root = etree.fromstring(xml)
    doomed = root.xpath("//*[@id=$key or @sourceRef=$key or @targetRef=$key or @attachedToRef=$key]", key=key)
    gone = {one.get("id") for one in doomed}
    for one in doomed:
        one.getparent().remove(one)
    for one in root.xpath("//*"):
        if one.get("bpmnElement") in gone or (one.text or "").strip() in gone:
            one.getparent().remove(one)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def condition(xml: bytes, flow: str, text: str) -> bytes:
    """Return the drawing with another condition on one flow."""
    root = etree.fromstring(xml)
    root.xpath("//*[@id=$key]", key=flow)[0].find(f"{BPMN}conditionExpression").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
