"""Two procedures that belong together: a land dossier asks the tax office what is owed, and is told.

The asking dossier sends its slip by a send task and waits at a receive task, at most five days; the slip
begins a dossier at the tax office, whose end event answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from office import Office, add_revision
from sqlalchemy import select

from engine.domain.texts import fold
from engine.store.message_rows import DossierLinkRow, MessageRow, MessageWaitRow
from engine.store.rows import CompetenceRow, DossierRow, EventRow, IncidentRow, ProcedureRow, UnitRow
from engine.usecases.delivery import deliver_messages

ASK, NOTICE = "land.obligation.request", "tax.notice"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="defs" targetNamespace="urn:test">
  <message id="M_ask" name="land.obligation.request"/>
  <message id="M_notice" name="tax.notice"/>
"""

LAND = (
    HEAD
    + """{roots}
  <process id="P" isExecutable="true">{subscription}
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="T2"/>
    <userTask id="T2" name="Kiểm tra, lập phiếu chuyển" mc:kind="appraise" mc:role="SPECIALIST"
        mc:unit="competent" mc:hours="6"/>
    <sequenceFlow id="f3" sourceRef="T2" targetRef="ask"/>
    <sendTask id="ask" name="Gửi phiếu chuyển thông tin" messageRef="M_ask" {asked}>
      <extensionElements>
        <mc:text lang="en" name="Send the slip to the tax office"/>
        <mc:field name="parcel_no"/><mc:field name="price" value="price * 1"/>
        <mc:field name="land_code" value="dossier.code"/>
      </extensionElements>
    </sendTask>
    <sequenceFlow id="f4" sourceRef="ask" targetRef="notice"/>
    <receiveTask id="notice" name="Chờ thông báo nghĩa vụ tài chính" messageRef="M_notice">
      <extensionElements>
        <mc:text lang="en" name="Wait for the tax notice"/>
        <mc:field name="owed" value="amount"/><mc:field name="notice_no"/>
      </extensionElements>
    </receiveTask>
    <boundaryEvent id="late" name="Quá 5 ngày" attachedToRef="notice">
      <timerEventDefinition id="t"><timeDuration>P5D</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <sequenceFlow id="f5" sourceRef="late" targetRef="T6"/>
    <userTask id="T6" name="Đôn đốc cơ quan thuế" mc:kind="review" mc:role="HEAD" mc:unit="competent"
        mc:hours="2"/>
    <sequenceFlow id="f6" sourceRef="T6" targetRef="notice"/>
    <sequenceFlow id="f7" sourceRef="notice" targetRef="T8"/>
    <userTask id="T8" name="Ký xác nhận" mc:kind="sign" mc:role="SIGNATORY" mc:unit="competent" mc:hours="4"
        mc:result="granted"/>
    <sequenceFlow id="f8" sourceRef="T8" targetRef="T11"/>
    <userTask id="T11" name="Trả kết quả" mc:kind="return_result" mc:role="RETURN_DESK" mc:hours="2"/>
    <sequenceFlow id="f9" sourceRef="T11" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>
"""
)
TAX = (
    HEAD
    + """{roots}
  <process id="P" isExecutable="true">
    <startEvent id="asked" name="Nhận phiếu chuyển">
      <messageEventDefinition id="d1" messageRef="M_ask"/>
    </startEvent>
    <sequenceFlow id="f1" sourceRef="asked" targetRef="T1"/>
    <userTask id="T1" name="Xác định nghĩa vụ" mc:kind="opinion" mc:role="OPINION" mc:unit="competent"
        mc:hours="40" mc:form="notice" mc:result="granted"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="told"/>
    <endEvent id="told" name="Gửi thông báo nghĩa vụ tài chính">
      <extensionElements>
        <mc:field name="amount"/><mc:field name="notice_no"/><mc:field name="land_code"/>
      </extensionElements>
      <messageEventDefinition id="d2" messageRef="M_notice"/>
    </endEvent>
  </process>
</definitions>
"""
)


def field(name: str, label: str, type_: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": {"vi": label, "en": name}, "type": type_, **more}


def form(ident: str, *fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": ident, "title": {"vi": ident, "en": ident}, "sections": [{"fields": list(fields)}]}


def content(key: str, name: str, *forms: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "name": {"vi": name, "en": name},
        "limit": {"kind": "working_day", "value": 10},
        "reception_form": forms[0]["id"],
        "forms": {one["id"]: dict(one) for one in forms},
        "participants": [{"code": "tax_office", "name": {"vi": "Cơ quan thuế", "en": "Tax office"}}],
    }


LAND_CONTENT = content(
    "LAND",
    "Đăng ký biến động đất đai",
    form(
        "application",
        field("parcel_no", "Số thửa", "text", required=True),
        field("price", "Giá chuyển nhượng", "money"),
    ),
    form("tax", field("owed", "Số phải nộp", "money", min="0"), field("notice_no", "Số thông báo", "text")),
)
TAX_CONTENT = content(
    "TAX",
    "Xác định nghĩa vụ tài chính về đất đai",
    form(
        "slip",
        field("parcel_no", "Số thửa", "text", required=True),
        field("price", "Giá chuyển nhượng", "money", required=True),
        field("land_code", "Mã hồ sơ đất đai", "text"),
    ),
    form(
        "notice",
        field("amount", "Số phải nộp", "money", required=True),
        field("notice_no", "Số thông báo", "text", required=True),
    ),
)
BY_PARCEL = """<correlationProperty id="K_parcel" name="parcel_no">
    <correlationPropertyRetrievalExpression id="r1" messageRef="M_notice">
      <messagePath>parcel_no</messagePath>
    </correlationPropertyRetrievalExpression>
  </correlationProperty>"""


class Liaison:
    """The office with both procedures in force, and what the worker does for them."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def install(self, land: str = "", tax: str = "") -> Liaison:
        self.put("LAND", land or land_xml(), LAND_CONTENT, "sxd")
        self.put("TAX", tax or tax_xml(), TAX_CONTENT, "thue")
        return self

    def put(self, key: str, xml: str, said: Mapping[str, Any], unit_code: str) -> None:
        """Put a procedure, or its next revision, in force."""
        with self.office.unit(None) as unit:
            row = unit.session.scalars(select(ProcedureRow).where(ProcedureRow.key == key)).one_or_none()
            number = 1
            if row is None:
                name = said["name"]["vi"]
                row = ProcedureRow(key=key, national_code="", name_vi=name, search_text=fold(f"{key} {name}"))
                unit.session.add(row)
                unit.session.flush()
                office = unit.session.scalars(select(UnitRow).where(UnitRow.code == unit_code)).one()
                unit.session.add(
                    CompetenceRow(
                        procedure_id=row.id, unit_id=office.id, geo_code="", effective_from=date(2025, 7, 1)
                    )
                )
            else:
                number = 2
            revision = add_revision(unit, row, xml.encode(), {**said, "key": key}, number)
            revision.participants = {"tax_office": "thue"}

    def ask(self, parcel: str = "128", price: str = "900000000", at: str = "mai.lt") -> int:
        """Receive a land dossier and take it to where it waits for the notice."""
        dossier = self.land(parcel, price, at)
        self.office.do(dossier, "T2")
        return dossier

    def land(self, parcel: str = "128", price: str = "900000000", at: str = "mai.lt") -> int:
        return self.office.receive(at, "LAND", "ttpvhcc", {"parcel_no": parcel, "price": price})

    def deliver(self, rounds: int = 1) -> int:
        return sum(deliver_messages(self.office.engine) for _ in range(rounds))

    def child(self, dossier: int) -> int:
        """Return the dossier that this one's message began."""
        return next(one.child_id for one in self.links() if one.parent_id == dossier)

    def answer(self, tax: int, amount: str = "18000000", number: str = "TB-01") -> None:
        self.office.do(tax, "T1", amount=amount, notice_no=number)

    def messages(self, name: str = "") -> list[MessageRow]:
        found = self._all(MessageRow)
        return [one for one in found if name in ("", one.name)]

    def waits(self, dossier: int | None = None) -> list[MessageWaitRow]:
        return [one for one in self._all(MessageWaitRow) if dossier in (None, one.dossier_id)]

    def links(self) -> list[DossierLinkRow]:
        return self._all(DossierLinkRow)

    def incidents(self) -> list[IncidentRow]:
        return [one for one in self._all(IncidentRow) if one.ended_at is None]

    def dossiers(self, key: str) -> list[int]:
        with self.office.reading(None) as unit:
            statement = select(DossierRow.id).join(DossierRow.procedure).where(ProcedureRow.key == key)
            return list(unit.session.scalars(statement.order_by(DossierRow.id)))

    def kinds(self, dossier: int) -> list[str]:
        with self.office.reading(None) as unit:
            found = select(EventRow.kind).where(EventRow.dossier_id == dossier).order_by(EventRow.id)
            return list(unit.session.scalars(found))

    def _all(self, table: type) -> list[Any]:
        with self.office.reading(None) as unit:
            return list(unit.session.scalars(select(table).order_by(table.id)))


def land_xml(roots: str = "", subscription: str = "", asked: str = 'mc:unit="tax_office"') -> str:
    return LAND.replace("{roots}", roots).replace("{subscription}", subscription).replace("{asked}", asked)


def tax_xml(roots: str = "") -> str:
    return TAX.replace("{roots}", roots)
