"""The checker is checked: every harm that is done here must be counted, and by the right name."""

import pytest
from sqlalchemy import delete, insert, text, update

from engine.store.numbers import next_number
from engine.store.rows import (
    AttachmentRow,
    AuditRow,
    ClockStopRow,
    DossierRow,
    EventRow,
    OutboxRow,
    RegisterEntryRow,
    TimerRow,
    WorkItemRow,
)
from engine.usecases.checks import CHECKS, check_everything

pytestmark = pytest.mark.sqlite


@pytest.fixture
def office(office):
    """An office with a dossier at work, one that waits for the citizen, and one that is resolved."""
    working, waiting, resolved = office.permit(on_fire_list="1"), office.permit(), office.permit()
    for one in (working, waiting, resolved):
        office.do(one, "T2", "assign")
    office.do(working, "T3", "pass")
    office.do(waiting, "T3", "supplement", reason="Thiếu giấy tờ.")
    office.do(waiting, "T3b", "approve")
    office.do(resolved, "T3", "refuse", reason="Trái quy hoạch.")
    office.do(resolved, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
    office.do(resolved, "T7", "approve")
    office.do(resolved, "T8", "sign")
    office.do(resolved, "T9r", "issue")
    return office


WORKING, WAITING, RESOLVED = 1, 2, 3
ATTACHMENT = {
    "dossier_id": WORKING, "component_code": "", "file_name": "a.pdf", "content_type": "application/pdf",
    "size": 1, "sha256": "0" * 64, "added_by": 1,
}  # fmt: skip


def test_a_sound_office_counts_nothing(office):
    with office.reading(None) as unit:
        counts = check_everything(unit)

    assert counts == dict.fromkeys(CHECKS, 0)


STUDY = """
INSERT INTO study (kind, revision_id, digest, given, state, done, total, partial, result, error_vi, error_en,
                   attempts, next_try_at, begun_at, ended_at)
SELECT 'impact', 1, '', '{}', '%s', %s, 5, '[]', '{}', '', '', 0, %s, accepted_at, %s FROM dossier LIMIT 1"""
LAW = """
INSERT INTO legal_document (id, number, title, issuer, effective_from, effective_to, replaced_by_id, source,
                            verified, changed_at)
SELECT %s, '%s', '', '', %s, %s, %s, '', 0, accepted_at FROM dossier LIMIT 1"""

HARMS = {
    "a study that nobody goes on with": (
        text(STUDY % ("waiting", 2, "NULL", "NULL")),
        {"studies_forgotten": 1},
    ),
    "a study that goes on after its end": (
        text(STUDY % ("failed", 2, "accepted_at", "accepted_at")),
        {"studies_forgotten": 1},
    ),
    "a study called done too early": (
        text(STUDY % ("done", 2, "NULL", "accepted_at")),
        {"studies_half_done": 1},
    ),
    "a law that ends before it begins": (
        text(LAW % (1, "1/2026/QH15", "'2026-02-01'", "'2026-01-01'", "NULL")),
        {"law_that_ends_before_it_begins": 1},
    ),
    "a law that replaces itself": (
        text(LAW % (1, "1/2026/QH15", "NULL", "NULL", 1)),
        {"law_replaced_in_a_circle": 1},
    ),
    "a step closed behind the executor's back": (
        update(WorkItemRow).where(WorkItemRow.node_id == "T5a").values(status="done"),
        {"steps_unlike_the_marking": 1, "done_steps_without_history": 1},
    ),
    "a step that the executor does not know": (
        update(WorkItemRow).where(WorkItemRow.node_id == "T5a").values(token=99),
        {"steps_unlike_the_marking": 2},
    ),
    "a state that cannot be read": (
        update(DossierRow).where(DossierRow.id == WORKING).values(state="?"),
        {"steps_unlike_the_marking": 1},
    ),
    "a dossier that nothing moves": (
        delete(WorkItemRow).where(WorkItemRow.node_id == "T10"),
        {"dossiers_nobody_works_on": 1, "steps_unlike_the_marking": 1},
    ),
    "an ended dossier with work": (
        update(DossierRow).where(DossierRow.id == WORKING).values(ended_at=text("accepted_at")),
        {"dossiers_ended_with_work": 1},
    ),
    "a history cut off": (
        delete(EventRow).where(EventRow.dossier_id == WORKING, EventRow.kind == "received"),
        {"dossiers_without_history": 1},
    ),
    "history of nobody": (
        update(EventRow).where(EventRow.id == 1).values(dossier_id=999),
        {"history_without_dossier": 1, "dossiers_without_history": 1},
    ),
    "a register entry torn out": (delete(RegisterEntryRow), {"register_gaps_and_duplicates": 1}),
    "an audit line changed": (
        update(AuditRow).where(AuditRow.id == 2).values(action="nothing.happened"),
        {"audit_broken": 1},
    ),
    "a message forgotten": (
        update(OutboxRow).where(OutboxRow.id == 1).values(next_try_at=None),
        {"messages_forgotten": 1},
    ),
    "a stop that ended too early": (
        update(ClockStopRow).values(resumed_at=text("stopped_at")),
        {"waiting_without_stop": 1, "clocks_wrongly_shown": 1},
    ),
    "a stop that nothing waits for": (
        update(ClockStopRow).values(work_item_id=1),
        {"stops_without_waiting": 1, "waiting_without_stop": 1},
    ),
    "a due date by hand": (
        update(DossierRow).where(DossierRow.id == WORKING).values(current_due=text("accepted_at")),
        {"due_dates_unlike_the_rules": 1},
    ),
    "a file that is not there": (
        insert(AttachmentRow).values(**ATTACHMENT, added_at=text("(SELECT accepted_at FROM dossier)")),
        {"attachments_without_file": 1, "attachments_unknown": 1},
    ),
    "a result half written": (
        update(DossierRow).where(DossierRow.id == RESOLVED).values(result=""),
        {"results_half_written": 1},
    ),
    "a step of nobody": (
        update(WorkItemRow).where(WorkItemRow.node_id == "T5a").values(dossier_id=999),
        {"steps_without_dossier": 1, "steps_unlike_the_marking": 1, "dossiers_seen_by_other_units": 1},
    ),
}


def _harm(database, statement):
    """Do what no use case does, past the foreign keys, which hold only outside a transaction's reach."""
    sql = str(statement.compile(database, compile_kwargs={"literal_binds": True}))
    connection = database.raw_connection()
    for one in ("PRAGMA foreign_keys=OFF", sql, "PRAGMA foreign_keys=ON"):
        connection.cursor().execute(one)
    connection.close()


@pytest.mark.parametrize("harm", HARMS)
def test_every_harm_is_counted_by_its_name(office, harm):
    statement, wanted = HARMS[harm]
    _harm(office.engine.database, statement)

    assert office.check() == wanted


def test_a_number_taken_and_not_used_is_a_gap(office):
    with office.unit(None) as unit:
        next_number(unit, f"register:{office.unit_id('sxd')}:refusal", "2026")
        next_number(unit, f"register:{office.unit_id('stc')}:permit", "2026")

    assert office.check() == {"register_gaps_and_duplicates": 2}


def test_checking_writes_nothing(office):
    before = office.counts()
    office.check()

    assert office.counts() == before
    assert TimerRow.__tablename__ in before
