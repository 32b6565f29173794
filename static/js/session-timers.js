/* The timers of a visit's cards. Each press is an event with its own time: kept in this browser,
   told to the server at once or when it is in reach again, and shown alike in every tab. */

const RETRY = 5_000; // ms
const ANSWER_WITHIN = 20_000;
const LOOK_AGAIN = 20_000; // ms: another device may have pressed
const MINUTE = 60_000;

export class Timers {
  /* `before()` brings the cards to the server first; `filled(entry, minutes, told)` writes a card's
     minutes; `refused(answer)` says why one may not run; `advance` as in the saver. */
  constructor({ url, visit, user, state, token, before, filled, changed, refused, advance }) {
    Object.assign(this, { url, user, token, before, filled, changed, refused, advance });
    this.key = `pt-timers-${visit}-${user}`;
    this.adopt(state);
    this.channel = new BroadcastChannel(this.key);
    this.channel.addEventListener("message", ({ data }) => {
      if (data.state) this.adopt(data.state, { received: data.at });
      this.changed();
    });
    window.addEventListener("online", () => this.send());
    document.body.addEventListener("logged-in", () => this.send());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.look());
    setInterval(() => document.visibilityState === "visible" && this.look(), LOOK_AGAIN);
    setInterval(() => this.running().length && this.changed(), 1_000);
    this.send();
  }

  adopt(state, { received = Date.now() } = {}) {
    this.state = state;
    this.offset = state.now - received; // what to add to this device's clock
  }

  get queue() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      return this.unkept ?? [];
    }
  }

  set queue(events) {
    this.unkept = events;
    try {
      if (events.length) localStorage.setItem(this.key, JSON.stringify(events));
      else localStorage.removeItem(this.key);
    } catch {
      // No room in this browser: the page itself remembers until it is told.
    }
  }

  /* --- How they stand ------------------------------------------------------------------------- */

  /* What the server knows, and on top of it what it was not told yet. */
  all() {
    let timers = structuredClone(this.state.timers);
    for (const event of this.queue) {
      const at = event.at + this.offset;
      const timer = timers.find(({ key }) => key === event.key);
      if (event.act === "start" && !timer) {
        for (const other of timers) {
          if (event.one_on_one && other.one_on_one && !other.stopped) other.stopped = Math.max(at, other.started);
        }
        timers.push({ key: event.key, entry: event.entry, code: event.code, one_on_one: event.one_on_one, started: at, stopped: null, before: event.minutes_before, ran: "" });
      } else if (event.act === "stop" && timer && !timer.stopped) timer.stopped = Math.max(at, timer.started);
      else if (event.act === "discard") timers = timers.filter(({ key }) => key !== event.key);
    }
    return timers;
  }

  running(entry) {
    return this.all().filter((timer) => !timer.stopped && (!entry || timer.entry === entry));
  }

  of(entry) {
    return this.all().filter((timer) => timer.entry === entry);
  }

  /* Whole minutes, as the server counts them. */
  minutes(entry) {
    const own = this.of(entry);
    const measured = own.reduce((sum, timer) => sum + this.length(timer), 0);
    return Math.max(Math.floor(measured / MINUTE) + own.reduce((sum, { before }) => sum + before, 0), 0);
  }

  length({ started, stopped }) {
    return Math.max((stopped ?? Date.now() + this.offset) - started, 0);
  }

  isForgotten(timer) {
    return this.length(timer) >= this.state.forgotten_after * MINUTE;
  }

  /* --- Pressing ------------------------------------------------------------------------------- */

  start({ entry, code, oneOnOne, byAssistant, typed, key }) {
    const stopped = oneOnOne ? this.running().filter((timer) => timer.one_on_one) : [];
    const before = Number.isInteger(typed) ? typed - this.minutes(entry) : 0;
    this.press({ act: "start", key, entry, code, one_on_one: oneOnOne, by_assistant: byAssistant, minutes_before: before });
    for (const timer of stopped) this.fill(timer.entry);
  }

  stop(entry) {
    const stopped = this.running(entry);
    for (const { key } of stopped) this.press({ act: "stop", key });
    if (stopped.length) this.fill(entry);
  }

  fill(entry) {
    const minutes = this.minutes(entry);
    if (minutes) this.filled(entry, minutes);
  }

  press(event) {
    this.queue = [...this.queue, { ...event, at: Date.now() }];
    this.changed();
    this.channel.postMessage({});
    this.send();
  }

  /* --- Telling -------------------------------------------------------------------------------- */

  async send() {
    if (this.sending) return;
    clearTimeout(this.timer);
    this.sending = true;
    try {
      while (this.queue.length && (await this.tell(this.queue[0])));
    } finally {
      this.sending = false;
    }
    if (this.queue.length) this.timer = setTimeout(() => this.send(), RETRY);
  }

  /* A start whose stop is known already is told as one run: it holds no time after its end. */
  body(event) {
    const ended = event.act === "start" && this.queue.find((later) => later.key !== event.key ? later.act === "start" && later.one_on_one && event.one_on_one : later.act === "stop");
    const ago = (at) => Math.max(Date.now() - at, 0) / 1000;
    const { at, ...told } = event;
    return JSON.stringify({ ...told, ago: ago(at), until_ago: ended ? ago(ended.at) : null });
  }

  async tell(event) {
    await this.before();
    let response;
    let answer;
    try {
      response = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token() },
        body: this.body(event),
        keepalive: true,
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      answer = await response.json().catch(() => null);
    } catch {
      return false; // out of reach: it stays in the queue
    }
    if (response.status === 401) {
      document.body.dispatchEvent(new CustomEvent("logged-out"));
      return false;
    }
    if (!answer?.timers) return false;
    const same = ({ key, act }) => key === event.key && act === event.act;
    this.queue = this.queue.filter((other) => !same(other) && (response.ok || other.key !== event.key));
    this.adopt(answer);
    if (response.ok) {
      this.advance(answer.built_on, answer.version, answer.minutes);
      for (const [entry, minutes] of Object.entries(answer.minutes)) {
        if (minutes && !this.running(entry).length) this.filled(entry, minutes, { told: true });
      }
    } else this.refused(answer);
    this.changed();
    this.channel.postMessage({ state: this.state, at: this.state.now - this.offset });
    return true;
  }

  /* How the server sees them now: another device may have started or stopped one. */
  async look() {
    if (this.queue.length) {
      this.send();
      return;
    }
    const response = await fetch(this.url, { headers: { Accept: "application/json", "X-Background": "1" } }).catch(() => null);
    if (!response?.ok || this.queue.length) return;
    this.adopt(await response.json());
    this.changed();
  }
}

/* 7:05, or 1:07:05. */
export function clockFace(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
