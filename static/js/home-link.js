// The patient's page: answers are sent without leaving it, and kept on the phone while the net is
// gone. Saying the same twice does no harm, so what waits is simply sent again.

const WAITING = "home-answers";
const net = document.getElementById("home-net");
const here = location.pathname;

function waiting() {
  try {
    const all = JSON.parse(localStorage.getItem(WAITING)) ?? [];
    return all.filter((one) => one.at > Date.now() - 2 * 86_400_000);
  } catch {
    return [];
  }
}

function keep(answers) {
  try {
    if (answers.length) localStorage.setItem(WAITING, JSON.stringify(answers));
    else localStorage.removeItem(WAITING);
  } catch {
    // A phone that keeps nothing says so: the answer shows as not sent.
  }
  if (net) net.hidden = answers.length === 0;
}

async function post(url, body) {
  return fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
    body,
  });
}

function show(form, done, alarm) {
  const card = form.closest(".home-exercise");
  card.classList.toggle("is-done", done);
  card.querySelector(".home-stop").hidden = !alarm;
  form.querySelector("[data-yes]").textContent = done ? "Done, change" : "Done";
  document.getElementById("home-done").textContent = document.querySelectorAll(".is-done").length;
}

async function answer(event) {
  const form = event.target.closest("[data-answer]");
  if (!form) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const body = new URLSearchParams(data).toString();
  const saved = form.querySelector("[data-saved]");
  const done = data.get("done") === "yes";
  saved.textContent = "Saving…";
  let response;
  try {
    response = await post(here, body);
  } catch {
    const key = `${data.get("item")} ${data.get("day")}`;
    const others = waiting().filter((one) => one.url !== here || one.key !== key);
    keep([...others, { url: here, key, body, at: Date.now() }]);
    show(form, done, Number(data.get("pain") ?? 0) >= 7);
    saved.textContent = "Kept on this phone, not sent yet";
    return;
  }
  if (!response.ok) {
    saved.textContent = "That was not saved. Load the page again, or call us.";
    return;
  }
  const said = await response.json();
  show(form, said.done, said.alarm !== "");
  saved.textContent = "Saved";
}

async function sendWhatWaits() {
  const left = [];
  for (const one of waiting()) {
    try {
      const response = await post(one.url, one.body);
      if (response.status >= 500 || response.status === 429) left.push(one);
    } catch {
      left.push(one);
    }
  }
  keep(left);
}

document.addEventListener("submit", answer);
window.addEventListener("online", sendWhatWaits);
sendWhatWaits();
