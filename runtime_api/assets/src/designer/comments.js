// Comments pinned to parts of the drawing: signs on it, and a tab beside it.

import { button, make } from './fields.js';
import { get, post } from './server.js';
import { t } from './words.js';

export class Comments {
  constructor(modeler, { url, onChange }) {
    Object.assign(this, { modeler, url, onChange, all: [] });
    modeler.on('import.done', () => this.paint());
    this.load();
  }

  async load() {
    try {
      this.take(await get(this.url));
    } catch {
      // no connection: what is known stays
    }
  }

  take({ comments }) {
    this.all = comments;
    this.paint();
    this.onChange();
  }

  of(id) {
    return this.all.filter((one) => one.element === id);
  }

  open(id) {
    return this.of(id).filter((one) => !one.resolved).length;
  }

  paint() {
    const overlays = this.modeler.get('overlays');
    const registry = this.modeler.get('elementRegistry');
    overlays.remove({ type: 'comment' });
    for (const id of new Set(this.all.filter((one) => !one.resolved).map((one) => one.element))) {
      if (!id || !registry.get(id) || registry.get(id) === this.modeler.get('canvas').getRootElement()) continue;
      const sign = make('span', { className: 'comment-sign', title: this.of(id).map((one) => `${one.author}: ${one.text}`).join('\n') }, String(this.open(id)));
      overlays.add(id, 'comment', { position: { top: -11, right: 12 }, html: sign });
    }
  }

  /** The tab's content for one part, or "" for the whole procedure. */
  draw(id, name) {
    const words = make('textarea', { rows: 3, maxLength: 2000, id: 'comment-new' });
    const said = make('p', { className: 'err', hidden: true });
    const send = button(t('Ghi chú', 'Comment'), async () => {
      try {
        this.take(await post(this.url, { element: id, step: name, text: words.value }));
      } catch (error) {
        said.textContent = error.message || t('Mất kết nối: chưa ghi được, chữ vẫn còn đây.', 'No connection: not written, your words are still here.');
        said.hidden = false;
      }
    });
    const list = this.of(id).map((one) => make('li', { className: one.resolved ? 'done' : '' },
      make('p', {}, make('b', {}, one.author), make('small', {}, ` · ${one.at}`)),
      make('p', {}, one.text),
      button(one.resolved ? t('Mở lại', 'Open again') : t('Đã xong', 'Done'), async () => {
        try {
          this.take(await post(`/designer/comments/${one.id}/${one.resolved ? 'reopen' : 'resolve'}`, {}));
        } catch {
          // the button stays for another try
        }
      })));
    return [
      make('ul', { className: 'comments' }, ...(list.length ? list : [make('li', { className: 'hint' }, t('Chưa có ghi chú nào ở đây.', 'No comments here yet.'))])),
      make('div', { className: 'field', 'data-free': 'true' }, make('label', { htmlFor: 'comment-new' }, t('Ghi chú mới', 'New comment')), words), said, send,
    ];
  }
}
