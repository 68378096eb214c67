// One press, one request: until the answer is there, pressing the same again does nothing.
const SLOW_MS = 300

const waiting = new Map()

// What changes by itself, as a search does, is no press: there the last value counts.
function isPress({ triggeringEvent, verb }) {
  return triggeringEvent?.type === "click" || (triggeringEvent?.type === "submit" && verb !== "get")
}

const buttonsOf = element => element.tagName === "FORM" ? [...element.elements].filter(one => one.type === "submit") : [element]

document.addEventListener("htmx:confirm", event => {
  if (isPress(event.detail) && waiting.has(event.detail.elt)) event.preventDefault()
})

// A disabled button would lose the focus, so it is only said to be one.
document.addEventListener("htmx:beforeSend", event => {
  const { elt, verb } = event.detail.requestConfig
  if (!isPress({ triggeringEvent: event.detail.requestConfig.triggeringEvent, verb })) return
  const words = elt.querySelector?.("[data-unsaved]")
  const before = words?.textContent
  const timer = setTimeout(() => words && (words.textContent = "Saving…"), SLOW_MS)
  waiting.set(elt, { timer, words, before })
  for (const button of buttonsOf(elt)) button.setAttribute("aria-disabled", "true")
})

document.addEventListener("htmx:afterRequest", event => {
  const elt = event.detail.requestConfig?.elt
  const held = waiting.get(elt)
  if (!held) return
  waiting.delete(elt)
  clearTimeout(held.timer)
  if (held.words?.textContent === "Saving…") held.words.textContent = held.before
  for (const button of buttonsOf(elt)) button.removeAttribute("aria-disabled")
})
