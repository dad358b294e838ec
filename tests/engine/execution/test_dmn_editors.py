"""Files as dmn-js writes them, without declared inputs and with results read by the names of columns."""

from __future__ import annotations

from engine.execution.dmn import load_decisions
from engine.execution.dmn.lint import lint_decisions

DISHES = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
  xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:camunda="http://camunda.org/schema/1.0/dmn"
  id="Definitions_1" name="DRD" namespace="http://camunda.org/schema/1.0/dmn" exporter="dmn-js" exporterVersion="12">
  <decision id="Dish" name="Món ăn">
    <informationRequirement id="i1"><requiredDecision href="#Season"/></informationRequirement>
    <decisionTable id="t1" hitPolicy="UNIQUE">
      <input id="c1" label="Mùa"><inputExpression id="e1" typeRef="string"><text>season</text></inputExpression>
      </input>
      <input id="c2" camunda:inputVariable="guests"><inputExpression id="e2" typeRef="integer">
        <text>guestCount</text></inputExpression></input>
      <output id="o1" label="Món" name="dish" typeRef="string"/>
      <rule id="r1"><description>nhiều khách</description>
        <inputEntry id="x1"><text>not("hè")</text></inputEntry>
        <inputEntry id="x2"><text>&gt; 8</text></inputEntry>
        <outputEntry id="x3"><text>"lẩu"</text></outputEntry></rule>
      <rule id="r2">
        <inputEntry id="x4"><text>"đông","thu"</text></inputEntry>
        <inputEntry id="x5"><text>&lt;= 8</text></inputEntry>
        <outputEntry id="x6"><text>"phở"</text></outputEntry></rule>
      <rule id="r3">
        <inputEntry id="x7"><text>"hè"</text></inputEntry>
        <inputEntry id="x8"><text></text></inputEntry>
        <outputEntry id="x9"><text>"gỏi"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="Season" name="Mùa">
    <decisionTable id="t2">
      <input id="c3"><inputExpression id="e3" typeRef="date"><text>day</text></inputExpression></input>
      <output id="o2" name="season" typeRef="string"/>
      <rule id="r4"><inputEntry id="y1"><text>&lt; date("2026-09-01")</text></inputEntry>
        <outputEntry id="y2"><text>"hè"</text></outputEntry></rule>
      <rule id="r5"><inputEntry id="y3"><text>&gt;= date("2026-09-01")</text></inputEntry>
        <outputEntry id="y4"><text>"thu"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram id="D1"/></dmndi:DMNDI>
</definitions>""".encode()


def test_a_file_of_dmn_js_runs_as_it_is():
    decisions = load_decisions(DISHES)

    assert decisions.decide("Dish", {"day": "2026-10-01", "guestCount": 4}, from_json=True).result == "phở"
    assert decisions.decide("", {"day": "2026-10-01", "guestCount": 40}).result == "lẩu"
    assert decisions.decide("Món ăn", {"day": "2026-06-01", "guestCount": 4}).result == "gỏi"
    assert decisions.decide("Season", {"day": "2026-06-01"}).result == "hè"
    assert {one.rule for one in lint_decisions(DISHES)} == {"gap"}  # nothing for any other season
