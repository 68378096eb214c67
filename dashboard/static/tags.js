// The tags of a conversation: type for suggestions, arrows move, Enter adds what is marked, Esc closes the list.
import { targetOf } from "./shell.js"

const formOf = element => element?.closest?.("[data-tag-add]")
const boxOf = form => form.querySelector("[role=combobox]")
const listOf = form => form.querySelector("[role=listbox]")
const optionsOf = form => [...form.querySelectorAll("[role=option]")]
const currentOf = form => document.getElementById(boxOf(form).getAttribute("aria-activedescendant") ?? "")

function show(form, isOpen) {
  listOf(form).hidden = !isOpen
  boxOf(form).setAttribute("aria-expanded", String(isOpen))
  if (!isOpen) point(form, null)
}

function point(form, option) {
  for (const each of optionsOf(form)) each.setAttribute("aria-selected", String(each === option))
  option ? boxOf(form).setAttribute("aria-activedescendant", option.id) : boxOf(form).removeAttribute("aria-activedescendant")
  option?.scrollIntoView({ block: "nearest" })
}

function move(form, step) {
  const options = optionsOf(form)
  if (!options.length) return
  if (listOf(form).hidden) show(form, true)
  const at = options.indexOf(currentOf(form))
  point(form, options[at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length])
}

function add(form, word) {
  boxOf(form).value = word
  if (word.trim()) form.requestSubmit()
}

document.addEventListener("keydown", event => {
  const form = formOf(event.target)
  if (!form) return
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault()
    move(form, event.key === "ArrowDown" ? 1 : -1)
  } else if (event.key === "Enter") {
    event.preventDefault()
    add(form, currentOf(form)?.dataset.word ?? boxOf(form).value)
  } else if (event.key === "Escape" && !listOf(form).hidden) {
    event.stopPropagation() // the pane around it stays
    show(form, false)
  }
}, true)

// What is pressed must not take the focus from where one types.
document.addEventListener("mousedown", event => {
  if (event.target.closest("[data-tag-add] [role=listbox]")) event.preventDefault()
})
document.addEventListener("click", event => {
  const option = event.target.closest("[data-tag-add] [role=option]")
  if (option) add(formOf(option), option.dataset.word)
})
document.addEventListener("input", event => {
  if (formOf(event.target)) point(formOf(event.target), null) // what is listed was for other letters
})
document.addEventListener("focusout", event => {
  const form = formOf(event.target)
  if (form && !form.contains(event.relatedTarget)) show(form, false)
})

// Suggestions came: the first is marked when it is for what stands there now, so that Enter takes it.
document.addEventListener("htmx:afterSwap", event => {
  const form = formOf(targetOf(event))
  if (!form || targetOf(event) !== listOf(form)) return
  const isOpen = form.contains(document.activeElement) && optionsOf(form).length > 0
  show(form, isOpen)
  const typed = boxOf(form).value
  if (isOpen && typed.trim() && event.detail.requestConfig.parameters.tag === typed) point(form, optionsOf(form)[0])
})

// It is added, and the next one can be typed; what was refused stays.
document.addEventListener("htmx:afterRequest", event => {
  const form = event.target.matches?.("[data-tag-add]") ? event.target : null
  if (!form || !event.detail.successful) return
  boxOf(form).value = ""
  listOf(form).replaceChildren()
  show(form, false)
})

// The button that took a tag off is gone: whoever used it goes on typing.
document.addEventListener("htmx:afterSettle", event => {
  const box = document.getElementById(event.detail.target?.id ?? "")
  if (box?.matches(".tag-box") && document.activeElement.matches("body, main")) box.querySelector("[role=combobox]")?.focus()
})
