"""Running dossiers on a newer revision: what survives, what may not go, and the way back."""

from __future__ import annotations

import json

import pytest
from lxml import etree
from sqlalchemy import select

from engine.bpmn.parse import parse_bpmn
from engine.domain.access import RoleMissing
from engine.execution.readdress import CannotReaddress, obstacles, readdress
from engine.store.rows import (
    AuditRow,
    DossierRow,
    EventRow,
    MigrationLineRow,
    MigrationRow,
    RevisionRow,
    TimerRow,
    UserRow,
    WorkItemRow,
)
from engine.usecases import migrations
from engine.usecases.migrations import (
    MigrationReason,
    NotANewerRevision,
    NothingToUndo,
    OwnRevision,
)
from engine.usecases.tasks import claim_task, save_task_draft

APPROVER = "lan.dt"
WHY = "Quyết định 1500/QĐ-UBND rút ngắn bước phân công."


def revisions(office):
    with office.reading(None) as unit:
        return list(
            unit.session.scalars(
                select(RevisionRow)
                .where(RevisionRow.content["key"].as_string() == "P03")
                .order_by(RevisionRow.number)
            )
        )


def drawing(office):
    with office.reading(None) as unit:
        row = unit.session.scalars(
            select(RevisionRow).where(RevisionRow.content["key"].as_string() == "P03")
        ).first()
        return row.definition.xml


def renamed(xml, node, **attributes):
    root = etree.fromstring(xml)
    for name, value in attributes.items():
        root.xpath("//*[@id=$key]", key=node)[0].set(name, value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def rekeyed(xml, old, new):
    return xml.replace(f'"{old}"'.encode(), f'"{new}"'.encode())


def told(office, dossier):
    """Everything of a dossier that a move must leave alone."""
    with office.reading(None) as unit:
        row = unit.session.get_one(DossierRow, dossier)
        items = unit.session.scalars(
            select(WorkItemRow).where(WorkItemRow.dossier_id == dossier).order_by(WorkItemRow.id)
        ).all()
        timers = unit.session.scalars(
            select(TimerRow).where(TimerRow.dossier_id == dossier).order_by(TimerRow.id)
        ).all()
        return (
            (row.state, row.status, row.legal_due, row.promised_due, row.current_due, row.data),
            [(i.id, i.node_id, i.token, i.status, i.claimed_by, i.draft, i.due_at, i.unit_id) for i in items],
            [(t.node_id, t.token, t.number, t.due_at, t.repeats) for t in timers],
        )


def events(office, dossier):
    with office.reading(None) as unit:
        return unit.session.scalars(
            select(EventRow.kind).where(EventRow.dossier_id == dossier).order_by(EventRow.id)
        ).all()


def asked(office):
    """A dossier with parallel opinions, a timer, a claim and a draft."""
    dossier = office.permit(on_fire_list="1")
    office.do(dossier, "T2", "assign")
    office.do(dossier, "T3", "pass")
    task = office.task(dossier, "T5a")
    with office.unit(office.who(task)) as unit:
        claim_task(unit, task)
        save_task_draft(unit, task, {"red_line": "4 m"})
    return dossier


@pytest.fixture
def moved(office):
    """A dossier under way, and the ids of its revision and a newer one with another name of a step."""
    dossier = asked(office)
    office.redraw(renamed(drawing(office), "T5a", name="Kiểm tra quy hoạch (mới)"))
    old, new = revisions(office)[-2:]
    return dossier, old.id, new.id


def test_everything_of_a_dossier_survives_and_it_goes_on_by_the_new_revision(office, moved):
    dossier, old, new = moved
    before, history = told(office, dossier), events(office, dossier)
    with office.unit(APPROVER) as unit:
        done = migrations.apply(unit, old, new, WHY)

    assert done["moved"] == 1
    assert told(office, dossier) == before
    assert events(office, dossier) == [*history, "dossier.migrated"]
    assert office.dossier(dossier).revision_id == new
    assert office.check() == {}
    office.do(dossier, "T5a", "done", red_line="4 m", building_line="2 m")
    assert office.check() == {}


def test_there_and_back_is_the_identity(office, moved):
    dossier, old, new = moved
    before = told(office, dossier)
    with office.unit(APPROVER) as unit:
        done = migrations.apply(unit, old, new, WHY)
    with office.unit(APPROVER) as unit:
        back = migrations.undo(unit, done["id"], WHY)
    with pytest.raises(NothingToUndo), office.unit(APPROVER) as unit:
        migrations.undo(unit, done["id"], WHY)

    assert back == {"undone": 1, "kept": 0}
    assert told(office, dossier) == before
    assert office.dossier(dossier).revision_id == old
    assert office.check() == {}


def test_a_dossier_that_moved_on_is_not_taken_back(office, moved):
    dossier, old, new = moved
    untouched = office.permit()
    with office.unit(None) as unit:
        row = unit.session.get_one(DossierRow, untouched)
        row.revision_id = old
    with office.unit(APPROVER) as unit:
        done = migrations.apply(unit, old, new, WHY)
    office.do(dossier, "T5a", "done", red_line="4 m", building_line="2 m")
    with office.unit(APPROVER) as unit:
        back = migrations.undo(unit, done["id"], WHY)

    assert back == {"undone": 1, "kept": 1}
    assert (office.dossier(dossier).revision_id, office.dossier(untouched).revision_id) == (new, old)


def test_what_does_not_fit_stays_and_the_result_says_why(office):
    stuck, fine = asked(office), office.permit()
    office.redraw(rekeyed(drawing(office), "T5a", "T5x"))
    old, new = revisions(office)[-2:]
    before = told(office, stuck)
    with office.reading(APPROVER) as unit:
        view = migrations.preview(unit, old.id, new.id)
    with office.unit(APPROVER) as unit:
        done = migrations.apply(unit, old.id, new.id, WHY)
    with office.reading(None) as unit:
        lines = unit.session.scalars(select(MigrationLineRow).order_by(MigrationLineRow.dossier_id)).all()
        past = migrations.past(unit, new.id)

    assert (done["moved"], done["refused"]) == (1, 1)
    assert [(one.id, bool(one.why.vi)) for one in view.dossiers] == [(stuck, True), (fine, False)]
    assert [one.why.vi for one in view.steps if one.node == "T5a"] == ["Không còn ở phiên bản mới."]
    assert [one.result for one in lines] == ["refused", "moved"]
    assert "không còn ở phiên bản mới" in lines[0].text_vi
    assert told(office, stuck) == before
    assert office.dossier(stuck).revision_id == old.id
    assert [(one.moved, one.refused, one.reason) for one in past] == [(1, 1, WHY)]
    assert office.check() == {}


@pytest.mark.sqlite
def test_another_limit_would_move_the_due_date_so_nothing_goes(office):
    asked(office)
    limit = revisions(office)[-1].content["limit"]
    office.redraw(limit={**limit, "value": limit["value"] + 5})
    old, new = revisions(office)[-2:]
    with office.unit(APPROVER) as unit:
        done = migrations.apply(unit, old.id, new.id, WHY)

    assert (done["moved"], done["refused"]) == (0, 1)


@pytest.mark.parametrize(
    ("login", "reason", "expected"),
    [
        ("tuan.pm", WHY, RoleMissing),
        ("vinh.dq", WHY, RoleMissing),
        (APPROVER, "vì cần", MigrationReason),
        (APPROVER, "x" * 2001, MigrationReason),
    ],
)
def test_a_refused_move_writes_nothing(office, moved, login, reason, expected):
    dossier, old, new = moved
    before, counts = told(office, dossier), office.counts()
    with pytest.raises(expected), office.unit(login) as unit:
        migrations.apply(unit, old, new, reason)

    assert (told(office, dossier), office.counts()) == (before, counts)


@pytest.mark.sqlite
def test_the_author_moves_no_dossiers_to_it(office, moved):
    _, old, new = moved
    with office.unit(None) as unit:
        who = unit.session.scalars(select(UserRow.id).where(UserRow.login == APPROVER)).one()
        unit.session.get_one(RevisionRow, new).author_id = who
    with pytest.raises(OwnRevision), office.unit(APPROVER) as unit:
        migrations.apply(unit, old, new, WHY)


@pytest.mark.sqlite
def test_dossiers_go_forward_only_and_never_to_a_draft(office, moved):
    _, old, new = moved
    with pytest.raises(NotANewerRevision), office.unit(APPROVER) as unit:
        migrations.apply(unit, new, old, WHY)
    with office.unit(None) as unit:
        unit.session.get_one(RevisionRow, new).state = "DRAFT"
    with pytest.raises(NotANewerRevision), office.unit(APPROVER) as unit:
        migrations.apply(unit, old, new, WHY)


def test_a_second_press_of_the_same_form_moves_nothing_twice(office, moved):
    dossier, old, new = moved
    for _ in range(2):
        with office.unit(APPROVER) as unit:
            done = migrations.apply(unit, old, new, WHY, submission_key="one form")
    with office.reading(None) as unit:
        made = unit.session.scalars(select(MigrationRow)).all()
        audited = unit.session.scalars(select(AuditRow).where(AuditRow.action == "dossier.migrated")).all()

    assert (len(made), len(audited), done["moved"]) == (1, 1, 1)
    assert events(office, dossier).count("dossier.migrated") == 1


# --- the pure function ------------------------------------------------------------------------

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">'


def model(body):
    return parse_bpmn(f'{HEAD}<process id="P" isExecutable="true">{body}</process></definitions>'.encode())


def flow(ident, source, target):
    return f'<sequenceFlow id="{ident}" sourceRef="{source}" targetRef="{target}"/>'


def tasks(*names):
    return "".join(f'<userTask id="{one}"/>' for one in names) + '<startEvent id="s"/><endEvent id="e"/>'


LINE = model(tasks("A", "B") + flow("n1", "s", "A") + flow("n2", "A", "B") + flow("n3", "B", "e"))
LONGER = model(
    tasks("A", "B", "C")
    + flow("n1", "s", "A") + flow("n2", "A", "B") + flow("n3", "B", "C") + flow("n4", "C", "e")
)  # fmt: skip
FORKED = model(
    tasks("A", "B")
    + '<parallelGateway id="f"/><parallelGateway id="j"/>'
    + flow("n1", "s", "f") + flow("f1", "f", "A") + flow("f2", "f", "B")
    + flow("n2", "A", "j") + flow("n3", "B", "j") + flow("n4", "j", "e")
)  # fmt: skip
TIMED = model(
    tasks("A", "B")
    + flow("n1", "s", "A") + flow("n2", "A", "B") + flow("n3", "B", "e") + flow("n4", "t", "e")
    + '<boundaryEvent id="t" attachedToRef="B"><timerEventDefinition id="d"><timeDuration>PT1H'
    + "</timeDuration></timerEventDefinition></boundaryEvent>"
)  # fmt: skip
AUTOMATIC = model(
    tasks("A") + '<serviceTask id="B"/>' + flow("n1", "s", "A") + flow("n2", "A", "B") + flow("n3", "B", "e")
)
AT_B = {"v": 1, "process": "P", "next": 4, "tokens": [{"id": 3, "at": "B"}]}


@pytest.mark.parametrize(
    ("old", "new", "node"),
    [
        pytest.param(LINE, FORKED, "j", id="a join ahead would wait for ever"),
        pytest.param(FORKED, LINE, "j", id="a join ahead is gone"),
        pytest.param(LINE, TIMED, "t", id="a new timer nobody armed"),
        pytest.param(TIMED, LINE, "t", id="an armed timer is gone"),
        pytest.param(LINE, AUTOMATIC, "B", id="nobody does it any more"),
    ],
)
def test_what_would_go_wrong_later_is_an_obstacle_now(old, new, node):
    assert [one.node for one in obstacles(old, new, AT_B)] == [node]
    with pytest.raises(CannotReaddress) as refusal:
        readdress(old, new, AT_B)
    assert refusal.value.facts["obstacles"][0].text.vi


def test_a_state_that_fits_is_the_same_state_and_another_object():
    given = json.dumps(AT_B)
    there = readdress(LINE, LONGER, AT_B)
    back = readdress(LONGER, LINE, there)

    assert there == back == AT_B
    assert there is not AT_B
    assert json.dumps(AT_B) == given
