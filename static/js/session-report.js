/* The draft of a report: into empty fields at once, beside what somebody has typed by choice. */

import { h } from "./session-dom.js";

const REPORTS = ["progress", "re_evaluation", "discharge"];
const button = document.getElementById("draft-report");
const told = document.getElementById("draft-report-told");

function fieldOf(path) {
  const name = path.split(".").pop();
  return document.querySelector(`[data-note="${name}"]`);
}

function put(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(field, text) {
  const old = field.parentElement.querySelector(".report-offer");
  old?.remove();
  const done = (value) => () => {
    if (value !== null) put(field, value());
    box.remove();
    field.focus();
  };
  const choice = (label, value) => h("button", { class: "btn btn-sm", type: "button", onclick: done(value) }, label);
  const box = h("div", { class: "report-offer" }, h("p", { class: "small faint" }, "From the visits. What you wrote stays until you choose:"), h("p", { class: "report-text" }, text), h("div", { class: "report-acts" },
    choice("Add below mine", () => `${field.value.trimEnd()}\n${text}`),
    choice("Use instead", () => text),
    choice("Keep mine", null)));
  field.after(box);
}

async function draft(kind) {
  button.setAttribute("aria-busy", "true");
  told.textContent = "";
  try {
    const body = new FormData();
    body.set("kind", kind);
    const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(button.dataset.url, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { texts } = await answer.json();
    let filled = 0;
    let offered = 0;
    for (const [path, text] of Object.entries(texts)) {
      const field = fieldOf(path);
      if (!field || field.value.trim() === text.trim()) continue;
      if (field.value.trim()) {
        offer(field, text);
        offered += 1;
      } else {
        put(field, text);
        filled += 1;
      }
    }
    const said = [filled ? `${filled} filled in` : "", offered ? `${offered} offered below what you wrote` : ""].filter(Boolean);
    told.textContent = said.length ? `${said.join(", ")}. Read and change it before signing.` : "There is nothing new to fill in.";
  } catch {
    told.textContent = "The draft could not be made now. Nothing was changed; try again.";
  }
  button.removeAttribute("aria-busy");
}

export function wireReport(page) {
  const kind = () => page.content.note?.kind ?? "daily";
  const show = (now) => {
    document.getElementById("report").hidden = !REPORTS.includes(now);
  };
  button.addEventListener("click", (event) => {
    event.preventDefault();
    draft(kind());
  });
  document.getElementById("note-kind").addEventListener("change", ({ target }) => show(target.value));
  show(kind());
}
