// The frame: joins timeline, outbox, socket and page.

import { Api } from "./api.js";
import { $, trapFocus } from "./dom.js";
import { listenForEmail } from "./email.js";
import { hearHost, isAlone, tellHost } from "./host.js";
import { sayActivity, t } from "./i18n.js";
import { Live } from "./live.js";
import { Outbox } from "./outbox.js";
import { dress, fitField, sayEverything, showBar, showHead, showQueue, showSound } from "./panel.js";
import { ring } from "./sound.js";
import { Store } from "./storage.js";
import { Sync } from "./sync.js";
import { Timeline } from "./timeline.js";
import { Typing } from "./typing.js";
import { authorName, Thread } from "./view.js";

const CONFIRM_MS = 1500;

const config = JSON.parse($("config").textContent);
const store = new Store(config.channel);
const api = new Api(location.pathname.replace(/\/frame$/, ""), store);
const timeline = new Timeline();
const sync = new Sync(timeline, api, { onNews, onForgotten });
const outbox = new Outbox(store, (text, id) => api.send(text, id), { onChange: render, onSent });
const retry = (id) => outbox.retry(id);
const discard = (id) => outbox.discard(id);
const thread = new Thread(config, { say, edit, copy, rate, retry, discard });
const typing = new Typing(api, render);
const live = new Live(`${location.origin.replace("http", "ws")}/webchat/live`, () => api.ticket(), {
  onFrame,
  onResync: () => sync.catchUp(),
  onChange: render,
});

let isPanelOpen = isAlone;
let isReady = false;
let wasOpenOnce = false;
let read = store.get("read", { c: null, seq: 0 });

// --- what comes in ---------------------------------------------------------------------------------------------

function onFrame(frame) {
  if (frame.type === "messages") sync.take(frame);
  else if (frame.type === "typing" && frame.c === timeline.c) typing.hear(frame);
}

function onNews(news) {
  outbox.confirm(timeline.items);
  if (news.some((item) => item.kind === "text")) typing.forget();
  if (isReady && news.length) announce(news);
  if (api.hasKey && (isPanelOpen || timeline.isLively)) live.start();
  render();
}

function onSent(answer) {
  sync.take(answer);
  // The frame usually comes first; where it does not, the page looks.
  setTimeout(() => outbox.entries.some((entry) => entry.state === "sent") && sync.catchUp(), CONFIRM_MS);
}

function onForgotten() {
  live.stop();
  timeline.forget();
}

function announce(news) {
  const words = (item) => (item.kind === "text" ? `${authorName(item.author)}: ${item.text}` : sayActivity(item));
  $("announce").textContent = news.map(words).join(" ");
  if (store.get("sound", false) && news.some((item) => item.kind === "text")) ring();
}

// --- what is shown ---------------------------------------------------------------------------------------------

function render() {
  thread.show(timeline, outbox.entries, whoTypes());
  showHead(timeline.state, config);
  showQueue(timeline.state);
  showBar(outbox, live);
  markRead();
}

function whoTypes() {
  if (typing.author) return typing.author;
  const isOwed = timeline.last?.author.kind === "person";
  return isOwed && timeline.state?.is_answering ? { kind: "ai_agent", name: timeline.state.ai_agent } : null;
}

function markRead() {
  const seen = () => (read.c === timeline.c ? read.seq : 0);
  if (isPanelOpen && document.visibilityState === "visible" && timeline.seq > seen()) {
    read = { c: timeline.c, seq: timeline.seq };
    store.set("read", read);
  }
  tellHost({ type: "unread", count: timeline.unread(seen()) });
}

// --- what the person does --------------------------------------------------------------------------------------

function say(text) {
  outbox.add(text);
}

function edit(entry) {
  write([entry.text, $("text").value].filter(Boolean).join("\n"));
  outbox.discard(entry.client_id);
  $("text").focus();
}

async function copy(text, button) {
  await navigator.clipboard.writeText(text);
  button.textContent = t.copied;
}

async function rate(stars, comment) {
  await api.rate(stars, comment);
  await sync.catchUp();
}

function write(text) {
  $("text").value = text;
  store.set("draft", text);
  fitField();
}

function submit(event) {
  event.preventDefault();
  const text = $("text").value.trim();
  if ($("send").disabled || !text) return;
  write("");
  outbox.add(text);
  $("text").focus();
}

function onType() {
  fitField();
  store.set("draft", $("text").value);
  if (timeline.c) typing.tell();
}

function onKey(event) {
  const isLineBreak = event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches;
  if (event.key === "Enter" && (!isLineBreak || event.ctrlKey || event.metaKey)) submit(event);
}

function toggleSound() {
  const isOn = !store.get("sound", false);
  store.set("sound", isOn);
  showSound(isOn);
  if (isOn) ring();
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

function listen() {
  const close = () => tellHost({ type: "close" });
  $("composer").addEventListener("submit", submit);
  $("text").addEventListener("input", onType);
  $("text").addEventListener("keydown", onKey);
  $("sound").addEventListener("click", toggleSound);
  $("close").addEventListener("click", close);
  listenForEmail(api, () => timeline.state?.queue, render);
  // On the document: right after opening, the frame has the focus and nothing in it has it yet.
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  trapFocus($("panel"));
  window.addEventListener("online", wake);
  window.addEventListener("offline", () => live.drop());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  hearHost({ open: openPanel, close: closePanel });
}

async function begin() {
  dress(config, isAlone);
  sayEverything();
  showSound(store.get("sound", false));
  listen();
  write(store.get("draft", ""));
  showHead(null, config);
  await sync.catchUp();
  isReady = true;
  render();
  outbox.flush();
  tellHost({ type: "ready" });
  if (isAlone) openPanel();
}

begin();
