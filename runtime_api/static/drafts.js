/* Nothing typed is lost: what stands in a form is kept in this browser (IndexedDB) and on the server, and one
   line says where. The contract is in docs/reference/drafts.md; words come from the page (data-…).

   A draft belongs to one person: other people's are never shown on the same machine. */

"use strict";

(() => {
  const HERE_AFTER = 400; // ms without typing, at most HERE_AT_MOST after the first key
  const HERE_AT_MOST = 2000;
  const SERVER_AFTER = 4000;
  const KEPT_FOR = 7 * 24 * 3600 * 1000;
  const SENT_KEPT_FOR = 3600 * 1000; // long enough to sign in again if the sending met the end of the session
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* --- the store: one record per person and draft ---------------------------------------------- */

  let opened = null;
  function database() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = indexedDB.open("motcua", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }
  async function withStore(mode, act) {
    const db = await database();
    return new Promise((resolve, reject) => {
      const line = db.transaction("drafts", mode);
      const asked = act(line.objectStore("drafts"));
      line.oncomplete = () => resolve(asked.result);
      line.onerror = line.onabort = () => reject(line.error);
    });
  }
  const keyOf = (owner, id) => `${owner}|${id}`;
  const store = {
    put: (record) => withStore("readwrite", (rows) => rows.put(record)),
    get: (owner, id) => withStore("readonly", (rows) => rows.get(keyOf(owner, id))),
    remove: (owner, id) => withStore("readwrite", (rows) => rows.delete(keyOf(owner, id))),
    list: async (owner) => (await withStore("readonly", (rows) => rows.getAll())).filter((r) => r.owner === owner),
    sweep: async () => {
      for (const record of await withStore("readonly", (rows) => rows.getAll())) {
        const most = record.state === "sent" ? SENT_KEPT_FOR : KEPT_FOR;
        if (record.state !== "waiting" && record.at < Date.now() - most) await store.remove(record.owner, record.id);
      }
    },
    keyOf,
  };

  /* --- what stands in a form ------------------------------------------------------------------- */

  const SKIPPED = new Set(["csrf_token", "submission_key", "version"]);
  function read(form) {
    const values = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !SKIPPED.has(name)) (values[name] = values[name] || []).push(value);
    }
    return values;
  }
  function fill(form, values) {
    const left = Object.fromEntries(Object.entries(values).map(([name, list]) => [name, [...list]]));
    for (const field of form.elements) {
      if (!field.name || SKIPPED.has(field.name) || ["file", "submit", "button", "hidden"].includes(field.type)) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = (values[field.name] || []).includes(field.value);
      else if (field.tagName !== "FIELDSET") field.value = (left[field.name] || []).shift() || "";
    }
  }
  const clock = (at) => new Date(at).toTimeString().slice(0, 8);
  const say = (words, time) => words.replace("{time}", time);
  const isEmpty = (values, before) => JSON.stringify(values) === before;

  /* A page may come from the browser's own store, always with the same key; each dossier needs one of its own. */
  function idOf(form) {
    const wanted = new URLSearchParams(location.search).get("draft");
    if (!form.hasAttribute("data-draft-fresh") || form.hasAttribute("data-draft-answered")) return form.dataset.draftId;
    const made = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
    const id = wanted && /^[\w-]{16,64}$/.test(wanted) ? wanted : made();
    form.elements.submission_key.value = id;
    return id;
  }

  /* --- keeping one form ------------------------------------------------------------------------ */

  function keep(form) {
    const about = form.dataset;
    const owner = about.draftOwner;
    const line = one("[data-draft-line]");
    const words = line ? line.dataset : {};
    const blank = JSON.stringify(read(form));
    const isFixed = form.hasAttribute("data-draft-fixed"); // the page itself has one draft, kept with what it is about
    const state = { id: idOf(form), number: 0, here: "", server: about.draftServerAt || "", trouble: "", signedOut: false, done: false };
    let hereTimer = 0;
    let hereSince = 0;
    let serverTimer = 0;
    let record = null;

    function address() {
      if (isFixed) return about.draftAddress;
      const url = new URL(about.draftAddress || location.href, location.href);
      url.searchParams.set("draft", state.id);
      url.searchParams.delete("lang");
      return url.pathname + url.search;
    }

    function show() {
      if (!line) return;
      const said = [state.here && say(words.here, state.here), state.server && say(words.server, state.server)];
      line.replaceChildren(document.createTextNode(said.filter(Boolean).join(" ")));
      if (state.trouble) {
        const text = document.createElement("b");
        text.textContent = ` ${state.trouble} `;
        line.append(text);
      }
      if (state.signedOut) {
        const link = document.createElement("a");
        Object.assign(link, { href: words.signInUrl, textContent: words.signIn, target: "_blank", rel: "noopener" });
        line.append(link);
      }
      line.classList.toggle("bad", Boolean(state.trouble));
    }

    async function saveHere(kept = "draft") {
      clearTimeout(hereTimer);
      hereSince = 0;
      if (state.done) return;
      const values = read(form);
      const named = about.draftTitleField && form.elements[about.draftTitleField];
      const name = named && named.value ? ` · ${named.value}` : "";
      record = {
        mark: about.draftMark || "", ...(record || {}), isFixed, key: keyOf(owner, state.id), owner, id: state.id, kind: about.draft, state: kept,
        title: `${about.draftTitle}${name}`.slice(0, 300), address: address(), values, number: ++state.number, at: Date.now(),
      };
      try {
        await store.put(record);
        state.here = clock(record.at);
      } catch {
        state.here = "";
        state.trouble = words.nowhere || "";
      }
      show();
    }

    async function saveServer() {
      clearTimeout(serverTimer);
      serverTimer = 0;
      if (!about.draftSave || state.done) return;
      if (!record || hereSince) await saveHere();
      if (!record) return;
      const sent = record;
      const body = new URLSearchParams();
      for (const [name, list] of Object.entries(sent.values)) for (const value of list) body.append(name, value);
      for (const name of ["id", "kind", "title", "address", "number"]) body.append(`_draft.${name}`, sent[name]);
      try {
        const answer = await fetch(about.draftSave, {
          method: "POST", body, redirect: "error",
          headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        });
        if (answer.ok) {
          const { saved_at: at, mark } = await answer.json();
          Object.assign(state, { server: at, trouble: "", signedOut: false });
          record.serverNumber = sent.number;
          record.mark = mark || "";
          await store.put(record).catch(() => {});
        } else if (answer.status === 401 || answer.status === 400) {
          if (await renewSession()) return saveServer();
        } else {
          const problem = await answer.json().catch(() => ({}));
          state.trouble = problem.detail || words.offline;
        }
      } catch {
        state.trouble = words.offline || "";
        serverTimer = setTimeout(saveServer, SERVER_AFTER);
      }
      show();
    }

    /* The session ended, or began anew in another tab: take its token, if it is the same person's. */
    async function renewSession() {
      const answer = await fetch(about.draftSession, { headers: { Accept: "application/json" }, redirect: "error" });
      state.signedOut = answer.status === 401;
      if (state.signedOut) state.trouble = words.signedOut;
      if (!answer.ok) return false;
      const { user, csrf } = await answer.json();
      if (String(user) !== owner) {
        Object.assign(state, { trouble: words.otherPerson, signedOut: true });
        return false;
      }
      for (const token of all('input[name="csrf_token"]')) token.value = csrf;
      Object.assign(state, { trouble: "", signedOut: false });
      return true;
    }

    function typed() {
      const now = Date.now();
      hereSince = hereSince || now;
      clearTimeout(hereTimer);
      hereTimer = setTimeout(saveHere, Math.max(0, Math.min(HERE_AFTER, hereSince + HERE_AT_MOST - now)));
      serverTimer = serverTimer || setTimeout(saveServer, SERVER_AFTER);
      if (!isFixed && !location.search.includes(state.id)) history.replaceState(null, "", address());
    }
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    form.addEventListener("submit", () => {
      if (!isFixed) sessionStorage.setItem("motcua-sent", state.id);
      else if (record || hereSince) saveHere("sent"); // opened again, it was not taken
    });
    document.addEventListener("visibilitychange", () => { if (document.hidden && hereSince) saveHere(); });
    window.addEventListener("focus", async () => {
      if (!state.signedOut) return;
      if (await renewSession().catch(() => false)) await saveServer();
      show();
    });
    document.addEventListener("htmx:beforeOnLoad", (event) => {
      if (event.detail.xhr.status !== 401) return;
      event.preventDefault(); // else htmx would leave the page, and what stands in it, for the sign-in page
      saveServer();
    });
    window.addEventListener("online", () => { if (record) saveServer(); });

    async function restore() {
      await store.sweep();
      const mine = await store.list(owner);
      const kept = mine.find((r) => r.id === state.id);
      if (kept) {
        record = kept;
        state.number = kept.number;
        if (form.hasAttribute("data-draft-answered")) record.mark = about.draftMark || "";
        else if (isFixed) restoreFixed(kept);
        else if (kept.state === "draft") putBack(kept);
      } else if (!isFixed) {
        offerOthers(mine.filter((r) => r.kind === about.draft && r.state === "draft"));
      }
      if (form.hasAttribute("data-draft-answered") && !isFixed) history.replaceState(null, "", address());
    }

    function putBack(kept) {
      fill(form, kept.values);
      const said = one("[data-draft-restored]");
      if (said) said.hidden = false;
      form.dispatchEvent(new Event("change", { bubbles: true }));
    }

    /* The page shows what the server has. What was typed here after that is put back; but if the server was given
       something else meanwhile, on another machine, a person chooses. */
    function restoreFixed(kept) {
      const isNewer = kept.number !== kept.serverNumber;
      const isSame = (kept.mark || "") === (about.draftMark || "");
      record.mark = about.draftMark || "";
      if (!isNewer) return;
      if (isSame) return putBack(kept);
      const offer = one("[data-draft-newer]");
      if (!offer) return;
      offer.hidden = false;
      one("button", offer).addEventListener("click", () => { offer.hidden = true; putBack(kept); });
    }

    function offerOthers(others) {
      const place = one("[data-draft-others]");
      if (!place || !others.length) return;
      const list = one("[data-draft-list]", place);
      for (const other of others.sort((a, b) => b.at - a.at).slice(0, 3)) {
        const link = document.createElement("a");
        Object.assign(link, { href: other.address, textContent: `${other.title} (${clock(other.at)})` });
        list.append(link, " ");
      }
      place.hidden = false;
    }

    const anew = one("[data-draft-anew]");
    if (anew) anew.addEventListener("click", async () => {
      state.done = true;
      await store.remove(owner, state.id).catch(() => {});
      if (about.draftSave && !isFixed) {
        await fetch(`${about.draftSave}/${state.id}/discard`, {
          method: "POST", headers: { "X-CSRFToken": form.elements.csrf_token.value },
        }).catch(() => {});
      }
      const url = new URL(location.href);
      url.searchParams.delete("draft");
      location.replace(url);
    });

    const ready = restore().catch(() => {});
    return {
      form, owner, state, ready, blank, isEmpty: () => isEmpty(read(form), blank), saveHere, saveServer, renewSession, show,
      words, record: () => record, finish: () => { state.done = true; },
    };
  }

  /* --- what was sent is done with; what was thrown away too ------------------------------------- */

  const SENT = "motcua-sent"; // the draft that this tab sent last; the page that says it was accepted forgets it
  for (const done of all("[data-draft-done]")) {
    const id = sessionStorage.getItem(SENT);
    if (id) store.remove(done.dataset.draftOwner, id).catch(() => {});
    sessionStorage.removeItem(SENT);
  }
  for (const form of all("form[data-draft-forget]")) {
    const owner = one("[data-draft-local]").dataset.draftOwner;
    form.addEventListener("submit", () => store.remove(owner, form.dataset.draftForget));
  }

  /* --- the list of drafts: those that only this machine has -------------------------------------- */

  const local = one("[data-draft-local]");
  if (local) (async () => {
    const known = new Set(local.dataset.draftKnown.split(" "));
    const mine = (await store.list(local.dataset.draftOwner)).filter((r) => r.state === "draft" && !known.has(r.id) && !(r.isFixed && r.number === r.serverNumber));
    const list = one("[data-draft-list]", local);
    for (const record of mine.sort((a, b) => b.at - a.at)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      Object.assign(link, { href: record.address, textContent: record.title });
      const small = document.createElement("small");
      small.textContent = say(local.dataset.savedHere, clock(record.at));
      const away = document.createElement("button");
      Object.assign(away, { type: "button", className: "link", textContent: local.dataset.throwAway });
      away.addEventListener("click", async () => { await store.remove(record.owner, record.id); item.remove(); });
      const text = document.createElement("span");
      text.append(link, small);
      item.append(document.createElement("span"), text, away);
      list.append(item);
    }
    local.hidden = !mine.length;
  })().catch(() => {});

  const form = one("form[data-draft]");
  window.motcua = { store, read, fill, clock, say, draft: form ? keep(form) : null };
})();
