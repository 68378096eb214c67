// Keeps the timeline equal to the server's: pushed frames where they fit, a catch-up where something is missing.

export class Sync {
  constructor(timeline, api, { onNews, onForgotten }) {
    this.timeline = timeline;
    this.api = api;
    this.onNews = onNews;
    this.onForgotten = onForgotten;
    this.isBusy = false;
    this.isWanted = false;
  }

  take(frame) {
    if (this.isBusy) {
      this.isWanted = true; // the answer may be older than this frame: ask once more at the end
      return;
    }
    const before = this.mark();
    if (this.timeline.take(frame) === "gap") this.catchUp();
    this.tell(before);
  }

  async catchUp() {
    if (!this.api.hasKey) return;
    if (this.isBusy) {
      this.isWanted = true;
      return;
    }
    this.isBusy = true;
    const before = this.mark();
    try {
      await this.ask();
    } catch (problem) {
      if (problem.status === 401) this.onForgotten();
    }
    this.isBusy = false;
    this.tell(before);
  }

  async ask() {
    const { timeline } = this;
    let isBehind = true;
    while (isBehind || this.isWanted) {
      this.isWanted = false;
      const answer = await this.api.messages(timeline.seq, timeline.c);
      isBehind = timeline.take(answer, true) === "gap" && answer.items.length > 0;
    }
  }

  mark() {
    return { c: this.timeline.c, seq: this.timeline.seq };
  }

  // What others said since, for whoever shows it.
  tell(before) {
    const seq = before.c === this.timeline.c ? before.seq : 0;
    this.onNews(this.timeline.items.filter((item) => item.seq > seq && item.author.kind !== "person"));
  }
}
