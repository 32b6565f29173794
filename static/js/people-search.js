/* Patients: Enter opens the first one found, the arrows walk through the rows, and Back returns to
   the same question. The question is kept in the history entry, never in the address. */

document.documentElement.classList.add("js");

const form = document.getElementById("patient-search");
const box = document.getElementById("id_q");
const rows = document.getElementById("patients");
let shown = box.defaultValue; // the question that the rows answer

function links() {
  return [...rows.querySelectorAll(".row-link")];
}

function ask() {
  box.dispatchEvent(new Event("search", { bubbles: true }));
}

rows.addEventListener("htmx:afterSwap", (event) => {
  shown = event.detail.requestConfig?.parameters?.get?.("q") ?? box.value;
  history.replaceState({ ...history.state, question: box.value }, "");
  if (opening && shown === box.value) open();
});

let opening = false;

function open() {
  opening = false;
  links()[0]?.click();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!box.value.trim()) return;
  opening = true; // the answer may still be on its way
  if (shown === box.value) open();
  else ask();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const all = links();
  const at = all.indexOf(document.activeElement);
  if (document.activeElement !== box && at < 0) return;
  event.preventDefault();
  const next = event.key === "ArrowDown" ? at + 1 : at - 1;
  (next < 0 ? box : all[Math.min(next, all.length - 1)])?.focus();
});

/* On the way Back the browser may have put the words into the box already; the rows it has not. */
const question = history.state?.question ?? box.value;
if (question !== shown) {
  box.value = question;
  document.addEventListener("DOMContentLoaded", ask); // htmx has begun by then
}
