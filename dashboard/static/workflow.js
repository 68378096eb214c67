// The workflow beside its settings: lists of users and teams that can be searched, and a tree that keeps its place.
import { targetOf } from "./shell.js"

const picker = element => element.closest("[data-picker]")

function search(input) {
  const words = input.value.trim().toLocaleLowerCase()
  let found = 0
  for (const choice of picker(input).querySelectorAll(".choice")) {
    const name = choice.querySelector("[data-picker-name]").textContent.toLocaleLowerCase()
    choice.hidden = !name.includes(words)
    if (!choice.hidden) found += 1
  }
  const none = picker(input).querySelector("[data-picker-none]")
  none.hidden = found > 0 || !words
}

function count(list) {
  const chosen = list.querySelectorAll("input[type=checkbox]:checked").length
  list.querySelector("[data-picker-count]").textContent = `${chosen} chosen`
}

document.addEventListener("input", event => {
  if (event.target.matches("[data-picker-search]")) search(event.target)
})
document.addEventListener("change", event => {
  if (event.target.type === "checkbox" && picker(event.target)) count(picker(event.target))
})
// Enter belongs to the search here: it must not send the form.
document.addEventListener("keydown", event => {
  if (event.key === "Enter" && event.target.matches("[data-picker-search]")) event.preventDefault()
})

// A form that came back refused, or filled from an earlier version, holds what nothing else does.
function tellUnsaved() {
  document.querySelector("form.handoff[data-refused]")?.dispatchEvent(new Event("change", { bubbles: true }))
}
document.addEventListener("htmx:afterSwap", event => {
  if (targetOf(event).id !== "panel") return
  tellUnsaved()
  // The button that was pressed is gone: whoever works by keyboard goes on where something is to be done.
  const next = targetOf(event).querySelector("[aria-invalid=true]") ?? targetOf(event).querySelector(".save-bar [type=submit]")
  next?.focus({ preventScroll: true })
  // Once saved, the address no longer names a version to fill the form from.
  const saved = document.querySelector("form.handoff:not([data-refused])")
  if (saved) history.replaceState({}, "", saved.dataset.address)
})
document.addEventListener("click", event => {
  if (event.target.closest("[data-leave]")) document.querySelector("form.handoff")?.removeAttribute("data-dirty")
})

// The tree stays where it was when another of its actions is selected.
const tree = document.querySelector("[data-keep-scroll]")
if (tree) {
  const key = `flow-${tree.dataset.keepScroll}`
  tree.scrollTop = Number(sessionStorage.getItem(key)) || 0
  tree.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" })
  addEventListener("pagehide", () => sessionStorage.setItem(key, String(tree.scrollTop)))
  tellUnsaved()
}
