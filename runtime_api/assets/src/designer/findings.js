// What the server says of the drawing: rules, proof, deadlines; painted on it and listed in plain words, with
// repairs. As a mode, not a nag: whoever wants quiet while drawing turns the signs off, and that is remembered.

import { button, make } from './fields.js';
import { remember, remembered } from './mode.js';
import { NoAnswer, post } from './server.js';
import { t } from './words.js';

const WAIT_MS = 700; // after the last change, so that drawing is never disturbed
const KEY = 'motcua.designer.problems';
const SIGNS = { error: '▲', open: '●', warning: '●', note: 'i' };

export class Findings {
  constructor(modeler, { urls, list, summary, total, scenarios, onChoose, onMend }) {
    Object.assign(this, { modeler, urls, list, summary, total, scenarios, onChoose, onMend, asked: 0, last: null });
    this.isShown = remembered(KEY) !== 'off';
    modeler.on('commandStack.changed', () => this.soon());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), WAIT_MS);
  }

  toggle(isOn) {
    this.isShown = isOn;
    remember(KEY, isOn ? 'on' : 'off');
    this.paint();
  }

  async check() {
    const number = ++this.asked;
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      const found = await post(this.urls.lint, xml);
      if (number === this.asked) this.show(found); // a slower, older answer says nothing any more
    } catch (error) {
      if (number !== this.asked) return;
      this.summary.className = 'tag wait';
      this.summary.textContent = error instanceof NoAnswer
        ? t('Chưa kiểm tra được: mất kết nối', 'Not checked: no connection') : t(`Chưa kiểm tra: ${error.message}`, `Not checked: ${error.message}`);
    }
  }

  show(found) {
    this.last = found;
    const own = found.findings.filter((one) => one.group !== 'second_opinion');
    const errors = own.filter((one) => one.severity === 'error').length;
    const warnings = own.length - errors;
    this.summary.className = errors ? 'tag late' : warnings ? 'tag soon' : 'tag ok';
    this.summary.textContent = own.length
      ? [errors && `▲ ${errors} ${t('lỗi', errors > 1 ? 'errors' : 'error')}`,
        warnings && `● ${warnings} ${t('điều cần xem', warnings > 1 ? 'points to look at' : 'point to look at')}`]
        .filter(Boolean).join(' · ')
      : t('✓ Không có lỗi', '✓ No errors');
    if (!own.length && found.proof === 'sound') this.summary.textContent += t(' · đã chứng minh', ' · proven');
    this.total.textContent = found.total;
    this.total.className = `tag num ${found.over ? 'late' : 'ok'}`;
    this.total.hidden = !found.total;
    this.scenarios.textContent = found.scenarios;
    this.scenarios.className = `tag num ${found.scenariosTone}`;
    this.scenarios.hidden = !found.scenarios;
    this.paint();
    this.list.replaceChildren(...found.findings.map((one) => this.line(one)));
  }

  line(one) {
    const kind = one.group === 'second_opinion' ? 'note' : one.severity;
    const sign = make('span', {}, SIGNS[kind]);
    sign.setAttribute('aria-label', kind === 'error' ? t('lỗi', 'error') : t('cần xem', 'to look at'));
    const words = make('span', {}, one.message, make('small', {}, ` ${one.source}`));
    const go = make('button', { type: 'button', className: `finding ${kind}` }, sign, words);
    go.onclick = () => {
      this.way(one.path);
      this.onChoose(one.element || one.path[0]);
    };
    const line = make('li', {}, go);
    if (one.repair) line.append(this.repair(one.repair));
    return line;
  }

  repair({ id, text, question }) {
    const answer = question ? make('input', { type: 'text', placeholder: question, maxLength: 200 }) : null;
    if (answer) answer.setAttribute('aria-label', question);
    return make('div', { className: 'mend' }, answer,
      button(t('Sửa giúp', 'Repair it'), () => this.onMend(id, answer ? answer.value : ''), 'btn small'), make('small', {}, text));
  }

  /** Mark the way on which a problem of the proof is met, until another is looked at. */
  way(path) {
    const canvas = this.modeler.get('canvas');
    const registry = this.modeler.get('elementRegistry');
    for (const id of this.marked || []) if (registry.get(id)) canvas.removeMarker(id, 'on-the-way');
    this.marked = path.filter((id) => registry.get(id));
    for (const id of this.marked) canvas.addMarker(id, 'on-the-way');
  }

  paint() {
    const overlays = this.modeler.get('overlays');
    const registry = this.modeler.get('elementRegistry');
    overlays.remove({ type: 'finding' });
    if (!this.isShown) this.way([]);
    if (!this.isShown || !this.last) return;
    const grouped = new Map();
    for (const one of this.last.findings) {
      if (one.group !== 'second_opinion') grouped.set(one.element, [...(grouped.get(one.element) || []), one]);
    }
    for (const [id, own] of grouped) {
      const element = registry.get(id);
      if (!element || element === this.modeler.get('canvas').getRootElement()) continue;
      const worst = own.some((one) => one.severity === 'error') ? 'error' : 'warning';
      const badge = make('button', { type: 'button', className: `finding-badge ${worst}`, title: own.map((one) => one.message).join('\n') },
        SIGNS[worst]);
      badge.onclick = () => {
        this.way(own.flatMap((one) => one.path));
        this.onChoose(id);
      };
      overlays.add(id, 'finding', { position: element.waypoints ? middle(element) : { top: -11, left: -9 }, html: badge });
    }
  }
}

// Overlays of a flow are placed against the box around it.
function middle(flow) {
  const points = flow.waypoints;
  const [a, b] = [points[Math.floor((points.length - 1) / 2)], points[Math.floor((points.length - 1) / 2) + 1]];
  const left = Math.min(...points.map((one) => one.x));
  const top = Math.min(...points.map((one) => one.y));
  return { left: (a.x + b.x) / 2 - left - 9, top: (a.y + b.y) / 2 - top - 9 };
}
