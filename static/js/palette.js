/* The command palette: "/" or Ctrl-K finds patients and pages from anywhere.
   The input stays focused throughout; the chosen row is told by aria-activedescendant. */

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-list");
const note = document.getElementById("palette-note");
const pages = JSON.parse(document.getElementById("palette-pages").textContent);
const searchUrl = dialog.dataset.searchUrl;

const SHORTEST = 2; // letters before patients are asked for
const PAUSE = 140; // milliseconds of quiet before a request leaves

let chosen = -1;
let timer;
let underway;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function matchingPages(query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const ranked = [];
  for (const page of pages) {
    const label = plain(page.label);
    const all = `${label} ${plain(page.group)} ${plain(page.keywords)}`;
    if (words.every((word) => all.includes(word))) {
      ranked.push({ page, rank: words.length && label.startsWith(words[0]) ? 0 : 1 });
    }
  }
  return ranked.sort((a, b) => a.rank - b.rank).map((entry) => entry.page);
}

function row(kind, name, more, url) {
  const option = document.createElement("a");
  option.className = "palette-option";
  option.role = "option";
  option.tabIndex = -1;
  option.href = url;
  option.setAttribute("aria-selected", "false");
  option.append(document.getElementById(`palette-${kind}`).content.cloneNode(true));
  for (const [className, text] of [["palette-option-name", name], ["palette-option-more", more]]) {
    const span = document.createElement("span");
    span.className = className;
    span.textContent = text;
    option.append(span);
  }
  return option;
}

function group(label, rows) {
  const box = document.createElement("div");
  box.role = "group";
  box.setAttribute("aria-label", label);
  const title = document.createElement("div");
  title.className = "palette-group";
  title.setAttribute("aria-hidden", "true");
  title.textContent = label;
  box.append(title, ...rows);
  return box;
}

function options() {
  return [...list.querySelectorAll("[role=option]")];
}

function choose(index) {
  const all = options();
  chosen = all.length ? (index + all.length) % all.length : -1;
  all.forEach((option, place) => {
    option.id = `palette-option-${place}`;
    option.setAttribute("aria-selected", String(place === chosen));
  });
  if (chosen < 0) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  input.setAttribute("aria-activedescendant", all[chosen].id);
  all[chosen].scrollIntoView({ block: "nearest" });
}

function born(isoDate) {
  const [year, month, day] = isoDate.split("-").map(Number);
  return `born ${month}/${day}/${year}`;
}

function show(patients, found) {
  list.replaceChildren();
  if (patients.length) {
    const rows = patients.map((patient) =>
      row(
        "patient",
        patient.name,
        `${born(patient.birth_date)} · ${patient.mrn}`,
        patient.url,
      ),
    );
    list.append(group("Patients", rows));
  }
  if (found.length) {
    list.append(group("Pages", found.map((page) => row("page", page.label, page.group, page.url))));
  }
  input.setAttribute("aria-expanded", String(options().length > 0));
  choose(0);
}

async function patientsFor(query) {
  underway?.abort();
  underway = new AbortController();
  // By POST: a name has no place in an address, nor in the logs of what lies between.
  const response = await fetch(searchUrl, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
    },
    body: new URLSearchParams({ q: query }),
    signal: underway.signal,
  });
  if (response.status === 401) {
    dialog.close();
    document.body.dispatchEvent(new CustomEvent("logged-out"));
    return [];
  }
  if (response.status === 403) return []; // this role finds pages only
  if (!response.ok) throw new Error(`search answered ${response.status}`);
  return (await response.json()).patients;
}

async function ask(query) {
  const found = matchingPages(query);
  try {
    const patients = await patientsFor(query);
    if (input.value.trim() !== query) return;
    show(patients, found);
    const count = options().length;
    note.textContent = count ? "" : `Nobody and nothing is called “${query}”.`;
  } catch (error) {
    if (error.name === "AbortError") return;
    note.textContent = "Patients cannot be searched just now. Pages still can.";
  }
}

function typed() {
  const query = input.value.trim();
  clearTimeout(timer);
  underway?.abort();
  show([], matchingPages(query));
  if (query.length < SHORTEST || !searchUrl) {
    note.textContent = query && !options().length ? "Type one more letter to find patients." : "";
    return;
  }
  note.textContent = "Looking for patients …";
  timer = setTimeout(ask, PAUSE, query);
}

function open() {
  if (dialog.open || document.querySelector("dialog[open]")) return;
  input.value = "";
  dialog.showModal();
  input.focus();
  typed();
}

function isTyping(element) {
  return element.isContentEditable || element.matches("input, textarea, select");
}

document.addEventListener("keydown", (event) => {
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
  const command = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
  if (command || (slash && !isTyping(event.target))) {
    event.preventDefault();
    open();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette-open]")) open();
  if (event.target.closest("[data-palette-close]") || event.target === dialog) dialog.close();
});

input.addEventListener("input", typed);

input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Enter" && chosen >= 0) {
    const option = options()[chosen];
    if (event.ctrlKey || event.metaKey) window.open(option.href, "_blank", "noopener");
    else option.click();
  } else return;
  event.preventDefault();
});

list.addEventListener("pointermove", (event) => {
  const option = event.target.closest("[role=option]");
  if (option && option.getAttribute("aria-selected") !== "true") choose(options().indexOf(option));
});

dialog.addEventListener("close", () => {
  clearTimeout(timer);
  underway?.abort();
});
