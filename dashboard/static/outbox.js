// What is sent is shown at once, sent once whatever happens, and kept in the browser until the server has it (N5).
import { send } from "./http.js"
import { copyOf, me } from "./shell.js"
import { arrange, openId } from "./thread.js"

const KEPT = `baton-unsent-${me()}`
const URLS = { takeover: "takeover", text: "messages", note: "messages" }
const lines = new Map()
const unsent = () => JSON.parse(localStorage.getItem(KEPT) ?? "[]")
const nodeOf = clientId => document.querySelector(`.msg[data-client="${clientId}"]:not([id])`)

// Not crypto.randomUUID: it is missing where a page comes over plain http.
export const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("")

// `message` is { c, kind: text, note or takeover, text, epoch }.
export function post(message) {
  const whole = { ...message, clientId: newId(), at: new Date().toISOString() }
  keep(whole)
  show(whole)
  enqueue(whole)
}

export function retry(clientId) {
  const message = unsent().find(each => each.clientId === clientId)
  if (message) enqueue(message)
}

export function retryAll() {
  for (const message of unsent()) if (!nodeOf(message.clientId)?.matches(".msg-pending")) enqueue(message)
}

// A frame has brought a message of ours: its pending copy goes.
export function settle(clientId) {
  nodeOf(clientId)?.remove()
  forget(clientId)
}

// What an earlier visit to the conversation could not send.
export function showUnsent(c) {
  for (const message of unsent().filter(each => each.c === c)) {
    show(message)
    if (!lines.has(c)) setFate(message, "failed", "Not sent.")
  }
}

function keep(message) {
  localStorage.setItem(KEPT, JSON.stringify([...unsent(), message]))
}

function forget(clientId) {
  localStorage.setItem(KEPT, JSON.stringify(unsent().filter(each => each.clientId !== clientId)))
}

function show(message) {
  if (openId() !== message.c || nodeOf(message.clientId)) return
  const node = copyOf(message.kind === "note" ? "template-pending-note" : "template-pending")
  Object.assign(node.dataset, { client: message.clientId, at: message.at, author: me() })
  node.querySelector("[data-text]").textContent = message.text
  document.getElementById(`m-${message.c}`).append(node)
  arrange()
}

function setFate(message, fate, sentence = "") {
  const node = nodeOf(message.clientId)
  if (!node) return
  node.classList.toggle("msg-pending", fate === "pending")
  node.classList.toggle("msg-failed", fate === "failed")
  node.querySelector("[data-why]").textContent = sentence
}

// One after the other per conversation, so that what was written first arrives first.
function enqueue(message) {
  lines.set(message.c, (lines.get(message.c) ?? Promise.resolve()).then(() => deliver(message)))
}

async function deliver(message) {
  if (!unsent().some(each => each.clientId === message.clientId)) return
  setFate(message, "pending")
  const body = { text: message.text, client_id: message.clientId }
  if (message.kind !== "note") body.epoch = message.epoch
  if (message.kind !== "takeover") body.kind = message.kind
  const answer = await send("POST", `/conversations/${message.c}/${URLS[message.kind]}`, body)
  if (answer.ok) return delivered(message)
  if (answer.status === 429) return later(message, answer.retryAfter || 1)
  if (answer.status === 0 || answer.status >= 500) return setFate(message, "failed", "Not sent.")
  if (answer.status === 401) return signedOut(message)
  refused(message, answer.sentence)
}

function delivered(message) {
  forget(message.clientId)
  setFate(message, "sent")
  document.dispatchEvent(new CustomEvent("message-sent", { detail: message }))
}

function later(message, seconds) {
  setFate(message, "failed", `Too many at once. It is sent again in ${seconds} s.`)
  setTimeout(() => enqueue(message), seconds * 1000)
}

function signedOut(message) {
  setFate(message, "failed", "Not sent: you are signed out.")
  document.dispatchEvent(new Event("signed-out"))
}

// It cannot be sent as it is: the text goes back where it was written.
function refused(message, sentence) {
  if (openId() !== message.c) return setFate(message, "failed", sentence)
  settle(message.clientId)
  arrange()
  document.dispatchEvent(new CustomEvent("message-refused", { detail: { ...message, sentence } }))
}
