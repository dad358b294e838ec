// Saving: on the server by command, and meanwhile on this computer, so that nothing typed is ever lost.

import { t } from './words.js';

const KEEP_MS = 1500;

export class Saving {
  constructor(modeler, { url, token, version, revision, status, notice }) {
    Object.assign(this, { modeler, url, token, version, status, notice });
    this.key = `motcua.draft.${revision}`;
    this.isDirty = false;
    modeler.on('commandStack.changed', () => this.changed());
    addEventListener('beforeunload', (event) => {
      if (this.isDirty) event.preventDefault();
    });
  }

  changed() {
    this.isDirty = true;
    this.say('soon', t('● Chưa lưu', '● Not saved'));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_MS);
  }

  /** Keep the drawing on this computer until the server has it. */
  async keep() {
    if (!this.isDirty) return;
    const { xml } = await this.modeler.saveXML({ format: true });
    try {
      localStorage.setItem(this.key, JSON.stringify({ xml, version: this.version, at: Date.now() }));
      this.say('soon', t('● Chưa lưu lên máy chủ · đã giữ trên máy này', '● Not on the server yet · kept on this computer'));
    } catch {
      // a full or forbidden store: the warning on leaving the page remains
    }
  }

  /** A drawing kept here that the server never got, if there is one. */
  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key) || 'null');
    } catch {
      return null;
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept either
    }
  }

  async save() {
    if (this.isSaving) return false;
    const writing = this.modeler.get('directEditing'); // what is being typed, here or there, belongs to it
    if (writing.isActive()) writing.complete();
    if (document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
    this.isSaving = true;
    this.say('wait', t('Đang lưu…', 'Saving…'));
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      return await this.send(xml);
    } finally {
      this.isSaving = false;
    }
  }

  async send(xml) {
    const before = this.modeler.get('commandStack')._stackIdx;
    let answer, said;
    try {
      answer = await fetch(this.url, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': this.token },
        body: JSON.stringify({ xml, version: this.version }),
      });
      said = await answer.json();
    } catch {
      this.refused(t('Chưa lưu được vì mất kết nối. Bản vẽ vẫn còn nguyên ở đây; hãy bấm Lưu lại khi có mạng.',
        'Not saved: there is no connection. The drawing is still here; press Save again when you are online.'), xml);
      return false;
    }
    if (!answer.ok) {
      this.refused(said.message || said.detail || t('Chưa lưu được.', 'Not saved.'), xml);
      return false;
    }
    this.version = said.version;
    this.isDirty = this.modeler.get('commandStack')._stackIdx !== before;
    this.notice.hidden = true;
    if (!this.isDirty) {
      this.forget();
      this.say('ok', t(`✓ Đã lưu lúc ${said.saved_at}`, `✓ Saved at ${said.saved_at}`));
    }
    return said;
  }

  refused(sentence, xml) {
    this.say('late', t('▲ Chưa lưu', '▲ Not saved'));
    const words = document.createElement('p');
    words.textContent = sentence;
    const copy = document.createElement('a');
    copy.className = 'btn';
    copy.download = 'ban-ve-chua-luu.bpmn';
    copy.href = URL.createObjectURL(new Blob([xml], { type: 'application/xml' }));
    copy.textContent = t('Tải bản đang vẽ về máy', 'Download this drawing');
    const latest = document.createElement('a');
    latest.className = 'btn';
    latest.href = location.href;
    latest.target = '_blank';
    latest.textContent = t('Mở bản mới nhất ở thẻ khác', 'Open the latest in another tab');
    this.notice.replaceChildren(words, copy, latest);
    this.notice.hidden = false;
    this.notice.focus();
  }

  say(tone, words) {
    this.status.className = `tag ${tone}`;
    this.status.textContent = words;
  }
}
