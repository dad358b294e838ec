"""Sentences of a step with values in them: what to do for the officer, where it stands for the applicant."""

import pytest

from engine.bpmn.lint import lint
from engine.domain.access import CITIZEN
from engine.usecases.lookups import look_up
from engine.usecases.task_pages import get_task

pytestmark = pytest.mark.sqlite


def told(todo: str, public: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="T2"/>
    <userTask id="T2" name="Thẩm định" mc:kind="appraise" mc:role="SPECIALIST" mc:hours="8">
      <extensionElements><mc:do>{todo}</mc:do><mc:public>{public}</mc:public></extensionElements>
    </userTask>
    <sequenceFlow id="f3" sourceRef="T2" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>
""".encode()


def test_officers_read_answers_and_applicants_read_dates(office):
    office.redraw(told("Kiểm tra {storeys} tầng, {build_area} m²", "Hẹn trả {dossier.current_due} {storeys}"))
    dossier = office.permit()
    code, phone = office.dossier(dossier).code, office.dossier(dossier).applicant_phone

    with office.reading("linh.vt") as unit:
        task = get_task(unit, office.task(dossier, "T2"))
    with office.engine.reading(CITIZEN) as unit:
        seen = look_up(unit, code, phone[-4:], "10.0.0.1")

    assert [line.vi for line in task.todo] == ["Kiểm tra 2 tầng, 92,5 m²"]
    assert seen.now[0].vi.strip() == "Hẹn trả 17:00, 08/12/2026"  # no answer, though the text asks


def test_the_linter_refuses_what_the_public_may_not_read_and_what_is_no_feel():
    found = {one.rule: one for one in lint(told("Kiểm tra {storeys +}", "Nhà {storeys} tầng"))}

    assert found["text-formula"].element == "T2"
    assert "“storeys”" in found["text-public"].message.vi
