/* What holds on every page: requests that fail say so, waiting shows, questions are asked in place,
   the menu opens and folds. */

const body = document.body;
const line = document.getElementById("progress-line");

function toast(message, level = "danger") {
  body.dispatchEvent(new CustomEvent("toast", { detail: { message, level } }));
}

/* --- Waiting and failing --------------------------------------------------------------------- */

let waiting = 0;

function wait(event) {
  if (event.detail.requestConfig?.headers?.["X-Background"]) return;
  waiting += 1;
  event.detail.target?.setAttribute("aria-busy", "true");
  line.classList.remove("is-done");
  line.classList.add("is-waiting");
}

function done(event) {
  if (event.detail.requestConfig?.headers?.["X-Background"]) return;
  waiting = Math.max(0, waiting - 1);
  event.detail.target?.removeAttribute("aria-busy");
  if (waiting) return;
  line.classList.remove("is-waiting");
  line.classList.add("is-done");
}

const WORDS = {
  400: "That could not be read. Look over what you typed and try again.",
  403: "This is not for your role, or the page had grown stale. Reload it and try again.",
  404: "This record is gone, or it belongs to another clinic.",
  409: "Somebody changed this meanwhile. Reload the page to see how it stands.",
  413: "That is too much at once. Make it smaller and try again.",
  429: "Too many tries. Wait a minute.",
};

body.addEventListener("htmx:beforeRequest", wait);
body.addEventListener("htmx:afterRequest", done);

body.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401) return; // "logged-out" follows and asks to log in
  if ((xhr.getResponseHeader("HX-Trigger") || "").includes('"toast"')) return;
  toast(WORDS[xhr.status] || "Something broke on our side. What was saved is safe; try again.");
});

body.addEventListener("htmx:sendError", () => {
  toast("No connection. What you typed is still here; try again when you are back online.");
});

body.addEventListener("htmx:timeout", () => {
  toast("No answer after half a minute. Check whether it happened before you try again.");
});

/* A form that comes back with mistakes (422) is shown, like any other answer. */
body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

/* A passkey ceremony that was cancelled or refused by the device. */
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  toast("The passkey was not used. Try again, or choose another way.");
});

/* --- Questions -------------------------------------------------------------------------------- */

const ask = document.getElementById("ask");

function question(text, answerLabel) {
  ask.querySelector("#ask-question").textContent = text;
  ask.querySelector("#ask-yes").textContent = answerLabel || "Yes";
  ask.returnValue = "no";
  ask.showModal();
  return new Promise((resolve) => {
    ask.addEventListener("close", () => resolve(ask.returnValue === "yes"), { once: true });
  });
}

if (ask) {
  body.addEventListener("htmx:confirm", async (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    const label = event.detail.elt.dataset.confirmLabel;
    if (await question(event.detail.question, label)) event.detail.issueRequest(true);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const text = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (!text || form.dataset.confirmed) return;
    event.preventDefault();
    const label = event.submitter?.dataset.confirmLabel || form.dataset.confirmLabel;
    if (!(await question(text, label))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter);
    delete form.dataset.confirmed;
  });
}

/* One press, one request: a plain form is not sent twice. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});

/* --- Tabs --------------------------------------------------------------------------------------- */

/* Where a narrow window cuts the row of tabs, the one that is open stands in view. */
for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
  const row = tab.parentElement;
  const before = tab.getBoundingClientRect().left - row.getBoundingClientRect().left;
  row.scrollLeft += before - (row.clientWidth - tab.offsetWidth) / 2;
}

/* --- Menu -------------------------------------------------------------------------------------- */

const sidebar = document.getElementById("sidebar");
const shade = document.querySelector(".sidebar-shade");
const opener = document.querySelector("[data-sidebar-open]");

function openMenu(open) {
  sidebar.classList.toggle("is-open", open);
  shade.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  if (open) sidebar.querySelector(".nav-entry, button")?.focus();
  else opener.focus();
}

if (sidebar) {
  const fold = sidebar.querySelector("[data-sidebar-fold]");
  const showFold = () => {
    const folded = document.documentElement.classList.contains("is-folded");
    fold?.setAttribute("aria-pressed", String(folded));
  };
  showFold();

  /* Folded, an entry's name floats beside its icon; the list scrolls, so the place is worked out. */
  for (const sign of ["pointerover", "focusin"]) {
    sidebar.addEventListener(sign, (event) => {
      const entry = event.target.closest(".nav-entry, .sidebar-search, .person-name");
      if (!entry) return;
      const box = entry.getBoundingClientRect();
      sidebar.style.setProperty("--label-y", `${box.top + box.height / 2}px`);
    });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-sidebar-open]")) openMenu(true);
    if (event.target.closest("[data-sidebar-close]")) openMenu(false);
    if (event.target.closest("[data-sidebar-fold]")) {
      const folded = document.documentElement.classList.toggle("is-folded");
      localStorage.setItem("sidebar", folded ? "folded" : "open");
      showFold();
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (sidebar.classList.contains("is-open")) openMenu(false);
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
