"""Undo is the inverse of the step: everything that counts is as it was, and the history shows both."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.domain.deadlines import ClockPolicy
from engine.store.cases import OPEN
from engine.store.message_rows import MessageWaitRow
from engine.store.rows import ClockStopRow, DossierRow, EventRow, OutboxRow, TimerRow, WorkItemRow
from engine.usecases.history import history_of
from engine.usecases.outbox import send_due
from engine.usecases.tasks import claim_task
from engine.usecases.undoing import NotUndoable, undo_step, undoable

LOOSE = {"version", "search_text"}
ANSWERS = {
    "T3": {"land_ok": "1"},
    "T5a": {"red_line": "4 m", "building_line": "2 m"},
    "T4": {"visit_date": "23/11/2026", "site_findings": "Đúng ranh giới."},
    "T6": {"consolidation": "Đủ điều kiện.", "permit_content": "Nhà ở 2 tầng."},
}
REASON = {"supplement", "return", "reject"}


def picture(office, dossier):
    """All that decides how a dossier goes on, without numbers of rows."""
    with office.reading(None) as unit:
        row = unit.session.get_one(DossierRow, dossier)
        columns = {c.key: getattr(row, c.key) for c in DossierRow.__table__.c if c.key not in LOOSE}
        columns["state"] = json.loads(columns["state"])

        def of(table, *names, where=True):
            found = unit.session.scalars(select(table).where(table.dossier_id == dossier, where))
            return sorted(tuple(repr(getattr(one, name)) for name in names) for one in found)

        return {
            "dossier": columns,
            "open": of(WorkItemRow, "node_id", "token", "claimed_by", "due_at", "draft", "answers",
                       where=WorkItemRow.status == OPEN),
            "timers": of(TimerRow, "node_id", "token", "number", "due_at", "repeats", "every"),
            "waits": of(MessageWaitRow, "node_id", "token", "number"),
            "stops": of(ClockStopRow, "kind", "stopped_at", "resumed_at",
                        where=ClockStopRow.policy != ClockPolicy.RUN.value),
            "to_send": of(OutboxRow, "payload", where=OutboxRow.next_try_at.is_not(None)),
        }  # fmt: skip


def steps_of(office, dossier):
    with office.reading(None) as unit:
        return [
            (one.id, one.node_id)
            for one in unit.session.scalars(
                select(WorkItemRow)
                .where(WorkItemRow.dossier_id == dossier, WorkItemRow.status == OPEN)
                .order_by(WorkItemRow.id)
            )
        ]


def undo(office, task):
    with office.unit(office.who(task)) as unit:
        undo_step(unit, task)


@pytest.mark.sqlite
@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],  # a failing story of a whole office is not worth shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_undoing_a_step_leaves_everything_as_it_was(office, data):
    office.at("2026-11-23 09:10")
    dossier = office.permit(on_fire_list=data.draw(st.sampled_from(["0", "1"])))
    for _ in range(data.draw(st.integers(1, 6))):
        office.clock.advance(minutes=data.draw(st.integers(1, 300)))
        waiting = steps_of(office, dossier)
        if not waiting or waiting[0][1] in ("T9", "T10"):
            break
        task, node = data.draw(st.sampled_from(waiting))
        with office.reading(None) as unit:
            from engine.usecases.cases import Case

            row = unit.session.get_one(DossierRow, dossier)
            outcomes = [one.code for one in Case.of(unit, row).spec(node).outcomes] or [""]
        outcome = data.draw(st.sampled_from(outcomes))
        before = picture(office, dossier)
        try:
            office.do(dossier, node, outcome, reason="Lý do thử.", **ANSWERS.get(node, {}))
        except Exception:  # not every outcome fits everywhere; then nothing has happened
            assert picture(office, dossier) == before
            continue
        after = picture(office, dossier)
        office.clock.advance(minutes=2)
        undo(office, task)
        assert picture(office, dossier) == before
        assert office.check() == {}
        office.clock.advance(minutes=1)
        office.do(dossier, node, outcome, reason="Lý do thử.", **ANSWERS.get(node, {}))
        assert set(after) == set(picture(office, dossier))
        assert [one[0] for one in picture(office, dossier)["open"]] == [one[0] for one in after["open"]]


def test_the_history_shows_the_step_and_that_it_was_taken_back(office):
    dossier = office.permit()
    task = office.task(dossier, "T2")
    office.do(dossier, "T2", "assign")
    with office.reading("khoa.nd") as unit:
        offered = undoable(unit, dossier)
    undo(office, task)
    with office.reading("khoa.nd") as unit:
        kinds = [one.kind for one in history_of(unit, dossier)]
        again = undoable(unit, dossier)

    assert offered.task_id == task
    assert again is None
    assert kinds[-4:] == ["step.done", "step.opened", "step.undone", "step.withdrawn"]
    assert office.open_steps(dossier) == ["T2"]
    assert office.check() == {}


def test_a_step_is_not_taken_back_by_somebody_else_or_once_somebody_went_on(office):
    dossier = office.permit()
    task = office.task(dossier, "T2")
    office.do(dossier, "T2", "assign")
    with pytest.raises(NotUndoable, match="somebody else"), office.unit("linh.vt") as unit:
        undo_step(unit, task)
    office.clock.advance(minutes=1)
    with office.unit("linh.vt") as unit:
        claim_task(unit, office.task(dossier, "T3"))
    before = office.counts()
    with pytest.raises(NotUndoable) as refusal:
        undo(office, task)

    assert "Võ Thùy Linh" in refusal.value.say("vi")
    assert office.counts() == before


def asked_for_papers(office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    office.do(dossier, "T3", "supplement", reason="Thiếu bản vẽ.")
    send_due(office.engine)
    task = office.task(dossier, "T3b")
    office.clock.advance(minutes=1)
    office.do(dossier, "T3b", "approve")
    return dossier, task


def test_a_message_that_has_not_gone_out_is_recalled_with_the_step(office):
    dossier, task = asked_for_papers(office)
    undo(office, task)
    sent = send_due(office.engine)

    assert sent == 0
    assert (office.dossier(dossier).clock_stopped_at, office.dossier(dossier).supplement_rounds) == (None, 0)
    with office.reading(None) as unit:
        assert (
            unit.session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first().error == "recalled"
        )
    assert office.check() == {}


def test_once_the_applicant_has_been_told_it_stays(office):
    dossier, task = asked_for_papers(office)
    send_due(office.engine)
    with pytest.raises(NotUndoable, match="has been told"):
        undo(office, task)

    assert office.dossier(dossier).supplement_rounds == 1


def test_a_number_of_the_register_and_a_result_bind(office):
    dossier = office.permit()
    for node, outcome in (("T2", "assign"), ("T3", "pass"), ("T5a", "done"), ("T4", "match"), ("T6", "grant"),
                          ("T7", "approve"), ("T8", "sign")):  # fmt: skip
        office.do(dossier, node, outcome, **ANSWERS.get(node, {}))
    task = office.task(dossier, "T9")
    office.do(dossier, "T9", "issue")
    with pytest.raises(NotUndoable, match="gave a number"):
        undo(office, task)


def test_undo_costs_the_step_no_statement(office):
    """What taking back needs lies in the work item that is written anyway."""
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    with office.reading(None) as unit:
        kept = unit.session.scalars(
            select(WorkItemRow.draft).where(WorkItemRow.dossier_id == dossier, WorkItemRow.node_id == "T2")
        ).one()
        events = unit.session.scalars(select(EventRow).where(EventRow.dossier_id == dossier)).all()

    assert set(kept) == {"undo"}
    assert len(json.dumps(kept)) < 1_500
    assert len(events) == 6
