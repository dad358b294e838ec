// What the server's linter says: painted on the drawing, and listed in sentences below it.

import { t } from './words.js';

const WAIT_MS = 700; // after the last change, so that drawing is never disturbed

export class Findings {
  constructor(modeler, { url, token, list, summary, onChoose }) {
    Object.assign(this, { modeler, url, token, list, summary, onChoose });
    this.asked = 0;
    modeler.on('commandStack.changed', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.check(), WAIT_MS);
    });
  }

  async check() {
    const number = ++this.asked;
    let found;
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      const answer = await fetch(this.url, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/xml', Accept: 'application/json', 'X-CSRFToken': this.token },
        body: xml,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      found = await answer.json();
    } catch {
      if (number === this.asked) this.summary.textContent = t('Chưa kiểm tra được: mất kết nối', 'Not checked: no connection');
      return;
    }
    if (number === this.asked) this.show(found); // a slower, older answer says nothing any more
  }

  show({ findings }) {
    const own = findings.filter((one) => one.group !== 'second_opinion');
    const errors = own.filter((one) => one.severity === 'error').length;
    const warnings = own.length - errors;
    this.summary.className = errors ? 'tag late' : warnings ? 'tag soon' : 'tag ok';
    this.summary.textContent = own.length
      ? [errors && `▲ ${errors} ${t('lỗi', errors > 1 ? 'errors' : 'error')}`,
        warnings && `● ${warnings} ${t('điều cần xem', warnings > 1 ? 'points to look at' : 'point to look at')}`]
        .filter(Boolean).join(' · ')
      : t('✓ Không có lỗi', '✓ No errors');
    this.paint(own);
    this.list.replaceChildren(...this.lines(findings));
  }

  lines(findings) {
    const order = (one) => (one.group === 'second_opinion' ? 2 : one.severity === 'error' ? 0 : 1);
    return [...findings].sort((a, b) => order(a) - order(b)).map((one) => {
      const line = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.className = `finding ${one.group === 'second_opinion' ? 'note' : one.severity}`;
      const sign = document.createElement('span');
      sign.textContent = { error: '▲', warning: '●', note: 'i' }[one.group === 'second_opinion' ? 'note' : one.severity];
      sign.setAttribute('aria-label', one.severity === 'error' ? t('lỗi', 'error') : t('cần xem', 'to look at'));
      button.append(sign, one.message);
      button.onclick = () => this.onChoose(one.element);
      line.append(button);
      return line;
    });
  }

  paint(findings) {
    const overlays = this.modeler.get('overlays');
    const registry = this.modeler.get('elementRegistry');
    overlays.remove({ type: 'finding' });
    const grouped = new Map();
    for (const one of findings) grouped.set(one.element, [...(grouped.get(one.element) || []), one]);
    for (const [id, own] of grouped) {
      const element = registry.get(id);
      if (!element || element === this.modeler.get('canvas').getRootElement()) continue;
      const worst = own.some((one) => one.severity === 'error') ? 'error' : 'warning';
      const badge = document.createElement('button');
      badge.type = 'button';
      badge.className = `finding-badge ${worst}`;
      badge.textContent = worst === 'error' ? '▲' : '●';
      badge.title = own.map((one) => one.message).join('\n');
      badge.onclick = () => this.onChoose(id);
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
