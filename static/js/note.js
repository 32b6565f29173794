/* The small habits of the note and case pages. */

/* On a wide screen the signature stands beside the note: the password is ready to be typed. On a
   phone it stands below the note, and nobody is moved past what they are about to read. */

const wide = window.matchMedia("(min-width: 64rem)");

document.addEventListener("DOMContentLoaded", () => {
  const password = document.querySelector("[data-sign-form] input[type=password]");
  if (password && wide.matches) password.focus({ preventScroll: true });
});

/* Going through the notes that wait: n leads on, s to the password; Escape leaves the password so
   that the keys count again. */
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing) {
    if (event.key === "Escape" && typing.matches("[data-sign-form] input[type=password]")) typing.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "s") {
    const password = document.querySelector("[data-sign-form] input[type=password]");
    if (password) {
      event.preventDefault();
      password.focus();
    }
    return;
  }
  document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`)?.click();
});

/* Enter in the diagnosis search searches; it does not save the whole form. */
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.id === "diagnosis-find") event.preventDefault();
});
