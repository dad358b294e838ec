"""The proof and data flows: what an association, a result or a message writes is no longer what a form said."""

import pytest

from engine.bpmn.definitions import load_definition
from engine.domain.procedures import Procedure
from engine.execution.verify import verify

PROCEDURE = Procedure.from_json(
    {
        "key": "P",
        "name": {"vi": "Thủ tục"},
        "limit": {"kind": "working_day", "value": 10, "hours": 80},
        "reception_form": "f",
        "forms": {
            "f": {
                "id": "f",
                "title": {"vi": "Đơn"},
                "sections": [
                    {
                        "title": {"vi": "Đơn"},
                        "fields": [
                            {
                                "name": "storeys",
                                "type": "integer",
                                "required": True,
                                "label": {"vi": "số tầng"},
                            }
                        ],
                    }
                ],
            }
        },
    }
)
LOOP = """start s
user first mc:form=f
xor m
{}
xor g
end e
s -> first -> m -> a -> g
g -> m if storeys > 7
g -> e default"""
OUTPUT = (
    "<ioSpecification><dataOutput id='o' name='o'/><inputSet/><outputSet/></ioSpecification>"
    "<dataOutputAssociation><sourceRef>o</sourceRef><targetRef>{}</targetRef>{}</dataOutputAssociation>"
)


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param(OUTPUT.format("d", ""), id="an output"),
        pytest.param(
            OUTPUT.format("x", "<assignment><from>o</from><to>storeys</to></assignment>"), id="an assignment"
        ),
        pytest.param(
            "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
            "<loopDataOutputRef>storeys</loopDataOutputRef><outputDataItem name='o'/></multiInstanceLoopCharacteristics>",
            id="results",
        ),
        pytest.param("<extensionElements><mc:field name='storeys'/></extensionElements>", id="a message"),
    ],
)
def test_a_loop_left_by_a_value_that_flows_in_can_be_left(bpmn, inside):
    kind = "receive a : M" if "mc:field" in inside else "user a"
    data = "\n<dataObject id='d' name='storeys'/>" if ">d<" in inside else ""
    report = verify(load_definition(bpmn(LOOP.format(f"{kind}\n  {inside}") + data)), PROCEDURE)
    assert {one.kind for one in report.problems} <= {"message-unsent", "time-over-limit"}
    assert report.verdict == "sound"


def test_without_anything_that_writes_the_value_the_loop_cannot_be_left(bpmn):
    report = verify(load_definition(bpmn(LOOP.format("user a"))), PROCEDURE)
    assert "livelock" in {one.kind for one in report.problems}
