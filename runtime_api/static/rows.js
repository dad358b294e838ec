/* Repeating tables: a button that adds blank rows. Without it the blank rows of the page are there. */
(() => {
  "use strict";
  const renumber = (row, number) => {
    row.cells[0].textContent = number + 1;
    for (const control of row.querySelectorAll("[name]")) {
      control.name = control.name.replace(/\.\d+\.([a-z0-9_]+)$/, `.${number}.$1`);
      if (control.id) control.id = `f-${control.name}`;
      const said = control.getAttribute("aria-label") || "";
      control.setAttribute("aria-label", said.replace(/\d+$/, number + 1));
      if (control.type === "checkbox") control.checked = false;
      else control.value = "";
    }
  };
  for (const table of document.querySelectorAll("[data-rows]:not([data-ready])")) {
    table.dataset.ready = "";
    const body = table.tBodies[0];
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = table.dataset.more;
    button.addEventListener("click", () => {
      if (body.rows.length >= Number(table.dataset.most)) return;
      const row = body.rows[body.rows.length - 1].cloneNode(true);
      renumber(row, body.rows.length);
      body.append(row);
      row.querySelector("input, select")?.focus();
      button.disabled = body.rows.length >= Number(table.dataset.most);
    });
    table.after(button);
  }
})();
