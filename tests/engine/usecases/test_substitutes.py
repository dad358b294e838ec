"""Standing in for a colleague: within days, procedures and power; both are named; nobody signs as another."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from office import APPLICANT
from sqlalchemy import select, update

from engine.domain.access import RoleMissing
from engine.domain.substitution import SubstitutionRefused
from engine.errors import NotFound
from engine.store.duty_rows import LendingRuleRow, SubstitutionRow
from engine.store.rows import (
    AssignmentRow,
    AuditRow,
    DossierRow,
    EventRow,
    ProcedureRow,
    UserRow,
    WorkItemRow,
)
from engine.usecases.accounts import load_actor
from engine.usecases.authority import NoSigningPower, signing_capacity
from engine.usecases.finding import find_dossiers
from engine.usecases.history import history_of
from engine.usecases.notifications import list_notifications
from engine.usecases.substitutes import (
    NewSubstitution,
    SubstitutionOver,
    lendable_chairs,
    list_substitutions,
    look_at_substitution,
    possible_takers,
    revoke_substitution,
    substitute,
)
from engine.usecases.tasks import TaskTaken, check_may_work, claim_task, complete_task, release_task
from engine.usecases.worklists import list_tasks, next_task

WEEK = {"starts_on": date(2026, 11, 23), "ends_on": date(2026, 11, 27)}


def user(office, login):
    with office.reading(None) as unit:
        return unit.session.scalars(select(UserRow.id).where(UserRow.login == login)).one()


def chair(office, login):
    with office.reading(None) as unit:
        return unit.session.scalars(
            select(AssignmentRow.id)
            .join(UserRow, UserRow.id == AssignmentRow.user_id)
            .where(UserRow.login == login, AssignmentRow.ends_on.is_(None))
            .order_by(AssignmentRow.id)
        ).first()


def new(office, giver, taker, *roles, **more):
    return NewSubstitution(
        assignment_id=chair(office, giver),
        taker_id=user(office, taker),
        roles=frozenset(roles),
        **{**WEEK, **more},
    )


def lend(office, giver, taker, *roles, by=None, **more):
    with office.unit(by or giver) as unit:
        return substitute(unit, new(office, giver, taker, *roles, **more))


def try_step(office, login, dossier, node):
    with office.reading(login) as unit:
        item = unit.session.get_one(WorkItemRow, office.task(dossier, node))
        return check_may_work(unit, item)


TUQ = {"form": "TUQ", "decision_no": "15/UQ-SXD", "decision_on": date(2026, 11, 20)}


def test_the_substitute_does_the_others_work_and_both_are_named(office):
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    dossier = office.permit()
    task = office.task(dossier, "T2")
    with office.unit("dat.lq") as unit:
        complete_task(unit, task, outcome="assign", raw={"assigned_specialist": "Võ Thùy Linh"})

    with office.reading(None) as unit:
        item = unit.session.get_one(WorkItemRow, task)
        event = unit.session.scalars(
            select(EventRow).where(EventRow.kind == "step.done", EventRow.node_id == "T2")
        ).one()
        audit = unit.session.scalars(select(AuditRow).where(AuditRow.action == "task.completed")).one()
        line = next(one for one in history_of(unit, dossier) if one.kind == "step.done" and one.node == "T2")
    assert item.ended_by == user(office, "dat.lq")
    assert (event.user_id, event.assignment_id) == (user(office, "dat.lq"), chair(office, "khoa.nd"))
    assert event.data["instead_of"] == audit.data["instead_of"] == user(office, "khoa.nd")
    assert audit.user_id == user(office, "dat.lq")
    assert (line.who, line.instead_of.vi) == ("Lý Quốc Đạt", "thay Nguyễn Đăng Khoa")
    assert office.check() == {}


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        ("2026-11-22 10:00", False),
        ("2026-11-23 00:00", True),
        ("2026-11-27 23:59", True),
        ("2026-11-28 00:00", False),
    ],
)
@pytest.mark.sqlite
def test_it_counts_from_the_first_day_to_the_last(office, moment, may):
    dossier = office.permit()
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    office.at(moment)
    if may:
        assert try_step(office, "dat.lq", dossier, "T2").instead_of.giver_name == "Nguyễn Đăng Khoa"
    else:
        with pytest.raises(RoleMissing):
            try_step(office, "dat.lq", dossier, "T2")


def test_taken_back_it_gives_nothing_from_the_next_click_on(office):
    number = lend(office, "khoa.nd", "dat.lq", "HEAD")
    dossier = office.permit()
    assert try_step(office, "dat.lq", dossier, "T2")
    with office.unit("khoa.nd") as unit:
        revoke_substitution(unit, number, "Đã đi làm lại.")
    with pytest.raises(RoleMissing):
        try_step(office, "dat.lq", dossier, "T2")
    with pytest.raises(SubstitutionOver), office.unit("khoa.nd") as unit:
        revoke_substitution(unit, number, "")

    with office.reading(None) as unit:
        acts = [
            one.action
            for one in unit.session.scalars(select(AuditRow).where(AuditRow.chain.startswith("account:")))
        ]
    assert acts[-2:] == ["substitution.given", "substitution.revoked"]


def test_what_is_held_in_substitution_cannot_be_lent_on(office):
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    with pytest.raises(SubstitutionRefused, match="substitution"), office.unit("dat.lq") as unit:
        substitute(unit, new(office, "dat.lq", "linh.vt", "HEAD"))
    lend(office, "dat.lq", "linh.vt", "SPECIALIST")

    assert [one.roles for one in office.actor("linh.vt").lent] == [frozenset({"SPECIALIST"})]


def test_a_step_that_the_colleague_has_taken_is_open_to_the_substitute_only(office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        claim_task(unit, task)
    with pytest.raises(TaskTaken), office.unit("dat.lq") as unit:
        claim_task(unit, task)
    lend(office, "linh.vt", "dat.lq", "SPECIALIST")
    with office.unit("dat.lq") as unit:
        complete_task(unit, task, outcome="pass", raw={"land_ok": "1"})

    with office.reading(None) as unit:
        item = unit.session.get_one(WorkItemRow, task)
    assert (item.claimed_by, item.ended_by) == (user(office, "linh.vt"), user(office, "dat.lq"))


def test_the_substitute_may_give_a_taken_step_back(office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        claim_task(unit, task)
    lend(office, "linh.vt", "dat.lq", "SPECIALIST")
    with office.unit("dat.lq") as unit:
        release_task(unit, task)

    with office.reading(None) as unit:
        assert unit.session.get_one(WorkItemRow, task).claimed_by is None


def test_only_the_procedures_that_were_lent_are_worked_on_and_seen(office):
    with office.reading(None) as unit:
        keys = {row.key: row.id for row in unit.session.scalars(select(ProcedureRow))}
    dossier = office.permit()
    lend(office, "khoa.nd", "quyen.ml", "HEAD", by=None, procedures=frozenset({keys["P07"]}))
    with office.reading("quyen.ml") as unit:
        assert find_dossiers(unit, "").lines == ()
    with pytest.raises(NotFound):
        try_step(office, "quyen.ml", dossier, "T2")
    lend(office, "khoa.nd", "quyen.ml", "HEAD", procedures=frozenset({keys["P03"]}))
    with office.reading("quyen.ml") as unit:
        found = [one.code for one in find_dossiers(unit, "").lines]

    assert found == [office.dossier(dossier).code]
    assert try_step(office, "quyen.ml", dossier, "T2").instead_of is not None


def test_a_limit_of_power_holds_the_substitute_back(office):
    dossier = office.permit()
    lend(office, "khoa.nd", "dat.lq", "HEAD", limits={"total_floor": 200})
    assert try_step(office, "dat.lq", dossier, "T2")
    larger = office.permit(total_floor="200,5", build_area="100")
    with pytest.raises(RoleMissing):
        try_step(office, "dat.lq", larger, "T2")


def test_the_power_to_sign_is_lent_by_its_holder_with_a_decision_and_a_form(office):
    for change, word in (({"form": "TUQ"}, "văn bản"), ({**TUQ, "form": ""}, "KT., TL., TUQ.")):
        with pytest.raises(SubstitutionRefused) as refusal, office.unit("tuan.pm") as unit:
            substitute(unit, new(office, "tuan.pm", "khoa.nd", "SIGNATORY", **change))
        assert word in refusal.value.say("vi")
    with pytest.raises(SubstitutionRefused, match="somebody else"), office.unit("khoa.nd") as unit:
        substitute(unit, new(office, "tuan.pm", "khoa.nd", "SIGNATORY", **TUQ))


def test_whoever_signs_for_the_director_signs_with_their_own_name(office):
    lend(office, "tuan.pm", "khoa.nd", "SIGNATORY", **TUQ)
    dossier = office.permit()
    with office.reading(None) as unit:
        found = signing_capacity(unit, user(office, "khoa.nd"), dossier)
        deputy = signing_capacity(unit, user(office, "oanh.tk"), dossier)
        director = signing_capacity(unit, user(office, "tuan.pm"), dossier)

    assert found.lines == ("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG QUẢN LÝ XÂY DỰNG")
    assert (found.signer, found.principal) == ("Nguyễn Đăng Khoa", "Phạm Minh Tuấn")
    assert found.authority == "15/UQ-SXD ngày 20/11/2026"
    assert (deputy.form, deputy.lines, deputy.principal) == (
        "KT", ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Phạm Minh Tuấn",
    )  # fmt: skip
    assert (director.form, director.lines) == ("", ("GIÁM ĐỐC",))


def test_without_authority_nobody_signs(office):
    dossier = office.permit()
    with pytest.raises(NoSigningPower), office.reading(None) as unit:
        signing_capacity(unit, user(office, "khoa.nd"), dossier)
    number = lend(office, "tuan.pm", "khoa.nd", "SIGNATORY", **TUQ)
    with office.unit("tuan.pm") as unit:
        revoke_substitution(unit, number, "")
    with pytest.raises(NoSigningPower), office.reading(None) as unit:
        signing_capacity(unit, user(office, "khoa.nd"), dossier)


def test_a_rule_that_is_changed_counts_for_what_was_lent_before(office):
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    with office.unit(None) as unit:
        unit.session.get_one(LendingRuleRow, "HEAD").how = "never"

    assert office.actor("dat.lq").lent == ()


def test_a_chair_that_is_left_lends_nothing_any_more(office):
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    with office.unit(None) as unit:
        unit.session.get_one(AssignmentRow, chair(office, "khoa.nd")).ends_on = date(2026, 11, 24)
    office.at("2026-11-25 09:00")

    assert office.actor("dat.lq").lent == ()


def test_the_head_lends_for_an_absent_officer_and_strangers_do_not(office):
    lend(office, "linh.vt", "dat.lq", "SPECIALIST", by="khoa.nd")
    with pytest.raises(RoleMissing), office.unit("huong.bt") as unit:
        substitute(unit, new(office, "linh.vt", "huong.bt", "SPECIALIST"))
    with office.reading("linh.vt") as unit:
        told = [one.kind for one in list_notifications(unit).lines]
        lines = list_substitutions(unit)
    with pytest.raises(RoleMissing), office.unit("huong.bt") as unit:
        revoke_substitution(unit, lines[0].id, "")

    assert told == ["duty.given"]
    assert [(one.giver, one.taker, one.state, one.can_revoke) for one in lines] == [
        ("Võ Thùy Linh", "Lý Quốc Đạt", "now", True)
    ]


def test_doubts_are_said_before_anything_is_saved(office):
    before = office.counts()
    with office.reading("khoa.nd") as unit:
        said = [one.en for one in look_at_substitution(unit, new(office, "khoa.nd", "dat.lq", "HEAD"))]

    assert any("approve work of their own" in one for one in said)
    assert any("does not hold HEAD" in one for one in said)
    assert office.counts() == before


def test_a_page_offers_own_chairs_and_colleagues_without_what_may_never_be_lent(office):
    with office.reading("tuan.pm") as unit:
        own = [one for one in lendable_chairs(unit) if one.is_own]
        others = [one for one in lendable_chairs(unit) if not one.is_own]
        takers = [name for _, name, _ in possible_takers(unit)]

    assert [[role for role, _ in one.roles] for one in own] == [["SIGNATORY"]]
    assert all(role != "SIGNATORY" for one in others for role, _ in one.roles)
    assert "Nguyễn Đăng Khoa" in takers


def test_lent_power_counts_for_dossiers_only(office):
    """Nothing but work on dossiers reads what is lent: accounts, offices and procedures do not."""
    with office.unit(None) as unit:
        unit.session.add(LendingRuleRow(role="EXTRA", how="free"))
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    actor = office.actor("dat.lq")

    assert actor.holds("HEAD") is None
    assert "HEAD" not in actor.roles
    assert actor.unit_ids == {office.unit_id("sxd")}
    assert office.dossier(office.permit()).applicant_name == APPLICANT.name


def test_a_closed_account_stands_in_for_nobody_and_lends_nothing(office):
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    with office.unit(None) as unit:
        unit.session.get_one(UserRow, user(office, "khoa.nd")).is_active = False
    with office.reading(None) as unit:
        assert load_actor(unit, user(office, "dat.lq")).lent == ()
        assert unit.session.scalars(select(SubstitutionRow)).one().revoked_at is None
        assert unit.session.scalars(select(DossierRow)).all() == []


def test_the_list_shows_the_colleagues_work_marked_with_their_name(office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    with office.unit("linh.vt") as unit:
        claim_task(unit, office.task(dossier, "T3"))
    waiting = office.permit()
    lend(office, "linh.vt", "dat.lq", "SPECIALIST")
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    with office.reading("dat.lq") as unit:
        lines = list_tasks(unit, scope="role").lines
        following = next_task(unit)
    with office.reading("linh.vt") as unit:
        own = list_tasks(unit, scope="role").lines

    assert {(one.dossier_id, one.instead_of, one.workable) for one in lines} == {
        (dossier, "Võ Thùy Linh", True),
        (waiting, "Nguyễn Đăng Khoa", True),
    }
    assert following == office.task(waiting, "T2")
    assert [one.instead_of for one in own] == [""]


HARMS = {
    "to oneself": {"taker_id": SubstitutionRow.giver_id},
    "backwards": {"ends_on": date(2026, 11, 22)},
    "without end": {"ends_on": date(2028, 1, 1)},
    "no role": {"roles": []},
    "signing in no form": {"roles": ["SIGNATORY"], "form": ""},
    "a limit below nothing": {"limits": {"fee": -1}},
    "taken back by nobody": {"revoked_at": datetime(2026, 11, 24, tzinfo=UTC)},
    "somebody else's chair": {"giver_id": 1},
}


@pytest.mark.sqlite
@pytest.mark.parametrize("harm", HARMS)
def test_harm_to_a_substitution_is_counted_by_name(office, harm):
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    assert office.check() == {}

    with office.unit(None) as unit:
        unit.session.execute(update(SubstitutionRow).values(HARMS[harm]))

    assert office.check() == {"substitutions_that_cannot_be": 1}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "harm",
    [
        {"starts_on": date(2026, 11, 24)},
        {"procedures": [9_999]},
        {"revoked_at": datetime(2026, 11, 22, tzinfo=UTC), "revoked_by": 1},
    ],
    ids=["another day", "another procedure", "taken back before"],
)
def test_an_act_that_nobody_lent_is_counted(office, harm):
    lend(office, "khoa.nd", "dat.lq", "HEAD")
    task = office.task(office.permit(), "T2")
    with office.unit("dat.lq") as unit:
        complete_task(unit, task, outcome="assign", raw={"assigned_specialist": "Võ Thùy Linh"})
    assert office.check() == {}

    with office.unit(None) as unit:
        unit.session.execute(update(SubstitutionRow).values(harm))

    assert set(office.check()) == {"acts_beyond_substitutions"}
