// The open conversation: grouping, days, the "New" line, the scroll that is never stolen, what has been read.
import { send } from "./http.js"
import { markCurrent, markRead } from "./list.js"
import { copyOf, me, refresh, targetOf } from "./shell.js"
import { dayOf, nameOfDay } from "./times.js"

const TOGETHER = 5 * 60_000
const NEAR = 90

export const pane = () => document.querySelector(".thread-pane[data-c]")
export const openId = () => pane()?.dataset.c
const list = () => pane()?.querySelector(".messages")
const scroller = () => pane()?.querySelector("[data-scroll]")
const entries = box => [...box.querySelectorAll(":scope > [data-at]")]

export const isAtEnd = () => {
  const box = scroller()
  return !box || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR
}

export function toEnd() {
  const box = scroller()
  if (box) box.scrollTop = box.scrollHeight
  showPill(0)
}

// Days are the reader's own, and groups cross frames, so the page makes both.
export function arrange() {
  const box = list()
  if (!box) return
  box.querySelectorAll(":scope > .day").forEach(line => line.remove())
  let before = null
  for (const entry of entries(box)) {
    const date = new Date(entry.dataset.at)
    if (!before || dayOf(date) !== dayOf(new Date(before.dataset.at))) entry.before(dayLine(date))
    entry.toggleAttribute("data-joined", isTogether(before, entry))
    before = entry
  }
}

function dayLine(date) {
  const line = copyOf("template-day")
  line.textContent = nameOfDay(date)
  return line
}

function isTogether(before, entry) {
  if (!before || entry.dataset.kind === "activity") return false
  const isSame = before.dataset.kind === entry.dataset.kind && before.dataset.author === entry.dataset.author
  const one = new Date(before.dataset.at), other = new Date(entry.dataset.at)
  return isSame && other - one < TOGETHER && dayOf(one) === dayOf(other) && !entry.previousElementSibling?.matches(".new-line")
}

function drawNewLine() {
  const read = Number(pane().dataset.read)
  const unread = entries(list()).find(entry => Number(entry.dataset.seq) > read && entry.dataset.author !== me() && entry.dataset.kind !== "activity")
  if (!read || !unread) return null
  const line = copyOf("template-new")
  unread.before(line)
  return line
}

// The packet is open for the one who gets it, one line for others.
function openPacket() {
  const packet = [...pane().querySelectorAll("details.packet")].at(-1)
  const isMine = pane().querySelector(".thread-head").dataset.assignee === me()
  if (packet && isMine && !packet.dataset.opened) packet.open = packet.dataset.opened = true
}

// A conversation has just been put on the page.
export function opened() {
  if (!pane()) return
  const line = drawNewLine()
  arrange()
  openPacket()
  refresh(document.getElementById("conversation"))
  line ? line.scrollIntoView({ block: "center" }) : toEnd()
  scroller().addEventListener("scroll", onScroll, { passive: true })
  keepEnd()
  markCurrent()
  readSoon()
}

// Entries have been added to it: `wasAtEnd` is from before, `count` what others wrote.
export function grown(wasAtEnd, count) {
  arrange()
  openPacket()
  if (wasAtEnd) toEnd()
  else if (count) showPill(Number(pane().dataset.below ?? 0) + count)
  readSoon()
}

function showPill(count) {
  const pill = pane()?.querySelector("[data-to-end]")
  if (!pill) return
  pane().dataset.below = count
  pill.hidden = !count
  pill.querySelector("span").textContent = `${count} new`
}

// Who has the end in sight keeps it when the pane shrinks: under a banner, a taller editor, the keyboard of a phone.
let rests = true
const watcher = new ResizeObserver(() => rests && toEnd())
function keepEnd() {
  rests = isAtEnd()
  watcher.disconnect()
  watcher.observe(scroller())
}

function onScroll() {
  rests = isAtEnd()
  if (!rests) return
  showPill(0)
  readSoon()
}

let reading = null
export function readSoon() {
  clearTimeout(reading)
  reading = setTimeout(() => {
    if (!pane() || document.visibilityState !== "visible" || !document.hasFocus() || !isAtEnd()) return
    const seq = Number(pane().dataset.seq)
    markRead(openId(), seq)
    document.dispatchEvent(new CustomEvent("seen", { detail: openId() }))
    if (seq <= Number(pane().dataset.told ?? pane().dataset.read)) return
    pane().dataset.told = seq
    send("PUT", `/conversations/${openId()}/read`, { seq })
  }, 400)
}
addEventListener("focus", readSoon)
document.addEventListener("visibilitychange", readSoon)

// Older entries go on top without moving what is being read.
let height = 0
document.addEventListener("htmx:beforeSwap", event => {
  if (targetOf(event).matches?.(".earlier")) height = scroller().scrollHeight
})
document.addEventListener("htmx:afterSwap", event => {
  if (!height || targetOf(event).id === "conversation") return
  arrange()
  scroller().scrollTop += scroller().scrollHeight - height
  height = 0
})

document.addEventListener("click", event => {
  if (event.target.closest("[data-to-end]")) toEnd()
})

opened()
