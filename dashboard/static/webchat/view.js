// What the thread shows: from the timeline and the outbox to rows of elements.

import { $, h, icon, initials, linked, reconcile } from "./dom.js";
import { clock, dayName, fullTime, sayActivity, t } from "./i18n.js";
import { ratingForm } from "./rating.js";

const GROUP_MS = 5 * 60000;
const NEAR_END = 80;

export class Thread {
  constructor(config, actions) {
    this.config = config;
    this.actions = actions;
    this.element = $("thread");
    this.list = $("rows");
    this.pill = $("more");
    this.pill.addEventListener("click", () => this.toEnd(true));
    this.element.addEventListener("scroll", () => this.onScroll(), { passive: true });
    // Whatever grows or shrinks, who was at the end stays at the end.
    this.sticks = true;
    const observer = new ResizeObserver(() => this.sticks && this.toEnd());
    observer.observe(this.element);
    observer.observe(this.list);
  }

  onScroll() {
    this.sticks = this.isAtEnd;
    if (this.sticks) this.pill.hidden = true;
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd(isSmooth = false) {
    this.element.scrollTo({ top: this.element.scrollHeight, behavior: isSmooth ? "smooth" : "instant" });
  }

  // Reading further up is not disturbed: then a pill says that something came.
  show(timeline, outbox, typing) {
    const hadFocus = this.element.contains(document.activeElement) && document.activeElement !== this.element;
    const last = timeline.last?.seq;
    reconcile(this.list, this.rows(timeline, outbox, typing));
    if (hadFocus && document.activeElement === document.body) $("text").focus();
    if (outbox.length > (this.shownOutbox || 0)) this.sticks = true;
    if (this.sticks) this.toEnd();
    else if (last > (this.shownSeq || 0)) this.pill.hidden = false;
    this.shownSeq = last || 0;
    this.shownOutbox = outbox.length;
  }

  rows(timeline, outbox, typing) {
    // The greeting is no part of the conversation: one that goes on begins with its first message.
    this.isGreeting ||= !timeline.items.length;
    const rows = this.isGreeting ? [this.greeting()] : [];
    let before = null;
    for (const item of timeline.items) {
      rows.push(...this.dayRow(item, before), ...this.itemRows(item, before));
      before = item;
    }
    const waiting = outbox.filter((entry) => !timeline.items.some((item) => item.client_id === entry.client_id));
    rows.push(...waiting.map((entry) => this.pendingRow(entry)));
    if (!waiting.length) rows.push(...this.askRows(timeline));
    if (typing) rows.push(this.typingRow(typing));
    return rows;
  }

  greeting() {
    const text = this.config.greeting || t.greeting;
    const author = { kind: "ai_agent", name: this.config.ai_agent };
    const make = () => h("div", { class: "group" }, byline(author), bubble({ text, author }, "theirs"));
    return { key: "greeting", sig: "", make };
  }

  dayRow(item, before) {
    const day = dayName(item.created_at);
    if (before ? dayName(before.created_at) === day : day === t.today) return [];
    return [{ key: `day-${item.created_at.slice(0, 10)}`, sig: day, make: () => h("div", { class: "day" }, day) }];
  }

  itemRows(item, before) {
    if (item.kind === "activity") {
      const text = sayActivity(item);
      return [{ key: `a-${item.seq}`, sig: text, make: () => systemLine(item, text) }];
    }
    const isMine = item.author.kind === "person";
    const isFirst = !before || !isSameGroup(before, item);
    const make = () => {
      const name = isMine ? t.you : authorName(item.author);
      const box = h("div", { class: `group${isMine ? " mine" : ""}${isFirst ? "" : " joined"}` });
      if (isFirst && !isMine) box.append(byline(item.author));
      box.append(h("span", { class: "sr" }, `${name}: `), bubble(item, isMine ? "mine" : "theirs"));
      box.append(h("time", { class: "time", datetime: item.created_at }, clock(item.created_at)));
      return box;
    };
    return [{ key: isMine ? `m-${item.client_id}` : `m-${item.id}`, sig: `${item.seq}-${isFirst}`, make }];
  }

  pendingRow(entry) {
    const make = () => {
      const item = { text: entry.text, author: { kind: "person" }, created_at: entry.at };
      const box = h("div", { class: `group mine is-${entry.state}` }, bubble(item, "mine"));
      if (entry.state === "failed") box.append(this.failure(entry));
      else box.append(h("span", { class: "time" }, entry.state === "sent" ? clock(entry.at) : waitingMark()));
      return box;
    };
    return { key: `m-${entry.client_id}`, sig: `${entry.state} ${entry.why}`, make };
  }

  failure(entry) {
    const act = (label, action) => h("button", { class: "link", type: "button", onclick: action }, label);
    return h(
      "div",
      { class: "failure", role: "alert" },
      icon("alert"),
      h("span", {}, `${t.failed} ${t.slugs[entry.slug] || entry.why} `),
      h(
        "span",
        { class: "acts" },
        entry.canRetry && act(t.retry, () => this.actions.retry(entry.client_id)),
        act(t.edit, () => this.actions.edit(entry)),
        act(t.copy, (event) => this.actions.copy(entry.text, event.currentTarget)),
        act(t.discard, () => this.actions.discard(entry.client_id)),
      ),
    );
  }

  // Quick replies belong to the newest message only; the stars stay while the rating is awaited.
  askRows({ items, last, state }) {
    if (state?.is_rating_asked) {
      const asked = items.findLast((item) => item.data?.ask === "rating");
      return [{ key: "rating", sig: "", make: () => ratingForm(this.actions.rate, asked?.data.comment_question) }];
    }
    const replies = last?.data?.quick_replies;
    if (!replies?.length) return [];
    const button = (text) =>
      h("button", { class: "reply", type: "button", onclick: () => this.actions.say(text) }, text);
    const make = () => h("div", { class: "replies", role: "group", "aria-label": t.quickReplies }, ...replies.map(button));
    return [{ key: `q-${last.id}`, sig: "", make }];
  }

  typingRow(author) {
    const make = () =>
      h(
        "div",
        { class: "group" },
        byline(author),
        h("div", { class: `bubble theirs typing by-${author.kind}`, role: "img", "aria-label": t.atWork(author.name) },
          h("i"), h("i"), h("i")),
      );
    return { key: "typing", sig: author.name, make };
  }
}

export const authorName = (author) => (author.kind === "ai_agent" ? t.aiName(author.name) : author.name);

// AI agents have a sparkle, people their initials: never colour alone.
export const face = (author) => {
  const content = author.kind === "ai_agent" ? icon("sparkles") : author.kind === "queue" ? icon("hourglass") : initials(author.name);
  return h("span", { class: `face by-${author.kind}`, "aria-hidden": "true" }, content);
};

const byline = (author) =>
  h("div", { class: "byline", "aria-hidden": "true" }, face(author), h("span", {}, authorName(author)));

const bubble = (item, side) => {
  const title = item.created_at ? fullTime(item.created_at) : null;
  return h("div", { class: `bubble ${side} by-${item.author.kind}`, title }, ...linked(item.text));
};

const systemLine = (item, text) =>
  h("p", { class: "line", title: fullTime(item.created_at) }, icon(item.data?.code === "queued" ? "hourglass" : "user"), h("span", {}, text));

const waitingMark = () => {
  const mark = h("span", { class: "clock" }, icon("clock"), h("span", { class: "sr" }, t.sending));
  return mark;
};

const isSameGroup = (one, other) =>
  one.kind === "text" &&
  one.author.kind === other.author.kind &&
  one.author.name === other.author.name &&
  new Date(other.created_at) - new Date(one.created_at) < GROUP_MS;
