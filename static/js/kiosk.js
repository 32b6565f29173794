/* The kiosk: digits step from box to box; what is left lying, typed or said, is cleared away. */

const SAID_FOR = 8_000;
const TYPED_FOR = 60_000;

const form = document.querySelector("[data-kiosk-form]");
const again = document.querySelector("[data-kiosk-again]");

/* The empty form, in the place of this page: Back must not bring it up again. */
function startOver() {
  window.location.replace(again ? again.href : window.location.pathname);
}

let clock = 0;

function waitAnew() {
  clearTimeout(clock);
  clock = setTimeout(startOver, again ? SAID_FOR : TYPED_FOR);
}

if (again) {
  waitAnew();
  again.addEventListener("click", (event) => {
    event.preventDefault();
    startOver();
  });
}

if (form) {
  const fields = [...form.querySelectorAll("input")];

  form.addEventListener("input", ({ target, inputType }) => {
    waitAnew();
    if (!target.dataset.digits) return;
    target.value = target.value.replace(/\D/g, "");
    const isFull = target.value.length >= Number(target.dataset.digits);
    if (isFull && !String(inputType).startsWith("delete")) fields[fields.indexOf(target) + 1].focus();
  });

  form.addEventListener("keydown", ({ key, target }) => {
    const before = fields[fields.indexOf(target) - 1];
    if (key === "Backspace" && target.value === "" && before?.dataset.digits) before.focus();
  });

  /* Two taps are one. */
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    clearTimeout(clock);
  });

  if (form.querySelector(".is-invalid")) waitAnew();
}

window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) startOver();
});
