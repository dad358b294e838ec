"""Playing scenarios: what is as expected says nothing, everything else a sentence."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from drawings import boundary, catch, end, flow, person, process, start, straight

from engine.bpmn.definitions import load_definition
from engine.domain.calendar import ZONE
from engine.domain.procedures import Limit, Procedure
from engine.domain.scenarios import MESSAGE, WAIT, Act, Expected, Scenario
from engine.domain.texts import Text
from engine.execution.spiff.executor import SpiffExecutor
from engine.scenarios.coverage import coverage, picture
from engine.scenarios.reports import opinions, report
from engine.scenarios.runs import play, recorded
from engine.scenarios.second import compare

TIMER = "<bpmn:timerEventDefinition>{}</bpmn:timerEventDefinition>"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=ZONE)


def said(run, language="vi"):
    return [one.text.say(language) for one in run.differences]


def bare(definition, *acts, **values):
    """A procedure without forms, and a scenario of these acts, an hour apart."""
    procedure = Procedure(key="x", name=Text("Thử"), limit=Limit(kind="working_day", value=5))
    timed = tuple(replace(act, at=MONDAY + timedelta(hours=n)) for n, act in enumerate(acts, 1))
    return definition, procedure, Scenario(id="one", title=Text("Một"), start=MONDAY, acts=timed, **values)


def done(step, **answers):
    return Act(at=MONDAY, step=step, answers=answers)


def test_every_shipped_scenario_passes_and_both_engines_agree(shipped):
    for entry in shipped.values():
        found = report(entry.definition, entry.procedure)
        assert [said(run) for run in found.runs if not run.passed] == []
        assert set(opinions(entry.definition, entry.procedure).values()) == {()}, "compared, and the same"
        assert found.lost == ()


def test_the_shipped_scenarios_reach_every_legal_outcome_and_flow(shipped):
    reached = {}
    for key, entry in shipped.items():
        found = report(entry.definition, entry.procedure)
        assert (found.coverage.percent, found.coverage.missed_flows) == (100, ())
        assert found.coverage.node_percent == 100
        results = {
            act.step for run in found.runs for act in run.scenario.acts if act.expected.status == "resolved"
        }
        reached[key] = {run.stands[-1].status.value for run in found.runs}, results
    assert reached["P03"] == ({"returned", "withdrawn", "stopped", "in_progress"}, {"T9", "T9r"})
    assert reached["P07"] == ({"returned", "withdrawn"}, {"T4", "T4r"})


@pytest.mark.parametrize(
    ("number", "expected", "vi", "en"),
    [
        pytest.param(
            2,
            Expected(next=("TR",)),
            "Việc 2 “Thẩm định hồ sơ”: đáng lẽ tới “Dự thảo văn bản từ chối”, thực tế “Dự thảo nội dung quy "
            "hoạch, chỉ giới”.",
            "Act 2 “Appraise documents”: should lead to “Draft the refusal letter”, but it is “Draft "
            "planning content”.",
            id="next step",
        ),
        pytest.param(
            9,
            Expected(status="resolved"),
            "Việc 9 “Trả kết quả”: hồ sơ đáng lẽ ở trạng thái “Đã có kết quả”, thực tế “Đã trả kết quả”.",
            "Act 9 “Deliver”: the dossier should be “Result ready”, but it is “Result handed over”.",
            id="status",
        ),
        pytest.param(
            1,
            Expected(due=datetime(2026, 12, 7, 17, tzinfo=ZONE)),
            "Việc 1 “Phân công thụ lý”: hạn trả đáng lẽ là 17:00 07/12/2026, thực tế 17:00 08/12/2026.",
            "Act 1 “Assign”: the result should be due 17:00 07/12/2026, but it is 17:00 08/12/2026.",
            id="due date",
        ),
        pytest.param(
            8,
            Expected(refused="already_signed"),
            "Việc 8 “Cấp số, đóng dấu giấy phép”: đáng lẽ bị từ chối (already_signed), thực tế làm được.",
            "Act 8 “Number and seal”: should be refused (already_signed), but it was possible.",
            id="refusal",
        ),
    ],
)
def test_a_difference_is_told_in_one_sentence(permit, changed, number, expected, vi, en):
    definition, procedure, by_id = permit
    run = play(definition, procedure, changed(by_id["granted"], number, expected=expected))
    assert [(one.number, one.text.vi) for one in run.differences] == [(number, vi)]
    assert run.differences[0].text.en.partition(": ")[2] == en.partition(": ")[2]


def test_a_step_that_the_dossier_never_reaches_ends_the_play(permit, changed):
    definition, procedure, by_id = permit
    run = play(definition, procedure, changed(by_id["granted"], 3, step="T7", outcome="approve", answers={}))
    assert len(run.stands) == 4
    assert said(run)[-1] == (
        "Việc 3 “Duyệt dự thảo”: đáng lẽ làm được, thực tế bị từ chối: Hồ sơ chưa tới hoặc đã qua bước "
        "“Duyệt dự thảo”; đang ở: Dự thảo nội dung quy hoạch, chỉ giới."
    )


def test_a_form_that_is_not_filled_in_right_is_a_difference(permit, changed):
    definition, procedure, by_id = permit
    run = play(definition, procedure, changed(by_id["granted"], 3, answers={"red_line": "4 m"}))
    assert "Hãy nhập “Chỉ giới xây dựng”" in said(run)[0]


def test_another_role_is_a_difference(permit, changed):
    definition, procedure, by_id = permit
    run = play(definition, procedure, changed(by_id["granted"], 1, role="CLERK", unit="competent"))
    assert said(run) == [
        "Việc 1 “Phân công thụ lý”: đáng lẽ do CLERK @ competent làm, thực tế giao cho HEAD @ competent."
    ]


def test_what_is_not_written_is_not_compared(permit):
    definition, procedure, by_id = permit
    scenario = by_id["granted"]
    silent = replace(
        scenario, expected=Expected(), acts=tuple(replace(one, expected=Expected()) for one in scenario.acts)
    )
    assert play(definition, procedure, silent).passed


def test_recording_writes_what_happens_and_then_passes(permit):
    definition, procedure, by_id = permit
    for scenario in by_id.values():
        forgotten = replace(
            scenario,
            steps={},
            expected=Expected(),
            acts=tuple(
                replace(one, role="", unit="", expected=Expected(refused=one.expected.refused))
                for one in scenario.acts
            ),
        )
        assert recorded(definition, procedure, forgotten) == scenario


def test_a_step_that_was_drawn_in_is_finished_on_the_way_when_a_scenario_is_recorded_anew(permit):
    definition, procedure, by_id = permit
    xml = definition.xml.replace(b'targetRef="T2"', b'targetRef="N1"', 1).replace(
        b"</bpmn:process>",
        """<bpmn:userTask id="N1" name="Đối chiếu" mc:kind="check" mc:role="HEAD" mc:unit="competent"/>
        <bpmn:sequenceFlow id="N2" sourceRef="N1" targetRef="T2"/></bpmn:process>""".encode(),
    )
    longer = load_definition(re.sub(rb"<bpmn:(incoming|outgoing)>[^<]*</bpmn:(incoming|outgoing)>", b"", xml))
    before = by_id["granted"]

    after = recorded(longer, procedure, before)

    assert not play(longer, procedure, before).passed
    assert play(longer, procedure, after).passed
    assert [one.step for one in after.acts] == ["N1", *(one.step for one in before.acts)]
    assert (after.acts[0].role, after.acts[-1].expected.status) == ("HEAD", before.acts[-1].expected.status)


def test_a_changed_limit_moves_the_due_date_of_every_scenario(permit):
    definition, procedure, _ = permit
    shorter = replace(procedure, limit=replace(procedure.limit, value=7))
    assert all("hạn trả đáng lẽ là" in said(run)[0] for run in report(definition, shorter).runs)


def test_the_calendar_of_a_scenario_is_its_own(permit):
    definition, procedure, by_id = permit
    worked = replace(by_id["granted"], days_off=())
    assert "thực tế 17:00 07/12/2026" in said(play(definition, procedure, worked))[0]


def test_messages_and_timers_are_acts_too():
    xml = process(
        start()
        + catch("paid", '<bpmn:messageEventDefinition messageRef="M"/>')
        + person("work")
        + boundary(
            "late",
            "work",
            TIMER.format("<bpmn:timeDuration>PT2H</bpmn:timeDuration>"),
            cancelActivity="false",
        )
        + person("remind")
        + end()
        + flow("s", "paid")
        + flow("paid", "work")
        + flow("work", "e")
        + flow("late", "remind"),
        roots='<bpmn:message id="M" name="payment"/>',
    )
    definition, procedure, scenario = bare(
        load_definition(xml), Act(at=MONDAY, kind=MESSAGE, name="payment"), Act(at=MONDAY, kind=WAIT)
    )
    scenario = replace(
        scenario, acts=(scenario.acts[0], replace(scenario.acts[1], at=MONDAY + timedelta(hours=3)))
    )
    first, sent, later = play(definition, procedure, scenario).stands
    assert (first.next, first.waiting) == ((), ("paid",))
    assert (sent.next, sent.timers) == (("work",), ("late",))
    assert later.next == ("work", "remind")


def test_a_message_that_nothing_waits_for_is_a_difference():
    case = bare(load_definition(straight(("a", person("a")))), Act(at=MONDAY, kind=MESSAGE, name="payment"))
    assert "đáng lẽ làm được" in said(play(*case))[0]


def test_a_timer_that_fires_for_ever_is_stopped_in_a_sentence():
    every = TIMER.format("<bpmn:timeCycle>R/PT1M</bpmn:timeCycle>")
    xml = straight(
        ("a", person("a") + boundary("t", "a", every, cancelActivity="false") + flow("t", "e", ident="t_e"))
    )
    definition, procedure, scenario = bare(load_definition(xml), Act(at=MONDAY, kind=WAIT))
    far = replace(scenario, acts=(replace(scenario.acts[0], at=MONDAY + timedelta(days=30)),))
    assert "đã chạy hơn 500 lần" in said(play(definition, procedure, far))[0]


# --- coverage -------------------------------------------------------------------------------------


def test_coverage_names_what_no_scenario_went_through(permit):
    definition, procedure, by_id = permit
    found = coverage(definition, [play(definition, procedure, by_id["granted"])])
    assert found.percent < 50
    assert "F_refuse" in found.missed_flows
    assert "TR" in found.missed_nodes
    assert (found.marks["F_pass"], found.marks["F_refuse"]) == ("covered", "missed")
    drawn = picture(definition, found)
    assert 'class="bpmn-flow bpmn-sequenceFlow is-missed" data-id="F_refuse"' in drawn
    assert "Chưa kịch bản nào đi qua: " in drawn


# --- the second opinion ---------------------------------------------------------------------------


class Forgetful(SpiffExecutor):
    """A planted bug: work that opens beside other work is not seen."""

    def open_work(self, definition, state):
        return super().open_work(definition, state)[:1]

    def advance(self, definition, state, event, evaluate):
        step = super().advance(definition, state, event, evaluate)
        opened = [one for one in step.effects if type(one).__name__ == "WorkOpened"]
        return replace(step, effects=tuple(one for one in step.effects if one not in opened[1:]))


def test_an_engine_that_goes_elsewhere_is_told_step_by_step(permit):
    definition, procedure, by_id = permit
    scenario = by_id["opinions-in-time"]
    first = play(definition, procedure, scenario)
    (difference,) = compare(definition, procedure, scenario, first, Forgetful())
    assert (difference.number, difference.element) == (2, "T3")
    assert difference.text.vi.startswith("Việc 2 “Thẩm định hồ sơ”: bộ chạy chính chờ “")
    assert "; bộ chạy thứ hai chờ “" in difference.text.vi
    assert opinions(definition, procedure, Forgetful())["opinions-in-time"] == (difference,)


def test_outside_the_subset_nothing_is_compared():
    many = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
    many += "</bpmn:multiInstanceLoopCharacteristics>"
    definition, procedure, scenario = bare(
        load_definition(straight(("a", person("a", inner=many)))), done("a")
    )
    assert opinions(definition, replace(procedure, scenarios=(scenario,))) == {"one": None}


def test_the_same_content_is_played_once(permit):
    definition, procedure, _ = permit
    assert report(definition, procedure) is report(definition, procedure)
    assert opinions(definition, procedure) is opinions(definition, procedure)
