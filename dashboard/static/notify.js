// Nobody misses what is theirs (P6): cards in the page, the alarm until it is seen, the title, the favicon.
import { cardOf, drop, show } from "./cards.js"
import { tell, untell } from "./desktop.js"
import { fetchHtml } from "./http.js"
import { me } from "./shell.js"
import { alarm, ding } from "./sound.js"
import { isAtEnd, openId, pane } from "./thread.js"

const ALARM_EVERY = 6000
const SEEN = /^<!--seen=(\S+) seq=(\d+)-->$/
const OPEN = ["open", "pending", "overdue"]
const HUSHED = `baton-hushed-${me()}`
const tabs = new BroadcastChannel("baton")

// What of mine I have not seen, as the title counts it; and what of the queue this page was told of already.
const unseen = new Map()
const queuedAt = new Map()
let asOf = null

// Which alarms were put away, with the epoch that they were about; of another epoch it rings again.
const hushed = () => JSON.parse(localStorage.getItem(HUSHED) ?? "{}")
const rings = ({ c, kind, epoch }) => kind === "assigned" && !(hushed()[c] >= epoch)
const isLookedAt = () => document.visibilityState === "visible" && document.hasFocus()
const isWatched = c => isLookedAt() && openId() === c

export function ring(frame) {
  const row = rowOf(frame)
  const what = ["assigned", "queued", "message"].find(each => frame.what.includes(each))
  if (frame.from === me()) tellFormer(frame, row)
  else if (what && row && frame.to.includes(me())) arrive(itemOf(frame, row, what))
  else if (frame.what.includes("gone") || (row && !isMine(row))) forget(frame.c)
  if (row?.dataset.handler !== "queue" && cardOf(frame.c)?.dataset.kind === "queued") drop(frame.c)
}

const isMine = row => row.dataset.assignee === me() && OPEN.includes(row.dataset.status)

// Frames are many and few of them concern what is unseen or ring: only those are parsed here.
function rowOf(frame) {
  const concerns = unseen.has(frame.c) || cardOf(frame.c) || frame.to.includes(me()) || frame.from === me()
  if (!concerns) return null
  isTold = true
  return new DOMParser().parseFromString(frame.html, "text/html").querySelector(`#row-${frame.c}[data-seq]`)
}

function itemOf(frame, row, kind) {
  const { seq, epoch } = row.dataset
  const text = selector => row.querySelector(selector).textContent
  return { c: frame.c, kind, seq: Number(seq), epoch: Number(epoch), name: text(".row-name"), preview: text(".row-preview") }
}

// Once; from then on this conversation is silent here (T7). Who lost sight of it may still have its row.
function tellFormer(frame, row) {
  forget(frame.c)
  const known = row ?? document.getElementById(`row-${frame.c}`)
  const name = known?.querySelector(".row-name").textContent ?? "A conversation"
  announce({ c: frame.c, kind: "former", name, preview: "", isGone: frame.what.includes("gone") })
}

function arrive(item) {
  if (item.kind === "queued") return arriveQueued(item)
  if (item.kind === "message" && isWatched(item.c) && isAtEnd()) return // it is read while it is written
  const kind = unseen.get(item.c)?.kind === "assigned" ? "assigned" : item.kind // it was not seen before this either
  unseen.set(item.c, { ...item, kind })
  drawTitle()
  if (!isWatched(item.c)) announce(item)
  item.kind === "assigned" ? alarm() : ding()
  if (isWatched(item.c)) hush(item.c)
}

// Once, whatever is told of the same stay in the queue again.
function arriveQueued(item) {
  if (queuedAt.get(item.c) === item.epoch) return
  queuedAt.set(item.c, item.epoch)
  announce(item)
  ding()
}

function announce(item) {
  const isLasting = unseen.has(item.c) && rings(unseen.get(item.c))
  const title = show(item, isLasting)
  tell(item.c, title, item.preview, isLasting, open)
}

// It is seen, not mine any more, or over: in every tab, by the frames and messages that each of them gets.
function forget(c) {
  if (unseen.delete(c)) drawTitle()
  if (["assigned", "message"].includes(cardOf(c)?.dataset.kind)) drop(c)
  untell(c)
}

function seen(c, seq) {
  if ((unseen.get(c)?.seq ?? 0) <= seq) forget(c)
}

// Put away, or opened but not read to its end: the alarm is over, what is unread stays counted.
function hush(c) {
  const item = unseen.get(c)
  if (item) localStorage.setItem(HUSHED, JSON.stringify({ ...hushed(), [c]: item.epoch }))
  quieten(c)
  tabs.postMessage({ hush: c })
}

function quieten(c) {
  drop(c)
  untell(c)
}

document.addEventListener("seen", event => {
  const seq = Number(pane()?.dataset.seq ?? 0)
  seen(event.detail, seq)
  tabs.postMessage({ seen: event.detail, seq })
})
tabs.onmessage = ({ data }) => (data.hush ? quieten(data.hush) : seen(data.seen, data.seq))
document.addEventListener("frame", event => {
  const found = SEEN.exec(event.detail)
  if (found) seen(found[1], Number(found[2]))
  else if (event.detail === "<!--resync-->") catchUp()
})
document.addEventListener("click", event => {
  const card = event.target.closest("[data-dismiss]")?.closest("[data-about]")
  if (card) hush(card.dataset.about)
})
const lookAtOpen = () => openId() && isLookedAt() && cardOf(openId()) && hush(openId())
document.addEventListener("conversation-opened", () => setTimeout(lookAtOpen))
addEventListener("focus", lookAtOpen)

setInterval(() => {
  if ([...unseen.values()].some(rings)) alarm()
}, ALARM_EVERY)
// The first touch of a page that could not sound, or the end of the tab that did.
document.addEventListener("sound-begins", () => {
  if ([...unseen.values()].some(rings)) alarm()
})

function open(c) {
  if (document.getElementById("conversation")) htmx.ajax("GET", `/conversations/${c}`, { target: "#conversation" })
  else location.assign(`/inbox?c=${c}`)
}

// Title and favicon

// What somebody offers and waits for counts too.
let offered = 0
document.addEventListener("offers-changed", event => {
  offered = event.detail
  drawTitle()
})

const plain = document.title.replace(/^\(\d+\+?\) /, "")
const icon = document.querySelector('link[rel="icon"]')

function drawTitle() {
  const count = unseen.size + offered
  document.title = count ? `(${count > 99 ? "99+" : count}) ${plain}` : plain
  icon.href = count ? `/static/icons/unread-${count > 9 ? "more" : count}.svg` : "/static/icon.svg"
}

// What the server knows, at load and after every cut of the line

const itemsIn = box => [...box.querySelectorAll("li")].map(li => ({
  c: li.dataset.c, kind: li.dataset.kind, seq: Number(li.dataset.seq), epoch: Number(li.dataset.epoch),
  name: li.querySelector("b").textContent, preview: li.querySelector("span").textContent,
}))

function begin() {
  const box = document.getElementById("unseen")
  asOf = box.dataset.now
  const items = itemsIn(box)
  items.forEach(item => unseen.set(item.c, item))
  items.filter(item => isWatched(item.c)).forEach(item => hush(item.c))
  items.filter(rings).reverse().forEach(announce)
  if (items.some(rings)) alarm()
}

let isAsking = false
let isTold = false
async function catchUp() {
  if (isAsking) return (isTold = true)
  isAsking = true
  isTold = false
  const answer = await fetchHtml(`/me/unseen?since=${encodeURIComponent(asOf)}`)
  isAsking = false
  if (!answer.ok) return answer.status === 401 || setTimeout(catchUp, 1000 + 1000 * Math.random())
  if (isTold) return setTimeout(catchUp, 200) // frames came meanwhile: the answer may be older than they
  const box = new DOMParser().parseFromString(answer.html, "text/html").getElementById("unseen")
  asOf = box.dataset.now
  settle(itemsIn(box))
}

function settle(items) {
  const own = items.filter(item => item.kind !== "queued")
  for (const c of [...unseen.keys()]) if (!own.some(item => item.c === c)) forget(c)
  const news = items.filter(item => item.kind === "queued" || isNews(item, unseen.get(item.c)))
  own.filter(item => unseen.has(item.c)).forEach(item => unseen.set(item.c, item))
  news.reverse().forEach(arrive)
  const kept = Object.entries(hushed()).filter(([c]) => unseen.has(c))
  localStorage.setItem(HUSHED, JSON.stringify(Object.fromEntries(kept)))
}
const isNews = (item, known) => !known || item.seq > known.seq || item.epoch > known.epoch
document.addEventListener("line-restored", catchUp)

begin()
