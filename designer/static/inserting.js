/* The field picker of letters: a click writes the place at the cursor. Without it, it is copied by hand. */
(() => {
  "use strict";
  for (const place of document.querySelectorAll("[data-insert]")) {
    const goal = document.getElementById(place.dataset.insert);
    if (!goal || goal.readOnly) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = place.textContent;
    button.addEventListener("click", () => {
      goal.setRangeText(place.textContent, goal.selectionStart, goal.selectionEnd, "end");
      goal.focus();
    });
    place.replaceChildren(button);
  }
})();
