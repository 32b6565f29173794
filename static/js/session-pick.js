/* A box that searches while one types and offers what fits: techniques, codes. */

import { h, newId } from "./session-dom.js";

function fits(option, words) {
  return words.every((word) => option.words.includes(word));
}

/* `options`: {id, label, more, group, words (lower case)}. `onpick` gets the id. */
export function picker({ label, placeholder, options, onpick }) {
  const listId = newId("pick");
  const list = h("ul", { class: "pick-list", id: listId, role: "listbox", "aria-label": label, hidden: true });
  const input = h("input", {
    class: "form-control",
    role: "combobox",
    "aria-label": label,
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-autocomplete": "list",
    autocomplete: "off",
    placeholder,
  });
  let active = -1;

  const items = () => [...list.querySelectorAll("[role=option]")];

  function mark(place) {
    const all = items();
    active = all.length ? (place + all.length) % all.length : -1;
    all.forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  }

  function pick(id) {
    input.value = "";
    close();
    onpick(id);
  }

  function draw() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = options.filter((option) => fits(option, words));
    let group = "";
    list.replaceChildren();
    for (const option of found) {
      if (option.group && option.group !== group) {
        group = option.group;
        list.append(h("li", { class: "pick-group", role: "presentation" }, group));
      }
      const item = h(
        "li",
        { class: "pick-option", role: "option", id: newId("option"), "aria-selected": "false" },
        h("span", {}, option.label),
        option.more ? h("span", { class: "pick-more" }, option.more) : null,
      );
      // Before the box loses its focus, or the list would be gone by the time of the click.
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => pick(option.id));
      item.dataset.id = option.id;
      list.append(item);
    }
    if (!found.length) list.append(h("li", { class: "pick-none" }, "Nothing fits. Try another word."));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(words.length && found.length ? 0 : -1);
  }

  input.addEventListener("input", draw);
  input.addEventListener("click", draw);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) draw();
      else mark(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault(); // the form behind must not be sent
      if (active >= 0) pick(items()[active].dataset.id);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
  return h("div", { class: "picker" }, input, list);
}
