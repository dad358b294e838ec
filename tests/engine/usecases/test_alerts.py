"""Reminders: each once, to those concerned, in the list and by mail; the daily letter; what follows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from office import Office
from sqlalchemy import func, select, text

from engine.domain.access import SYSTEM
from engine.store.alert_rows import AlertRow
from engine.store.notification_rows import NotificationRow
from engine.store.rows import UserRow, WorkItemRow
from engine.usecases.alerts import due_alerts, tell_due_alerts
from engine.usecases.background import ALL_WORK
from engine.usecases.digests import write_due_digests
from engine.usecases.due_changes import propose_extension, put_in_force
from engine.usecases.outbox import send_due_letters
from engine.usecases.tasks import claim_task


class Postman:
    def __init__(self):
        self.got = []

    def send(self, address, subject, text, key):
        self.got.append((address, subject, text))


@pytest.fixture
def postman():
    return Postman()


@pytest.fixture
def posting(office, postman):
    return Office(replace(office.engine, mail=postman, public_url="https://mc.example.vn"), office.clock)


def told(office):
    with office.reading(None) as unit:
        found = unit.session.execute(
            select(NotificationRow.kind, UserRow.login)
            .join(UserRow, UserRow.id == NotificationRow.user_id)
            .where(NotificationRow.kind.startswith("alert"))
            .order_by(NotificationRow.id)
        )
        return [(kind.partition(".")[2], login) for kind, login in found]


def assigned(office):
    """A permit in the hands of linh.vt, due Tue 08/12/2026 17:00."""
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    with office.unit("linh.vt") as unit:
        claim_task(unit, office.task(dossier, "T3"))
    return dossier


def test_each_stage_is_told_once_to_more_and_more_people(office):
    assigned(office)
    numbers = []
    for moment in ("2026-11-27 09:00", "2026-12-04 09:00", "2026-12-04 10:00", "2026-12-07 17:00",
                   "2026-12-08 17:00", "2026-12-09 17:00", "2026-12-20 08:00"):  # fmt: skip
        office.at(moment)
        numbers.append(tell_due_alerts(office.engine) + tell_due_alerts(office.engine))
    by_stage = {}
    for stage, login in told(office):
        by_stage.setdefault(stage, set()).add(login)

    assert numbers == [0, 1, 0, 1, 1, 1, 0]
    assert by_stage == {
        "mostly_used": {"linh.vt"},
        "day_before": {"linh.vt", "khoa.nd"},
        "due": {"linh.vt", "khoa.nd"},
        "day_over": {"linh.vt", "khoa.nd", "tuan.pm", "oanh.tk"},
    }
    assert len(told(office)) == 9
    assert office.check() == {}


def test_after_three_days_without_a_worker_only_the_newest_stage_is_told(office):
    assigned(office)
    office.at("2026-12-09 17:30")
    tell_due_alerts(office.engine)

    assert {stage for stage, _ in told(office)} == {"day_over"}


def test_four_workers_tell_once(office):
    for _ in range(4):
        assigned(office)
    office.at("2026-12-08 17:30")
    with ThreadPoolExecutor(4) as workers:
        counts = list(workers.map(lambda _: tell_due_alerts(office.engine), range(4)))
    tell_due_alerts(office.engine)  # whatever was busy

    found = told(office)
    assert sum(counts) <= 4
    assert len(found) == 4 * 2
    assert {stage for stage, _ in found} == {"due"}


def test_nobody_is_reminded_while_the_clock_stands_still(office):
    dossier = assigned(office)
    office.at("2026-11-30 09:00")
    office.do(dossier, "T3", "supplement", reason="Thiếu bản vẽ.")
    office.do(dossier, "T3b", "approve")
    office.at("2026-12-21 09:00")
    silent = tell_due_alerts(office.engine), told(office)
    office.do(dossier, "TS", "received")
    tell_due_alerts(office.engine)
    soon = told(office)
    office.at("2026-12-29 18:00")
    tell_due_alerts(office.engine)

    assert silent == (0, [])
    assert soon == []
    assert {stage for stage, _ in told(office)} == {"due"}


def test_an_extension_lets_the_stages_come_anew_for_the_new_date(office):
    dossier = assigned(office)
    office.at("2026-12-07 17:00")
    tell_due_alerts(office.engine)
    with office.unit("khoa.nd") as unit:
        change = propose_extension(unit, dossier, 5, "complex")
    with office.unit("tuan.pm") as unit:
        put_in_force(unit, change)
    again = tell_due_alerts(office.engine)
    office.at("2026-12-14 17:00")
    tell_due_alerts(office.engine)

    assert again == 0
    assert [stage for stage, login in told(office) if login == "khoa.nd"] == ["day_before", "day_before"]


def test_a_letter_goes_out_with_the_reminder_and_names_nobody(posting, postman):
    dossier = assigned(posting)
    posting.at("2026-12-08 17:00")
    tell_due_alerts(posting.engine)
    send_due_letters(posting.engine)

    assert {address for address, _, _ in postman.got} >= {"linh.vt@camau.example", "khoa.nd@camau.example"}
    for _, subject, body in postman.got:
        assert posting.dossier(dossier).code in subject
        assert "Văn Á" not in subject + body


@pytest.mark.parametrize("action", ["escalate", "reassign"])
def test_what_a_procedure_lets_happen_by_itself(office, action):
    office.redraw(options={"alert_action": action, "alert_action_at": "due"})
    dossier = assigned(office)
    office.at("2026-12-08 17:00")
    tell_due_alerts(office.engine)
    with office.reading(None) as unit:
        item = unit.session.get_one(WorkItemRow, office.task(dossier, "T3"))
        holder = unit.session.scalar(select(UserRow.login).where(UserRow.id == item.claimed_by))
        kinds = set(unit.session.scalars(select(NotificationRow.kind)))

    assert holder == ("dat.lq" if action == "reassign" else "linh.vt")
    assert ("work.reassigned" in kinds) == (action == "reassign")
    assert ("work.escalated" in kinds) == (action == "escalate")
    assert office.check() == {}


def test_a_dossier_with_a_result_or_withdrawn_is_watched_no_more(office):
    from engine.usecases.dossiers import withdraw_dossier

    dossier = assigned(office)
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, dossier, "Không làm nữa.")
    office.at("2026-12-20 09:00")

    assert tell_due_alerts(office.engine) == 0
    with office.reading(None) as unit:
        assert unit.session.get_one(AlertRow, dossier).next_at is None


def test_the_daily_letter_comes_once_a_working_day_at_its_hour(posting, postman):
    assigned(posting)
    got = []
    for moment in (
        *("2026-11-23 12:00", "2026-11-24 07:31", "2026-11-25 07:29", "2026-11-25 07:30"),
        *("2026-11-25 09:00", "2026-11-28 07:31", "2026-12-02 12:00", "2026-12-02 12:01"),
    ):
        posting.at(moment)
        for _ in range(2):  # a second worker finds nothing
            write_due_digests(posting.engine)
        send_due_letters(posting.engine)
        got.append(
            sum(
                address.startswith("linh") and "Việc hôm nay" in subject
                for address, subject, _ in postman.got
            )
        )

    assert got == [1, 1, 1, 2, 2, 2, 3, 3]
    assert all("Văn Á" not in body for _, _, body in postman.got)
    assert any(posting.dossier(1).code in body for _, _, body in postman.got)


@pytest.mark.sqlite
def test_the_worker_knows_both_kinds(office):
    assert {"alerts", "digests", "letters"} <= {one.name for one in ALL_WORK}


@pytest.mark.postgres
def test_what_is_due_is_found_by_its_index_among_a_hundred_thousand(province):
    with province.unit(SYSTEM) as unit:
        unit.session.execute(text("ALTER TABLE alert DROP CONSTRAINT fk_alert_dossier_id_dossier"))
        unit.session.execute(
            text(
                "INSERT INTO alert SELECT n, -1, now(), now() + n * interval '1 minute' "
                "FROM generate_series(1, 100000) n"
            )
        )
        unit.session.execute(text("ANALYZE alert"))
        asked = "SELECT dossier_id FROM alert WHERE next_at <= now() ORDER BY next_at, dossier_id LIMIT 9"
        plan = "\n".join(unit.session.scalars(text(f"EXPLAIN {asked}")))
        assert "ix_alert_next_at" in plan
        assert "Seq Scan" not in plan
        assert len(due_alerts(unit, 100)) == 0
        assert unit.session.scalar(select(func.count()).select_from(AlertRow)) == 100_000
