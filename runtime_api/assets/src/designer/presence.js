// Who has the draft: this page says that it is there, and hears whether another came first or saved meanwhile.

import { button, make } from './fields.js';
import { post } from './server.js';
import { t } from './words.js';

const EVERY_MS = 15000;

export class Presence {
  constructor({ url, copyUrl, saving, banner, drawing, onNewer }) {
    Object.assign(this, { url, copyUrl, saving, banner, drawing, onNewer, isMine: true });
    this.tab = tabName();
    this.beat();
    setInterval(() => this.beat(), EVERY_MS);
    addEventListener('pagehide', () => this.say({ leave: true }, true));
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.beat());
  }

  async beat(more = {}) {
    try {
      this.hear(await this.say(more));
    } catch {
      // no connection: who had it still has it, and saving says what is wrong
    }
  }

  say(more, isLast = false) {
    if (!isLast) return post(this.url, { tab: this.tab, ...more });
    const token = document.querySelector('meta[name=csrf-token]');
    return fetch(this.url, {
      method: 'POST', keepalive: true, credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': this.token || (token && token.content) || '' },
      body: JSON.stringify({ tab: this.tab, ...more }),
    }).catch(() => {});
  }

  hear(said) {
    this.isMine = said.mine;
    this.draw(said);
    if (said.version > this.saving.version && !this.saving.isSaving) this.onNewer(said);
  }

  draw({ mine, me, holder, since }) {
    this.banner.hidden = mine;
    if (mine) return;
    const copy = button(t('Làm trên bản sao', 'Work on a copy'), async () => {
      try {
        const { address } = await post(this.copyUrl, { xml: await this.drawing() });
        this.saving.isDirty = false; // the copy has it
        location.assign(address);
      } catch (error) {
        this.banner.append(make('p', { className: 'err' }, error.message || t('Mất kết nối.', 'No connection.')));
      }
    }, 'btn');
    const words = me ? t(`Bạn đang mở bản nháp này ở một thẻ khác (từ ${since}). Chỉ một thẻ lưu được.`,
      `You have this draft open in another tab (since ${since}). Only one tab can save.`)
      : t(`${holder} đang sửa bản nháp này từ ${since}. Bạn xem được; muốn sửa ngay thì làm trên bản sao.`,
        `${holder} has been editing this draft since ${since}. You can look; to edit now, work on a copy.`);
    this.banner.replaceChildren(make('p', {}, words),
      ...(me ? [button(t('Sửa ở thẻ này', 'Edit in this tab'), () => this.beat({ take: true }), 'btn')] : []), copy);
  }
}

// A tab keeps its name when it is loaded anew; a second one has another.
function tabName() {
  try {
    let name = sessionStorage.getItem('motcua.tab');
    if (!name) {
      name = crypto.getRandomValues(new Uint32Array(3)).join('');
      sessionStorage.setItem('motcua.tab', name);
    }
    return name.slice(0, 40);
  } catch {
    return String(Math.random()).slice(2);
  }
}
