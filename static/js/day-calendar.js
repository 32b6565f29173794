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
  if (facts.isShut) return { domNodes: [element("div", "shut-reason", facts.label)] };
  if (!facts.patient) {
    const draft = element("div", "slot-draft", facts.label || spoken(event.start));
    return { domNodes: [draft] };
  }
  const button = element("button", "visit-button");
  button.type = "button";
  button.dataset.appointment = event.id;
  const first = element("span", "visit-line");
  first.append(
    element("span", "visit-name", facts.isGroup ? facts.name : facts.patient),
    // However narrow the column, the count is not cut off.
    ...(facts.isGroup ? [element("span", "visit-places", ` ${facts.places}`)] : []),
    timeOf(event.start),
    hidden(` to ${spoken(event.end)}, ${facts.minutes} minutes, `),
  );
  const second = element("span", "visit-more");
  const icon = icons.get(facts.status);
  if (icon) second.append(icon.cloneNode(true));
  const quiet = facts.status === "booked";
  second.append(
    quiet && !facts.isGroup
      ? hidden(facts.statusLabel)
      : element("span", "visit-status", facts.statusLabel),
    element("span", "visit-type", facts.under),
  );
  button.append(first, second);
  if (facts.isGroup) button.append(element("span", "visit-more visit-members", facts.names));
  return { domNodes: [button] };
}

function drawColumnHead({ resource }) {
  const { name, credential, hours, isToday } = resource.extendedProps;
  if (name === undefined) return "";
  const title = element("span", isToday ? "column-name is-today" : "column-name", name);
  title.append(element("span", "column-credential", ` ${credential}`));
  return { domNodes: [title, element("span", "column-hours", hours)] };
}

function eventsOf(day) {
  const visits = day.appointments.map((visit) => ({
    id: visit.id,
    resourceIds: [visit.column],
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
      visit.isGroup ? "is-group" : "",
    ].filter(Boolean),
    extendedProps: visit,
  }));
  const closed = day.closed.map((hole, number) => ({
    id: `closed-${number}`,
    resourceIds: [hole.column],
    start: hole.start,
    end: hole.end,
    display: "background",
    classNames: hole.label ? ["is-shut"] : [],
    extendedProps: { label: hole.label, isShut: Boolean(hole.label) },
  }));
  const kept = day.keptFree.map((gap, number) => ({
    id: `kept-${number}`,
    resourceIds: [gap.column],
    start: gap.start,
    end: gap.end,
    display: "background",
    classNames: ["is-kept-free"],
  }));
  return [...visits, ...closed, ...kept, ...nowLine(day)];
}

/* The columns of a week lie on one date, so its now-line is a block of its own in today's column. */
function nowLine(day) {
  const today = day.by === "date" && day.columns.find((column) => column.isToday);
  if (!today) return [];
  const sign = day.offset.startsWith("-") ? -1 : 1;
  const [hours, minutes] = day.offset.slice(1).split(":").map(Number);
  const now = new Date(Date.now() + sign * (hours * 60 + minutes) * 60000);
  const at = (moment) => `${day.date}T${moment.toISOString().slice(11, 19)}`;
  return [
    {
      id: "now",
      resourceIds: [today.id],
      start: at(now),
      end: at(new Date(now.getTime() + 60000)),
      display: "background",
      classNames: ["is-now"],
    },
  ];
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
    part.setAttribute("aria-label", "Hours");
  }
}

/* `on`: open(id), book({date, time, minutes, and what the column means}), move(visit, where, undo),
   copy(visit, where), busy(bool). */
export function drawCalendar(box, day, on) {
  let current = day;

  /* What a block in a column means: its day, time and length, and the therapist or the room. */
  const meaning = (resource, start, minutes) => {
    const { date, time } = wallClock(start);
    const column = current.columns.find(({ id }) => id === String(resource));
    return { date, ...column.where, time, minutes };
  };
  /* Where somebody works in several clinics, the hour says in which. */
  const clinicAt = (resource, start) => {
    const { clinics = [] } = current.columns.find(({ id }) => id === String(resource));
    const { date, time } = wallClock(start);
    const at = `${date}T${time}:00`;
    const block = clinics.find(({ from, to }) => from <= at && at < to) || clinics[0];
    return { clinic: block?.clinic, ...current.fixed };
  };
  const dropped = ({ event, revert, jsEvent }) => {
    const minutes = Math.round((event.end - event.start) / 60000);
    const where = meaning(event.resourceIds[0], event.start, minutes);
    if (jsEvent?.altKey && !event.extendedProps.isGroup) {
      revert();
      on.copy(event.extendedProps, where);
    } else {
      on.move(event.extendedProps, where, revert);
    }
  };
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
    nowIndicator: day.by !== "date",
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
    dateClick: ({ date, resource }) => {
      if (!current.mayBook || !resource) return;
      on.book({ ...clinicAt(resource.id, date), ...meaning(resource.id, date) });
    },
    select: ({ start, end, resource }) => {
      if (!resource) return;
      const minutes = Math.round((end - start) / 60000);
      on.book({ ...clinicAt(resource.id, start), ...meaning(resource.id, start, minutes) });
    },
  });
  for (const name of ["keydown", "keyup"]) {
    document.addEventListener(name, (event) => {
      if (event.key === "Alt") box.classList.toggle("is-copying", name === "keydown");
    });
  }
  setInterval(() => {
    const [line] = nowLine(current);
    if (line) {
      calendar.removeEventById("now");
      calendar.addEvent(line);
    }
  }, 60_000);
  new MutationObserver(() => dropTableRoles(box)).observe(box, { childList: true, subtree: true });
  dropTableRoles(box);

  const elementOf = (id) => box.querySelector(`[data-appointment="${CSS.escape(String(id))}"]`);
  let expected = null;

  /* What is drawn anew does not have the focus any more: it is given back. */
  function keepFocus() {
    const active = document.activeElement;
    const idle = !active || active === document.body;
    const held = active?.dataset.appointment ?? (idle ? expected : null);
    return () => {
      if (!held) return;
      setTimeout(() => {
        const lost = document.activeElement === document.body;
        if (lost) elementOf(held)?.focus({ preventScroll: true });
      });
    };
  }

  return {
    show(next) {
      if (JSON.stringify(next) === JSON.stringify(current)) return;
      current = next;
      const back = keepFocus();
      calendar.setOption("slotMinTime", next.from);
      calendar.setOption("slotMaxTime", next.to);
      calendar.setOption("resources", resourcesOf(next));
      calendar.setOption("events", eventsOf(next));
      if (calendar.getOption("date").getTime() !== new Date(`${next.date}T00:00`).getTime()) {
        calendar.setOption("date", next.date);
      }
      back();
      expected = null;
    },
    /* A dashed block where a visit would go, until it is put down or given up. */
    propose({ column, time, minutes, label = "New" }) {
      const back = keepFocus();
      this.forget();
      const start = new Date(`${current.date}T${time}`);
      const stop = wallClock(new Date(start.getTime() + (Number(minutes) || 45) * 60000));
      calendar.addEvent({
        id: "draft",
        resourceIds: [column],
        start: `${current.date}T${time}:00`.slice(0, 19),
        end: `${stop.date}T${stop.time}:00`,
        display: "background", // over what is booked, instead of squeezing it aside
        classNames: ["is-draft"],
        extendedProps: { label },
      });
      back();
      requestAnimationFrame(() => {
        box.querySelector(".is-draft")?.scrollIntoView({ block: "nearest", inline: "nearest" });
      });
    },
    /* The visit that is being moved by keys stands back while its block is steered. */
    lift(id, is) {
      this.element(id)?.closest(".visit")?.classList.toggle("is-lifted", is);
    },
    forget() {
      const back = keepFocus();
      calendar.unselect();
      calendar.removeEventById("draft");
      back();
    },
    /* The visit that shall have the focus once it is drawn where it was put. */
    expect(id) {
      expected = id;
    },
    element: elementOf,
  };
}
