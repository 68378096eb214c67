// Idle logout (P5): what the reader does is reported, at most once a minute, and a minute before the end every tab warns.
// What pages do by themselves counts for nothing, so scrolling is known by the wheel and the finger.
import { send } from "./http.js"
import { copyOf } from "./shell.js"

const EVERY_MS = 60_000
const WARNING_MS = 60_000
const { inputAge, idleLeft } = document.body.dataset
const tabs = new BroadcastChannel("baton-idle")

let reported = Date.now() - 1000 * Number(inputAge)
let touched = 0
let pending = null
let deadline = null
let card = null
let isAsking = false
let isReporting = false
let wasOpen = false
let isOver = false

for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
  addEventListener(kind, touch, { capture: true, passive: true })
}

function touch(event) {
  if (!event.isTrusted || isOver) return
  touched = Date.now()
  const wait = card && !isReporting ? 0 : reported + EVERY_MS - touched
  if (wait <= 0) report()
  else pending ??= setTimeout(report, wait)
}

async function report() {
  clearTimeout(pending)
  pending = null
  const before = reported
  const age = Math.round((Date.now() - touched) / 1000)
  reported = Date.now()
  isReporting = true
  const answer = await send("POST", "/me/activity", { age })
  isReporting = false
  if (!answer.ok) reported = before // the next touch tries again
  learn(answer)
  if (answer.ok) tabs.postMessage({ reported, deadline })
}

// What was touched in one tab counts in all.
tabs.onmessage = event => {
  reported = event.data.reported
  expect(event.data.deadline)
}

async function ask() {
  if (isAsking || isOver) return
  isAsking = true
  learn(await send("GET", "/me/activity"))
  isAsking = false
}

function learn(answer) {
  if (answer.status === 401) document.dispatchEvent(new Event("signed-out"))
  else if (answer.ok) expect(answer.data.ends_in === null ? null : Date.now() + 1000 * answer.data.ends_in)
}

function expect(moment) {
  deadline = moment
  draw()
}

function draw() {
  const left = deadline === null || isOver ? Infinity : deadline - Date.now()
  if (left > WARNING_MS) return hide()
  if (left <= 0) return ask() // the server decides: it may have heard of other input
  show(Math.ceil(left / 1000))
}

function show(seconds) {
  const place = document.querySelector("dialog[open]") ?? document.body // beside an open dialog nothing can be pressed
  card ??= copyOf("template-idle")
  if (card.parentElement !== place) place.append(card)
  card.querySelector("[data-seconds]").textContent = seconds
}

function hide() {
  card?.remove()
  card = null
}

document.addEventListener("signed-out", () => {
  isOver = true
  clearTimeout(pending)
  hide()
})
document.addEventListener("signed-in", () => {
  isOver = false
  ask()
})
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && deadline !== null && ask())
document.addEventListener("line-restored", () => {
  if (wasOpen) ask()
  wasOpen = true
})
document.addEventListener("frame", event => event.detail === "<!--resync-->" && ask()) // the setting may have changed
setInterval(draw, 1000)
expect(idleLeft === "" ? null : Date.now() + 1000 * Number(idleLeft))
