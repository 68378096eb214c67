// The frame's requests. The visitor's key travels as a header and never as a cookie.

const TIMEOUT_MS = 20000;

export class Problem extends Error {
  constructor(status, body = {}, retryAfter = 0) {
    super(body.detail || "");
    this.status = status;
    this.slug = (body.type || "").split("/").pop();
    this.retryAfter = retryAfter;
  }

  // Whether the same request may succeed later: no network, an overloaded or failing server, a limit.
  get isPassing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export class Api {
  constructor(base, store) {
    this.base = base;
    this.store = store;
  }

  get hasKey() {
    return Boolean(this.store.get("token"));
  }

  messages(after, conversation) {
    const query = new URLSearchParams({ after });
    if (conversation) query.set("c", conversation);
    return this.call("GET", `messages?${query}`);
  }

  ticket() {
    return this.call("POST", "ticket");
  }

  typing() {
    return this.call("POST", "typing");
  }

  rate(stars, comment) {
    return this.call("POST", "rating", { stars, comment });
  }

  email(email) {
    return this.call("POST", "email", { email });
  }

  // The first message makes the visitor known; a key that the server forgot is replaced once.
  async send(text, clientId) {
    await this.ensureKey();
    try {
      return await this.call("POST", "messages", { text, client_id: clientId });
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      await this.ensureKey();
      return this.call("POST", "messages", { text, client_id: clientId });
    }
  }

  // Two tabs that send their first message at once must not become two people.
  ensureKey() {
    const make = async () => {
      if (this.hasKey) return;
      this.store.set("token", (await this.call("POST", "session", {}, false)).token);
    };
    return navigator.locks ? navigator.locks.request(`${this.store.prefix}session`, make) : make();
  }

  async call(method, path, body, isKeyed = true) {
    const headers = { Accept: "application/json" };
    const key = isKeyed && this.store.get("token");
    if (key) headers.Authorization = `Bearer ${key}`;
    if (method === "POST") headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(`${this.base}/${path}`, {
        method,
        headers,
        body: method === "POST" ? JSON.stringify(body || {}) : undefined,
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new Problem(0);
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    if (response.status === 401 && key && this.store.get("token") === key) this.store.remove("token");
    throw new Problem(response.status, answer, Number(response.headers.get("Retry-After")) || 0);
  }
}
