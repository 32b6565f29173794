/* The session page: draws the visit's services, keeps the totals, and has everything saved. */

import { keepAid, noteFavorites, wireTemplates } from "./session-aids.js";
import { drawCarriedBar, drawEntry, drawRemoved } from "./session-cards.js";
import { makeTimers, showTimers } from "./session-clock.js";
import { grow, h, icon, newKey, shown, tidyNumber } from "./session-dom.js";
import { drawExamination } from "./session-examination.js";
import { putValue, valueOf } from "./session-fields.js";
import { wireKeys } from "./session-keys.js";
import { askWhich, withTimedMinutes } from "./session-merge.js";
import { picker } from "./session-pick.js";
import { wireReport } from "./session-report.js";
import { restore } from "./session-restore.js";
import { Saver } from "./session-save.js";
import { show, showFindings, showTotals } from "./session-show.js";
import { DETAILS } from "./session-words.js";

const data = JSON.parse(document.getElementById("session-data").textContent);
const $ = (id) => document.getElementById(id);
const form = $("session");
const box = $("entries");

const page = {
  data,
  content: data.content,
  state: data.state,
  codes: new Map(data.codes.map((code) => [code.code, code])),
  lastDay: data.last?.day ?? "the last visit",
  goals: () => data.goals[page.content.episode] ?? [],
  touch,
  confirm,
  confirmAll,
  remove,
  aids: data.aids,
  keepAid: (aid) => keepAid(page, aid),
  addEntries,
  newEntry,
  carry,
  redrawCard,
  focusAdd: () => $("add-service").querySelector("button").focus(),
  lastOf: (code) => data.last?.entries.find((entry) => entry.code === code),
  showFindings: () => showFindings(page),
};

const HUGE = 50_000; // characters

/* --- Saving ------------------------------------------------------------------------------------ */

const SAYS = {
  waiting: ["Saving…", "busy"],
  saving: ["Saving…", "busy"],
  offline: ["Offline: kept on this device", "kept"],
  unreachable: ["Out of reach: kept on this device, trying again", "kept"],
  trouble: ["Not saved yet: kept on this device, trying again", "kept"],
  "logged-out": ["Logged out: log in in another tab, nothing is lost", "wrong"],
  conflict: ["Changed elsewhere: choose which version stays", "wrong"],
  large: ["Too long to save: it stays on this screen. Shorten it", "wrong"],
  unreadable: ["Not saved: reload this page. What you typed is kept on this device", "wrong"],
  refused: ["Not saved: this visit cannot be written now. Kept on this device", "wrong"],
  signed: ["Signed meanwhile: what is on this screen was not saved", "wrong"],
};

function say(what, text) {
  const [words, tone] = SAYS[what] ?? [text, "saved"];
  $("save-text").textContent = words;
  $("save-state").dataset.tone = tone;
}

const saver = new Saver({
  url: data.save_url,
  visit: data.visit,
  user: data.user,
  version: data.state.version,
  largest: data.largest,
  read: () => page.content,
  say,
  saved: (state, content) => {
    known = content;
    page.state = state;
    say("saved", `Saved ${state.saved_at}`);
    show(page);
    announce();
  },
  choose: async (answer) => {
    page.content = await askWhich({
      mine: page.content,
      theirs: answer.content,
      base: known,
      by: answer.saved_by ? `Saved by ${answer.saved_by} at ${answer.saved_at}.` : "It was saved from another place.",
      names,
    });
    draw();
  },
  reconcile: (theirs) => {
    const timed = new Set(page.timers.all().map(({ entry }) => entry));
    const content = withTimedMinutes({ mine: page.content, theirs, base: known, timed, names });
    if (!content) return false;
    page.content = content;
    known = theirs;
    draw();
    announce();
    return true;
  },
  signed: (answer) => notice("This visit was signed meanwhile. What you typed since is still on this screen and on this device, but not in the note: add it as an addendum.", h("a", { class: "btn btn-sm", href: answer.url }, "Open the note")),
});

let known = structuredClone(data.content); // what the server had last
let announced = services(known);

function services(content) {
  const { total_treatment_minutes: total, episode, entries } = content;
  return JSON.stringify([total, episode, entries.map((entry) => [entry.code, entry.minutes, entry.assistant_minutes, entry.furnished_by])]);
}

/* Tells the panels of other apps that the services changed, not that a word was typed. They ask the
   server: what counts is what it has, not what was typed while the answer was on its way. */
function announce() {
  const now = services(known);
  if (now === announced) return;
  announced = now;
  document.body.dispatchEvent(new CustomEvent("entries-changed"));
}

function names(kind, value) {
  if (value === null || value === undefined || value === "") return "";
  if (kind === "code") return `${value} ${page.codes.get(value)?.label ?? ""}`.trim();
  if (kind === "detail") return DETAILS[value] ?? value;
  if (kind === "goal") return page.goals().find((goal) => goal.id === value)?.text ?? `goal ${value}`;
  if (kind === "assistant") return data.assistants[value] ?? String(value);
  if (value === true) return "Yes";
  return value === false ? "No" : String(value);
}

function notice(text, ...more) {
  $("session-notices").scrollIntoView({ block: "nearest" });
  $("session-notices").replaceChildren(h("div", { class: "callout callout-warning" }, icon("history"), h("div", {}, h("p", {}, text), more)));
}

page.timers = makeTimers(page, {
  data,
  saver,
  known: () => known,
  field: (entry) => cardOf(entry)?.querySelector(".minutes-input"),
  touch,
  add,
  notice,
});

/* --- Changing ---------------------------------------------------------------------------------- */

function cardOf(entry) {
  return $(`entries.${entry.key}`);
}

function unmark(entry, fields) {
  if (!entry.carried) return;
  entry.carried = entry.carried.filter((name) => !fields.includes(name));
  for (const name of fields) cardOf(entry)?.querySelector(`[data-carried="${name}"]`)?.remove();
  if (!entry.carried.length) delete entry.carried;
  showCarried();
}

function showCarried() {
  $("carried").replaceChildren(drawCarriedBar(page));
}

function touch(entry, field) {
  if (entry) {
    unmark(entry, [field]);
    cardOf(entry)?.querySelector(`[data-carry="${field}"]`)?.remove();
  }
  showTotals(page);
  saver.changed();
}

function confirm(entry, fields) {
  unmark(entry, fields);
  saver.changed();
}

function confirmAll() {
  for (const entry of page.content.entries) unmark(entry, [...(entry.carried ?? [])]);
  saver.changed();
  box.querySelector(".minutes-input")?.focus();
}

function remove(entry) {
  page.timers.stop(entry.key);
  const place = page.content.entries.indexOf(entry);
  page.content.entries.splice(place, 1);
  const stub = drawRemoved(page, entry, () => {
    page.content.entries.splice(Math.min(place, page.content.entries.length), 0, entry);
    const card = drawEntry(page, entry);
    stub.replaceWith(card);
    showCarried();
    touch(null);
    showFindings(page);
    showTimers(page);
    card.querySelector("input").focus();
  });
  cardOf(entry).replaceWith(stub);
  showCarried();
  stub.querySelector("button").focus();
  touch(null);
}

function newEntry(code, key) {
  const entry = { key, code, minutes: null, assistant_minutes: 0, goal: null, details: {}, narrative: "", narrative_is_own: code !== "97112" };
  if (page.content.assistant) entry.furnished_by = data.starts_with_assistant ? "assistant" : "therapist";
  const goals = page.goals();
  if (goals.length === 1) entry.goal = goals[0].id;
  return entry;
}

function redrawCard(entry, name) {
  const card = drawEntry(page, entry);
  cardOf(entry).replaceWith(card);
  card.querySelectorAll("textarea").forEach(grow);
  touch(entry, name);
  showFindings(page);
  showTimers(page);
  const row = card.querySelector(`[id$=".${name}"]`) ?? card;
  row.querySelector("input, textarea, select, button")?.focus();
}

/* What the last visit said, into the fields named; each is marked until it is changed or confirmed. */
function carry(entry, fields) {
  const last = page.lastOf(entry.code);
  for (const name of fields) putValue(entry, name, valueOf(last, name));
  entry.carried = [...new Set([...(entry.carried ?? []), ...fields])];
  const card = drawEntry(page, entry);
  cardOf(entry).replaceWith(card);
  showCarried();
  showFindings(page);
  showTimers(page);
  card.querySelector(`[data-carried="${fields[0]}"]`)?.focus();
  saver.changed();
}

function addEntries(entries) {
  page.content.entries.push(...entries);
  draw();
  touch(null);
  cardOf(entries[0])?.querySelector(".minutes-input").focus();
}

function add(code) {
  const entry = newEntry(code, newKey());
  page.content.entries.push(entry);
  const card = drawEntry(page, entry);
  box.append(card);
  touch(null);
  showFindings(page);
  showTimers(page);
  card.querySelector(".minutes-input").focus();
  card.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function copyLast() {
  const copies = structuredClone(data.last.entries).map((entry) => ({ ...entry, key: newKey() }));
  page.content.entries.push(...copies);
  draw();
  touch(null);
  $("copy-last").hidden = true;
  box.querySelector(".minutes-input")?.focus();
}

/* --- Drawing ------------------------------------------------------------------------------------ */

function showNote() {
  for (const field of form.querySelectorAll("[data-note]")) {
    const text = page.content.note?.[field.dataset.note] ?? "";
    if (field.value !== text) field.value = text;
    grow(field);
  }
  $("note-kind").value = page.content.note?.kind ?? "daily";
  $("total-minutes").value = shown(page.content.total_treatment_minutes);
  if ($("visit-assistant")) $("visit-assistant").value = shown(page.content.assistant);
  if ($("visit-episode")) $("visit-episode").value = shown(page.content.episode);
}

function draw() {
  box.replaceChildren(...page.content.entries.map((entry) => drawEntry(page, entry)));
  box.querySelectorAll("textarea").forEach(grow);
  showCarried();
  if (data.last) $("copy-last").hidden = page.content.entries.length > 0 || !data.last.entries.length;
  drawExamination(page);
  showNote();
  show(page);
  showTimers(page);
}

/* --- Wiring ------------------------------------------------------------------------------------ */

function goTo(path) {
  for (let at = path; at; at = at.slice(0, Math.max(at.lastIndexOf("."), 0))) {
    const place = $(at);
    if (!place) continue;
    place.scrollIntoView({ block: "center" });
    const field = place.querySelector("input, textarea, select") ?? place.querySelector("button");
    field?.focus({ preventScroll: true });
    return;
  }
}

function drawAdd() {
  const chip = (code) => h("button", { class: "chip chip-add", type: "button", "data-add": code, onclick: () => add(code) }, icon("plus"), h("strong", {}, code), " ", h("span", { class: "chip-word" }, page.codes.get(code).label));
  const options = [...data.codes].sort((a, b) => b.fits - a.fits).map((code) => ({
    id: code.code,
    label: `${code.code} ${code.label}`,
    more: code.timed ? "" : "untimed",
    words: `${code.code} ${code.label}`.toLowerCase(),
  }));
  $("add-service").replaceChildren(
    h("div", { class: "chips", role: "group", "aria-label": "Add a service" }, data.common.filter((code) => page.codes.has(code)).map(chip)),
    picker({ label: "Search all codes", placeholder: "Search all codes", options, onpick: add }),
  );
}

function wire() {
  wireReport(page);
  form.addEventListener("input", ({ target }) => {
    // Wrapping megabytes would freeze the page just when it has to say that they are too many.
    target.classList.toggle("is-huge", target.value?.length > HUGE);
    grow(target);
    if (target.dataset.note) page.content.note = { ...page.content.note, [target.dataset.note]: target.value };
    else if (target.id === "total-minutes") page.content.total_treatment_minutes = tidyNumber(target.value);
    else return;
    touch(null);
  });
  form.addEventListener("paste", (event) => {
    const size = event.clipboardData.getData("text").length;
    if (size <= data.largest) return;
    event.preventDefault(); // the browser would freeze over it for no use: it cannot be saved
    const millions = (size / 1_000_000).toFixed(1);
    notice(`That is ${millions} million characters; a visit holds 1 million. Nothing was pasted and nothing is lost: it is still in your clipboard. Paste the part that matters.`);
  });
  $("note-kind").addEventListener("change", ({ target }) => {
    page.content.note = { ...page.content.note, kind: target.value };
    drawExamination(page);
    touch(null);
  });
  $("visit-assistant")?.addEventListener("change", ({ target }) => {
    page.content.assistant = target.value ? Number(target.value) : null;
    draw();
    touch(null);
  });
  $("visit-episode")?.addEventListener("change", ({ target }) => {
    page.content.episode = target.value ? Number(target.value) : null;
    draw();
    touch(null);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (event.submitter?.name === "copy") copyLast();
    else if (event.submitter?.name === "review") {
      event.submitter.setAttribute("aria-busy", "true");
      const safe = await saver.settle();
      event.submitter.removeAttribute("aria-busy");
      if (safe) window.location.assign(data.note_url);
      else $("save-state").scrollIntoView({ block: "nearest" });
    } else saver.save();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-goto]");
    if (!link) return;
    event.preventDefault();
    goTo(link.dataset.goto);
  });
  $("bar-timer").addEventListener("click", () => page.timers.stop(page.timers.running()[0]?.entry));
  $("bar-next").addEventListener("click", () => {
    const next = page.state.findings.find((finding) => finding.level === "required");
    if (next) goTo(next.path);
  });
  const sources = $("show-sources");
  sources.hidden = false;
  sources.addEventListener("click", () => {
    const on = document.body.classList.toggle("shows-sources");
    sources.setAttribute("aria-pressed", String(on));
  });
  window.addEventListener("offline", () => {
    if (!saver.settled) say("offline");
  });
  window.addEventListener("beforeunload", (event) => {
    // Only what could not even be kept in this browser is worth a question.
    if (saver.unkept && !saver.settled) event.preventDefault();
  });
}

drawAdd();
wire();
form.querySelectorAll("[data-note]").forEach((field) => noteFavorites(page, field));
wireTemplates(page, { button: $("templates"), panel: $("templates-panel"), manage: data.aids_url });
wireKeys(page, { cards: box, next: $("bar-next"), review: $("review") });
draw();
$("save-plain").hidden = true;
await restore(page, { saver, names, notice, draw });
if (window.location.hash) goTo(decodeURIComponent(window.location.hash.slice(1)));
document.documentElement.dataset.session = "ready";
