// The panel around the thread: who speaks, the queue, the bar that says what is wrong, the field.

import { $, icon } from "./dom.js";
import { language, sayWait, t } from "./i18n.js";
import { face } from "./view.js";

export const LIMIT = 8000;
const MAX_HEIGHT = 132;

// Who is speaking: the header's face, name and one line.
const speaker = (state, config) => {
  const handler = state?.handler || "ai_agent";
  if (handler === "live_agent") return [{ kind: "live_agent", name: state.assignee }, t.withYou];
  if (handler === "queue") {
    return [{ kind: "queue", name: t.queueTitle }, state.queue?.is_anyone_online ? t.queueSub : t.queueAway];
  }
  if (handler === "integration") return [{ kind: "live_agent", name: t.team }, t.withYou];
  if (handler === "external") return [{ kind: "live_agent", name: t.externalTitle }, t.externalSub];
  return [{ kind: "ai_agent", name: state?.ai_agent || config.ai_agent }, t.aiAgent];
};

export const showHead = (state, config) => {
  const [author, line] = speaker(state, config);
  if ($("who").textContent !== author.name) $("face").replaceChildren(face(author));
  $("who").textContent = author.name;
  $("who-line").textContent = line;
};

// With somebody there: the place and the wait. With nobody: the place, and the offer to leave an e-mail.
export const showQueue = (state) => {
  const queue = state?.queue;
  $("queue").hidden = !queue;
  if (!queue) return;
  const wait = queue.is_anyone_online ? sayWait(queue) : "";
  say("queue-text", `${t.queuePlace(queue.place)} ${wait}`.trim());
  const isWriting = document.activeElement === $("email-field") && $("email-field").value;
  const isOffered = !queue.is_anyone_online || isWriting;
  const isKept = queue.email && !$("email").dataset.again;
  $("email").hidden = !isOffered || Boolean(isKept);
  $("email-thanks").hidden = !isOffered || !isKept;
  say("email-kept", queue.email ? t.emailThanks(queue.email) : "");
};

// What is read out is said once, not with every frame.
const say = (id, text) => {
  if ($(id).textContent !== text) $(id).textContent = text;
};

export const showBar = (outbox, live) => {
  const text = barText(outbox, live);
  $("bar").hidden = !text;
  say("bar-text", text);
};

const barText = (outbox, live) => {
  if (!navigator.onLine) return t.offline;
  if (outbox.limit) return t.slow(outbox.limit);
  const waiting = outbox.entries.filter((entry) => entry.state === "waiting");
  if (waiting.length && outbox.failures) return waiting.some((entry) => entry.why) ? t.trouble : t.reconnecting;
  return live.isWanted && !live.isOpen && live.tries > 1 ? t.reconnecting : "";
};

export const showSound = (isOn) => {
  const label = isOn ? t.soundOn : t.soundOff;
  $("sound").replaceChildren(icon(isOn ? "sound" : "mute"));
  $("sound").setAttribute("aria-pressed", isOn);
  $("sound").setAttribute("aria-label", label);
  $("sound").title = label;
};

// The field grows with its text, and says when a text gets too long to be sent.
export const fitField = () => {
  const field = $("text");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, MAX_HEIGHT)}px`;
  const used = [...field.value].length;
  $("count").hidden = used < LIMIT * 0.9;
  $("count").textContent = used > LIMIT ? t.tooLong(used, LIMIT) : t.counter(used, LIMIT);
  $("count").classList.toggle("is-over", used > LIMIT);
  $("send").disabled = !field.value.trim() || used > LIMIT;
};

export const dress = (config, isAlone) => {
  const root = document.documentElement;
  const [light, dark] = config.links;
  root.style.setProperty("--brand", config.color);
  root.style.setProperty("--on-brand", config.on_color);
  if (light) root.style.setProperty("--link-light", light);
  if (dark) root.style.setProperty("--link-dark", dark);
  root.classList.toggle("is-alone", isAlone);
  $("closed").hidden = config.is_connected;
  $("composer").hidden = !config.is_connected;
};

export const sayEverything = () => {
  const all = (selector) => document.querySelectorAll(selector);
  document.documentElement.lang = language;
  document.title = t.chat;
  for (const element of all("[data-t]")) element.textContent = t[element.dataset.t];
  for (const element of all("[data-label]")) element.setAttribute("aria-label", t[element.dataset.label]);
  for (const element of all("[data-placeholder]")) element.placeholder = t[element.dataset.placeholder];
  $("close").title = t.close;
};
