// The office's own kinds of steps, first in every "add" menu; what the linter refuses is not offered.

import search from 'diagram-js/lib/features/search/search';
import { isFull } from './mode.js';
import { fold, said, t } from './words.js';

// Entries of the library's menus that no procedure can use: the linter would refuse each of them.
const NOT_OFFERED = /(script-task|complex-gateway|data-object|data-store|instantiat)/;
// Entries that few procedures need: found by searching, not in everybody's way.
const RARE = /(escalation|compensation|cancel|link-|signal|transaction|conditional|event-subprocess|rule-task|none-boundary|none-intermediate|collapsed|receive-task|send-task|create-task|append-task|ad-hoc|adhoc)/;
// What officials draw with; the rest is for the full mode.
const SIMPLE = /^(create|append|replace-with)-(none-start|start|none-end|end|exclusive-gateway|parallel-gateway|timer-|message-|send-task|receive-task|user-task|expanded-pool|participant|terminate)|^(kind-|hand-tool|lasso-tool|space-tool|global-connect|tool-separator|create$|create\.(start|end|exclusive|participant)|toggle-)/;
const ICONS = {
  wait_citizen: 'bpmn-icon-receive-task',
  opinion: 'bpmn-icon-send-task',
  site_check: 'bpmn-icon-manual-task',
  number_seal: 'bpmn-icon-service-task',
};

class Kinds {
  constructor(config, popupMenu, palette, create, elementFactory, bpmnFactory, autoPlace, rules, bpmnReplace) {
    Object.assign(this, { config, create, elementFactory, bpmnFactory, autoPlace, rules, bpmnReplace });
    for (const menu of ['bpmn-create', 'bpmn-append']) popupMenu.registerProvider(menu, 300, this);
    popupMenu.registerProvider('bpmn-replace', 300, { getPopupMenuEntries: () => offered });
    palette.registerProvider(300, { getPaletteEntries: () => offered });
  }

  getPopupMenuEntries(target) {
    return (entries) => {
      const own = {};
      for (const kind of this.config.kinds) own[`kind-${kind.code}`] = this.entry(kind, target);
      return { ...own, ...offered(entries) };
    };
  }

  getEmptyPlaceholder() {
    return t('Không có phần nào như vậy', 'Nothing like that');
  }

  entry(kind, target) {
    const canAppend = target && target.parent && this.rules.allowed('shape.append', { element: target });
    const start = (event) =>
      this.create.start(event, this.shape(kind), canAppend ? { source: target } : undefined);
    const facts = [kind.roleName, kind.hours && t(`${kind.hours.replace('.', ',')} giờ`, `${kind.hours} h`)];
    return {
      label: said(kind.name),
      description: facts.filter(Boolean).join(' · ') || undefined,
      search: `${kind.name.vi} ${fold(kind.name.vi)} ${kind.name.en}`,
      className: ICONS[kind.code] || 'bpmn-icon-user-task',
      group: { id: 'office', name: t('Bước nghiệp vụ', 'Office steps') },
      rank: 1,
      action: {
        click: (event) => (canAppend ? this.autoPlace.append(target, this.shape(kind)) : start(event)),
        dragstart: start,
      },
    };
  }

  /** A new step as the office usually does it: who, how long, its button, what the citizen reads. */
  shape(kind) {
    const make = (type, values) => this.bpmnFactory.create(type, values);
    const facts = { kind: kind.code, role: kind.role, unit: kind.unit, hours: kind.hours, result: kind.result,
      register: kind.register, ownClock: kind.ownClock || undefined };
    const values = { name: kind.name.vi };
    for (const [name, value] of Object.entries(facts)) if (value) values[`mc:${name}`] = value;
    const businessObject = make('bpmn:UserTask', values);
    const parts = [make('mc:Text', { lang: 'en', name: kind.name.en, public: kind.public.en })];
    if (kind.public.vi) parts.push(make('mc:Public', { body: kind.public.vi }));
    parts.push(make('mc:Outcome', { code: 'done', name: kind.button.vi, nameEn: kind.button.en, style: 'main' }));
    const holder = make('bpmn:ExtensionElements', { values: parts });
    for (const one of parts) one.$parent = holder;
    holder.$parent = businessObject;
    businessObject.extensionElements = holder;
    return this.elementFactory.createShape({ type: 'bpmn:UserTask', businessObject });
  }
}
Kinds.$inject = [
  'config.office', 'popupMenu', 'palette', 'create', 'elementFactory', 'bpmnFactory', 'autoPlace', 'rules', 'bpmnReplace',
];

// What is left of the library's entries, findable without diacritics.
function offered(entries) {
  const kept = Object.entries(entries).filter(([name]) => !NOT_OFFERED.test(name) && (isFull() || SIMPLE.test(name)));
  return Object.fromEntries(kept.map(([name, entry]) => {
    const isMenuEntry = /^(create|append|replace)-/.test(name) && entry.label;
    if (!isMenuEntry) return [name, entry];
    return [name, { ...entry, search: `${entry.search || ''} ${fold(entry.label)}`, rank: RARE.test(name) ? -1 : 0 }];
  }));
}

// The library's search takes a word said twice ("song song") for two words and then finds nothing.
function searchOnce(items, pattern, options) {
  return search(items, [...new Set(pattern.trim().toLowerCase().split(/\s+/))].join(' '), options);
}

export const kindsModule = {
  __init__: ['officeKinds'],
  officeKinds: ['type', Kinds],
  search: ['value', searchOnce],
};
