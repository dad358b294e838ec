"""Every rule of the standard: one edit of a sound file breaks it, in two places where there are two.

The sound file is each wrong file's neighbour: without the edit nothing is refused. `SOUND` has further
neighbours, close to a rule, that may not be refused either.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from engine.bpmn.lint import lint
from engine.bpmn.lint.catalogue import CATALOGUE, STANDARD

EVERYTHING = (Path(__file__).parent / "everything.bpmn").read_text(encoding="utf-8")
NODE = '<endEvent id="e"/>'  # nodes are put before this
ROOT = '<endPoint id="ep"/>'
COLLAB = '<textAnnotation id="cn">'
END = "</process>"
MI = "<multiInstanceLoopCharacteristics"
TIME = "<timeDuration>PT1H</timeDuration>"
IO = '<ioSpecification id="{0}">{1}<inputSet id="{0}i"/><outputSet id="{0}o"/></ioSpecification>'
HOST = '<userTask id="h"/>'
CONDITION = "<conditionExpression>x</conditionExpression>"


def flow(source, target, inner=""):
    return f'<sequenceFlow id="{source}{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def event(kind, ident, definition, **attributes):
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{kind} id="{ident}"{said}><{definition}/></{kind}>'


def sub(ident, inner, kind="subProcess", **attributes):
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{kind} id="{ident}"{said}>{inner}</{kind}>'


def task(inner, kind="userTask", **attributes):
    return sub("x", inner, kind, **attributes)


def before(anchor, new):
    return anchor, new + anchor


def at_node(new):
    return before(NODE, new)


def at_root(new):
    return before(ROOT, new)


def bpmn(text):
    return re.sub(r"<(/?)(?=[a-z]\w*[ >/])", r"<\1bpmn:", text)


def edited(old, new):
    """Return the sound file with `old` replaced once; both are written without the prefix bpmn."""
    assert EVERYTHING.count(bpmn(old)) >= 1, old
    return EVERYTHING.replace(bpmn(old), bpmn(new), 1).encode()


SHAPE = '<bpmndi:BPMNShape id="a_di" bpmnElement="a">'
TASKS_IO = '<ioSpecification id="aio"><dataInput id="ai" itemSubjectRef="item"/>'
EVENT_SUB = sub("es", "{}<endEvent id='ese'/>", triggeredByEvent="true")


def two_subs(definition, *interrupting):
    """Event sub-processes es1, es2 … whose start events s1, s2 … wait for the same."""
    inner = '<startEvent id="s{0}" isInterrupting="{1}"><{2}/></startEvent><endEvent id="f{0}"/>'
    return "".join(
        sub(
            f"es{at}",
            inner.format(at, one, definition) + flow(f"s{at}", f"f{at}"),
            triggeredByEvent="true",
        )
        for at, one in enumerate(interrupting, 1)
    )


CATCH = "intermediateCatchEvent"
THROW = "intermediateThrowEvent"
GATE = '<eventBasedGateway id="eg"{}/>'
TIMER = f"timerEventDefinition>{TIME}</timerEventDefinition"
CH_TASK = '<choreographyTask id="cht" initiatingParticipantRef="ca1">'
THIRD = '<choreographyTask id="x" initiatingParticipantRef="ca3"><participantRef>ca3</participantRef><participantRef>ca1</participantRef><messageFlowRef>cmf3</messageFlowRef></choreographyTask>'


def timer(kind, ident):
    return f"<{kind} id='{ident}'><timerEventDefinition>{TIME}</timerEventDefinition></{kind}>"


WRONG = [
    # --- 8: the file ------------------------------------------------------------------------
    ("unknown-element", "x", *at_node('<robotTask id="x"/>')),
    ("unknown-element", "x", *at_root('<mesage id="x"/>')),
    ("misplaced-element", "x", *at_node('<message id="x"/>')),
    ("misplaced-element", "x", *at_root('<userTask id="x"/>')),
    ("unknown-attribute", "s", '<startEvent id="s"/>', '<startEvent id="s" kind="x"/>'),
    ("unknown-attribute", "M", '<message id="M"', '<message id="M" nme="x"'),
    ("missing-attribute", "res", '<resource id="res" name="người">', '<resource id="res">'),
    ("missing-attribute", "defs", ' targetNamespace="urn:example"', ""),
    ("missing-attribute", "cl", ' sourceRef="us" targetRef="talk"', ' sourceRef="us"'),
    ("bad-value", "p", 'isExecutable="true"', 'isExecutable="yes"'),
    ("bad-value", "p", 'processType="Private"', 'processType="Secret"'),
    ("bad-value", "ds", 'capacity="5"', 'capacity="five"'),
    ("bad-value", "1a", '<group id="gr"', '<group id="1a"'),
    ("bad-value", "mf1", 'messageRef="M"/>\n <bpmn:messageFlow', 'messageRef="M M"/>\n <bpmn:messageFlow'),
    ("part-order", "l1", '<childLaneSet id="cls">', '<childLaneSet id="cls0"/><flowNodeRef>e</flowNodeRef><childLaneSet id="cls">'),
    ("part-order", "e2", "<terminateEventDefinition/></endEvent>", "<terminateEventDefinition/><documentation>x</documentation></endEvent>"),
    ("part-missing", "op", "<inMessageRef>M</inMessageRef>", ""),
    ("part-missing", "cht", "<messageFlowRef>cmf</messageFlowRef>", ""),
    ("part-twice", "op", "<inMessageRef>M</inMessageRef>", "<inMessageRef>M</inMessageRef>" * 2),
    ("part-twice", "clock", TIME, TIME + "<timeCycle>R/PT1H</timeCycle>"),
    ("stray-text", "l11", '<lane id="l11">', '<lane id="l11">chữ'),
    ("stray-text", "e2", '<endEvent id="e2">', '<endEvent id="e2">chữ'),
    ("bad-type", "g_t", 'xsi:type="bpmn:tFormalExpression"', 'xsi:type="bpmn:tCondition"'),
    ("bad-type", "back", '<userTask id="back"', '<userTask id="back" xsi:type="bpmn:tScriptTask"'),
    ("not-formal", "g_t", ' xsi:type="bpmn:tFormalExpression"', ""),
    ("not-formal", "ah", "<completionCondition>true", '<completionCondition language="urn:x">true'),
    ("extension-namespace", "gr", '<group id="gr" categoryValueRef="cv"/>', '<group id="gr" categoryValueRef="cv"><extensionElements><task/></extensionElements></group>'),
    ("extension-namespace", "M", '<message id="M" name="don" itemRef="item"/>', '<message id="M"><extensionElements><NOTE/></extensionElements></message>'),
    ("foreign-element", "ts", '<startEvent id="ts"/>', '<startEvent id="ts"><other:note/></startEvent>'),
    ("foreign-element", "M", '<message id="M" name="don" itemRef="item"/>', '<message id="M" name="don" itemRef="item"><other:note/></message>'),
    ("not-uri", "defs", 'targetNamespace="urn:example"', 'targetNamespace="urn example"'),
    ("not-uri", "gut", 'implementation="##unspecified"', 'implementation="by hand"'),
    ("not-uri", "defs", 'id="defs"', 'id="defs" expressionLanguage="a b"'),
    ("import-type", "defs", '<itemDefinition id="items"', '<import namespace="urn:x" location="x.xsd" importType="xsd"/><itemDefinition id="items"'),
    ("import-type", "defs", '<itemDefinition id="items"', '<import namespace="urn:x" location="x.bpmn" importType="BPMN 2.0"/><itemDefinition id="items"'),
    ("same-id", "s", '<endEvent id="e2">', '<endEvent id="s">'),
    ("same-id", "M", '<signal id="S"', '<signal id="M"'),
    ("dangling-reference", "ask", '<operationRef>op</operationRef>', "<operationRef>gone</operationRef>"),
    ("dangling-reference", "gr", 'categoryValueRef="cv"', 'categoryValueRef="gone"'),
    ("dangling-reference", "g_t", 'language="urn:feel">x = 1', 'language="urn:feel" evaluatesToTypeRef="gone">x = 1'),
    ("dangling-reference", "rp", 'isRequired="true"', 'type="gone"'),
    ("dangling-reference", "do", '<dataObject id="do" itemSubjectRef="item"', '<dataObject id="do" itemSubjectRef="gone"'),
    ("dangling-reference", "M", 'itemRef="item"', 'itemRef="gone"'),
    ("dangling-reference", "call", 'calledElement="gut"', 'calledElement="gone"'),
    ("dangling-reference", "late", "<eventDefinitionRef>clock", "<eventDefinitionRef>gone"),
    ("dangling-reference", "us", 'processRef="p"', 'processRef="gone"'),
    ("wrong-reference", "us", 'processRef="p"', 'processRef="M"'),
    ("wrong-reference", "op", "<errorRef>E</errorRef>", "<errorRef>X</errorRef>"),
    ("wrong-reference", "undo", 'id="undo" attachedToRef="t"', 'id="undo" attachedToRef="g"'),
    ("wrong-reference", "ca0", *before('<conversationLink id="cl"', '<conversationAssociation id="ca0" innerConversationNodeRef="us" outerConversationNodeRef="talk"/>')),
    ("wrong-reference", "l11", "<flowNodeRef>g</flowNodeRef>", "<flowNodeRef>s_a</flowNodeRef>"),
    ("wrong-reference", "cs", 'correlationKeyRef="key"', 'correlationKeyRef="cp"'),
    ("wrong-reference", "dsr", 'dataStoreRef="ds"', 'dataStoreRef="do"'),
    ("id-with-prefix", "s_a", 'sourceRef="s" targetRef="a"', 'sourceRef="bpmn:s" targetRef="a"'),
    ("id-with-prefix", "g", 'default="g_ask"', 'default="bpmn:g_ask"'),
    ("prefix-unknown", "mf1", 'messageRef="M"/>\n <bpmn:messageFlow', 'messageRef="q:M"/>\n <bpmn:messageFlow'),
    ("prefix-unknown", "item", 'structureRef="xsd:string"', 'structureRef="xs:string"'),
    ("prefix-unknown", "call", 'calledElement="gut"', 'calledElement="q:gut"'),
    ("prefix-foreign", "call", 'calledElement="gut"', 'calledElement="other:gut"'),
    ("prefix-foreign", "gr", 'categoryValueRef="cv"', 'categoryValueRef="other:cv"'),
    ("text-format", "p", 'textFormat="text/plain"', 'textFormat="plain"'),
    ("text-format", "cn", '<textAnnotation id="cn">', '<textAnnotation id="cn" textFormat="html">'),
    ("key-binding", "cs", "<correlationPropertyRef>cp</correlationPropertyRef>", ""),
    ("key-binding", "cs", ' correlationPropertyRef="cp"', ' correlationPropertyRef="cp2"><dataPath>x</dataPath></correlationPropertyBinding><correlationPropertyBinding correlationPropertyRef="cp"'),
    ("key-twice", "cp", '</correlationPropertyRetrievalExpression>', '</correlationPropertyRetrievalExpression><correlationPropertyRetrievalExpression messageRef="M"><messagePath>y</messagePath></correlationPropertyRetrievalExpression>'),
    ("key-twice", "cp9", *at_root('<correlationProperty id="cp9">' + '<correlationPropertyRetrievalExpression messageRef="M"><messagePath>y</messagePath></correlationPropertyRetrievalExpression>' * 2 + "</correlationProperty>")),
    ("collection-differs", "list", 'itemSubjectRef="items" isCollection="true"', 'itemSubjectRef="items"'),
    ("collection-differs", "pin", '<dataInput id="pin" itemSubjectRef="item"', '<dataInput id="pin" itemSubjectRef="item" isCollection="true"'),
    ("flow-dangling", "t_e", 'sourceRef="t" targetRef="e"', 'sourceRef="t" targetRef="gone"'),
    ("flow-dangling", "s_a", 'sourceRef="s" targetRef="a"', 'sourceRef="gone" targetRef="a"'),
    ("flow-not-node", "t_e", 'sourceRef="t" targetRef="e"', 'sourceRef="t" targetRef="do"'),
    ("flow-not-node", "t_e", 'sourceRef="t" targetRef="e"', 'sourceRef="us" targetRef="e"'),
    ("flow-crosses-scope", "t_e", 'sourceRef="t" targetRef="e"', 'sourceRef="ta" targetRef="e"'),
    ("flow-crosses-scope", "ta_te", 'sourceRef="ta" targetRef="te"', 'sourceRef="ta" targetRef="e"'),
    ("flow-list", "ts", '<startEvent id="ts"/>', '<startEvent id="ts"><outgoing>ta_te</outgoing></startEvent>'),
    ("flow-list", "s", '<startEvent id="ts"/>', '<startEvent id="ts"><outgoing>ts_ta</outgoing></startEvent>'),
    ("flow-not-immediate", "t_e", 'id="t_e"', 'id="t_e" isImmediate="false"'),
    ("flow-not-immediate", "ta_te", 'id="ta_te"', 'id="ta_te" isImmediate="0"'),
    ("condition-where", "s_a", '<sequenceFlow id="s_a" sourceRef="s" targetRef="a"/>', f'<sequenceFlow id="s_a" sourceRef="s" targetRef="a">{CONDITION}</sequenceFlow>'),
    ("condition-where", "pgx", *at_node('<parallelGateway id="pg"/><userTask id="x"/>' + flow("pg", "x", CONDITION))),
    ("condition-where", "egx", *at_node(GATE.format("") + '<receiveTask id="x" messageRef="M"/>' + flow("eg", "x", CONDITION))),
    ("condition-alone", "a_g", '<sequenceFlow id="a_g" sourceRef="a" targetRef="g"/>', f'<sequenceFlow id="a_g" sourceRef="a" targetRef="g">{CONDITION}</sequenceFlow>'),
    ("condition-alone", "q1q2", *at_root('<process id="q9"><task id="q1"/><manualTask id="q2"/>' + flow("q1", "q2", CONDITION) + "</process>")),
    ("default-not-outgoing", "g", 'default="g_ask"', 'default="s_a"'),
    ("default-not-outgoing", "back", '<userTask id="back"', '<userTask id="back" default="s_a"'),
    ("default-with-condition", "g_ask", '<sequenceFlow id="g_ask" sourceRef="g" targetRef="ask"/>', f'<sequenceFlow id="g_ask" sourceRef="g" targetRef="ask">{CONDITION}</sequenceFlow>'),
    ("default-with-condition", "g_t", 'default="g_ask"', 'default="g_t"'),
    ("gateway-direction", "g", 'gatewayDirection="Diverging"', 'gatewayDirection="Converging"'),
    ("gateway-direction", "g", 'gatewayDirection="Diverging"', 'gatewayDirection="Mixed"'),
    ("gateway-pointless", "g9", *at_node('<parallelGateway id="g9"/>' + flow("ah", "g9") + flow("g9", "call"))),
    ("gateway-pointless", "g9", *at_node('<exclusiveGateway id="g9"/>' + flow("ah", "g9"))),
    ("resource-binding", "r9", *at_node(task('<performer id="r9"><resourceParameterBinding parameterRef="rp"><formalExpression>1</formalExpression></resourceParameterBinding></performer>'))),
    ("resource-binding", "r9", *at_node(task('<potentialOwner id="r9"><resourceAssignmentExpression><formalExpression>1</formalExpression></resourceAssignmentExpression><resourceParameterBinding parameterRef="rp"><formalExpression>1</formalExpression></resourceParameterBinding></potentialOwner>'))),
    ("resource-parameter", "r9", '<endPoint id="ep"/>', '<resource id="res9" name="x"/><globalTask id="gt9"><performer id="r9"><resourceRef>res9</resourceRef><resourceParameterBinding parameterRef="rp"><formalExpression>1</formalExpression></resourceParameterBinding></performer></globalTask><endPoint id="ep"/>'),
    ("resource-parameter", "r9", '<endPoint id="ep"/>', '<resource id="res9" name="x"/><globalUserTask id="gt9"><humanPerformer id="r9"><resourceRef>res9</resourceRef><resourceParameterBinding parameterRef="rp"><formalExpression>1</formalExpression></resourceParameterBinding></humanPerformer></globalUserTask><endPoint id="ep"/>'),
    # --- 9: collaborations ------------------------------------------------------------------
    ("participant-number", "us", 'minimum="1" maximum="2"', 'minimum="3" maximum="2"'),
    ("participant-number", "us", 'minimum="1" maximum="2"', 'maximum="0"'),
    ("participant-number", "us", 'minimum="1" maximum="2"', 'minimum="2"'),
    ("message-flow-inside", "mf1", 'sourceRef="them" targetRef="ask"', 'sourceRef="tell" targetRef="ask"'),
    ("message-flow-inside", "mf2", 'sourceRef="tell" targetRef="them"', 'sourceRef="tell" targetRef="us"'),
    ("message-flow-end", "mf1", 'sourceRef="them" targetRef="ask"', 'sourceRef="them" targetRef="tell"'),
    ("message-flow-end", "mf1", 'sourceRef="them" targetRef="ask"', 'sourceRef="them" targetRef="e"'),
    ("message-flow-end", "mf2", 'sourceRef="tell" targetRef="them"', 'sourceRef="tell" targetRef="talk"'),
    ("message-flow-end", "mf2", 'sourceRef="tell" targetRef="them"', 'sourceRef="s" targetRef="them"'),
    ("wrong-reference", "mf2", 'sourceRef="tell" targetRef="them"', 'sourceRef="g" targetRef="them"'),
    ("message-flow-number", "s", '<startEvent id="s"/>', '<startEvent id="s"><messageEventDefinition messageRef="M"/></startEvent>'),
    ("message-flow-number", "e2", '<endEvent id="e2"><terminateEventDefinition/></endEvent>', '<endEvent id="e2"><messageEventDefinition messageRef="M"/></endEvent>'),
    ("conversation-link", "cl", 'sourceRef="us" targetRef="talk"', 'sourceRef="us" targetRef="them"'),
    ("conversation-link", "cl9", '</collaboration>', '<conversationLink id="cl9" sourceRef="talk" targetRef="talk"/></collaboration>'),
    ("conversation-participants", "talk", "<participantRef>us</participantRef><participantRef>them</participantRef>", "<participantRef>us</participantRef>"),
    ("conversation-participants", "talk9", *before('<correlationKey id="key"', '<subConversation id="talk9"/>')),
    ("participant-foreign", "talk", "<participantRef>us</participantRef>", "<participantRef>ca1</participantRef>"),
    ("participant-foreign", "talk9", *before('<correlationKey id="key"', '<callConversation id="talk9"><participantRef>us</participantRef><participantRef>ca2</participantRef></callConversation>')),
    ("conversation-calls", "talk9", *before('<correlationKey id="key"', '<callConversation id="talk9" calledCollaborationRef="ch"/>')),
    ("conversation-calls", "talk8", *before('<correlationKey id="key"', '<subConversation id="talk9"><callConversation id="talk8" calledCollaborationRef="ch"/></subConversation>')),
    ("global-conversation", "gc", *at_root('<globalConversation id="gc"><conversation id="gc1"/></globalConversation>')),
    ("global-conversation", "gc", *at_root('<globalConversation id="gc"><textAnnotation id="gc1"/></globalConversation>')),
    ("participant-pair", "talk9", *before('<correlationKey id="key"', '<callConversation id="talk9" calledCollaborationRef="co"><participantAssociation><innerParticipantRef>ca1</innerParticipantRef><outerParticipantRef>us</outerParticipantRef></participantAssociation></callConversation>')),
    ("participant-pair", "cht9", '<endEvent id="che"/>', '<callChoreography id="cht9" initiatingParticipantRef="ca1" calledChoreographyRef="ch"><participantRef>ca1</participantRef><participantRef>ca2</participantRef><participantAssociation><innerParticipantRef>us</innerParticipantRef><outerParticipantRef>ca1</outerParticipantRef></participantAssociation></callChoreography><endEvent id="che"/>'),
    # --- 10.2, 10.3: processes and activities -----------------------------------------------
    ("public-executable", "p", 'processType="Private"', 'processType="Public"'),
    ("public-executable", "q9", *at_root('<process id="q9" processType="Public" isExecutable="1"/>')),
    ("quantity", "a", 'startQuantity="1"', 'startQuantity="0"'),
    ("quantity", "back", '<userTask id="back"', '<userTask id="back" completionQuantity="-1"'),
    ("compensation-flow", "back", *at_node(flow("ah", "back"))),
    ("compensation-flow", "back", *at_node(flow("back", "call"))),
    ("script-format", "x", *at_node(task("<script>x</script>", "scriptTask"))),
    ("script-format", "x", *at_node(task("", "scriptTask", scriptFormat="javascript"))),
    ("script-format", "gs", *at_root('<globalScriptTask id="gs"><script>x</script></globalScriptTask>')),
    ("service-data", "x", *at_node(task(IO.format("io", '<dataInput id="d1"/><dataInput id="d2"/>'), "sendTask", messageRef="M"))),
    ("service-data", "x", *at_node(task(IO.format("io", '<dataOutput id="d1"/><dataOutput id="d2"/>'), "receiveTask", messageRef="M"))),
    ("service-data", "x", *at_node(task('<ioSpecification id="io"><inputSet id="i1"/><inputSet id="i2"/><outputSet id="o1"/></ioSpecification>', "serviceTask"))),
    ("operation-message", "x", *at_node(task("", "sendTask", messageRef="M9", operationRef="op"))),
    ("operation-message", "ask", '<messageEventDefinition messageRef="M"><operationRef>', '<messageEventDefinition messageRef="M9"><operationRef>'),
    ("instantiate-where", "x", *at_node(sub("o", task("", "receiveTask", instantiate="true", messageRef="M")))),
    ("instantiate-where", "eg", *at_node(sub("o", GATE.format(' instantiate="true"')))),
    ("instantiate-beside-start", "x", *at_node(task("", "receiveTask", instantiate="true", messageRef="M"))),
    ("instantiate-beside-start", "x9", *at_root('<process id="q9"><startEvent id="s9"/><receiveTask id="x9" instantiate="1"/></process>')),
    ("instantiate-incoming", "x", *at_node(task("", "receiveTask", instantiate="true", messageRef="M") + flow("ah", "x"))),
    ("instantiate-incoming", "eg", *at_node(GATE.format(' instantiate="true"') + flow("ah", "eg"))),
    ("instantiate-after-start", "r", '<startEvent id="s"/>', '<startEvent id="s"/><receiveTask id="r" instantiate="true" messageRef="M"/>' + flow("s", "r") + flow("r", "call")),
    ("instantiate-after-start", "x9", *at_root('<process id="q9"><startEvent id="s9"/><eventBasedGateway id="x9" instantiate="1"/>' + flow("s9", "x9") + "</process>")),
    ("event-sub-twice", "s2", *at_node(two_subs('messageEventDefinition messageRef="M"', "true", "true"))),
    ("event-sub-twice", "s2", *at_node(two_subs('messageEventDefinition messageRef="M"', "false", "true"))),
    ("sub-process-starts", "t", '<startEvent id="ts"/>', '<startEvent id="ts"/><startEvent id="ts2"/>'),
    ("sub-process-starts", "o", *at_node(sub("o", '<startEvent id="o1"/><startEvent id="o2"/>'))),
    ("event-sub-start", "es", *at_node(EVENT_SUB.format(""))),
    ("event-sub-start", "es", *at_node(EVENT_SUB.format('<startEvent id="es1"/>'))),
    ("event-sub-start", "es", *at_node(EVENT_SUB.format(timer("startEvent", "es1") + timer("startEvent", "es2")))),
    ("event-sub-flow", "stop", *at_node(flow("ah", "stop"))),
    ("event-sub-flow", "stop", *at_node(flow("stop", "call"))),
    ("event-sub-boundary", "b9", *at_node('<boundaryEvent id="b9" attachedToRef="stop"><timerEventDefinition/></boundaryEvent>')),
    ("event-sub-boundary", "b9", *at_node(event("boundaryEvent", "b9", "errorEventDefinition", attachedToRef="stop"))),
    ("ad-hoc-event", "ahs", '<manualTask id="ah1">', '<startEvent id="ahs"/><manualTask id="ah1">'),
    ("ad-hoc-event", "ahe", '<manualTask id="ah1">', '<endEvent id="ahe"/><manualTask id="ah1">'),
    ("ad-hoc-empty", "ah9", *at_node(sub("ah9", "", "adHocSubProcess"))),
    ("ad-hoc-empty", "ah9", *at_node(sub("ah9", '<parallelGateway id="g9"/>', "adHocSubProcess"))),
    ("call-data", "call", '<callActivity id="call" calledElement="gut"/>', '<callActivity id="call" calledElement="gut">' + IO.format("io", '<dataInput id="d1"/>') + "</callActivity>"),
    ("call-data", "call", '<globalUserTask id="gut" name="chung" implementation="##unspecified"/>', '<globalUserTask id="gut">' + IO.format("io", '<dataOutput id="d1"/>') + "</globalUserTask>"),
    ("binding-operation", "iob", "<supportedInterfaceRef>if</supportedInterfaceRef>", ""),
    ("binding-operation", "gt9", *at_root(f'<globalTask id="gt9">{IO.format("io", "")}<ioBinding operationRef="op" inputDataRef="ioi" outputDataRef="ioo"/></globalTask>')),
    ("binding-data", "iob", 'inputDataRef="pis"', 'inputDataRef="ais"'),
    ("binding-data", "iob", 'outputDataRef="pos"', 'outputDataRef="ioo"'),
    ("loop-twice", "x", *at_node(task(f"<standardLoopCharacteristics/>{MI}/>"))),
    ("loop-twice", "x", *at_node(task("<standardLoopCharacteristics/>" * 2))),
    ("multi-without-number", "x", *at_node(task(f"{MI}/>"))),
    ("multi-without-number", "ah1", "<loopDataInputRef>list</loopDataInputRef>", ""),
    ("multi-event", "x9", *at_root('<process id="q9"><task id="x9">' + MI + ' behavior="One"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task></process>')),
    ("multi-without-number", "x9", *at_root('<process id="q9"><task id="x9">' + MI + "/></task></process>")),
    ("gateway-pointless", "x9", *at_root('<process id="q9"><task id="q1"/><parallelGateway id="x9"/>' + flow("q1", "x9") + "</process>")),
    ("multi-event", "ah1", 'behavior="All"', 'behavior="One"'),
    ("multi-event", "ah1", 'behavior="All"', 'behavior="Complex"'),
    ("multi-event", "ah1", 'behavior="All"', 'behavior="None"'),
    ("loop-item", "ah1", "<loopDataInputRef>list</loopDataInputRef>", "<loopCardinality>3</loopCardinality>"),
    ("loop-item", "x", *at_node(task(f'{MI}><loopCardinality>3</loopCardinality><outputDataItem id="oi"/></multiInstanceLoopCharacteristics>'))),
    ("loop-data", "ah1", "<loopDataInputRef>list", "<loopDataInputRef>gone"),
    ("loop-data", "ah1", "<loopDataInputRef>list", "<loopDataInputRef>a"),
    ("loop-data", "ah1", "<loopDataInputRef>list", '<loopDataInputRef xmlns:own="urn:example">own:gone'),
    ("loop-data", "ah1", "<loopDataInputRef>list", "<loopDataInputRef>do"),
    ("loop-data", "x", *at_node(task('<ioSpecification id="xio"><dataInput id="xi"/><dataOutput id="xo"/><inputSet id="xis"><dataInputRefs>xi</dataInputRefs></inputSet><outputSet id="xos"><dataOutputRefs>xo</dataOutputRefs></outputSet></ioSpecification>' + MI + "><loopDataInputRef>xo</loopDataInputRef></multiInstanceLoopCharacteristics>"))),
    ("loop-data", "ah1", "<inputDataItem id=\"one\"", '<loopDataOutputRef>gone</loopDataOutputRef><inputDataItem id="one"'),
    # --- 10.4: data -------------------------------------------------------------------------
    ("sub-process-data", "t", '<transaction id="t" method="##Compensate">', f'<transaction id="t" method="##Compensate">{IO.format("io", "")}'),
    ("sub-process-data", "ah", '<adHocSubProcess id="ah" ordering="Sequential">', f'<adHocSubProcess id="ah" ordering="Sequential">{IO.format("io", "")}'),
    ("data-reference-type", "dor", 'id="dor"', 'id="dor" itemSubjectRef="item"'),
    ("data-reference-type", "dr9", *at_node('<dataObjectReference id="dr9" dataObjectRef="do" itemSubjectRef="item"/>')),
    ("data-reference-missing", "dor", ' dataObjectRef="do"', ""),
    ("data-reference-missing", "dr9", *at_node('<dataObjectReference id="dr9"/>')),
    ("data-object-state", "do9", *at_node('<dataObject id="do9"><dataState name="x"/></dataObject>')),
    ("data-object-state", "list", '<dataObject id="list" itemSubjectRef="items" isCollection="true"/>', '<dataObject id="list" itemSubjectRef="items" isCollection="true"><dataState/></dataObject>'),
    ("store-capacity", "ds", 'capacity="5"', 'capacity="-5"'),
    ("store-capacity", "ds9", *at_root('<dataStore id="ds9" capacity="-1"/>')),
    ("data-outside-set", "ai", "<dataInputRefs>ai</dataInputRefs>", ""),
    ("data-outside-set", "pout", "<dataOutputRefs>pout</dataOutputRefs>", ""),
    ("data-outside-set", "eo", "<outputSet><dataOutputRefs>eo</dataOutputRefs></outputSet>", ""),
    ("data-outside-set", "ei", "<inputSet><dataInputRefs>ei</dataInputRefs></inputSet>", ""),
    ("data-subset", "ais", "<optionalInputRefs>ai</optionalInputRefs>", "<optionalInputRefs>pin</optionalInputRefs>"),
    ("data-subset", "aos", "<inputSetRefs>ais</inputSetRefs>", "<whileExecutingOutputRefs>pout</whileExecutingOutputRefs><inputSetRefs>ais</inputSetRefs>"),
    ("data-foreign", "ais", "<dataInputRefs>ai</dataInputRefs>", "<dataInputRefs>ai</dataInputRefs><dataInputRefs>pin</dataInputRefs>"),
    ("data-foreign", "aos", "<dataOutputRefs>ao</dataOutputRefs>", "<dataOutputRefs>pout</dataOutputRefs>"),
    ("data-one-sided", "ais", "<inputSetRefs>ais</inputSetRefs>", ""),
    ("data-one-sided", "aos", "<outputSetRefs>aos</outputSetRefs>", ""),
    ("data-sources", "dia", "<sourceRef>dor</sourceRef>", "<sourceRef>dor</sourceRef><sourceRef>prop</sourceRef>"),
    ("data-sources", "doa", "<sourceRef>ao</sourceRef>", "<sourceRef>ao</sourceRef><sourceRef>aprop</sourceRef>"),
    ("data-flow-end", "dia", "<targetRef>ai</targetRef>", "<targetRef>do</targetRef>"),
    ("data-flow-end", "doa", "<sourceRef>ao</sourceRef>", "<sourceRef>eo</sourceRef>"),
    ("data-flow-end", "tell", "<targetRef>ei</targetRef>", "<targetRef>ai</targetRef>"),
    ("data-flow-process", "dia", "<sourceRef>dor</sourceRef>", "<sourceRef>pout</sourceRef>"),
    ("data-flow-process", "doa", "<targetRef>dsr</targetRef>", "<targetRef>pin</targetRef>"),
    ("data-out-of-sight", "dia", "<sourceRef>dor</sourceRef>", "<sourceRef>tdo</sourceRef>"),
    ("data-out-of-sight", "tell", "<sourceRef>prop</sourceRef>", "<sourceRef>aprop</sourceRef>"),
    ("data-out-of-sight", "dor", ' dataObjectRef="do"', ' dataObjectRef="tdo"'),
    ("data-types", "dia", '<dataInput id="ai" itemSubjectRef="item"/>', '<dataInput id="ai" itemSubjectRef="items" isCollection="true"/>'),
    ("data-types", "tell", '<property id="prop" itemSubjectRef="item"/>', '<property id="prop" itemSubjectRef="items"/>'),
    ("event-data-number", "ask", *before("<outputSet><dataOutputRefs>eo</dataOutputRefs>", '<dataOutput id="eo2"/>')),
    ("event-data-number", "x", *at_node('<endEvent id="x"><dataInput id="d1"/><inputSet><dataInputRefs>d1</dataInputRefs></inputSet><messageEventDefinition messageRef="M"/><signalEventDefinition signalRef="S"/></endEvent>')),
    ("payload-type", "xd", *at_node('<endEvent id="x"><dataInput id="d1" itemSubjectRef="item"/><dataInput id="xd" itemSubjectRef="items" isCollection="true"/><inputSet><dataInputRefs>d1</dataInputRefs><dataInputRefs>xd</dataInputRefs></inputSet><messageEventDefinition messageRef="M"/><signalEventDefinition signalRef="S"/></endEvent>')),
    ("payload-type", "xd", *at_node('<serviceTask id="x" operationRef="op">' + IO.format("io", '<dataInput id="xd" itemSubjectRef="items" isCollection="true"/>') + "</serviceTask>")),
    ("payload-type", "eo", '<dataOutput id="eo" itemSubjectRef="item"/>', '<dataOutput id="eo" itemSubjectRef="items" isCollection="true"/>'),
    ("payload-type", "ei", '<dataInput id="ei" itemSubjectRef="item"/>', '<dataInput id="ei" itemSubjectRef="items" isCollection="true"/>'),
    # --- 10.5: events -----------------------------------------------------------------------
    ("event-definition-shared", "x", *at_node(sub("x", f"<timerEventDefinition id='xd'>{TIME}</timerEventDefinition><eventDefinitionRef>xd</eventDefinitionRef>", CATCH))),
    ("event-definition-shared", "y", *at_node(sub("x", "<signalEventDefinition id='xd' signalRef='S'/>", THROW) + sub("y", "<eventDefinitionRef>xd</eventDefinitionRef>", "endEvent"))),
    ("event-kind", "x", *before("<completionCondition>false", f'<complexBehaviorDefinition><condition>x</condition><event id="x"><{TIMER}></event></complexBehaviorDefinition>')),
    *(("event-kind", "x", *at_node(event(kind, "x", f"{one}EventDefinition"))) for kind, kinds in {
        "startEvent": ("error", "escalation", "compensate", "cancel", "terminate", "link"),
        CATCH: ("error", "escalation", "compensate", "cancel", "terminate"),
        THROW: ("timer", "error", "conditional", "cancel", "terminate"),
        "endEvent": ("timer", "conditional", "link"),
    }.items() for one in kinds),
    *(("event-kind", "x", *at_node(event("boundaryEvent", "x", f"{one}EventDefinition", attachedToRef="a")))
      for one in ("terminate", "link")),
    ("event-kind", "x", *at_node(sub("o", timer("startEvent", "x")))),
    ("event-kind", "x", *at_node(EVENT_SUB.format(event("startEvent", "x", "cancelEventDefinition")))),
    ("event-without-kind", "late", "<eventDefinitionRef>clock</eventDefinitionRef>", ""),
    ("event-without-kind", "x", *at_node(f'<{CATCH} id="x"/>')),
    ("must-interrupt", "x", *at_node(event("boundaryEvent", "x", "errorEventDefinition", attachedToRef="a", cancelActivity="false"))),
    ("must-interrupt", "x", *at_node(EVENT_SUB.format(event("startEvent", "x", "errorEventDefinition", isInterrupting="false")))),
    ("must-interrupt", "undone", '<boundaryEvent id="undone"', '<boundaryEvent id="undone" cancelActivity="0"'),
    ("start-incoming", "s", *at_node(flow("ah", "s"))),
    ("start-incoming", "ts", 'sourceRef="ta" targetRef="te"', 'sourceRef="ta" targetRef="ts"'),
    ("end-outgoing", "e", *at_node(flow("e", "call"))),
    ("end-outgoing", "te", '<sequenceFlow id="ta_te"', flow("te", "ta") + '<sequenceFlow id="ta_te"'),
    ("no-start", "t", '<startEvent id="ts"/>', '<userTask id="ts"/>'),
    ("no-start", "q9", *at_root('<process id="q9"><userTask id="x"/><endEvent id="e9"/></process>')),
    ("no-end", "t", '<endEvent id="te"><cancelEventDefinition/></endEvent>', '<userTask id="te"/>'),
    ("no-end", "q9", *at_root('<process id="q9"><startEvent id="s9"/><userTask id="x"/></process>')),
    ("no-way-in", "x", *at_node(task("") + flow("x", "call"))),
    ("no-way-in", "x", *at_node('<endEvent id="x"/>')),
    ("no-way-in", "e9", *at_root('<process id="q9"><startEvent id="s9"/><endEvent id="e9"/></process>')),
    ("leads-nowhere", "x", *at_node(task("") + flow("ah", "x"))),
    ("leads-nowhere", "s9", *at_root('<process id="q9"><startEvent id="s9"/></process>')),
    ("boundary-incoming", "late", *at_node(flow("ah", "late"))),
    ("boundary-incoming", "undone", *at_node(flow("ah", "undone"))),
    ("boundary-outgoing", "late", '<sequenceFlow id="late_e2" sourceRef="late" targetRef="e2"/>', ""),
    ("boundary-outgoing", "undone", '<sequenceFlow id="undone_e" sourceRef="undone" targetRef="e"/>', ""),
    ("boundary-host", "late", 'id="late" attachedToRef="a"', 'id="late" attachedToRef="ta"'),
    ("boundary-host", "x", '<userTask id="ta"/>', '<userTask id="ta"/>' + event("boundaryEvent", "x", "errorEventDefinition", attachedToRef="a")),
    ("cancel-where", "x", *at_node(event("endEvent", "x", "cancelEventDefinition"))),
    ("cancel-where", "undone", 'id="undone" attachedToRef="t"', 'id="undone" attachedToRef="ah"'),
    ("compensation-outgoing", "undo", *at_node(flow("undo", "call"))),
    ("compensation-outgoing", "undo", *at_node(flow("undo", "back"))),
    ("compensation-handler", "undo", '<association id="as" sourceRef="undo" targetRef="back"/>', ""),
    ("compensation-handler", "undo", ' isForCompensation="true"', ""),
    ("compensation-names", "undo", "<compensateEventDefinition/>", '<compensateEventDefinition activityRef="a"/>'),
    ("compensation-names", "x", *at_node(EVENT_SUB.format('<startEvent id="x"><compensateEventDefinition activityRef="a"/></startEvent>'))),
    ("compensation-out-of-sight", "x", *at_node(f'<{THROW} id="x"><compensateEventDefinition activityRef="ta"/></{THROW}>')),
    ("compensation-out-of-sight", "te", "<cancelEventDefinition/></endEvent>", '<compensateEventDefinition activityRef="a"/></endEvent>'),
    ("link-alone", "x", *at_node(f'<{THROW} id="x"><linkEventDefinition name="l"/><signalEventDefinition signalRef="S"/></{THROW}>')),
    ("link-alone", "x", *at_node(f'<{CATCH} id="x"><linkEventDefinition name="l"/><linkEventDefinition name="k"/></{CATCH}>')),
    ("link-flow", "x", *at_node(f'<{THROW} id="x"><linkEventDefinition name="l"/></{THROW}>' + flow("x", "call"))),
    ("link-flow", "x", *at_node(f'<{CATCH} id="x"><linkEventDefinition name="l"/></{CATCH}>' + flow("ah", "x"))),
    ("link-target", "x", *at_node(f'<{THROW} id="x"><linkEventDefinition name="l"/></{THROW}>')),
    ("link-target", "x", *at_node(f'<{THROW} id="x"><linkEventDefinition name="l"/></{THROW}>' + sub("o", f'<{CATCH} id="y"><linkEventDefinition name="l"/></{CATCH}>'))),
    ("link-source", "x", *at_node(f'<{CATCH} id="x"><linkEventDefinition name="l"/></{CATCH}>')),
    ("link-source", "x", '<userTask id="ta"/>', f'<userTask id="ta"/><{CATCH} id="x"><linkEventDefinition name="l"/></{CATCH}>'),
    ("link-twice", "x", *at_node("".join(f'<{CATCH} id="{one}"><linkEventDefinition name="l"/></{CATCH}>' for one in "xy"))),
    ("link-twice", "x", '<userTask id="ta"/>', '<userTask id="ta"/>' + "".join(f'<{CATCH} id="{one}"><linkEventDefinition name="l"/></{CATCH}>' for one in "xy")),
    ("link-partner", "x", *at_node(f'<{THROW} id="x"><linkEventDefinition name="l"><target>s</target></linkEventDefinition></{THROW}>')),
    ("link-partner", "x", *at_node(f'<{THROW} id="x"><linkEventDefinition name="l"><target>k</target></linkEventDefinition></{THROW}><{CATCH} id="y"><linkEventDefinition id="k" name="other"/></{CATCH}>')),
    # --- 10.6, 10.8: gateways and lanes -----------------------------------------------------
    ("event-gateway-targets", "eg", *at_node(GATE.format("") + timer(CATCH, "x") + flow("eg", "x"))),
    ("event-gateway-targets", "x", *at_node(GATE.format("") + task("") + flow("eg", "x"))),
    ("event-gateway-targets", "x", *at_node(GATE.format("") + event(CATCH, "x", "linkEventDefinition") + flow("eg", "x"))),
    ("event-gateway-mixed", "eg", *at_node(GATE.format("") + '<receiveTask id="x" messageRef="M"/>' + flow("eg", "x") + flow("eg", "ask"))),
    ("event-gateway-mixed", "eg", *at_node(sub("o", GATE.format("") + '<receiveTask id="x"/>' + event(CATCH, "y", "messageEventDefinition") + flow("eg", "x") + flow("eg", "y")))),
    ("event-gateway-shared", "ask", *at_node(GATE.format("") + flow("eg", "ask"))),
    ("event-gateway-shared", "x", *at_node(GATE.format("") + '<receiveTask id="x"/>' + flow("eg", "x") + flow("ah", "x"))),
    ("event-gateway-boundary", "x", *at_node(GATE.format("") + '<receiveTask id="x"/>' + flow("eg", "x") + event("boundaryEvent", "y", "errorEventDefinition", attachedToRef="x"))),
    ("event-gateway-boundary", "x", *at_node(sub("o", GATE.format("") + '<receiveTask id="x"/>' + flow("eg", "x") + timer('boundaryEvent attachedToRef="x"', "y").replace('</boundaryEvent attachedToRef="x"', "</boundaryEvent")))),
    ("event-gateway-start", "x", *at_node(GATE.format(' instantiate="true"') + timer(CATCH, "x") + flow("eg", "x"))),
    ("event-gateway-start", "x", *at_root('<process id="q9">' + GATE.format(' instantiate="1"') + event(CATCH, "x", "signalEventDefinition") + flow("eg", "x") + "</process>")),
    ("event-gateway-parallel", "eg", *at_node(GATE.format(' eventGatewayType="Parallel"'))),
    ("event-gateway-parallel", "eg", *at_node(GATE.format(' eventGatewayType="Parallel" instantiate="false"'))),
    ("lane-foreign", "l1", "<flowNodeRef>a</flowNodeRef>", "<flowNodeRef>cht</flowNodeRef>"),
    ("lane-foreign", "l11", "<flowNodeRef>g</flowNodeRef>", "<flowNodeRef>chs</flowNodeRef>"),
    ("lane-twice", "l9", "</laneSet>", '<lane id="l9"><flowNodeRef>a</flowNodeRef></lane></laneSet>'),
    ("lane-twice", "l9", "</laneSet>", '<lane id="l9"><flowNodeRef>g</flowNodeRef></lane></laneSet>'),
    # --- 11: choreographies -----------------------------------------------------------------
    ("choreography-where", "x", *at_node('<choreographyTask id="x" initiatingParticipantRef="ca1"/>')),
    ("choreography-where", "x", *at_node('<subChoreography id="x" initiatingParticipantRef="ca1"/>')),
    ("choreography-holds", "x", '<endEvent id="che"/>', '<userTask id="x"/><endEvent id="che"/>'),
    ("choreography-holds", "x", '<endEvent id="che"/>', '<subProcess id="x"/><endEvent id="che"/>'),
    ("choreography-holds", "x", '<endEvent id="che"/>', '<dataObject id="x"/><endEvent id="che"/>'),
    ("choreography-holds", "x", '<endEvent id="che"/>', '<subChoreography id="o" initiatingParticipantRef="ca1"><dataStoreReference id="x" dataStoreRef="ds"/></subChoreography><endEvent id="che"/>'),
    ("choreography-event", "chs", '<startEvent id="chs"/>', event("startEvent", "chs", "messageEventDefinition")),
    ("choreography-event", "che", '<endEvent id="che"/>', event("endEvent", "che", "errorEventDefinition")),
    ("choreography-parties", "cht", "<participantRef>ca2</participantRef>", ""),
    ("choreography-parties", "cht", "<participantRef>ca2</participantRef>", "<participantRef>ca2</participantRef><participantRef>us</participantRef>"),
    ("choreography-initiator", "cht", CH_TASK, CH_TASK.replace("ca1", "us")),
    ("choreography-initiator", "x", '<endEvent id="che"/>', '<subChoreography id="x" initiatingParticipantRef="us"><participantRef>ca1</participantRef><participantRef>ca2</participantRef></subChoreography><endEvent id="che"/>'),
    ("choreography-order", "x", '<endEvent id="che"/>', THIRD + '<endEvent id="che"/>' + flow("cht", "x")),
    ("choreography-order", "x", '<endEvent id="che"/>', '<exclusiveGateway id="xg"/>' + THIRD + '<endEvent id="che"/>' + flow("cht", "xg") + flow("xg", "x") + flow("xg", "che")),
    ("choreography-flow", "cht", "<messageFlowRef>cmf", "<messageFlowRef>mf2"),
    ("choreography-flow", "cht", 'sourceRef="ca1" targetRef="ca2"', 'sourceRef="ca1" targetRef="us"'),
    # --- 12: the drawing --------------------------------------------------------------------
    ("drawing-part", "s_a_di", '<di:waypoint x="1" y="1"/>', ""),
    ("drawing-part", "us_di", '<dc:Bounds x="0" y="0" width="9" height="9"/>', ""),
    ("drawing-part", "a_di", SHAPE, f"{SHAPE}<bpmndi:BPMNLabel/>"),
    ("drawing-attribute", "a_di", SHAPE, SHAPE.replace(">", ' colour="red">')),
    ("drawing-attribute", "us_di", 'x="0" y="0" width="9" height="9"', 'x="0" y="0" width="9"'),
    ("drawing-value", "us_di", 'isHorizontal="true"', 'isHorizontal="yes"'),
    ("drawing-value", "s_a_di", '<di:waypoint x="1"', '<di:waypoint x="left"'),
    ("drawn-nothing", "a_di", SHAPE, SHAPE.replace('"a"', '"gone"')),
    ("drawn-nothing", "s_a_di", 'bpmnElement="s_a"', 'bpmnElement="gone"'),
    ("drawn-nothing", "P", 'id="P" bpmnElement="co"', 'id="P" bpmnElement="gone"'),
    ("drawn-wrong", "a_di", SHAPE, SHAPE.replace('"a"', '"s_a"')),
    ("drawn-wrong", "s_a_di", 'bpmnElement="s_a"', 'bpmnElement="a"'),
    ("drawn-wrong", "P", 'id="P" bpmnElement="co"', 'id="P" bpmnElement="a"'),
    ("drawn-reference", "s_a_di", 'bpmnElement="s_a"', 'bpmnElement="s_a" sourceElement="gone"'),
    ("drawn-reference", "a_di", 'labelStyle="LS"', 'labelStyle="gone"'),
]  # fmt: skip
# What some rows need beside their edit.
BESIDE = {
    "key-binding": at_root('<correlationProperty id="cp2"><correlationPropertyRetrievalExpression messageRef="M"><messagePath>y</messagePath></correlationPropertyRetrievalExpression></correlationProperty>'),
    "choreography-order": before('<messageFlow id="cmf"', '<participant id="ca3"/><messageFlow id="cmf3" sourceRef="ca3" targetRef="ca1"/>'),
    "message-flow-number": before(COLLAB, '<messageFlow id="m1" sourceRef="them" targetRef="s"/><messageFlow id="m2" sourceRef="them" targetRef="s"/><messageFlow id="m3" sourceRef="e2" targetRef="them"/><messageFlow id="m4" sourceRef="e2" targetRef="them"/>'),
    "operation-message": at_root('<message id="M9" name="khac"/>'),
    "data-out-of-sight": ('<startEvent id="ts"/>', '<startEvent id="ts"/><dataObject id="tdo"/>'),
    "binding-data": at_root(f'<globalTask id="gt9">{IO.format("io", "")}</globalTask>'),
}  # fmt: skip

SOUND = {
    "two event sub-processes for one message, which go on beside": at_node(two_subs('messageEventDefinition messageRef="M"', "false", "false")),
    "a reference with the file's own prefix": ('calledElement="gut"', 'xmlns:own="urn:example" calledElement="own:gut"'),
    "a type of the schema": ('structureRef="xsd:string"', 'structureRef="xsd:decimal"'),
    "a cancelled transaction by an event inside": ('method="##Compensate"', 'triggeredByEvent="false"'),
    "an input that is a property of the activity": ("<targetRef>ai</targetRef>", "<targetRef>aprop</targetRef>"),
    "a node in a lane and in the lane inside it": ("<flowNodeRef>a</flowNodeRef>", "<flowNodeRef>a</flowNodeRef><flowNodeRef>g</flowNodeRef>"),
    "a gateway of both directions": ('gatewayDirection="Diverging"', 'gatewayDirection="Unspecified"'),
    "a label without bounds": ('<dc:Bounds x="1.5" y="-2" width="9" height="9"/>', ""),
    "a drawing that draws nothing in particular": (SHAPE, SHAPE.replace(' bpmnElement="a"', "")),
    "several sources with a transformation": ("<sourceRef>dor</sourceRef><targetRef>ai</targetRef>", "<sourceRef>dor</sourceRef><sourceRef>prop</sourceRef><targetRef>ai</targetRef><transformation>x</transformation>"),
    "a process drawn without a start and an end": at_root('<process id="q9"><userTask id="q1"/><userTask id="q2"/>' + flow("q1", "q2") + "</process>"),
    "an import that nothing needs": ('<itemDefinition id="item" structureRef="xsd:string" itemKind="Information"/>', '<import namespace="urn:x" location="x.xsd" importType="http://www.w3.org/2001/XMLSchema"/><itemDefinition id="item"/>'),
    "a collaboration without processes": at_root('<collaboration id="c9"><participant id="c91"/><participant id="c92"/><messageFlow id="c93" sourceRef="c91" targetRef="c92"/></collaboration>'),
    "names of other namespaces": ('<userTask id="back"', '<userTask id="back" other:colour="red"'),
    "a step of a choreography begun by who took part before": ('<sequenceFlow id="ch2" sourceRef="cht" targetRef="che"/>', CH_TASK.replace("cht", "x").replace("ca1", "ca2") + "<participantRef>ca1</participantRef><participantRef>ca2</participantRef><messageFlowRef>cmf</messageFlowRef></choreographyTask>" + flow("cht", "x") + flow("x", "che")),
    "an equivalent type under another name": at_root('<itemDefinition id="same" structureRef="xsd:string"/><message id="M9" name="m9" itemRef="same"/><process id="q9"><sendTask id="q1" messageRef="M9"><ioSpecification id="xio"><dataInput id="xi" itemSubjectRef="item"/><inputSet id="xis"><dataInputRefs>xi</dataInputRefs></inputSet><outputSet id="xos"/></ioSpecification></sendTask></process>'),
    "two definitions and one data item for the one that carries": at_root('<process id="q9"><task id="q1"/><boundaryEvent id="q2" attachedToRef="q1"><dataOutput id="xo"/><outputSet><dataOutputRefs>xo</dataOutputRefs></outputSet><messageEventDefinition messageRef="M"/>' + f"<{TIMER}></boundaryEvent><task id='q3'/>" + flow("q2", "q3") + "</process>"),
    "a choreography that waits for the first of two messages": ('<sequenceFlow id="ch2" sourceRef="cht" targetRef="che"/>', '<eventBasedGateway id="xg"/>' + "".join(CH_TASK.replace("cht", name).replace("ca1", "ca2") + "<participantRef>ca1</participantRef><participantRef>ca2</participantRef><messageFlowRef>cmf</messageFlowRef></choreographyTask>" + flow("xg", name) + flow(name, "che") for name in ("x", "y")) + flow("cht", "xg")),
    "a condition after a step of a choreography": ('<sequenceFlow id="ch2" sourceRef="cht" targetRef="che"/>', '<endEvent id="x"/>' + flow("cht", "x", CONDITION) + flow("cht", "che")),
    "an event at a step of a choreography": ('<sequenceFlow id="ch2"', f'<boundaryEvent id="x" attachedToRef="cht"><{TIMER}></boundaryEvent>' + flow("x", "che") + '<sequenceFlow id="ch2"'),
    "a condition beside another way out": at_node(flow("call", "e2", CONDITION)),
    "a loop in a process that does not run": at_root('<process id="q9"><task id="q1"><standardLoopCharacteristics/></task></process>'),
    "a list of several instances that is an input": at_root('<process id="q9"><task id="q1"><ioSpecification id="xio"><dataInput id="xi"/><inputSet id="xis"><dataInputRefs>xi</dataInputRefs></inputSet><outputSet id="xos"/></ioSpecification>' + MI + "><loopDataInputRef>xi</loopDataInputRef></multiInstanceLoopCharacteristics></task></process>"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "element", "old", "new"),
    WRONG,
    ids=[f"{one[0]} {number}" for number, one in enumerate(WRONG)],
)
def test_a_broken_rule_is_said_where_it_is_broken(rule, element, old, new):
    xml = edited(old, new)
    if rule in BESIDE:
        more = [bpmn(one) for one in BESIDE[rule]]
        xml = xml.decode().replace(more[0], more[1], 1).encode()

    found = [one for one in lint(xml) if one.rule == rule]

    assert element in [one.element for one in found], [
        (one.rule, one.element) for one in lint(xml) if one.is_error
    ]
    assert all(one.is_error and one.law == STANDARD and one.clause for one in found)
    assert all(one.message.vi != one.message.en for one in found)


@pytest.mark.parametrize("name", SOUND)
def test_a_neighbour_that_is_sound_is_not_refused(name):
    xml = edited(*SOUND[name])

    assert [one for one in lint(xml) if one.is_error and one.rule != "not-supported"] == []


IMPORT = (
    '<import namespace="urn:far" location="{}" importType="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'
)
FAR = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:%s"><process id="q"/></definitions>'
BESIDE_IT = {
    "far.bpmn": FAR % b"far",
    "other.bpmn": FAR % b"other",
    "torn.bpmn": b"<definitions",
    "html.bpmn": b"<html/>",
    "sub/torn.xml": b"x",
}


@pytest.mark.parametrize(
    ("rule", "location", "called"),
    [
        (None, "far.bpmn", "far:q"),
        (None, "http://127.0.0.1:1/gone.bpmn", "far:q"),
        (None, "../gone.bpmn", "far:q"),
        (None, "/etc/passwd", "far:q"),
        ("dangling-reference", "far.bpmn", "far:gone"),
        ("import-missing", "gone.bpmn", "far:q"),
        ("import-missing", "sub/gone.bpmn", "far:q"),
        ("import-broken", "torn.bpmn", "far:q"),
        ("import-broken", "sub/torn.xml", "far:q"),
        ("import-namespace", "other.bpmn", "far:q"),
        ("import-namespace", "html.bpmn", "far:q"),
    ],
)
def test_an_imported_diagram_in_the_folder_is_looked_at_and_no_other(rule, location, called):
    xml = edited('calledElement="gut"', f'xmlns:far="urn:far" calledElement="{called}"').decode()
    xml = xml.replace("<bpmn:itemDefinition", bpmn(IMPORT.format(location)) + "<bpmn:itemDefinition", 1)
    asked = []

    found = lint(xml.encode(), lambda name: asked.append(name) or BESIDE_IT.get(name))

    assert {one.rule for one in found if one.is_error and one.law == STANDARD} == ({rule} if rule else set())
    assert asked == ([] if location.startswith(("/", "..", "http:")) else [location])


def test_every_rule_of_the_standard_is_broken_at_least_twice():
    times = Counter(one[0] for one in WRONG)
    rules = {code for code, rule in CATALOGUE.items() if rule.law == STANDARD}

    assert {code for code in rules if times[code] < 2} == {
        "not-bpmn", "import-missing", "import-broken", "import-namespace",  # have tests of their own
    }  # fmt: skip
    assert set(times) <= rules
