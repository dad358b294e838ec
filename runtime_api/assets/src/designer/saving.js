// Saving: on the server by itself and by command, and meanwhile on this computer, so that nothing drawn is lost.

import { remembered } from './mode.js';
import { NoAnswer, post } from './server.js';
import { t } from './words.js';

const KEEP_MS = 1500; // after the last change: on this computer
const AUTO_MS = 5000; // … and on the server
const AGAIN_MS = 20000; // after a failure of the line

export class Saving {
  constructor(modeler, { url, version, revision, copy, status, notice, mayAuto }) {
    Object.assign(this, { modeler, url, version, status, notice, mayAuto });
    this.key = copy ? `motcua.copy.${copy}` : `motcua.draft.${revision}`;
    this.isDirty = false;
    this.turn = 0; // counts changes, so that a save knows whether there were more meanwhile
    modeler.on('commandStack.changed', ({ trigger }) => trigger !== 'clear' && this.changed());
    addEventListener('beforeunload', (event) => {
      if (this.isDirty) event.preventDefault();
    });
    addEventListener('online', () => this.isDirty && this.auto());
  }

  changed() {
    this.isDirty = true;
    this.turn += 1;
    this.say('soon', t('● Chưa lưu', '● Not saved'));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_MS);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.auto(), AUTO_MS);
  }

  /** Keep the drawing on this computer until the server has it. */
  async keep(isTold = true) {
    if (!this.isDirty) return;
    const { xml } = await this.modeler.saveXML({ format: true });
    try {
      localStorage.setItem(this.key, JSON.stringify({ xml, version: this.version, at: Date.now() }));
      if (isTold) this.say('soon', t(`● Chưa lưu lên máy chủ · đã giữ trên máy này lúc ${clock()}`, `● Not on the server yet · kept on this computer at ${clock()}`));
    } catch {
      // a full or forbidden store: the warning on leaving the page remains
    }
  }

  /** A drawing kept here that the server never got, if there is one. */
  kept() {
    try {
      return JSON.parse(remembered(this.key) || 'null');
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

  /** Save without being asked: quietly, and never while a name is being written or somebody else has the draft. */
  async auto() {
    clearTimeout(this.later);
    if (!this.isDirty || this.isSaving || !this.mayAuto()) return;
    if (this.modeler.get('directEditing').isActive()) {
      this.later = setTimeout(() => this.auto(), AUTO_MS);
      return;
    }
    await this.run(true);
  }

  async save() {
    if (this.isSaving) return false;
    const writing = this.modeler.get('directEditing'); // what is being typed, here or there, belongs to it
    if (writing.isActive()) writing.complete();
    if (document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
    this.say('wait', t('Đang lưu…', 'Saving…'));
    return this.run(false);
  }

  async run(isAuto) {
    this.isSaving = true;
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      const turn = this.turn;
      try {
        const said = await post(this.url, { xml, version: this.version, auto: isAuto });
        this.done(said, turn, isAuto);
        return said;
      } catch (error) {
        this.failed(error, xml, isAuto);
        return false;
      }
    } finally {
      this.isSaving = false;
    }
  }

  done(said, turn, isAuto) {
    this.version = said.version;
    this.isDirty = this.turn !== turn;
    this.notice.hidden = true;
    if (this.isDirty) return;
    this.forget();
    this.say('ok', isAuto ? t(`✓ Đã tự lưu lên máy chủ lúc ${said.saved_at}`, `✓ Saved on the server by itself at ${said.saved_at}`)
      : t(`✓ Đã lưu lúc ${said.saved_at}`, `✓ Saved at ${said.saved_at}`));
  }

  failed(error, xml, isAuto) {
    const isOff = error instanceof NoAnswer;
    if (isOff) {
      this.keep(false);
      this.later = setTimeout(() => this.auto(), AGAIN_MS);
    }
    if (isOff && isAuto) {
      this.say('late', t('▲ Mất kết nối · bản vẽ giữ trên máy này', '▲ No connection · the drawing is kept on this computer'));
      return;
    }
    this.refused(isOff ? t('Chưa lưu được vì mất kết nối. Bản vẽ vẫn còn nguyên ở đây và trên máy này; có mạng lại sẽ tự lưu.',
      'Not saved: there is no connection. The drawing is still here and kept on this computer; it is saved once you are online.') : error.message, xml, !isAuto);
  }

  refused(sentence, xml, isAsked = true) {
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
    if (isAsked) this.notice.focus();
  }

  say(tone, words) {
    this.status.className = `tag ${tone}`;
    this.status.textContent = words;
    this.status.title = words; // where the line is too short for it
  }
}

function clock() {
  return new Date().toLocaleTimeString('vi-VN', { hour: '2-digit', minute: '2-digit' });
}
