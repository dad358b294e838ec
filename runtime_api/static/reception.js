/* The counter: choosing a procedure by a few letters, an applicant by card or number, papers by dropping them.
   Words come from the page (data-…); without this file every field can be typed and sent all the same. */

"use strict";

(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();

  /* --- choosing from a list while typing: words, or first letters of a name ---------------------- */

  const filter = one("[data-filter]");
  if (filter) {
    const list = one(filter.dataset.filter);
    const items = all("li", list).map((li, at) => ({ li, at, text: fold(li.textContent), letters: li.dataset.letters || "", key: fold(li.dataset.key || "") }));
    const none = one("[data-none]");
    const rank = (item, typed) => {
      if (!typed || item.key === typed) return 0;
      if (typed.length > 1 && item.letters.includes(typed)) return item.letters.startsWith(typed) ? 1 : 2;
      return typed.split(/\s+/).every((word) => item.text.includes(word)) ? 3 : -1;
    };
    const narrow = () => {
      const typed = fold(filter.value).trim();
      let shown = 0;
      for (const item of items) {
        item.rank = rank(item, typed);
        item.li.hidden = item.rank < 0;
        shown += item.rank >= 0;
      }
      const best = items.filter((item) => item.rank >= 0).sort((a, b) => a.rank - b.rank || a.at - b.at);
      if (typed) list.append(...best.map((item) => item.li));
      else list.append(...items.map((item) => item.li));
      if (none) none.hidden = shown > 0;
    };
    filter.addEventListener("input", narrow);
    filter.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      const first = all("li", list).find((li) => !li.hidden);
      if (!first) return;
      event.preventDefault();
      const link = one("a", first);
      if (event.key === "Enter") link.click();
      else link.focus();
    });
    narrow();
  }

  const form = one("form[data-reception]");
  if (!form) return;
  const words = form.dataset;
  const applicant = (name) => form.elements[`applicant_${name}`];
  const said = one("[data-applicant-line]");
  const tell = (text, bad = false) => {
    said.textContent = text;
    said.classList.toggle("bad", bad);
  };
  const changed = () => form.dispatchEvent(new Event("change", { bubbles: true }));

  /* --- the square code of a citizen card, typed by a scanner into any field of the applicant ------ */

  const isCard = (text) => text.split("|").length > 5;
  function isDay(text) {
    const [, day, month, year] = /^(\d\d)(\d\d)(\d{4})$/.exec(text) || [];
    const date = new Date(Date.UTC(year, month - 1, day));
    return text === "" || (date.getUTCDate() === Number(day) && date.getUTCMonth() === month - 1);
  }
  function readCard(text) {
    const parts = text.length <= 600 ? text.split("|").map((part) => part.replace(/\p{C}+/gu, "").replace(/\s+/g, " ").trim()) : [];
    const [number, , name, birth, , address] = parts;
    const fits = parts.length > 5 && parts.length < 15 && /^\d{12}$/.test(number) && /^[\p{L} '.-]{2,200}$/u.test(name) && isDay(birth);
    if (!fits) return null;
    const usual = name === name.toUpperCase() ? name.toLowerCase().replace(/(^|[ '-])\p{L}/gu, (letter) => letter.toUpperCase()) : name;
    return { id_no: number, name: usual, address: address.slice(0, 500) };
  }
  function takeCard(field) {
    const card = readCard(field.value);
    if (!card) {
      tell(words.badCard, true);
      field.select();
      return false;
    }
    field.value = "";
    for (const name of ["id_no", "name", "address"]) applicant(name).value = card[name];
    tell(words.cardRead);
    changed();
    lookUp(card.id_no);
    return true;
  }

  /* --- who was here before ------------------------------------------------------------------------ */

  const known = one("[data-known]");
  let asked = "";
  let answer = Promise.resolve();
  function lookUp(number) {
    const plain = number.replace(/[\s.]/g, "");
    if (plain === asked || !/^(\d{8,14}|\d{10}-\d{3}|[A-Z]\d{7,8})$/i.test(plain)) return answer;
    asked = plain;
    const url = `${words.applicants}&number=${encodeURIComponent(plain)}`;
    answer = fetch(url, { headers: { "HX-Request": "true" }, redirect: "error", signal: AbortSignal.timeout(3000) })
      .then((got) => (got.ok ? got.text() : ""))
      .then((html) => {
        if (plain !== asked) return;
        known.innerHTML = html; // of our own server, in the same origin
        const people = all("[data-person]", known);
        if (people.length === 1) refill(JSON.parse(people[0].dataset.person), true);
      })
      .catch(() => { asked = ""; });
    return answer;
  }
  function refill(person, onlyEmpty) {
    let filled = 0;
    for (const [name, value] of Object.entries(person)) {
      const field = form.elements[name];
      if (name === "applicant_kind") {
        if (!onlyEmpty || !applicant("name").value) field.value = value;
      } else if (value && (!onlyEmpty || !field.value)) {
        field.value = value;
        filled += 1;
      }
    }
    if (filled) {
      tell(words.refilled);
      changed();
    }
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-refill], [data-refill-form]");
    if (!button) return;
    if (button.hasAttribute("data-refill")) refill(JSON.parse(button.closest("[data-person]").dataset.person), false);
    else {
      for (const [name, value] of Object.entries(JSON.parse(button.dataset.refillForm))) {
        const list = (Array.isArray(value) ? value : [value]).map(String);
        for (const field of all(`[name="${CSS.escape(`d.${name}`)}"]`, form)) {
          if (field.type === "checkbox" || field.type === "radio") field.checked = list.includes(field.value) || (value === true && field.value === "true");
          else field.value = value === null ? "" : list[0];
        }
      }
      changed();
    }
    nextEmpty();
  });

  /* After a card or a known number the rest of the applicant is there: on to the first field that is empty. */
  function nextEmpty() {
    const needed = all("input[required], select[required], textarea[required]", form).find(
      (field) => !field.value && field.offsetParent !== null && field.type !== "checkbox" && field.type !== "radio");
    const stop = needed || one("[data-accept]");
    stop.focus();
  }

  const lookedAt = ["id_no", "phone"];
  for (const field of all("[data-applicant] input[type=text], [data-applicant] input[type=tel], [data-applicant] input[type=email]")) {
    field.addEventListener("paste", () => setTimeout(() => { if (isCard(field.value) && takeCard(field)) nextEmpty(); }, 0));
    field.addEventListener("input", () => {
      if (said.classList.contains("bad")) tell("");
      if (lookedAt.some((name) => field === applicant(name)) && !isCard(field.value)) lookUp(field.value);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
      const number = lookedAt.some((name) => field === applicant(name)) && field.value;
      if (!isCard(field.value) && !number) return;
      event.preventDefault(); // the general rule, on to the next field, looks at this
      if (isCard(field.value)) {
        if (takeCard(field)) answer.then(nextEmpty);
        return;
      }
      lookUp(field.value).then(() => {
        if (applicant("name").value) nextEmpty();
        else applicant("name").focus();
      });
    });
  }

  /* --- papers: ticked as long as they are wanted, unless somebody has decided otherwise ------------ */

  const decided = new Set();
  form.addEventListener("input", (event) => {
    if (event.target.matches(".check-list li > input[type=checkbox]") && event.isTrusted) decided.add(event.target.name);
  });
  document.addEventListener("htmx:afterSwap", () => {
    const needed = one("[data-needed-papers]");
    if (!needed) return;
    const codes = new Set(needed.dataset.neededPapers.split(" "));
    for (const tick of all(".check-list li[data-need=conditional] > input[type=checkbox]", form)) {
      if (!decided.has(tick.name) && needed.dataset.isFresh === undefined) tick.checked = codes.has(tick.name.slice(2));
    }
    needed.dataset.isFresh = "no";
  });

  for (const place of all("[data-drop]", form)) {
    const input = one("input[type=file]", place);
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      place.classList.remove("over");
      const together = new DataTransfer();
      for (const file of [...input.files, ...event.dataTransfer.files]) together.items.add(file);
      input.files = together.files;
      const tick = one("input[type=checkbox]", place);
      if (tick) tick.checked = true;
      for (const details of all("details", place)) details.open = true;
      input.dispatchEvent(new Event("change", { bubbles: true })); // sent in pieces at once, as if it were chosen
    });
  }
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => event.preventDefault()); // a miss must not leave the page
})();
