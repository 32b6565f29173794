/* Small parts the session page draws with: elements, icons, chips, the minutes stepper. */

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function icon(name) {
  return document.getElementById(`icon-${name}`).content.cloneNode(true);
}

let made = 0;

export function newId(prefix) {
  made += 1;
  return `${prefix}-${made}`;
}

/* crypto.randomUUID is missing where the page came over plain http. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20].reduceRight((key, at) => `${key.slice(0, at)}-${key.slice(at)}`, hex);
}

/* A number as a number; what is none stays as typed, so that the server can say what is wrong. */
export function tidyNumber(text) {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  return /^\d{1,6}(\.\d{1,3})?$/.test(trimmed) ? Number(trimmed) : text;
}

export function shown(value) {
  return value === null || value === undefined ? "" : String(value);
}

/* One tab stop per group; arrows move inside it, space chooses. */
function rove(group) {
  const inputs = () => [...group.querySelectorAll("input")].filter((input) => input.offsetParent || input.closest("label:not([hidden])"));
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || event.target.type !== "checkbox") return;
    event.preventDefault();
    const all = inputs();
    const next = all[(all.indexOf(event.target) + step + all.length) % all.length];
    next.focus();
  });
  group.addEventListener("focusin", (event) => {
    if (event.target.type !== "checkbox") return;
    for (const input of group.querySelectorAll("input")) input.tabIndex = input === event.target ? 0 : -1;
  });
  const first = group.querySelector("input:checked") || group.querySelector("input");
  for (const input of group.querySelectorAll("input")) input.tabIndex = input === first ? 0 : -1;
}

/* Choices as chips. `first` of them stand at once, and whatever is chosen; the rest behind "More".
   `alone` is the choice that goes with no other. */
export function chips({ label, options, chosen, many = true, first = Infinity, alone, describedBy, onchange }) {
  const picked = new Set(many ? chosen || [] : chosen ? [chosen] : []);
  const group = h("div", { class: "chips", role: "group", "aria-label": label, "aria-describedby": describedBy });
  options.forEach((option, place) => {
    const input = h("input", {
      type: "checkbox",
      value: option.id,
      checked: picked.has(option.id),
      onchange: (event) => {
        if (event.target.checked) {
          for (const other of group.querySelectorAll("input:checked")) {
            const goes = !many || option.id === alone || other.value === alone;
            if (other === event.target || !goes) continue;
            other.checked = false;
            picked.delete(other.value);
          }
          picked.add(option.id);
        } else picked.delete(option.id);
        onchange(many ? [...picked] : [...picked][0] || "");
      },
    });
    const hidden = place >= first && !picked.has(option.id);
    group.append(h("label", { class: "chip", hidden, title: option.help }, input, option.label));
  });
  if (group.querySelector("label[hidden]")) {
    const more = h("button", { class: "chip chip-more", type: "button", "aria-label": `More for ${label}` }, "More…");
    more.addEventListener("click", () => {
      const revealed = group.querySelector("label[hidden] input");
      for (const hidden of group.querySelectorAll("label[hidden]")) hidden.hidden = false;
      more.remove();
      revealed.focus();
    });
    group.append(more);
  }
  rove(group);
  return group;
}

/* Minutes by thumb: −5 −1 [ ] +1 +5. */
export function stepper({ label, value, path, describedBy, onchange }) {
  const input = h("input", {
    class: "form-control minutes-input",
    inputmode: "numeric",
    autocomplete: "off",
    "aria-label": label,
    "aria-describedby": describedBy,
    "data-input": path,
    value: shown(value),
    oninput: () => onchange(tidyNumber(input.value)),
    onfocus: () => input.select(),
  });
  const step = (by) => {
    const now = Number.parseInt(input.value, 10) || 0;
    const next = Math.max(1, Math.min(1440, now + by));
    input.value = String(next);
    onchange(next);
  };
  const button = (by, text) =>
    h("button", { class: "step", type: "button", "aria-label": `${text} minutes, ${label}`, onclick: () => step(by) }, text);
  return h(
    "div",
    { class: "stepper" },
    button(-5, "−5"),
    button(-1, "−1"),
    h("span", { class: "minutes-box" }, input, h("span", { class: "minutes-unit", "aria-hidden": "true" }, "min")),
    button(1, "+1"),
    button(5, "+5"),
  );
}

/* A line of text; with `lines`, a box that starts with as many and grows. */
export function textField({ label, value, path, describedBy, placeholder, lines = 0, onchange }) {
  const field = h(lines ? "textarea" : "input", {
    class: "form-control",
    "aria-label": label,
    "aria-describedby": describedBy,
    "data-input": path,
    placeholder,
    autocomplete: "off",
    rows: lines ? String(lines) : undefined,
    value: shown(value),
  });
  field.addEventListener("input", () => onchange(field.value));
  return field;
}

export function select({ label, value, options, empty, path, describedBy, onchange }) {
  const field = h(
    "select",
    { class: "form-select", "aria-label": label, "aria-describedby": describedBy, "data-input": path },
    empty === undefined ? null : h("option", { value: "" }, empty),
    options.map((option) => h("option", { value: String(option.id) }, option.label)),
  );
  field.value = shown(value);
  field.addEventListener("change", () => onchange(field.value));
  return field;
}

/* Boxes grow with their words by CSS; where the browser cannot yet, by hand. */
const grows = CSS.supports("field-sizing", "content");

export function grow(field) {
  if (grows || field.tagName !== "TEXTAREA" || field.classList.contains("is-huge")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}
