"""What the demo leaves out, so that every kind of page shows something: a draft, a filing, an incident."""

from __future__ import annotations

import io
import re
from typing import Any

from authoring import AUTHOR, HEAD, OTHER_AUTHOR, PROVINCE, Authoring
from flask import Flask
from office import APPLICANT, Office
from pages import read
from sqlalchemy import select

from designer.drafts import open_draft
from engine.domain.access import SYSTEM
from engine.errors import Refused
from engine.store.rows import DossierRow, IncidentRow, ProcedureRow, RevisionRow
from engine.usecases.incidents import open_incident

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/" id="d" name="n" namespace="n">
  <decision id="fee" name="Mức phí"><variable name="muc_phi"/>
  <decisionTable id="t" hitPolicy="UNIQUE">
    <input id="i1" label="Tầng">
      <inputExpression id="e1" typeRef="number"><text>storeys</text></inputExpression></input>
    <output id="o1" name="muc_phi"/>
    <rule id="r1"><inputEntry id="c1"><text>[1..3]</text></inputEntry>
      <outputEntry id="c2"><text>75000</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""


class Nobody(Refused):
    code = "nobody_there"
    vi = "Không có ai giữ vai trò chuyên viên."
    en = "Nobody holds the role of a specialist."


def furnish(app: Flask, office: Office) -> dict[str, tuple[str, ...]]:
    """Do what the stories of the demo do not; return who → addresses that only this makes."""
    return {
        AUTHOR: _write(app, office),
        HEAD: ("/designer/", "/staff/signing"),
        PROVINCE: ("/designer/",),
        "mai.lt": (*_file(app), *_signed_dossier(office)),
        "khoa.nd": (*_break(office), *_choose(app)),
    }


def _write(app: Flask, office: Office) -> tuple[str, ...]:
    """A draft of P03 with letter, table, comment and a copy; a draft of P07 that waits for approval."""
    with office.engine.unit(SYSTEM) as unit:
        rows = {one.key: one for one in unit.session.scalars(select(ProcedureRow))}
        for one in rows.values():
            one.set_code = ""  # the standard set may not be changed here
        other = rows["P07"].id
        source = unit.session.scalars(select(RevisionRow.id).where(RevisionRow.procedure_id == other)).first()
    authoring = Authoring(office)
    author = app.test_client().sign_in(AUTHOR)
    draft, before = authoring.draft(), authoring.in_force().id
    place = f"/designer/revisions/{draft}"

    def version() -> str:
        return str(authoring.row(draft).version)

    def post(address: str, **data: Any) -> str:
        answer = author.post(address, data=data, content_type="multipart/form-data")
        assert answer.status_code == 303, read(answer).words[:600]
        return answer.location

    letter = post(f"{place}/letters/", version=version(), title="Giấy mời", title_vi="Giấy mời")
    post(
        f"{place}/decisions/",
        do="upload",
        version=version(),
        file=(io.BytesIO(TABLE.encode()), "fees.dmn"),
    )
    post(f"{place}/comments", text="Bước này cần nêu rõ thời hạn.", element="T3")
    copy = post(f"{place}/copies")
    with office.unit(OTHER_AUTHOR) as unit:
        waiting = open_draft(unit, other, source)
    authoring.submit(waiting, OTHER_AUTHOR)
    outline = author.get(f"{place}/outline").text
    form = re.search(rf"{place}/forms/[\w-]+", author.get(f"{place}/forms/").text)[0]
    return (
        *(f"{place}/{name}" for name in ("edit", "proof", "history", "outline", "comments")),
        f"/designer/compare?before={before}&after={draft}",
        f"/designer/revisions/{before}/compare/{draft}",
        *sorted(set(re.findall(rf"{place}/outline/(?:parts|ways)/[\w-]+", outline)))[:2],
        letter,
        f"{place}/decisions/fees/fee",
        copy,
        form,
        *re.findall(rf"{form}/fields/[\w-]+", author.get(form).text)[:1],
    )


def _file(app: Flask) -> tuple[str, ...]:
    """A filing that lacks papers, with its letter."""
    clerk = app.test_client().sign_in("mai.lt")
    page = read(clerk.get("/staff/reception?procedure=P07"))
    facts = {
        **page.form("/staff/reception"),
        "applicant_kind": "0",
        "applicant_name": APPLICANT.name,
        "applicant_phone": APPLICANT.phone,
    }
    answer = clerk.post("/staff/filings", data=facts)
    assert answer.status_code == 303, read(answer).words[:600]
    return (answer.location,)


def _signed_dossier(office: Office) -> tuple[str, ...]:
    """A refusal that waits for its signature; its dossier was received just now."""
    dossier = office.permit()
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    office.do(dossier, "T3", "refuse", reason="Trái quy hoạch.")
    office.do(dossier, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
    office.do(dossier, "T7", "approve")
    return (f"/staff/dossiers/{_code(office, dossier)}/accepted",)


def _break(office: Office) -> tuple[str, ...]:
    """An incident of a dossier of the department."""
    dossier = office.permit()
    with office.unit(None) as unit:
        open_incident(unit, dossier, Nobody("somebody", "nobody"), attempts=6)
        unit.session.flush()
        return (f"/staff/incidents/{unit.session.scalars(select(IncidentRow.id)).first()}",)


def _choose(app: Flask) -> tuple[str, ...]:
    """An act on many steps, chosen and not begun, and the sheet of it."""
    head = app.test_client().sign_in("khoa.nd")
    ticks = re.findall(r'name="t" value="([\d.]+)"', head.get("/staff/").text)
    answer = head.post("/staff/many", data={"t": ticks})
    assert answer.status_code == 303
    return (answer.location, f"{answer.location}/sheet")


def _code(office: Office, dossier: int) -> str:
    with office.engine.reading(SYSTEM) as unit:
        return unit.session.get_one(DossierRow, dossier).code
