/* The panel beside the columns: a booking form or a visit's card, fetched when it is opened. */

import { columnOf, readDay, root } from "./day-page.js";

const panel = document.getElementById("panel");
const panelBody = document.getElementById("panel-body");

/* `draft`: propose(where) draws a dashed block, forget() takes it away. `find(id)`: a visit. */
export function makePanel({ draft, find }) {
  let openedFrom = null;
  let proposed = null;

  function open(url) {
    if (!panel.contains(document.activeElement)) openedFrom = document.activeElement;
    window.htmx.ajax("GET", url, { target: "#panel-body", swap: "innerHTML" });
  }

  function close() {
    if (panel.hidden) return;
    panel.hidden = true;
    root.classList.remove("has-panel");
    const card = panelBody.querySelector("#card");
    const url = card?.getAttribute("hx-get");
    panelBody.replaceChildren();
    proposed = null;
    draft.forget();
    const back = openedFrom?.isConnected ? openedFrom : url && opener(url);
    (back || document.getElementById("day-book") || document.getElementById("main")).focus();
    openedFrom = null;
  }

  function opener(url) {
    const seen = (found) => (found?.offsetParent ? found : null);
    const visit = readDay().appointments.find((one) => one.url === url);
    return (visit && seen(find(visit.id))) || seen(document.querySelector(`[data-open][href="${url}"]`));
  }

  /* The dashed block follows what the form says. */
  function proposeFromForm() {
    const form = panelBody.querySelector("[data-book-form]");
    proposed = null;
    if (form) {
      const { therapist, room, date, time, minutes, appointment_type: type } = form.elements;
      const lengths = JSON.parse(form.dataset.lengths);
      const column = columnOf(readDay(), {
        therapist: therapist.value,
        room: room.value,
        date: date.value,
      });
      const length = minutes.value || lengths[type.value];
      if (column && time.value) proposed = { column: column.id, time: time.value, minutes: length };
    }
    if (proposed) draft.propose(proposed);
    else draft.forget();
  }

  panelBody.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== panelBody) return;
    panel.hidden = false;
    root.classList.add("has-panel");
    const wanted =
      panelBody.querySelector("#refusal") ||
      panelBody.querySelector("[autofocus], .is-invalid") ||
      panelBody.querySelector("[data-book-form] [name=patient_name]:placeholder-shown") ||
      panelBody.querySelector("[data-book-form] [name=appointment_type]") ||
      panelBody.querySelector("#panel-title");
    wanted?.focus();
    proposeFromForm();
  });

  panelBody.addEventListener("change", (event) => {
    if (event.target.name === "appointment_type") {
      const lengths = JSON.parse(event.target.form.dataset.lengths);
      event.target.form.elements.minutes.value = lengths[event.target.value] || "";
    }
    proposeFromForm();
  });

  /* A refused booking (409) comes back as the form, with what stands in the way. */
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (xhr.status !== 409 || target !== panelBody || !xhr.responseText) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    const isBooking = event.detail.elt.matches?.("[data-book-form]");
    if (isBooking && event.detail.xhr.status === 204) close();
  });

  return {
    open,
    close,
    holds: (element) => panel.contains(element),
    redraw() {
      if (proposed) draft.propose(proposed);
    },
  };
}
