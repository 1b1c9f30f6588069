/* Small comforts. Every page works without them. */
"use strict";

// Lists follow the choice of a filter at once.
for (const form of document.querySelectorAll("[data-autosend]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) form.requestSubmit();
  });
  form.addEventListener("chosen", () => form.requestSubmit());
}

// The definition of the chosen status stands beside it.
for (const place of document.querySelectorAll("[data-definition-of]")) {
  const form = place.closest("form");
  const select = form.elements[place.dataset.definitionOf];
  const show = () => {
    const term = select.value && form.querySelector(`[data-term="${CSS.escape(select.value)}"] dd`);
    place.textContent = term ? term.textContent : "";
  };
  select.addEventListener("change", show);
  show();
}

// The status form opens over the page; without a script its link leads to a page with the same form.
for (const opener of document.querySelectorAll("[data-dialog]")) {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog) continue;
  const open = (event) => {
    event.preventDefault();
    dialog.showModal();
    dialog.querySelector("select, input:not([type=hidden]), textarea").focus();
  };
  opener.addEventListener("click", open);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey;
    if (!typing && !dialog.open && event.key === opener.dataset.key) open(event);
  });
}

// "/" goes to the search, "?" lists the keys.
const keys = document.getElementById("keys");
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-search]");
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === "?" && keys && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    keys.showModal();
  }
});
for (const opener of document.querySelectorAll("[data-keys]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => keys.showModal());
}
keys?.querySelector("[data-close]").addEventListener("click", () => keys.close());

// Ctrl+Enter sends a form from anywhere within it.
for (const form of document.querySelectorAll("form.record")) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

// What was typed is not left behind by accident.
for (const form of document.querySelectorAll("[data-guard]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// A file that the server would not take is not sent to it.
for (const input of document.querySelectorAll("[data-largest]")) {
  const told = document.getElementById(input.dataset.told);
  input.addEventListener("change", () => {
    told.hidden = !(input.files[0]?.size > Number(input.dataset.largest));
    if (!told.hidden) input.value = "";
  });
}

// A long list of boxes is narrowed by typing.
for (const list of document.querySelectorAll("[data-narrow]")) {
  const labels = [...list.querySelectorAll("label")];
  if (labels.length < 12) continue;
  const field = document.createElement("input");
  field.type = "search";
  field.className = "narrow";
  field.placeholder = "Narrow the list";
  field.setAttribute("aria-label", `Narrow the list: ${list.getAttribute("aria-label")}`);
  list.before(field);
  field.addEventListener("input", (event) => {
    event.stopPropagation();
    const words = field.value.toLowerCase().split(/\s+/);
    for (const label of labels) {
      label.hidden = !words.every((word) => label.textContent.toLowerCase().includes(word));
    }
  });
}

// All boxes of a page are ticked, or none.
for (const button of document.querySelectorAll("[data-tick]")) {
  const boxes = [...button.form.elements].filter((one) => one.name === button.dataset.tick);
  button.hidden = false;
  button.addEventListener("click", () => {
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
}

// A reference goes to the clipboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = "Copied";
    document.querySelector("[data-copied]").textContent = "Copied to the clipboard.";
  });
}

document.querySelector("[data-focus]")?.focus();
