/* A card's fields by name: what one says, put another's words in, add to it. */

export const CARRIED = ["body_parts", "activities", "deficit", "purposes", "goal", "skilled", "course", "narrative"];

export function saysSomething(value) {
  if (Array.isArray(value)) return value.length > 0;
  if (value && typeof value === "object") return Object.values(value).some(saysSomething);
  return Boolean(value);
}

export function valueOf(entry, name) {
  if (name === "goal") return entry.goal;
  if (name === "narrative") return entry.narrative_is_own ? entry.narrative : "";
  const details = entry.details ?? {};
  if (name === "skilled") return { skilled: details.skilled, skilled_words: details.skilled_words };
  return details[name];
}

export function putValue(entry, name, value) {
  const copy = structuredClone(value);
  if (name === "goal") entry.goal = copy;
  else if (name === "narrative") Object.assign(entry, { narrative: copy, narrative_is_own: true });
  else if (name === "skilled") entry.details = { ...entry.details, ...copy };
  else entry.details = { ...entry.details, [name]: copy };
}

const together = (a, b, key = (item) => item) => [...a, ...b.filter((item) => !a.some((one) => key(one) === key(item)))];

/* A favorite adds to what stands there; it never takes a word away. */
export function addValue(entry, name, value) {
  const now = valueOf(entry, name);
  if (!saysSomething(now)) putValue(entry, name, value);
  else if (typeof value === "string") putValue(entry, name, now.includes(value) ? now : `${now.trim()} ${value}`);
  else if (name === "activities") putValue(entry, name, together(now, value, ({ technique }) => technique));
  else if (Array.isArray(value)) putValue(entry, name, together(now, value));
  else if (name === "skilled") {
    const words = [now.skilled_words, value.skilled_words].filter(Boolean);
    putValue(entry, name, { skilled: together(now.skilled ?? [], value.skilled ?? []), skilled_words: [...new Set(words)].join("; ") });
  } else putValue(entry, name, { ...now, ...value });
}

/* The fields of the last visit's service of that code that this card does not say yet. */
export function carryOffers(page, entry) {
  const last = page.lastOf(entry.code);
  if (!last) return [];
  const goals = new Set(page.goals().map(({ id }) => id));
  return CARRIED.filter((name) => {
    const value = valueOf(last, name);
    return saysSomething(value) && !saysSomething(valueOf(entry, name)) && (name !== "goal" || goals.has(value));
  });
}
