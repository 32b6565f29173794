/* A card per service: minutes, what was done, the goal it serves, who furnished it. */

import { timerButton, timerNotes } from "./session-clock.js";
import { h, icon, shown, stepper, textField } from "./session-dom.js";
import { carryOffers } from "./session-fields.js";
import { drawNeuro } from "./session-neuro.js";
import { carriedMark, findingsAt, furnishedRow, goalRow, pathOf, row } from "./session-rows.js";

export const NEURO = "97112";
const EVALUATES = ["evaluation", "re_evaluation"];

function plainBody(page, entry, code) {
  const path = pathOf(entry, "narrative");
  const evaluates = EVALUATES.includes(code?.kind);
  const words = textField({
    label: `What was done, ${entry.code}`,
    value: entry.narrative,
    path,
    describedBy: `findings-${path}`,
    placeholder: evaluates ? "Remarks; the findings stand in the note below" : "Exercise, sets, resistance, cueing, response",
    lines: 2,
    onchange: (value) => {
      entry.narrative = value;
      entry.narrative_is_own = true;
      page.touch(entry, "narrative");
    },
  });
  return [
    row(page, entry, { name: "narrative", path, label: evaluates ? "Remarks" : "What was done", controls: words }),
    code?.timed && !evaluates ? goalRow(page, entry) : null,
    furnishedRow(page, entry),
  ];
}

/* Over the services while something carried forward awaits a look. */
export function drawCarriedBar(page) {
  if (!page.content.entries.some((entry) => entry.carried?.length)) return "";
  return h(
    "div",
    { class: "carried-bar" },
    icon("history"),
    h("span", {}, `Carried forward from ${page.lastDay}. Change what differs, then confirm the rest.`),
    h("button", { class: "btn btn-sm", type: "button", onclick: () => page.confirmAll() }, "The rest is still true"),
  );
}

function carryAll(page, entry) {
  const offers = carryOffers(page, entry);
  if (!offers.length) return null;
  return h("button", { class: "btn btn-sm", type: "button", "data-carry-card": entry.key, onclick: () => page.carry(entry, carryOffers(page, entry)) }, icon("history"), `Carry ${entry.code} from ${page.data.last.short_day}`);
}

export function drawEntry(page, entry) {
  const code = page.codes.get(entry.code);
  const path = pathOf(entry, "minutes");
  const name = h("h3", { class: "entry-name" }, h("span", { class: "entry-code" }, entry.code || "?"), ` ${code?.label ?? ""}`);
  const minutes = stepper({
    label: `Minutes of ${entry.code}`,
    value: entry.minutes,
    path,
    describedBy: `findings-${path}`,
    onchange: (value) => {
      entry.minutes = value;
      page.touch(entry, "minutes");
    },
  });
  const remove = h(
    "button",
    { class: "icon-btn", type: "button", "aria-label": `Remove ${entry.code}`, onclick: () => page.remove(entry) },
    icon("trash"),
  );
  return h(
    "article",
    { class: "card entry", id: pathOf(entry), "data-key": entry.key, "aria-label": `${entry.code} ${code?.label ?? ""}` },
    h(
      "div",
      { class: "entry-head" },
      name,
      h("div", { class: "entry-minutes", id: path }, timerButton(page, entry), minutes),
      remove,
    ),
    h(
      "div",
      { class: "entry-body" },
      h("div", { class: "minutes-notes" }, carriedMark(page, entry, "minutes"), carryAll(page, entry), timerNotes(entry), findingsAt(path), findingsAt(pathOf(entry, "code"))),
      entry.code === NEURO ? drawNeuro(page, entry) : plainBody(page, entry, code),
    ),
  );
}

/* What stays where a card was, until the page is left: the way back. */
export function drawRemoved(page, entry, restore) {
  const label = `${entry.code} ${page.codes.get(entry.code)?.label ?? ""}, ${shown(entry.minutes) || "no"} min`;
  return h(
    "div",
    { class: "removed", "data-removed": entry.key },
    h("span", {}, `${label} removed`),
    h("button", { class: "btn btn-sm", type: "button", onclick: restore }, icon("arrow-back-up"), "Undo"),
  );
}
