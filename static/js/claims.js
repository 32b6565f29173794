// The work list: one tick for all ready claims of the page, and a count on the button.

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-check-all]");
  if (!all) return;
  for (const box of all.form.querySelectorAll('input[name="claim"]')) box.checked = all.checked;
});
