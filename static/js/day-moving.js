/* A visit moved or copied without a mouse: lifted with m or c, steered with the arrows, put down
   with Enter. Each step is drawn as a dashed block and said aloud. */

import { columnOf, readDay, say } from "./day-page.js";

const STEP = 15;
const two = (number) => String(number).padStart(2, "0");
const toMinutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const toTime = (minutes) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

function spoken(minutes) {
  const hour = Math.floor(minutes / 60);
  return `${hour % 12 || 12}:${two(minutes % 60)} ${hour < 12 ? "am" : "pm"}`;
}

/* `on`: propose(block), forget(), lift(id, is), expect(id), put(mode, visit, where). */
export function makeMoving(on) {
  let held = null;

  function show() {
    const { column, start, minutes, mode } = held;
    const label = `${mode === "copy" ? "Copy" : "Move"} to ${spoken(start)}`;
    on.propose({ column: column.id, time: toTime(start), minutes, label });
    say(`${spoken(start)} to ${spoken(start + minutes)}, ${column.name}`);
  }

  function begin(visit, mode) {
    const day = readDay();
    if (mode === "copy" && visit.isGroup) {
      say("A group is not copied. Copy one of its members.");
      return;
    }
    if (!day.mayBook || (mode === "move" && !visit.canMove)) {
      say(`${visit.patient} cannot be moved any more.`);
      return;
    }
    const column = day.columns.find(({ id }) => id === visit.column);
    held = { visit, mode, column, start: toMinutes(visit.start.slice(11)), minutes: visit.minutes };
    on.lift(visit.id, true);
    show();
    const verb = mode === "copy" ? "Copying" : "Moving";
    say(`${verb} ${visit.patient}. Arrows choose the time and the column, Enter puts it there.`);
  }

  function end(words) {
    on.lift(held.visit.id, false);
    on.forget();
    held = null;
    if (words) say(words);
  }

  function sideways(steps) {
    const { columns } = readDay();
    const at = columns.findIndex(({ id }) => id === held.column.id) + steps;
    held.column = columns[Math.min(Math.max(at, 0), columns.length - 1)];
  }

  function shift(steps) {
    const { from, to } = readDay();
    const last = toMinutes(to) - held.minutes;
    held.start = Math.max(toMinutes(from), Math.min(held.start + steps * STEP, last));
  }

  function stretch(steps) {
    const { to } = readDay();
    const longest = toMinutes(to) - held.start;
    held.minutes = Math.max(STEP, Math.min(held.minutes + steps * STEP, longest));
  }

  function put() {
    const { visit, mode, column, start, minutes } = held;
    const day = readDay();
    const where = { date: day.date, ...column.where, time: toTime(start), minutes };
    const stays =
      columnOf(day, { ...visit, date: visit.date })?.id === column.id &&
      visit.start.slice(11, 16) === where.time &&
      visit.minutes === minutes;
    if (mode === "move" && stays) {
      end(`${visit.patient} stays where it was.`);
      return;
    }
    end("");
    on.expect(visit.id);
    on.put(mode, visit, where);
  }

  return {
    isOn: () => held !== null,
    begin,
    giveUp() {
      if (held) end(`${held.visit.patient} stays where it was.`);
    },
    /* Whether the key was meant for the lifted visit. */
    takes(event) {
      if (!held) return false;
      const vertical = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const horizontal = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === "Escape") this.giveUp();
      else if (event.key === "Enter" || event.key === " ") put();
      else if (vertical) {
        if (event.shiftKey) stretch(vertical);
        else shift(vertical);
        show();
      } else if (horizontal) {
        sideways(horizontal);
        show();
      } else if (event.key === "Tab") {
        this.giveUp();
        return false;
      } else return false;
      event.preventDefault();
      return true;
    },
  };
}
