/* The body chart: a tap puts a mark, the list beside it says the same in words. */

import { h, icon, select, textField } from "./session-dom.js";

const NS = "http://www.w3.org/2000/svg";

function s(tag, attributes, ...children) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/* One outline for both sides, 1000 by 1000; the back is told by its spine. */
export function outline(view) {
  const limbs = "M372 205 Q300 215 275 300 L235 400 L190 505 M628 205 Q700 215 725 300 L765 400 L810 505 M440 520 L425 715 L438 930 M560 520 L575 715 L562 930";
  return s(
    "g",
    { class: "body-shape", "aria-hidden": "true" },
    s("path", { class: "body-limbs", d: limbs }),
    s("path", { class: "body-trunk", d: "M395 185 Q500 165 605 185 Q645 210 625 330 Q605 420 615 500 Q560 560 500 560 Q440 560 385 500 Q395 420 375 330 Q355 210 395 185 Z" }),
    s("ellipse", { class: "body-head", cx: 500, cy: 80, rx: 62, ry: 75 }),
    s("path", { class: "body-neck", d: "M500 140 L500 195" }),
    view === "back" ? s("path", { class: "body-line", d: "M500 200 L500 520" }) : s("path", { class: "body-line", d: "M478 100 Q500 115 522 100 M480 70 L481 71 M519 70 L520 71" }),
  );
}

export function drawBody(page, examined) {
  const words = page.data.examination.words;
  const box = h("section", { class: "exam-part", id: "examination.marks", "aria-label": "Marks on the body" });
  let kind = "pain";

  const marks = () => page.content.examination?.marks ?? [];
  const changed = (list, focus) => {
    examined(page).marks = list;
    page.touch(null);
    redraw(focus);
  };

  function put(view, x, y, said = "") {
    const mark = { view, x, y, kind };
    if (said) mark.words = said;
    changed([...marks(), mark], marks().length);
  }

  function chart(view) {
    const drawn = s("svg", { viewBox: "0 0 1000 1000", class: "body-chart", role: "img", "aria-label": `Body, ${view}: ${marks().filter((mark) => mark.view === view).length} marks` }, outline(view));
    marks().forEach((mark, place) => {
      if (mark.view !== view) return;
      drawn.append(s("g", { class: `body-mark body-${mark.kind}` }, s("circle", { cx: mark.x, cy: mark.y, r: 26 }), s("text", { x: mark.x, y: mark.y + 11 }, String(place + 1))));
    });
    drawn.addEventListener("click", (event) => {
      const frame = drawn.getBoundingClientRect();
      const at = (value, start, length) => Math.min(1000, Math.max(0, Math.round(((value - start) / length) * 1000)));
      put(view, at(event.clientX, frame.left, frame.width), at(event.clientY, frame.top, frame.height));
    });
    return h("figure", { class: "body-view" }, drawn, h("figcaption", {}, view === "front" ? "Front (right is on your left)" : "Back"));
  }

  function drawMark(mark, place) {
    const path = `examination.marks.${place}`;
    const name = `Mark ${place + 1}`;
    const set = (field) => (value) => {
      const list = structuredClone(marks());
      list[place][field] = value;
      examined(page).marks = list;
      page.touch(null);
      if (field === "kind") redraw(place);
    };
    const remove = h("button", { class: "icon-btn", type: "button", "aria-label": `Remove mark ${place + 1}` }, icon("x"));
    remove.addEventListener("click", () => changed(marks().filter((_, at) => at !== place), "place"));
    return h(
      "li",
      { id: path },
      h("span", { class: `body-number body-${mark.kind}` }, String(place + 1)),
      select({ label: `${name}: what it is`, value: mark.kind, options: words.marks, path, onchange: set("kind") }),
      textField({ label: `${name}: in words`, value: mark.words, path: `${path}.words`, placeholder: mark.view === "front" ? "Front" : "Back", onchange: set("words") }),
      remove,
      h("div", { class: "findings", "data-path": path }),
    );
  }

  function redraw(focus) {
    const place = select({
      label: "Mark a place",
      value: "",
      empty: "Mark a place…",
      options: words.places,
      onchange: (id) => {
        const found = words.places.find((row) => row.id === id);
        if (found) put(found.view, found.x, found.y, found.label);
      },
    });
    const kinds = select({ label: "What the next mark means", value: kind, options: words.marks, onchange: (value) => { kind = value; } });
    box.replaceChildren(
      h("h3", {}, "Body chart"),
      h("div", { class: "body-tools" }, kinds, place, h("span", { class: "small soft" }, "Tap the body, or choose a place.")),
      h("div", { class: "body-charts" }, chart("front"), chart("back"), h("ol", { class: "body-list" }, marks().map(drawMark))),
      h("div", { class: "findings", "data-path": "examination.marks" }),
    );
    page.showFindings();
    if (focus === "place") place.focus();
    else if (Number.isInteger(focus)) box.querySelectorAll(".body-list li")[focus]?.querySelector("input").focus({ preventScroll: true });
  }

  redraw();
  return box;
}
