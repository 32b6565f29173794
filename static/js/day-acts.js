/* Moves and copies on the server. What is refused snaps back and says why; what lies outside
   somebody's hours is asked about first. */

import { changed, tell } from "./day-page.js";

const nothing = () => {};
const csrf = document.querySelector("meta[name=csrf-token]").content;

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
  return { ok: response.ok, status: response.status, told };
}

/* `where`: date, time, minutes, and what its column means (a therapist, or a room). */
function valuesOf(visit, where) {
  return {
    date: where.date,
    time: where.time,
    minutes: where.minutes,
    therapist: where.therapist ?? visit.therapist,
    room: where.room ?? visit.room ?? "",
  };
}

async function ask(url, values, { name, verb, past, undo, instead, done = nothing }) {
  try {
    let answer = await send(url, values);
    if (answer.told.code === "outside_hours") {
      if (!(await question(`${answer.told.detail} ${verb} ${name} there all the same?`, verb))) {
        undo();
        return false;
      }
      answer = await send(url, { ...values, anyway: "true" });
    }
    if (answer.told.code === "over_budget" && instead) {
      instead(values); // a form, in which the reason can be given
      return false;
    }
    if (answer.ok) {
      done(answer.told);
      tell(`${name} is ${past}.`, "success");
    } else {
      undo();
      if (answer.status === 401) document.body.dispatchEvent(new CustomEvent("logged-out"));
      else {
        const otherwise = `This was not ${past}. Reload the page and try again.`;
        tell(answer.told.detail || otherwise, "danger");
      }
    }
    changed();
    return answer.ok;
  } catch {
    undo();
    tell(`No connection: nothing was ${past}. Try again when you are back online.`, "danger");
    return false;
  }
}

export function move(visit, where, undo = nothing) {
  const values = { ...valuesOf(visit, where), version: visit.version };
  const words = {
    name: visit.patient,
    verb: "Move",
    past: "moved",
    undo,
    // The form opens with where it was dropped.
    instead: (asked) => {
      undo();
      window.htmx.ajax("POST", `${visit.url}move/`, { values: asked, target: "#panel-body" });
    },
    // Dragged once more before the sheet has come back, it is not taken for an old version.
    done: ({ version }) => {
      const { therapist, room } = values;
      Object.assign(visit, { version, therapist, room });
    },
  };
  return ask(`${visit.url}move/`, values, words);
}

/* `openForm(url)`: where the authorization is used up and the desk has to say why. */
export function copy(visit, where, openForm) {
  const words = {
    name: visit.patient || "The visit",
    verb: "Copy",
    past: "copied",
    undo: nothing,
    instead: (values) => openForm(`${visit.url}copy/?${new URLSearchParams(values)}`),
  };
  return ask(`${visit.url}copy/`, valuesOf(visit, where), words);
}
