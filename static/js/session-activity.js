/* One technique within a 97112 entry: what was done, and its dose. */

import { findingsAt } from "./session-rows.js";
import { chips, h, icon, newId, select, shown, textField, tidyNumber } from "./session-dom.js";
import { picker } from "./session-pick.js";
import { choices, groups, techniques, words } from "./session-words.js";

const OFFERED = 5;
const USUAL = ["static_balance", "dynamic_balance", "reactive_balance", "joint_position_sense", "pnf_pattern"];

const OPTIONS = (words?.techniques ?? []).map((technique) => ({
  id: technique.id,
  label: technique.label,
  group: groups.get(technique.group)?.label,
  words: [technique.label, groups.get(technique.group)?.label, technique.description, ...(technique.synonyms ?? [])]
    .join(" ")
    .toLowerCase(),
}));

/* A search over all techniques, and one-tap chips for those usual at the chosen body parts. */
export function techniquePicker(entry, onpick) {
  const used = new Set((entry.details.activities || []).map((activity) => activity.technique));
  const parts = (entry.details.body_parts || []).map((part) => part.region);
  const near = words.techniques.filter((technique) => technique.regions?.some((region) => parts.includes(region)));
  const offered = [...new Set([...USUAL, ...near.map((technique) => technique.id)])]
    .filter((id) => !used.has(id))
    .slice(0, OFFERED);
  return h(
    "div",
    { class: "technique-add" },
    picker({ label: "Add a technique", placeholder: "Search techniques", options: OPTIONS, onpick }),
    h(
      "div",
      { class: "chips offers" },
      offered.map((id) =>
        h("button", { class: "chip chip-add", type: "button", onclick: () => onpick(id) }, icon("plus"), techniques.get(id).label),
      ),
    ),
  );
}

function doseControl(activity, parameter, { path, touched, redraw }) {
  const set = (value) => {
    const empty = value === null || value === "" || value === false || (Array.isArray(value) && !value.length);
    if (empty) delete activity.dose[parameter.id];
    else activity.dose[parameter.id] = value;
    touched();
  };
  const value = activity.dose[parameter.id];
  const common = { label: parameter.label, path, describedBy: `findings-${path}` };
  if (parameter.id === "cue_amount") {
    return chips({ ...common, many: false, options: choices.cue_amount, chosen: value, onchange: set });
  }
  if (parameter.type === "one") {
    return select({ ...common, value, empty: "–", options: choices[parameter.id], onchange: set });
  }
  if (parameter.type === "many") {
    const changed = (chosen) => {
      set(chosen);
      if (parameter.id === "cue_types") redraw();
    };
    return chips({ ...common, options: choices[parameter.id], chosen: value, onchange: changed });
  }
  if (parameter.type === "yes") {
    return chips({ ...common, many: false, options: [{ id: "yes", label: "Yes" }], chosen: value ? "yes" : "", onchange: (yes) => set(yes === "yes") });
  }
  if (parameter.type === "text") return textField({ ...common, value, onchange: set });
  const field = textField({ ...common, value, onchange: (text) => set(tidyNumber(text)) });
  field.setAttribute("inputmode", parameter.type === "whole" ? "numeric" : "decimal");
  return h("span", { class: "dose-box" }, field, parameter.unit ? h("span", { class: "dose-unit" }, parameter.unit) : null);
}

const WIDE = { many: "dose-full", text: "dose-wide" };
const CUES = ["cue_types", "cue_amount", "cue_for"];

function doseField(activity, parameter, hooks) {
  const path = `${hooks.path}.dose.${parameter.id}`;
  return h(
    "div",
    { class: `dose-field ${CUES.includes(parameter.id) ? "dose-full" : (WIDE[parameter.type] ?? "")}`, id: path },
    h("span", { class: "dose-name", "aria-hidden": "true" }, parameter.label),
    doseControl(activity, parameter, { ...hooks, path }),
    findingsAt(path),
  );
}

function shownParameters(activity) {
  const own = techniques.get(activity.technique)?.parameters ?? [];
  const names = new Set([...own, ...Object.keys(activity.dose), ...(activity.more ?? [])]);
  // What the cues were for matters once there were cues.
  if (!activity.dose.cue_types?.length && !activity.dose.cue_for?.length) names.delete("cue_for");
  const listed = words.parameters.filter((parameter) => names.has(parameter.id));
  const cues = listed.filter((parameter) => CUES.includes(parameter.id));
  return [listed.filter((parameter) => !cues.includes(parameter)), cues];
}

export function drawActivity(page, entry, activity, hooks) {
  activity.dose ??= {};
  const technique = techniques.get(activity.technique);
  const title = technique?.label ?? "Activity";
  const [amounts, cues] = shownParameters(activity);
  const rest = words.parameters.filter((parameter) => ![...amounts, ...cues].includes(parameter));
  const nameId = newId("activity");
  const more = select({
    label: `Add a parameter to ${title}`,
    empty: "More…",
    options: rest,
    onchange: (name) => {
      if (!name) return;
      activity.more = [...(activity.more ?? []), name];
      hooks.redraw();
      document.getElementById(`${hooks.path}.dose.${name}`)?.querySelector("input, select")?.focus();
    },
  });
  const done = textField({
    label: `What was done, ${title}`,
    value: shown(activity.words),
    path: `${hooks.path}.words`,
    placeholder: technique?.description ?? "What was done",
    lines: 1,
    onchange: (value) => {
      activity.words = value;
      hooks.touched();
    },
  });
  return h(
    "section",
    { class: "activity", id: hooks.path, "aria-labelledby": nameId },
    h(
      "div",
      { class: "activity-head" },
      h("h4", { class: "activity-name", id: nameId }, title),
      h("button", { class: "icon-btn", type: "button", "aria-label": `Remove ${title}`, onclick: hooks.remove }, icon("x")),
    ),
    done,
    h(
      "div",
      { class: "dose" },
      amounts.map((parameter) => doseField(activity, parameter, hooks)),
      h("div", { class: "dose-field dose-more" }, more),
      cues.map((parameter) => doseField(activity, parameter, hooks)),
    ),
    findingsAt(hooks.path),
  );
}
