/* Files go to the server in pieces as soon as they are chosen, and go on where they were after a cut or a
   reload: the file itself waits in the browser's own store until it is whole. Without this file, and in
   browsers without that store, files go with the form as ever. Words come from the page (data-…). */

"use strict";

(() => {
  const places = [...document.querySelectorAll("[data-upload]")];
  if (!places.length || !window.indexedDB || !window.fetch || !Blob.prototype.slice) return;
  const PIECE = 256 * 1024;
  const LONGEST_WAIT = 30000;
  const DAY = 24 * 3600 * 1000;
  const going = new Set();

  /* --- what waits in the browser ------------------------------------------------------------- */

  const store = new Promise((resolve, reject) => {
    const asked = indexedDB.open("motcua-files", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("files", { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const within = async (mode, act) => {
    const files = (await store).transaction("files", mode).objectStore("files");
    return new Promise((resolve, reject) => {
      const asked = act(files);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  };
  /* app.js brings this file at once where something waits, else with the first use. */
  const mark = (some) => {
    try {
      if (some) localStorage.setItem("motcua-files", "wait");
      else localStorage.removeItem("motcua-files");
    } catch { /* then it is always brought */ }
  };
  const keep = async (entry) => {
    const id = await within("readwrite", (files) => files.put(entry));
    mark(true);
    return id;
  };
  const forget = (entry) => within("readwrite", (files) => files.delete(entry.id)).catch(() => {});
  const all = () => within("readonly", (files) => files.getAll());

  /* --- one file ------------------------------------------------------------------------------ */

  const ask = (place, url, method, headers = {}, body = undefined) => fetch(url, {
    method, body, credentials: "same-origin",
    headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": place.dataset.token, Accept: "application/json", ...headers },
  });
  const name64 = (name) => btoa(String.fromCharCode(...new TextEncoder().encode(name)));

  async function said(answer, place) {
    try {
      const problem = await answer.json();
      return problem.detail || problem.title || place.dataset.failed;
    } catch { return place.dataset.failed; }
  }

  function line(place, entry) {
    const li = document.createElement("li");
    const about = document.createElement("span");
    const name = document.createElement("b");
    const state = document.createElement("small");
    const drop = document.createElement("button");
    about.className = "about";
    state.className = "num";
    name.textContent = entry.file.name;
    drop.type = "button";
    drop.className = "link";
    drop.textContent = place.dataset.drop;
    drop.setAttribute("aria-label", `${place.dataset.drop}: ${entry.file.name}`);
    drop.addEventListener("click", async () => {
      entry.dropped = true;
      going.delete(entry);
      li.remove();
      forget(entry);
      if (entry.url) ask(place, entry.url, "DELETE").catch(() => {});
      place.querySelector("input[type=file]").focus();
    });
    about.append(name, state);
    li.append(about, drop);
    place.querySelector("ul").append(li);
    return {
      say: (text, bad = false) => { state.textContent = text; li.classList.toggle("held", bad); },
      done: (token) => {
        const sent = document.createElement("input");
        sent.type = "hidden";
        sent.name = `${place.dataset.name}.sent`;
        sent.value = token;
        li.append(sent);
      },
      gone: () => li.remove(),
    };
  }

  const pause = (ms) => new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    window.addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
  });

  async function send(place, entry, shown) {
    going.add(entry);
    let wait = 1000;
    while (!entry.dropped) {
      try {
        const verdict = await goOn(place, entry, shown);
        going.delete(entry);
        if (verdict === "whole") {
          shown.say(place.dataset.ready);
          shown.done(entry.url.split("/").pop());
        } else if (verdict === "gone") {
          shown.gone();
          forget(entry);
        } else {
          shown.say(verdict, true);
          forget(entry);
          if (entry.url) ask(place, entry.url, "DELETE").catch(() => {});
        }
        place.dispatchEvent(new CustomEvent("motcua:upload", { bubbles: true }));
        return;
      } catch {
        shown.say(place.dataset.cut);
        await pause(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  }

  /* Returns "whole", "gone", or a sentence of refusal; throws where it is worth trying again. */
  async function goOn(place, entry, shown) {
    const { file } = entry;
    if (!entry.url) {
      const begun = await ask(place, place.dataset.upload, "POST",
        { "Upload-Length": String(file.size), "Upload-Metadata": `filename ${name64(file.name)}` });
      if (begun.status >= 500) throw new Error("later");
      if (begun.status !== 201) return said(begun, place);
      entry.url = begun.headers.get("Location");
      await keep(entry).catch(() => {});
    }
    const state = await ask(place, entry.url, "HEAD");
    if (state.status >= 500) throw new Error("later");
    if (state.status !== 200) return "gone";
    let offset = Number(state.headers.get("Upload-Offset"));
    while (offset < file.size && !entry.dropped) {
      shown.say(place.dataset.sending.replace("{done}", `${Math.floor((offset / file.size) * 100)} %`));
      const answer = await ask(place, entry.url, "PATCH",
        { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
        file.slice(offset, offset + PIECE));
      if (answer.status >= 500 || answer.status === 409) throw new Error("later");
      if (answer.status !== 204) return said(answer, place);
      offset = Number(answer.headers.get("Upload-Offset"));
    }
    return "whole";
  }

  /* --- choosing, coming back, sending the form ------------------------------------------------ */

  const formOf = (place) => (place.closest("form") || document.body).dataset.files || location.pathname;
  for (const place of places) {
    const input = place.querySelector("input[type=file]");
    input.addEventListener("change", async () => {
      if (!navigator.onLine) return; // they stay in the field and go with the form, whenever that goes
      const chosen = [...input.files];
      input.value = "";
      for (const file of chosen) {
        const entry = { form: formOf(place), name: place.dataset.name, file, url: "", at: Date.now() };
        try { entry.id = await keep(entry); } catch { /* no room or private window: it goes all the same */ }
        send(place, entry, line(place, entry));
      }
    });
  }

  all().then((entries) => {
    if (!entries.length) mark(false);
    for (const entry of entries) {
      if (Date.now() - entry.at > DAY) { forget(entry); continue; }
      const place = places.find((one) => one.dataset.name === entry.name && formOf(one) === entry.form);
      if (!place) continue;
      const token = entry.url ? entry.url.split("/").pop() : "";
      const there = token && place.querySelector(`[data-sent="${CSS.escape(token)}"]`);
      if (there) there.remove();
      const attach = place.closest("details");
      if (attach) attach.open = true;
      send(place, entry, line(place, entry));
    }
  }).catch(() => {});

  document.addEventListener("submit", (event) => {
    const sends = event.submitter && event.submitter.formNoValidate && event.submitter.hasAttribute("formaction");
    if (sends || ![...going].some(() => event.target.querySelector("[data-upload]"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const place = event.target.querySelector("[data-upload]");
    let said = event.target.querySelector("[data-upload-wait]");
    if (!said) {
      said = document.createElement("p");
      said.className = "flash care";
      said.dataset.uploadWait = "";
      said.setAttribute("role", "alert");
      place.closest("form").append(said);
    }
    said.textContent = place.dataset.wait;
  }, true);
})();
