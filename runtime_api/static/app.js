/* What the keyboard and the browser add. Every page works without this file: it opens nothing that has no
   link or button, and keeps nothing that the server does not keep. Words come from the page (data-…). */

"use strict";

(() => {
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.classList.add("js");

  /* --- htmx comes where a page asks for it, with the first letter that somebody types ---------- */

  const htmxAt = document.currentScript && document.currentScript.dataset.htmx;
  if (htmxAt && one("[hx-post], [hx-get]")) {
    const atOnce = one('[hx-trigger*="load"], [hx-trigger*="every"], [hx-trigger*="revealed"]');
    let last = null;
    const note = (event) => { last = event.target; fetchHtmx(); };
    const fetchHtmx = () => {
      if (one("script[data-fetched]")) return;
      const script = document.createElement("script");
      script.src = htmxAt;
      script.dataset.fetched = "";
      script.addEventListener("load", () => {
        for (const kind of ["input", "change"]) document.removeEventListener(kind, note, true);
        if (last && last.isConnected) last.dispatchEvent(new Event("change", { bubbles: true }));
      });
      document.head.append(script);
    };
    if (atOnce) fetchHtmx();
    else for (const kind of ["input", "change"]) document.addEventListener(kind, note, true);
  }

  /* --- fields that a condition hides: the server said which, script only hides them --------- */

  function showFields(off) {
    for (const field of all("[data-field]")) {
      if (off ? off.has(field.dataset.field) : field.hasAttribute("data-off")) field.hidden = true;
      else if (off) field.hidden = false;
    }
  }
  showFields(null);

  document.addEventListener("htmx:afterSwap", () => {
    const said = one("[data-hidden-fields]");
    if (said) showFields(new Set(said.dataset.hiddenFields.split(" ").filter(Boolean)));
    for (const result of all("[data-result]")) {
      const shown = one(`[data-computed="${CSS.escape(result.dataset.result)}"]`);
      if (shown) shown.textContent = result.textContent || shown.dataset.empty;
    }
  });
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, (event) => {
      const place = event.target.closest ? event.target.closest("[data-offline]") : null;
      if (!place) return;
      const line = one(".saved", place) || place;
      line.textContent = place.dataset.offline;
      line.classList.add("bad");
    });
  }

  /* --- the first thing to mend --------------------------------------------------------------- */

  const wrong = one('[aria-invalid="true"]');
  if (wrong) (wrong.matches("fieldset") ? one("input", wrong) : wrong).focus();

  /* --- one click counts once ----------------------------------------------------------------- */

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => all("button[type=submit], button:not([type])", form).forEach((b) => (b.disabled = true)), 0);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of all("form[data-sent]")) {
      delete form.dataset.sent;
      all("button", form).forEach((button) => (button.disabled = false));
    }
  });

  /* --- keys ---------------------------------------------------------------------------------- */

  const typing = (target) => target.closest && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]");
  const press = (selector) => {
    const found = one(selector);
    if (found) found.click();
    return Boolean(found);
  };

  function moveRow(by) {
    const rows = all("a.row");
    if (!rows.length) return false;
    const at = rows.indexOf(document.activeElement);
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  function focusSearch() {
    const search = one("[data-search]");
    if (!search) return false;
    search.focus();
    search.select();
    return true;
  }

  function showKeys() {
    const help = one("dialog#keys");
    if (help && help.showModal && !help.open) help.showModal();
    return Boolean(help);
  }

  function onKey(event) {
    if (event.isComposing) return false;
    if (event.altKey && !event.ctrlKey && !event.metaKey) {
      const digit = /^Digit([1-9])$/.exec(event.code);
      return digit ? press(`[data-alt="${digit[1]}"]`) : false;
    }
    if (event.key === "F9" || (event.ctrlKey && event.key === "Enter")) return press("[data-accept]");
    if (event.key === "F2") return press('[data-key="F2"]');
    if (event.key === "F3") return focusSearch();
    if (event.ctrlKey || event.metaKey || typing(event.target)) return false;
    switch (event.key) {
      case "/": return focusSearch();
      case "?": return showKeys();
      case "j": case "J": return moveRow(1);
      case "k": case "K": return moveRow(-1);
      case "n": case "N": return press('[data-key="n"]');
      case "p": case "P": return press('[data-key="p"]');
      default: return false;
    }
  }

  document.addEventListener("keydown", (event) => {
    if (onKey(event)) event.preventDefault();
  });

  /* Enter goes to the next field, so that nobody sends a decision by pressing it too often. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    const form = event.target.form;
    if (!form || !form.hasAttribute("data-enter-next") || !event.target.matches("input, select")) return;
    event.preventDefault();
    const stops = all("input, select, textarea, button", form).filter(
      (el) => !el.disabled && el.type !== "hidden" && el.tabIndex >= 0 && el.offsetParent !== null);
    const next = stops[stops.indexOf(event.target) + 1];
    if (next) next.focus();
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-print], [data-fill], [data-keys], [data-close]");
    if (!target) return;
    if (target.hasAttribute("data-print")) window.print();
    else if (target.hasAttribute("data-keys")) { if (showKeys()) event.preventDefault(); }
    else if (target.hasAttribute("data-close")) target.closest("dialog").close();
    else {
      const field = document.getElementById(target.dataset.fill);
      field.value = target.dataset.value;
      (one('input[type="password"]') || field).focus();
    }
  });
  if (one("[data-print-now]")) window.addEventListener("load", () => window.print());

  /* --- choosing from a list while typing, without marks -------------------------------------- */

  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();

  const filter = one("[data-filter]");
  if (filter) {
    const items = all("li", one(filter.dataset.filter)).map((li) => [li, fold(li.textContent)]);
    const none = one("[data-none]");
    const narrow = () => {
      const words = fold(filter.value).split(/\s+/).filter(Boolean);
      let left = 0;
      for (const [li, text] of items) {
        li.hidden = !words.every((word) => text.includes(word));
        if (!li.hidden) left += 1;
      }
      if (none) none.hidden = left > 0;
    };
    filter.addEventListener("input", narrow);
    filter.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      const first = items.find(([li]) => !li.hidden);
      if (!first) return;
      event.preventDefault();
      const link = one("a", first[0]);
      if (event.key === "Enter") link.click();
      else link.focus();
    });
    narrow();
  }

  /* --- a power cut at the counter: what was typed is still here ------------------------------- */

  const PREFIX = "motcua:";
  const KEPT_FOR = 12 * 3600 * 1000;
  const store = (() => {
    try {
      localStorage.setItem(`${PREFIX}try`, "1");
      localStorage.removeItem(`${PREFIX}try`);
      return localStorage;
    } catch { return null; }
  })();
  const forget = (name) => {
    if (!store) return;
    for (const key of Object.keys(store)) if (key.startsWith(PREFIX + name)) store.removeItem(key);
  };
  if (one("[data-forget]")) forget(one("[data-forget]").dataset.forget);
  for (const form of all('form[action$="/sign-out"]')) form.addEventListener("submit", () => forget(""));

  const kept = one("form[data-keep]");
  if (kept && store) {
    const key = PREFIX + kept.dataset.keep;
    const fields = () => all("input, select, textarea", kept).filter(
      (el) => el.name && !["hidden", "file", "password", "submit"].includes(el.type));
    const known = (el) => `${el.name}=${el.type === "checkbox" || el.type === "radio" ? el.value : ""}`;
    const read = (el) => (el.type === "checkbox" || el.type === "radio" ? el.checked : el.value);
    const before = (() => { try { return JSON.parse(store.getItem(key)); } catch { return null; } })();
    if (before && Date.now() - before.at < KEPT_FOR && !kept.hasAttribute("data-answered")) {
      for (const el of fields()) {
        const value = before.values[known(el)];
        if (value === undefined) continue;
        if (typeof value === "boolean") el.checked = value;
        else el.value = value;
      }
      const line = one("[data-restored]");
      if (line) line.hidden = false;
      window.addEventListener("load", () => kept.dispatchEvent(new Event("change", { bubbles: true })));
    }
    let wait = 0;
    kept.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(() => {
        const values = Object.fromEntries(fields().map((el) => [known(el), read(el)]));
        store.setItem(key, JSON.stringify({ at: Date.now(), values }));
      }, 300);
    });
    const fresh = one("[data-start-anew]");
    if (fresh) fresh.addEventListener("click", () => { store.removeItem(key); location.reload(); });
  }
})();
