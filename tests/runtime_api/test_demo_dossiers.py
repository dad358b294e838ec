"""The dossiers of the demo: made by the product itself, every state, sound, at whatever hour."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from letters import text_of
from sqlalchemy import select

from engine.domain.access import SYSTEM
from engine.domain.dossiers import Status
from engine.store.document_rows import DocumentRow
from engine.store.rows import ClockStopRow, DossierRow, EventRow, IncidentRow, OutboxRow, UnitRow, WorkItemRow
from engine.usecases.audit import verify_audit
from engine.usecases.checks import check_everything
from engine.usecases.word_letters import word_file
from engine.usecases.worklists import list_tasks
from runtime_api.commands.demo import prepare
from runtime_api.demo_dossiers import tell_stories
from runtime_api.demo_procedures import acting, person
from runtime_api.demo_stories import STORIES
from runtime_api.demo_templates import letter_file

MOMENTS = {
    "a Monday morning": datetime(2026, 11, 23, 3, tzinfo=UTC),
    "a Sunday night": datetime(2026, 11, 22, 17, tzinfo=UTC),
    "after Tết": datetime(2027, 2, 15, 8, tzinfo=UTC),
}


@pytest.mark.dossiers
def test_every_state_is_there(province):
    with province.reading(SYSTEM) as unit:
        states = Counter(unit.session.scalars(select(DossierRow.status)))
        late = unit.session.scalars(
            select(DossierRow.code).where(
                DossierRow.ended_at.is_(None),
                DossierRow.resolved_at.is_(None),
                DossierRow.clock_stopped_at.is_(None),
                DossierRow.current_due < unit.now,
            )
        ).all()
        rounds = unit.session.scalars(select(ClockStopRow.round)).all()
        results = Counter(unit.session.scalars(select(DossierRow.result)))
        waiting = unit.session.scalars(
            select(UnitRow.code)
            .join(WorkItemRow, WorkItemRow.unit_id == UnitRow.id)
            .where(WorkItemRow.status == "open")
        ).all()

    made = {Status.RECEIVED, Status.IN_PROGRESS, Status.SUPPLEMENT, Status.RESOLVED, Status.RETURNED}
    assert set(states) >= {one.value for one in made | {Status.WITHDRAWN, Status.STOPPED}}
    assert sum(states.values()) == len(STORIES)
    assert len(late) >= 2
    assert max(rounds) == 2
    assert results["granted"] > 5 < results["granted"] + results["refused"]
    assert {"sxd", "ttpvhcc", "pc07", "svhttdl", "nam-can", "dat-mui"} <= set(waiting)


@pytest.mark.dossiers
def test_the_database_is_sound_afterwards(province):
    with province.reading(SYSTEM) as unit:
        assert {name: count for name, count in check_everything(unit).items() if count} == {}
        assert verify_audit(unit) is None
        assert unit.session.scalars(select(IncidentRow)).all() == []


@pytest.mark.sqlite
@pytest.mark.parametrize("when", MOMENTS)
def test_nothing_happens_in_the_future_and_all_happens_in_working_time(province, clock, when):
    clock.set(MOMENTS[when])
    tell_stories(province)

    with province.reading(SYSTEM) as unit:
        moments = unit.session.scalars(select(EventRow.at).order_by(EventRow.id)).all()
        unsent = unit.session.scalars(select(OutboxRow).where(OutboxRow.sent_at.is_(None))).all()
    assert max(moments) <= MOMENTS[when]
    assert moments == sorted(moments)
    assert unsent == []


@pytest.mark.sqlite
@pytest.mark.dossiers
def test_people_find_their_work(province):
    for login in ("mai.lt", "khoa.nd", "linh.vt", "tuan.pm", "huong.bt", "phuc.dh", "son.lv", "my.nk"):
        with acting(province, login) as unit:
            assert list_tasks(unit, scope="unit").lines, f"{login} has nothing to do"


@pytest.mark.sqlite
def test_the_demo_is_made_once_and_anew_after_an_interruption(engine, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "demo"
    folder.mkdir()

    def breaks(_engine):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("runtime_api.commands.demo.tell_stories", breaks)
        with pytest.raises(KeyboardInterrupt):
            prepare(engine, folder)
    prepare(engine, folder)
    with engine.reading(SYSTEM) as unit:
        codes = unit.session.scalars(select(DossierRow.code)).all()
    prepare(replace(engine), folder)

    with engine.reading(SYSTEM) as unit:
        assert unit.session.scalars(select(DossierRow.code)).all() == codes
    assert len(codes) == len(STORIES)
    with engine.reading(SYSTEM) as unit:
        asked = unit.session.scalars(
            select(DocumentRow).join(UnitRow).where(DocumentRow.form_code == "02", UnitRow.code == "ttpvhcc")
        ).first()
        number, code, gaps = asked.id, asked.dossier.code, asked.data["letter"]["gaps"]
    _, letter = word_file(engine, person(engine, "mai.lt"), number)
    said = text_of(letter)
    assert "THƯ MỜI BỔ SUNG" in said
    assert all(one in said for one in (code, *(gap["name"] for gap in gaps)))
    assert "{" not in said


def test_the_letter_of_the_demo_is_the_same_file_every_time():
    assert letter_file() == letter_file()
