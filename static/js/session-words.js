/* The 97112 vocabulary as the page uses it: labels by id, and an entry's parts said in words. */

const element = document.getElementById("session-words");
export const words = element ? JSON.parse(element.textContent) : null;

const byId = (rows) => new Map((rows || []).map((row) => [row.id, row]));
export const techniques = byId(words?.techniques);
export const parameters = byId(words?.parameters);
export const regions = byId(words?.regions);
export const purposes = byId(words?.purposes);
export const groups = byId(words?.groups);
export const choices = words?.choices ?? {};

const labelIn = (rows, id) => rows?.find((row) => row.id === id)?.label ?? id;

export const DETAILS = {
  body_parts: "body part",
  activities: "techniques and dose",
  deficit: "deficit",
  purposes: "purpose",
  skilled: "why skilled",
  skilled_words: "why skilled, in words",
  response: "response",
  course: "what comes next",
};

function sayDose(dose) {
  return Object.entries(dose || {})
    .map(([name, value]) => {
      const parameter = parameters.get(name);
      const list = choices[name];
      const one = (id) => (list ? labelIn(list, id) : id);
      const said = Array.isArray(value) ? value.map(one).join(", ") : value === true ? "yes" : one(value);
      return `${parameter?.label ?? name} ${said}${parameter?.unit ? ` ${parameter.unit}` : ""}`;
    })
    .join(", ");
}

function sayRecord(record) {
  const lists = { progression: words.progression_axes, stopped_for: choices.reason_stopped };
  return Object.entries(record || {})
    .filter(([, value]) => (Array.isArray(value) ? value.length : value))
    .map(([name, value]) => {
      const list = lists[name] || choices[name];
      return (Array.isArray(value) ? value : [value]).map((id) => (list ? labelIn(list, id) : id)).join(", ");
    })
    .join("; ");
}

export function sayDetail(part, value) {
  if (!value) return "";
  if (part === "body_parts") {
    return value
      .map(({ region, side }) => `${labelIn(words.regions, region)}${side ? `, ${labelIn(choices.side, side)}` : ""}`)
      .join("; ");
  }
  if (part === "activities") {
    return value
      .map(({ technique, words: text, dose }) =>
        [techniques.get(technique)?.label, text, sayDose(dose)].filter(Boolean).join(": "),
      )
      .join("\n");
  }
  if (part === "purposes") return value.map((id) => labelIn(words.purposes, id)).join(", ");
  if (part === "skilled") return value.map((id) => labelIn(words.skilled_reasons, id)).join(", ");
  if (part === "response" || part === "course") return sayRecord(value);
  return String(value);
}
