"""Every shipped scenario, lived by a real dossier: database, people, forms, worker, on both executors.

What the scenario expects after each act is what its file says; so the dossier in memory, by which scenarios
are played, and the dossier in the database cannot drift apart.
"""

import json

import pytest
from office import SET, content_of
from sqlalchemy import select

from engine.domain.calendar import ZONE
from engine.domain.scenarios import COMPLETE, STOP, WAIT, WITHDRAW, Scenario
from engine.errors import ProcedureError
from engine.store.rows import TimerRow, WorkItemRow
from engine.usecases.dossiers import stop_dossier, withdraw_dossier
from engine.usecases.reception import ReceivedComponent

FILES = sorted(SET.glob("*/scenarios/*.json"))
COUNTERS = {"P03": ("mai.lt", "ttpvhcc"), "P07": ("my.nk", "nam-can")}
PAPERS = {"P03": ("C1", "C2", "C3", "C5", "C7"), "P07": ("C1",)}


def local(moment):
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def move_clock(office, dossier, moment):
    """Let the worker run at every moment at which a timer is due, then come to `moment`."""
    while True:
        with office.reading(None) as unit:
            due = unit.session.scalars(
                select(TimerRow.due_at).where(TimerRow.dossier_id == dossier, TimerRow.due_at <= moment)
            ).all()
        if not due:
            break
        office.at(local(min(due)))
        assert office.fire() >= 1
    office.at(local(moment))


def live(office, dossier, key, act):
    """Do one act as the people of the office do it; return the code of the refusal, if there is one."""
    move_clock(office, dossier, act.at)
    try:
        if act.kind == COMPLETE:
            office.do(dossier, act.step, act.outcome, act.reason, **act.answers)
        elif act.kind == WITHDRAW:
            with office.unit(COUNTERS[key][0]) as unit:
                withdraw_dossier(unit, dossier, act.reason)
        elif act.kind == STOP:
            with office.unit(None) as unit:
                stop_dossier(unit, dossier, act.reason, "Luật Xây dựng, điều 103")
        else:
            assert act.kind == WAIT
    except ProcedureError as refusal:
        return refusal.code
    return ""


def stand(office, dossier):
    row = office.dossier(dossier)
    return sorted(office.open_steps(dossier)), row.status, local(row.current_due)


def wanted(expected):
    return sorted(expected.next), expected.status, local(expected.due)


@pytest.mark.sqlite
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_real_dossier_goes_the_way_of_the_scenario(office, file):
    key, scenario = file.parts[-3], Scenario.from_json(json.loads(file.read_text(encoding="utf-8")))
    login, place = COUNTERS[key]
    if scenario.options:
        office.redraw(options={**content_of(key)["options"], **scenario.options})
    office.at(local(scenario.start))
    papers = [ReceivedComponent(code=code) for code in PAPERS[key]]
    dossier = office.receive(login, key, place, scenario.answers, components=papers)
    assert office.dossier(dossier).executor == office.engine.executor
    assert stand(office, dossier) == wanted(scenario.expected)

    for number, act in enumerate(scenario.acts, 1):
        before = stand(office, dossier)
        refused = live(office, dossier, key, act)
        assert refused == act.expected.refused, f"act {number}"
        assert stand(office, dossier) == (before if refused else wanted(act.expected)), f"act {number}"
        if act.kind == COMPLETE and not refused:
            with office.reading(None) as unit:
                role = unit.session.scalars(
                    select(WorkItemRow.role)
                    .where(WorkItemRow.dossier_id == dossier, WorkItemRow.node_id == act.step)
                    .order_by(WorkItemRow.id.desc())
                ).first()
            assert role == act.role
    assert office.check() == {}
