// The editor: its buttons follow from who has the conversation, its text never vanishes.
import { askBeforeTakeover } from "./colleagues.js"
import { drop, saveNow, saveSoon } from "./drafts.js"
import { send } from "./http.js"
import { newId, post, retry, showUnsent } from "./outbox.js"
import { copyOf, flash, targetOf } from "./shell.js"
import { isAtEnd, openId, pane, toEnd } from "./thread.js"

const form = () => document.querySelector("[data-composer]")
const box = () => form()?.querySelector("textarea")
const foot = () => form()?.querySelector(".composer-foot")
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

function submit() {
  const text = box().value.trim()
  const isNote = form().dataset.kind === "note"
  const { mayWrite, epoch } = foot().dataset
  if (!isNote && !mayWrite) return
  const isTakeover = !isNote && mayWrite === "takeover"
  if (!text) return complain(isTakeover ? "Write what you want to say first: taking over sends it." : "Write something first.")
  quiet()
  const go = () => put({ c: openId(), kind: isNote ? "note" : isTakeover ? "takeover" : "text", text, epoch })
  isTakeover ? askBeforeTakeover(go) : go()
}

function put(message) {
  box().value = ""
  post(message)
  toEnd()
  drop()
  grow()
}

export const typed = () => box()?.value ?? ""

export function type(text) {
  if (!box() || !text || box().value.includes(text)) return
  box().value = [text, box().value].filter(Boolean).join("\n")
  grow()
  saveSoon()
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
    type(text)
    box().focus()
  }
  await act("POST", button.dataset.url, how === "send" ? { client_id: newId() } : { was_used: how === "edit" ? "1" : "" })
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
  saveSoon()
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
  if (pane()) showUnsent(openId())
  if (pane() && isAtEnd()) toEnd()
}

document.addEventListener("message-refused", event => {
  type(event.detail.text)
  complain(event.detail.sentence)
  document.dispatchEvent(new CustomEvent("ownership-doubtful", { detail: event.detail.c }))
})
opened()
