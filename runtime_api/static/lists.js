/* The work list with the keyboard: X ticks a line, and who comes back finds the place. Without this file the
   ticks are clicked and the browser's own way back works. */

"use strict";

(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = document.querySelector("form[data-many]");
  if (!form) return;
  const ticks = all('input[name="t"]', form);
  const whole = form.querySelector("[data-all]");
  const said = form.querySelector("[data-chosen]");

  function show() {
    const count = ticks.filter((one) => one.checked).length;
    said.textContent = count ? said.dataset.words.replace("{count}", count) : "";
    if (whole) whole.checked = count === ticks.length;
  }
  form.addEventListener("change", (event) => {
    if (event.target === whole) for (const one of ticks) one.checked = whole.checked;
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key !== "x" && event.key !== "X") return;
    const row = document.activeElement.closest ? document.activeElement.closest("tr[data-task]") : null;
    if (!row || document.activeElement.matches('input[type="checkbox"]')) return;
    const tick = row.querySelector('input[name="t"]');
    tick.checked = !tick.checked;
    show();
    event.preventDefault();
  });
  window.addEventListener("pageshow", show);

  /* The line that was open, or the one that took its place, has the focus again. */
  const PLACE = "motcua:place";
  const rows = all("tr[data-task]", form);
  form.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-task]");
    if (!row || !event.target.closest("a.row")) return;
    try {
      sessionStorage.setItem(PLACE, JSON.stringify({ task: row.dataset.task, at: rows.indexOf(row) }));
    } catch { /* a browser that keeps nothing */ }
  });
  const before = (() => {
    try { return JSON.parse(sessionStorage.getItem(PLACE)); } catch { return null; }
  })();
  const named = location.hash.startsWith("#w") ? document.getElementById(location.hash.slice(1)) : null;
  if (named) {
    named.focus({ preventScroll: true });
    named.scrollIntoView({ block: "center" });
  } else if (before && /\/staff\/tasks\//.test(document.referrer) && rows.length) {
    sessionStorage.removeItem(PLACE);
    const row = rows.find((one) => one.dataset.task === before.task) || rows[Math.min(before.at, rows.length - 1)];
    const link = row.querySelector("a.row");
    link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  }
})();
