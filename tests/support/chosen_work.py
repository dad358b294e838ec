"""A procedure in which people choose what is done: a head has sites checked, or people asked."""

from __future__ import annotations

from liaison import HEAD

DIAGRAM = (
    HEAD
    + """<process id="P" isExecutable="true" mc:procedure="P03">
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
  <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:unit="receiving"
      mc:hours="1"/>
  <sequenceFlow id="f2" sourceRef="T1" targetRef="group"/>
  <adHocSubProcess id="group" name="Xác minh" mc:begin="chosen" mc:role="HEAD" mc:unit="competent"
      mc:hours="16">
    <userTask id="site" name="Kiểm tra thực địa" mc:role="SPECIALIST" mc:unit="competent" mc:hours="4"/>
    <userTask id="ask" name="Hỏi người dân" mc:role="SPECIALIST" mc:unit="competent" mc:hours="4"/>
    <userTask id="minutes" name="Lập biên bản" mc:role="SPECIALIST" mc:unit="competent" mc:hours="1"/>
    <sequenceFlow id="g1" sourceRef="ask" targetRef="minutes"/>
    <serviceTask id="note" name="Ghi nhận"/>
    <completionCondition xsi:type="tFormalExpression">false</completionCondition>
  </adHocSubProcess>
  <sequenceFlow id="f3" sourceRef="group" targetRef="T9"/>
  <userTask id="T9" name="Kết luận" mc:role="HEAD" mc:unit="competent" mc:hours="1"/>
  <sequenceFlow id="f4" sourceRef="T9" targetRef="e"/><endEvent id="e"/>
</process></definitions>"""
)
