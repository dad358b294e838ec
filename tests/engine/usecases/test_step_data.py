"""Data flows of a diagram in a dossier: results of several runs are gathered, outputs become data."""

OPINIONS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <dataObject id="o" name="advice"/>
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="T2"/>
    <userTask id="T2" name="Cho ý kiến" mc:kind="opinion" mc:role="SPECIALIST" mc:unit="competent"
        mc:hours="8" mc:decision="opinion">
      <extensionElements>
        <mc:outcome code="yes" name="Đồng ý"/><mc:outcome code="no" name="Không đồng ý"/>
      </extensionElements>
      <multiInstanceLoopCharacteristics isSequential="true">
        <loopCardinality>2</loopCardinality>
        <loopDataOutputRef>opinions</loopDataOutputRef>
        <outputDataItem id="i" name="opinion"/>
      </multiInstanceLoopCharacteristics>
    </userTask>
    <sequenceFlow id="f3" sourceRef="T2" targetRef="T3"/>
    <userTask id="T3" name="Trình ký" mc:kind="sign" mc:role="HEAD" mc:unit="competent" mc:hours="8"
        mc:decision="said">
      <extensionElements><mc:outcome code="ok" name="Xong"/></extensionElements>
      <ioSpecification><dataOutput id="d" name="said"/><inputSet/>
        <outputSet><dataOutputRefs>d</dataOutputRefs></outputSet></ioSpecification>
      <dataOutputAssociation><sourceRef>d</sourceRef><targetRef>o</targetRef>
        <transformation>said + string(count(opinions))</transformation></dataOutputAssociation>
    </userTask>
    <sequenceFlow id="f4" sourceRef="T3" targetRef="T4"/>
    <userTask id="T4" name="Đóng hồ sơ" mc:kind="review" mc:role="HEAD" mc:unit="competent" mc:hours="1"/>
  </process>
</definitions>
""".encode()


def test_the_results_of_all_runs_and_the_outputs_of_steps_are_the_dossiers_data(office):
    office.redraw(OPINIONS)
    dossier = office.permit()
    office.do(dossier, "T2", "no")
    office.do(dossier, "T2", "yes")
    office.do(dossier, "T3", "ok")

    data = office.dossier(dossier).data
    assert (data["opinions"], data["advice"]) == (["no", "yes"], "ok2")
    assert {"opinion", "said"}.isdisjoint(data)  # what one run said is no variable of the dossier
    assert office.open_steps(dossier) == ["T4"]
    assert office.check() == {}
