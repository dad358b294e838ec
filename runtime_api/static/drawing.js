/* The diagram in a box of its own: whole, at the step where the dossier is, nearer and farther by buttons or
   + − 0. Without this file the box scrolls. Words come from the page (data-…). */

"use strict";

(() => {
  const STEPS = [0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.6, 2];

  for (const box of document.querySelectorAll("[data-drawing]")) {
    const svg = box.querySelector("svg");
    if (!svg) continue;
    const wide = Number(svg.getAttribute("width"));
    const high = Number(svg.getAttribute("height"));
    let scale = 1;

    const show = (next, keep) => {
      const middle = keep || { x: (box.scrollLeft + box.clientWidth / 2) / scale, y: (box.scrollTop + box.clientHeight / 2) / scale };
      scale = next;
      svg.setAttribute("width", wide * scale);
      svg.setAttribute("height", high * scale);
      box.scrollLeft = middle.x * scale - box.clientWidth / 2;
      box.scrollTop = middle.y * scale - box.clientHeight / 2;
    };
    const nearer = () => show(STEPS.find((one) => one > scale + 0.01) || STEPS.at(-1));
    const farther = () => show(STEPS.findLast((one) => one < scale - 0.01) || Math.min(scale, STEPS[0]));
    const whole = () => show(Math.min(1, box.clientWidth / wide, box.clientHeight / high));

    const here = () => {
      const step = svg.querySelector(".is-late, .is-now, .is-other");
      if (!step) return null;
      const part = step.getBBox();
      const view = svg.viewBox.baseVal;
      return { x: part.x + part.width / 2 - view.x, y: part.y + part.height / 2 - view.y };
    };
    const bar = document.createElement("p");
    bar.className = "drawing-bar no-print";
    for (const [word, sign, act] of [["farther", "−", farther], ["nearer", "+", nearer], ["whole", box.dataset.whole, whole]]) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn small", textContent: sign, title: box.dataset[word] });
      button.setAttribute("aria-label", box.dataset[word]);
      button.addEventListener("click", act);
      bar.append(button);
    }
    box.before(bar);
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const act = { "+": nearer, "=": nearer, "-": farther, 0: whole }[event.key];
      if (!act) return;
      act();
      event.preventDefault();
    });
    show(box.dataset.drawing === "small" ? 0.7 : 1, here() || undefined);
  }
})();
