// The panel's tabs for a step: what, who, how long, form, papers, money, law, the citizen's text, messages.

import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { area, button, cards, choice, make, text, tick } from './fields.js';
import { isFull } from './mode.js';
import { repeatSection } from './repeat.js';
import { fold, said, t } from './words.js';

/** The tabs of a step; `panel` gives {model, office, edit(change, redraw), comments}. */
export function stepTabs(element, panel) {
  const { model, office } = panel;
  const get = (name) => model.get(element, `mc:${name}`);
  const set = (name, redraw) => (value) => panel.edit(() => model.set(element, { [`mc:${name}`]: value }), redraw);
  const isPersonal = isAny(element, ['bpmn:UserTask', 'bpmn:ManualTask']) || element.type === 'bpmn:Task';
  const tabs = [
    { code: 'what', name: t('Việc', 'What'), draw: () => [
      choice(t('Loại bước', 'Kind of step'), get('kind'), [
        ['', t('— chưa chọn —', '— not chosen —')],
        ...office.kinds.map((one) => [one.code, said(one.name)]),
      ], set('kind')),
      ...names(element, panel),
      lines(t('Việc cần làm (mỗi dòng một việc)', 'What to do, in Vietnamese (one thing a line)'), element, 'vi', panel),
      lines(t('Việc cần làm, tiếng Anh', 'What to do, in English'), element, 'en', panel),
      heading(t('Các nút quyết định', 'Decision buttons')),
      ...outcomes(element, panel),
    ] },
    { code: 'who', name: t('Ai', 'Who'), draw: () => [
      choice(t('Vai trò', 'Role'), get('role'), [
        ['', t('— chưa giao —', '— nobody yet —')],
        ...office.roles.map((one) => [one.code, said(one.name)]),
      ], set('role'), { isFree: true }),
      choice(t('Ở đơn vị', 'In the unit'), get('unit'), units(office, get('unit')), set('unit'), { isFree: true }),
      ...(isFull() ? [text(t('Hoặc quy tắc chọn đơn vị (= và FEEL)', 'Or a rule for the unit (= and FEEL)'), (get('unit') || '').startsWith('=') ? get('unit') : '',
        (value) => (value === '' || value.startsWith('=')) && set('unit', true)(value))] : []),
      zone(element, panel),
    ] },
    { code: 'time', name: t('Bao lâu', 'How long'), draw: () => [
      hours(element, panel),
      tick(t('Không tính vào thời hạn của cơ quan', 'Not part of the office’s limit'), get('ownClock'), set('ownClock'),
        { hint: t('Ví dụ: thời gian công dân bổ sung.', 'Such as the time in which the citizen supplements.') }),
      ...(isPersonal ? [button(t('+ Đặt hạn cho bước (quá hạn đi đường khác)', '+ Time limit (another way when it passes)'), () => panel.addDeadline(element))] : []),
      ...(isFull() ? [repeatSection(element, panel)] : []),
    ] },
    { code: 'form', name: t('Biểu mẫu', 'Form'), draw: () => [
      choice(t('Biểu mẫu điền ở bước này', 'Form filled in here'), get('form'), [
        ['', t('— không có —', '— none —')],
        ...office.forms.map((one) => [one.code, said(one.name)]),
      ], set('form')),
    ] },
    { code: 'papers', name: t('Giấy tờ', 'Papers'), draw: () => [
      choice(t('Bước này kết thúc hồ sơ với', 'This step settles the dossier as'), get('result'), [
        ['', t('— không —', '— it does not —')],
        ['granted', t('chấp thuận', 'granted')],
        ['refused', t('từ chối', 'refused')],
      ], set('result')),
      text(t('Lấy số từ sổ', 'Takes a number from the book'), get('register'), set('register'),
        { hint: t('Mã sổ không dấu, ví dụ: so_cap_phep.', 'A plain code, such as: licence_book.') }),
      heading(t('Thành phần hồ sơ của thủ tục', 'Papers of the procedure')),
      office.components.length
        ? make('ul', { className: 'plain-list' }, ...office.components.map((one) => make('li', {}, said(one.name))))
        : make('p', { className: 'hint' }, t('Chưa khai giấy tờ nào.', 'None yet.')),
      terms(office, '#papers', t('Sửa thành phần hồ sơ', 'Change the papers')),
    ] },
    { code: 'money', name: t('Tiền', 'Money'), draw: () => [
      tick(t('Thu phí, lệ phí ở bước này', 'The fee is collected at this step'), get('kind') === 'collect_fee',
        (value) => set('kind', true)(value ? 'collect_fee' : 'check')),
      make('p', {}, said(office.fee) || (office.feeRule ? '' : t('Thủ tục này không thu phí.', 'This procedure has no fee.'))),
      ...(office.feeRule ? [make('p', { className: 'hint code' }, office.feeRule)] : []),
      ...(office.feeSource ? [make('p', { className: 'hint' }, t('Căn cứ: ', 'By: '), office.feeSource)] : []),
      terms(office, '#fee', t('Sửa mức thu, công thức, miễn giảm, căn cứ', 'Change amount, rule, exemption, law')),
    ] },
    { code: 'law', name: t('Luật', 'Law'), draw: () => legal(element, panel) },
    { code: 'citizen', name: t('Công dân', 'Citizen'), draw: () => [
      area(t('Câu trạng thái', 'Status sentence, in Vietnamese'), model.publicText(element),
        (value) => panel.edit(() => model.setPublicText(element, value)), { rows: 2 }),
      area(t('Câu trạng thái, tiếng Anh', 'Status sentence, in English'), model.english(element, 'public'),
        (value) => panel.edit(() => model.setEnglish(element, 'public', value)), { rows: 2 }),
    ] },
    { code: 'messages', name: t('Tin nhắn', 'Messages'), draw: () => messageFields(element, panel) },
  ];
  if (is(element, 'bpmn:CallActivity')) {
    tabs[0].draw = () => [...names(element, panel), text(t('Mã quy trình', 'Process id'), model.get(element, 'calledElement'),
      (value) => panel.edit(() => model.set(element, { calledElement: value })))];
  }
  const shown = isPersonal ? tabs.filter((one) => one.code !== 'messages' || isFull())
    : tabs.filter((one) => ['what', 'messages', 'citizen', 'law'].includes(one.code));
  if (!isPersonal && !is(element, 'bpmn:CallActivity')) shown[0].draw = () => [...names(element, panel), ...table(element, panel)];
  if (!isPersonal && isFull()) shown.splice(1, 0, { code: 'time', name: t('Mấy lần', 'How often'), draw: () => [repeatSection(element, panel)] });
  return shown;
}

/** The decision table that an automatic step asks. */
function table(element, { model, office, edit }) {
  if (!is(element, 'bpmn:BusinessRuleTask')) return [];
  const set = (name) => (value) => edit(() => model.set(element, { [`mc:${name}`]: value }));
  return [
    choice(t('Hỏi bảng quyết định', 'Ask the decision table'), model.get(element, 'mc:decide'), [
      ['', t('— chưa chọn —', '— not chosen —')],
      ...office.decisions.map((one) => [one.id, one.name]),
    ], set('decide')),
    text(t('Ghi kết quả vào', 'Result goes into'), model.get(element, 'mc:decideInto'), set('decideInto'),
      { hint: t('Chữ không dấu; các bước sau đọc kết quả bằng tên này.', 'Plain letters; later steps read the result by this name.') }),
  ];
}

// In the same tab: the draft has one version, and a second tab would save over an old one.
const terms = (office, part, words) => make('p', {}, make('a', { href: office.urls.show + part }, words));

/** Name of the message a step or event sends or awaits, and what it carries. */
export function messageFields(element, { model, office, edit }) {
  const all = model.extensions(element, 'mc:Field');
  const put = (wanted) => edit(() => model.setExtensions(element, 'mc:Field', wanted), true);
  const set = (one, name) => (value) => edit(() => model.setOf(element, one, { [name]: value }));
  const parts = [];
  if (isAny(element, ['bpmn:SendTask', 'bpmn:ReceiveTask'])) {
    const present = model.get(element, 'messageRef');
    parts.push(text(t('Tên tin nhắn', 'Name of the message'), present && present.get('name'),
      (value) => edit(() => model.setReference(element, element.businessObject, 'messageRef', 'bpmn:Message', value)),
      { hint: t('Bên kia dùng đúng tên này.', 'The other side uses the same name.') }));
  }
  parts.push(text(t('Giữ tin bao lâu (ISO, ví dụ P30D)', 'Keep it for (ISO, such as P30D)'), model.get(element, 'mc:keep'),
    (value) => edit(() => model.set(element, { 'mc:keep': value }))));
  parts.push(heading(t('Nội dung của tin', 'What it carries')), cards(all, (one) => [
    text(t('Tên trường', 'Field'), one.get('name'), set(one, 'name'), { half: true }),
    text(t('Giá trị (FEEL)', 'Value (FEEL)'), one.get('value'), set(one, 'value'), { half: true }),
  ], {
    words: wordsOf((one) => one.get('name')),
    addWords: t('+ Thêm trường', '+ Add a field'),
    onAdd: () => put([...all, model.create('mc:Field', { name: free('field', all.map((one) => one.get('name'))) })]),
    onMove: (from, to) => put(moved(all, from, to)),
    onRemove: (at) => put(all.filter((_, index) => index !== at)),
  }));
  if (!isAny(element, ['bpmn:UserTask', 'bpmn:ManualTask', 'bpmn:SubProcess', 'bpmn:CallActivity']) && element.type !== 'bpmn:Task') {
    parts.push(make('p', {}, make('a', { href: `${office.urls.parts}${encodeURIComponent(element.id)}` },
      t('Khóa để tin tìm đúng hồ sơ: sửa ở bảng các bước', 'Keys by which it finds its dossier: in the table of steps'))));
  }
  return parts;
}

function heading(words) {
  return make('h3', { className: 'tab-heading' }, words);
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

function units(office, chosen) {
  return [
    ...(chosen && chosen.startsWith('=') ? [[chosen, t('theo quy tắc', 'by a rule')]] : []),
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
