/* What the therapist keeps and uses again: favorites beside a field, templates over the services. */

import { h, icon, newKey } from "./session-dom.js";
import { addValue, saysSomething, valueOf } from "./session-fields.js";
import { token } from "./session-save.js";

const FAVORED = new Set(["activities", "purposes", "skilled", "response", "course", "narrative"]);
const OFFERED = 6;

/* Keeps it on the server; resolves to why it could not be kept, or null. */
export async function keepAid(page, aid) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() };
  const response = await fetch(page.data.keep_url, { method: "POST", headers, body: JSON.stringify(aid) }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (!response?.ok) return answer?.detail ?? "This could not be kept: the server is out of reach.";
  page.aids = [...page.aids.filter(({ id }) => id !== answer.id), answer].sort((a, b) => a.name.localeCompare(b.name));
  return null;
}

/* A name and a button; says beside them what the server did not take. */
function keeper({ label, placeholder, button, keep }) {
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  const name = h("input", { class: "form-control", "aria-label": label, placeholder, maxlength: "60", autocomplete: "off" });
  const send = async () => {
    const problem = await keep(name.value.trim());
    wrong.textContent = problem ?? "";
    wrong.hidden = !problem;
    if (!problem) name.value = "";
  };
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the form behind must not be sent
    send();
  });
  return h("div", { class: "keeper" }, name, h("button", { class: "btn", type: "button", onclick: send }, icon("star"), button), wrong);
}

/* The favorites of a place as chips, and the star that keeps what stands there. */
function favorites(page, { field, label, read, use }) {
  const box = h("div", { class: "favorites", "data-favorites": field });
  const draw = () => {
    const chips = page.aids.filter((aid) => aid.field === field).slice(0, OFFERED).map((aid) =>
      h("button", { class: "chip chip-add", type: "button", "data-favorite": aid.name, onclick: () => use(aid.content) }, icon("star"), aid.name),
    );
    const keep = keeper({
      label: `Name of the favorite, ${label}`,
      placeholder: "A name for it",
      button: "Keep",
      keep: async (name) => {
        const problem = await page.keepAid({ kind: "favorite", field, name, content: read() });
        if (!problem) for (const other of document.querySelectorAll(`[data-favorites="${field}"]`)) other.redraw();
        return problem;
      },
    });
    keep.hidden = true;
    const star = h("button", { class: "icon-btn star", type: "button", "aria-label": `Keep as a favorite, ${label}`, "aria-expanded": "false", onclick: () => {
      keep.hidden = !keep.hidden;
      star.setAttribute("aria-expanded", String(!keep.hidden));
      if (!keep.hidden) keep.querySelector("input").focus();
    } }, icon("star"));
    box.replaceChildren(h("div", { class: "chips offers" }, chips, star), keep);
  };
  box.redraw = draw;
  draw();
  return box;
}

export function favoritesOf(page, entry, name, label) {
  if (!FAVORED.has(name)) return null;
  if (name === "narrative" && entry.code === "97112" && !entry.narrative_is_own) return null;
  return favorites(page, {
    field: name,
    label: `${label} of ${entry.code}`,
    read: () => valueOf(entry, name),
    use: (value) => {
      addValue(entry, name, value);
      page.redrawCard(entry, name);
    },
  });
}

export function noteFavorites(page, field) {
  const part = field.dataset.note;
  const box = favorites(page, {
    field: `note.${part}`,
    label: part,
    read: () => field.value,
    use: (words) => {
      field.value = field.value.trim() ? `${field.value.trim()} ${words}` : words;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    },
  });
  field.after(box);
}

/* --- Templates ---------------------------------------------------------------------------------- */

function asEntries(page, template) {
  return template.content
    .filter(({ code }) => page.codes.has(code))
    .map(({ code, details, narrative }) => ({ ...page.newEntry(code, newKey()), details: structuredClone(details ?? {}), narrative: narrative ?? "" }));
}

export function wireTemplates(page, { button, panel, manage }) {
  const draw = () => {
    const kept = page.aids.filter((aid) => !aid.field);
    const chips = kept.map((aid) =>
      h("button", { class: "chip chip-add", type: "button", "data-template": aid.name, onclick: () => {
        page.addEntries(asEntries(page, aid));
        button.setAttribute("aria-expanded", "false");
        panel.hidden = true;
      } }, icon("plus"), aid.name),
    );
    panel.replaceChildren(
      kept.length ? h("div", { class: "chips" }, chips) : h("p", { class: "soft" }, "No templates yet: name these services to use them with other patients."),
      keeper({
        label: "Name of the template",
        placeholder: "A name for these services",
        button: "Keep these services",
        keep: async (name) => {
          const content = page.content.entries.filter(({ code }) => saysSomething(code));
          const problem = await page.keepAid({ kind: "template", field: "", name, content });
          if (!problem) draw();
          return problem;
        },
      }),
      h("a", { href: manage }, "Rename or remove"),
    );
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) {
      draw();
      panel.querySelector("button, input").focus();
    }
  });
}
