/* Day and Week: keep columns, list and panel in step with the server, and answer mouse and keys. */

import { copy, move } from "./day-acts.js";
import { drawCalendar } from "./day-calendar.js";
import { makeHeld } from "./day-held.js";
import { watch } from "./day-live.js";
import { makeMoving } from "./day-moving.js";
import { readDay, root, visitOf } from "./day-page.js";
import { makePanel } from "./day-panel.js";

const box = document.getElementById("calendar");

let calendar = null;
let dragging = false;

/* --- Columns or list --------------------------------------------------------------------------- */

function showView(view, { keep = false } = {}) {
  root.dataset.dayView = view;
  for (const button of document.querySelectorAll("button[data-day-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.dayView === view));
  }
  if (!keep) return;
  try {
    localStorage.setItem("day-view", view);
  } catch {
    // It holds for this page then.
  }
}

/* What was swapped in comes as the server wrote it; what the browser knows is put back. */
function dress() {
  for (const group of document.querySelectorAll("[data-day-switch]")) group.hidden = !calendar;
  for (const keys of document.querySelectorAll("[data-day-keys]")) keys.checked = keysAreOn();
  showView(calendar ? root.dataset.dayView : "list");
  const day = readDay();
  box.hidden = !day.columns.length;
  calendar?.show(day);
  panel.redraw();
}

/* --- The panel, what is copied, what is moved by keys ------------------------------------------- */

const panel = makePanel({
  draft: {
    propose: (block) => calendar?.propose(block),
    forget: () => calendar?.forget(),
  },
  find: (id) => calendar?.element(id),
});

const held = makeHeld({ openForm: (url) => panel.open(url) });

const moving = makeMoving({
  propose: (block) => calendar.propose(block),
  forget: () => calendar.forget(),
  lift: (id, is) => calendar.lift(id, is),
  expect: (id) => calendar.expect(id),
  put: (mode, visit, where) => (mode === "copy" ? copyTo : move)(visit, where),
});

function copyTo(visit, where) {
  return copy(visit, where, (url) => panel.open(url));
}

function bookAt(where) {
  if (held.isOn()) {
    held.put(where);
    return;
  }
  const { clinic } = readDay();
  const known = Object.entries({ clinic, ...where }).filter(([, value]) => value !== undefined);
  panel.open(`${document.getElementById("day-book").pathname}?${new URLSearchParams(known)}`);
}

/* Copy: held over the columns, or, where there are none, a form filled in. */
function takeCopy(link) {
  if (root.dataset.dayView !== "columns") {
    panel.open(link.href);
    return;
  }
  const { url, minutes, therapist, room, patient } = link.dataset;
  panel.close();
  held.take({ url, minutes, therapist, room }, patient);
}

/* --- Turning days ------------------------------------------------------------------------------ */

let wanted = null; // the day that was asked for last; each press counts, however quick
let turning = false;

function turn(days) {
  const from = new Date(`${wanted ?? readDay().date}T00:00:00Z`);
  from.setUTCDate(from.getUTCDate() + days);
  wanted = from.toISOString().slice(0, 10);
  fetchWanted();
}

async function fetchWanted() {
  if (turning || wanted === null) return;
  const asked = wanted;
  const url = new URL(document.getElementById("day-next").href);
  url.searchParams.set("date", asked);
  turning = true;
  await window.htmx.ajax("GET", url.pathname + url.search, {
    source: "#day-next",
    target: "#day",
  });
  turning = false;
  if (wanted === asked || readDay().date !== asked) wanted = null;
  fetchWanted();
}

/* --- Keys -------------------------------------------------------------------------------------- */

function keysAreOn() {
  try {
    return localStorage.getItem("day-keys") !== "off";
  } catch {
    return true;
  }
}

function isTyping(element) {
  return element.isContentEditable || element.matches("input, textarea, select, [role=option]");
}

function lift(mode) {
  const id = document.activeElement?.dataset.appointment;
  const visit = id && visitOf(id);
  if (visit) moving.begin(visit, mode);
}

const press = (id) => document.getElementById(id)?.click();
const KEYS = {
  ArrowLeft: () => turn(-readDay().step),
  ArrowRight: () => turn(readDay().step),
  t: () => press("day-today"),
  n: () => press("day-book"),
  v: () => showView(root.dataset.dayView === "list" ? "columns" : "list", { keep: true }),
  m: () => lift("move"),
  c: () => lift("copy"),
};

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (moving.takes(event)) return;
  if (event.key === "Escape") {
    if (held.isOn()) held.giveUp();
    else panel.close();
    return;
  }
  const act = event.shiftKey ? undefined : KEYS[event.key];
  if (!act || !keysAreOn() || isTyping(event.target) || panel.holds(event.target)) return;
  event.preventDefault();
  act();
});

// A visit that has lost the focus is not being moved any more.
document.addEventListener("focusin", (event) => {
  if (moving.isOn() && !event.target.dataset.appointment) moving.giveUp();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-day-keys]")) return;
  try {
    localStorage.setItem("day-keys", event.target.checked ? "on" : "off");
  } catch {
    // It holds until the page is left.
  }
});

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const view = event.target.closest("button[data-day-view]");
  if (view) showView(view.dataset.dayView, { keep: true });
  if (event.target.closest("[data-panel-close]")) panel.close();
  const step = event.target.closest("[data-turn]");
  if (step) {
    event.preventDefault();
    turn(Number(step.dataset.turn));
  }
  const link = event.target.closest("[data-open], [data-book], [data-copy]");
  if (!link) return;
  event.preventDefault();
  if (link.matches("[data-copy]")) takeCopy(link);
  else panel.open(link.href);
});

/* --- In step with the server ------------------------------------------------------------------- */

let unfolded = false; // the list of the cancelled, when the sheet is swapped under it

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id === "day-sheet") {
    unfolded = document.querySelector(".day-cancelled")?.open ?? false;
  }
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (!["day", "day-sheet"].includes(event.target.id)) return;
  const cancelled = document.querySelector(".day-cancelled");
  if (cancelled && event.target.id === "day-sheet") cancelled.open = unfolded;
  dress();
});

watch({ isBusy: () => dragging || moving.isOn() });

if (window.EventCalendar) {
  box.replaceChildren();
  calendar = drawCalendar(box, readDay(), {
    open: (id) => panel.open(visitOf(id).url),
    book: bookAt,
    move,
    copy: copyTo,
    busy: (is) => {
      dragging = is;
    },
  });
}
dress();
