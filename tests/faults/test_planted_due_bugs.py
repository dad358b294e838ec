"""The checks of extensions, suspensions, corrections and undone steps are tried: each harm has its name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from office import open_office
from sqlalchemy import delete, update

from engine.store.document_rows import DocumentRow
from engine.store.due_rows import CorrectionRow, DueChangeRow
from engine.store.rows import ClockStopRow, DossierRow, EventRow, WorkItemRow
from engine.usecases.corrections import open_correction
from engine.usecases.due_changes import propose_extension, put_in_force
from engine.usecases.suspensions import suspend_dossier
from engine.usecases.undoing import undo_step

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]
EXTENDED, SUSPENDED, CORRECTED, UNDONE = 1, 2, 3, 4
IN_FORCE = DueChangeRow.state == "in_force"

HARMS = {
    "decided by who proposed it": (
        lambda unit: update(DueChangeRow).where(IN_FORCE).values(decided_by=DueChangeRow.proposed_by),
        {"due_dates_moved_by_one_person"},
    ),
    "an extension that moved nothing": (
        lambda unit: update(DueChangeRow).where(IN_FORCE).values(amount=0),
        {"due_dates_unlike_the_rules"},
    ),
    "an extension without a letter": (
        lambda unit: update(DocumentRow).where(DocumentRow.form_code == "04").values(form_code="05"),
        {"extensions_without_letter"},
    ),
    "no reason": (lambda unit: update(DueChangeRow).values(reason=""), {"due_changes_without_reason"}),
    "decided before it was proposed": (
        lambda unit: update(DueChangeRow).values(decided_at=unit.now - timedelta(days=9)),
        {"due_changes_without_reason"},
    ),
    "a suspension that nobody wrote down": (
        lambda unit: delete(EventRow).where(EventRow.kind == "suspended"),
        {"suspensions_without_history"},
    ),
    "a suspension that ended by itself": (
        lambda unit: update(ClockStopRow).values(resumed_at=unit.now),
        {"clocks_wrongly_shown"},
    ),
    "a correction of what has no result": (
        lambda unit: update(CorrectionRow).values(of_dossier_id=EXTENDED),
        {"corrections_of_nothing"},
    ),
    "a correction of itself": (
        lambda unit: update(CorrectionRow).values(of_dossier_id=CorrectionRow.dossier_id),
        {"corrections_of_nothing"},
    ),
    "a step taken back that nobody wrote down": (
        lambda unit: delete(EventRow).where(EventRow.kind == "step.undone"),
        {"open_steps_that_ended"},
    ),
    "a step taken back and done all the same": (
        lambda unit: (
            update(WorkItemRow)
            .where(WorkItemRow.dossier_id == UNDONE, WorkItemRow.node_id == "T2")
            .values(status="done")
        ),
        {"steps_unlike_the_marking"},
    ),
}


@pytest.fixture
def office(province, clock):
    """A dossier that was extended, one suspended, one corrected, and one whose last step was taken back."""
    office = open_office(province, clock)
    extended, suspended, corrected, undone = (office.permit() for _ in range(4))
    with office.unit("khoa.nd") as unit:
        change = propose_extension(unit, extended, 3, "complex")
    with office.unit("tuan.pm") as unit:
        put_in_force(unit, change)
    with office.unit("tuan.pm") as unit:
        suspend_dossier(unit, suspended, "Chờ bản án.", "Luật Xây dựng, điều 94")
    office.do(corrected, "T2", "assign")
    office.do(corrected, "T3", "refuse", reason="Trái quy hoạch.")
    office.do(corrected, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
    office.do(corrected, "T7", "approve")
    office.do(corrected, "T8", "sign")
    office.do(corrected, "T9r", "issue")
    with office.unit("tuan.pm") as unit:
        open_correction(unit, corrected, "Ghi sai số thửa.")
    step = office.task(undone, "T2")
    office.do(undone, "T2", "assign")
    with office.unit("khoa.nd") as unit:
        undo_step(unit, step)
    return office


@pytest.mark.parametrize("harm", HARMS)
def test_harm_to_such_an_act_is_counted_by_name(office, harm):
    assert office.check() == {}
    make, found = HARMS[harm]
    with office.unit(None) as unit:
        assert unit.session.get(DossierRow, UNDONE) is not None
        unit.session.execute(make(unit).execution_options(synchronize_session=False))

    assert set(office.check()) >= found
