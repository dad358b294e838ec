/* Papers beside the form: a link to a page of a file opens it next to what is typed, nothing typed is left.
   Without this file the link opens the page by itself. */

"use strict";

(() => {
  const place = document.querySelector("[data-look-here]");
  if (!place) return;
  const frame = place.closest(".two");
  let from = null;

  async function show(link) {
    place.setAttribute("aria-busy", "true");
    let answer = null;
    try {
      answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    } catch { /* the line is cut: said below */ }
    place.removeAttribute("aria-busy");
    if (!answer || answer.redirected) return void (location.href = link.href);
    const text = await answer.text();
    const parsed = new DOMParser().parseFromString(text, "text/html");
    place.replaceChildren(...parsed.body.children);
    place.hidden = false;
    frame.classList.add("reading");
    for (const button of place.querySelectorAll("[data-look-close]")) button.hidden = false;
    const page = place.querySelector(".look-page") || place;
    page.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  }

  function close() {
    place.hidden = true;
    place.replaceChildren();
    frame.classList.remove("reading");
    if (from && from.isConnected) from.focus();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-look-close]")) return close();
    const link = event.target.closest("a[data-look]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (!place.contains(link)) from = link;
    show(link);
  });

  place.addEventListener("keydown", (event) => {
    const way = { ArrowRight: "next", PageDown: "next", ArrowLeft: "prev", PageUp: "prev" }[event.key];
    if (event.key === "Escape") close();
    else if (way) {
      const link = place.querySelector(`a[rel="${way}"]`);
      if (link) { event.preventDefault(); show(link); }
    }
  });
})();
