/* The timer as a card and the foot of the page show it, and what a press does to the card. */

import { h, icon, newKey } from "./session-dom.js";
import { token } from "./session-save.js";
import { Timers, clockFace } from "./session-timers.js";

const $ = (id) => document.getElementById(id);

export function timerButton(page, entry) {
  return h(
    "button",
    { class: "timer", type: "button", "data-timer": entry.key, onclick: () => page.timers.toggle(entry) },
    h("span", { class: "timer-icon" }),
    h("span", { class: "timer-face" }, "Start"),
  );
}

/* A button changes its words only when it must: who listens would hear each second otherwise. */
function showButton(button, timer, code, face) {
  const state = timer ? "running" : "still";
  if (button.dataset.state !== state) {
    button.dataset.state = state;
    button.querySelector(".timer-icon").replaceChildren(icon(timer ? "player-stop" : "player-play"));
    button.setAttribute("aria-label", `${timer ? "Stop" : "Start"} the timer of ${code}`);
    button.setAttribute("aria-pressed", String(Boolean(timer)));
  }
  button.querySelector(".timer-face").textContent = timer ? face : "Start";
}

/* Asks when a timer ended that has been running for longer than any service takes. */
function lateForm(page, timer) {
  const id = `late-${timer.key}`;
  return h(
    "form",
    { class: "timer-late", method: "post", action: timer.stop_url },
    h("input", { type: "hidden", name: "csrfmiddlewaretoken", value: token() }),
    icon("alert-triangle"),
    h("label", { for: id }, `Running ${timer.ran}. Forgotten? It ended at`),
    h("input", { class: "form-control", type: "time", name: "ended", id, required: true }),
    h("button", { class: "btn", type: "submit" }, "Stop it then"),
    h("button", { class: "btn btn-quiet", type: "submit", name: "discard", value: "1", formnovalidate: true }, "Started by mistake"),
  );
}

export function timerNotes(entry) {
  return h("div", { class: "timer-notes", "data-timer-notes": entry.key });
}

function showNotes(page, place, entry, running) {
  const late = running && running.stop_url && page.timers.isForgotten(running);
  const ran = page.timers.of(entry.key).filter(({ stopped, ran }) => stopped && ran).map(({ ran }) => ran);
  const state = JSON.stringify([late && running.key, ran]);
  if (place.dataset.state === state) return;
  place.dataset.state = state;
  place.replaceChildren(
    ...(ran.length ? [h("span", { class: "timer-ran" }, `Timed ${ran.join(", ")}`)] : []),
    ...(late ? [lateForm(page, running)] : []),
  );
}

export function showTimers(page) {
  document.documentElement.dataset.timers = page.timers.queue.length ? "waiting" : "told";
  const running = page.timers.running();
  for (const entry of page.content.entries) {
    const own = running.find((timer) => timer.entry === entry.key);
    const button = document.querySelector(`[data-timer="${entry.key}"]`);
    if (!button) continue;
    showButton(button, own, entry.code, own ? clockFace(page.timers.length(own)) : "");
    showNotes(page, document.querySelector(`[data-timer-notes="${entry.key}"]`), entry, own);
  }
  const now = running[0];
  const bar = $("bar-timer");
  bar.hidden = !now;
  if (now) {
    showButton(bar, now, now.code, `${now.code} ${clockFace(page.timers.length(now))}`);
    // Whoever speaks to the tablet says what it reads: the code stands first in its name too.
    bar.setAttribute("aria-label", `${now.code} ${clockFace(page.timers.length(now))}: stop the timer`);
  }
}

/* --- What a press does -------------------------------------------------------------------------- */

export function makeTimers(page, { data, saver, known, field, touch, add, notice }) {
  const filledHere = new Map(); // what a timer wrote on a card of this page, by card

  /* `told` is the server's own count, which may be a minute off ours; what was typed since stays. */
  const filled = (key, minutes, { told = false } = {}) => {
    const entry = page.content.entries.find((row) => row.key === key);
    if (!entry || entry.minutes === minutes || (told && entry.minutes !== filledHere.get(key))) return;
    filledHere.set(key, minutes);
    entry.minutes = minutes;
    if (field(entry)) field(entry).value = String(minutes);
    touch(entry, "minutes");
  };

  const refused = ({ code, detail, url, group_code: group }) => {
    const acts = [];
    if (url) acts.push(h("a", { class: "btn", href: url }, "Open that visit"), " ");
    if (code === "times_overlap" && page.codes.has(group)) acts.push(h("button", { class: "btn", type: "button", onclick: () => add(group) }, icon("plus"), `Log ${group} here`));
    notice(detail, ...acts);
  };

  const timers = new Timers({
    url: data.timers_url,
    visit: data.visit,
    user: data.user,
    state: data.timers,
    token,
    before: () => saver.save(),
    changed: () => document.documentElement.dataset.session && showTimers(page),
    filled,
    refused,
    advance: (builtOn, version, minutes) => {
      if (builtOn === version || !saver.advance(builtOn, version)) return;
      for (const entry of known().entries) {
        if (minutes[entry.key] && !timers.running(entry.key).length) entry.minutes = minutes[entry.key];
      }
    },
  });

  timers.toggle = (entry) => {
    if (timers.running(entry.key).length) {
      timers.stop(entry.key);
      return;
    }
    const { assistant } = page.content;
    const assists = assistant && (entry.furnished_by === "assistant" || (!entry.furnished_by && data.starts_with_assistant));
    timers.start({
      key: newKey(),
      entry: entry.key,
      code: entry.code,
      oneOnOne: page.codes.get(entry.code)?.one_on_one ?? true,
      byAssistant: Boolean(assists),
      typed: entry.carried?.includes("minutes") ? null : entry.minutes,
    });
  };
  return timers;
}
