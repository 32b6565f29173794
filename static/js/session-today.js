/* Choosing a day or a therapist shows it at once. */

for (const form of document.querySelectorAll("form[data-submits-itself]")) {
  form.querySelector("button[type=submit]").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}
