"""The proof of a revision in the designer: shown on the diagram, and a gate before publication."""

from __future__ import annotations

import re
from datetime import date

import pytest
from authoring import AUTHOR, HEAD, condition
from pages import read
from sqlalchemy import select

from designer import proof, review
from designer.drafts import get_revision
from designer.proof import NotSound
from engine.execution.verify import Limits
from engine.store.rows import AssignmentRow

pytestmark = pytest.mark.sqlite

TOMORROW = date(2026, 11, 24)
REFUSED = 'signature = "sign" and proposal = "refuse"'


@pytest.fixture
def browse(app, office):
    return lambda login: app.test_client().sign_in(login)


@pytest.fixture
def ambiguous(authoring):
    """A draft in which a signed permit may also go the way of a refusal; no scenario notices."""
    draft = authoring.draft()
    drawn = authoring.row(draft).definition.xml
    authoring.save(draft, condition(drawn, flow_of(drawn, REFUSED), 'signature = "sign"'))
    return draft


def flow_of(xml: bytes, text: str) -> str:
    at = xml.decode().index(text.replace('"', "&quot;") if text not in xml.decode() else text)
    return xml.decode()[:at].rpartition('<bpmn:sequenceFlow id="')[2].partition('"')[0]


def leave(authoring, role):
    """Everybody who holds the role leaves the chair."""
    with authoring.office.unit(AUTHOR) as unit:
        for one in unit.session.scalars(select(AssignmentRow)):
            if role in one.position.roles:
                one.ends_on = date(2026, 11, 1)


def proven(authoring, revision_id):
    with authoring.office.unit(AUTHOR) as unit:
        return proof.prove(unit, get_revision(unit, revision_id))


def test_the_permit_procedure_is_proven_sound(authoring, browse):
    draft = authoring.draft()

    assert proven(authoring, draft).verdict == "sound"
    assert "Đã chứng minh" in read(browse(AUTHOR).get(f"/designer/revisions/{draft}")).words
    assert "Không thấy vấn đề nào" in read(browse(AUTHOR).get(f"/designer/revisions/{draft}/proof")).words


def test_a_problem_is_shown_with_its_way_on_the_diagram(authoring, ambiguous, browse):
    report = proven(authoring, ambiguous)
    found = next(one for one in report.problems if one.kind == "gateway-overlap")

    page = read(browse(AUTHOR).get(f"/designer/revisions/{ambiguous}"))
    assert found.message.vi in page.words
    detail = browse(AUTHOR).get(f"/designer/revisions/{ambiguous}/proof").text
    assert "is-fault" in detail
    assert "is-way" in detail
    assert "Đường ngắn nhất tới đó" in detail


def test_what_is_unsound_is_neither_submitted_nor_published(authoring, ambiguous):
    with pytest.raises(NotSound, match="problems") as refused:
        authoring.submit(ambiguous)

    assert "cả hai nhánh cùng đúng" in refused.value.say("vi")


def test_a_signatory_who_left_after_the_approval_stops_the_publication(authoring):
    approved = authoring.approved()
    leave(authoring, "SIGNATORY")

    with pytest.raises(NotSound, match="problems"):
        authoring.publish(approved, TOMORROW)


def test_what_is_not_proven_is_left_to_a_person_in_plain_words(authoring, browse, monkeypatch):
    draft = authoring.draft()
    monkeypatch.setattr(proof, "LIMITS", Limits(states=3))
    monkeypatch.setattr(proof, "_kept", type(proof._kept)())

    page = read(browse(AUTHOR).get(f"/designer/revisions/{draft}"))
    assert "Chưa chứng minh được" in page.words
    assert "Người ban hành phải tự quyết định" in page.words
    authoring.submit(draft)
    with authoring.office.unit(HEAD) as unit:
        assert review.approve(unit, draft) == "PENDING_PROVINCE_APPROVAL"


def test_a_role_that_nobody_holds_any_more_is_found(authoring):
    draft = authoring.draft()
    leave(authoring, "SIGNATORY")

    report = proven(authoring, draft)

    found = [one for one in report.problems if one.kind == "role-vacant"]
    assert [one.severity for one in found] == ["error"]
    assert "SIGNATORY" in found[0].message.vi
    assert report.verdict == "unsound"


def test_a_unit_that_only_a_rule_names_is_looked_at_too(authoring):
    """The site check goes to the fire police or to the competent unit, as one answer of the form says."""
    draft = authoring.draft()
    drawn = authoring.row(draft).definition.xml.decode()
    rule = '= if on_fire_list = true then "fire_police" else "sxd"'.replace('"', "&quot;")
    before = re.search(r'<bpmn:userTask id="T4"[^>]*>', drawn)[0]
    ruled = re.sub(r'mc:unit="[^"]*"', f'mc:unit="{rule}"', before)
    authoring.save(draft, drawn.replace(before, ruled).encode())

    found = [one for one in proven(authoring, draft).problems if one.kind == "role-vacant"]

    assert [(one.elements, one.severity) for one in found] == [(("T4",), "warning")]
    assert "Phòng Cảnh sát" in found[0].message.vi or "PC07" in found[0].message.vi
