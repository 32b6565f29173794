/* Light, dark, or as the device. Loaded before the page is drawn, so that nothing flashes. */
(() => {
  const root = document.documentElement;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const choices = new Set(["auto", "light", "dark"]);

  function chosen() {
    const kept = localStorage.getItem("theme");
    return choices.has(kept) ? kept : root.dataset.themeChoice || "auto";
  }

  function show() {
    const choice = chosen();
    const dark = choice === "dark" || (choice === "auto" && device.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === choice));
    }
  }

  function choose(choice) {
    localStorage.setItem("theme", choice);
    show();
    const url = root.dataset.themeUrl;
    if (!url) return;
    const token = document.querySelector("meta[name=csrf-token]").content;
    // The choice already holds in this browser; a failure only means other devices do not learn it.
    fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      body: new URLSearchParams({ theme: choice }),
    }).catch(() => {});
  }

  show();
  device.addEventListener("change", show);
  window.addEventListener("storage", show);
  // Paper is white.
  window.addEventListener("beforeprint", () => root.setAttribute("data-bs-theme", "light"));
  window.addEventListener("afterprint", show);
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (button) choose(button.dataset.themeSet);
  });
  if (localStorage.getItem("sidebar") === "folded") root.classList.add("is-folded");
})();
