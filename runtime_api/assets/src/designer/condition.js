// The condition builder: field, operator, value, in groups of "all" and "any". The server turns the model into FEEL
// and back, and says it as a sentence in both languages, so that the two can never differ.

import { button, make } from './fields.js';
import { isFull } from './mode.js';
import { NoAnswer, post } from './server.js';
import { said, t } from './words.js';

const NO_VALUE = ['empty', 'given'];
const FITTING = {
  flag: ['=', '!='],
  choice: ['=', '!=', 'in', 'not in', 'empty', 'given'],
  number: ['=', '!=', '<', '<=', '>', '>=', 'between', 'empty', 'given'],
  day: ['=', '!=', '<', '<=', '>', '>=', 'between', 'empty', 'given'],
  text: ['=', '!=', 'contains', 'in', 'not in', 'empty', 'given'],
};

export class ConditionBuilder {
  /** `asked` as the server lists what may be asked; `onFeel(feel)` is told of every complete condition. */
  constructor({ url, asked, operators, feel, isHeld, onFeel }) {
    Object.assign(this, { url, asked, operators, feel, isHeld, onFeel });
    this.rows = make('div', { className: 'condition' });
    this.sentence = make('p', { className: 'sentence' });
    this.sentence.setAttribute('role', 'status');
    this.node = make('div', {}, this.rows, this.sentence);
    this.open();
  }

  async open() {
    try {
      this.take(await this.ask({ feel: this.feel || 'true' }));
    } catch (error) {
      this.sentence.textContent = this.trouble(error);
    }
  }

  async ask(what) {
    const subjects = {};
    for (const one of this.asked) if (one.isNew) subjects[one.name] = { label: one.label, options: one.options };
    return post(this.url, { ...what, subjects });
  }

  take(answer) {
    if (answer.error) {
      this.say(answer.error, true);
      return;
    }
    const isPlain = answer.model.parts && !answer.model.negated;
    this.model = isPlain ? answer.model : { mode: 'all', negated: false, parts: [answer.model] };
    this.say(answer.sentence);
    this.draw();
  }

  say(sentence, isBad = false) {
    this.sentence.className = isBad ? 'sentence err' : 'sentence';
    const words = typeof sentence === 'string' ? [sentence] : [sentence.vi, sentence.en];
    this.sentence.replaceChildren(...words.filter(Boolean).map((one, at) => make('span', { lang: at ? 'en' : 'vi' }, one)));
  }

  trouble(error) {
    return error instanceof NoAnswer
      ? t('Mất kết nối: điều kiện chưa kiểm tra được.', 'No connection: the condition was not checked.') : error.message;
  }

  async changed(isDrawn = false) {
    if (isDrawn) this.draw();
    const whole = tidy(this.model);
    if (!whole) return;
    try {
      const answer = await this.ask({ model: whole });
      if (answer.error) {
        this.say(answer.error, true);
        return;
      }
      this.say(answer.sentence);
      this.feel = answer.feel;
      this.onFeel(answer.feel);
    } catch (error) {
      this.say(this.trouble(error), true);
    }
  }

  draw() {
    this.rows.replaceChildren(this.group(this.model, null));
    if (this.isHeld) for (const one of this.rows.querySelectorAll('select, input, button, textarea')) one.disabled = true;
  }

  group(model, parent) {
    const mode = this.select(t('Phải đúng', 'Must hold'), model.mode, [
      ['all', t('tất cả các điều kiện sau', 'all of these')], ['any', t('ít nhất một điều kiện sau', 'at least one of these')],
    ], (value) => { model.mode = value; this.changed(); });
    const node = make('fieldset', { className: 'group' }, make('legend', {}, t('Nhóm điều kiện', 'Group of conditions')));
    if (model.parts.length > 1 || parent) node.append(mode);
    if (model.negated) node.append(make('p', { className: 'hint' }, t('Không phải là:', 'It is not so that:')));
    model.parts.forEach((part) => node.append(this.part(part, model)));
    node.append(button(t('+ Điều kiện', '+ Condition'), () => {
      model.parts.push({ field: '', operator: '=', values: [] });
      this.draw();
    }), button(t('+ Nhóm', '+ Group'), () => {
      model.parts.push({ mode: model.mode === 'all' ? 'any' : 'all', negated: false, parts: [{ field: '', operator: '=', values: [] }] });
      this.draw();
    }));
    if (parent) node.append(this.remover(model, parent));
    return node;
  }

  part(part, group) {
    if (part.parts) return this.group(part, group);
    if ('written' in part) return this.written(part, group);
    const about = this.asked.find((one) => one.name === part.field);
    const fields = this.grouped().map(({ label, options }) => ({ label, options }));
    const field = this.select(t('Ô hoặc lựa chọn', 'Field or choice'), part.field, [['', '—'], ...fields], (value) => {
      part.field = value;
      const found = this.asked.find((one) => one.name === value);
      if (found && !FITTING[found.kind].includes(part.operator)) part.operator = '=';
      part.values = [];
      this.changed(true);
    });
    const fitting = about ? FITTING[about.kind] : Object.values(FITTING).flat();
    const known = this.operators.filter((one) => fitting.includes(one.code) || one.code === part.operator);
    const operator = this.select(t('So sánh', 'Comparison'), part.operator, known.map((one) => [one.code, said(one.name)]), (value) => {
      part.operator = value;
      if (NO_VALUE.includes(value)) part.values = [];
      this.changed(true);
    });
    const row = make('div', { className: 'condition-row' }, field, operator);
    if (!NO_VALUE.includes(part.operator)) row.append(...this.values(part, about));
    row.append(this.remover(part, group));
    return row;
  }

  values(part, about) {
    const kind = about ? about.kind : 'text';
    const count = part.operator === 'between' ? 2 : 1;
    if (['in', 'not in'].includes(part.operator)) {
      return [this.input(t('Các giá trị, cách nhau bằng dấu phẩy', 'Values, with commas between'), part.values.map(shown).join(', '),
        (text) => { part.values = text.split(',').map((one) => one.trim()).filter(Boolean).map((one) => read(one, kind)); this.changed(); })];
    }
    return Array.from({ length: count }, (_, at) => {
      const label = count > 1 ? [t('Từ', 'From'), t('Đến', 'To')][at] : t('Giá trị', 'Value');
      const put = (value) => { part.values[at] = value; this.changed(); };
      const now = part.values[at];
      if (now && ('name' in now)) return this.input(label, shown(now), (text) => put(read(text, kind)));
      if (kind === 'flag') {
        return this.select(label, now ? String(now.flag) : '', [['', '—'], ['true', t('có', 'yes')], ['false', t('không', 'no')]],
          (value) => value && put({ flag: value === 'true' }));
      }
      if (kind === 'choice' && about.options.length) {
        return this.select(label, now ? shown(now) : '', [['', '—'], ...about.options.map(([code, words]) => [code, said(words)])],
          (value) => value && put({ text: value }));
      }
      return this.input(label, now ? shown(now) : '', (text) => put(read(text, kind)), kind === 'day' ? t('ngày/tháng/năm', 'day/month/year') : '');
    });
  }

  written(part, group) {
    const words = make('textarea', { className: 'code', rows: 2, value: part.written, readOnly: !isFull() });
    words.setAttribute('aria-label', t('Biểu thức FEEL', 'FEEL expression'));
    words.onchange = () => { part.written = words.value.trim(); this.changed(); };
    const hint = isFull() ? null : make('p', { className: 'hint' }, t('Viết bằng FEEL; sửa ở chế độ đầy đủ.', 'Written in FEEL; edited in the full mode.'));
    return make('div', { className: 'condition-row' }, words, hint, this.remover(part, group));
  }

  grouped() {
    const groups = new Map();
    for (const one of this.asked) {
      const label = said(one.group);
      groups.set(label, [...(groups.get(label) || []), [one.name, said(one.label)]]);
    }
    return [...groups].map(([label, options]) => ({ label, options }));
  }

  select(label, value, options, onChange) {
    const node = make('select');
    node.setAttribute('aria-label', label);
    const known = new Set();
    const option = ([code, words]) => {
      known.add(code);
      return make('option', { value: code, selected: code === value }, words);
    };
    for (const one of options) {
      node.append(Array.isArray(one) ? option(one) : make('optgroup', { label: one.label }, ...one.options.map(option)));
    }
    if (value && !known.has(value)) node.append(make('option', { value, selected: true }, value));
    node.onchange = () => onChange(node.value);
    return node;
  }

  input(label, value, onChange, placeholder = '') {
    const node = make('input', { type: 'text', value, placeholder, spellcheck: false });
    node.setAttribute('aria-label', label);
    node.onchange = () => onChange(node.value.trim());
    return node;
  }

  remover(part, group) {
    return button('×', () => {
      group.parts.splice(group.parts.indexOf(part), 1);
      this.changed(true);
    }, 'btn tiny danger', t('Bỏ điều kiện này', 'Remove this condition'));
  }
}

// What is filled in completely; null while nothing is.
function tidy(model) {
  if ('written' in model) return model.written ? model : null;
  if (!model.parts) {
    const isWhole = model.field && (NO_VALUE.includes(model.operator) || model.values.filter(Boolean).length >= (model.operator === 'between' ? 2 : 1));
    return isWhole ? model : null;
  }
  const parts = model.parts.map(tidy).filter(Boolean);
  if (!parts.length) return null;
  return parts.length === 1 && !model.negated ? parts[0] : { ...model, parts };
}

function shown(value) {
  if ('flag' in value) return String(value.flag);
  if ('number' in value) return value.number.replace('.', t(',', '.'));
  if ('name' in value) return `=${value.name}`;
  if ('moment' in value) {
    const [year, month, day] = value.moment.split('-');
    return day && value.moment.length === 10 ? `${day}/${month}/${year}` : value.moment;
  }
  return value.text;
}

function read(text, kind) {
  if (text.startsWith('=')) return { name: text.slice(1).trim() };
  if (kind === 'number') return { number: text.replace(/\s/g, '').replace(',', '.') };
  const day = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (kind === 'day' && day) return { moment: `${day[3]}-${day[2].padStart(2, '0')}-${day[1].padStart(2, '0')}`, kind: 'date' };
  if (kind === 'flag') return { flag: /^(có|true|yes)$/i.test(text) };
  return { text };
}
