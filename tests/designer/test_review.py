"""From draft to law: two approvals, another person publishes, running dossiers keep their revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from authoring import AUTHOR, DECISION, HEAD, OTHER_AUTHOR, PROVINCE, Authoring, step
from sqlalchemy import select

from designer import proof, review
from designer.drafts import StaleDraft, save_draft
from designer.review import BadNote, BadPublication, Decision, HasErrors, OwnWork, WrongState
from engine.domain.access import Actor, RoleMissing
from engine.store.rows import AuditRow, DossierRow
from engine.usecases.authorship import writers
from engine.usecases.oversight import RevisionState, resume_revision, suspend_revision
from engine.usecases.procedures import NotInForce

pytestmark = pytest.mark.sqlite

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)


def revision_of(office, dossier: int) -> int:
    with office.reading(None) as unit:
        return unit.session.get(DossierRow, dossier).revision_id


def acting_as_all(authoring: Authoring, login: str) -> Actor:
    """Somebody who writes and approves, as happens where three people run an office."""
    person = authoring.office.actor(login)
    seats = tuple(
        seat for one in (AUTHOR, HEAD, PROVINCE) for seat in authoring.office.actor(one).assignments
    )
    return Actor(user_id=person.user_id, name=person.name, assignments=seats)


# --- the way ----------------------------------------------------------------------------------


def test_a_draft_goes_through_unit_and_province_to_publication(authoring):
    draft = authoring.draft()

    authoring.submit(draft)
    assert authoring.row(draft).state == "UNIT_REVIEW"
    assert authoring.approve(draft, HEAD) == "PENDING_PROVINCE_APPROVAL"
    assert authoring.approve(draft, PROVINCE) == "APPROVED"
    authoring.publish(
        draft, TOMORROW, decision=Decision(number=" 1500/QĐ-UBND ", signed_on=TODAY, signer="Phó Chủ tịch")
    )

    row = authoring.row(draft)
    assert (row.state, row.effective_from, row.decision_no) == ("PUBLISHED", TOMORROW, "1500/QĐ-UBND")
    assert (row.decision_date, row.signer) == (TODAY, "Phó Chủ tịch")
    assert row.publisher_id == authoring.office.actor(PROVINCE).user_id


def test_the_revision_before_holds_until_the_day_before(authoring):
    source = authoring.in_force().id

    authoring.publish(authoring.approved(), TOMORROW)

    assert (authoring.row(source).state, authoring.row(source).effective_to) == ("SUPERSEDED", TODAY)


@pytest.mark.parametrize("login", [AUTHOR, OTHER_AUTHOR, PROVINCE])
def test_the_first_approval_is_the_units(authoring, login):
    draft = authoring.draft()
    authoring.submit(draft)

    with pytest.raises(RoleMissing):
        authoring.approve(draft, login)


@pytest.mark.parametrize("login", [AUTHOR, HEAD])
def test_the_second_approval_and_publication_are_the_provinces(authoring, login):
    draft = authoring.draft()
    authoring.submit(draft)
    authoring.approve(draft, HEAD)

    with pytest.raises(RoleMissing):
        authoring.approve(draft, login)
    authoring.approve(draft, PROVINCE)
    with pytest.raises(RoleMissing):
        authoring.publish(draft, TOMORROW, login=login)


def test_nobody_skips_a_step(authoring):
    draft = authoring.draft()

    with pytest.raises(WrongState):
        authoring.publish(draft, TOMORROW)
    with pytest.raises(WrongState):
        authoring.approve(draft, HEAD)
    authoring.submit(draft)
    with pytest.raises(WrongState) as refusal:
        authoring.publish(draft, TOMORROW)
    assert "Chờ lãnh đạo đơn vị duyệt" in refusal.value.say("vi")


# --- two persons ------------------------------------------------------------------------------


def test_whoever_wrote_a_revision_cannot_approve_it_whatever_roles_they_hold(authoring):
    draft = authoring.draft()
    authoring.submit(draft)

    with pytest.raises(OwnWork), authoring.office.engine.unit(acting_as_all(authoring, AUTHOR)) as unit:
        review.approve(unit, draft)


def test_whoever_wrote_a_revision_cannot_publish_it_whatever_roles_they_hold(authoring):
    draft = authoring.approved()

    with pytest.raises(OwnWork), authoring.office.engine.unit(acting_as_all(authoring, AUTHOR)) as unit:
        review.publish(unit, draft, TOMORROW, DECISION)


def test_one_save_makes_a_person_a_writer(authoring):
    draft = authoring.draft()
    both = acting_as_all(authoring, PROVINCE)
    with authoring.office.engine.unit(both) as unit:
        save_draft(unit, draft, xml=authoring.row(draft).definition.xml, version=authoring.row(draft).version)
    authoring.submit(draft)
    authoring.approve(draft, HEAD)

    with pytest.raises(OwnWork):
        authoring.approve(draft, PROVINCE)
    with authoring.office.reading(None) as unit:
        assert writers(unit, draft) == {authoring.office.actor(one).user_id for one in (AUTHOR, PROVINCE)}


# --- sent back --------------------------------------------------------------------------------


def test_sending_back_needs_a_reason_and_makes_a_draft_again(authoring):
    draft = authoring.draft()
    authoring.submit(draft)
    with pytest.raises(BadNote), authoring.office.unit(HEAD) as unit:
        review.send_back(unit, draft, "  ")

    with authoring.office.unit(HEAD) as unit:
        review.send_back(unit, draft, "Bước phân công quá ngắn")

    assert (authoring.row(draft).state, authoring.row(draft).review_note) == (
        "DRAFT",
        "Bước phân công quá ngắn",
    )


def test_what_was_changed_after_it_was_looked_at_is_not_approved(authoring):
    draft = authoring.draft()
    authoring.submit(draft)
    seen = authoring.row(draft).version
    with authoring.office.unit(HEAD) as unit:
        review.send_back(unit, draft, "Sửa lại số giờ")
    authoring.save(draft, step(authoring.row(draft).definition.xml, "T2", mc_hours="1"))
    authoring.submit(draft)

    with pytest.raises(StaleDraft), authoring.office.unit(HEAD) as unit:
        review.approve(unit, draft, version=seen)


# --- what stops it ----------------------------------------------------------------------------


def test_a_draft_with_errors_is_not_submitted(authoring):
    draft = authoring.draft()
    authoring.save(draft, step(authoring.row(draft).definition.xml, "T2", mc_hours="40"))

    with pytest.raises(HasErrors) as refusal:
        authoring.submit(draft)

    assert "80 giờ" in refusal.value.say("vi")
    assert authoring.row(draft).state == "DRAFT"


def test_a_submission_says_what_changed(authoring):
    draft = authoring.draft()

    with pytest.raises(BadNote) as refusal, authoring.office.unit(AUTHOR) as unit:
        review.submit(unit, draft, "")

    assert refusal.value.say("vi") == "Hãy ghi đã thay đổi gì và vì sao."


def test_a_publication_cannot_begin_in_the_past(authoring):
    draft = authoring.approved()

    with pytest.raises(BadPublication) as refusal:
        authoring.publish(draft, date(2026, 11, 22))

    assert "đang ghi 22/11/2026" in refusal.value.say("vi")


def test_a_publication_names_its_decision(authoring):
    draft = authoring.approved()

    with pytest.raises(BadPublication, match="decision"):
        authoring.publish(draft, TOMORROW, decision=Decision(number=" "))


# --- dossiers ---------------------------------------------------------------------------------


def test_dossiers_accepted_from_the_first_day_follow_the_new_revision_and_running_ones_keep_theirs(
    authoring, office
):
    old = authoring.in_force().id
    running = office.permit()
    new = authoring.approved()
    authoring.publish(new, TOMORROW)

    the_same_day = office.permit()
    office.at("2026-11-24 08:00")
    the_next_day = office.permit()
    office.do(running, "T2")

    assert [revision_of(office, one) for one in (running, the_same_day, the_next_day)] == [old, old, new]


def test_a_suspended_revision_receives_nothing_new_and_its_dossiers_go_on(authoring, office):
    running = office.permit()
    with office.unit(PROVINCE) as unit:
        suspend_revision(unit, authoring.in_force().id, "Phát hiện sai căn cứ pháp lý")

    with pytest.raises(NotInForce):
        office.permit()
    office.do(running, "T2")

    with office.unit(PROVINCE) as unit:
        resume_revision(unit, authoring.in_force().id)
    office.permit()


def test_a_revision_that_was_replaced_while_suspended_stays_so(authoring, office):
    old = authoring.in_force().id
    new = authoring.approved()
    with office.unit(PROVINCE) as unit:
        suspend_revision(unit, old, "Phát hiện sai căn cứ pháp lý")
    authoring.publish(new, TODAY)

    with pytest.raises(RevisionState), office.unit(PROVINCE) as unit:
        resume_revision(unit, old)


def test_what_is_not_proven_is_published_only_with_a_reason(authoring, monkeypatch):
    monkeypatch.setattr(proof, "LIMITS", replace(proof.LIMITS, states=3))
    revision = authoring.approved()
    today = authoring.office.clock.now().date()
    with pytest.raises(review.Unproven):
        authoring.publish(revision, today)
    assert authoring.row(revision).state == "APPROVED"

    why = "Chưa xét hết mọi trường hợp; Sở đã chạy thử trong một tháng."
    authoring.publish(revision, today, decision=replace(DECISION, unproven=why))

    assert authoring.row(revision).state == "PUBLISHED"
    with authoring.office.reading(None) as unit:
        line = unit.session.scalars(
            select(AuditRow).where(AuditRow.action == "revision.published").order_by(AuditRow.id.desc())
        ).first()
    assert line.data["unproven"] == why
