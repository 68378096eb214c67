// What was written and is not confirmed yet. It survives a reload, is sent in order and never twice:
// the server knows each text by its client_id.

const MAX_PAUSE_MS = 30000;

const newId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

export class Outbox {
  constructor(store, send, { onChange, onSent }) {
    this.store = store;
    this.send = send;
    this.onChange = onChange;
    this.onSent = onSent;
    this.entries = store.get("outbox", []);
    this.pausedUntil = 0;
    this.failures = 0;
    this.timer = 0;
    this.isBusy = false;
    this.limit = null;
  }

  add(text) {
    this.entries.push({ client_id: newId(), text, at: new Date().toISOString(), state: "waiting", why: "" });
    this.save();
    this.flush();
  }

  retry(clientId) {
    this.change(clientId, { state: "waiting", why: "" });
    this.pausedUntil = 0;
    this.flush();
  }

  discard(clientId) {
    this.entries = this.entries.filter((entry) => entry.client_id !== clientId);
    this.save();
  }

  // The timeline shows these now, whether or not their requests were answered.
  confirm(items) {
    const known = new Set(items.map((item) => item.client_id));
    const left = this.entries.filter((entry) => !known.has(entry.client_id));
    if (left.length === this.entries.length) return;
    this.entries = left;
    this.save();
  }

  // The way is free again: no need to sit out a pause that only waited for the network.
  wake() {
    if (!this.limit) this.pausedUntil = 0;
    this.flush();
  }

  async flush() {
    const next = this.entries.find((entry) => entry.state === "waiting");
    if (!next || this.isBusy || !navigator.onLine) return;
    const pause = this.pausedUntil - Date.now();
    if (pause > 0) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(), pause);
      return;
    }
    this.isBusy = true;
    this.limit = null;
    try {
      const answer = await this.send(next.text, next.client_id);
      this.failures = 0;
      this.change(next.client_id, { state: "sent" });
      this.onSent(answer);
    } catch (problem) {
      this.fail(next, problem);
    }
    this.isBusy = false;
    this.flush();
  }

  fail(entry, problem) {
    if (!problem.isPassing) {
      const canRetry = problem.status !== 422; // the same text would be refused again
      this.change(entry.client_id, { state: "failed", why: problem.message, slug: problem.slug, canRetry });
      return;
    }
    this.failures += 1;
    const backoff = Math.min(MAX_PAUSE_MS, 1000 * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.pausedUntil = Date.now() + (problem.retryAfter ? problem.retryAfter * 1000 : backoff);
    this.limit = problem.status === 429 ? problem.retryAfter : null;
    this.change(entry.client_id, { state: "waiting", why: problem.status === 0 ? "" : problem.slug });
  }

  change(clientId, values) {
    const entry = this.entries.find((each) => each.client_id === clientId);
    if (entry) Object.assign(entry, values);
    this.save();
  }

  // What is acknowledged needs no keeping: a reload finds it in the history.
  save() {
    this.store.set("outbox", this.entries.filter((entry) => entry.state !== "sent"));
    this.onChange();
  }
}
