"""Drafts: one at a time, saved as often as one likes, and never overwritten by somebody's older page."""

from __future__ import annotations

import pytest
from authoring import AUTHOR, HEAD, OTHER_AUTHOR, PROVINCE, step
from sqlalchemy import func, select

from designer.drafts import DraftExists, NotADraft, StaleDraft
from engine.bpmn.xml import BadXml
from engine.domain.access import SYSTEM, RoleMissing
from engine.errors import NotFound
from engine.store.rows import AuditRow, DefinitionRow

pytestmark = pytest.mark.sqlite


def test_a_draft_begins_as_a_copy_of_what_is_in_force(authoring):
    source = authoring.in_force()

    draft = authoring.row(authoring.draft())

    assert (draft.state, draft.number, draft.based_on_id) == ("DRAFT", source.number + 1, source.id)
    assert draft.definition_hash == source.definition_hash
    assert draft.content == source.content
    assert draft.participants == source.participants
    assert draft.effective_from is None
    assert draft.decision_no == ""


def test_a_procedure_has_one_revision_in_the_making(authoring):
    authoring.draft()

    with pytest.raises(DraftExists) as refusal:
        authoring.draft()

    assert "Nguyễn Phương Thảo" in refusal.value.say("vi")
    assert "Draft" in refusal.value.say("en")


@pytest.mark.parametrize("login", [OTHER_AUTHOR, HEAD, PROVINCE, "vinh.dq"])
def test_only_an_author_of_the_owning_unit_opens_a_draft(authoring, login):
    with pytest.raises(RoleMissing):
        authoring.draft(login)


def test_a_draft_is_opened_from_a_revision_of_the_same_procedure(authoring):
    from designer.drafts import open_draft

    source = authoring.in_force()
    with pytest.raises(NotFound), authoring.office.unit(AUTHOR) as unit:
        open_draft(unit, source.procedure_id + 1, source.id)


def test_saving_keeps_the_drawing_and_the_running_revision(authoring):
    source = authoring.in_force()
    draft = authoring.draft()
    xml = step(authoring.row(draft).definition.xml, "T2", mc_hours="1.5")

    version = authoring.save(draft, xml)

    assert authoring.row(draft).definition.xml == xml
    assert authoring.row(draft).version == version
    assert authoring.row(source.id).definition_hash == source.definition_hash


def test_a_page_opened_before_somebody_saved_cannot_overwrite_it(authoring):
    draft = authoring.draft()
    seen = authoring.row(draft).version
    first = step(authoring.row(draft).definition.xml, "T2", mc_hours="1.5")
    authoring.save(draft, first, version=seen)

    with pytest.raises(StaleDraft) as refusal:
        authoring.save(draft, step(first, "T2", mc_hours="1"), version=seen)

    assert authoring.row(draft).definition.xml == first
    assert "Nguyễn Phương Thảo" in refusal.value.say("vi")
    assert "vẫn còn ở đây" in refusal.value.say("vi")


def test_a_drawing_with_mistakes_is_kept_all_the_same(authoring):
    draft = authoring.draft()
    xml = step(authoring.row(draft).definition.xml, "T2", mc_role=None)

    authoring.save(draft, xml)

    assert authoring.row(draft).definition.xml == xml


def test_what_is_not_xml_is_refused_and_nothing_changes(authoring):
    draft = authoring.draft()
    before = authoring.row(draft)

    with pytest.raises(BadXml):
        authoring.save(draft, b"<definitions>")

    assert authoring.row(draft).version == before.version


def test_the_same_drawing_is_kept_once(authoring):
    draft = authoring.draft()
    xml = authoring.row(draft).definition.xml

    authoring.save(draft, xml)
    authoring.save(draft, xml)

    with authoring.office.reading(None) as unit:
        same = select(func.count()).select_from(DefinitionRow).where(DefinitionRow.xml == xml)
        assert unit.session.scalar(same) == 1


def test_what_was_submitted_is_not_saved_any_more(authoring):
    draft = authoring.draft()
    authoring.submit(draft)

    with pytest.raises(NotADraft) as refusal:
        authoring.save(draft, authoring.row(draft).definition.xml)

    assert "Chờ lãnh đạo đơn vị duyệt" in refusal.value.say("vi")


def test_somebody_elses_save_is_refused(authoring):
    draft = authoring.draft()

    with pytest.raises(RoleMissing):
        authoring.save(draft, authoring.row(draft).definition.xml, login=OTHER_AUTHOR)


def test_every_save_stands_in_the_audit_chain(authoring):
    draft = authoring.draft()
    authoring.save(draft, step(authoring.row(draft).definition.xml, "T2", mc_hours="1"))

    with authoring.office.engine.reading(SYSTEM) as unit:
        chain = select(AuditRow.action).where(AuditRow.chain == f"revision:{draft}").order_by(AuditRow.number)
        assert unit.session.scalars(chain).all() == ["draft.opened", "draft.saved"]
