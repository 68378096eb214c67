// Cards in the corner: what arrived, for eight seconds or, as long as its alarm rings, until it is seen.
import { copyOf, refresh } from "./shell.js"
import { isBlocked, isOn, look, onChange, setOn, test } from "./sound.js"

const CARD_MS = 8000
const AT_ONCE = 3
const TITLES = { assigned: "It is with you now", message: "New message", queued: "Waiting for somebody", former: "No longer with you" }
const box = document.getElementById("flash")

export const cardOf = c => box.querySelector(`[data-about="${c}"]`)

// One card per conversation; answers its title, which the browser may say outside the page.
export function show(item, isLasting) {
  drop(item.c)
  const card = copyOf("template-card")
  Object.assign(card.dataset, { about: item.c, kind: item.kind })
  const title = `${item.name} · ${TITLES[item.kind]}`
  card.querySelector("strong").textContent = title
  card.querySelector("p").textContent = item.preview
  card.querySelector("[data-silent]").hidden = !isBlocked()
  link(card.querySelector("a"), item)
  box.append(card)
  htmx.process(card)
  refresh(card)
  stack()
  look()
  if (!isLasting) setTimeout(() => remove(card), CARD_MS)
  return title
}

function link(anchor, { c, isGone }) {
  anchor.href = isGone ? "/inbox" : `/inbox?c=${c}`
  const isHere = document.getElementById("conversation") && !isGone
  if (isHere) anchor.setAttribute("hx-get", `/conversations/${c}`)
}

export function drop(c) {
  remove(cardOf(c))
}

function remove(card) {
  card?.remove()
  stack()
}

// Three are read at a glance; of more, a line says how many.
function stack() {
  const cards = [...box.querySelectorAll("[data-about]")]
  cards.forEach((card, index) => (card.hidden = index < cards.length - AT_ONCE))
  document.getElementById("more-cards")?.remove()
  if (cards.length <= AT_ONCE) return
  const line = copyOf("template-more-cards")
  line.querySelector("span").textContent = `${cards.length - AT_ONCE} more`
  box.prepend(line)
}

// That nothing is heard is said on the cards and on the account page, where the sound is set.
function showSound() {
  for (const line of document.querySelectorAll("[data-silent]")) line.hidden = !isBlocked()
  for (const one of document.querySelectorAll("[data-sound]")) one.checked = isOn()
}
onChange(showSound)
showSound()

document.addEventListener("change", event => event.target.matches("[data-sound]") && setOn(event.target.checked))
document.addEventListener("click", async event => {
  if (!event.target.closest("[data-play-sound]")) return
  const words = (await test()) ? "Played. Nothing heard? Look at the volume of this device." : "This browser could not play it."
  document.querySelector("[data-sound-state]").textContent = words
})
