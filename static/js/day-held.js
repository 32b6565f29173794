/* A copied visit waits to be put down: on a time of this day, or of another day or week. It lasts
   until it is given up, across pages. Only ids are kept, never a name. */

import { copy } from "./day-acts.js";
import { say } from "./day-page.js";

const bar = document.getElementById("day-held");
const words = document.getElementById("day-held-words");
const KEY = "day-held";

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function remember(visit) {
  try {
    if (visit) sessionStorage.setItem(KEY, JSON.stringify(visit));
    else sessionStorage.removeItem(KEY);
  } catch {
    // It holds for this page then.
  }
}

export function makeHeld({ openForm }) {
  let held = remembered();
  let name = "";

  function show() {
    bar.hidden = !held;
    document.documentElement.classList.toggle("is-holding", Boolean(held));
    if (held) words.textContent = `Copy of ${name || "a visit"}: click the time where it goes.`;
  }

  function giveUp() {
    if (!held) return;
    held = null;
    name = "";
    remember(null);
    show();
  }

  bar.querySelector("[data-held-close]").addEventListener("click", giveUp);
  bar.querySelector("[data-held-form]").addEventListener("click", () => {
    openForm(`${held.url}copy/`);
  });
  show();

  return {
    isOn: () => held !== null,
    giveUp,
    take(visit, patient) {
      held = visit;
      name = patient;
      remember(visit);
      show();
      say(words.textContent);
    },
    put(where) {
      const minutes = where.minutes ?? held.minutes;
      return copy({ ...held, patient: name }, { ...where, minutes }, openForm);
    },
  };
}
