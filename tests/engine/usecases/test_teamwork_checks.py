"""The checker of working together is checked: every harm that is done here is counted, by the right name."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, text, update

from engine.domain.access import RoleMissing
from engine.errors import NotFound
from engine.store.rows import AuditRow, UserRow, WorkItemRow
from engine.store.teamwork_rows import (
    BulkLineRow,
    BulkRow,
    CommentRow,
    DelegationRow,
    FirstViewRow,
    NoteRow,
    SavedViewRow,
    WatchRow,
)
from engine.usecases import bulk, handing, talk, views, watching
from engine.usecases.list_queries import ListQuery
from engine.usecases.oversight import ReasonTooShort

REASON = "Chọn nhầm cả danh sách."


@pytest.fixture
def office(office):
    """An office that works together: a view, a bulk with both ends, a watch, talk, a note, a loan."""
    dossiers = [office.permit() for _ in range(3)]
    for one in dossiers:
        office.do(one, "T2", "assign")
    tasks = [office.task(one, "T3") for one in dossiers]
    with office.reading(None) as unit:
        people = dict(unit.session.execute(select(UserRow.login, UserRow.id)).all())
    with office.unit("linh.vt") as unit:
        views.open_first(unit, views.save_view(unit, "Quá hạn", ListQuery(scope="unit", state="late")))
        number = bulk.prepare(unit, [(tasks[0], 1), (999_999, 1)])
        bulk.begin(unit, number, "complete", {"outcome": "pass"})
        code = office.dossier(dossiers[1]).code
        watching.watch(unit, code)
        talk.add_comment(unit, code, "Nhờ @dat.lq xem.")
        talk.delete_comment(unit, talk.add_comment(unit, code, "Nhầm."), 1)
        talk.keep_note(unit, code, "Gọi lại.")
        handing.delegate_task(unit, tasks[2], people["dat.lq"])
    while bulk.carry_out_due(office.engine, 5):
        pass
    return office


def test_people_who_work_together_leave_nothing_to_count(office):
    with office.reading("linh.vt") as unit:
        assert [one.state for one in bulk.describe(unit, 1).lines] == ["refused", "done"]
    assert office.check() == {}


# Each is done past the foreign keys, as a careless hand in the database would.
HARMS = {
    "views_nobody_can_open": [
        update(SavedViewRow).values(owner_id=999),
        update(SavedViewRow).values(query={"scope": "everything"}),
        update(SavedViewRow).values(query=["late"]),
        update(FirstViewRow).values(user_id=1),
        delete(SavedViewRow),
    ],
    "bulks_counted_wrongly": [
        update(BulkRow).values(done=2),
        update(BulkRow).values(total=1),
        update(BulkRow).values(ended_at=None),
        update(BulkRow).values(user_id=999),
        update(BulkLineRow).where(BulkLineRow.state == "refused").values(state="waiting"),
        update(BulkLineRow).where(BulkLineRow.state == "refused").values(bulk_id=77),
    ],
    "bulk_lines_without_effect": [
        update(BulkLineRow).where(BulkLineRow.state == "done").values(work_item_id=888_888),
        update(BulkLineRow)
        .where(BulkLineRow.state == "done")
        .values(work_item_id=select(WorkItemRow.id).where(WorkItemRow.node_id == "T3",
                                                          WorkItemRow.claimed_by.is_(None)).scalar_subquery()),
    ],
    "watches_of_nothing": [
        update(WatchRow).values(dossier_id=999),
        update(WatchRow).values(told_id=99_999),
        update(WatchRow).values(user_id=999),
    ],
    "comments_half_deleted": [
        update(CommentRow).where(CommentRow.id == 1).values(text=""),
        update(CommentRow).where(CommentRow.id == 2).values(text="Nhầm."),
        update(CommentRow).where(CommentRow.id == 1).values(dossier_id=999),
        update(CommentRow).where(CommentRow.id == 1).values(mentions=[999]),
        update(NoteRow).values(text=""),
        update(NoteRow).values(dossier_id=999),
    ],
    "loans_left_open": [
        update(DelegationRow).values(ended="returned"),
        update(DelegationRow).values(ended_at=text("at")),
        update(DelegationRow).values(work_item_id=888_888),
        update(DelegationRow).values(to_user_id=DelegationRow.from_user_id),
    ],
}  # fmt: skip


@pytest.mark.sqlite
def test_every_harm_is_counted_by_its_name(office):
    """One after the other on the same office; each is undone, so that none hides the next."""
    missed = []
    for name, harms in HARMS.items():
        for number, harm in enumerate(harms):
            if office_with(office, harm).get(name, 0) < 1:
                missed.append(f"{name} {number}")

    assert missed == []


def office_with(office, harm):
    """Return what the checks count with a harm done, and undo it."""
    with office.engine.database.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            kept = {
                row.__table__: connection.execute(select(row.__table__)).mappings().all() for row in TABLES
            }
            connection.execute(harm)
        found = office.check()
        with connection.begin():
            for table, lines in kept.items():
                connection.execute(delete(table))
                if lines:
                    connection.execute(table.insert(), [dict(one) for one in lines])
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
    return found


TABLES = (
    SavedViewRow, FirstViewRow, BulkRow, BulkLineRow, WatchRow, CommentRow, NoteRow, DelegationRow,
)  # fmt: skip


# --- what IT staff may do ---------------------------------------------------------------------


def test_it_staff_delete_a_view_with_a_reason_that_is_kept(office):
    with pytest.raises(ReasonTooShort), office.unit("vinh.dq") as unit:
        views.remove_view(unit, 1, "x")
    with pytest.raises(RoleMissing), office.unit("khoa.nd") as unit:
        views.remove_view(unit, 1, REASON)
    with office.unit("vinh.dq") as unit:
        assert views.remove_view(unit, 1, REASON) == "Quá hạn"
    with pytest.raises(NotFound), office.unit("vinh.dq") as unit:
        views.remove_view(unit, 1, REASON)

    with office.reading("linh.vt") as unit:
        assert views.list_views(unit) == ()
        assert unit.session.scalars(select(AuditRow.action).order_by(AuditRow.id.desc())).first() == (
            "view.removed"
        )
    assert office.check() == {}


def test_it_staff_stop_an_act_on_many_and_what_waits_is_left_alone(office):
    with office.reading(None) as unit:
        free = unit.session.scalars(
            select(WorkItemRow.id).where(WorkItemRow.node_id == "T3", WorkItemRow.status == "open")
        ).all()
    with office.unit("linh.vt") as unit:
        number = bulk.prepare(unit, [(one, 1) for one in free])
        bulk.begin(unit, number, "watch", {})
    bulk.carry_out(office.engine, number, 1)
    with office.unit("vinh.dq") as unit:
        left = bulk.stop(unit, number, REASON)
    with pytest.raises(NotFound), office.unit("vinh.dq") as unit:
        bulk.stop(unit, number, REASON)
    assert not bulk.carry_out_due(office.engine, 5)

    with office.reading("linh.vt") as unit:
        view = bulk.describe(unit, number)
    assert (left, view.state, view.done, view.refused) == (len(free) - 1, "done", 1, len(free) - 1)
    assert REASON in view.lines[0].text.vi
    assert office.check() == {}
