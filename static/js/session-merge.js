/* Two versions of one session page: what differs, both shown, and one made of them. */

import { h } from "./session-dom.js";
import { EXAMINATION_PARTS, sayExamined } from "./session-examination.js";
import { same } from "./session-save.js";
import { sayDetail } from "./session-words.js";

const PARTS = { kind: "Kind of note", subjective: "Subjective", objective: "Objective", assessment: "Assessment", plan: "Plan" };
const ENTRY_FIELDS = {
  code: "code",
  minutes: "minutes",
  assistant_minutes: "assistant's minutes",
  furnished_by: "furnished by",
  goal: "goal",
  narrative: "words",
  narrative_is_own: "own words",
};

const flat = (value) => (value === undefined || value === "" ? null : value);
const differs = (a, b) => !same(flat(a), flat(b));
const byKey = (content) => new Map((content.entries || []).map((entry) => [entry.key, entry]));

/* Each difference: where, a label, both values, and how to put one of them into a content. */
export function differences(mine, theirs, names) {
  const found = [];
  const add = (path, label, a, b, put, say = (value) => String(flat(value) ?? "")) => {
    if (differs(a, b)) found.push({ path, label, mine: a, theirs: b, put, say });
  };
  for (const [part, label] of Object.entries(PARTS)) {
    add(`note.${part}`, label, mine.note?.[part], theirs.note?.[part], (content, value) => {
      content.note = { ...content.note, [part]: value };
    });
  }
  const examined = (content, part) => (content.examination?.[part]?.length === 0 ? undefined : content.examination?.[part]);
  for (const [part, label] of Object.entries(EXAMINATION_PARTS)) {
    add(`examination.${part}`, label, examined(mine, part), examined(theirs, part), (content, value) => {
      content.examination = { ...content.examination, [part]: value };
    }, (value) => sayExamined(part, value));
  }
  const heads = { total_treatment_minutes: "Total treatment minutes", assistant: "Assistant", episode: "Case" };
  for (const [name, label] of Object.entries(heads)) {
    add(name, label, mine[name], theirs[name], (content, value) => {
      content[name] = value;
    }, (value) => names(name, value));
  }
  addOthers(add, mine, theirs);
  const ours = byKey(mine);
  const others = byKey(theirs);
  for (const key of new Set([...ours.keys(), ...others.keys()])) {
    addEntry(found, add, key, ours.get(key), others.get(key), names);
  }
  return found;
}

/* Parts of the page that other cards keep in it: each with its own parts, one level down. */
const NAMED = new Set(["examination", "note", "entries", "total_treatment_minutes", "assistant", "episode"]);
const isParts = (value) => value && typeof value === "object" && !Array.isArray(value);
const inWords = (name) => (name[0].toUpperCase() + name.slice(1)).replaceAll("_", " ");

function sayAny(value) {
  if (Array.isArray(value)) return value.map(sayAny).join("; ");
  if (!isParts(value)) return String(flat(value) ?? "");
  return Object.entries(value)
    .map(([name, inner]) => `${inWords(name)}: ${sayAny(inner)}`)
    .join(", ");
}

function addOthers(add, mine, theirs) {
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    if (NAMED.has(name)) continue;
    const [a, b] = [mine[name], theirs[name]];
    if (!isParts(a) || !isParts(b)) {
      add(name, inWords(name), a, b, (content, value) => {
        content[name] = value;
      }, sayAny);
      continue;
    }
    for (const part of new Set([...Object.keys(a), ...Object.keys(b)])) {
      add(`${name}.${part}`, `${inWords(name)}: ${inWords(part)}`, a[part], b[part], (content, value) => {
        content[name] = { ...content[name], [part]: value };
      }, sayAny);
    }
  }
}

function addEntry(found, add, key, a, b, names) {
  const title = names("code", (a || b).code);
  const path = `entries.${key}`;
  if (!a || !b) {
    const put = (content, value) => {
      const rest = (content.entries || []).filter((entry) => entry.key !== key);
      content.entries = value ? [...rest, value] : rest;
    };
    const say = (value) => (value ? `${title}, ${value.minutes ?? "no"} minutes` : "Not logged");
    found.push({ path, label: title, mine: a, theirs: b, put, say });
    return;
  }
  const put = (name) => (content, value) => {
    const entry = content.entries.find((row) => row.key === key);
    if (value === undefined) delete entry[name];
    else entry[name] = value;
  };
  for (const [name, label] of Object.entries(ENTRY_FIELDS)) {
    add(`${path}.${name}`, `${title}: ${label}`, a[name], b[name], put(name), (value) => names(name, value));
  }
  for (const part of new Set([...Object.keys(a.details || {}), ...Object.keys(b.details || {})])) {
    add(
      `${path}.details.${part}`,
      `${title}: ${names("detail", part)}`,
      a.details?.[part],
      b.details?.[part],
      (content, value) => {
        const entry = content.entries.find((row) => row.key === key);
        entry.details = { ...entry.details, [part]: value };
      },
      (value) => sayDetail(part, value),
    );
  }
}

/* Mine unless only they changed it since `base`. */
function proposed(difference, base, names) {
  if (!base) return "mine";
  const changedHere = differences(difference.content, base, names).some(({ path }) => path === difference.path);
  return changedHere ? "mine" : "theirs";
}

export function merged(theirs, chosen) {
  const content = structuredClone(theirs);
  for (const { difference, pick } of chosen) {
    if (pick === "mine") difference.put(content, structuredClone(difference.mine));
  }
  return content;
}

/* The one change from elsewhere that is no question: minutes the server wrote for a card of `timed`,
   when nothing else differs and nobody typed others here. Mine with those minutes, or null. */
export function withTimedMinutes({ mine, theirs, base, timed, names }) {
  const paths = (a, b) => differences(a, b, names).map(({ path }) => path);
  const minutes = new Map([...timed].map((key) => [`entries.${key}.minutes`, key]));
  const changed = paths(theirs, base);
  const here = new Set(paths(mine, base));
  if (!changed.length || !changed.every((path) => minutes.has(path) && !here.has(path))) return null;
  const content = structuredClone(mine);
  for (const entry of content.entries) {
    if (!changed.includes(`entries.${entry.key}.minutes`)) continue;
    const other = byKey(theirs).get(entry.key);
    entry.minutes = other.minutes;
    if (other.carried) entry.carried = other.carried;
    else delete entry.carried;
  }
  return content;
}

/* Shows both versions; resolves to the content that the person put together. */
export function askWhich({ mine, theirs, base, by, names }) {
  const found = differences(mine, theirs, names);
  if (!found.length) return Promise.resolve(theirs);
  const dialog = document.getElementById("conflict");
  const list = document.getElementById("conflict-list");
  document.getElementById("conflict-text").textContent =
    `${by} Nothing is lost: choose for each field which version stays.`;
  const rows = found.map((difference, place) => {
    const pick = proposed({ ...difference, content: mine }, base, names);
    const option = (side, label, text) =>
      h(
        "label",
        { class: "version" },
        h("input", { type: "radio", name: `version-${place}`, value: side, checked: pick === side }),
        h("span", { class: "version-side" }, label),
        h("span", { class: "version-text" }, text || "Empty"),
      );
    return h(
      "fieldset",
      { class: "conflict-row" },
      h("legend", {}, difference.label),
      option("mine", "On this screen", difference.say(difference.mine)),
      option("theirs", "Saved elsewhere", difference.say(difference.theirs)),
    );
  });
  list.replaceChildren(...rows);
  dialog.showModal();
  return new Promise((resolve) => {
    const finish = (picks) => {
      dialog.close();
      resolve(merged(theirs, found.map((difference, place) => ({ difference, pick: picks(place) }))));
    };
    const marked = (place) => rows[place].querySelector("input:checked").value;
    const buttons = { mine: () => "mine", theirs: () => "theirs", use: marked };
    for (const [name, picks] of Object.entries(buttons)) {
      document.getElementById(`conflict-${name}`).onclick = () => finish(picks);
    }
    dialog.oncancel = (event) => event.preventDefault(); // it has to be decided
  });
}
