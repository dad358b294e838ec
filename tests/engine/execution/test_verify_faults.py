"""What the verification finds: one planted fault of every kind, with the shortest way to it."""

from __future__ import annotations

import pytest
from proofs import checker, kinds, only

from engine.execution.verify import KINDS, Limits, Vacancy


@pytest.fixture
def check(bpmn):
    return checker(bpmn)


# --- the token game --------------------------------------------------------------------------------


def test_a_choice_into_a_parallel_join_is_a_deadlock(check):
    report = check("""
        start s
        xor x
        user a
        user b
        and j
        end e
        s -> x
        x -> a if v = 1
        x -> b default
        a -> j
        b -> j
        j -> e
    """)

    found = only(report, "deadlock")
    assert report.verdict == "unsound"
    assert found.elements == ("j",)
    assert found.path == ("s", "s.x", "x", "x.b", "b", "b.j")
    assert found.message.vi == "Hồ sơ đứng lại ở “j”: chờ nhánh từ “a” mà nhánh đó không bao giờ tới."


def test_a_boundary_event_joined_with_what_it_interrupts_is_a_deadlock(check):
    report = check("""
        start s
        user a
        boundary late on a : timer P1D
        user r
        and j
        end e
        s -> a -> j
        late -> r -> j
        j -> e
    """)

    assert only(report, "deadlock").path == ("s", "s.a", "a", "a.j")


def test_a_loop_without_a_way_out_is_a_livelock(check):
    report = check("""
        start s
        xor m
        user a
        xor g
        user b
        s -> m -> a -> g
        g -> m if v
        g -> b default
        b -> m
    """)

    assert only(report, "livelock").elements == ("a",)


def test_a_loop_that_waits_for_nobody_is_a_livelock_too(check):
    report = check("""
        start s
        xor m
        service a
        xor g
        end e
        s -> m -> a -> g
        g -> m if v
        g -> e default
    """)

    assert "không dừng" in only(report, "livelock").message.vi


def test_a_step_no_dossier_gets_to_is_dead(check):
    report = check(
        """
        start s
        user a <outcomes/>
        xor g
        user never
        xor m
        end e
        s -> a -> g
        g -> never if decision = "refuse" and decision = "grant"
        g -> m default
        never -> m
        m -> e
    """.replace(" <outcomes/>", " mc:decision=decision")
    )

    assert only(report, "dead-step").elements == ("never",)


def test_parallel_branches_that_meet_without_a_join_open_a_step_twice(check):
    report = check("""
        start s
        and x
        user a
        user b
        xor m
        user c
        end e
        s -> x -> a -> m
        x -> b -> m
        m -> c -> e
    """)

    assert only(report, "lack-of-synchronisation").elements == ("c",)
    assert only(report, "improper-completion").elements == ("e",)


def test_instances_of_a_multi_instance_step_are_no_missing_join(check):
    report = check("""
        start s
        user a : each 3
        end e
        s -> a -> e
    """)

    assert report.verdict == "sound"


def test_a_loop_back_before_a_fork_grows_without_bound(check):
    report = check("""
        start s
        xor m
        and x
        user a
        user b
        end e
        s -> m -> x -> a -> m
        x -> b -> e
    """)

    assert only(report, "unbounded").elements == ("b",)


def test_a_branch_that_ends_while_the_other_waits_at_a_join_leaves_a_token_for_ever(check):
    report = check("""
        start s
        and x
        user a
        user b
        xor g
        and j
        end e
        end other
        s -> x -> a -> j
        x -> b -> g
        g -> j if v
        g -> other default
        j -> e
    """)

    assert only(report, "token-left").elements == ("j",)


def test_several_ends_of_parallel_branches_are_proper_completion(check):
    report = check("""
        start s
        and x
        user a
        user b
        end e
        end f
        s -> x -> a -> e
        x -> b -> f
    """)

    assert (report.verdict, report.problems) == ("sound", ())


def test_a_terminate_while_others_work_is_told_as_what_it_is(check):
    report = check("""
        start s
        and x
        user a
        user b
        end e : terminate
        end f
        s -> x -> a -> e
        x -> b -> f
    """)

    found = only(report, "terminate-interrupts")
    assert report.verdict == "sound"
    assert (found.severity, found.elements) == ("warning", ("e", "b"))


def test_an_error_that_nothing_catches_is_told(check):
    assert "uncaught-error" in kinds(check("start s\nuser a\nend e : error X\ns -> a -> e"))


# --- outcomes, people, time, messages ----------------------------------------------------------------

OFFICE = """
    start s
    user check mc:decision=answer mc:role=SPECIALIST mc:hours={hours}
    <!-- outcomes -->
    xor g
    user grant mc:result=granted mc:hours=8
    user refuse mc:result=refused mc:hours=8
    end e
    end f
    s -> check -> g
    g -> grant if answer = "yes"
    g -> refuse default
    grant -> e
    refuse -> f
"""
BUTTONS = "<extensionElements>{}</extensionElements>"


@pytest.fixture
def office(bpmn):
    def write(*outcomes, hours=8):
        buttons = "".join(f'<mc:outcome code="{one}" name="{one}"/>' for one in outcomes)
        text = OFFICE.format(hours=hours).replace("    <!-- outcomes -->\n", "")
        xml = bpmn(text).decode()
        head = xml.index('id="check"')
        at = xml.index(">", head) + 1
        return (xml[:at] + BUTTONS.format(buttons) + xml[at:]).encode()

    return write


def test_a_result_that_no_outcome_leads_to_is_out_of_reach(check, office):
    assert check(office("yes", "no")).verdict == "sound"

    found = [one for one in check(office("yes")).problems if one.kind == "outcome-unreachable"]

    assert [one.elements for one in found] == [("refuse",)]
    assert "từ chối" in found[0].message.vi


def test_a_procedure_that_waits_for_nobody_can_neither_be_withdrawn_nor_stopped(check):
    report = check("start s\nservice a\nend e\ns -> a -> e", [])

    found = [one.message.vi for one in report.problems if one.kind == "outcome-unreachable"]
    assert len(found) == 2
    assert "rút hồ sơ" in found[0]
    assert "dừng giải quyết" in found[1]


def test_a_role_that_nobody_holds_in_a_unit_is_told(check, office):
    somewhere = check(office("yes", "no"), vacant={"check": Vacancy(("UBND xã A",)), "gone": Vacancy(("x",))})
    found = only(somewhere, "role-vacant")

    assert (found.elements, found.severity, somewhere.verdict) == (("check",), "warning", "sound")
    assert "SPECIALIST" in found.message.vi
    assert "UBND xã A" in found.message.vi
    everywhere = check(office("yes", "no"), vacant={"check": Vacancy(("UBND xã A",), everywhere=True)})
    assert everywhere.verdict == "unsound"


def test_steps_that_take_longer_than_the_law_allows_are_told(check, office):
    limit = {"limit": {"kind": "working_day", "value": 3, "hours": 24}}

    assert check(office("yes", "no", hours=16), [], content=limit).verdict == "sound"
    found = only(check(office("yes", "no", hours=17), [], content=limit), "time-over-limit")

    assert found.path == ("check", "grant")
    assert "25 giờ" in found.message.vi
    assert "mỗi vòng lặp tính một lần" in found.message.vi


def test_of_parallel_branches_the_longest_counts(check):
    text = """
        start s
        and x
        user a mc:hours=20
        user b mc:hours=20
        and j
        end e
        s -> x -> a -> j
        x -> b -> j
        j -> e
    """
    limit = {"limit": {"kind": "working_day", "value": 3, "hours": 24}}

    assert check(text, [], content=limit).verdict == "sound"


def test_steps_that_no_dossier_does_both_of_are_not_added_up(check, bpmn):
    """The longest way of the drawing goes through both long steps; the conditions let nobody go it."""
    text = """
        start s
        user ask mc:decision=kind
        xor x
        user long mc:hours=14
        xor m
        xor y
        user longer mc:hours=14
        xor n
        end e
        s -> ask -> x
        x -> long if kind = "yes"
        x -> m default
        long -> m -> y
        y -> longer if kind = "no"
        y -> n default
        longer -> n -> e
    """
    limit = {"limit": {"kind": "working_day", "value": 3, "hours": 24}}

    def judged(text):
        xml = bpmn(text).decode().replace('id="ask"', 'id="ask" name="ask"')
        at = xml.index(">", xml.index('id="ask"')) + 1
        buttons = BUTTONS.format('<mc:outcome code="yes" name="yes"/><mc:outcome code="no" name="no"/>')
        return check((xml[:at] + buttons + xml[at:]).encode(), [], content=limit)

    assert "time-over-limit" not in kinds(judged(text))
    found = only(judged(text.replace('longer if kind = "no"', 'longer if kind = "yes"')), "time-over-limit")
    assert found.path == ("long", "longer")


def test_time_that_runs_out_at_a_step_counts_before_what_follows(check):
    """In the drawing the way by the timer begins at the timer: 20 hours of waiting were seen by nobody."""
    text = """
        start s
        user a mc:hours=2
        boundary late on a : timer PT20H
        user b mc:hours=6
        end e
        end f
        s -> a -> e
        late -> b -> f
    """
    limit = {"limit": {"kind": "working_day", "value": 3, "hours": 24}}
    working = text.replace("timer PT20H", "timer P2DT4H")

    found = only(check(working, [], content=limit), "time-over-limit")
    assert found.path == ("late", "b")
    assert "26 giờ" in found.message.vi
    assert "time-over-limit" not in kinds(check(text.replace("PT20H", "P1D"), [], content=limit))


def test_messages_without_the_other_end_are_told_and_between_pools_refused(check, bpmn):
    text = "start s\nsend a : X\ncatch b : message Y\nend e\ns -> a -> b -> e"

    report = check(text)
    assert report.verdict == "sound"
    assert sorted(kinds(report)) == ["message-unreceived", "message-unsent"]

    other = (
        '<process id="q"><startEvent id="q1"/><userTask id="q2"/><endEvent id="q3"/><sequenceFlow id="qf" '
    )
    other += 'sourceRef="q1" targetRef="q2"/><sequenceFlow id="qg" sourceRef="q2" targetRef="q3"/></process>'
    report = check(text, before=other)
    assert report.verdict == "unsound"


def test_a_message_sent_and_received_in_one_file_is_good(check):
    report = check("""
        start s
        and x
        send a : X
        catch b : message X
        end e
        end f
        s -> x -> a -> e
        x -> b -> f
    """)

    assert kinds(report) == []


# --- the report -----------------------------------------------------------------------------------


def test_past_a_limit_the_verdict_is_not_proven(check):
    text = "start s\nuser a\nuser b\nuser c\nend e\ns -> a -> b -> c -> e"

    assert check(text).verdict == "sound"
    report = check(text, limits=Limits(states=2))
    assert (report.verdict, report.limit) == ("not-proven", "states")
    assert check(text, limits=Limits(size=1)).limit == "size"
    assert check(text, limits=Limits(seconds=0)).limit == "seconds"


def test_every_kind_has_a_name_and_every_sentence_both_languages(check, office):
    report = check(office("yes"), vacant={"check": Vacancy(("Xã A",))})

    assert {one.kind for one in report.problems} <= set(KINDS)
    for one in report.problems:
        assert one.message.say("vi") != one.message.say("en")


def test_of_two_that_wait_for_one_message_either_may_get_it(check):
    """Whoever waits first gets it, and the order is not part of a state."""
    report = check("""
        start s
        and x
        catch b : message M
        catch c : message M
        user d
        end e
        end f : terminate
        s -> x -> b -> f
        x -> c -> d -> e
    """)

    assert [one.elements for one in report.problems if one.kind == "dead-step"] == []


def test_an_outcome_is_called_by_its_step_and_button(check, bpmn):
    text = bpmn("""
        start s
        user check name=Thẩm_định mc:decision=answer
        xor g
        user a
        end e
        s -> check -> g
        g -> a if answer = "yes"
        a -> e
    """).decode()
    at = text.index(">", text.index('id="check"')) + 1
    button = '<mc:outcome code="{0}" name="{1}" nameEn="{0}"/>'
    buttons = BUTTONS.format(button.format("yes", "Đạt") + button.format("no", "Không đạt"))

    found = only(check((text[:at] + buttons + text[at:]).encode()), "gateway-hole")

    assert "khi kết quả “Thẩm định” = “Không đạt” không nhánh nào đúng" in found.message.vi


def test_a_very_long_procedure_is_looked_at_once_step_by_step(check):
    names = [f"u{number}" for number in range(400)]
    text = "start s\n" + "".join(f"user {one}\n" for one in names)
    text += f"xor g\nuser x\nend e\nend f\ns -> {' -> '.join(names)} -> g\n"
    text += "g -> x if amount > 5\ng -> f default\nx -> e"

    report = check(text)

    assert (report.verdict, report.states, report.steps) == ("sound", 402, 403)
