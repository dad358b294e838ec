// Small pieces of the side panel: labelled fields that report a change once it is complete.

let number = 0;

/** make('p', {className}, 'words', child, …) */
export function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.filter((one) => one !== null && one !== undefined));
  return node;
}

export function section(title, isOpen, ...children) {
  return make('details', { className: 'part', open: isOpen }, make('summary', {}, title), ...children);
}

/** `isFree`: a unit may change it even in a step of which it may change little. */
function labelled(label, input, hint, { half, isFree } = {}) {
  input.id = `f${++number}`;
  const field = make('div', { className: half ? 'field half' : 'field' }, make('label', { htmlFor: input.id }, label), input);
  if (isFree) field.dataset.free = 'true';
  if (hint) {
    const words = make('p', { className: 'hint', id: `${input.id}h` }, hint);
    input.setAttribute('aria-describedby', words.id);
    field.append(words);
  }
  return field;
}

export function text(label, value, onChange, { hint, placeholder = '', half, mode, isFree } = {}) {
  const input = make('input', { type: 'text', defaultValue: value || '', placeholder, spellcheck: false });
  if (mode) input.inputMode = mode;
  input.onchange = () => onChange(input.value.trim(), input);
  return labelled(label, input, hint, { half, isFree });
}

export function area(label, value, onChange, { hint, rows = 3, isCode, isFree } = {}) {
  const input = make('textarea', { defaultValue: value || '', rows, spellcheck: false, className: isCode ? 'code' : '' });
  input.onchange = () => onChange(input.value.trim(), input);
  return labelled(label, input, hint, { isFree });
}

/** options: [[value, words], …] or {label, options} groups; an unknown present value stays choosable. */
export function choice(label, value, options, onChange, { hint, half, isFree } = {}) {
  const select = make('select');
  const known = new Set();
  const option = ([code, words]) => {
    known.add(code);
    return make('option', { value: code, selected: code === (value || '') }, words);
  };
  for (const one of options) {
    if (Array.isArray(one)) select.append(option(one));
    else select.append(make('optgroup', { label: one.label }, ...one.options.map(option)));
  }
  if (value && !known.has(value)) select.append(make('option', { value, selected: true }, value));
  select.onchange = () => onChange(select.value, select);
  return labelled(label, select, hint, { half, isFree });
}

export function tick(label, value, onChange, { hint } = {}) {
  const input = make('input', { type: 'checkbox', checked: Boolean(value), id: `f${++number}` });
  input.onchange = () => onChange(input.checked, input);
  const field = make('div', { className: 'field tick' }, input, make('label', { htmlFor: input.id }, label));
  if (hint) field.append(make('p', { className: 'hint' }, hint));
  return field;
}

export function button(words, onClick, className = 'btn small', title = '') {
  const node = make('button', { type: 'button', className, title }, words);
  if (title) node.setAttribute('aria-label', title);
  node.onclick = onClick;
  return node;
}

/** Cards that can be added, moved and removed. */
export function cards(items, draw, { onAdd, addWords, onMove, onRemove, words }) {
  const list = make('ol', { className: 'cards' });
  items.forEach((item, at) => {
    const tools = make('div', { className: 'card-tools' },
      make('b', {}, words.one(item, at)),
      button('↑', () => onMove(at, at - 1), 'btn tiny', words.up),
      button('↓', () => onMove(at, at + 1), 'btn tiny', words.down),
      button('×', () => onRemove(at), 'btn tiny danger', words.remove));
    tools.children[1].disabled = at === 0;
    tools.children[2].disabled = at === items.length - 1;
    list.append(make('li', { className: 'card' }, tools, ...draw(item, at)));
  });
  return make('div', {}, list, button(addWords, onAdd));
}
