"""Work on one step: taking it, finishing it once, and every way of being refused."""

import io
import threading
from contextlib import contextmanager
from datetime import date

import pytest
from office import PERMIT_PAPERS
from sqlalchemy import event, select, text, update

from engine.domain.access import RoleMissing
from engine.domain.forms import FormInvalid
from engine.domain.organisation import UnitClosed
from engine.errors import Conflict, NotFound
from engine.store.driver import Line
from engine.store.rows import (
    AuditRow,
    ClockStopRow,
    OutboxRow,
    PositionRow,
    SuccessionRow,
    UnitRow,
    WorkItemRow,
)
from engine.usecases.attachments import NewFile
from engine.usecases.dossiers import EndReasonMissing, stop_dossier, withdraw_dossier
from engine.usecases.reception import ReceivedComponent
from engine.usecases.routing import NoOneToDo, ParticipantUnknown
from engine.usecases.submissions import SubmissionReused
from engine.usecases.successions import NobodyContinues, UnitStillOpen, hand_over_dossiers
from engine.usecases.tasks import (
    DraftTooLong,
    StalePage,
    TaskNotOpen,
    TaskTaken,
    assign_task,
    claim_task,
    complete_task,
    release_task,
    save_task_draft,
)
from engine.usecases.working import OutcomeUnknown, ReasonMissing


@pytest.fixture
def dossier(office):
    """A permit dossier on the specialists' desk."""
    made = office.permit()
    office.do(made, "T2", "assign")
    return made


def refused(office, error, login, act):
    """Assert that an act is refused and leaves no row behind; return the error."""
    before, item = office.counts(), _items(office)
    with pytest.raises(error) as caught, office.unit(login) as unit:
        act(unit)
    assert office.counts() == before
    assert _items(office) == item
    return caught.value


def _items(office):
    with office.reading(None) as unit:
        return unit.session.execute(
            select(WorkItemRow.id, WorkItemRow.status, WorkItemRow.version, WorkItemRow.claimed_by)
        ).all()


def version_of(office, task):
    with office.reading(None) as unit:
        return unit.session.get_one(WorkItemRow, task).version


def test_a_step_is_taken_given_back_and_assigned(office, dossier):
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        claim_task(unit, task)
    with office.unit("linh.vt") as unit:
        again = claim_task(unit, task)
    taken = refused(office, TaskTaken, "dat.lq", lambda unit: complete_task(unit, task, outcome="pass"))
    refused(office, TaskTaken, "dat.lq", lambda unit: claim_task(unit, task))
    refused(office, RoleMissing, "dat.lq", lambda unit: release_task(unit, task))
    with office.unit("khoa.nd") as unit:
        release_task(unit, task)
    with office.unit("khoa.nd") as unit:
        assign_task(unit, task, office.actor("dat.lq").user_id)

    assert again == version_of(office, task) - 2
    assert "Võ Thùy Linh" in taken.say("vi")
    refused(office, TaskTaken, "linh.vt", lambda unit: claim_task(unit, task))
    clerk = office.actor("huong.bt").user_id
    refused(office, RoleMissing, "khoa.nd", lambda unit: assign_task(unit, task, clerk))
    assert office.check() == {}


def test_a_second_click_gets_the_first_answer_and_runs_nothing_twice(office, dossier):
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        first = complete_task(unit, task, outcome="pass", submission_key="page-1")
    before = office.counts()
    with office.unit("linh.vt") as unit:
        second = complete_task(unit, task, outcome="pass", submission_key="page-1")

    assert first == second
    assert office.counts() == before
    refused(
        office,
        SubmissionReused,
        "linh.vt",
        lambda unit: complete_task(unit, task, outcome="refuse", reason="x", submission_key="page-1"),
    )


def test_without_a_key_the_second_click_is_told_who_did_it(office, dossier):
    task = office.task(dossier, "T3")
    office.do(dossier, "T3", "pass")

    error = refused(office, TaskNotOpen, "dat.lq", lambda unit: complete_task(unit, task, outcome="pass"))

    assert "hoàn thành lúc 09:10, 23/11/2026 bởi Võ Thùy Linh" in error.say("vi")
    assert "Võ Thùy Linh" in error.say("en")


def test_two_officers_at_the_same_time_have_one_winner(office, dossier):
    task = office.task(dossier, "T3")
    actors = [office.actor("linh.vt"), office.actor("dat.lq")]
    gate, won, lost = threading.Barrier(2), [], []

    def finish(actor):
        gate.wait()
        try:
            with office.engine.unit(actor) as unit:
                complete_task(unit, task, outcome="pass")
            won.append(actor)
        except (TaskNotOpen, Conflict) as error:
            lost.append(error)

    threads = [threading.Thread(target=finish, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(won), len(lost)) == (1, 1)
    assert office.open_steps(dossier) == ["T5a"]
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_stale_page_is_refused(office, dossier):
    task = office.task(dossier, "T3")
    shown = version_of(office, task)
    with office.unit("linh.vt") as unit:
        newer = save_task_draft(unit, task, {"appraisal_note": "Bản vẽ rõ ràng."})

    error = refused(
        office, StalePage, "linh.vt", lambda unit: complete_task(unit, task, outcome="pass", version=shown)
    )
    assert "tải lại trang" in error.say("vi")
    with office.unit("linh.vt") as unit:
        complete_task(unit, task, outcome="pass", version=newer)


@pytest.mark.sqlite
def test_my_own_draft_does_not_make_my_page_stale(office, dossier):
    task = office.task(dossier, "T3")
    shown = version_of(office, task)
    with office.unit("linh.vt") as unit:  # typing takes the step and saves, while the click is under way
        claim_task(unit, task)
        save_task_draft(unit, task, {"appraisal_note": "Bản vẽ rõ ràng."})

    with office.unit("linh.vt") as unit:
        complete_task(unit, task, outcome="pass", version=shown)
    assert office.open_steps(dossier) == ["T5a"]


@pytest.mark.sqlite
def test_who_may_not_know_of_it_does_not_find_it_and_who_may_not_do_it_is_told(office, dossier):
    task = office.task(dossier, "T3")

    refused(office, NotFound, "my.nk", lambda unit: complete_task(unit, task, outcome="pass"))
    refused(office, NotFound, "my.nk", lambda unit: claim_task(unit, 10_000))
    error = refused(office, RoleMissing, "huong.bt", lambda unit: complete_task(unit, task, outcome="pass"))
    refused(office, RoleMissing, "mai.lt", lambda unit: claim_task(unit, task))
    assert "Sở Xây dựng" in error.say("vi")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"outcome": "approve"}, OutcomeUnknown, id="the outcome of another step"),
        pytest.param({}, OutcomeUnknown, id="no outcome"),
        pytest.param({"outcome": "supplement"}, ReasonMissing, id="no reason"),
        pytest.param({"outcome": "supplement", "reason": "  "}, ReasonMissing, id="an empty reason"),
        pytest.param({"outcome": "pass", "raw": {"permit_no": "7"}}, FormInvalid, id="another form's field"),
        pytest.param({"outcome": "pass", "raw": {"land_ok": "maybe"}}, FormInvalid, id="a wrong type"),
        pytest.param(
            {"outcome": "refuse", "reason": "x", "raw": {"land_ok": "maybe"}},
            FormInvalid,
            id="also when refusing",
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_half_written(office, dossier, arguments, error):
    task = office.task(dossier, "T3")

    refused(office, error, "linh.vt", lambda unit: complete_task(unit, task, **arguments))

    assert office.open_steps(dossier) == ["T3"]
    assert office.check() == {}


@pytest.mark.sqlite
def test_sending_back_needs_no_complete_form(office, dossier):
    office.do(dossier, "T3", "pass")
    office.do(dossier, "T5a", "done", red_line="4 m", building_line="2 m")
    with pytest.raises(FormInvalid):
        office.do(dossier, "T4", "match")

    office.do(dossier, "T4", "refuse", reason="Đang tranh chấp ranh giới.")

    assert office.open_steps(dossier) == ["TR"]


@pytest.mark.sqlite
def test_a_draft_is_kept_as_typed_until_the_step_is_done(office, dossier):
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        save_task_draft(unit, task, {"appraisal_note": "Đang xem", "land_ok": "?"})
    with office.reading(None) as unit:
        draft = unit.session.get_one(WorkItemRow, task).draft
    office.do(dossier, "T3", "pass", appraisal_note="Đạt")
    with office.reading(None) as unit:
        done = unit.session.get_one(WorkItemRow, task)

    assert draft["raw"] == {"appraisal_note": "Đang xem", "land_ok": "?"}
    assert "raw" not in done.draft
    assert done.answers["appraisal_note"] == "Đạt"
    assert office.dossier(dossier).data["appraisal"] == "pass"
    task = office.task(dossier, "T5a")
    refused(office, DraftTooLong, "linh.vt", lambda unit: save_task_draft(unit, task, {"a": "x" * 100_001}))


@pytest.mark.sqlite
def test_time_spent_is_working_time_without_the_stops(office, dossier):
    office.at("2026-11-23 15:00")
    office.do(dossier, "T3", "pass")
    office.at("2026-11-25 09:00")
    office.do(dossier, "T5a", "done", red_line="4 m", building_line="2 m")

    with office.reading(None) as unit:
        spent = dict(unit.session.execute(select(WorkItemRow.node_id, WorkItemRow.spent_minutes)).all())
    assert spent["T3"] == 230  # 09:10–11:00 and 13:00–15:00
    assert spent["T5a"] == 240  # 15:00–17:00, the holiday, 07:00–09:00


@pytest.mark.sqlite
def test_papers_and_files_of_a_supplement_are_kept_with_the_step(office, dossier):
    office.do(dossier, "T3", "supplement", reason="Thiếu bản cam kết.")
    office.do(dossier, "T3b", "approve")
    task = office.task(dossier, "TS")
    scan = NewFile(
        component_code="C4", file_name="cam-ket.pdf", content_type="", stream=io.BytesIO(b"%PDF-1.4 x")
    )
    with office.unit("nhi.ty") as unit:
        complete_task(unit, task, files=[scan], components=[ReceivedComponent(code="C4", copies=2)])

    with office.reading(None) as unit:
        stop = unit.session.scalars(select(ClockStopRow)).one()
    assert stop.resumed_at is not None
    assert office.counts()["dossier_component"] == len(PERMIT_PAPERS) + 1
    assert office.counts()["attachment"] == 1
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_step_for_an_agency_that_is_not_named_is_refused(office):
    made = office.permit(on_fire_list="1")
    office.do(made, "T2", "assign")
    revision = office.dossier(made).revision_id
    with office.unit(None) as unit:
        from engine.store.rows import RevisionRow

        unit.session.get_one(RevisionRow, revision).participants = {}

    error = refused(
        office,
        ParticipantUnknown,
        "linh.vt",
        lambda unit: complete_task(unit, office.task(made, "T3"), outcome="pass"),
    )
    assert "fire_police" in error.say("vi")


@pytest.mark.sqlite
def test_an_agency_where_nobody_sits_is_refused(office):
    made = office.permit(on_fire_list="1")
    office.do(made, "T2", "assign")
    with office.unit(None) as unit:
        unit.session.execute(
            update(PositionRow).where(PositionRow.code == "pc07-cb").values(effective_to=date(2026, 1, 1))
        )

    refused(
        office,
        NoOneToDo,
        "linh.vt",
        lambda unit: complete_task(unit, office.task(made, "T3"), outcome="pass"),
    )
    assert office.open_steps(made) == ["T3"]


@pytest.fixture
def closed_sxd(office):
    """Closes the department at the end of 25/11 and says who continues; returns its id."""

    def close(successor="stc"):
        with office.unit(None) as unit:
            old = unit.session.scalars(select(UnitRow).where(UnitRow.code == "sxd")).one()
            old.effective_to = date(2026, 11, 25)
            if successor:
                heir = unit.session.scalars(select(UnitRow).where(UnitRow.code == successor)).one()
                unit.session.add(
                    SuccessionRow(
                        old_unit_id=old.id,
                        new_unit_id=heir.id,
                        relation="merge",
                        effective_on=date(2026, 11, 26),
                    )
                )
            return old.id

    return close


@pytest.mark.sqlite
def test_a_closed_unit_works_no_more_and_its_successor_goes_on(office, dossier, closed_sxd):
    sxd = closed_sxd()
    office.at("2026-11-26 08:00")
    task = office.task(dossier, "T3")

    refused(office, NotFound, "linh.vt", lambda unit: complete_task(unit, task, outcome="pass"))
    error = refused(office, UnitClosed, "quyen.ml", lambda unit: complete_task(unit, task, outcome="pass"))
    assert "Sở Tài chính" in error.say("vi")

    refused(
        office, NoOneToDo, "vinh.dq", lambda unit: hand_over_dossiers(unit, sxd)
    )  # no specialist there yet
    with office.unit(None) as unit:
        stc = unit.session.scalars(select(UnitRow.id).where(UnitRow.code == "stc")).one()
        unit.session.execute(
            update(PositionRow).where(PositionRow.code == "stc-tp").values(roles=["HEAD", "SPECIALIST"])
        )
    with office.unit("vinh.dq") as unit:
        moved = hand_over_dossiers(unit, sxd)
    with office.unit("quyen.ml") as unit:
        complete_task(unit, task, outcome="pass")

    row = office.dossier(dossier)
    assert moved == 1
    assert row.competent_unit_id == stc
    assert row.code == "H12.01-261123-0001"
    assert office.check() == {}


@pytest.mark.sqlite
def test_dossiers_stay_where_they_are_while_nobody_continues(office, dossier, closed_sxd):
    sxd = closed_sxd(successor="")
    refused(office, UnitStillOpen, "vinh.dq", lambda unit: hand_over_dossiers(unit, sxd))
    office.at("2026-11-26 08:00")

    refused(office, NobodyContinues, "vinh.dq", lambda unit: hand_over_dossiers(unit, sxd))
    refused(office, RoleMissing, "linh.vt", lambda unit: hand_over_dossiers(unit, sxd))


@pytest.mark.sqlite
def test_a_dossier_is_stopped_only_by_a_signatory_with_reason_and_ground(office, dossier):
    refused(office, RoleMissing, "khoa.nd", lambda unit: stop_dossier(unit, dossier, "x", "y"))
    refused(
        office, EndReasonMissing, "tuan.pm", lambda unit: stop_dossier(unit, dossier, "Có tranh chấp", " ")
    )
    refused(office, EndReasonMissing, "mai.lt", lambda unit: withdraw_dossier(unit, dossier, ""))
    refused(office, RoleMissing, "phuc.dh", lambda unit: withdraw_dossier(unit, dossier, "Không làm nữa"))
    with office.unit("tuan.pm") as unit:
        stop_dossier(unit, dossier, "Đất có tranh chấp.", "Điều 97 Luật Xây dựng")

    row = office.dossier(dossier)
    assert (row.status, office.open_steps(dossier)) == ("stopped", [])
    assert office.check() == {}
    with office.reading(None) as unit:
        actions = unit.session.scalars(
            select(AuditRow.action).where(AuditRow.chain == f"dossier:{dossier}").order_by(AuditRow.number)
        ).all()
    assert actions == ["dossier.received", "task.completed", "dossier.stopped"]


@pytest.mark.sqlite
def test_a_step_takes_a_bounded_number_of_statements(office, dossier):
    statements = []
    listener = lambda *call: statements.append(call[2])  # noqa: E731
    task = office.task(dossier, "T3")
    actor = office.actor("linh.vt")
    with office.engine.unit(actor) as unit:  # the diagram and the calendar are in memory afterwards
        complete_task(unit, task, outcome="supplement", reason="Thiếu giấy tờ đất.")
    task, head = office.task(dossier, "T3b"), office.actor("khoa.nd")
    event.listen(office.engine.database, "before_cursor_execute", listener)
    with office.engine.unit(head) as unit:
        complete_task(unit, task, outcome="back", reason="Đã có trong hồ sơ.", submission_key="a-key")
    event.remove(office.engine.database, "before_cursor_execute", listener)

    assert unit.mapper is None  # the step never paid for the mapper's session
    assert len(statements) <= 10, "\n".join(statements)


@pytest.mark.postgres
def test_a_step_that_leaves_a_letter_goes_to_postgresql_and_back_five_times(office, monkeypatch):
    trips = []
    pipeline, run = Line._pipeline, Line._run

    @contextmanager
    def counted(line):
        with pipeline(line):
            yield
        trips.append("pipeline")

    def alone(line, text, parameters):
        if not line.is_together:
            trips.append(text)
        return run(line, text, parameters)

    for _ in range(2):  # the form, the offices and the diagram are in memory afterwards
        dossier = office.permit()
        office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
        office.do(dossier, "T3", "supplement", reason="Thiếu giấy tờ đất.")
        task, head = office.task(dossier, "T3b"), office.actor("khoa.nd")
        with monkeypatch.context() as watched, office.engine.unit(head) as unit:
            watched.setattr(Line, "_pipeline", counted)
            watched.setattr(Line, "_run", alone)
            trips.clear()
            complete_task(unit, task, outcome="approve", submission_key=f"a-key-{dossier}")

    assert len(trips) <= 5, "\n".join(trips)  # and the commit; the message goes with the other rows
    with office.reading(None) as unit:
        waiting = unit.session.scalars(text("SELECT args FROM procrastinate_jobs ORDER BY id")).all()
        letters = unit.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "sms")).all()
    assert {"work": "messages", "row": max(letters)} in waiting


@pytest.mark.sqlite
def test_a_step_that_leaves_a_letter_asks_for_all_it_says_in_a_bounded_number_of_statements(office):
    statements = []
    listener = lambda *call: statements.append(call[2])  # noqa: E731
    for _ in range(2):  # the form, the offices and the diagram are in memory afterwards
        dossier = office.permit()
        office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
        task, actor = office.task(dossier, "T3"), office.actor("linh.vt")
        with office.engine.unit(actor) as unit:
            complete_task(unit, task, outcome="supplement", reason="Thiếu giấy tờ đất.")
        task, head = office.task(dossier, "T3b"), office.actor("khoa.nd")
        statements.clear()
        event.listen(office.engine.database, "before_cursor_execute", listener)
        with office.engine.unit(head) as unit:
            complete_task(unit, task, outcome="approve", submission_key=f"a-key-{dossier}")
        event.remove(office.engine.database, "before_cursor_execute", listener)

    assert unit.mapper is None
    assert len(statements) <= 16, "\n".join(statements)
    assert office.check() == {}
