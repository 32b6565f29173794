/* A combobox over the patients: what is typed is sent by POST, because a name has no place in an
   address. Without a script the form takes the same words and asks when several patients fit. */

const SHORTEST = 2;
const PAUSE = 140;
const csrf = document.querySelector("meta[name=csrf-token]").content;

let counter = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function option(patient, id) {
  const row = element("li", "picker-option", "");
  row.role = "option";
  row.id = id;
  row.dataset.patient = patient.id;
  row.dataset.name = patient.name;
  row.setAttribute("aria-selected", "false");
  const [year, month, day] = patient.birth_date.split("-").map(Number);
  row.append(
    element("span", "picker-name", patient.name),
    element("span", "picker-more", `born ${month}/${day}/${year} · ${patient.mrn}`),
  );
  return row;
}

/* The way on when nobody fits: the form is turned to somebody new. */
function newcomer(typed, id) {
  const row = element("li", "picker-option picker-option-new", "");
  row.role = "option";
  row.id = id;
  row.dataset.newcomer = "";
  row.setAttribute("aria-selected", "false");
  row.append(element("span", "picker-name", `New patient: ${typed}`));
  return row;
}

function dress(picker) {
  const input = picker.querySelector("[name=patient_name]");
  const chosen = picker.querySelector("input[type=hidden][name=patient]");
  const list = picker.querySelector("[role=listbox]");
  const said = picker.querySelector("[data-picker-said]");
  const prefix = `picker-${(counter += 1)}`;
  let at = -1;
  let timer;
  let underway;

  list.id = `${prefix}-list`;
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    autocapitalize: "off",
    spellcheck: "false",
  })) {
    input.setAttribute(name, value);
  }

  const rows = () => [...list.children];

  function mark(index) {
    const all = rows();
    at = all.length ? (index + all.length) % all.length : -1;
    all.forEach((row, place) => row.setAttribute("aria-selected", String(place === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }
  }

  function show(patients, words, typed = "") {
    const found = patients.map((patient, place) => option(patient, `${prefix}-${place}`));
    if (typed && "pickerNew" in picker.dataset) found.push(newcomer(typed, `${prefix}-new`));
    list.replaceChildren(...found);
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    said.textContent = words;
    mark(found.length ? 0 : -1);
  }

  function take(row) {
    chosen.value = row.dataset.patient;
    input.value = row.dataset.name;
    picker.querySelector(".picker-matches")?.remove();
    chosen.dispatchEvent(new Event("change", { bubbles: true })); // what follows the patient is asked for
    show([], `${row.dataset.name} is chosen.`);
  }

  function pick(row) {
    if ("newcomer" in row.dataset) {
      picker.querySelector("[data-new-patient]").click();
      return;
    }
    take(row);
    // The third input: the next field has the focus, and Enter there books.
    input.form?.elements[picker.dataset.pickerNext]?.focus();
  }

  async function ask(query) {
    underway = new AbortController();
    try {
      const response = await fetch(picker.dataset.searchUrl, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": csrf },
        body: new URLSearchParams({ q: query }),
        signal: underway.signal,
      });
      if (response.status === 401) {
        document.body.dispatchEvent(new CustomEvent("logged-out"));
        return;
      }
      if (!response.ok) throw new Error(`search answered ${response.status}`);
      const { patients } = await response.json();
      if (input.value.trim() !== query) return;
      const count = patients.length;
      show(patients, count ? `${count} found.` : `Nobody fits “${query}”.`, /\p{L}/u.test(query) ? query : "");
      picker.classList.toggle("has-none", !count);
    } catch (error) {
      if (error.name === "AbortError") return;
      show([], "Patients cannot be searched just now. Type the name and book; the clinic's list is asked then.");
    }
  }

  input.addEventListener("input", () => {
    const query = input.value.trim();
    chosen.value = "";
    picker.classList.remove("has-none");
    clearTimeout(timer);
    underway?.abort();
    if (query.length < SHORTEST) show([], "");
    else timer = setTimeout(ask, PAUSE, query);
  });

  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter") pick(rows()[at]);
    else if (event.key === "Escape") show([], "");
    else if (event.key === "Tab" && at >= 0) {
      if ("patient" in rows()[at].dataset) take(rows()[at]);
      return; // and on to the next field
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps focus
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) pick(row);
  });
  input.addEventListener("blur", () => {
    if (!list.hidden) show([], "");
  });
}

/* Enter on the closed list of types sends the form, which not every browser does by itself. */
document.body.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-book-form] select")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

function dressAll() {
  for (const picker of document.querySelectorAll("[data-picker]:not([data-dressed])")) {
    picker.dataset.dressed = "";
    dress(picker);
  }
}

document.body.addEventListener("htmx:afterSwap", dressAll);
dressAll();
