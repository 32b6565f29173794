/* The Day: keeps columns, list and panel in step with the server, and answers mouse and keys. */

import { drawCalendar } from "./day-calendar.js";

const POLL_SECONDS = 30;
const root = document.documentElement;
const box = document.getElementById("calendar");
const panel = document.getElementById("panel");
const panelBody = document.getElementById("panel-body");
const csrf = document.querySelector("meta[name=csrf-token]").content;

let calendar = null;
let dragging = false;
let proposed = null;
let openedFrom = null;

const readDay = () => JSON.parse(document.getElementById("day-data").dataset.day);
const tell = (message, level) =>
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { message, level } }));
const changed = () => document.body.dispatchEvent(new CustomEvent("day-changed"));

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
  if (proposed) calendar?.propose(proposed);
}

/* --- The panel --------------------------------------------------------------------------------- */

function openPanel(url) {
  if (!panel.contains(document.activeElement)) openedFrom = document.activeElement;
  window.htmx.ajax("GET", url, { target: "#panel-body", swap: "innerHTML" });
}

function closePanel() {
  if (panel.hidden) return;
  panel.hidden = true;
  root.classList.remove("has-panel");
  const card = panelBody.querySelector("#card");
  const id = card?.getAttribute("hx-get").match(/(\d+)\/$/)?.[1];
  panelBody.replaceChildren();
  proposed = null;
  calendar?.forget();
  const back = openedFrom?.isConnected ? openedFrom : id && opener(id);
  (back || document.getElementById("day-book") || document.getElementById("main")).focus();
  openedFrom = null;
}

function opener(id) {
  const seen = (found) => (found?.offsetParent ? found : null);
  return seen(calendar?.element(id)) || seen(document.getElementById(`row-${id}`));
}

function bookAt(where) {
  const { clinic } = readDay();
  const known = Object.entries({ clinic, ...where }).filter(([, value]) => value !== undefined);
  openPanel(`${document.getElementById("day-book").pathname}?${new URLSearchParams(known)}`);
}

panelBody.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== panelBody) return;
  panel.hidden = false;
  root.classList.add("has-panel");
  const wanted =
    panelBody.querySelector("#refusal") ||
    panelBody.querySelector("[autofocus], .is-invalid") ||
    panelBody.querySelector("[data-book-form] [name=patient_name]:placeholder-shown") ||
    panelBody.querySelector("[data-book-form] [name=appointment_type]") ||
    panelBody.querySelector("#panel-title");
  wanted?.focus();
  proposeFromForm();
});

/* The dashed block follows what the form says. */
function proposeFromForm() {
  const form = panelBody.querySelector("[data-book-form]");
  proposed = null;
  if (form && form.elements.date.value === readDay().date) {
    const { therapist, date, time, minutes, appointment_type: type } = form.elements;
    const lengths = JSON.parse(form.dataset.lengths);
    proposed = {
      therapist: therapist.value,
      date: date.value,
      time: time.value,
      minutes: minutes.value || lengths[type.value],
    };
  }
  if (proposed) calendar?.propose(proposed);
  else calendar?.forget();
}

panelBody.addEventListener("change", (event) => {
  if (event.target.name === "appointment_type") {
    const lengths = JSON.parse(event.target.form.dataset.lengths);
    event.target.form.elements.minutes.value = lengths[event.target.value] || "";
  }
  proposeFromForm();
});

/* A refused booking (409) comes back as the form, with what stands in the way. */
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (xhr.status !== 409 || target !== panelBody || !xhr.responseText) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("[data-book-form]");
  if (form && event.detail.xhr.status === 204) closePanel();
});

/* --- Dragging ---------------------------------------------------------------------------------- */

function question(text, answerLabel) {
  const ask = document.getElementById("ask");
  ask.querySelector("#ask-question").textContent = text;
  ask.querySelector("#ask-yes").textContent = answerLabel;
  ask.returnValue = "no";
  ask.showModal();
  return new Promise((resolve) => {
    ask.addEventListener("close", () => resolve(ask.returnValue === "yes"), { once: true });
  });
}

async function send(url, values) {
  const response = await fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrf },
    body: new URLSearchParams(values),
  });
  const told = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
  return { status: response.status, told };
}

async function move(visit, where, undo) {
  const values = { ...where, room: visit.room ?? "", version: visit.version };
  const url = `${visit.url}move/`;
  try {
    let { status, told } = await send(url, values);
    if (told.code === "outside_hours") {
      if (!(await question(`${told.detail} Move ${visit.patient} there all the same?`, "Move"))) {
        undo();
        return;
      }
      ({ status, told } = await send(url, { ...values, anyway: "true" }));
    }
    if (status === 200) {
      tell(`${visit.patient} is moved.`, "success");
    } else {
      undo();
      if (status === 401) document.body.dispatchEvent(new CustomEvent("logged-out"));
      else tell(told.detail || "This was not moved. Reload the page and try again.", "danger");
    }
  } catch {
    undo();
    tell("No connection: nothing was moved. Try again when you are back online.", "danger");
  }
  changed();
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

const press = (id) => document.getElementById(id)?.click();
const KEYS = {
  ArrowLeft: () => turn(-1),
  ArrowRight: () => turn(1),
  t: () => press("day-today"),
  n: () => press("day-book"),
  v: () => showView(root.dataset.dayView === "list" ? "columns" : "list", { keep: true }),
};

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
  if (event.key === "Escape") {
    closePanel();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const act = KEYS[event.key];
  if (!act || !keysAreOn() || isTyping(event.target) || panel.contains(event.target)) return;
  event.preventDefault();
  act();
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
  if (event.target.closest("[data-panel-close]")) closePanel();
  const step = event.target.closest("[data-turn]");
  if (step) {
    event.preventDefault();
    turn(Number(step.dataset.turn));
  }
  const link = event.target.closest("[data-open], [data-book]");
  if (!link) return;
  event.preventDefault();
  openPanel(link.href);
});

/* --- In step with the server ------------------------------------------------------------------- */

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (["day", "day-sheet"].includes(event.target.id)) dress();
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  // Half a minute's news can wait until the mouse has let go.
  if (dragging && event.detail.requestConfig.headers["X-Background"]) {
    event.detail.shouldSwap = false;
  }
});

setInterval(() => {
  if (document.hidden || dragging) return;
  document.getElementById("day-poll").dispatchEvent(new CustomEvent("day-poll"));
}, POLL_SECONDS * 1000);

if (window.EventCalendar) {
  box.replaceChildren();
  calendar = drawCalendar(box, readDay(), {
    open: (id) => openPanel(readDay().appointments.find((visit) => String(visit.id) === id).url),
    book: bookAt,
    move,
    busy: (is) => {
      dragging = is;
    },
  });
}
dress();
