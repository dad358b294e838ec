/* Dragging fields of a form to another place: a shortcut for the buttons that are there without it. */
(() => {
  "use strict";
  const board = document.querySelector("[data-sortable]");
  if (!board) return;
  let dragged = null;
  const send = (field, section, to) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = board.dataset.sortable;
    const token = document.querySelector('[name="csrf_token"]')?.value || "";
    const facts = { csrf_token: token, version: board.dataset.version, do: "field-put", field, at: section, to };
    for (const [name, value] of Object.entries(facts)) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  };
  for (const line of board.querySelectorAll("li[data-field]")) {
    line.draggable = true;
    line.addEventListener("dragstart", (event) => {
      dragged = line;
      event.dataTransfer.effectAllowed = "move";
    });
  }
  for (const list of board.querySelectorAll("[data-section]")) {
    list.addEventListener("dragover", (event) => {
      if (dragged) event.preventDefault();
    });
    list.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      const others = [...list.querySelectorAll("li[data-field]")].filter((one) => one !== dragged);
      const to = others.filter((one) => {
        const box = one.getBoundingClientRect();
        return box.top + box.height / 2 < event.clientY;
      }).length;
      send(dragged.dataset.field, list.dataset.section, to);
    });
  }
})();
