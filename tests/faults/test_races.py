"""Two officers click at once, again and again: one wins, the other reads a sentence, nothing is overwritten.

MOTCUA_RACES sets how often on each database (`./run.sh races`: 500); the ordinary test run races less.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from engine.errors import ProcedureError
from engine.store.rows import DossierRow, EventRow, WorkItemRow
from engine.usecases.tasks import complete_task

pytestmark = pytest.mark.faults

RACES = int(os.environ.get("MOTCUA_RACES", "40"))
ROUNDS = 20  # of one dossier; then the next, so that a long history does not slow the race down
OFFICERS = ("linh.vt", "dat.lq")

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="again"/>
    <exclusiveGateway id="again"/>
    <sequenceFlow id="f3" sourceRef="again" targetRef="fork"/>
    <parallelGateway id="fork"/>
    <sequenceFlow id="f4" sourceRef="fork" targetRef="A"/>
    <sequenceFlow id="f5" sourceRef="fork" targetRef="B"/>
    {a}{b}
    <sequenceFlow id="f6" sourceRef="A" targetRef="join"/>
    <sequenceFlow id="f7" sourceRef="B" targetRef="join"/>
    <parallelGateway id="join"/>
    <sequenceFlow id="f8" sourceRef="join" targetRef="C"/>
    {c}
    <sequenceFlow id="f9" sourceRef="C" targetRef="again"/>
  </process>
</definitions>
"""
STEP = """<userTask id="{id}" name="Bước {id}" mc:kind="appraise" mc:role="SPECIALIST" mc:unit="competent"
        mc:hours="8" mc:decision="said_{id}">
      <extensionElements>
        <mc:outcome code="linh" name="Một" style="main"/><mc:outcome code="dat" name="Hai" style="plain"/>
      </extensionElements>
    </userTask>"""


def test_two_officers_at_once_have_one_winner_and_lose_nothing(office):
    office.redraw(DIAGRAM.format(**{one.lower(): STEP.format(id=one) for one in "ABC"}).encode())
    actors = [office.actor(login) for login in OFFICERS]
    wrong: Counter[str] = Counter()
    with ThreadPoolExecutor(2) as pool:
        for race in range(RACES):
            if race % ROUNDS == 0:
                dossier = office.permit()
            _beside_each_other(office, pool, actors, dossier, race, wrong)
            _against_each_other(office, pool, actors, dossier, wrong)

    assert wrong == {}
    assert office.check() == {}
    with office.reading(None) as unit:
        done = unit.session.scalar(
            select(func.count()).select_from(WorkItemRow).where(WorkItemRow.status == "done")
        )
        said = unit.session.scalar(
            select(func.count()).select_from(EventRow).where(EventRow.kind == "step.done")
        )
    receptions = -(-RACES // ROUNDS)
    assert done == said == receptions + 3 * RACES


def _against_each_other(office, pool, actors, dossier, wrong) -> None:
    """Both finish step C, each with an outcome of his own."""
    task = office.task(dossier, "C")
    gate = Barrier(2)
    answers = [
        pool.submit(_finish, office, actor, task, outcome, gate)
        for actor, outcome in zip(actors, ("linh", "dat"), strict=True)
    ]
    errors = [one.result() for one in answers]
    winners = [outcome for outcome, error in zip(("linh", "dat"), errors, strict=True) if error is None]
    _note(wrong, "not exactly one winner", len(winners) != 1)
    for error in filter(None, errors):
        _note(wrong, f"not a sentence: {error!r}", not _is_sentence(error))
    with office.reading(None) as unit:
        row = unit.session.get_one(WorkItemRow, task)
        data = unit.session.get_one(DossierRow, dossier).data
        _note(wrong, "another's outcome was kept", [row.outcome] != winners or [data["said_C"]] != winners)
        _note(wrong, "another's name was kept", row.ended_by != actors[row.outcome == "dat"].user_id)


def _beside_each_other(office, pool, actors, dossier, race, wrong) -> None:
    """One finishes A, the other B, of the same dossier: what both wrote must be there."""
    said = ("linh", "dat") if race % 2 else ("dat", "linh")
    gate = Barrier(2)
    tasks = [office.task(dossier, node) for node in "AB"]
    answers = [pool.submit(_finish, office, *one, gate) for one in zip(actors, tasks, said, strict=True)]
    for one, answer in zip(zip(actors, tasks, said, strict=True), answers, strict=True):
        error = answer.result()
        if error is None:
            continue
        _note(wrong, f"not a sentence: {error!r}", not _is_sentence(error))
        error = _finish(office, *one, None)  # as the sentence says: look, and go on
        _note(wrong, f"refused twice: {error!r}", error is not None)
    with office.reading(None) as unit:
        data = unit.session.get_one(DossierRow, dossier).data
    _note(wrong, "an update was lost", (data["said_A"], data["said_B"]) != said)


def _note(wrong, what, is_so) -> None:
    if is_so:
        wrong[what] += 1


def _finish(office, actor, task, outcome, gate) -> Exception | None:
    if gate is not None:
        gate.wait(60)
    try:
        with office.engine.unit(actor) as unit:
            complete_task(unit, task, outcome=outcome)
    except Exception as error:  # whatever it is, the test says so
        return error
    return None


def _is_sentence(error: Exception) -> bool:
    return isinstance(error, ProcedureError) and all(
        error.say(language).strip().endswith(".") for language in ("vi", "en")
    )
