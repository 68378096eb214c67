// The socket: one way, server to page. It heals by itself; while it is away the page asks now and then.

const SILENCE_MS = 26000;
const POLL_MS = 8000;

export class Live {
  constructor(address, getTicket, { onFrame, onResync, onChange }) {
    this.address = address;
    this.getTicket = getTicket;
    this.onFrame = onFrame;
    this.onResync = onResync;
    this.onChange = onChange;
    this.socket = null;
    this.isWanted = false;
    this.isOpen = false;
    this.isOpening = false;
    this.tries = 0;
    this.timer = 0;
    this.watchdog = 0;
    this.poll = 0;
  }

  start() {
    if (this.isWanted) return;
    this.isWanted = true;
    this.poll = setInterval(() => this.isOpen || this.onResync(), POLL_MS);
    this.open();
  }

  stop() {
    this.isWanted = false;
    clearInterval(this.poll);
    this.drop();
  }

  // Back from sleep or offline: now, not at the end of a pause.
  wake() {
    if (!this.isWanted || this.isOpen) return;
    this.tries = 0;
    clearTimeout(this.timer);
    this.open();
  }

  async open() {
    if (this.isOpening || this.isOpen || !this.isWanted || !navigator.onLine) return;
    this.isOpening = true;
    try {
      const { ticket } = await this.getTicket();
      this.connect(`${this.address}?ticket=${encodeURIComponent(ticket)}`);
    } catch (problem) {
      if (problem.status === 401) this.stop();
      else this.later();
    }
    this.isOpening = false;
  }

  connect(address) {
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.isOpen = true;
      this.tries = 0;
      this.watch();
      this.onChange();
    };
    socket.onmessage = (message) => {
      if (socket !== this.socket) return;
      this.watch();
      // The first thing it says, and whenever something may have been missed.
      if (message.data === "<!--resync-->") this.onResync();
      else if (!message.data.startsWith("<!--")) this.onFrame(JSON.parse(message.data));
    };
    // A close of a socket that was replaced already means nothing.
    socket.onclose = () => socket === this.socket && this.drop() && this.later();
  }

  drop() {
    clearTimeout(this.watchdog);
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    this.isOpen = false;
    if (socket) socket.close(1000);
    this.onChange();
    return true;
  }

  later() {
    if (!this.isWanted) return;
    const pause = (200 + 800 * Math.random()) * Math.min(2 ** this.tries, 16);
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), pause);
  }

  watch() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.drop() && this.later(), SILENCE_MS);
  }
}
