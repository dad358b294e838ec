// The editor's words: our own in pairs, t('Việt', 'English'); those of the drawing library by dictionary.

import vietnamese from './words.vi.js';

let language = 'vi';

/** Strings of the drawing library that were asked for and have no Vietnamese; a test wants it empty. */
export const missing = new Set();

export function speak(lang) {
  language = lang === 'en' ? 'en' : 'vi';
}

export function t(vi, en) {
  return language === 'en' ? en : vi;
}

/** The words of {vi, en} in the page's language, or in the other one where there are none. */
export function said(text) {
  if (!text) return '';
  return language === 'en' ? text.en || text.vi : text.vi || text.en;
}

/** As people search: lower case, without diacritics. The same rule as the server's `fold`. */
export function fold(text) {
  return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[đĐ]/g, 'd').toLowerCase();
}

function translate(template, facts = {}) {
  let words = template;
  if (language === 'vi') {
    if (template in vietnamese) words = vietnamese[template];
    else missing.add(template);
  }
  return words.replace(/{([^}]+)}/g, (all, name) => (name in facts ? facts[name] : all));
}

export const wordsModule = { translate: ['value', translate] };
