/* What the keyboard and the browser add. Every page works without this file: it opens nothing that has no
   link or button, and keeps nothing that the server does not keep. Words come from the page (data-…). */

"use strict";

(() => {
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.classList.add("js");

  /* --- scripts that come with their first use: htmx, the sending of files, the tour ------------ */

  const coming = new Map();
  const bring = (address) => {
    if (!coming.has(address)) {
      coming.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.addEventListener("load", resolve);
        script.addEventListener("error", () => { coming.delete(address); reject(new Error(address)); });
        document.head.append(script);
      }));
    }
    return coming.get(address);
  };
  const changed = (element) => {
    if (element && element.isConnected) element.dispatchEvent(new Event("change", { bubbles: true }));
  };
  /* The first click on such a button waits for its script and is made again; without it, it does what it did. */
  const clickedFirst = (selector, address) => {
    let asked = false;
    document.addEventListener("click", (event) => {
      const pressed = asked ? null : event.target.closest(selector);
      if (!pressed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      bring(address).then(() => { asked = true; pressed.click(); }, () => {});
    }, true);
  };

  const htmxAt = document.currentScript && document.currentScript.dataset.htmx;
  if (htmxAt && one("[hx-post], [hx-get]")) {
    let last = null;
    const note = (event) => {
      last = event.target;
      if (!coming.has(htmxAt)) bring(htmxAt).then(() => {
        for (const kind of ["input", "change"]) document.removeEventListener(kind, note, true);
        changed(last);
      }, () => {});
    };
    for (const kind of ["input", "change"]) document.addEventListener(kind, note, true);
    clickedFirst("button:is([hx-get], [hx-post]), a:is([hx-get], [hx-post])", htmxAt);
  }

  /* Files that were cut off wait in the browser: "motcua-files" says that there are some, see upload.js. */
  const uploads = one("[data-uploads]");
  if (uploads && one("[data-upload]")) {
    const address = uploads.dataset.uploads;
    const waiting = () => { try { return localStorage.getItem("motcua-files"); } catch { return "yes"; } };
    let ready = false;
    const touched = (event) => {
      const field = event.target.closest ? event.target.closest('[data-upload] input[type="file"]') : null;
      if (!field || ready) return;
      bring(address).then(() => { ready = true; if (event.type === "change") changed(field); }, () => {});
    };
    for (const kind of ["focusin", "change"]) document.addEventListener(kind, touched);
    if (waiting()) bring(address).then(() => { ready = true; }, () => {});
  }

  const tour = one("[data-tour]");
  if (tour) {
    const seen = () => {
      try { return localStorage.getItem(`motcua-tour:${tour.dataset.person}:${tour.dataset.tour}`); } catch { return "yes"; }
    };
    tour.hidden = Boolean(seen());
    for (const again of all("[data-tour-again]")) again.hidden = false;
    clickedFirst("[data-tour-start], [data-tour-later], [data-tour-again]", tour.dataset.script);
  }

  /* --- a part that is asked for again now and then, unless somebody stands in it --------------- */

  for (const place of all("[data-live]")) {
    setInterval(async () => {
      if (document.hidden || place.contains(document.activeElement)) return;
      try {
        const answer = await fetch(place.dataset.live, { credentials: "same-origin", headers: { "HX-Request": "true" } });
        if (answer.headers.has("HX-Refresh")) location.reload();
        else if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
      } catch { /* the next time */ }
    }, 1000 * Number(place.dataset.every));
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
      const line = place && one(".saved", place); // never the form itself: what is typed stands in it
      if (!line) return;
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

  function focusScan() {
    const field = one("[data-scan]");
    if (!field) return press('[data-key="F4"]');
    field.focus();
    field.select();
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
    if (event.key === "F8") return press('[data-key="F8"]');
    if (event.key === "F3") return focusSearch();
    if (event.key === "F4") return focusScan();
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

  /* --- signing out: pages kept for work without a network are gone; unsent drafts stay, unseen by others --- */

  for (const form of all('form[action$="/sign-out"]')) {
    form.addEventListener("submit", () => {
      if (!window.caches) return;
      caches.keys().then((names) => names.filter((one) => one.startsWith("motcua-pages")).forEach((one) => caches.delete(one)));
    });
  }
})();
