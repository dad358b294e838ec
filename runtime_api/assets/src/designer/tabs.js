// Tabs of the side panel, as the keyboard expects them: arrows go along, Tab goes into the page.

import { make } from './fields.js';

/** tabs: [{code, name, draw(), mark}]; the chosen one is drawn, `onChoose(code)` is told of another. */
export function tabList(tabs, chosen, label, onChoose) {
  const now = tabs.some((one) => one.code === chosen) ? chosen : tabs[0].code;
  const list = make('div', { className: 'panel-tabs' });
  list.setAttribute('role', 'tablist');
  list.setAttribute('aria-label', label);
  for (const one of tabs) {
    const isNow = one.code === now;
    const tab = make('button', { type: 'button', id: `tab-${one.code}`, className: one.mark ? 'is-marked' : '' }, one.name);
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-selected', String(isNow));
    tab.setAttribute('aria-controls', 'panel-tab');
    tab.tabIndex = isNow ? 0 : -1;
    if (one.mark) tab.append(make('span', { className: 'count' }, one.mark));
    tab.onclick = () => onChoose(one.code);
    tab.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const at = (tabs.indexOf(one) + step + tabs.length) % tabs.length;
      onChoose(tabs[at].code);
      document.getElementById(`tab-${tabs[at].code}`)?.focus();
    };
    list.append(tab);
  }
  const page = make('div', { id: 'panel-tab', className: 'part tab-page' }, ...tabs.find((one) => one.code === now).draw());
  page.setAttribute('role', 'tabpanel');
  page.setAttribute('aria-labelledby', `tab-${now}`);
  return [list, page];
}
