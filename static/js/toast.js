/* Says what just happened. Any script may ask: document.body.dispatchEvent(new CustomEvent("toast",
   {detail: {message, level}})); the server does it with web.responses.tell. */

const SECONDS = 6;
const region = document.getElementById("notices");
const template = document.getElementById("notice-template");

function leaveSoon(notice) {
  let timer;
  const start = () => { timer = setTimeout(() => notice.remove(), SECONDS * 1000); };
  const stop = () => clearTimeout(timer);
  notice.addEventListener("pointerenter", stop);
  notice.addEventListener("pointerleave", start);
  notice.addEventListener("focusin", stop);
  notice.addEventListener("focusout", start);
  start();
}

function isLoud(level) {
  return level === "danger" || level === "error";
}

function say(message, level) {
  const place = region.querySelector(isLoud(level) ? ".notices-loud" : ".notices-quiet");
  for (const same of place.querySelectorAll("[data-notice] p")) {
    if (same.textContent === message) same.parentElement.remove();
  }
  const notice = template.content.firstElementChild.cloneNode(true);
  notice.classList.add(`notice-${isLoud(level) ? "danger" : level}`);
  notice.querySelector("p").textContent = message;
  place.append(notice);
  // A mistake stays until it is closed; good news leaves by itself.
  if (!isLoud(level)) leaveSoon(notice);
}

document.body.addEventListener("toast", (event) => {
  say(event.detail.message, event.detail.level || "success");
});

region.addEventListener("click", (event) => {
  event.target.closest("[data-notice-close]")?.closest("[data-notice]").remove();
});

for (const notice of region.querySelectorAll("[data-notice]")) {
  notice.append(template.content.querySelector("[data-notice-close]").cloneNode(true));
  if (!notice.classList.contains("notice-danger")) leaveSoon(notice);
}
