/* The rows of a card: a label, its fields, and the place where what is wrong or missing appears. */

import { favoritesOf } from "./session-aids.js";
import { carryOffers } from "./session-fields.js";
import { chips, h, icon, select, stepper } from "./session-dom.js";

export function pathOf(entry, field = "") {
  return `entries.${entry.key}${field ? `.${field}` : ""}`;
}

/* The place under a field where mistakes and what is missing appear. */
export function findingsAt(path) {
  return h("div", { class: "findings", "data-path": path, id: `findings-${path}` });
}

/* "from February 27": says that a field was carried forward; a press confirms it. */
export function carriedMark(page, entry, name) {
  if (!entry.carried?.includes(name)) return null;
  return h(
    "button",
    {
      class: "carried",
      type: "button",
      "data-carried": name,
      "aria-label": `${page.data.last?.short_day ?? "Carried"}: carried forward, press to confirm`,
      onclick: () => page.confirm(entry, [name]),
    },
    icon("history"),
    page.data.last?.short_day ?? "Carried",
  );
}

/* "Feb 27" in dashes: takes what the last visit said in this one field. */
function carryOffer(page, entry, name, label) {
  if (!carryOffers(page, entry).includes(name)) return null;
  const day = page.data.last.short_day;
  return h(
    "button",
    { class: "carried carry-offer", type: "button", "data-carry": name, "aria-label": `${day}: carry ${label} of ${entry.code} forward`, onclick: () => page.carry(entry, [name]) },
    icon("history"),
    day,
  );
}

/* One labelled row of a card. `name` is the entry's field whose mark it carries. */
export function row(page, entry, { name, path, label, controls }) {
  return h(
    "div",
    { class: "entry-row", id: path },
    h("div", { class: "entry-label" }, h("span", {}, label), carriedMark(page, entry, name), carryOffer(page, entry, name, label)),
    h("div", { class: "entry-field" }, controls, favoritesOf(page, entry, name, label), findingsAt(path)),
  );
}

export function goalRow(page, entry) {
  const goals = page.goals();
  const path = pathOf(entry, "goal");
  const controls = goals.length
    ? select({
        label: `Goal of ${entry.code}`,
        path,
        describedBy: `findings-${path}`,
        value: entry.goal,
        empty: "No goal",
        options: goals.map((goal) => ({ id: goal.id, label: goal.measure ? `${goal.text} (${goal.measure})` : goal.text })),
        onchange: (value) => {
          entry.goal = value ? Number(value) : null;
          page.touch(entry, "goal");
        },
      })
    : h("p", { class: "entry-none" }, "The case has no goals yet.");
  return row(page, entry, { name: "goal", path, label: "Goal", controls });
}

function whoFurnished(entry) {
  if (entry.furnished_by) return entry.furnished_by;
  const minutes = Number(entry.assistant_minutes) || 0;
  if (!minutes) return "therapist";
  return minutes === entry.minutes ? "assistant" : "both";
}

export function furnishedRow(page, entry) {
  const assistant = page.data.assistants[page.content.assistant];
  if (!assistant) return null;
  const path = pathOf(entry, "assistant_minutes");
  const alone = h("div", { class: "alone", hidden: whoFurnished(entry) !== "both" });
  alone.append(
    h("span", { class: "small soft" }, "Assistant alone"),
    stepper({
      label: `Minutes of ${entry.code} by the assistant alone`,
      value: entry.assistant_minutes || null,
      path,
      describedBy: `findings-${path}`,
      onchange: (value) => {
        entry.assistant_minutes = value;
        page.touch(entry, "assistant_minutes");
      },
    }),
  );
  const who = chips({
    label: `Who furnished ${entry.code}`,
    many: false,
    options: [
      { id: "therapist", label: page.data.therapist },
      { id: "assistant", label: assistant },
      { id: "both", label: "Both, in turn" },
    ],
    chosen: whoFurnished(entry),
    onchange: (value) => {
      entry.furnished_by = value || "therapist";
      alone.hidden = entry.furnished_by !== "both";
      page.touch(entry, "assistant_minutes");
    },
  });
  return row(page, entry, { name: "assistant_minutes", path, label: "Furnished by", controls: [who, alone] });
}
