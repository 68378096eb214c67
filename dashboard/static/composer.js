// Writing: what is sent is shown at once, is sent once whatever happens, and never vanishes (N5).
import { send } from "./http.js"
import { copyOf, flash, me, targetOf } from "./shell.js"
import { arrange, isAtEnd, openId, pane, toEnd } from "./thread.js"

const KEPT = `baton-unsent-${me()}`
const form = () => document.querySelector("[data-composer]")
const box = () => form()?.querySelector("textarea")
const foot = () => form()?.querySelector(".composer-foot")
const unsent = () => JSON.parse(localStorage.getItem(KEPT) ?? "[]")

// Not crypto.randomUUID: it is missing where a page comes over plain http.
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("")

function keep(message) {
  localStorage.setItem(KEPT, JSON.stringify([...unsent().filter(each => each.clientId !== message.clientId), message]))
}

function forget(clientId) {
  localStorage.setItem(KEPT, JSON.stringify(unsent().filter(each => each.clientId !== clientId)))
}

const PROMPTS = {
  note: () => "A note for your colleagues. The person does not see it.",
  send: name => `Write to ${name}`,
  takeover: () => "Write to take this conversation over",
  "": (_name, hint) => hint,
}

// The buttons follow from who has it; the text stays whatever happens to them.
export function dress() {
  if (!form()) return
  const { mayWrite, hint } = foot().dataset
  const isNote = form().dataset.kind === "note"
  for (const tab of form().querySelectorAll("[data-write]")) tab.setAttribute("aria-selected", String(tab.dataset.write === form().dataset.kind))
  for (const button of foot().querySelectorAll("[data-for-write]")) button.hidden = !button.dataset.forWrite.includes(form().dataset.kind)
  const key = foot().querySelector("[data-hint-key]")
  if (key) {
    key.hidden = !isNote && !mayWrite
    key.textContent = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘ Enter" : "Ctrl+Enter"
  }
  box().placeholder = PROMPTS[isNote ? "note" : mayWrite](form().dataset.person, hint)
  box().readOnly = !isNote && !mayWrite
  grow()
}

function grow() {
  if (CSS.supports("field-sizing", "content") || !box()) return
  box().style.height = "auto"
  box().style.height = `${box().scrollHeight + 2}px`
}

export function complain(sentence) {
  const place = form()?.querySelector("[data-error]")
  if (!place) return flash("Not done", sentence)
  place.replaceChildren(copyOf("template-problem"))
  place.querySelector("strong").textContent = sentence
  place.hidden = false
}

function quiet() {
  const place = form()?.querySelector("[data-error]")
  if (place) place.hidden = true
}

function pendingNode(message) {
  const node = copyOf(message.kind === "note" ? "template-pending-note" : "template-pending")
  node.dataset.client = message.clientId
  node.dataset.at = message.at
  node.dataset.author = me()
  node.querySelector("[data-text]").textContent = message.text
  return node
}

const nodeOf = clientId => document.querySelector(`.msg[data-client="${clientId}"]:not([id])`)

function showPending(message) {
  if (openId() !== message.c || nodeOf(message.clientId)) return
  document.getElementById(`m-${message.c}`).append(pendingNode(message))
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
const lines = new Map()
function enqueue(message) {
  const line = (lines.get(message.c) ?? Promise.resolve()).then(() => deliver(message))
  lines.set(message.c, line)
  return line
}

const URLS = { takeover: "takeover", text: "messages", note: "messages" }

async function deliver(message) {
  if (!unsent().some(each => each.clientId === message.clientId)) return
  setFate(message, "pending")
  const body = { text: message.text, client_id: message.clientId }
  if (message.kind !== "note") body.epoch = message.epoch
  if (message.kind !== "takeover") body.kind = message.kind
  const answer = await send("POST", `/conversations/${message.c}/${URLS[message.kind]}`, body)
  if (answer.ok) return delivered(message)
  if (answer.status === 429) return later(message, answer)
  if (answer.status === 0 || answer.status >= 500) return setFate(message, "failed", "Not sent.")
  if (answer.status === 401) return signedOut(message)
  refused(message, answer)
}

function delivered(message) {
  forget(message.clientId)
  setFate(message, "sent")
  document.dispatchEvent(new CustomEvent("message-sent", { detail: message }))
}

function later(message, answer) {
  setFate(message, "failed", `Too many at once. It is sent again in ${answer.retryAfter || 1} s.`)
  setTimeout(() => enqueue(message), (answer.retryAfter || 1) * 1000)
}

function signedOut(message) {
  setFate(message, "failed", "Not sent: you are signed out.")
  document.dispatchEvent(new Event("signed-out"))
}

// It cannot be sent as it is: the text goes back where it was written.
function refused(message, answer) {
  if (openId() !== message.c) return setFate(message, "failed", answer.sentence)
  forget(message.clientId)
  nodeOf(message.clientId)?.remove()
  arrange()
  type(message.text)
  complain(answer.sentence)
  document.dispatchEvent(new CustomEvent("ownership-doubtful", { detail: message.c }))
}

function submit() {
  const text = box().value.trim()
  const isNote = form().dataset.kind === "note"
  const { mayWrite, epoch } = foot().dataset
  if (!isNote && !mayWrite) return
  if (!text) return complain(mayWrite === "takeover" && !isNote ? "Write what you want to say first: taking over sends it." : "Write something first.")
  quiet()
  const kind = isNote ? "note" : mayWrite === "takeover" ? "takeover" : "text"
  const message = { c: openId(), kind, text, epoch, clientId: newId(), at: new Date().toISOString() }
  keep(message)
  box().value = ""
  showPending(message)
  toEnd()
  dropDraft()
  grow()
  enqueue(message)
}

export function retryAll() {
  for (const message of unsent()) if (!nodeOf(message.clientId)?.matches(".msg-pending")) enqueue(message)
}

// A frame has brought a message of ours: its pending copy goes.
export function settle(clientId) {
  nodeOf(clientId)?.remove()
  forget(clientId)
}

// Drafts are kept on the server, per user and conversation (N4).
let saving = null
function saveDraft() {
  clearTimeout(saving)
  const mine = form()
  saving = setTimeout(() => putDraft(mine), 600)
}

async function putDraft(mine) {
  saving = null
  const text = mine.querySelector("textarea").value
  const body = { text, is_note: mine.dataset.kind === "note" ? "1" : "" }
  const answer = await send("PUT", `/conversations/${mine.dataset.c}/draft`, body)
  const place = mine.querySelector("[data-saved]")
  if (place) place.textContent = !text ? "" : answer.ok ? "Draft saved" : "Draft not saved yet"
}

export const typed = () => box()?.value ?? ""

export function type(text) {
  if (!box() || !text || box().value.includes(text)) return
  box().value = [text, box().value].filter(Boolean).join("\n")
  grow()
  saveDraft()
}

export function saveNow() {
  if (!saving || !form()) return
  clearTimeout(saving)
  putDraft(form())
}

function dropDraft() {
  clearTimeout(saving)
  putDraft(form())
}

async function act(method, url, body) {
  quiet()
  const answer = await send(method, url, body)
  if (answer.ok) document.dispatchEvent(new CustomEvent("acted", { detail: openId() }))
  else if (answer.status === 401) document.dispatchEvent(new Event("signed-out"))
  else {
    complain(answer.sentence)
    document.dispatchEvent(new CustomEvent("ownership-doubtful", { detail: openId() }))
  }
  return answer.ok
}

async function suggest(button) {
  const text = button.closest(".suggestion").querySelector("p").textContent
  const how = button.dataset.suggestion
  if (how === "edit") {
    setKind("text")
    box().value = [box().value, text].filter(Boolean).join("\n")
    box().focus()
    saveDraft()
  }
  await act("POST", button.dataset.url, how === "send" ? { client_id: newId() } : undefined)
}

function setKind(kind) {
  form().dataset.kind = kind
  dress()
}

document.addEventListener("submit", event => {
  if (!event.target.matches("[data-composer]")) return
  event.preventDefault()
  submit()
})
document.addEventListener("keydown", event => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.closest("[data-composer]")) return
  event.preventDefault()
  submit()
})
document.addEventListener("input", event => {
  if (!event.target.matches("[data-composer] textarea")) return
  grow()
  saveDraft()
})
document.addEventListener("click", event => {
  const at = selector => event.target.closest(selector)
  const failed = at(".msg-failed")
  if (at("[data-write]")) {
    setKind(at("[data-write]").dataset.write)
    box().focus()
  } else if (at("[data-retry]")) retry(failed.dataset.client)
  else if (at("[data-copy]")) copy(failed.querySelector("[data-text]"))
  else if (at("[data-claim]")) act("POST", `/conversations/${at("[data-claim]").dataset.claim}/claim`, { epoch: foot().dataset.epoch })
  else if (at("[data-close-of]")) act("PUT", `/conversations/${openId()}/status`, { status: "closed", epoch: foot().dataset.epoch })
  else if (at("[data-suggestion]")) suggest(at("[data-suggestion]"))
})
document.addEventListener("change", async event => {
  const select = event.target.closest("[data-status-of]")
  if (!select) return
  const before = [...select.options].find(option => option.defaultSelected)?.value
  const isDone = await act("PUT", `/conversations/${select.dataset.statusOf}/status`, { status: select.value, epoch: foot().dataset.epoch })
  if (!isDone) select.value = before
})

function copy(place) {
  getSelection().selectAllChildren(place)
  navigator.clipboard ? navigator.clipboard.writeText(place.textContent) : document.execCommand("copy")
}

function retry(clientId) {
  const message = unsent().find(each => each.clientId === clientId)
  if (message) enqueue(message)
}

document.addEventListener("htmx:beforeRequest", event => {
  if (targetOf(event).id === "conversation") saveNow()
})
addEventListener("pagehide", saveNow)
document.addEventListener("conversation-opened", opened)
document.addEventListener("htmx:oobAfterSwap", event => {
  if (event.detail.target.id?.startsWith("actions-")) dress()
})

function opened() {
  dress()
  for (const message of unsent().filter(each => each.c === openId())) {
    showPending(message)
    if (!lines.has(message.c)) setFate(message, "failed", "Not sent.")
  }
  if (pane() && isAtEnd()) toEnd()
}
opened()
