// The frame: joins timeline, outbox, socket and page.

import { Api } from "./api.js";
import { $, h, icon, trapFocus } from "./dom.js";
import { authorName, face, Thread } from "./view.js";
import { language, sayActivity, sayWait, t } from "./i18n.js";
import { Live } from "./live.js";
import { Outbox } from "./outbox.js";
import { ring } from "./sound.js";
import { Store } from "./storage.js";
import { Timeline } from "./timeline.js";

const config = JSON.parse($("config").textContent);
const LIMIT = 8000;
const TYPING_EVERY = 3000;
const TYPING_SHOWN = 6000;
const CONFIRM_MS = 1500;

const store = new Store(config.channel);
const base = location.pathname.replace(/\/frame$/, "");
const isAlone = window.parent === window;
const api = new Api(base, store);
const timeline = new Timeline();
const thread = new Thread(config, {
  say: (text) => outbox.add(text),
  retry: (id) => outbox.retry(id),
  discard: (id) => outbox.discard(id),
  edit: (entry) => {
    $("text").value = [entry.text, $("text").value].filter(Boolean).join("\n");
    outbox.discard(entry.client_id);
    fitText();
    $("text").focus();
  },
  copy: async (text, button) => {
    await navigator.clipboard.writeText(text);
    button.textContent = t.copied;
  },
  rate: async (stars, comment) => {
    await api.rate(stars, comment);
    await catchUp();
  },
});
const outbox = new Outbox(store, (text, id) => api.send(text, id), { onChange: render, onSent: afterSent });
const live = new Live(`${location.origin.replace("http", "ws")}/webchat/live`, () => api.ticket(), {
  onFrame: takeFrame,
  onResync: () => catchUp(),
  onChange: render,
});

let isPanelOpen = isAlone;
let isReady = false;
let wasOpenOnce = false;
let typing = null;
let typingTimer = 0;
let typedAt = 0;
let isCatchingUp = false;
let mustCatchUp = false;
let read = store.get("read", { c: null, seq: 0 });
let emailLeft = store.get("email", "");

// --- what comes in ---------------------------------------------------------------------------------------------

function takeFrame(frame) {
  if (frame.type === "typing") return frame.c === timeline.c && showTyping(frame);
  if (frame.type !== "messages") return;
  if (isCatchingUp) {
    mustCatchUp = true; // its answer may be older than this frame: ask once more at the end
    return;
  }
  const before = timeline.seq;
  if (timeline.take(frame) === "gap") catchUp();
  afterNews(before);
}

async function catchUp() {
  if (!api.hasKey) return;
  if (isCatchingUp) {
    mustCatchUp = true;
    return;
  }
  isCatchingUp = true;
  const before = timeline.seq;
  try {
    let isBehind = true;
    while (isBehind || mustCatchUp) {
      mustCatchUp = false;
      const answer = await api.messages(timeline.seq, timeline.c);
      isBehind = timeline.take(answer, true) === "gap" && answer.items.length > 0;
    }
  } catch (problem) {
    if (problem.status === 401) forgetVisitor();
  }
  isCatchingUp = false;
  afterNews(before);
}

function afterNews(before) {
  outbox.confirm(timeline.items);
  const news = timeline.items.filter((item) => item.seq > before && item.author.kind !== "person");
  if (news.some((item) => item.kind === "text")) typing = null;
  if (isReady && news.length) announce(news);
  if (isPanelOpen || timeline.isLively) api.hasKey && live.start();
  render();
}

function announce(news) {
  const say = (item) => (item.kind === "text" ? `${authorName(item.author)}: ${item.text}` : sayActivity(item));
  $("announce").textContent = news.map(say).join(" ");
  if (store.get("sound", false) && news.some((item) => item.kind === "text")) ring();
}

function afterSent(answer) {
  takeFrame(answer);
  // The frame usually comes first; where it does not, the page looks.
  setTimeout(() => outbox.entries.some((entry) => entry.state === "sent") && catchUp(), CONFIRM_MS);
}

function forgetVisitor() {
  live.stop();
  timeline.forget();
}

function showTyping(frame) {
  typing = { kind: frame.kind, name: frame.name };
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => {
    typing = null;
    render();
  }, TYPING_SHOWN);
  render();
}

// --- what is shown ---------------------------------------------------------------------------------------------

function render() {
  const state = timeline.state;
  thread.show(timeline, outbox.entries, whoTypes(state));
  showHead(state);
  showQueue(state);
  showBar();
  markRead();
}

function whoTypes(state) {
  if (typing) return typing;
  const isOwed = timeline.last?.author.kind === "person";
  return state?.is_answering && isOwed ? { kind: "ai_agent", name: state.ai_agent } : null;
}

// Who is speaking: the header's face, name and one line.
function speaker(state) {
  const handler = state?.handler || "ai_agent";
  if (handler === "live_agent") return [{ kind: "live_agent", name: state.assignee }, t.withYou];
  if (handler === "queue") return [{ kind: "queue", name: t.queueTitle }, state.queue?.is_anyone_online ? t.queueSub : t.queueAway];
  if (handler === "integration") return [{ kind: "live_agent", name: t.team }, t.withYou];
  if (handler === "external") return [{ kind: "live_agent", name: t.externalTitle }, t.externalSub];
  return [{ kind: "ai_agent", name: state?.ai_agent || config.ai_agent }, t.aiAgent];
}

function showHead(state) {
  const [author, line] = speaker(state);
  if ($("who").textContent !== author.name) $("face").replaceChildren(face(author));
  $("who").textContent = author.name;
  $("who-line").textContent = line;
}

function showQueue(state) {
  const queue = state?.queue;
  $("queue").hidden = !queue;
  if (!queue) return;
  const wait = queue.is_anyone_online ? sayWait(queue) : "";
  $("queue-text").textContent = `${t.queuePlace(queue.place)} ${wait}`.trim();
  $("email").hidden = queue.is_anyone_online || Boolean(emailLeft);
  $("email-thanks").hidden = queue.is_anyone_online || !emailLeft;
  $("email-thanks").textContent = t.emailThanks(emailLeft);
}

function showBar() {
  const pending = outbox.entries.some((entry) => entry.state === "waiting");
  const bar = $("bar");
  const text = barText(pending);
  bar.hidden = !text;
  if ($("bar-text").textContent !== text) $("bar-text").textContent = text;
}

function barText(pending) {
  if (!navigator.onLine) return t.offline;
  if (outbox.limit) return t.slow(outbox.limit);
  if (pending && outbox.failures) return outbox.entries.some((entry) => entry.why) ? t.trouble : t.reconnecting;
  return live.isWanted && !live.isOpen && live.tries > 1 ? t.reconnecting : "";
}

function markRead() {
  const seen = read.c === timeline.c ? read.seq : 0;
  if (isPanelOpen && document.visibilityState === "visible" && timeline.seq > seen) {
    read = { c: timeline.c, seq: timeline.seq };
    store.set("read", read);
  }
  tellParent({ type: "unread", count: timeline.unread(read.c === timeline.c ? read.seq : 0) });
}

function tellParent(message) {
  if (!isAlone) window.parent.postMessage({ source: "baton", ...message }, "*");
}

// --- what the person does --------------------------------------------------------------------------------------

function fitText() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 132)}px`;
  const used = [...text.value].length;
  $("count").hidden = used < LIMIT * 0.9;
  $("count").textContent = used > LIMIT ? t.tooLong(used, LIMIT) : t.counter(used, LIMIT);
  $("count").classList.toggle("is-over", used > LIMIT);
  $("send").disabled = !text.value.trim() || used > LIMIT;
  store.set("draft", text.value);
}

function submit(event) {
  event?.preventDefault();
  const text = $("text").value.trim();
  if ($("send").disabled || !text) return;
  $("text").value = "";
  fitText();
  outbox.add(text);
  $("text").focus();
}

function onType() {
  fitText();
  if (!timeline.c || Date.now() - typedAt < TYPING_EVERY) return;
  typedAt = Date.now();
  api.typing().catch(() => {}); // nobody misses a typing mark
}

async function leaveEmail(event) {
  event.preventDefault();
  const field = $("email-field");
  try {
    emailLeft = (await api.email(field.value.trim())).email;
    store.set("email", emailLeft);
    $("email-error").hidden = true;
    render();
  } catch (problem) {
    $("email-error").textContent = problem.message || t.trouble;
    $("email-error").hidden = false;
    field.focus();
  }
}

function toggleSound() {
  store.set("sound", !store.get("sound", false));
  showSound();
  if (store.get("sound")) ring();
}

function showSound() {
  const isOn = store.get("sound", false);
  $("sound").replaceChildren(icon(isOn ? "sound" : "mute"));
  $("sound").setAttribute("aria-pressed", isOn);
  $("sound").setAttribute("aria-label", isOn ? t.soundOn : t.soundOff);
  $("sound").title = isOn ? t.soundOn : t.soundOff;
}

function openPanel() {
  isPanelOpen = true;
  if (api.hasKey) live.start();
  render();
  if (!wasOpenOnce) thread.toEnd();
  wasOpenOnce = true;
  if (matchMedia("(pointer: fine)").matches && config.is_connected) $("text").focus();
  else $("who").focus();
}

function closePanel() {
  isPanelOpen = false;
  if (!timeline.isLively) live.stop();
  render();
}

function wake() {
  outbox.wake();
  live.wake();
  render();
}

// --- beginning -------------------------------------------------------------------------------------------------

function sayEverything() {
  document.documentElement.lang = language;
  document.title = t.chat;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t[element.dataset.t];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t[element.dataset.label]);
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = t[element.dataset.placeholder];
  $("close").title = t.close;
  showSound();
}

function listen() {
  $("composer").addEventListener("submit", submit);
  $("text").addEventListener("input", onType);
  $("text").addEventListener("keydown", (event) => {
    const isLineBreak = event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && (!isLineBreak || event.ctrlKey || event.metaKey)) submit(event);
  });
  $("sound").addEventListener("click", toggleSound);
  $("close").addEventListener("click", () => tellParent({ type: "close" }));
  $("email").addEventListener("submit", leaveEmail);
  $("panel").addEventListener("keydown", (event) => event.key === "Escape" && tellParent({ type: "close" }));
  trapFocus($("panel"));
  window.addEventListener("online", wake);
  window.addEventListener("offline", () => live.drop());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.source !== "baton") return;
    if (event.data.type === "open") openPanel();
    if (event.data.type === "close") closePanel();
  });
}

async function begin() {
  const root = document.documentElement;
  root.style.setProperty("--brand", config.color);
  root.style.setProperty("--on-brand", config.on_color);
  const [light, dark] = config.links;
  if (light) root.style.setProperty("--link-light", light);
  if (dark) root.style.setProperty("--link-dark", dark);
  root.classList.toggle("is-alone", isAlone);
  sayEverything();
  listen();
  if (!config.is_connected) {
    $("closed").hidden = false;
    $("composer").hidden = true;
  }
  $("text").value = store.get("draft", "");
  fitText();
  showHead(null);
  await catchUp();
  isReady = true;
  render();
  outbox.flush();
  tellParent({ type: "ready" });
  if (isAlone) openPanel();
}

begin();
