// Two ways to look at one drawing: simple for officials, full for IT staff. Nothing of the file differs.

import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';

const KEY = 'motcua.designer.mode';
let full = remembered(KEY) === 'full';

export function isFull() {
  return full;
}

export function setFull(isOn) {
  full = isOn;
  remember(KEY, isOn ? 'full' : 'simple');
}

/** Parts that the simple mode shows and does not change: they are edited in the full mode and survive. */
export function isBeyondSimple(element) {
  const bo = element.businessObject;
  if (!bo || element.labelTarget) return false;
  if (isAny(element, ['bpmn:SubProcess', 'bpmn:CallActivity', 'bpmn:BusinessRuleTask', 'bpmn:ServiceTask', 'bpmn:ScriptTask',
    'bpmn:ComplexGateway', 'bpmn:InclusiveGateway', 'bpmn:EventBasedGateway', 'bpmn:Group', 'bpmn:DataObjectReference',
    'bpmn:DataStoreReference'])) return true;
  if (bo.get && bo.$descriptor.propertiesByName.loopCharacteristics && bo.get('loopCharacteristics')) return true;
  if (!is(element, 'bpmn:Event')) return false;
  return (bo.get('eventDefinitions') || []).some((one) => !['bpmn:TimerEventDefinition', 'bpmn:MessageEventDefinition',
    'bpmn:TerminateEventDefinition'].includes(one.$type));
}

export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // a forbidden store: the usual is used
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // nothing is remembered
  }
}
