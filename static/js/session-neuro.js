/* The 97112 entry: where, what with which dose, why, how the patient responded, what comes next. */

import { findingsAt, furnishedRow, goalRow, pathOf, row } from "./session-rows.js";
import { chips, h, icon, select, textField, tidyNumber } from "./session-dom.js";
import { drawActivity, techniquePicker } from "./session-activity.js";
import { choices, purposes, regions, techniques, words } from "./session-words.js";

const REGIONS_FIRST = 10;
const PURPOSES_FIRST = 8;
const AXES_FIRST = 6;

const at = (entry, part) => pathOf(entry, `details.${part}`);

function bodyParts(page, entry, redraw) {
  const details = entry.details;
  const parts = details.body_parts || [];
  const where = chips({
    label: "Body part",
    options: words.regions,
    first: REGIONS_FIRST,
    chosen: parts.map((part) => part.region),
    onchange: (chosen) => {
      details.body_parts = chosen.map((region) => parts.find((part) => part.region === region) || { region, side: "" });
      page.touch(entry, "body_parts");
      redraw("body_parts", { keepFocus: true });
    },
  });
  const sides = parts
    .filter((part) => regions.get(part.region)?.lateral)
    .map((part) =>
      h(
        "div",
        { class: "side-line" },
        h("span", { class: "side-name" }, regions.get(part.region).label),
        chips({
          label: `Side of ${regions.get(part.region).label}`,
          many: false,
          options: choices.side,
          chosen: part.side,
          onchange: (side) => {
            part.side = side;
            page.touch(entry, "body_parts");
          },
        }),
      ),
    );
  return row(page, entry, {
    name: "body_parts",
    path: at(entry, "body_parts"),
    label: "Body part",
    controls: [where, sides],
  });
}

function activities(page, entry, redraw) {
  const list = (entry.details.activities ??= []);
  const again = () => {
    page.touch(entry, "activities");
    redraw("activities");
    redraw("purposes");
    redraw("skilled");
  };
  const blocks = list.map((activity, place) =>
    drawActivity(page, entry, activity, {
      path: at(entry, `activities.${place}`),
      touched: () => page.touch(entry, "activities"),
      redraw: () => redraw("activities", { keepFocus: true }),
      remove: () => {
        list.splice(place, 1);
        again();
      },
    }),
  );
  const add = techniquePicker(entry, (technique) => {
    list.push({ technique, words: "", dose: {} });
    again();
    const block = document.getElementById(at(entry, `activities.${list.length - 1}`));
    block?.querySelector("textarea, input")?.focus();
  });
  return row(page, entry, {
    name: "activities",
    path: at(entry, "activities"),
    label: "Technique and dose",
    controls: [blocks, add],
  });
}

function words1(page, entry, part, { label, placeholder }) {
  return textField({
    label,
    value: entry.details[part],
    path: at(entry, part),
    describedBy: `findings-${at(entry, part)}`,
    placeholder,
    lines: 1,
    onchange: (value) => {
      entry.details[part] = value;
      page.touch(entry, part === "skilled_words" ? "skilled" : part);
    },
  });
}

function deficit(page, entry) {
  const controls = words1(page, entry, "deficit", {
    label: "Deficit treated, with a measure",
    placeholder: "Single-leg stance 6 s left, 24 s right",
  });
  return row(page, entry, { name: "deficit", path: at(entry, "deficit"), label: "Deficit", controls });
}

/* The purposes of the chosen techniques first. */
function purposeRow(page, entry) {
  const suggested = new Set(
    (entry.details.activities || []).flatMap((activity) => techniques.get(activity.technique)?.purposes || []),
  );
  const options = [
    ...[...suggested].map((id) => purposes.get(id)),
    ...words.purposes.filter((purpose) => !suggested.has(purpose.id)),
  ];
  const controls = chips({
    label: "Purpose",
    options,
    chosen: entry.details.purposes,
    first: Math.max(suggested.size, PURPOSES_FIRST),
    onchange: (chosen) => {
      entry.details.purposes = chosen;
      page.touch(entry, "purposes");
    },
  });
  return row(page, entry, { name: "purposes", path: at(entry, "purposes"), label: "Purpose", controls });
}

function skilled(page, entry) {
  const field = words1(page, entry, "skilled_words", {
    label: "Why skill was needed, in words",
    placeholder: "In your words",
  });
  const reasons = chips({
    label: "Why skill was needed",
    options: words.skilled_reasons,
    chosen: entry.details.skilled,
    onchange: (chosen) => {
      entry.details.skilled = chosen;
      page.touch(entry, "skilled");
    },
  });
  const elements = (entry.details.activities || []).flatMap(
    (activity) => techniques.get(activity.technique)?.skilled_elements || [],
  );
  const offers = elements.map((text) =>
    h(
      "button",
      {
        class: "chip chip-add",
        type: "button",
        onclick: () => {
          const said = field.value.trim();
          if (said.includes(text)) return;
          field.value = said ? `${said}; ${text}` : text;
          entry.details.skilled_words = field.value;
          page.touch(entry, "skilled");
        },
      },
      icon("plus"),
      text,
    ),
  );
  return row(page, entry, {
    name: "skilled",
    path: at(entry, "skilled"),
    label: "Why skilled",
    controls: [reasons, offers.length ? h("div", { class: "chips offers" }, offers) : null, field],
  });
}

function responseRow(page, entry, redraw) {
  const response = (entry.details.response ??= {});
  const line = (name, label, options, many = false) =>
    h(
      "div",
      { class: "answer-line" },
      h("span", { class: "answer-name", "aria-hidden": "true" }, label),
      chips({
        label,
        many,
        options,
        chosen: response[name],
        alone: "none",
        onchange: (value) => {
          response[name] = value;
          page.touch(entry, "response");
          if (name === "tolerance") redraw("response", { keepFocus: true });
        },
      }),
    );
  const controls = [
    line("performance", "Performance", choices.performance),
    line("tolerance", "Tolerance", choices.tolerance),
    response.tolerance === "stopped_early" ? line("stopped_for", "Stopped for", choices.reason_stopped) : null,
    line("carryover", "Carry-over", choices.carryover),
    line("adverse", "Adverse", choices.adverse, true),
    textField({
      label: "Response, measured or in words",
      value: response.words,
      path: at(entry, "response.words"),
      placeholder: "8 of 12 recovered with one step",
      lines: 1,
      onchange: (value) => {
        response.words = value;
        page.touch(entry, "response");
      },
    }),
  ];
  return row(page, entry, { name: "response", path: at(entry, "response"), label: "Response", controls });
}

function courseRow(page, entry) {
  const course = (entry.details.course ??= {});
  const set = (name) => (value) => {
    course[name] = value;
    page.touch(entry, "course");
  };
  const count = (name, label, unit) => {
    const path = at(entry, `course.${name}`);
    const field = textField({ label, value: course[name], path, describedBy: `findings-${path}`, onchange: (text) => set(name)(tidyNumber(text)) });
    field.setAttribute("inputmode", "numeric");
    return h("div", { class: "dose-field" }, h("span", { class: "dose-name", "aria-hidden": "true" }, label), h("span", { class: "dose-box" }, field, h("span", { class: "dose-unit" }, unit)), findingsAt(path));
  };
  const controls = [
    chips({
      label: "Progress next",
      options: words.progression_axes.map((axis) => ({ ...axis, help: `from ${axis.from} to ${axis.to}` })),
      chosen: course.progression,
      first: AXES_FIRST,
      onchange: set("progression"),
    }),
    h(
      "div",
      { class: "dose" },
      h(
        "div",
        { class: "dose-field dose-wide" },
        h("span", { class: "dose-name", "aria-hidden": "true" }, "Intensity"),
        select({ label: "Intensity", value: course.intensity, empty: "–", options: choices.intensity, onchange: set("intensity") }),
      ),
      count("frequency_per_week", "Frequency", "× week"),
      count("duration_weeks", "For", "weeks"),
    ),
    textField({ label: "What comes next, in words", value: course.words, placeholder: "In your words", lines: 1, onchange: set("words") }),
  ];
  return row(page, entry, { name: "course", path: at(entry, "course"), label: "Next", controls });
}

/* The sentence the fields make, or the therapist's own. */
function sentence(page, entry, redraw) {
  const path = pathOf(entry, "narrative");
  const own = entry.narrative_is_own;
  const composed = h("p", { class: "sentence", "data-composed": entry.key }, page.state.composed[entry.key] || "The sentence appears here as you fill the fields in.");
  const field = textField({
    label: "The sentence in your own words",
    value: entry.narrative,
    path,
    describedBy: `findings-${path}`,
    lines: 3,
    onchange: (value) => {
      entry.narrative = value;
      page.touch(entry, "narrative");
    },
  });
  const turn = h(
    "button",
    {
      class: "btn btn-sm btn-quiet",
      type: "button",
      onclick: () => {
        entry.narrative_is_own = !own;
        entry.narrative = own ? "" : page.state.composed[entry.key] || "";
        page.touch(entry, "narrative");
        redraw("sentence");
        document.getElementById(path)?.querySelector("textarea, button")?.focus();
      },
    },
    own ? "Compose it from the fields" : "Write it myself",
  );
  return row(page, entry, { name: "narrative", path, label: "In the note", controls: [own ? field : composed, turn] });
}

const PARTS = { body_parts: bodyParts, activities, deficit, purposes: purposeRow, goal: goalRow, skilled, response: responseRow, course: courseRow, furnished: furnishedRow, sentence };

export function drawNeuro(page, entry) {
  entry.details ??= {};
  const box = h("div", { class: "neuro" });
  const drawn = {};
  const redraw = (name, { keepFocus = false } = {}) => {
    const old = drawn[name];
    const focused = keepFocus && old.contains(document.activeElement) ? document.activeElement : null;
    const spot = focused && [...old.querySelectorAll("input, textarea, select, button")].indexOf(focused);
    const value = focused?.value;
    drawn[name] = PARTS[name](page, entry, redraw);
    old.replaceWith(drawn[name]);
    page.showFindings();
    if (focused) {
      const all = [...drawn[name].querySelectorAll("input, textarea, select, button")];
      (all.find((field) => field.type === focused.type && field.value === value && value) || all[spot])?.focus();
    }
  };
  for (const [name, draw] of Object.entries(PARTS)) {
    drawn[name] = draw(page, entry, redraw) || h("span", { hidden: true });
    box.append(drawn[name]);
  }
  return box;
}
