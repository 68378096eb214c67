// What the page knows of the conversation. Frames and catch-ups have the same form and go through `take`.

export class Timeline {
  constructor() {
    this.forget();
  }

  forget(conversation = null) {
    this.c = conversation;
    this.seq = 0;
    this.event = 0;
    this.items = [];
    this.state = null;
  }

  // "new": taken; "old": known already; "gap": something between is missing, so fetch it.
  take(frame, isCatchUp = false) {
    if (!frame.c) return "old";
    if (frame.c !== this.c) {
      if (!isCatchUp && (frame.prev > 0 || !frame.items.length)) return "gap";
      this.forget(frame.c);
    }
    // Event 0: only the queue moved, which is numbered apart from the conversation's own events.
    const isOld = frame.event ? frame.event <= this.event : frame.prev < this.seq;
    if (!isCatchUp && isOld) return "old";
    if (frame.prev > this.seq) return "gap";
    const fresh = frame.items.filter((item) => item.seq > this.seq);
    this.items.push(...fresh);
    this.seq = Math.max(this.seq, ...fresh.map((item) => item.seq));
    // A catch-up began after every frame that was taken, so what it says is newer, whatever its number.
    this.event = Math.max(this.event, frame.event);
    this.state = frame.state;
    return frame.state.last_seq > this.seq ? "gap" : "new";
  }

  get last() {
    return this.items[this.items.length - 1];
  }

  // Younger than a day: worth a live connection even while the panel is closed.
  get isLively() {
    return Boolean(this.last) && Date.now() - new Date(this.last.created_at) < 86400000;
  }

  unread(since) {
    return this.items.filter((item) => item.seq > since && item.kind === "text" && item.author.kind !== "person").length;
  }
}
