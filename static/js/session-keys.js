/* Keys of the session page, each with Alt, so that none gets in the way of typing. */

export function wireKeys(page, { cards, next, review }) {
  const cardAt = (element) => element?.closest("article.entry");
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const number = /^Digit([1-9])$/.exec(event.code)?.[1];
    const acts = {
      KeyT: () => {
        const card = cardAt(document.activeElement) ?? cards.querySelector("article.entry");
        card?.querySelector("[data-timer]").click();
      },
      KeyM: () => next.hidden || next.click(),
      KeyR: () => review.click(),
      KeyA: () => page.focusAdd(),
    };
    const act = number ? () => cards.querySelectorAll("article.entry")[number - 1]?.querySelector(".minutes-input").focus() : acts[event.code];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
