// The one socket of the page: when it is made, closed and made again, and what the reader is told of it.
import { saveNow } from "./drafts.js"
import { retryAll } from "./outbox.js"

const BEAT_MS = 10_000
const FOREVER = 2 ** 31 - 1
const SLOW_MS = 1500
const SIGNED_OUT = 4401
const NO_ACCESS = 4403
const SETTLED_MS = 10_000

let current = null
let wrapper = null
let lastHeard = Date.now()
let tries = 0
let isSignedOut = false
let wasOpen = false
let again = null

export const isOpen = () => current?.readyState === WebSocket.OPEN

// The extension makes the sockets, this module decides when: its own timer is put off for good.
htmx.createWebSocket = url => {
  current?.close()
  return (current = new WebSocket(url))
}
htmx.config.wsReconnectDelay = () => FOREVER

document.addEventListener("htmx:wsOpen", event => {
  if (event.detail.event.target !== current) return
  wrapper = event.detail.socketWrapper
  lastHeard = Date.now()
  tries = 0
  restored(wasOpen)
  wasOpen = true
})

function restored(isAgain) {
  hush()
  if (isAgain) retryAll()
  document.dispatchEvent(new Event("line-restored"))
}

document.addEventListener("htmx:wsClose", event => {
  const { event: close, socketWrapper } = event.detail
  if (close.target !== current || isSignedOut) return
  wrapper = socketWrapper
  if (close.code === SIGNED_OUT) return signOut()
  if (close.code === NO_ACCESS && performance.now() > SETTLED_MS) return reload()
  say(navigator.onLine ? "reconnecting" : "offline")
  reconnectSoon()
})

function reconnectSoon() {
  again ??= setTimeout(reconnect, (200 + 800 * Math.random()) * Math.min(2 ** tries++, 5))
}

// A refused handshake and a cut line look the same here, so the session is asked for first.
async function reconnect() {
  again = null
  if (isSignedOut) return
  try {
    const answer = await fetch("/session", { credentials: "same-origin", cache: "no-store" })
    if (answer.status === 401) return signOut()
    if (!answer.ok) throw new Error("not yet")
    wrapper.reconnect()
  } catch {
    reconnectSoon()
  }
}

// A half-open connection never closes by itself: no beat for two and a half intervals ends it.
function doubt() {
  if (isSignedOut || !wrapper || Date.now() - lastHeard < 2.5 * BEAT_MS) return
  lastHeard = Date.now()
  say("reconnecting")
  wrapper.reconnect()
}
setInterval(doubt, BEAT_MS / 4)
// Who wakes a laptop or a frozen tab shall not wait for that.
for (const kind of ["visibilitychange", "resume"]) document.addEventListener(kind, doubt)
addEventListener("focus", doubt)

addEventListener("online", () => {
  if (isOpen()) restored(true) // the line is back before the socket noticed that it was gone
  else if (wrapper) reconnectSoon()
})
addEventListener("offline", () => say("offline"))
document.addEventListener("signed-out", signOut)

document.addEventListener("htmx:wsBeforeMessage", event => {
  event.preventDefault() // frames are applied by live.js, which knows what the page has
  lastHeard = Date.now()
  document.dispatchEvent(new CustomEvent("frame", { detail: event.detail.message }))
})

// What one may see has changed: the whole page is made anew, the draft is on the server.
function reload() {
  saveNow()
  location.reload()
}

function signOut() {
  isSignedOut = true
  saveNow()
  say("signed-out")
  const link = document.querySelector("#connection a")
  if (!link) return
  link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`
  if (document.querySelector("form[data-dirty]")) link.target = "_blank" // drafts are on the server, settings only here
}

// Who signed in again in another tab goes on in this one: only its token is fetched anew, so what was typed stays.
async function lookAgain() {
  if (!isSignedOut) return
  const answer = await fetch("/account", { credentials: "same-origin" }).catch(() => null)
  if (!answer?.ok || answer.redirected || !isSignedOut) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  if (page.body.dataset.user !== document.body.dataset.user) return location.reload()
  document.querySelector('meta[name="csrf-token"]').content = page.querySelector('meta[name="csrf-token"]').content
  isSignedOut = false
  document.dispatchEvent(new Event("signed-in"))
  hush()
  reconnect()
}
const tabs = new BroadcastChannel("baton-session")
tabs.onmessage = lookAgain
tabs.postMessage("here")
addEventListener("focus", lookAgain)

let saying = null
function say(what) {
  if (isSignedOut && what !== "signed-out") return
  clearTimeout(saying)
  const place = document.getElementById("connection")
  const show = () => {
    place.replaceChildren(document.getElementById(`template-${what}`).content.cloneNode(true))
    place.hidden = false
  }
  what === "reconnecting" && place.hidden ? (saying = setTimeout(show, SLOW_MS)) : show()
}

function hush() {
  clearTimeout(saying)
  document.getElementById("connection").hidden = true
}
