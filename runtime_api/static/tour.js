/* A tour of a page: one place after the other, each with a sentence. Offered once to each person in this
   browser, again from the end of the page: app.js shows the offer and brings this file with the first click. Keys: Enter or → on, ← back, Esc ends. Words come from the page. */

"use strict";

(() => {
  const offer = document.querySelector("[data-tour]");
  const again = document.querySelector("[data-tour-again]");
  const list = document.querySelector("[data-tour-stops]");
  if (!offer || !list) return;
  const key = `motcua-tour:${offer.dataset.person}:${offer.dataset.tour}`;
  const visible = (el) => el && el.getClientRects().length > 0;
  const mark = () => { try { localStorage.setItem(key, "seen"); } catch { /* offered again next time */ } };
  let stops = [];
  let at = 0;
  let from = null;
  const box = document.createElement("div");
  box.className = "tour-box";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-live", "polite");
  box.tabIndex = -1;
  box.innerHTML = "<b class='tour-title' id='tour-title'></b><p id='tour-text'></p><div class='row-of spread'><span class='hint num'></span><span class='row-of'><button type='button' class='btn'></button><button type='button' class='btn main'></button></span></div>";
  box.setAttribute("aria-labelledby", "tour-title");
  box.setAttribute("aria-describedby", "tour-text");
  const [back, on] = box.querySelectorAll("button");
  on.addEventListener("click", () => go(1));
  back.addEventListener("click", () => go(-1));

  function start(event) {
    from = event ? event.currentTarget : null;
    stops = [...list.children]
      .map((li) => ({ li, place: li.dataset.at.split(", ").map((one) => document.querySelector(one)).find(visible) }))
      .filter((stop) => stop.place);
    if (!stops.length) return;
    mark();
    offer.hidden = true;
    at = 0;
    document.body.append(box);
    show();
  }

  function show() {
    for (const el of document.querySelectorAll(".tour-here")) el.classList.remove("tour-here");
    const { li, place } = stops[at];
    place.classList.add("tour-here");
    place.scrollIntoView({ block: "center" });
    box.querySelector(".tour-title").textContent = li.querySelector("b").textContent;
    box.querySelector("p").textContent = li.querySelector("span").textContent;
    box.querySelector(".hint").textContent = offer.dataset.of.replace("{at}", at + 1).replace("{all}", stops.length);
    back.textContent = offer.dataset.back;
    back.hidden = at === 0;
    on.textContent = at === stops.length - 1 ? offer.dataset.end : offer.dataset.next;
    const spot = place.getBoundingClientRect();
    const below = spot.bottom + box.offsetHeight + 24 < window.innerHeight;
    const top = below ? spot.bottom + 12 : Math.max(8, spot.top - box.offsetHeight - 12);
    box.style.top = `${Math.min(top, window.innerHeight - box.offsetHeight - 8) + window.scrollY}px`;
    box.style.left = `${Math.max(8, Math.min(spot.left, window.innerWidth - box.offsetWidth - 16))}px`;
    on.focus({ preventScroll: true });
  }

  function go(by) {
    if (at + by >= stops.length) return end();
    at = Math.max(0, at + by);
    show();
  }

  function end() {
    for (const el of document.querySelectorAll(".tour-here")) el.classList.remove("tour-here");
    box.remove();
    (from && visible(from) ? from : document.getElementById("main")).focus({ preventScroll: true });
  }

  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end();
    else if (event.key === "ArrowRight") go(1);
    else if (event.key === "ArrowLeft") go(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  offer.querySelector("[data-tour-start]").addEventListener("click", start);
  offer.querySelector("[data-tour-later]").addEventListener("click", () => { mark(); offer.hidden = true; });
  if (again) again.addEventListener("click", start);
})();
