/* Look-ups: a line offers the records that its letters may mean. Without this it takes a key or words. */
"use strict";

const PAUSE = 150;

for (const [number, field] of [...document.querySelectorAll("[data-lookup]")].entries()) {
  const list = document.createElement("ul");
  list.className = "offered";
  list.id = `offered-${number}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Found");
  field.after(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);

  // The line shows the name; what is sent is the key, or what was typed where nothing was chosen.
  const adds = "adds" in field.dataset;
  const sent = document.createElement("input");
  sent.type = "hidden";
  if (!adds) {
    sent.name = field.name;
    sent.value = field.value;
    field.value = field.dataset.shown || field.value;
    field.removeAttribute("name");
    field.after(sent);
  }

  let waiting = 0;
  let asked = 0;
  let place = -1;

  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    place = -1;
  };

  const point = (to) => {
    const options = [...list.querySelectorAll("[role=option]")];
    if (!options.length) return;
    place = (to + options.length) % options.length;
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === place)));
    options[place].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", options[place].id);
  };

  const choose = (option) => {
    close();
    if (adds) {
      const boxes = field.closest("fieldset").querySelector(".box-list");
      const there = [...boxes.querySelectorAll("input")].find((box) => box.value === option.dataset.key);
      if (there) {
        there.checked = true;
      } else {
        const label = document.createElement("label");
        const box = document.createElement("input");
        const name = document.createElement("span");
        Object.assign(box, { type: "checkbox", name: field.name, value: option.dataset.key, checked: true });
        name.textContent = option.textContent;
        label.append(box, " ", name);
        boxes.append(label);
      }
      field.value = "";
    } else {
      field.value = option.textContent;
      sent.value = option.dataset.key;
    }
    field.dispatchEvent(new Event("chosen", { bubbles: true }));
  };

  const show = (found) => {
    list.replaceChildren(...found.map((one, n) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${n}`;
      option.dataset.key = one.key;
      option.textContent = one.name;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
      return option;
    }));
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(found.length > 0));
    place = -1;
  };

  const ask = async () => {
    const turn = ++asked;
    const address = `${field.dataset.lookup}?q=${encodeURIComponent(field.value.slice(0, 200))}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    // An answer that comes late is not shown over a newer one.
    if (answer?.ok && turn === asked && document.activeElement === field) show(await answer.json());
  };

  field.addEventListener("input", () => {
    if (!adds) sent.value = field.value;
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask(); else point(place + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && place >= 0) {
      event.preventDefault();
      choose(list.children[place]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  field.addEventListener("blur", () => { asked += 1; close(); });
}
