"""What a hostile or careless hand may send: refused or stopped in a sentence, soon, harming nobody else.

Each row may use two seconds of the processor (not of the clock), and is one sentence in two languages.
"""

from __future__ import annotations

import io
import signal
import zipfile
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from bpmn_library.packages import read_package
from engine.bpmn.definitions import load_definition
from engine.bpmn.lint import lint
from engine.errors import ProcedureError
from engine.execution.answers import checked
from engine.execution.runner import run_file
from engine.execution.state import load
from engine.store.rows import EventRow, TimerRow, WorkItemRow

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1" '
    'targetNamespace="urn:test">{}</definitions>'
)
MOST_LINES = 50


class TooMuchWork(BaseException):
    pass


@contextmanager
def two_seconds_of_work():
    """Stop whatever uses the processor of this process for more than two seconds."""

    def stop(*_):
        raise TooMuchWork

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def process(inner, more=""):
    return HEAD.format(f'<process id="p" isExecutable="true">{inner}</process>{more}').encode()


def flow(source, target, condition=""):
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{source}_{target}" {ends}>{inner}</sequenceFlow>'


def straight(node):
    """Return start → the node “a” → end."""
    return process(f'<startEvent id="s"/>{node}<endEvent id="e"/>' + flow("s", "a") + flow("a", "e"))


def timer(kind, text):
    time = f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"
    return straight(f'<intermediateCatchEvent id="a">{time}</intermediateCatchEvent>')


def several(number):
    loop = f"<loopCardinality>{number}</loopCardinality>"
    loop = f"<multiInstanceLoopCharacteristics>{loop}</multiInstanceLoopCharacteristics>"
    return straight(f'<serviceTask id="a">{loop}</serviceTask>')


def chosen(condition):
    return process(
        '<startEvent id="s"/><exclusiveGateway id="a"/><endEvent id="e"/><endEvent id="f"/>'
        + flow("s", "a") + flow("a", "e", condition) + flow("a", "f", "false")
    )  # fmt: skip


def calling(ident, called):
    call = f'<callActivity id="{ident}c" calledElement="{called}"/>'
    flows = flow(ident + "s", ident + "c") + flow(ident + "c", ident + "e")
    return (
        f'<process id="{ident}" isExecutable="true"><startEvent id="{ident}s"/>{call}'
        f'<endEvent id="{ident}e"/>{flows}</process>'
    )


ROUND = process(
    '<startEvent id="s"/><exclusiveGateway id="a"/><exclusiveGateway id="b" default="b_e"/><endEvent id="e"/>'
    + flow("s", "a") + flow("a", "b") + flow("b", "a", "true") + flow("b", "e")
)  # fmt: skip
BOMB = b'<!DOCTYPE a [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
TASK = '<task id="{}" name="x"/>'

FILES = {
    "11 a call activity that calls its own process": HEAD.format(calling("A", "A")).encode(),
    "11 two processes that call each other": HEAD.format(calling("A", "B") + calling("B", "A")).encode(),
    "12 a million instances": several(10**6),
    "12 one instance too many": several(501),
    "12 fewer than none": several(-1),
    "13 a cycle without time between": timer("timeCycle", "R/PT0S"),
    "13 a counted cycle without time between": timer("timeCycle", "R3/PT0S"),
    "13 more repeats than anybody counts": timer("timeCycle", "R999999999/PT1H"),
    "13 a million years": timer("timeDuration", "P1000000Y"),
    "13 a duration that is cut off": timer("timeDuration", "PT"),
    "13 a date that is none": timer("timeDate", "2026-02-30T00:00:00"),
    "33 a file of the machine": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "33 an address of the network": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x"><a/>',
    "33 a parameter entity": b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]><a/>',
    "33 the same in UTF-16": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
    "33 an encoding that hides it": b'<?xml version="1.0" encoding="UTF-7"?><a/>',
    "34 a billion laughs": BOMB + b"]><a>&j;</a>",
    "34 one large entity many times": (
        b'<!DOCTYPE a [<!ENTITY x "' + b"h" * 50_000 + b'">]><a>' + b"&x;" * 9_000 + b"</a>"
    ),
    "35 a million empty elements": b"<a>" + b"<b/>" * 450_000 + b"</a>",
    "35 one element too many": b"<a>" + b"<b/>" * 20_000 + b"</a>",
    "35 one level too many": b"<a>" * 65 + b"</a>" * 65,
    "35 fifty thousand attributes": b"<a " + b" ".join(b"a%d='1'" % n for n in range(50_000)) + b"/>",
    "36 a part of another file": straight('<task id="a"/>').replace(
        b"<task", b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/><task'
    ),
    "36 a process of an imported file": HEAD.format(
        '<import namespace="urn:far" location="http://127.0.0.1:1/x.bpmn" '
        'importType="http://www.omg.org/spec/BPMN/20100524/MODEL"/>' + calling("A", "far:B")
    ).replace("<definitions ", '<definitions xmlns:far="urn:far" ').encode(),
    "38 an id twice": process(TASK.format("a") * 2),
    "38 an id of ten thousand letters": process(TASK.format("a" * 10_000)),
    "38 an id with a tag": process(TASK.format("&lt;script&gt;")),
    "38 an id with spaces": process(TASK.format("a b")),
    "38 an id that begins with a digit": process(TASK.format("1")),
}  # fmt: skip
RUNS = {
    "10 an automatic loop": ROUND,
    "12 as many as the data say": several("n"),
    "12 a number that is a text": several('"abc"'),
    "13 a cycle that an expression gives": timer("timeCycle", '"R/PT0S"'),
    "13 a million years by an expression": timer("timeDuration", '"P1000000Y"'),
    "13 a time that is no time": timer("timeDuration", "soon"),
    "14 a condition that is a number": chosen("5"),
    "14 a condition that cannot be computed": chosen('"x" + 1'),
    "14 no way out": chosen("1 = 2"),
    "14 a value that is not there": chosen("nosuch.thing = 1"),
}


def both_languages(told):
    return [told.say("vi"), told.say("en")]


@pytest.mark.parametrize("row", FILES)
def test_a_file_is_refused_in_a_sentence(row):
    with two_seconds_of_work():
        errors = [one for one in lint(FILES[row]) if one.is_error]
        with pytest.raises(ProcedureError) as refusal:
            load_definition(FILES[row])

    assert errors
    vi, en = both_languages(refusal.value)
    assert vi != en
    assert 0 < len(vi) < 1_000


@pytest.mark.parametrize("row", RUNS)
def test_a_run_is_stopped_by_an_incident(row):
    with two_seconds_of_work():
        lines = list(run_file(RUNS[row], data={"n": 10**6}))

    (incident,) = [line for line in lines if line["event"] == "incident"]
    assert incident["message"]["vi"] != incident["message"]["en"]
    assert lines[-1]["outcome"] == "incident"
    assert len(lines) < MOST_LINES


def test_a_loop_in_which_somebody_waits_goes_on_for_as_long_as_it_must():
    """Row 9: two thousand rounds of supplements are no endless loop."""
    xml = process(
        '<startEvent id="s"/><userTask id="a" name="x"/><exclusiveGateway id="b" default="b_e"/>'
        + '<endEvent id="e"/>' + flow("s", "a") + flow("a", "b") + flow("b", "a", "again") + flow("b", "e")
    )  # fmt: skip
    answers = [{"complete": "a", "data": {"again": True}} for _ in range(2_000)]

    lines = list(run_file(xml, answers=answers, max_steps=100_000))

    assert (lines[-1]["outcome"], lines[-1]["waiting"]) == ("waiting", ["a"])
    assert sum(line["event"] == "completed" and line["element"] == "a" for line in lines) == 2_000


def test_a_timer_of_no_time_at_all_fires_at_once_and_once():
    """Row 13: a plain PT0S is allowed; nothing repeats."""
    lines = list(run_file(timer("timeDuration", "PT0S")))

    assert lines[-1]["outcome"] == "completed"
    assert sum(line.get("element") == "a" and line["event"] == "completed" for line in lines) == 1


@pytest.mark.parametrize("name", ["dossier", "task", "unit", "today", "now"])
def test_data_under_a_reserved_name_is_refused(name):
    """Row 15."""
    with pytest.raises(ProcedureError) as refusal:
        checked({name: 1})

    assert all(name in told for told in both_languages(refusal.value))


def test_data_named_like_the_inside_of_another_language_means_nothing_here():
    """Row 15: whatever the names, conditions are asked as written."""
    data = {"__builtins__": {}, "__class__": 1, "sum": 1, "n": 1}

    lines = list(run_file(chosen("n = 1 and sum([1, 2]) = 3"), data=data))

    assert lines[-1]["outcome"] == "completed"


@pytest.mark.parametrize(
    "state", [None, [], {}, {"v": 99}, {"v": 1, "root": {}}, "x", {"v": 1, "root": None}]
)
def test_a_state_that_is_none_is_never_taken(state):
    """Row 16."""
    with pytest.raises(ProcedureError) as refusal:
        load(state)

    assert refusal.value.say("vi") != refusal.value.say("en")


def test_a_package_may_not_bring_running_dossiers():
    """Row 17."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("workflow_state.json", '{"tasks": {}}')

    with pytest.raises(ProcedureError) as refusal:
        read_package(packed.getvalue())

    assert refusal.value.say("vi") != refusal.value.say("en")


# --- in an installation ---------------------------------------------------------------------------

LIVING = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
 targetNamespace="urn:t"><process id="P" isExecutable="true"><startEvent id="s"/>
<userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
<userTask id="T2" name="Thẩm định" mc:kind="appraise" mc:role="SPECIALIST" mc:unit="competent" mc:hours="8"/>
{}<endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
<sequenceFlow id="f2" sourceRef="T1" targetRef="T2"/>
<sequenceFlow id="f3" sourceRef="T2" targetRef="a"/><sequenceFlow id="f4" sourceRef="a" targetRef="e"/>{}
</process></definitions>"""
LIVE = {
    "10 an automatic loop": LIVING.format(
        '<exclusiveGateway id="a" default="f4"/><serviceTask id="b"/>',
        '<sequenceFlow id="f5" sourceRef="a" targetRef="b"><conditionExpression>true</conditionExpression>'
        '</sequenceFlow><sequenceFlow id="f6" sourceRef="b" targetRef="a"/>',
    ),
    "12 as many as the data say": LIVING.format(
        '<serviceTask id="a"><multiInstanceLoopCharacteristics><loopCardinality>1000 * 1000</loopCardinality>'
        "</multiInstanceLoopCharacteristics></serviceTask>", "",
    ),
    "13 a cycle that an expression gives": LIVING.format(
        '<intermediateCatchEvent id="a"><timerEventDefinition><timeCycle>"R/" + "PT0S"</timeCycle>'
        "</timerEventDefinition></intermediateCatchEvent>", "",
    ),
    "14 no way out": LIVING.format(
        '<exclusiveGateway id="a"/><endEvent id="e2"/>',
        '<sequenceFlow id="f5" sourceRef="a" targetRef="e2"><conditionExpression>1 = 2</conditionExpression>'
        "</sequenceFlow>",
    ).replace('targetRef="e"/>', 'targetRef="e"><conditionExpression>5</conditionExpression></sequenceFlow>'),
}  # fmt: skip


def told(office, dossier):
    """Everything the database says about one dossier."""
    with office.reading(None) as unit:
        return [
            [(one.id, getattr(one, "status", ""), getattr(one, "version", 0)) for one in
             unit.session.scalars(select(table).where(table.dossier_id == dossier).order_by(table.id))]
            for table in (WorkItemRow, EventRow, TimerRow)
        ]  # fmt: skip


@pytest.mark.sqlite
@pytest.mark.parametrize("row", LIVE)
def test_a_step_that_cannot_be_taken_is_refused_and_harms_no_other_dossier(office, row):
    neighbour = office.permit()
    office.redraw(LIVE[row].encode())
    dossier = office.permit()
    before, beside, steps = office.counts(), told(office, neighbour), office.open_steps(dossier)

    with two_seconds_of_work(), pytest.raises(ProcedureError) as refusal:
        office.do(dossier, "T2")

    assert refusal.value.say("vi") != refusal.value.say("en")
    assert (office.counts(), office.open_steps(dossier)) == (before, steps)
    assert told(office, neighbour) == beside
    assert not any(office.check().values())
