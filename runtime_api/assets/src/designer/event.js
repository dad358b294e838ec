// The panel for events: what they wait for, and the time of a timer in words.

import { is } from 'bpmn-js/lib/util/ModelUtil';
import { area, choice, section, text, tick } from './fields.js';
import { t } from './words.js';

const NAMED = {
  'bpmn:MessageEventDefinition': ['messageRef', 'bpmn:Message', () => t('Tên tin nhắn', 'Name of the message')],
  'bpmn:SignalEventDefinition': ['signalRef', 'bpmn:Signal', () => t('Tên tín hiệu', 'Name of the signal')],
  'bpmn:ErrorEventDefinition': ['errorRef', 'bpmn:Error', () => t('Mã lỗi (bắt: để trống là mọi mã)', 'Code of the error (caught: empty is any)'), 'errorCode'],
  'bpmn:EscalationEventDefinition': ['escalationRef', 'bpmn:Escalation', () => t('Mã báo cáo vượt cấp (bắt: để trống là mọi mã)', 'Code of the escalation (caught: empty is any)'), 'escalationCode'],
};
const TIMES = { timeDuration: 'duration', timeDate: 'date', timeCycle: 'cycle' };

export function eventSections(element, panel) {
  const [definition] = element.businessObject.get('eventDefinitions') || [];
  if (!definition) return [];
  if (is(definition, 'bpmn:TimerEventDefinition')) return [timer(element, definition, panel)];
  if (definition.$type in NAMED) return [named(element, definition, panel)];
  if (is(definition, 'bpmn:ConditionalEventDefinition')) return [conditional(element, definition, panel)];
  return [];
}

function timer(element, definition, { model, edit }) {
  const kind = Object.keys(TIMES).find((one) => definition.get(one)) || 'timeDuration';
  const body = (definition.get(kind) && definition.get(kind).get('body')) || '';
  const hours = /^PT(\d+(?:\.\d+)?)H$/.exec(body);
  const days = /^P(\d+)D$/.exec(body);
  const isWorking = definition.get('mc:clock') === 'working';
  const unit = hours ? (isWorking ? 'wh' : 'h') : days ? (isWorking ? 'wd' : 'd') : body ? 'text' : 'wh';
  const put = (name, words, working) => edit(() => {
    const values = { timeDuration: undefined, timeDate: undefined, timeCycle: undefined, 'mc:clock': working ? 'working' : undefined };
    if (words) {
      values[name] = model.create('bpmn:FormalExpression', { body: words });
      values[name].$parent = definition;
    }
    model.modeling.updateModdleProperties(element, definition, values);
  }, true);
  const amount = hours ? hours[1] : days ? days[1] : '';
  const written = (chosen, number) => (chosen.endsWith('d') ? `P${number || 1}D` : `PT${number || 8}H`);
  const fields = [choice(t('Hẹn giờ', 'Timer'), kind, [
    ['timeDuration', t('sau một khoảng thời gian', 'after some time')],
    ['timeDate', t('vào một thời điểm', 'at a moment')],
    ['timeCycle', t('lặp lại nhiều lần', 'again and again')],
  ], (value) => put(value, value === 'timeDuration' ? 'PT8H' : body, value === 'timeDuration'))];
  if (kind === 'timeDuration') {
    fields.push(choice(t('Đơn vị', 'Counted in'), unit, [
      ['wh', t('giờ làm việc', 'working hours')],
      ['wd', t('ngày làm việc', 'working days')],
      ['h', t('giờ liên tục', 'hours')],
      ['d', t('ngày liên tục', 'days')],
      ['text', t('biểu thức', 'an expression')],
    ], (value) => put(kind, value === 'text' ? body : written(value, amount), value.startsWith('w')), { half: true }));
  }
  if (kind === 'timeDuration' && unit !== 'text') {
    fields.push(text(t('Bao lâu', 'How long'), amount, (value) => {
      if (/^\d+(\.\d+)?$/.test(value.replace(',', '.'))) put(kind, written(unit, value.replace(',', '.')), isWorking || !body);
    }, { half: true, mode: 'decimal' }));
  } else {
    fields.push(area(t('Biểu thức (ISO 8601 hoặc FEEL)', 'Expression (ISO 8601 or FEEL)'), body,
      (value) => put(kind, value, isWorking), { isCode: true, rows: 2 }));
  }
  if (is(element, 'bpmn:BoundaryEvent')) fields.push(interrupting(element, model, edit));
  return section(t('Thời gian', 'Time'), true, ...fields);
}

function named(element, definition, { model, edit }) {
  const [property, type, label, code] = NAMED[definition.$type];
  const present = definition.get(property);
  const fields = [text(label(), present && ((code && present.get(code)) || present.get('name')),
    (value) => edit(() => model.setReference(element, definition, property, type, value, code)))];
  if (is(element, 'bpmn:BoundaryEvent') && !is(definition, 'bpmn:ErrorEventDefinition')) {
    fields.push(interrupting(element, model, edit));
  }
  return section(t('Chờ hoặc gửi', 'Waits for or sends'), true, ...fields);
}

function conditional(element, definition, { model, edit }) {
  const present = definition.get('condition');
  return section(t('Điều kiện', 'Condition'), true,
    area(t('Khi biểu thức này đúng (FEEL)', 'When this holds (FEEL)'), (present && present.get('body')) || '', (value) => edit(() => {
      const condition = value ? model.create('bpmn:FormalExpression', { body: value }) : undefined;
      if (condition) condition.$parent = definition;
      model.modeling.updateModdleProperties(element, definition, { condition });
    }), { isCode: true, rows: 2 }));
}

function interrupting(element, model, edit) {
  return tick(t('Ngắt bước đang làm', 'Interrupts the step'), element.businessObject.get('cancelActivity') !== false,
    (value) => edit(() => model.modeling.updateProperties(element, { cancelActivity: value })));
}
