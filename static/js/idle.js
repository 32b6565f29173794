/* Logs a person off who went away, with a warning first, and keeps the page for their return.

   The server decides (web.middleware.IdleLogOff); this file only foresees it. Every request counts
   as a sign of life, and so does typing or pointing, which asks the server once a minute. */

const { pulseUrl, user } = document.body.dataset;
const idleSeconds = Number(document.body.dataset.idleSeconds);
const WARN = Math.min(60, idleSeconds / 2); // seconds of warning
const MARGIN = Math.min(30, idleSeconds / 4); // the server notes signs of life this much late
const SIGN_EVERY = 60;
const SEEN = "pt-seen-at"; // shared by all tabs of this browser

const idle = document.getElementById("idle");
const left = document.getElementById("idle-left");
const loggedOut = document.getElementById("logged-out");
const problem = document.getElementById("logged-out-problem");
const tabs = new BroadcastChannel("pt-session");
const now = () => Date.now() / 1000;

let asking = null; // the question on its way: who asks meanwhile gets its answer

function seen() {
  localStorage.setItem(SEEN, String(now()));
}

function secondsLeft() {
  return idleSeconds - MARGIN - (now() - Number(localStorage.getItem(SEEN)));
}

function refreshToken(token) {
  document.querySelector("meta[name=csrf-token]").content = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
    field.value = token;
  }
}

/* Whether the server still knows this person; undefined when it cannot be reached. */
function pulse() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

async function ask() {
  try {
    const response = await fetch(pulseUrl, { headers: { Accept: "application/json" } });
    if (response.status === 401) return { known: false };
    if (!response.ok) return undefined;
    const answer = await response.json();
    seen();
    return { known: true, same: String(answer.user) === user, token: answer.csrf };
  } catch {
    return undefined;
  }
}

function cover() {
  if (idle.open) idle.close();
  if (loggedOut.open) return;
  problem.textContent = "";
  loggedOut.showModal();
}

async function comeBack() {
  const answer = await pulse();
  if (answer?.known && !answer.same) {
    window.location.reload(); // somebody else: this page is not theirs to see
  } else if (answer?.known) {
    refreshToken(answer.token);
    loggedOut.close();
    document.body.dispatchEvent(new CustomEvent("logged-in"));
  } else {
    problem.textContent = answer
      ? "You are not logged in yet."
      : "PT Practice cannot be reached. Check the connection and try again.";
  }
}

/* Time is up: what the warning promised happens, and the page is covered. */
function logOff() {
  const form = idle.querySelector("form");
  fetch(form.action, {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
    redirect: "manual",
  }).catch(() => {}); // out of reach: the server's own clock logs off
  cover();
}

function tick() {
  if (loggedOut.open) return;
  const rest = secondsLeft();
  if (rest > WARN) {
    if (idle.open) idle.close();
    return;
  }
  if (rest > 0) {
    if (!idle.open && !document.querySelector("dialog[open]")) idle.showModal();
    left.textContent = String(Math.ceil(rest));
    return;
  }
  logOff();
}

document.getElementById("idle-stay").addEventListener("click", async () => {
  const answer = await pulse();
  if (answer?.known) idle.close();
  else cover();
});

document.getElementById("logged-out-back").addEventListener("click", comeBack);
idle.addEventListener("cancel", (event) => event.preventDefault());
loggedOut.addEventListener("cancel", (event) => event.preventDefault());
document.body.addEventListener("logged-out", cover);

document.body.addEventListener("htmx:afterRequest", (event) => {
  const background = "X-Background" in (event.detail.requestConfig?.headers ?? {});
  if (!background && event.detail.successful) seen();
});

for (const sign of ["keydown", "pointerdown"]) {
  document.addEventListener(
    sign,
    () => {
      const quiet = now() - Number(localStorage.getItem(SEEN));
      if (quiet > SIGN_EVERY && !idle.open && !loggedOut.open) pulse();
    },
    { passive: true, capture: true },
  );
}

tabs.addEventListener("message", () => {
  if (loggedOut.open) comeBack();
});

seen();
tabs.postMessage("here");
setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
