"""Past dossiers that talked with other dossiers, replayed from their rows under another revision."""

from __future__ import annotations

import re

import pytest
from liaison import LAND_CONTENT, Liaison, land_xml
from sqlalchemy import select

from designer import impact
from engine.domain.access import SYSTEM
from engine.store.rows import DossierRow, ProcedureRow, RevisionRow
from engine.store.study_rows import StudyRow
from engine.usecases import studies

AUTHOR = "thao.np"
HAND_OVER = {"recipient_name": "Nguyễn Văn Á", "method": "counter"}
LONGER = "<timeDuration>P30D</timeDuration>"


@pytest.fixture
def liaison(office) -> Liaison:
    return Liaison(office).install()


def finished(liaison: Liaison, *, is_late: bool = False) -> int:
    """A land dossier that asked the tax office and took its answer; late, after it was reminded."""
    office = liaison.office
    office.at("2026-11-23 09:10")
    dossier = liaison.ask()
    liaison.deliver()
    office.at("2026-11-24 09:10")
    if is_late:
        office.at("2026-12-01 09:10")
        assert office.fire() == 1
        office.do(dossier, "T6")
    liaison.answer(liaison.child(dossier))
    liaison.deliver()
    office.do(dossier, "T8")
    office.do(dossier, "T11", **HAND_OVER)
    return dossier


def replayed(liaison: Liaison, xml: str) -> dict:
    """Put the next revision in force, play the dossiers of the last year under it; return what came of it."""
    office = liaison.office
    liaison.put("LAND", xml, LAND_CONTENT, "sxd")
    with office.engine.reading(SYSTEM) as unit:
        found = select(RevisionRow.id).join(ProcedureRow).where(ProcedureRow.key == "LAND")
        newest = unit.session.scalars(found.order_by(RevisionRow.number.desc())).first()
    with office.unit(AUTHOR) as unit:
        study = impact.begin_impact(unit, newest)
    for _ in range(4):
        studies.do_due_studies(office.engine, 5)
    with office.engine.reading(SYSTEM) as unit:
        row = unit.session.get_one(StudyRow, study)
        assert row.state == "done", row.error_vi
        return dict(row.result)


def code(liaison: Liaison, dossier: int) -> str:
    with liaison.office.engine.reading(SYSTEM) as unit:
        return unit.session.get_one(DossierRow, dossier).code


def test_an_answer_that_came_from_another_dossier_is_heard_again_when_it_came(liaison):
    in_time, late = finished(liaison), finished(liaison, is_late=True)

    found = replayed(liaison, land_xml().replace("<timeDuration>P5D</timeDuration>", LONGER))

    assert found["cannot"] == []
    assert (found["dossiers"], found["played"]) == (2, 2)
    assert found["other_way"] == 1, "only who waited longer than five days was reminded"
    [way] = found["ways"]
    assert [one["vi"] for one in way["gone"]] == ["Đôn đốc cơ quan thuế"]
    assert way["codes"] == [code(liaison, late)] != [code(liaison, in_time)]


def test_a_message_that_nobody_ever_sent_keeps_past_dossiers_from_being_replayed(liaison):
    dossier = finished(liaison)

    other = land_xml().replace('name="tax.notice"', 'name="tax.receipt"')
    found = replayed(liaison, re.sub(r'<boundaryEvent.*?(?=<sequenceFlow id="f7")', "", other, flags=re.S))

    assert found["played"] == 0
    [cannot] = found["cannot"]
    assert cannot["codes"] == [code(liaison, dossier)]
    assert "Chờ tin" in cannot["why"]["vi"]
