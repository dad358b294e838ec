// The panel's sections for a step: who, how long, which form, which buttons, what the citizen reads.

import { is } from 'bpmn-js/lib/util/ModelUtil';
import { area, cards, choice, section, text, tick } from './fields.js';
import { fold, said, t } from './words.js';

/** `panel` gives {model, office, edit(change, {redraw}), isLocked}. */
export function stepSections(element, panel) {
  const { model, office } = panel;
  const get = (name) => model.get(element, `mc:${name}`);
  const set = (name, redraw) => (value) => panel.edit(() => model.set(element, { [`mc:${name}`]: value }), redraw);
  return [
    section(t('Bước việc', 'Step'), true,
      choice(t('Loại bước', 'Kind of step'), get('kind'), [
        ['', t('— chưa chọn —', '— not chosen —')],
        ...office.kinds.map((one) => [one.code, said(one.name)]),
      ], set('kind')),
      ...names(element, panel)),
    section(t('Ai làm, trong bao lâu', 'Who, and how long'), true,
      choice(t('Vai trò', 'Role'), get('role'), [
        ['', t('— chưa giao —', '— nobody yet —')],
        ...office.roles.map((one) => [one.code, said(one.name)]),
      ], set('role'), { isFree: true }),
      choice(t('Ở đơn vị', 'In the unit'), get('unit'), units(office), set('unit'), { isFree: true }),
      hours(element, panel),
      tick(t('Không tính vào thời hạn của cơ quan', 'Not part of the office’s limit'), get('ownClock'), set('ownClock'),
        { hint: t('Ví dụ: thời gian công dân bổ sung.', 'Such as the time in which the citizen supplements.') })),
    section(t('Làm gì', 'What to do'), true,
      choice(t('Biểu mẫu điền ở bước này', 'Form filled in here'), get('form'), [
        ['', t('— không có —', '— none —')],
        ...office.forms.map((one) => [one.code, said(one.name)]),
      ], set('form')),
      lines(t('Việc cần làm (mỗi dòng một việc)', 'What to do, in Vietnamese (one thing a line)'), element, 'vi', panel),
      lines(t('Việc cần làm, tiếng Anh', 'What to do, in English'), element, 'en', panel)),
    section(t('Các nút quyết định', 'Decision buttons'), model.extensions(element, 'mc:Outcome').length > 0,
      ...outcomes(element, panel)),
    section(t('Công dân đọc gì', 'What the citizen reads'), Boolean(model.publicText(element)),
      area(t('Câu trạng thái', 'Status sentence, in Vietnamese'), model.publicText(element),
        (value) => panel.edit(() => model.setPublicText(element, value)), { rows: 2 }),
      area(t('Câu trạng thái, tiếng Anh', 'Status sentence, in English'), model.english(element, 'public'),
        (value) => panel.edit(() => model.setEnglish(element, 'public', value)), { rows: 2 })),
    section(t('Căn cứ pháp lý', 'Legal basis'), model.extensions(element, 'mc:Legal').length > 0, ...legal(element, panel)),
    section(t('Kết quả, sổ và phần khóa', 'Result, register and lock'), false,
      choice(t('Bước này kết thúc hồ sơ với', 'This step settles the dossier as'), get('result'), [
        ['', t('— không —', '— it does not —')],
        ['granted', t('chấp thuận', 'granted')],
        ['refused', t('từ chối', 'refused')],
      ], set('result'), { half: true }),
      text(t('Lấy số từ sổ', 'Takes a number from the book'), get('register'), set('register'), { half: true }),
      zone(element, panel)),
  ];
}

export function names(element, panel) {
  const { model } = panel;
  return [
    text(t('Tên (tiếng Việt)', 'Name in Vietnamese'), model.get(element, 'name'),
      (value) => panel.edit(() => model.set(element, { name: value }), false)),
    text(t('Tên tiếng Anh', 'Name in English'), model.english(element, 'name'),
      (value) => panel.edit(() => model.setEnglish(element, 'name', value))),
  ];
}

export function zone(element, { model, office, edit }) {
  if (!office.canLock) return null;
  return choice(t('Đơn vị được đổi', 'A unit may change'), model.get(element, 'mc:zone'), [
    ['', t('mọi thứ', 'everything')],
    ['adjustable', t('người làm, số giờ và việc cần làm', 'who, hours and what to do')],
    ['locked', t('không gì cả (khóa)', 'nothing (locked)')],
  ], (value) => edit(() => model.set(element, { 'mc:zone': value })));
}

function units(office) {
  return [
    ['', t('— chưa chọn —', '— not chosen —')],
    ['receiving', t('nơi tiếp nhận', 'where it was received')],
    ['competent', t('cơ quan có thẩm quyền', 'the competent office')],
    ...office.participants.map((one) => [one.code, said(one.name)]),
  ];
}

function hours(element, { model, edit }) {
  const shown = (model.get(element, 'mc:hours') || '').replace('.', t(',', '.'));
  return text(t('Số giờ làm việc', 'Working hours'), shown, (value, input) => {
    const plain = value.replace(',', '.');
    const isRight = plain === '' || (/^\d+(\.\d+)?$/.test(plain) && Number(plain) <= 10000);
    input.setCustomValidity(isRight ? '' : t(`Cần một số giờ từ 0 trở lên; đang nhập “${value}”.`,
      `A number of hours from 0 is needed; this is “${value}”.`));
    input.reportValidity();
    if (isRight) edit(() => model.set(element, { 'mc:hours': plain }));
  }, { isFree: true, mode: 'decimal', hint: t('8 giờ là một ngày làm việc. Ví dụ: 4 hoặc 1,5.', '8 hours make a working day. Such as 4 or 1.5.') });
}

function lines(label, element, lang, { model, edit }) {
  return area(label, model.todo(element, lang).join('\n'), (value) => {
    const wanted = value.split('\n').map((one) => one.trim()).filter(Boolean);
    edit(() => model.setTodo(element, lang, wanted));
  }, { rows: lang === 'vi' ? 4 : 2, isFree: true });
}

function outcomes(element, panel) {
  const { model, edit } = panel;
  const all = model.extensions(element, 'mc:Outcome');
  const put = (wanted) => edit(() => model.setExtensions(element, 'mc:Outcome', wanted), true);
  const set = (one, name) => (value) => edit(() => model.setOf(element, one, { [name]: value }));
  const list = cards(all, (one) => [
    text(t('Tên nút', 'Button, in Vietnamese'), one.get('name'), set(one, 'name')),
    text(t('Tên nút, tiếng Anh', 'Button, in English'), one.get('nameEn'), set(one, 'nameEn')),
    text(t('Mã', 'Code'), one.get('code'), (value) => edit(() => rename(element, panel, one, value)), { half: true }),
    choice(t('Kiểu', 'Style'), one.get('style') || 'plain', [
      ['main', t('nút chính', 'main button')],
      ['plain', t('nút thường', 'plain button')],
      ['danger', t('từ chối', 'refusal')],
    ], set(one, 'style'), { half: true }),
    tick(t('Phải ghi lý do', 'A reason must be given'), one.get('reason'), set(one, 'reason')),
    text(t('Dòng nhắc dưới nút', 'Hint under the button, in Vietnamese'), one.get('hint'), set(one, 'hint')),
    text(t('Dòng nhắc, tiếng Anh', 'Hint, in English'), one.get('hintEn'), set(one, 'hintEn')),
  ], {
    words: wordsOf((one) => said({ vi: one.get('name') || '', en: one.get('nameEn') || '' }) || one.get('code')),
    addWords: t('+ Thêm nút', '+ Add a button'),
    onAdd: () => {
      const code = free('outcome', all.map((one) => one.get('code')));
      const added = model.create('mc:Outcome', { code, name: t('Nút mới', 'Nút mới'), nameEn: 'New button' });
      edit(() => {
        model.setExtensions(element, 'mc:Outcome', [...all, added]);
        if (!model.get(element, 'mc:decision')) model.set(element, { 'mc:decision': decisionName(element) });
      }, true);
    },
    onMove: (from, to) => put(moved(all, from, to)),
    onRemove: (at) => put(all.filter((_, index) => index !== at)),
  });
  return [
    text(t('Quyết định ghi vào biến', 'The decision is kept as'), model.get(element, 'mc:decision'),
      (value) => edit(() => model.set(element, { 'mc:decision': value })),
      { hint: t('Tên không dấu; điều kiện của các nhánh đọc biến này.', 'Plain letters; the conditions of the branches read it.') }),
    list,
  ];
}

// A code is read by conditions elsewhere: they follow when it is renamed.
function rename(element, { model }, outcome, code) {
  const old = outcome.get('code');
  const variable = model.get(element, 'mc:decision');
  model.setOf(element, outcome, { code });
  for (const flow of model.registry.filter((one) => is(one, 'bpmn:SequenceFlow') && !one.labelTarget)) {
    const condition = flow.businessObject.get('conditionExpression');
    if (condition && condition.get('body') === `${variable} = "${old}"`) {
      model.setOf(flow, condition, { body: `${variable} = "${code}"` });
    }
  }
}

function legal(element, { model, edit }) {
  const all = model.extensions(element, 'mc:Legal');
  const put = (wanted) => edit(() => model.setExtensions(element, 'mc:Legal', wanted), true);
  const set = (one, name) => (value) => edit(() => model.setOf(element, one, { [name]: value }));
  return [cards(all, (one) => [
    text(t('Văn bản', 'Document'), one.get('document'), set(one, 'document'), { placeholder: 'Luật Xây dựng 50/2014/QH13' }),
    text(t('Điều, khoản', 'Article'), one.get('article'), set(one, 'article'), { half: true }),
    text(t('Ghi chú', 'Note'), one.get('note'), set(one, 'note'), { half: true }),
  ], {
    words: wordsOf((one) => [one.get('article'), one.get('document')].filter(Boolean).join(' ')),
    addWords: t('+ Thêm căn cứ', '+ Add a legal basis'),
    onAdd: () => put([...all, model.create('mc:Legal', { document: '' })]),
    onMove: (from, to) => put(moved(all, from, to)),
    onRemove: (at) => put(all.filter((_, index) => index !== at)),
  })];
}

function wordsOf(name) {
  return {
    one: (item, at) => `${at + 1}. ${name(item) || ''}`,
    up: t('Chuyển lên', 'Move up'),
    down: t('Chuyển xuống', 'Move down'),
    remove: t('Bỏ', 'Remove'),
  };
}

function moved(all, from, to) {
  const rest = all.filter((_, index) => index !== from);
  rest.splice(to, 0, all[from]);
  return rest;
}

function free(stem, taken) {
  let at = taken.length + 1;
  while (taken.includes(`${stem}_${at}`)) at += 1;
  return `${stem}_${at}`;
}

function decisionName(element) {
  const words = fold(element.businessObject.get('mc:kind') || element.id).replace(/[^a-z0-9]+/g, '_');
  return `${words.replace(/^_+|_+$/g, '') || 'step'}_decision`;
}
