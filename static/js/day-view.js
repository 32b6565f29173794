/* Runs before the page is drawn: columns where there is room for them, else the list. */

(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("day-view");
  } catch {
    // A browser that keeps nothing shows what fits.
  }
  const fits = window.matchMedia("(min-width: 48rem)").matches;
  document.documentElement.dataset.dayView = fits && chosen !== "list" ? "columns" : "list";
})();
