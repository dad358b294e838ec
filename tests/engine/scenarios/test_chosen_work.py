"""Work that people choose, in the proof, in a simulation and in a scenario: the same as in a dossier."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from chosen_work import DIAGRAM

from engine.bpmn.definitions import load_definition
from engine.domain.calendar import ZONE, WorkingCalendar
from engine.domain.procedures import Limit, Procedure
from engine.domain.scenarios import Act, Scenario
from engine.domain.texts import Text
from engine.execution.verify import verify
from engine.scenarios.runs import play
from engine.simulation.loads import Given, complete
from engine.simulation.reports import simulate

MONDAY = datetime(2026, 11, 23, 9, tzinfo=ZONE)
PROCEDURE = Procedure(key="x", name=Text("Thử"), limit=Limit(kind="working_day", value=5))
DEFINITION = load_definition(DIAGRAM.encode())


def played(*steps):
    acts = [Act(at=MONDAY + timedelta(hours=n), step=step) for n, step in enumerate(steps, 1)]
    return play(DEFINITION, PROCEDURE, Scenario(id="one", title=Text("Một"), start=MONDAY, acts=tuple(acts)))


def test_a_scenario_does_chosen_work_by_naming_it_and_ends_the_choosing():
    run = played("ask", "minutes", "site", "site", "group", "T9")

    assert run.passed
    assert {"T9", "e"} <= run.nodes


def test_a_scenario_cannot_end_the_choosing_while_work_goes_on_nor_do_what_follows_it():
    assert not played("ask", "group").passed
    assert not played("minutes").passed
    assert not played("T9").passed


def test_the_proof_follows_every_order_of_chosen_work():
    found = verify(DEFINITION)

    assert (found.verdict, list(found.problems)) == ("sound", [])


@pytest.mark.parametrize("condition", ["", "false"])
def test_a_simulation_begins_each_chosen_activity_once(condition):
    with_condition = '<completionCondition xsi:type="tFormalExpression">false</completionCondition>'
    text = DIAGRAM if condition else DIAGRAM.replace(with_condition, "")
    definition = load_definition(text.encode())
    load = complete(definition, PROCEDURE, Given(arrivals=2, staff={"*": 9}))
    first = MONDAY.date()
    report = simulate(
        definition, PROCEDURE, load, WorkingCalendar(), first=first, days=5, seed=1, repetitions=2
    )
    once = report.once[0]

    assert once.unfinished == 0
    assert once.arrived > 0
    assert {once.steps[name].times for name in ("site", "ask", "minutes", "T9")} == {once.arrived}
