// The Queue page and the receipt of what waits: read again when a queue has moved, at most once a second (A6).
import { fetchHtml, send } from "./http.js"
import { flash, refresh } from "./shell.js"

const GATHER_MS = 150
const EVERY_MS = 1000

// However much happens: soon after the first, and then once in a while.
function throttled(run) {
  let timer = null, last = 0
  return () => {
    const pause = Math.max(GATHER_MS, last + EVERY_MS - Date.now())
    timer ??= setTimeout(async () => {
      last = Date.now()
      await run()
      timer = null
    }, pause * (1 + Math.random() / 4))
  }
}

const page = () => document.getElementById("queue-page")
const refreshPage = throttled(async () => {
  if (!page()) return
  const answer = await fetchHtml(page().dataset.list)
  if (answer.status === 401) return document.dispatchEvent(new Event("signed-out"))
  if (answer.status === 403 || answer.status === 404) return location.assign("/inbox")
  if (answer.ok) merge(document.getElementById("queue"), parsed(answer.html))
})

const receipt = () => document.querySelector('.thread-head[data-handler="queue"]') && document.querySelector("[data-why]")
const refreshReceipt = throttled(async () => {
  const old = receipt()
  if (!old) return
  const answer = await fetchHtml(`/conversations/${old.dataset.why}/why`)
  if (answer.ok && old.isConnected) put(old, parsed(answer.html))
})

const parsed = html => new DOMParser().parseFromString(html, "text/html").body.firstElementChild

document.addEventListener("frame", event => {
  const text = event.detail
  const isOfQueue = text === "<!--queue-->" || text === "<!--resync-->"
  if (isOfQueue) refreshReceipt()
  // Of a conversation everything counts but its messages: it may have come, gone, or freed somebody.
  if (isOfQueue || (text.startsWith("<!--c=") && !/^<!--[^>]* what=message(-->| )/.test(text))) refreshPage()
})
document.addEventListener("line-restored", () => {
  refreshPage()
  refreshReceipt()
})

// What is the same stays the same element, so that nothing that is read, open or focused is disturbed.
function merge(old, fresh) {
  const wanted = new Set([...fresh.children].map(part => part.id))
  for (const child of [...old.children]) if (!wanted.has(child.id)) child.remove()
  let after = null
  for (const part of [...fresh.children]) {
    const found = document.getElementById(part.id)
    let here = found?.parentElement === old ? found : null
    if (!here) here = adopt(part)
    else if (part.hasAttribute("data-merge")) merge(here, part)
    else if (essence(here) !== essence(part)) here = put(here, part)
    const next = after ? after.nextElementSibling : old.firstElementChild
    if (here !== next) old.insertBefore(here, next)
    after = here
  }
}

function adopt(part) {
  const node = document.importNode(part, true)
  refresh(node)
  return node
}

// Drawn anew: what was unfolded stays unfolded, and the focus where it was.
function put(old, part) {
  const node = adopt(part)
  const before = [...old.querySelectorAll("details")]
  node.querySelectorAll("details").forEach((each, index) => before[index] && (each.open = before[index].open))
  const places = "a, button, summary"
  const focused = [...old.querySelectorAll(places)].indexOf(document.activeElement)
  old.replaceWith(node)
  if (focused >= 0) node.querySelectorAll(places)[focused]?.focus({ preventScroll: true })
  return node
}

// Without what the page itself has changed: times as the reader sees them, what they have unfolded.
function essence(node) {
  const copy = node.cloneNode(true)
  for (const time of copy.querySelectorAll("time")) time.replaceWith(time.dateTime)
  for (const each of copy.querySelectorAll("details")) each.removeAttribute("open")
  return copy.outerHTML
}

document.addEventListener("click", async event => {
  const button = event.target.closest("[data-queue-claim]")
  if (!button) return
  button.disabled = true
  const c = button.dataset.queueClaim
  const answer = await send("POST", `/conversations/${c}/claim`, { epoch: button.closest("[data-epoch]").dataset.epoch })
  if (answer.ok) return location.assign(`/conversations/${c}`)
  button.disabled = false
  if (answer.status === 401) return document.dispatchEvent(new Event("signed-out"))
  flash("Not claimed", answer.sentence)
  refreshPage()
})
