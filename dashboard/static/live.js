// Frames in, pages true: what a page has is dropped, what it missed is fetched by number (N5).
import * as composer from "./composer.js"
import { isOpen } from "./connection.js"
import { fetchHtml } from "./http.js"
import { place, remove, resync as resyncList } from "./list.js"
import { ring } from "./notify.js"
import { settle } from "./outbox.js"
import { refresh } from "./shell.js"
import { grown, isAtEnd, openId, pane } from "./thread.js"

const HEADER = /^<!--c=(\S+) event=(\d+) seq=(\d+) prev=(\d+)(?: what=(\S*))?(?: to=(\S*))?(?: from=(\S*))?-->/
const PATIENCE_MS = 1500

document.addEventListener("line-restored", () => resync())
document.addEventListener("frame", event => {
  const text = event.detail
  if (text.startsWith("<!--c=")) receive(text)
  else if (text === "<!--resync-->") resync()
  else if (text.startsWith("<!--availability=")) showAvailability(text.slice(17, -3))
})

function parse(text) {
  const found = HEADER.exec(text)
  const [, c, event, seq, prev, what = "", to = "", from = ""] = found
  const names = list => list.split(",").filter(Boolean)
  return { c, event: Number(event), seq: Number(seq), prev: Number(prev), what: names(what), to: names(to), from, html: text.slice(found[0].length) }
}

// Declared in another tab or device: the menu here says the same.
function showAvailability(availability) {
  for (const dot of document.querySelectorAll("#me .avatar-dot")) dot.dataset.availability = availability
  for (const item of document.querySelectorAll("#availability [role=menuitemradio]")) {
    item.setAttribute("aria-checked", String(JSON.parse(item.getAttribute("hx-vals")).availability === availability))
  }
}

const newest = new Map()
const heardOf = new Map()

function receive(text) {
  const frame = parse(text)
  if (frame.event <= (newest.get(frame.c) ?? 0)) return
  newest.set(frame.c, frame.event)
  heardOf.set(frame.c, Date.now())
  ring(frame)
  if (frame.what.includes("gone")) return lose(frame)
  if (frame.c !== openId()) return apply(frame, false)
  if (pane().dataset.gone) return regain(frame)
  if (busy.has(frame.c)) return busy.set(frame.c, true)
  if (frame.event <= Number(pane().dataset.event)) return
  if (frame.prev > Number(pane().dataset.seq)) return catchUp(frame.c)
  apply(frame, true)
}

function lose(frame) {
  remove(frame.c)
  if (frame.c !== openId()) return
  swapWanted([...partsOf(frame.html)])
  pane().dataset.gone = "true"
  composer.dress()
  composer.complain("You no longer see this conversation. What you had typed is kept here; copy it if you need it.")
}

// It came back into sight: opened anew, with what was typed meanwhile.
async function regain(frame) {
  const text = composer.typed()
  apply(frame, false)
  await htmx.ajax("GET", `/conversations/${frame.c}`, { target: "#conversation" })
  composer.type(text)
}

// Rows find their own place; everything else replaces its namesake, when there is one.
function apply(frame, isOpen) {
  const parts = [...partsOf(frame.html)]
  parts.filter(part => part.matches(".row")).forEach(place)
  if (!isOpen) return
  const wasAtEnd = isAtEnd()
  const others = parts.filter(part => !part.matches(".row"))
  const count = others.reduce((sum, part) => sum + sift(part), 0)
  swapWanted(others)
  pane().dataset.event = Math.max(frame.event, Number(pane().dataset.event))
  pane().dataset.seq = Math.max(frame.seq, Number(pane().dataset.seq))
  refresh(pane())
  composer.dress()
  grown(wasAtEnd, count)
}

function partsOf(html) {
  const parsed = document.createElement("template")
  parsed.innerHTML = html
  return parsed.content.children
}

function swapWanted(parts) {
  const html = parts.filter(isWanted).map(part => part.outerHTML).join("")
  htmx.swap(document.body, html, { swapStyle: "none" })
}

// Entries that are here already do not come twice, and our own pending copies make way.
function sift(part) {
  let count = 0
  for (const entry of part.querySelectorAll(":scope > [data-seq]")) {
    if (document.getElementById(entry.id)) entry.remove()
    else {
      if (entry.dataset.client) settle(entry.dataset.client)
      count += entry.dataset.author === document.body.dataset.user ? 0 : 1
    }
  }
  return count
}

function isWanted(part) {
  const target = part.getAttribute("hx-swap-oob")
  if (target?.startsWith("beforeend:")) return part.children.length > 0 && document.querySelector(target.slice(10))
  return document.getElementById(part.id)
}

const busy = new Map()

// Everything after the last number that the page has; frames that come meanwhile are fetched once more at the end.
export async function catchUp(c) {
  if (c !== openId() || pane().dataset.gone) return
  if (busy.has(c)) return busy.set(c, true)
  busy.set(c, false)
  const answer = await fetchHtml(`/conversations/${c}/messages?after=${pane().dataset.seq}`)
  const isDirty = busy.get(c)
  busy.delete(c)
  if (c !== openId()) return
  if (answer.status === 401) return document.dispatchEvent(new Event("signed-out"))
  if (answer.status === 404) return lose({ c, html: "" })
  if (!answer.ok) return setTimeout(() => catchUp(c), 1000 + 1000 * Math.random())
  const frame = parse(answer.html)
  const before = Number(pane().dataset.seq)
  apply(frame, true)
  if (isDirty || (frame.what.includes("more") && frame.seq > before)) await catchUp(c)
}

let resyncing = null
function resync() {
  resyncing ??= setTimeout(() => {
    resyncing = null
    resyncList()
    if (openId()) catchUp(openId())
  }, 50)
}

// What we do comes back to us as to everybody else; should the socket be down, it is fetched.
function expect(c) {
  const isHeard = () => Date.now() - (heardOf.get(c) ?? 0) < 2 * PATIENCE_MS
  setTimeout(() => isHeard() || catchUp(c), isOpen() ? PATIENCE_MS : 0)
}
document.addEventListener("message-sent", event => expect(event.detail.c))
document.addEventListener("acted", event => expect(event.detail))
document.addEventListener("ownership-doubtful", event => {
  const side = document.getElementById(`side-${event.detail}`)
  if (side) htmx.ajax("GET", `/conversations/${event.detail}/side`, { source: side, swap: "none" })
  catchUp(event.detail)
})
// The answer may come when the reader looks at another conversation already: its parts have no place here then.
document.addEventListener("htmx:beforeSwap", event => {
  const [, c] = event.detail.requestConfig?.path.match(/^\/conversations\/([^/?]+)\/side/) ?? []
  if (c && c !== openId()) event.detail.shouldSwap = false
})
