"""Scenarios are a gate: what fails stops the way to publication, and what is changed opens it again."""

from dataclasses import replace
from datetime import date

import pytest
from authoring import AUTHOR, HEAD, OTHER_AUTHOR, PROVINCE, condition, step
from sqlalchemy import select

from designer import scenarios
from designer.checks import check_revision
from designer.drafts import NotADraft, StaleDraft
from designer.review import HasErrors, OwnWork
from designer.scenarios import ClearingReasonMissing
from engine.domain.access import RoleMissing
from engine.domain.procedures import Procedure
from engine.errors import NotFound
from engine.scenarios import reports
from engine.store.rows import AuditRow
from engine.usecases.authorship import writers

pytestmark = pytest.mark.sqlite


def xml_of(authoring, revision_id):
    return authoring.row(revision_id).definition.xml


def procedure_of(authoring, revision_id):
    return Procedure.from_json(authoring.row(revision_id).content)


def errors(authoring, revision_id):
    with authoring.office.reading(AUTHOR) as unit:
        row = scenarios.get_revision(unit, revision_id)
        return [(one.rule, one.message.vi) for one in check_revision(unit, row).errors]


def acting(authoring, login, act, revision_id, *words, **more):
    with authoring.office.unit(login) as unit:
        return act(unit, revision_id, *words, **more)


@pytest.fixture
def draft(authoring):
    return authoring.draft()


@pytest.fixture
def broken(authoring, draft):
    """A draft in which a refusal at the site goes on to the permit's draft: one scenario sees that."""
    xml = condition(xml_of(authoring, draft), "F_match", 'site_check = "match" or site_check = "refuse"')
    authoring.save(draft, condition(xml, "F_site_refuse", "false"))
    return draft


def test_a_failing_scenario_is_an_error_in_words_and_stops_submission(authoring, broken):
    found = errors(authoring, broken)
    assert found[0][0] == "scenario"
    assert "Kịch bản “Cơ quan im lặng: lãnh đạo phòng quyết định, thực địa không đạt”: Việc 6" in found[0][1]
    assert "đáng lẽ tới “Dự thảo văn bản từ chối”, thực tế “Tổng hợp, dự thảo giấy phép”." in found[0][1]
    with pytest.raises(HasErrors):
        authoring.submit(broken)


def test_publication_looks_again(authoring):
    """The days of a review may be long; what is published is what is checked."""
    ready = authoring.approved()
    with authoring.office.unit(None) as unit:
        row = scenarios.get_revision(unit, ready)
        content = dict(row.content)
        content["limit"] = {**content["limit"], "value": 7}
        row.content = content
    with pytest.raises(HasErrors, match="errors"):
        authoring.publish(ready, date(2026, 11, 24))


def test_taking_the_new_result_for_right_opens_the_gate(authoring, broken):
    before = procedure_of(authoring, broken)
    acting(authoring, AUTHOR, scenarios.accept_now, broken, "silence-escalated")
    left = [one for one in errors(authoring, broken) if one[0] == "scenario"]
    assert left == []
    after = procedure_of(authoring, broken)
    was, now = (
        next(one for one in side.scenarios if one.id == "silence-escalated") for side in (before, after)
    )
    assert len(now.acts) == 6 < len(was.acts), "it ends where its next act is not possible any more"
    authoring.submit(broken)


def test_a_scenario_is_saved_with_what_happens_now_and_dropped_again(authoring, draft):
    given = replace(
        procedure_of(authoring, draft).scenarios[0], id="mine", expected=scenarios.Scenario.expected
    )
    acting(authoring, AUTHOR, scenarios.save_scenario, draft, replace(given, acts=given.acts[:2]))
    saved = {one.id: one for one in procedure_of(authoring, draft).scenarios}["mine"]
    assert saved.expected.next == ("T2",)
    assert errors(authoring, draft) == []
    acting(authoring, AUTHOR, scenarios.drop_scenario, draft, "mine")
    assert "mine" not in {one.id for one in procedure_of(authoring, draft).scenarios}
    with pytest.raises(NotFound):
        acting(authoring, AUTHOR, scenarios.drop_scenario, draft, "mine")


def test_steps_with_new_ids_are_used_in_all_scenarios_at_once(authoring, draft):
    text = xml_of(authoring, draft).decode()
    authoring.save(draft, text.replace('"T2"', '"Activity_2"').replace(">T2<", ">Activity_2<").encode())
    assert any(rule == "scenario" for rule, _ in errors(authoring, draft))
    acting(authoring, AUTHOR, scenarios.remap_scenarios, draft, {"T2": "Activity_2", "T8": "Activity_2"})
    assert errors(authoring, draft) == []


@pytest.mark.parametrize("login", [OTHER_AUTHOR, HEAD, PROVINCE])
def test_only_its_author_changes_scenarios(authoring, draft, login):
    with pytest.raises(RoleMissing):
        acting(authoring, login, scenarios.drop_scenario, draft, "granted")


def test_what_was_submitted_keeps_its_scenarios(authoring, draft):
    authoring.submit(draft)
    with pytest.raises(NotADraft):
        acting(authoring, AUTHOR, scenarios.drop_scenario, draft, "granted")


def test_a_page_that_is_too_old_changes_nothing(authoring, draft):
    old = authoring.row(draft).version
    acting(authoring, AUTHOR, scenarios.drop_scenario, draft, "granted", version=old)
    with pytest.raises(StaleDraft):
        acting(authoring, AUTHOR, scenarios.drop_scenario, draft, "stopped", version=old)


def test_whoever_changed_a_scenario_wrote_the_revision(authoring, draft):
    acting(authoring, AUTHOR, scenarios.drop_scenario, draft, "granted")
    with authoring.office.reading(None) as unit:
        assert authoring.office.actor(AUTHOR).user_id in writers(unit, draft)
    authoring.submit(draft)
    with pytest.raises((OwnWork, RoleMissing)):
        authoring.approve(draft, AUTHOR)


def test_changes_of_scenarios_are_told_to_the_approver(authoring, draft):
    from designer.revisions import get_revision_page

    acting(authoring, AUTHOR, scenarios.drop_scenario, draft, "granted")
    with authoring.office.reading(HEAD) as unit:
        page = get_revision_page(unit, draft, "vi")
    assert "Bỏ kịch bản thử “Cấp giấy phép, không phải lấy ý kiến”." in [one.text.vi for one in page.changes]


# --- the second opinion -----------------------------------------------------------------------


@pytest.fixture
def differing(authoring, draft):
    """A draft on which the engines differ: planted where reports are kept, since in truth they agree."""
    row = authoring.row(draft)
    definition, procedure = scenarios.load_definition(row.definition.xml), procedure_of(authoring, draft)
    run = reports.report(definition, procedure).runs[1]
    other = scenarios.Difference(
        2, "T3", scenarios.Text("Việc 2: hai bộ chạy khác nhau.", "Act 2: they differ.")
    )
    true = reports.opinions(definition, procedure)
    (key,) = [key for key, kept in reports._kept.items() if kept is true]
    reports._kept[key] = {**true, run.scenario.id: (other,)}
    yield draft
    reports._kept.clear()


def digest(authoring, revision_id):
    with authoring.office.reading(None) as unit:
        page = scenarios.get_scenarios_page(unit, revision_id, "vi")
    return page.disagreements[0]


def test_a_difference_between_the_engines_stops_until_somebody_says_why_not(authoring, differing):
    assert [rule for rule, _ in errors(authoring, differing)] == ["second-opinion"]
    with pytest.raises(HasErrors):
        authoring.submit(differing)
    with pytest.raises(ClearingReasonMissing):
        acting(
            authoring, AUTHOR, scenarios.clear_difference, differing, digest(authoring, differing).digest, " "
        )

    acting(
        authoring,
        AUTHOR,
        scenarios.clear_difference,
        differing,
        digest(authoring, differing).digest,
        "Bộ chạy thứ hai đánh số lần làm lại khác.",
    )
    cleared = digest(authoring, differing)
    assert (cleared.reason, cleared.by) == ("Bộ chạy thứ hai đánh số lần làm lại khác.", "Nguyễn Phương Thảo")
    assert errors(authoring, differing) == []
    with authoring.office.reading(None) as unit:
        (line,) = unit.session.scalars(select(AuditRow).where(AuditRow.action == scenarios.CLEARED)).all()
    assert (line.chain, line.data["scenario"]) == (f"revision:{differing}", cleared.scenario.id)
    authoring.submit(differing)


def test_a_clearing_holds_for_that_drawing_only(authoring, differing):
    acting(
        authoring,
        AUTHOR,
        scenarios.clear_difference,
        differing,
        digest(authoring, differing).digest,
        "Không sao.",
    )
    before = digest(authoring, differing).digest
    authoring.save(differing, step(xml_of(authoring, differing), "T2", mc_hours="3"))
    row = authoring.row(differing)
    definition, procedure = scenarios.load_definition(row.definition.xml), procedure_of(authoring, differing)
    other = scenarios.Difference(
        2, "T3", scenarios.Text("Việc 2: hai bộ chạy khác nhau.", "Act 2: they differ.")
    )
    assert scenarios._digest(definition, procedure.scenarios[1], other) != before


@pytest.mark.parametrize("login", ["mai.lt", OTHER_AUTHOR])
def test_a_difference_is_cleared_by_those_who_write_or_decide(authoring, differing, login):
    with pytest.raises(RoleMissing):
        acting(
            authoring,
            login,
            scenarios.clear_difference,
            differing,
            digest(authoring, differing).digest,
            "Không sao.",
        )


def test_there_is_nothing_to_clear_where_the_engines_agree(authoring, draft):
    with pytest.raises(NotFound):
        acting(authoring, AUTHOR, scenarios.clear_difference, draft, "0" * 32, "Không sao.")
