// Offers (T5): who is asked sees a card that rings and counts down, who asks sees a line over the conversation.
import { tell, untell } from "./desktop.js"
import { fetchHtml, send } from "./http.js"
import { flash } from "./shell.js"
import { alarm, isBlocked, look } from "./sound.js"
import { openId, pane } from "./thread.js"

const ALARM_EVERY = 6000
const TOLD = "baton-answered-offers"
const box = () => document.getElementById("offers")
const cards = () => [...box().querySelectorAll("[data-offer]")]
const lines = () => [...document.querySelectorAll("[data-offer-line]")]
const rung = new Set()
let isAsking = false
let isDirty = false

async function read() {
  if (isAsking) return (isDirty = true)
  isAsking = true
  isDirty = false
  const answer = await fetchHtml("/offers")
  isAsking = false
  if (answer.ok) show(answer.html)
  else if (answer.status !== 401) setTimeout(read, 1000 + 1000 * Math.random())
  if (isDirty) read()
}

function show(html) {
  const focused = document.activeElement?.closest("[data-offer]")?.dataset.offer
  const how = document.activeElement?.matches("[data-accept]") ? "[data-accept]" : "[data-decline]"
  const parsed = new DOMParser().parseFromString(html, "text/html").body
  const now = performance.now()
  for (const each of parsed.querySelectorAll("[data-left]")) each.dataset.until = now + 1000 * each.dataset.left
  for (const each of lines()) each.remove()
  box().replaceChildren(...parsed.children)
  if (focused) box().querySelector(`[data-offer="${focused}"]`)?.querySelector(how).focus()
  for (const line of box().querySelectorAll("[data-silent]")) line.hidden = !isBlocked()
  cards().forEach(ring)
  for (const id of rung) if (!cards().some(card => card.dataset.offer === id)) hush(id)
  for (const each of box().querySelectorAll("[data-answered]")) tellAnswer(each.dataset)
  place()
  tick()
  document.dispatchEvent(new CustomEvent("offers-changed", { detail: cards().length }))
}

// As an assignment: the sound, and outside the page when that is allowed.
function ring(card) {
  if (rung.has(card.dataset.offer)) return
  rung.add(card.dataset.offer)
  alarm()
  look()
  tell(card.dataset.offer, card.querySelector("h2").textContent, card.querySelector(".offer-note")?.textContent ?? "", true, () => focus())
}

function hush(id) {
  rung.delete(id)
  untell(id)
}

// The line stands over the conversation that it is about; there is one place for it in the thread.
function place() {
  for (const line of lines()) {
    const isHere = line.dataset.c === openId() && !pane()?.dataset.gone
    const spot = isHere && pane().querySelector("[data-offer-place]")
    spot ? spot.append(line) : box().append(line)
    line.hidden = !spot
  }
}

const clock = seconds => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`

function tick() {
  for (const each of [...cards(), ...lines()]) {
    const left = Math.max(0, Math.ceil((each.dataset.until - performance.now()) / 1000))
    each.querySelector("[data-countdown]").textContent = each.dataset.offer ? `${left} s` : clock(left)
    if (left === 0) each.dataset.offer ? (each.remove(), hush(each.dataset.offer)) : (each.hidden = true)
  }
}

function tellAnswer({ answered, c, state, to, person, seconds }) {
  const told = (sessionStorage.getItem(TOLD) ?? "").split(" ")
  if (told.includes(answered)) return
  sessionStorage.setItem(TOLD, [...told.slice(-20), answered].join(" "))
  if (state === "accepted") document.dispatchEvent(new CustomEvent("transferred", { detail: { c, to, seconds: Number(seconds), isAccepted: true } }))
  else if (state === "declined") flash(`${to} declined ${person}`, "The conversation is still with you.")
  else flash(`${to} did not answer in time`, `${person} is still with you.`)
}

async function answer(card, how) {
  const { offer } = card.dataset
  for (const button of card.querySelectorAll("button")) button.disabled = true
  const answered = await send("POST", `/offers/${offer}/${how}`)
  hush(offer)
  if (!answered.ok) flash(how === "accept" ? "Not accepted" : "Not declined", answered.sentence)
  await read()
  if (answered.ok && how === "accept") open(answered.data.conversation)
}

function open(c) {
  if (document.getElementById("conversation")) htmx.ajax("GET", `/conversations/${c}`, { target: "#conversation" })
  else location.assign(`/inbox?c=${c}`)
}

async function withdraw(button) {
  button.disabled = true
  const answered = await send("DELETE", `/offers/${button.dataset.withdraw}`)
  if (!answered.ok) flash("Not withdrawn", answered.sentence)
  read()
}

document.addEventListener("click", event => {
  const at = selector => event.target.closest(selector)
  const card = at("[data-offer]")
  if (card && at("[data-accept]")) answer(card, "accept")
  else if (card && at("[data-decline]")) answer(card, "decline")
  else if (at("[data-withdraw]")) withdraw(at("[data-withdraw]"))
})
document.addEventListener("frame", event => {
  if (event.detail === "<!--offers-->" || event.detail === "<!--resync-->") read()
})
document.addEventListener("offered", read)
document.addEventListener("line-restored", read)
document.addEventListener("conversation-opened", place)
document.addEventListener("htmx:beforeSwap", event => {
  // The pane goes, the line stays for whichever conversation comes.
  if (event.detail.target?.id === "conversation") for (const line of lines()) box().append(line)
})
setInterval(tick, 1000)
setInterval(() => cards().length && alarm(), ALARM_EVERY)
document.addEventListener("sound-begins", () => cards().length && alarm())

read()
