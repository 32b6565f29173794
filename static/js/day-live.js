/* News from other desks: asks a cheap address every few seconds whether anything has changed, and
   fetches the sheet again only then. Never in the middle of a drag. */

const EVERY = 3000;
const WHEN_LOST = 15_000; // the server did not answer: it is given time
const ALL_ANEW = 300_000; // working hours and rooms change rarely and have no mark

export function watch({ isBusy }) {
  const poll = () => document.getElementById("day-poll").dispatchEvent(new CustomEvent("day-poll"));
  let asking = false;
  let quietUntil = 0;

  async function look() {
    if (asking || document.hidden || isBusy() || Date.now() < quietUntil) return;
    const { mark, markUrl } = document.getElementById("day-data").dataset;
    asking = true;
    try {
      const answer = await fetch(markUrl, {
        headers: { "If-None-Match": `"${mark}"`, "X-Background": "1", Accept: "application/json" },
        cache: "no-store",
      });
      if (answer.status === 204) poll();
      else if (answer.status !== 304) quietUntil = Date.now() + WHEN_LOST;
    } catch {
      quietUntil = Date.now() + WHEN_LOST;
    }
    asking = false;
  }

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    // News can wait until the mouse has let go.
    if (isBusy() && event.detail.requestConfig.headers["X-Background"]) {
      event.detail.shouldSwap = false;
    }
  });
  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY);
  setInterval(() => {
    if (!document.hidden && !isBusy()) poll();
  }, ALL_ANEW);
}
