// The frame's own storage; where a browser forbids it, memory does until the page is left.

const memory = new Map();

const area = (() => {
  try {
    localStorage.setItem("baton-probe", "1");
    localStorage.removeItem("baton-probe");
    return localStorage;
  } catch {
    return {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => memory.set(key, value),
      removeItem: (key) => memory.delete(key),
    };
  }
})();

export class Store {
  constructor(channel) {
    this.prefix = `baton:${channel}:`;
  }

  get(key, otherwise = null) {
    try {
      return JSON.parse(area.getItem(this.prefix + key)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  set(key, value) {
    try {
      area.setItem(this.prefix + key, JSON.stringify(value));
    } catch {
      // A full storage must not stop the chat; the page still has it.
    }
  }

  remove(key) {
    area.removeItem(this.prefix + key);
  }
}
