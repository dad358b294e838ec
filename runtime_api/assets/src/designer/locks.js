// Parts that the province has locked: shown as locked, and held where they are.

import { isBeyondSimple, isFull } from './mode.js';
import { t } from './words.js';

// Drawn, not a letter: few fonts have a padlock.
const LOCK = '<svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.6" d="M5 7V5a3 3 0 0 1 6 0v2"/><rect x="3" y="7" width="10" height="7" rx="1.5" fill="currentColor"/></svg>';

const VERY_HIGH = 5000;

class Locks {
  constructor(config, eventBus, canvas, overlays, elementRegistry, contextPad, popupMenu) {
    this.zones = config.locks || {};
    Object.assign(this, { canvas, elementRegistry });
    eventBus.on('import.done', () => {
      this.show(canvas, overlays, elementRegistry);
      this.mark();
    });
    eventBus.on('commandStack.elements.delete.canExecute', VERY_HIGH, (event) => this.keep(event.context));
    eventBus.on('element.dblclick', VERY_HIGH, (event) => (this.isLocked(event.element) ? false : undefined));
    const filter = (element) => (entries) => (this.isKept(element) ? without(entries) : entries);
    contextPad.registerProvider(100, { getContextPadEntries: filter });
    popupMenu.registerProvider('bpmn-replace', 100, {
      getPopupMenuEntries: (element) => (entries) => (this.isKept(element) ? {} : entries),
    });
  }

  /** "locked" and "adjustable" parts may be neither removed nor exchanged. */
  zone(element) {
    return element ? this.zones[element.id] || '' : '';
  }

  /** Neither removed nor exchanged: locked, or of a kind that the simple mode only shows. */
  isKept(element) {
    return Boolean(this.zone(element)) || (element && element.businessObject && !isFull() && isBeyondSimple(element));
  }

  /** In the simple mode, show what it leaves alone. */
  mark() {
    for (const one of this.elementRegistry.filter((found) => !found.labelTarget && found.parent)) {
      const isOn = !isFull() && isBeyondSimple(one);
      if (isOn !== this.canvas.hasMarker(one, 'is-beyond')) this.canvas.toggleMarker(one, 'is-beyond');
    }
  }

  isLocked(element) {
    return this.zone(element && element.labelTarget ? element.labelTarget : element) === 'locked';
  }

  keep({ elements = [] }) {
    const free = elements.filter((one) => !this.isKept(one));
    return free.length < elements.length ? free : undefined;
  }

  show(canvas, overlays, registry) {
    for (const [id, zone] of Object.entries(this.zones)) {
      if (zone !== 'locked' || !registry.get(id)) continue;
      canvas.addMarker(id, 'is-locked');
      const sign = document.createElement('span');
      sign.className = 'lock-sign';
      sign.innerHTML = LOCK;
      sign.title = t('Do bộ quy trình chuẩn của tỉnh khóa', 'Locked by the standard set of the province');
      overlays.add(id, 'lock', { position: { bottom: 9, right: 12 }, html: sign });
    }
  }
}
Locks.$inject = ['config.office', 'eventBus', 'canvas', 'overlays', 'elementRegistry', 'contextPad', 'popupMenu'];

function without({ delete: _delete, replace: _replace, ...rest }) {
  return rest;
}

export const locksModule = { __init__: ['officeLocks'], officeLocks: ['type', Locks] };
