/* The Month by keys: arrows walk its days, Page Up and Page Down turn it, t is this month. */

const links = () => [...document.querySelectorAll(".month-link")];

/* One day takes the Tab key; the arrows reach the others. */
function tidy(current) {
  const all = links();
  const first =
    current ||
    all.find((link) => link.matches("[aria-current]")) ||
    all.find((link) => !link.closest(".is-beyond"));
  for (const link of all) link.tabIndex = link === first ? 0 : -1;
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const TURNS = { PageUp: "month-previous", PageDown: "month-next" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) return;
  const all = links();
  const at = all.indexOf(event.target);
  if (at >= 0 && event.key in STEPS) {
    const next = all[at + STEPS[event.key]];
    if (!next) return;
    event.preventDefault();
    tidy(next);
    next.focus();
  } else if (event.key in TURNS || event.key === "t") {
    event.preventDefault();
    document.getElementById(TURNS[event.key] || "month-now").click();
  }
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "day") tidy();
});

tidy();
