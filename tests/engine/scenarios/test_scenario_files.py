"""Scenario files: what was read is what was written, and every fault is named."""

import copy
import json
from datetime import date, datetime
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.calendar import ZONE
from engine.domain.dossiers import Status
from engine.domain.procedures import BadProcedure, Procedure
from engine.domain.scenarios import KINDS, Act, BadScenario, Expected, KnownStep, Scenario
from engine.domain.texts import Text
from engine.scenarios.files import write

PLAIN = {
    "id": "granted",
    "title": {"vi": "Cấp phép", "en": "Granted"},
    "start": {"at": "2026-11-23 09:10", "answers": {"height": "7,8"}, "expect": {"next": ["T2"]}},
    "acts": [{"at": "2026-11-23 10:00", "step": "T2", "outcome": "assign", "expect": {"next": []}}],
}

letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Z"))
words = st.text(letters, min_size=1, max_size=12).map(lambda one: normalize("NFC", one))  # as texts are kept
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(
    lambda one: one.replace(second=0, microsecond=0, tzinfo=ZONE)
)
expectations = st.builds(
    Expected,
    next=st.none() | st.lists(words, max_size=3).map(tuple),
    status=st.sampled_from(["", *(one.value for one in Status)]),
    due=st.none() | moments,
) | st.builds(Expected, refused=words)
answers = st.dictionaries(words, words | st.lists(words, max_size=2), max_size=3)
days = st.lists(st.dates(date(2020, 1, 1), date(2040, 1, 1)), max_size=3).map(tuple)


@st.composite
def scenarios(draw):
    at = sorted(draw(st.lists(moments, min_size=1, max_size=5)))
    acts = tuple(
        Act(
            kind=draw(st.sampled_from(KINDS)),
            at=one,
            step=draw(words),
            role=draw(words),
            outcome=draw(words),
            name=draw(words),
            answers=draw(answers),
            expected=draw(expectations),
        )
        for one in at[1:]
    )
    return Scenario(
        id="one",
        title=Text(draw(words), draw(words)),
        start=at[0],
        answers=draw(answers),
        days_off=draw(days),
        days_worked=draw(days),
        expected=draw(expectations),
        acts=acts,
        steps={
            draw(words): KnownStep(name=Text(draw(words)), kind=draw(words), place=draw(st.integers(1, 9)))
        },
    )


@settings(max_examples=80)
@given(scenarios())
def test_what_is_written_is_read_back(scenario):
    assert Scenario.from_json(json.loads(write(scenario))) == scenario


def test_a_shipped_file_is_as_the_product_writes_it(shipped):
    from bpmn_library.sets import SETS

    for key, entry in shipped.items():
        for one in entry.procedure.scenarios:
            file = SETS / "mot-cua-co-ban" / key / "scenarios" / f"{one.id}.json"
            assert file.read_text(encoding="utf-8") == write(one)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("id", "Cấp phép", "id"),
        ("title", {"vi": "", "en": ""}, "title"),
        ("start/at", "23/11/2026", "start.at"),
        ("start/answers", {"height": 7.8}, "start.answers.height"),
        ("acts/0/act", "jump", "acts[0].act"),
        ("acts/0/step", "", "acts[0].step"),
        ("acts/0/at", "2026-11-22 10:00", "acts[0].at"),
        ("acts/0/at", "2026-13-22 10:00", "acts[0].at"),
        ("acts/0/expect", {"nxt": []}, "acts[0].expect"),
        ("acts/0/expect", {"status": "fine"}, "acts[0].expect.status"),
        ("acts", [PLAIN["acts"][0]] * 301, "acts"),
        ("surprise", 1, "$"),
    ],
)
def test_a_fault_is_named_with_its_path(path, value, expected):
    document = copy.deepcopy(PLAIN)
    *way, last = [int(one) if one.isdecimal() else one for one in path.split("/")]
    place = document
    for one in way:
        place = place[one]
    place[last] = value
    with pytest.raises(BadScenario) as refused:
        Scenario.from_json(document)
    assert refused.value.facts["path"] == expected


def test_a_procedure_has_each_scenario_once_and_not_too_many_acts(shipped):
    content = shipped["P07"].content
    with pytest.raises(BadProcedure, match=r"scenarios\[1\]\.id"):
        Procedure.from_json({**content, "scenarios": [PLAIN, PLAIN]})
    many = [{**PLAIN, "id": f"s{number}", "acts": PLAIN["acts"] * 300} for number in range(6)]
    with pytest.raises(BadProcedure, match="at most 1500 acts"):
        Procedure.from_json({**content, "scenarios": many})


def test_content_without_scenarios_is_written_as_before(shipped):
    content = {key: value for key, value in shipped["P07"].content.items() if key != "scenarios"}
    assert Procedure.from_json(content).as_json() == content
