"""What history teaches a simulation: how long steps took, how choices fell, how many dossiers came."""

from datetime import timedelta

import pytest

from engine.errors import NotFound
from engine.usecases.learning import LEAST, Learnt, learn

pytestmark = pytest.mark.sqlite


@pytest.fixture
def history(office):
    """Twenty-one dossiers, one every four minutes; assigned after three, then passed or refused."""
    for number in range(LEAST + 1):
        office.clock.set(office.clock.now() + timedelta(minutes=1))
        dossier = office.permit(on_fire_list="1" if number % 3 == 0 else "0")
        office.clock.set(office.clock.now() + timedelta(minutes=3))
        office.do(dossier, "T2")
        if number % 4 == 0:
            office.do(dossier, "T3", "refuse", "Không đủ điều kiện")
        else:
            office.do(dossier, "T3", "pass")
    return office


def test_times_choices_values_and_arrivals_come_from_finished_dossiers(history):
    with history.reading(None) as unit:
        found = learn(unit, "P03", ["on_fire_list", "heritage_zone"])

    assert found.dossiers == LEAST + 1
    assert found.times["T2"] == (3.0, 3.0, 3.0)
    assert dict(found.chances["T3"]) == {"pass": pytest.approx(15 / 21), "refuse": pytest.approx(6 / 21)}
    assert dict(found.chances["on_fire_list"]) == {False: pytest.approx(14 / 21), True: pytest.approx(7 / 21)}
    assert found.arrivals == pytest.approx(21)  # in less than a working day


def test_a_step_done_too_seldom_teaches_nothing(office):
    dossier = office.permit()
    office.do(dossier, "T2")
    with office.reading(None) as unit:
        found = learn(unit, "P03")
        nothing = learn(unit, "P07")

    assert (dict(found.times), dict(found.chances), found.dossiers) == ({}, {}, 1)
    assert nothing == Learnt()


def test_a_procedure_that_is_not_there_is_not_found(office):
    with pytest.raises(NotFound), office.reading(None) as unit:
        learn(unit, "P99")
