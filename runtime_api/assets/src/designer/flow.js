// The panel for a flow: when the dossier goes this way.

import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { ConditionBuilder } from './condition.js';
import { area, choice, section, text, tick } from './fields.js';
import { isFull } from './mode.js';
import { said, t } from './words.js';

const OTHER = '\u0000other';

export function flowSections(flow, panel) {
  const { model, edit } = panel;
  const parts = [
    text(t('Tên nhánh', 'Name of the branch'), model.get(flow, 'name'), (value) => edit(() => model.set(flow, { name: value }))),
    text(t('Tên nhánh, tiếng Anh', 'Name in English'), model.english(flow, 'name'), (value) => edit(() => model.setEnglish(flow, 'name', value))),
  ];
  if (branches(flow.source)) parts.push(...condition(flow, panel));
  else parts.push(Object.assign(document.createElement('p'), {
    className: 'hint',
    textContent: t('Chỉ có một đường đi từ đây nên không cần điều kiện.', 'There is one way on from here, so no condition is needed.'),
  }));
  return [section(t('Đường đi', 'Flow'), true, ...parts)];
}

function branches(source) {
  if (isAny(source, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'])) return true;
  return is(source, 'bpmn:Activity') && source.outgoing.filter((one) => is(one, 'bpmn:SequenceFlow')).length > 1;
}

function condition(flow, panel) {
  const { model, edit, office } = panel;
  const present = flow.businessObject.get('conditionExpression');
  const body = (present && present.get('body')) || '';
  const isDefault = flow.source.businessObject.get('default') === flow.businessObject;
  const options = decisionOptions(flow, panel);
  const known = options.flatMap((group) => group.options.map(([value]) => value));
  const plain = normal(body);
  const chosen = panel.building === flow.id || (body && !known.includes(plain)) ? OTHER : plain;
  const fields = [
    tick(t('Nhánh còn lại: đi khi không nhánh nào khác đúng', 'The remaining branch: taken when no other condition holds'), isDefault,
      (value) => edit(() => {
        model.set(flow.source, { default: value ? flow.businessObject : undefined });
        if (value) put(flow, panel, '');
      }, true)),
  ];
  if (isDefault) return fields;
  fields.push(choice(t('Đi theo nhánh này khi', 'Take this branch when'), chosen, [
    ['', t('— chưa có điều kiện —', '— no condition yet —')],
    ...options,
    [OTHER, t('điều kiện khác…', 'another condition…')],
  ], (value) => {
    panel.building = value === OTHER ? flow.id : '';
    edit(() => {
      if (value !== OTHER) put(flow, panel, value);
      if (value && !model.get(flow, 'name') && known.includes(value)) model.set(flow, { name: outcomeName(options, value) });
    }, true);
  }));
  if (chosen !== OTHER) return fields;
  const builder = new ConditionBuilder({
    url: office.urls.condition,
    asked: [...decisions(flow, panel), ...office.asked],
    operators: office.operators,
    feel: body,
    isHeld: Boolean(panel.zoneOf(flow)),
    onFeel: (feel) => {
      edit(() => put(flow, panel, feel));
      const written = panel.host.querySelector('[data-feel]');
      if (written) written.value = feel;
    },
  });
  fields.push(builder.node);
  if (isFull()) {
    const written = area(t('Biểu thức điều kiện (FEEL)', 'Condition (FEEL)'), body, (value) => edit(() => put(flow, panel, value), true), {
      isCode: true,
      hint: t('Đọc các ô của biểu mẫu theo tên, ví dụ: storeys >= 3 and on_fire_list = true', 'Reads form fields by name, such as: storeys >= 3 and on_fire_list = true'),
    });
    written.querySelector('textarea').dataset.feel = 'true';
    fields.push(written);
  }
  return fields;
}

// Choices at steps as they are drawn now, which the server does not know yet.
function decisions(flow, { model }) {
  return model.decisionsBefore(flow.source).map((step) => {
    const name = { vi: model.get(step, 'name') || step.id, en: model.english(step, 'name') || model.get(step, 'name') || step.id };
    return {
      name: model.get(step, 'mc:decision'),
      label: { vi: `kết quả bước “${name.vi}”`, en: `the outcome of “${name.en}”` },
      kind: 'choice',
      group: { vi: 'Lựa chọn ở các bước', en: 'Choices at steps' },
      options: model.extensions(step, 'mc:Outcome').map((one) => [one.get('code'), { vi: one.get('name') || '', en: one.get('nameEn') || '' }]),
      isNew: true,
    };
  });
}

function decisionOptions(flow, { model }) {
  return model.decisionsBefore(flow.source).map((step) => ({
    label: said({ vi: model.get(step, 'name') || step.id, en: model.english(step, 'name') }),
    options: model.extensions(step, 'mc:Outcome').map((one) => [
      `${model.get(step, 'mc:decision')} = "${one.get('code')}"`,
      said({ vi: one.get('name') || '', en: one.get('nameEn') || '' }) || one.get('code'),
    ]),
  }));
}

function outcomeName(groups, value) {
  for (const group of groups) for (const [code, words] of group.options) if (code === value) return words;
  return '';
}

function put(flow, { model }, body) {
  const expression = body ? model.create('bpmn:FormalExpression', { body }) : undefined;
  if (expression) expression.$parent = flow.businessObject;
  model.modeling.updateProperties(flow, { conditionExpression: expression });
}

function normal(body) {
  const found = /^\s*([A-Za-z_]\w*)\s*=\s*"([^"]*)"\s*$/.exec(body);
  return found ? `${found[1]} = "${found[2]}"` : body;
}
