/* Long forms about people: parts that only matter for some answers fold away, and leaving with
   unsaved changes is asked about. Without this script every part is shown. */

document.documentElement.classList.add("js");

/* --- Parts that depend on an answer ---------------------------------------------------------- */

function answers(form, name) {
  return [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
    .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
    .map((field) => field.value);
}

function fold(part) {
  const given = answers(part.closest("form"), part.dataset.showWhen);
  const shown = part.dataset.unless
    ? !given.includes(part.dataset.unless)
    : part.dataset.if.split(" ").some((value) => given.includes(value));
  part.hidden = !shown;
}

const parts = [...document.querySelectorAll("[data-show-when]")];
parts.forEach(fold);
document.addEventListener("change", () => parts.forEach(fold));

/* --- Leaving with unsaved changes ------------------------------------------------------------ */

for (const form of document.querySelectorAll("form[data-guard]")) {
  let dirty = form.querySelector(".field-error, [data-focus]") !== null; // came back unsaved
  const warn = (event) => {
    if (dirty) event.preventDefault();
  };
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", warn);
}

/* --- Keys -------------------------------------------------------------------------------------- */

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.target.closest("form[data-guard]")?.requestSubmit();
});

document.querySelector("[data-focus]")?.focus();
