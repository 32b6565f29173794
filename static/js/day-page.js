/* What every part of Day and Week reads and says: the board the server laid out, and notices. */

export const root = document.documentElement;

export const readDay = () => JSON.parse(document.getElementById("day-data").dataset.day);

export const tell = (message, level) =>
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { message, level } }));

export const changed = () => document.body.dispatchEvent(new CustomEvent("day-changed"));

export function say(words) {
  document.getElementById("day-said").textContent = words;
}

/* The column in which a booking of this therapist, room and date would stand. */
export function columnOf(day, { therapist, room, date }) {
  const known = { ...day.fixed, therapist, room: room ?? "", date };
  if (day.fixed && String(day.fixed.therapist) !== String(therapist)) return undefined;
  if (day.by !== "date" && date !== day.date) return undefined;
  return day.columns.find((column) =>
    Object.entries(column.where).every(([name, value]) => String(known[name]) === String(value)),
  );
}

export function visitOf(id) {
  return readDay().appointments.find((visit) => String(visit.id) === String(id));
}
