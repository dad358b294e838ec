// The panel for what is done several times: again while a condition holds, a number of times, or once for each line.

import { is } from 'bpmn-js/lib/util/ModelUtil';
import { area, choice, section, text, tick } from './fields.js';
import { t } from './words.js';

export function repeatSection(element, { model, edit }) {
  const now = element.businessObject.get('loopCharacteristics');
  const isAgain = Boolean(now) && is(now, 'bpmn:StandardLoopCharacteristics');
  const isEach = Boolean(now) && !isAgain && Boolean(now.get('loopDataInputRef') || !now.get('loopCardinality'));
  const kind = !now ? 'once' : isAgain ? 'again' : isEach ? 'each' : 'count';
  const put = (values, redraw = false) => edit(() => model.setOf(element, now, values), redraw);
  const expression = (name, redraw) => (body) => {
    const made = body ? model.create('bpmn:FormalExpression', { body }) : undefined;
    if (made) made.$parent = now;
    put({ [name]: made }, redraw);
  };
  const item = (name, type) => (value) => {
    const made = value ? model.create(type, { name: value }) : undefined;
    if (made) made.$parent = now;
    put({ [name]: made });
  };
  const body = (name) => (now.get(name) && now.get(name).get('body')) || '';
  const named = (name) => (now.get(name) && now.get(name).get('name')) || '';
  const number = (value, input) => {
    const isRight = value === '' || /^[1-9]\d{0,2}$/.test(value);
    input.setCustomValidity(isRight ? '' : t(`Cần một số từ 1 đến 500; đang nhập “${value}”.`, `A number from 1 to 500 is needed; this is “${value}”.`));
    input.reportValidity();
    if (isRight) put({ loopMaximum: value === '' ? undefined : Number(value) });
  };
  const fields = [choice(t('Bước này làm', 'This step is done'), kind, [
    ['once', t('một lần', 'once')],
    ['again', t('lặp lại khi điều kiện còn đúng', 'again while a condition holds')],
    ['each', t('mỗi dòng của một danh sách một lượt', 'once for each line of a list')],
    ['count', t('một số lượt', 'a number of times')],
  ], (value) => edit(() => change(element, model, value, now), true))];
  if (isAgain) {
    fields.push(
      area(t('Lặp lại khi còn đúng (FEEL)', 'Again while this holds (FEEL)'), body('loopCondition'), expression('loopCondition'), { isCode: true, rows: 2 }),
      text(t('Nhiều nhất (lần)', 'At most (times)'), now.get('loopMaximum') ? String(now.get('loopMaximum')) : '', number, { mode: 'numeric', half: true }),
      tick(t('Hỏi điều kiện trước cả lần đầu', 'Ask before the first time too'), now.get('testBefore'), (value) => put({ testBefore: value })));
  } else if (now) {
    if (isEach) {
      fields.push(
        text(t('Danh sách', 'List'), now.get('loopDataInputRef'), (value) => put({ loopDataInputRef: value }),
          { half: true, hint: t('Tên một bảng nhiều dòng của biểu mẫu.', 'The name of a table of the forms.') }),
        text(t('Gọi một dòng là', 'One line is called'), named('inputDataItem'), item('inputDataItem', 'bpmn:DataInput'), { half: true }));
    } else {
      fields.push(text(t('Số lượt (số, hoặc FEEL)', 'Number of runs (number or FEEL)'), body('loopCardinality'), expression('loopCardinality')));
    }
    fields.push(
      choice(t('Các lượt', 'The runs'), now.get('isSequential') ? 'turn' : '', [
        ['', t('làm cùng lúc', 'all at once')],
        ['turn', t('làm lần lượt', 'one after another')],
      ], (value) => put({ isSequential: value === 'turn' })),
      area(t('Đủ khi (FEEL; để trống: chờ mọi lượt)', 'Enough when (FEEL; empty: wait for all)'), body('completionCondition'),
        expression('completionCondition'), { isCode: true, rows: 2 }),
      text(t('Gom kết quả vào danh sách', 'Gather results in the list'), now.get('loopDataOutputRef'), (value) => put({ loopDataOutputRef: value }), { half: true }),
      text(t('Kết quả của một lượt là ô', 'The result of one run is the field'), named('outputDataItem'), item('outputDataItem', 'bpmn:DataOutput'), { half: true }));
  }
  return section(t('Làm mấy lần', 'How often it is done'), Boolean(now), ...fields);
}

function change(element, model, kind, now) {
  let made;
  if (kind === 'again') made = model.create('bpmn:StandardLoopCharacteristics', { loopMaximum: 3 });
  else if (kind !== 'once') {
    made = model.create('bpmn:MultiInstanceLoopCharacteristics', { isSequential: Boolean(now && now.get('isSequential')) });
    if (kind === 'count') {
      const number = model.create('bpmn:FormalExpression', { body: '2' });
      number.$parent = made;
      made.set('loopCardinality', number);
    }
  }
  if (made) made.$parent = element.businessObject;
  model.modeling.updateProperties(element, { loopCharacteristics: made });
}
