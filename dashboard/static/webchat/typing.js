// Who is writing, both ways: told now and then, shown for some seconds, stored nowhere.

const EVERY_MS = 3000;
const SHOWN_MS = 6000;

export class Typing {
  constructor(api, onChange) {
    this.api = api;
    this.onChange = onChange;
    this.author = null;
    this.timer = 0;
    this.toldAt = 0;
  }

  hear(frame) {
    this.author = { kind: frame.kind, name: frame.name };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.forget();
      this.onChange();
    }, SHOWN_MS);
    this.onChange();
  }

  // What was being written is here.
  forget() {
    this.author = null;
  }

  tell() {
    if (Date.now() - this.toldAt < EVERY_MS) return;
    this.toldAt = Date.now();
    this.api.typing().catch(() => {}); // nobody misses a typing mark
  }
}
