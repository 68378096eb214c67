// Who else looks at the open conversation and who writes in it; and a question before a takeover of somebody who writes.
import { send } from "./http.js"
import { copyOf, me, targetOf } from "./shell.js"
import { openId, pane } from "./thread.js"

const EVERY_MS = 20_000
const WRITING_MS = 3000
const FRAME = /^<!--colleagues=(\S+)-->/

// Two tabs of one user are two pages: closing one leaves the other there.
const page = Math.random().toString(36).slice(2, 12)
let viewed = null
let others = []
let wroteAt = 0
let toldAt = 0

const isHere = () => document.visibilityState === "visible"

function look() {
  const c = isHere() && !pane()?.dataset.gone ? openId() ?? null : null
  if (viewed && viewed !== c) send("PUT", `/conversations/${viewed}/viewing`, { state: "gone", page })
  if (viewed !== c) others = []
  viewed = c
  draw()
  if (c && Date.now() - wroteAt > WRITING_MS) send("PUT", `/conversations/${c}/viewing`, { state: "viewing", page })
}

function leave() {
  if (viewed) send("PUT", `/conversations/${viewed}/viewing`, { state: "gone", page })
  viewed = null
}

document.addEventListener("conversation-opened", look)
document.addEventListener("line-restored", look)
document.addEventListener("visibilitychange", look)
addEventListener("pagehide", leave)
setInterval(look, EVERY_MS)

// Colleagues see it whoever has the conversation; the person sees only a reply of their Assignee.
document.addEventListener("input", event => {
  const form = event.target.closest("[data-composer]")
  if (!form || !event.target.value.trim()) return
  wroteAt = Date.now()
  if (wroteAt - toldAt < WRITING_MS) return
  toldAt = wroteAt
  send("POST", `/conversations/${form.dataset.c}/typing`, { kind: form.dataset.kind, page })
})
document.addEventListener("message-sent", () => {
  wroteAt = toldAt = 0
  look()
})

document.addEventListener("frame", event => {
  const text = event.detail
  const found = FRAME.exec(text)
  if (found) {
    if (found[1] !== openId()) return
    others = JSON.parse(text.slice(found[0].length)).filter(each => each.id !== me())
    draw()
  } else if (text === "<!--resync-->") look()
})
document.addEventListener("htmx:afterSwap", event => {
  if (targetOf(event).id === "conversation") draw()
})

function draw() {
  const line = pane()?.querySelector("[data-colleagues]")
  if (!line) return
  const parts = [["typing", "is writing a reply", "are writing replies"], ["noting", "is writing a note", "are writing notes"], ["viewing", "is here too", "are here too"]]
  const words = parts.map(([state, one, many]) => say(others.filter(each => each.state === state), one, many)).filter(Boolean)
  const text = words.join(" · ")
  line.hidden = !text
  line.dataset.state = others.some(each => each.state === "typing") ? "typing" : "viewing"
  const span = line.querySelector("span")
  if (span.textContent !== text) span.textContent = text
}

function say(who, one, many) {
  if (!who.length) return ""
  const names = who.map(each => each.name)
  return names.length === 1 ? `${names[0]} ${one}` : `${names.slice(0, -1).join(", ")} and ${names.at(-1)} ${many}`
}

const asked = new Set()

// Whoever takes over while somebody writes a reply is asked, once for each who writes (T9).
export function askBeforeTakeover(onYes) {
  const writers = others.filter(each => each.state === "typing")
  const key = `${openId()} ${writers.map(each => each.id).sort()}`
  if (!writers.length || asked.has(key)) return onYes()
  const dialog = copyOf("template-ask-takeover")
  dialog.querySelector("[data-who]").textContent = `${say(writers, "is", "are")} writing a reply right now.`
  dialog.querySelector("[data-yes]").addEventListener("click", () => {
    asked.add(key)
    dialog.close()
    onYes()
  })
  const before = document.activeElement
  dialog.addEventListener("close", () => {
    dialog.remove()
    before?.focus?.()
  })
  document.body.append(dialog)
  dialog.showModal()
}

look()
