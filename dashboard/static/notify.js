// Nobody misses what is theirs (P6): a card in the page, a sound in one tab, the title, the favicon.
import { copyOf, me, refresh } from "./shell.js"
import { openId } from "./thread.js"

const ALARM_EVERY = 6000
const waiting = new Map()
const tabs = new BroadcastChannel("baton")
let isLeader = false
let audio = null

// One tab sounds: whoever holds the lock.
if (navigator.locks) {
  navigator.locks.request("baton-sound", () => {
    isLeader = true
    return new Promise(() => {})
  })
} else isLeader = true // no locks without https: better two sounds than none

// Browsers let a page sound only after the reader has touched it.
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => (audio ??= new AudioContext()), { once: true })
}

function play(notes) {
  if (!isLeader || audio?.state !== "running") return
  notes.forEach(([frequency, start, length]) => {
    const tone = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + start
    tone.frequency.value = frequency
    volume.gain.setValueAtTime(0, at)
    volume.gain.linearRampToValueAtTime(0.16, at + 0.015)
    volume.gain.exponentialRampToValueAtTime(0.001, at + length)
    tone.connect(volume).connect(audio.destination)
    tone.start(at)
    tone.stop(at + length)
  })
}

const alarm = () => play([[660, 0, 0.28], [880, 0.16, 0.36]])
const ding = () => play([[740, 0, 0.25]])
const isWatched = c => document.visibilityState === "visible" && document.hasFocus() && openId() === c
const isForMe = frame => frame.to.includes(me())

export function ring(frame) {
  const what = new Set(frame.what)
  if (frame.from === me()) tellFormer(frame)
  else if (!isForMe(frame)) return
  else if (what.has("assigned")) assigned(frame)
  else if (what.has("queued")) queued(frame)
  else if (what.has("message")) newMessage(frame)
}

function assigned(frame) {
  card(frame, "It is with you now")
  expectLook(frame.c, true)
  alarm()
}

function newMessage(frame) {
  if (isWatched(frame.c)) return
  if (openId() !== frame.c) card(frame, "New message")
  expectLook(frame.c, waiting.get(frame.c) ?? false)
  ding()
}

function queued(frame) {
  card(frame, "Waiting for somebody")
  ding()
}

// What was counted or rang until now is somebody else's (T7).
function tellFormer(frame) {
  seen(frame.c)
  card(frame, "No longer with you")
}

function subject(frame) {
  const parsed = new DOMParser().parseFromString(frame.html, "text/html")
  return {
    name: parsed.querySelector(".row-name")?.textContent ?? "A conversation",
    preview: parsed.querySelector(".row-preview")?.textContent ?? "",
  }
}

function card(frame, title) {
  const { name, preview } = subject(frame)
  document.querySelector(`#flash [data-about="${frame.c}"]`)?.remove()
  const node = copyOf("template-card")
  node.dataset.about = frame.c
  node.querySelector("strong").textContent = `${name} · ${title}`
  node.querySelector("p").textContent = preview
  node.querySelector("a").href = `/inbox?c=${frame.c}`
  node.querySelector("a").setAttribute("hx-get", `/conversations/${frame.c}`)
  document.getElementById("flash").append(node)
  htmx.process(node)
  refresh(node)
  setTimeout(() => !waiting.get(frame.c) && node.remove(), 8000)
  outside(frame.c, `${name} · ${title}`, preview)
}

function outside(c, title, body) {
  if (document.visibilityState === "visible" || !isLeader || globalThis.Notification?.permission !== "granted") return
  const note = new Notification(title, { body, tag: c })
  note.onclick = () => {
    focus()
    htmx.ajax("GET", `/conversations/${c}`, { target: "#conversation" })
  }
}

function expectLook(c, isAlarm) {
  waiting.set(c, isAlarm)
  drawTitle()
}

// The alarm of an assignment repeats until it has been seen, in any tab.
setInterval(() => {
  if ([...waiting.values()].some(Boolean)) alarm()
}, ALARM_EVERY)

function seen(c) {
  if (!waiting.delete(c)) return
  document.querySelector(`#flash [data-about="${c}"]`)?.remove()
  drawTitle()
}
document.addEventListener("seen", event => {
  document.querySelector(`#flash [data-about="${event.detail}"]`)?.remove()
  seen(event.detail)
  tabs.postMessage({ seen: event.detail })
})
tabs.onmessage = event => seen(event.data.seen)
document.addEventListener("click", event => {
  const about = event.target.closest("[data-dismiss]")?.closest("[data-about]")?.dataset.about
  if (!about) return
  seen(about)
  tabs.postMessage({ seen: about })
})

const plain = document.title
const icon = document.querySelector('link[rel="icon"]')
const calmIcon = icon.getAttribute("href")

function drawTitle() {
  document.title = waiting.size ? `(${waiting.size}) ${plain}` : plain
  icon.href = waiting.size ? calmIcon.replace("icon.svg", "icon-unread.svg") : calmIcon
}

const allow = document.querySelector("[data-allow-notifications]")
function tellPermission() {
  const words = { granted: "Browser notifications are on.", denied: "Your browser blocks them for this site; its settings can allow them." }
  const state = "Notification" in window ? Notification.permission : "denied"
  allow.hidden = state !== "default"
  document.querySelector("[data-notifications-state]").textContent = words[state] ?? ""
}
if (allow) {
  tellPermission()
  allow.addEventListener("click", () => Notification.requestPermission().then(tellPermission))
}
