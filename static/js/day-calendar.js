/* The day in columns: draws what the server laid out, and tells what was clicked, dragged, pulled.
   Times are the clinic's wall clock throughout, in whichever time zone the browser sits. */

const icons = new Map(
  [...document.getElementById("status-icons").content.querySelectorAll("[data-status]")].map(
    (holder) => [holder.dataset.status, holder.firstElementChild],
  ),
);

const two = (number) => String(number).padStart(2, "0");

/* The calendar hands out dates whose local fields are the wall clock. */
export function wallClock(date) {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return { date: day, time: `${two(date.getHours())}:${two(date.getMinutes())}` };
}

function spoken(date) {
  const hour = date.getHours() % 12 || 12;
  return `${hour}:${two(date.getMinutes())} ${date.getHours() < 12 ? "am" : "pm"}`;
}

/* Beside the scale of hours nobody needs am and pm; who hears the card does. */
function timeOf(date) {
  const [time, half] = spoken(date).split(" ");
  const shown = element("time", "visit-time", time);
  shown.append(hidden(` ${half}`));
  return shown;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function hidden(text) {
  return element("span", "visually-hidden", text);
}

function drawAppointment({ event }) {
  const facts = event.extendedProps;
  if (event.display === "background" && !facts.label) return { domNodes: [] };
  if (!facts.patient) {
    const draft = element("div", "slot-draft", facts.label || spoken(event.start));
    return { domNodes: [draft] };
  }
  const button = element("button", "visit-button");
  button.type = "button";
  button.dataset.appointment = event.id;
  const first = element("span", "visit-line");
  first.append(
    element("span", "visit-name", facts.patient),
    timeOf(event.start),
    hidden(` to ${spoken(event.end)}, ${facts.minutes} minutes, `),
  );
  const second = element("span", "visit-more");
  const icon = icons.get(facts.status);
  if (icon) second.append(icon.cloneNode(true));
  const quiet = facts.status === "booked";
  second.append(
    quiet ? hidden(facts.statusLabel) : element("span", "visit-status", facts.statusLabel),
    element("span", "visit-type", [facts.type, facts.place].filter(Boolean).join(" · ")),
  );
  button.append(first, second);
  return { domNodes: [button] };
}

function drawColumnHead({ resource }) {
  const { name, credential, hours } = resource.extendedProps;
  if (name === undefined) return "";
  const title = element("span", "column-name", name);
  title.append(element("span", "column-credential", ` ${credential}`));
  return { domNodes: [title, element("span", "column-hours", hours)] };
}

function eventsOf(day) {
  const visits = day.appointments.map((visit) => ({
    id: visit.id,
    resourceIds: [visit.therapist],
    start: visit.start,
    end: visit.end,
    startEditable: visit.canMove,
    durationEditable: visit.canMove,
    classNames: [
      "visit",
      `tint-${visit.tint}`,
      `is-${visit.status}`,
      visit.faded ? "is-faded" : "",
      visit.minutes < 30 ? "is-short" : "",
    ].filter(Boolean),
    extendedProps: visit,
  }));
  const closed = day.closed.map((hole, number) => ({
    id: `closed-${number}`,
    resourceIds: [hole.therapist],
    start: hole.start,
    end: hole.end,
    display: "background",
  }));
  return [...visits, ...closed];
}

function resourcesOf(day) {
  return day.columns.map((column) => ({
    id: column.id,
    title: column.name,
    extendedProps: column,
  }));
}

/* The calendar calls its grid a table, but it has no cells that a screen reader could walk.
   Each appointment is a button that says everything; the list is the table. */
function dropTableRoles(box) {
  for (const part of box.querySelectorAll(
    "[role=table], [role=row], [role=rowgroup], [role=columnheader], [role=cell]",
  )) {
    for (const name of ["role", "aria-colindex", "aria-colspan"]) part.removeAttribute(name);
  }
  // On an empty day nothing inside takes the focus, and the hours could not be scrolled by keys.
  for (const part of box.querySelectorAll(".ec-main")) {
    part.tabIndex = 0;
    part.setAttribute("aria-label", "Hours of the day");
  }
}

/* `on`: open(id), book({therapist, date, time, minutes}), move(id, where, undo), busy(bool). */
export function drawCalendar(box, day, on) {
  let current = day;

  const where = (event) => {
    const { date, time } = wallClock(event.start);
    const minutes = Math.round((event.end - event.start) / 60000);
    return { date, time, minutes, therapist: event.resourceIds[0] };
  };
  const dropped = (info) => on.move(info.event.extendedProps, where(info.event), info.revert);
  let wasDragged = false;
  const grabbed = () => on.busy(true);
  const letGo = () => {
    on.busy(false);
    wasDragged = true;
    setTimeout(() => {
      wasDragged = false;
    });
  };
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-appointment]");
    if (button && !wasDragged) on.open(button.dataset.appointment);
  });

  const calendar = window.EventCalendar.create(box, {
    view: "resourceTimeGridDay",
    date: day.date,
    timeZone: day.offset,
    locale: "en-US",
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    nowIndicator: true,
    slotDuration: "00:15:00",
    slotLabelInterval: "01:00:00",
    slotHeight: 20,
    columnWidth: "minmax(7rem, 1fr)",
    slotMinTime: day.from,
    slotMaxTime: day.to,
    scrollTime: day.scrollTo,
    snapDuration: "00:15:00",
    slotEventOverlap: false,
    slotLabelFormat: (time) => spoken(time).replace(":00", ""),
    resources: resourcesOf(day),
    resourceLabelContent: drawColumnHead,
    events: eventsOf(day),
    eventContent: drawAppointment,
    eventStartEditable: day.mayBook,
    eventDurationEditable: day.mayBook,
    eventLongPressDelay: 350,
    selectLongPressDelay: 500,
    selectable: day.mayBook,
    unselectAuto: false,
    eventDragStart: grabbed,
    eventDragStop: letGo,
    eventResizeStart: grabbed,
    eventResizeStop: letGo,
    eventDrop: dropped,
    eventResize: dropped,
    dateClick: ({ dateStr, resource }) => {
      if (!current.mayBook || !resource) return;
      on.book({ therapist: resource.id, date: dateStr.slice(0, 10), time: dateStr.slice(11, 16) });
    },
    select: ({ start, end, startStr, resource }) => {
      if (!resource) return;
      on.book({
        therapist: resource.id,
        date: startStr.slice(0, 10),
        time: startStr.slice(11, 16),
        minutes: Math.round((end - start) / 60000),
      });
    },
  });
  new MutationObserver(() => dropTableRoles(box)).observe(box, { childList: true, subtree: true });
  dropTableRoles(box);

  return {
    show(next) {
      if (JSON.stringify(next) === JSON.stringify(current)) return;
      current = next;
      const held = document.activeElement?.dataset.appointment;
      calendar.setOption("slotMinTime", next.from);
      calendar.setOption("slotMaxTime", next.to);
      calendar.setOption("resources", resourcesOf(next));
      calendar.setOption("events", eventsOf(next));
      if (calendar.getOption("date").getTime() !== new Date(`${next.date}T00:00`).getTime()) {
        calendar.setOption("date", next.date);
      }
      // What is drawn anew does not have the focus any more.
      if (held) setTimeout(() => this.element(held)?.focus({ preventScroll: true }));
    },
    /* A dashed block where a booking would go, until it is made or given up. */
    propose({ therapist, date, time, minutes }) {
      this.forget();
      if (!therapist || !date || !time) return;
      const start = new Date(`${date}T${time}`);
      const end = new Date(start.getTime() + (Number(minutes) || 45) * 60000);
      const stop = wallClock(end);
      calendar.addEvent({
        id: "draft",
        resourceIds: [therapist],
        start: `${date}T${time}:00`,
        end: `${stop.date}T${stop.time}:00`,
        display: "background", // over what is booked, instead of squeezing it aside
        classNames: ["is-draft"],
        extendedProps: { label: "New" },
      });
    },
    forget() {
      calendar.unselect();
      calendar.removeEventById("draft");
    },
    element(id) {
      return box.querySelector(`[data-appointment="${CSS.escape(String(id))}"]`);
    },
  };
}
