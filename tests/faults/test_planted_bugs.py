"""The checker is tried on bugs: each is planted in the product, an office works with it for a day, and the
checks, or the comparison with what people were told, must notice it by its name.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from itertools import count

import pytest
from office import PERMIT, PERMIT_PAPERS
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.runtime import Engine
from engine.store import numbers
from engine.store.files import DiskFileStore
from engine.store.rows import AuditHeadRow, DossierRow, OutboxRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases import dossiers as receptions
from engine.usecases import moving, outbox, submissions, tasks
from engine.usecases.attachments import NewFile
from engine.usecases.cases import Case
from engine.usecases.dossiers import withdraw_dossier
from engine.usecases.outbox import send_due

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]


@dataclass
class Told:
    """What people were told in the course of the day."""

    dossiers: dict[str, list[int]] = field(default_factory=dict)  # by click
    steps: list[int] = field(default_factory=list)
    left_by_refusals: int = 0


def test_a_day_without_a_bug_leaves_nothing_to_find(office):
    assert noticed(office, a_day(office)) == set()


def confirmed_before_the_commit(patch):
    @contextmanager
    def unit(engine, actor):
        with Session(engine.database, expire_on_commit=False) as session:
            yield Unit(session, actor, engine.clock.now(), engine)

    patch(Engine, "unit", unit)


def committed_in_spite_of_an_error(patch):
    @contextmanager
    def unit_of_work(database, actor, now, engine):
        with Session(database, expire_on_commit=False) as session:
            try:
                yield Unit(session, actor, now, engine)
            finally:
                session.commit()

    patch("engine.runtime.unit_of_work", unit_of_work)


def a_message_written_after_the_commit_and_lost(patch):
    patch(receptions, "tell_accepted", lambda _case: None)


def a_message_marked_before_it_is_sent(patch):
    real = outbox._take

    def take(unit, outbox_id):
        letter = real(unit, outbox_id)
        if letter:
            unit.session.get_one(OutboxRow, letter.id).next_try_at = None
        return letter

    patch(outbox, "_take", take)


def numbers_from_a_sequence(patch):
    sequence = count(1)
    patch(numbers, "next_number", lambda *_: next(sequence))


def a_click_that_is_not_remembered(patch):
    patch(submissions, "begin", lambda *_: None)


def history_in_another_transaction(patch):
    patch(Case, "note", lambda *_, **__: None)


def a_row_without_its_file(patch):
    def put(_self, stream, _limit):
        return "0" * 64, len(stream.read())

    patch(DiskFileStore, "put", put)


def an_audit_head_that_lags_behind(patch):
    real = tasks.record

    def record(unit, chain, *more):
        real(unit, chain, *more)
        head = update(AuditHeadRow).where(AuditHeadRow.chain == chain)
        unit.session.execute(head.values(number=AuditHeadRow.number - 1))

    patch(tasks, "record", record)


def a_marking_that_is_not_saved(patch):
    real = moving.get_executor

    class Forgetful:
        def __init__(self, name):
            self.real = real(name)

        def advance(self, definition, state, *more):
            step = self.real.advance(definition, state, *more)
            return step if state is None else replace(step, state=state)

    patch(moving, "get_executor", Forgetful)


def only_the_first_of_parallel_steps_opens(patch):
    real = moving._open

    def open_(case, node, token):
        if not case.opened:
            real(case, node, token)

    patch(moving, "_open", open_)


def a_clock_that_does_not_stop(patch):
    patch(moving, "stop_clock", lambda *_: None)


def a_clock_that_does_not_go_on(patch):
    patch(moving, "start_clock", lambda *_: None)


def a_due_date_of_its_own(patch):
    real = receptions.due

    def due(*given):
        found = real(*given)
        return replace(found, at=found.at + timedelta(days=1))

    patch(receptions, "due", due)


def timers_that_outlive_their_dossier(patch):
    patch(moving, "_clear_timer", lambda *_: None)


BUGS = {
    confirmed_before_the_commit: "a confirmed dossier is missing",
    committed_in_spite_of_an_error: "a refusal left something behind",
    a_message_written_after_the_commit_and_lost: "nobody was told of the acceptance",
    a_message_marked_before_it_is_sent: "messages_forgotten",
    numbers_from_a_sequence: "register_gaps_and_duplicates",
    a_click_that_is_not_remembered: "one click made two dossiers",
    history_in_another_transaction: "done_steps_without_history",
    a_row_without_its_file: "attachments_without_file",
    an_audit_head_that_lags_behind: "audit_broken",
    a_marking_that_is_not_saved: "steps_unlike_the_marking",
    only_the_first_of_parallel_steps_opens: "steps_unlike_the_marking",
    a_clock_that_does_not_stop: "waiting_without_stop",
    a_clock_that_does_not_go_on: "stops_without_waiting",
    a_due_date_of_its_own: "due_dates_unlike_the_rules",
    timers_that_outlive_their_dossier: "dossiers_ended_with_work",
}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_noticed_by_its_name(office, monkeypatch, bug):
    with monkeypatch.context() as planted:
        bug(planted.setattr)
        told = a_day(office)

    assert BUGS[bug] in noticed(office, told)


def a_day(office) -> Told:
    """Work as an office does: clicks twice, supplements, refusals, withdrawals, a worker that dies."""
    told = Told()
    first = receive(office, told, "one")
    receive(office, told, "one")
    withdrawn = receive(office, told, "two", on_fire_list="1", heritage_zone="1")
    refused = receive(office, told, "three")
    waiting = receive(office, told, "four")
    beside = receive(office, told, "five", on_fire_list="1", heritage_zone="1")
    for one in (first, withdrawn, refused, waiting, beside):
        do(office, told, one, "T2", "assign")
    for one in (first, waiting):
        do(office, told, one, "T3", "supplement", "Thiếu giấy tờ.")
        do(office, told, one, "T3b", "approve")
    for one in (withdrawn, beside):
        do(office, told, one, "T3", "pass")
    do(office, told, refused, "T3", "refuse", "Trái quy hoạch.")
    do(office, told, refused, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
    do(office, told, refused, "T7", "approve")
    do(office, told, refused, "T8", "sign")
    break_off(office, told, refused, "T9r", "issue")
    do(office, told, refused, "T9r", "issue")
    office.clock.advance(days=1)
    do(office, told, first, "TS", "received")
    with suppress(Exception), office.unit("mai.lt") as unit:
        withdraw_dossier(unit, withdrawn, "Không còn nhu cầu.")
    worker = replace(office.engine, sms=Dies())
    with suppress(SystemExit):
        send_due(worker)
    return told


def noticed(office, told) -> set[str]:
    """Return what the checks count, and what differs from what people were told."""
    found = set(office.check())
    with office.reading(None) as unit:
        there = set(unit.session.scalars(select(DossierRow.id)))
        done = set(unit.session.scalars(select(WorkItemRow.id).where(WorkItemRow.status == "done")))
        message = exists().where(OutboxRow.dossier_id == DossierRow.id)
        silent = unit.session.scalars(select(DossierRow.id).where(~message)).all()
    confirmed = {one for made in told.dossiers.values() for one in made}
    differences = {
        "a confirmed dossier is missing": not confirmed <= there,
        "a confirmed step is missing": not set(told.steps) <= done,
        "one click made two dossiers": any(len(set(made)) > 1 for made in told.dossiers.values()),
        "nobody was told of the acceptance": bool(silent),
        "a refusal left something behind": told.left_by_refusals > 0,
    }
    return found | {name for name, is_so in differences.items() if is_so}


def receive(office, told, click, **answers) -> int:
    papers = list(PERMIT_PAPERS)
    if "on_fire_list" in answers:
        papers += [replace(papers[0], code=code) for code in ("C5", "C7")]
    paper = NewFile(
        component_code="C1",
        file_name="don.pdf",
        content_type="application/pdf",
        stream=BytesIO(b"%PDF-1.7 ."),
    )
    dossier = office.receive(
        "mai.lt",
        "P03",
        "ttpvhcc",
        {**PERMIT, **answers},
        components=papers,
        files=[paper],
        submission_key=click,
    )
    told.dossiers.setdefault(click, []).append(dossier)
    return dossier


def do(office, told, dossier, node, outcome, reason="", **raw) -> None:
    """Finish a step, if the bug lets it be found; whatever is refused was not confirmed."""
    with suppress(Exception):
        task = office.task(dossier, node)
        office.do(dossier, node, outcome, reason, **raw)
        told.steps.append(task)


def break_off(office, told, dossier, node, outcome) -> None:
    """Finish a step in a command that is refused in the end: nothing of it may stay."""
    with suppress(Exception):
        task = office.task(dossier, node)
        who = office.who(task)
        before = office.counts()
        with suppress(Refused), office.unit(who) as unit:
            tasks.complete_task(unit, task, outcome=outcome)
            raise Refused("the rest to be possible too", "it is not")
        told.left_by_refusals += office.counts() != before


class Dies:
    """A gateway in front of which the worker dies."""

    def send(self, *_):
        raise SystemExit
