// The list: rows come, go and move as conversations change, by their attributes against the current filter (N1).
import { filterQuery } from "./filter.js"
import { fetchHtml } from "./http.js"
import { me, myMates, myTeams, refresh, targetOf } from "./shell.js"

const COUNTS_EVERY = 2000
const rowsBox = () => document.getElementById("rows")
const rows = () => [...rowsBox().querySelectorAll(":scope > .row")]
const filter = () => JSON.parse(rowsBox().dataset.filter)

const IN_VIEW = {
  mine: row => row.assignee === me(),
  unassigned: row => row.handler === "queue",
  teams: row => myTeams().includes(row.team) || myMates().includes(row.assignee),
  ai: row => row.handler === "ai_agent",
  all: () => true,
}

function belongs(data, wanted) {
  if (!IN_VIEW[wanted.view](data)) return false
  if (wanted.sort === "waiting" && !data.waiting) return false
  if (wanted.tag && !data.tags.split(" ").includes(wanted.tag)) return false
  return ["kind", "status", "handler", "assignee", "team", "channel", "language"].every(name => !wanted[name] || wanted[name] === data[name])
}

// Keyset order: the time, then the id; both compare as text.
function goesBefore(one, other, sort) {
  const key = row => `${sort === "waiting" ? row.dataset.waiting : row.dataset.at} ${row.dataset.c}`
  return sort === "newest" ? key(one) > key(other) : key(one) < key(other)
}

function isOlder(row, old) {
  const epoch = Number(row.dataset.epoch) - Number(old.dataset.epoch)
  return epoch < 0 || (epoch === 0 && Number(row.dataset.seq) < Number(old.dataset.seq))
}

export function place(row) {
  if (!rowsBox()) return
  const old = document.getElementById(row.id)
  if (old && isOlder(row, old)) return
  const isMoved = !old || ["handler", "assignee", "status", "team"].some(name => old.dataset[name] !== row.dataset[name])
  if (isMoved) countSoon()
  row.removeAttribute("hx-swap-oob")
  inherit(row, old)
  const wanted = filter()
  if (wanted.q) return old && swapIn(row, old)
  if (!belongs(row.dataset, wanted)) return takeOut(old)
  settle(row, old, wanted.sort ?? "newest")
}

function inherit(row, old) {
  if (!old) return
  if (old.dataset.read !== undefined) row.dataset.read = Math.max(Number(old.dataset.read), Number(row.dataset.read ?? 0))
  row.toggleAttribute("data-current", old.hasAttribute("data-current"))
  row.classList.add("is-settled")
}

function settle(row, old, sort) {
  const others = rows().filter(each => each !== old)
  const next = others.find(each => goesBefore(row, each, sort))
  const isWithin = next || rowsBox().dataset.more !== "true" || (old && !goesBefore(old, row, sort))
  if (!isWithin) return takeOut(old) // it is on a page that is not loaded yet
  const follows = old && nextRow(old) === (next ?? null)
  if (follows) return swapIn(row, old)
  const hadFocus = old?.contains(document.activeElement)
  old?.remove()
  rowsBox().querySelector(".rows-empty")?.remove()
  rowsBox().insertBefore(row, next ?? others.at(-1)?.nextSibling ?? rowsBox().firstChild)
  arrived(row, hadFocus)
}

function nextRow(row) {
  let next = row.nextElementSibling
  while (next && !next.matches(".row")) next = next.nextElementSibling
  return next
}

function swapIn(row, old) {
  const hadFocus = old.contains(document.activeElement)
  old.replaceWith(row)
  arrived(row, hadFocus)
}

function arrived(row, hadFocus) {
  htmx.process(row)
  refresh(row)
  markCurrent()
  markUnread(row)
  if (hadFocus) row.querySelector("a").focus({ preventScroll: true })
}

function takeOut(old) {
  if (!old) return
  old.remove()
  if (!rows().length) loadList(false)
}

export function remove(id) {
  takeOut(document.getElementById(`row-${id}`))
  countSoon()
}

// Unread is what is mine, or waits for us, and has moved on since I read it.
export function markUnread(row) {
  const isOurs = row.dataset.assignee === me() || row.dataset.handler === "queue"
  row.toggleAttribute("data-unread", isOurs && Number(row.dataset.seq) > Number(row.dataset.read ?? 0))
  document.dispatchEvent(new Event("unread-changed"))
}

export function markRead(id, seq) {
  const row = document.getElementById(`row-${id}`)
  if (!row) return
  row.dataset.read = Math.max(seq, Number(row.dataset.read ?? 0))
  markUnread(row)
}

export function markCurrent() {
  const open = document.querySelector(".thread-pane[data-c]")?.dataset.c
  for (const row of rows()) {
    row.toggleAttribute("data-current", row.dataset.c === open)
    const link = row.querySelector("a")
    row.dataset.c === open ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")
  }
}

let countTimer = null
function countSoon() {
  countTimer ??= setTimeout(async () => {
    countTimer = null
    const answer = await fetchHtml(`/inbox/views${filterQuery()}`)
    if (answer.ok) htmx.swap(document.body, answer.html, { swapStyle: "none" })
  }, COUNTS_EVERY * (0.5 + Math.random() / 2))
}

// Another view, filter or search: the list alone changes.
export async function loadList(isNew = true) {
  const query = filterQuery()
  const answer = await fetchHtml(`/inbox/list${query}`)
  if (!answer.ok || query !== filterQuery()) return
  htmx.swap(document.body, answer.html, { swapStyle: "none" })
  if (isNew) rowsBox().scrollTop = 0
  dress()
}

// After a cut connection: the first page again, merged into what is shown, so that nothing jumps.
export async function resync() {
  if (!rowsBox()) return
  const query = filterQuery()
  const answer = await fetchHtml(`/inbox/list${query}`)
  if (!answer.ok || query !== filterQuery()) return
  const fresh = new DOMParser().parseFromString(answer.html, "text/html")
  const found = [...fresh.querySelectorAll(".row")]
  const ids = new Set(found.map(row => row.id))
  const sort = filter().sort ?? "newest"
  const isWhole = !fresh.getElementById("rows-more")
  for (const row of rows()) {
    if (!ids.has(row.id) && (isWhole || goesBefore(row, found.at(-1), sort))) row.remove()
  }
  found.forEach(row => place(document.importNode(row, true)))
  if (!found.length) await loadList(false)
  countSoon()
}

// A row that is drawn anew between press and release would swallow the click.
let pressed = null
document.addEventListener("pointerdown", event => {
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey
  pressed = isPlain ? event.target.closest("#rows > .row") : null
})
document.addEventListener("pointerup", event => {
  const row = pressed && !pressed.isConnected && event.target.closest("#rows") && document.getElementById(pressed.id)
  pressed = null
  if (row) row.querySelector("a").click()
})

export function dress() {
  if (!rowsBox()) return
  refresh(rowsBox())
  rows().forEach(markUnread)
  markCurrent()
}

document.addEventListener("htmx:afterSwap", event => {
  if (targetOf(event).closest?.("#rows") || targetOf(event).id === "rows-more") setTimeout(dress)
})

dress()
