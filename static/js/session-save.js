/* Saves the page while one types, and loses nothing on the way.

   Each change is kept in this browser at once and sent within two seconds, one request at a time.
   What is kept is forgotten only when the server has acknowledged that very content. */

const QUIET = 700; // ms without typing before a save
const LONGEST = 1500; // ms a change waits while typing goes on
const RETRY = [1, 2, 4, 8, 15, 30]; // seconds
const ANSWER_WITHIN = 20_000;
const KEEPALIVE_MOST = 60_000; // bytes a browser sends while the page is closing

/* PostgreSQL keeps the keys of an object in its own order. */
const inOrder = (name, value) =>
  value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

export const same = (a, b) => JSON.stringify(a, inOrder) === JSON.stringify(b, inOrder);

export function token() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  // The cookie is newest: another tab may have logged in since this page was drawn.
  return cookie ? cookie.slice("csrftoken=".length) : document.querySelector("meta[name=csrf-token]").content;
}

export class Saver {
  constructor({ url, visit, user, version, largest, read, saved, say, choose, reconcile, signed }) {
    Object.assign(this, { url, user, version, largest, read, saved, say, choose, reconcile, signed });
    this.prefix = `pt-draft-${visit}-${user}-`;
    this.key = this.prefix + Math.random().toString(36).slice(2); // two tabs never share one
    this.dirty = false;
    this.sent = null; // what went out last and was not acknowledged
    this.inFlight = null;
    this.held = false; // a question is open, or the note is signed
    this.tries = 0;
    this.channel = new BroadcastChannel(`pt-visit-${visit}`);
    this.channel.addEventListener("message", ({ data }) => {
      if (data.ask && data.ask !== this.key) this.channel.postMessage({ here: this.key });
    });
    const again = () => this.retryNow();
    window.addEventListener("online", again);
    document.body.addEventListener("logged-in", again);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush();
      else again();
    });
    window.addEventListener("pagehide", () => this.flush());
  }

  changed() {
    this.dirty = true;
    this.keep();
    if (this.held) return;
    const now = performance.now();
    this.since ??= now;
    const delay = Math.min(QUIET, Math.max(0, this.since + LONGEST - now));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
    if (!this.failing) this.say("waiting");
  }

  get settled() {
    return !this.dirty && !this.inFlight;
  }

  async save({ background = false } = {}) {
    clearTimeout(this.timer);
    while (this.inFlight) await this.inFlight;
    if (this.held || !this.dirty) return;
    this.inFlight = this.send(background).finally(() => {
      this.inFlight = null;
    });
    const answered = await this.inFlight;
    if (answered && this.dirty) this.changed();
  }

  /* Saves until nothing is left to save, or it cannot be; resolves to whether all is on the server. */
  async settle() {
    for (let round = 0; round < 5 && !this.settled; round += 1) {
      await this.save();
      if (this.failing || this.held) break;
    }
    return this.settled;
  }

  async send(background) {
    const content = structuredClone(this.read());
    const body = JSON.stringify({ base_version: this.version, content, user: this.user });
    this.dirty = false;
    this.since = null;
    if (body.length > this.largest) return this.failed("large", { retry: false });
    if (!this.failing) this.say("saving");
    const before = this.sent;
    this.sent = content;
    this.keep();
    let response;
    let answer;
    try {
      response = await fetch(this.url, {
        method: "POST",
        headers: this.headers(background),
        body,
        keepalive: new Blob([body]).size < KEEPALIVE_MOST, // goes on when the page is closed
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      answer = await response.json().catch(() => ({}));
    } catch {
      return this.failed(navigator.onLine ? "unreachable" : "offline");
    }
    if (response.ok) return this.acknowledged(answer, content);
    if (response.status === 409 && answer.code === "stale_draft") return this.stale(answer, [content, before]);
    if (response.status === 409 && answer.code === "signed") {
      this.held = true;
      this.signed(answer);
      return this.failed("signed", { retry: false });
    }
    if (response.status === 401 || answer.code === "other_user") {
      document.body.dispatchEvent(new CustomEvent("logged-out"));
      return this.failed("logged-out", { least: 15 });
    }
    if (response.status === 413) return this.failed("large", { retry: false });
    if (response.status >= 500 || response.status === 429) return this.failed("trouble");
    return this.failed(response.status === 400 ? "unreadable" : "refused", { least: 30 });
  }

  headers(background) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() };
    if (background) headers["X-Background"] = "1"; // a retry is no sign of life
    return headers;
  }

  acknowledged(answer, content) {
    this.version = answer.version;
    this.sent = null;
    this.tries = 0;
    this.failing = false;
    clearTimeout(this.retryTimer);
    if (this.dirty) this.keep();
    else this.forget();
    this.saved(answer, content);
    return true;
  }

  async stale(answer, sent) {
    this.dirty = true;
    if (sent.some((content) => content && same(content, answer.content))) {
      // Our own save, whose acknowledgement got lost: go on from there.
      this.version = answer.version;
      return true;
    }
    if (this.reconcile(answer.content)) {
      this.version = answer.version;
      this.sent = null;
      this.keep();
      return true;
    }
    this.held = true;
    this.say("conflict");
    await this.choose(answer);
    this.version = answer.version;
    this.held = false;
    this.sent = null;
    this.keep();
    return true;
  }

  /* The server wrote something of ours itself, on top of the version this page has. */
  advance(builtOn, version) {
    if (this.version !== builtOn || this.inFlight) return false;
    this.version = version;
    return true;
  }

  failed(why, { retry = true, least = 0 } = {}) {
    this.dirty = true;
    this.failing = true;
    this.keep();
    this.say(why);
    clearTimeout(this.retryTimer);
    if (retry) {
      const seconds = Math.max(least, RETRY[Math.min(this.tries, RETRY.length - 1)]);
      this.tries += 1;
      this.retryTimer = setTimeout(() => this.save({ background: true }), seconds * 1000);
    }
    return false;
  }

  retryNow() {
    if (!this.failing || this.held) return;
    this.tries = 0;
    this.save();
  }

  /* The page is going away: send what is left without waiting for the answer. */
  flush() {
    if (!this.dirty || this.held) return;
    if (!this.inFlight) {
      this.save();
      return;
    }
    // The one on its way may not arrive. Whichever comes second is refused, and found here again.
    const body = JSON.stringify({ base_version: this.version, content: this.read(), user: this.user });
    if (new Blob([body]).size >= KEEPALIVE_MOST) return;
    fetch(this.url, { method: "POST", headers: this.headers(false), body, keepalive: true }).catch(() => {});
  }

  /* --- In this browser ----------------------------------------------------------------------- */

  keep() {
    const record = { base: this.version, content: this.read(), sent: this.sent, at: Date.now() };
    try {
      localStorage.setItem(this.key, JSON.stringify(record));
      this.unkept = false;
    } catch {
      this.unkept = true; // more than a browser keeps; the page itself still holds it
    }
  }

  forget() {
    localStorage.removeItem(this.key);
  }

  /* What closed or crashed tabs have left behind for this visit, newest first. */
  async leftBehind() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
    if (!keys.length) return [];
    const alive = new Set();
    const hear = ({ data }) => data.here && alive.add(data.here);
    this.channel.addEventListener("message", hear);
    this.channel.postMessage({ ask: this.key });
    await new Promise((resolve) => setTimeout(resolve, 300));
    this.channel.removeEventListener("message", hear);
    const records = keys.filter((key) => !alive.has(key)).flatMap((key) => {
      try {
        return [{ key, ...JSON.parse(localStorage.getItem(key)) }];
      } catch {
        return [];
      }
    });
    return records.sort((a, b) => b.at - a.at);
  }

  drop(record) {
    localStorage.removeItem(record.key);
  }
}
