// Copy here, paste in another procedure: what is copied is kept in the browser, across tabs.

import { remember, remembered } from './mode.js';

const KEY = 'motcua.designer.clipboard';
const MOST = 2_000_000;

class SharedClipboard {
  constructor(moddle) {
    this.moddle = moddle;
  }

  set(tree) {
    this.tree = tree;
    const text = JSON.stringify(tree);
    this.text = text.length < MOST ? text : null;
    if (this.text) remember(KEY, this.text);
  }

  get() {
    const text = remembered(KEY);
    if (!text || text === this.text) return this.tree;
    try {
      return JSON.parse(text, reviver(this.moddle));
    } catch {
      return this.tree; // something else stands there
    }
  }

  clear() {
    const { tree } = this;
    this.tree = undefined;
    return tree;
  }

  isEmpty() {
    return !this.get();
  }
}
SharedClipboard.$inject = ['moddle'];

// Objects of the model come back as objects of the model; one that is named twice is one.
function reviver(moddle) {
  const known = {};
  return (key, value) => {
    if (!value || typeof value !== 'object' || typeof value.$type !== 'string') return value;
    if (value.id && known[value.id]) return known[value.id];
    const { $type, ...facts } = value;
    const made = moddle.create($type, facts);
    for (const one of Object.values(facts).flat()) if (one && one.$type) one.$parent = made;
    if (value.id) known[value.id] = made;
    return made;
  };
}

export const clipboardModule = { clipboard: ['type', SharedClipboard] };
