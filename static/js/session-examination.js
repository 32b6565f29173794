/* What is measured on the session page: pain, motion, strength, balance, marks on the body, and
   the words that an evaluation asks for. All of it lies in `page.content.examination`. */

import { drawBody } from "./session-body.js";
import { h, icon, select, shown, textField } from "./session-dom.js";
import { picker } from "./session-pick.js";

const PAIN = { now: "Now", best: "At its best", worst: "At its worst", activity: "In activity" };
const WORDS = { history: "History and what brought the patient here", prior_level: "Function before this", home: "Home, work and help", systems: "Systems review" };
const EVALUATES = ["evaluation", "re_evaluation"];
const MEASURES = [...EVALUATES, "progress", "discharge"];
const TABLES = [
  { name: "motion", title: "Range of motion", items: "motions", add: "Add a motion" },
  { name: "strength", title: "Strength", items: "strengths", add: "Add a muscle group" },
  { name: "balance", title: "Balance", items: "balance", add: "Add a balance test" },
];

const findings = (path) => h("div", { class: "findings", "data-path": path, id: `findings-${path}` });

/* Degrees and seconds as numbers; what is none stays as typed, for the server to say so. */
function tidy(text) {
  const bare = text.trim().replace("−", "-");
  if (bare === "") return null;
  return /^-?\d{1,4}$/.test(bare) ? Number(bare) : text;
}

function examined(page) {
  page.content.examination ??= {};
  return page.content.examination;
}

function numberField({ label, value, path, unit, onchange }) {
  const field = h("input", {
    class: "form-control exam-number",
    inputmode: "numeric",
    autocomplete: "off",
    "aria-label": label,
    "aria-describedby": `findings-${path}`,
    "data-input": path,
    value: shown(value),
    oninput: () => onchange(tidy(field.value)),
    onfocus: () => field.select(),
  });
  return h("span", { class: "exam-box" }, field, unit ? h("span", { class: "exam-unit", "aria-hidden": "true" }, unit) : null);
}

/* --- Pain ---------------------------------------------------------------------------------------- */

function drawPain(page) {
  const before = page.data.examination.before?.content.pain ?? {};
  const change = (name, value) => {
    const content = examined(page);
    content.pain = { ...content.pain, [name]: value };
    page.touch(null);
  };
  const pain = page.content.examination?.pain ?? {};
  const scale = Array.from({ length: 11 }, (_, number) => ({ id: number, label: String(number) }));
  return h(
    "fieldset",
    { class: "exam-part", id: "examination.pain" },
    h("legend", {}, "Pain, 0 to 10"),
    h(
      "div",
      { class: "exam-pain" },
      Object.entries(PAIN).map(([name, label]) =>
        h(
          "div",
          { class: "exam-scale", id: `examination.pain.${name}` },
          h("span", { class: "form-label" }, label),
          select({ label: `Pain: ${label}`, value: pain[name], empty: "–", options: scale, path: `examination.pain.${name}`, describedBy: `findings-examination.pain.${name}`, onchange: (value) => change(name, value === "" ? null : Number(value)) }),
          name in before ? h("span", { class: "exam-before" }, `was ${before[name]}`) : null,
          findings(`examination.pain.${name}`),
        ),
      ),
      h(
        "div",
        { class: "exam-where", id: "examination.pain.where" },
        h("span", { class: "form-label" }, "Where, and what it is like"),
        textField({ label: "Pain: where, and what it is like", value: pain.where, path: "examination.pain.where", describedBy: "findings-examination.pain.where", placeholder: before.where, onchange: (value) => change("where", value) }),
        findings("examination.pain.where"),
      ),
    ),
  );
}

/* --- Tables -------------------------------------------------------------------------------------- */

function valueFields(page, table, item, row, path, name) {
  const set = (field) => (value) => {
    row[field] = value;
    page.touch(null);
  };
  if (table.name === "motion") {
    return ["active", "passive"].map((way) =>
      h("td", { "data-label": way === "active" ? "Active" : "Passive", id: `${path}.${way}` }, numberField({ label: `${name}, ${way}`, value: row[way], path: `${path}.${way}`, unit: "°", onchange: set(way) }), findings(`${path}.${way}`)),
    );
  }
  const words = page.data.examination.words;
  if (item.kind === "seconds") {
    return [h("td", { "data-label": "Found", id: `${path}.seconds` }, numberField({ label: `${name}, seconds`, value: row.seconds, path: `${path}.seconds`, unit: "s", onchange: set("seconds") }), findings(`${path}.seconds`))];
  }
  const options = table.name === "strength" ? words.grades : words.balance_grades;
  return [h("td", { "data-label": "Found", id: `${path}.grade` }, select({ label: name, value: row.grade, empty: "–", options, path: `${path}.grade`, describedBy: `findings-${path}.grade`, onchange: set("grade") }), findings(`${path}.grade`))];
}

function sayBefore(page, table, item, row) {
  const rows = page.data.examination.before?.content[table.name] ?? [];
  const was = rows.find((other) => other.id === item.id && (other.side ?? "") === (row.side ?? ""));
  if (!was) return "–";
  const words = page.data.examination.words;
  if (table.name === "motion") return ["active", "passive"].filter((way) => way in was).map((way) => `${was[way]}°${way === "passive" ? " passive" : ""}`).join(", ") || "–";
  if ("seconds" in was) return `${was.seconds} s`;
  return (table.name === "strength" ? was.grade : words.balance_grades.find((grade) => grade.id === was.grade)?.label) ?? "–";
}

function drawRow(page, table, row, place, redraw) {
  const item = page.data.examination.words[table.items].find((known) => known.id === row.id);
  const path = `examination.${table.name}.${place}`;
  const side = row.side ? `${row.side[0].toUpperCase()}${row.side.slice(1)} ` : "";
  const name = item ? `${side}${side ? item.label.toLowerCase() : item.label}` : "Unknown";
  const remove = h("button", { class: "icon-btn", type: "button", "aria-label": `Remove ${name}` }, icon("x"));
  remove.addEventListener("click", () => {
    examined(page)[table.name].splice(place, 1);
    page.touch(null);
    redraw("add");
  });
  return h(
    "tr",
    { id: path },
    h("th", { scope: "row" }, name, item?.usual !== undefined ? h("span", { class: "exam-usual" }, `usual ${item.usual}°`) : null, findings(path)),
    item ? valueFields(page, table, item, row, path, name) : h("td", {}),
    h("td", { "data-label": "Before", class: "exam-before" }, item ? sayBefore(page, table, item, row) : "–"),
    h("td", { "data-label": "Remark" }, textField({ label: `${name}, remark`, value: row.note, path: `${path}.note`, onchange: (value) => { row.note = value; page.touch(null); } })),
    h("td", { class: "exam-remove" }, remove),
  );
}

function drawTable(page, table) {
  const box = h("section", { class: "exam-part", id: `examination.${table.name}`, "aria-label": table.title });
  const words = page.data.examination.words;
  const rows = () => page.content.examination?.[table.name] ?? [];

  function add(made) {
    const content = examined(page);
    const there = new Set(rows().map((row) => `${row.id} ${row.side ?? ""}`));
    const fresh = made.filter((row) => !there.has(`${row.id} ${row.side ?? ""}`));
    content[table.name] = [...rows(), ...fresh];
    if (fresh.length) page.touch(null);
    redraw("row", rows().length - fresh.length);
  }

  const sides = (item) => (item.lateral ? [{ id: item.id, side: "left" }, { id: item.id, side: "right" }] : [{ id: item.id }]);

  function redraw(focus, place) {
    const found = rows();
    const columns = table.name === "motion" ? ["Active", "Passive"] : ["Found"];
    const earlier = page.data.examination.before?.content[table.name] ?? [];
    const again = earlier.filter((row) => !found.some((other) => other.id === row.id && (other.side ?? "") === (row.side ?? "")));
    box.replaceChildren(
      h("h3", {}, table.title),
      found.length
        ? h(
            "div",
            { class: "table-box" },
            h(
              "table",
              { class: "table table-cards exam-table" },
              h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "What"), columns.map((column) => h("th", { scope: "col" }, column)), h("th", { scope: "col" }, page.data.examination.before ? `Before, ${page.data.examination.before.day}` : "Before"), h("th", { scope: "col" }, "Remark"), h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Remove")))),
              h("tbody", {}, found.map((row, at) => drawRow(page, table, row, at, redraw))),
            ),
          )
        : null,
      h(
        "div",
        { class: "exam-add" },
        picker({
          label: table.add,
          placeholder: table.add,
          options: words[table.items].map((item) => ({ id: item.id, label: item.label, more: item.lateral ? "left and right" : "", group: item.group, words: `${item.label} ${item.group ?? ""}`.toLowerCase() })),
          onpick: (id) => add(sides(words[table.items].find((item) => item.id === id))),
        }),
        again.length ? h("button", { class: "btn btn-sm", type: "button", onclick: () => add(again.map(({ id, side }) => (side ? { id, side } : { id }))) }, icon("history"), `Measure again what was measured ${page.data.examination.before.day} (${again.length})`) : null,
      ),
      findings(`examination.${table.name}`),
    );
    page.showFindings();
    if (focus === "add") box.querySelector("[role=combobox]").focus();
    if (focus === "row") box.querySelectorAll("tbody tr")[place]?.querySelector("input, select")?.focus();
  }

  redraw();
  return box;
}

/* --- Words --------------------------------------------------------------------------------------- */

function drawWords(page) {
  const evaluates = EVALUATES.includes(page.content.note?.kind);
  const said = page.content.examination ?? {};
  return Object.entries(WORDS)
    .filter(([name]) => evaluates || said[name])
    .map(([name, label]) => {
      const path = `examination.${name}`;
      const field = textField({ label, value: said[name], path, describedBy: `findings-${path}`, lines: 2, placeholder: page.data.examination.before?.content[name], onchange: (value) => { examined(page)[name] = value; page.touch(null); } });
      return h("div", { class: "field", id: path }, h("span", { class: "form-label", "aria-hidden": "true" }, label), field, findings(path));
    });
}

/* Daily notes fold it away until something stands in it. */
export function drawExamination(page) {
  const box = document.getElementById("examination");
  const content = page.content.examination ?? {};
  const holds = Object.values(content).some((value) => (Array.isArray(value) ? value.length : value && Object.keys(value).length));
  const open = box.querySelector("details")?.open || holds || MEASURES.includes(page.content.note?.kind);
  box.replaceChildren(
    h(
      "details",
      { class: "card exam", open },
      h("summary", { class: "card-header" }, h("h2", {}, "Tests and measures")),
      h("div", { class: "card-body" }, findings("examination"), drawWords(page), drawPain(page), TABLES.map((table) => drawTable(page, table)), drawBody(page, examined)),
    ),
  );
}

/* How a part is told where two versions differ. */
export const EXAMINATION_PARTS = {
  ...WORDS,
  pain: "Pain",
  motion: "Range of motion",
  strength: "Strength",
  balance: "Balance",
  marks: "Marks on the body",
};

export function sayExamined(name, value) {
  if (!value) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((row) => Object.values(row).filter((cell) => cell !== null && cell !== "").join(" ")).join("; ");
  return Object.entries(value).filter(([, cell]) => cell !== null && cell !== "").map(([key, cell]) => `${PAIN[key] ?? key}: ${cell}`).join(", ");
}
