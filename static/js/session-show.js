/* What the session page shows beside the fields: totals, mistakes, what is missing. */

import { h, icon, shown } from "./session-dom.js";

const $ = (id) => document.getElementById(id);

const isMinutes = (value) => Number.isInteger(value) && value > 0 && value <= 1440;

export function showTotals(page) {
  const entries = page.content.entries;
  const sum = (list) => list.reduce((total, entry) => total + (isMinutes(entry.minutes) ? entry.minutes : 0), 0);
  const timed = sum(entries.filter((entry) => page.codes.get(entry.code)?.timed));
  const all = entries.length && entries.every((entry) => isMinutes(entry.minutes)) ? sum(entries) : null;
  const typed = page.content.total_treatment_minutes;
  const total = isMinutes(typed) ? typed : all;
  $("timed-minutes").textContent = timed;
  $("bar-timed").textContent = timed;
  $("bar-total").textContent = total ?? "–";
  $("total-minutes").placeholder = shown(all);
}

function said(kind, message, source) {
  const icons = { error: "alert-circle", required: "circle-dashed", advice: "bulb", question: "help-circle" };
  return h("p", { class: kind === "error" ? "field-error" : `lack lack-${kind}` }, icon(icons[kind]), h("span", {}, message, source ? h("span", { class: "lack-source" }, ` ${source}`) : null));
}

/* The nearest place on the page for a path: its own field, else what the field belongs to. */
function placeFor(path) {
  for (let at = path; at; at = at.slice(0, Math.max(at.lastIndexOf("."), 0))) {
    const place = document.querySelector(`.findings[data-path="${CSS.escape(at)}"]`);
    if (place) return place;
  }
  return null;
}

export function showFindings(page) {
  const { errors, findings } = page.state;
  for (const place of document.querySelectorAll(".findings")) place.replaceChildren();
  for (const field of document.querySelectorAll("[data-input]")) {
    const wrong = field.dataset.input in errors;
    field.classList.toggle("is-invalid", wrong);
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  for (const [path, message] of Object.entries(errors)) placeFor(path)?.append(said("error", message));
  for (const { path, element, level, message, source } of findings) {
    if (element === "carried") continue; // the marks on the fields say it
    if (!(path in errors)) placeFor(path)?.append(said(level, message, source));
  }
  for (const [key, text] of Object.entries(page.state.composed)) {
    const sentence = document.querySelector(`[data-composed="${key}"]`);
    if (sentence) sentence.textContent = text || "The sentence appears here as you fill the fields in.";
  }
}

function showMissing(page) {
  const missing = page.state.findings.filter((finding) => finding.level === "required");
  const advice = page.state.findings.length - missing.length;
  const codes = new Map(page.content.entries.map((entry) => [entry.key, entry.code]));
  $("missing-count").textContent = missing.length ? `${missing.length} still missing` : "Nothing is missing";
  $("missing-count").dataset.done = String(!missing.length);
  $("missing-list").replaceChildren(
    ...missing.map(({ path, entry, message }) =>
      h("li", {}, h("a", { href: `#${path}`, "data-goto": path }, entry ? [h("span", { class: "missing-code" }, codes.get(entry)), " "] : null, message)),
    ),
  );
  $("missing-advice").textContent = advice ? `${advice} suggestion${advice === 1 ? "" : "s"} beside the fields` : "";
  $("bar-missing").textContent = missing.length;
  $("bar-next").hidden = !missing.length;
}

export function show(page) {
  showTotals(page);
  showFindings(page);
  showMissing(page);
}
