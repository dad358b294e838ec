/* Receiving without a network: what cannot be sent gets a provisional number, waits in this browser, and is
   sent when the line is back, each under its own key, so that none becomes two. Words come from the page. */

"use strict";

(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const { store, say, clock, draft } = window.motcua;
  const place = one("[data-offline-counter]");
  if (!place) return;
  const words = place.dataset;
  const owner = words.owner;
  const SEND = words.send;
  const WAITING = "waiting";
  const REFUSED = "refused";
  const ACCEPTED = "accepted";

  /* --- pages that shall open without a network ---------------------------------------------------- */

  if (navigator.serviceWorker) {
    navigator.serviceWorker.register("/sw.js", { scope: "/staff/reception" }).then(() => navigator.serviceWorker.ready).then((ready) => {
      const files = [...all("link[rel=stylesheet], link[rel=icon]").map((l) => l.href), ...all("script[src]").map((s) => s.src), ...(words.files || "").split(" ").filter(Boolean)];
      ready.active.postMessage({ type: "keep", owner, files, pages: (words.pages || "").split(" ").filter(Boolean) });
    }).catch(() => {});
    navigator.serviceWorker.addEventListener("message", (event) => {
      if (event.data.type === "kept") document.documentElement.dataset.offlineReady = "yes";
    });
  }

  /* --- the provisional number: this machine, this day, one after the other ------------------------- */

  const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  function machine() {
    let name = localStorage.getItem("motcua-machine");
    if (!name) {
      name = [...crypto.getRandomValues(new Uint8Array(5))].map((n) => LETTERS[n % LETTERS.length]).join("");
      localStorage.setItem("motcua-machine", name);
    }
    return name;
  }
  function nextNumber() {
    const now = new Date();
    const day = `${String(now.getFullYear()).slice(2)}${String(now.getMonth() + 1).padStart(2, "0")}${String(now.getDate()).padStart(2, "0")}`;
    const [of, last] = (localStorage.getItem("motcua-provisional") || "").split(":");
    const next = of === day ? Number(last) + 1 : 1;
    localStorage.setItem("motcua-provisional", `${day}:${next}`);
    return `TAM-${machine()}-${day}-${String(next).padStart(3, "0")}`;
  }

  /* --- taking a dossier without a network ---------------------------------------------------------- */

  const form = one("form[data-reception]");
  if (form && draft) {
    form.addEventListener("submit", (event) => {
      const mayBeAway = !navigator.onLine || draft.state.trouble;
      if (!mayBeAway || (event.submitter && event.submitter.hasAttribute("formaction"))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      take(event.submitter);
    }, true);
  }
  async function isReachable() {
    try {
      const answer = await fetch(form.dataset.draftSession, { headers: { Accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(4000) });
      return answer.status < 502;
    } catch { return false; }
  }
  async function take() {
    if (await isReachable()) {
      if (draft.state.signedOut || !(await draft.renewSession().catch(() => false))) { draft.show(); return; }
      draft.state.trouble = "";
      form.requestSubmit();
      return;
    }
    const missing = firstMissing();
    if (missing) {
      missing.focus();
      one("[data-applicant-line]").textContent = words.incomplete;
      return;
    }
    await draft.saveHere();
    const record = {
      ...draft.record(), state: WAITING, number: draft.state.number, provisional: nextNumber(), takenAt: new Date().toISOString(),
      entries: [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && (typeof value === "string" || value.size)),
    };
    draft.finish();
    await store.put(record);
    showSlip(record);
  }
  function firstMissing() {
    const value = (name) => form.elements[name].value.trim();
    if (!value("applicant_name")) return form.elements.applicant_name;
    if (!value("applicant_id_no") && !value("applicant_phone")) return form.elements.applicant_phone;
    return all("input[required], select[required], textarea[required]", form).find((field) => field.offsetParent !== null && !field.value.trim());
  }
  function showSlip(record) {
    const slip = one("[data-provisional]");
    const put = (name, text) => { one(`[data-put="${name}"]`, slip).textContent = text; };
    put("number", record.provisional);
    put("name", record.values.applicant_name.join(" "));
    put("contact", [record.values.applicant_id_no, record.values.applicant_phone].flat().filter(Boolean).join(" · "));
    put("time", new Date(record.takenAt).toLocaleString("vi-VN"));
    const list = one('[data-put="papers"]', slip);
    list.replaceChildren(...all(".check-list li", form).filter((li) => one("input[type=checkbox]", li).checked).map((li) => {
      const item = document.createElement("li");
      item.textContent = one("label", li).textContent.replace("*", "").trim();
      return item;
    }));
    form.hidden = true;
    for (const other of all("[data-draft-line], [data-draft-restored], [data-draft-others]")) other.hidden = true;
    slip.hidden = false;
    document.body.classList.add("with-slip");
    one("[data-print]", slip).focus();
  }

  /* --- sending when the line is back ------------------------------------------------------------------ */

  const queue = async () => (await store.list(owner)).filter((r) => [WAITING, REFUSED, ACCEPTED].includes(r.state)).sort((a, b) => a.at - b.at);
  const AGAIN_AFTER = 5000; // ms, while something waits
  let again = 0;
  let sending = false;
  let note = "";

  async function sendAll() {
    if (sending || !navigator.onLine) return show();
    const waiting = (await queue()).filter((r) => r.state === WAITING);
    if (!waiting.length) return show();
    sending = true;
    try {
      const asked = await fetch(words.session, { headers: { Accept: "application/json" }, redirect: "error" });
      if (asked.status === 401) { note = "signedOut"; return; }
      if (!asked.ok) return;
      const { user, csrf } = await asked.json();
      if (String(user) !== owner) { note = "otherPerson"; return; }
      note = "";
      for (const record of waiting) {
        if (!(await sendOne(record, csrf))) return;
        await show();
      }
    } catch { /* the line is gone again; the next try is the same */ } finally {
      sending = false;
      clearTimeout(again);
      if (!note && (await queue()).some((r) => r.state === WAITING)) again = setTimeout(sendAll, AGAIN_AFTER);
      await show();
    }
  }
  /* Return whether the next one may be tried. */
  async function sendOne(record, csrf) {
    const body = new FormData();
    for (const [name, value] of record.entries) body.append(name, value);
    body.set("submission_key", record.id);
    body.set("provisional", record.provisional);
    body.set("taken_at", record.takenAt);
    const answer = await fetch(SEND, { method: "POST", body, redirect: "error", headers: { Accept: "application/json", "X-CSRFToken": csrf } });
    if (answer.status === 401) { note = "signedOut"; return false; }
    if (answer.status >= 500 || answer.status === 429) return false;
    const said = await answer.json();
    if (answer.ok) Object.assign(record, { state: ACCEPTED, code: said.code, url: said.url, due: said.due, entries: [], values: {} });
    else Object.assign(record, { state: REFUSED, problem: said.detail, problems: said.problems || [] });
    record.at = Date.now();
    await store.put(record);
    return true;
  }

  /* --- what became of each ------------------------------------------------------------------------------ */

  const list = one("[data-queue]");
  async function show() {
    const records = await queue();
    const waiting = records.filter((r) => r.state === WAITING).length;
    const refused = records.filter((r) => r.state === REFUSED).length;
    for (const banner of all("[data-queue-banner]")) {
      banner.hidden = !(waiting + refused);
      const count = one("[data-count]", banner);
      if (count) count.textContent = waiting + refused;
    }
    for (const line of all("[data-queue-note]")) line.hidden = line.dataset.queueNote !== note;
    if (!list) return;
    list.replaceChildren(...records.reverse().map(row));
    one("[data-queue-empty]").hidden = records.length > 0;
  }
  function element(tag, text = "", more = {}) {
    return Object.assign(document.createElement(tag), { textContent: text, ...more });
  }
  function row(record) {
    const cells = [element("td"), element("td", record.title), element("td"), element("td")];
    cells[0].append(element("b", record.provisional, { className: "num nowrap" }), element("small", say(words.takenAt, clock(Date.parse(record.takenAt)))));
    if (record.state === ACCEPTED) {
      cells[2].append(element("span", `✓ ${words.accepted}`, { className: "tag ok" }), element("small", say(words.due, record.due)));
      cells[3].append(element("a", record.code, { href: record.url, className: "num nowrap" }), " ", away(record, words.clear));
    } else if (record.state === REFUSED) {
      cells[2].append(element("span", `▲ ${words.refused}`, { className: "tag late" }), element("small", record.problem));
      for (const problem of record.problems) cells[2].append(element("small", problem));
      const mend = element("button", words.mend, { type: "button", className: "btn small" });
      mend.addEventListener("click", async () => {
        await store.put({ ...record, state: "draft" });
        location.href = record.address;
      });
      cells[3].append(mend);
    } else cells[2].append(element("span", `‖ ${words.waiting}`, { className: "tag wait" }));
    const line = document.createElement("tr");
    line.append(...cells);
    return line;
  }
  function away(record, text) {
    const button = element("button", text, { type: "button", className: "link" });
    button.addEventListener("click", async () => { await store.remove(owner, record.id); await show(); });
    return button;
  }

  window.addEventListener("online", sendAll);
  window.addEventListener("focus", sendAll);
  for (const button of all("[data-send-now]")) button.addEventListener("click", sendAll);
  const settled = draft ? draft.ready : Promise.resolve();
  settled.then(sendAll);
})();
