// The transfer dialog: type to narrow, arrows move, Enter chooses; the note survives Esc; nothing happens before Transfer.
import { me } from "./shell.js"

const form = () => document.querySelector("[data-transfer-of]")
const search = () => form().querySelector("[role=combobox]")
const choices = () => [...form().querySelectorAll("[role=option]")]
const shown = () => choices().filter(choice => !choice.hidden)
const current = () => document.getElementById(search().getAttribute("aria-activedescendant") ?? "")
const noteKey = c => `baton-transfer-note-${me()}-${c}`

function narrow() {
  const words = search().value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const choice of choices()) choice.hidden = !words.every(word => choice.dataset.words.includes(word))
  for (const group of form().querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[role=option]:not([hidden])")
  form().querySelector("[data-none]").hidden = shown().length > 0
  point(words.length ? shown()[0] : null)
}

function point(choice) {
  for (const each of choices()) each.toggleAttribute("data-current", each === choice)
  choice ? search().setAttribute("aria-activedescendant", choice.id) : search().removeAttribute("aria-activedescendant")
  choice?.scrollIntoView({ block: "nearest" })
}

function move(step) {
  const list = shown()
  const at = list.indexOf(current() ?? list.find(choice => choice.ariaSelected === "true"))
  const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length
  point(list[next] ?? null)
}

// What would happen is said at once; the note is what comes next.
function choose(choice) {
  for (const each of choices()) each.setAttribute("aria-selected", String(each === choice))
  form().querySelector("[data-to]").value = choice.dataset.value
  form().querySelector("[data-says-here] span").textContent = choice.dataset.says
  point(choice)
}

function onKey(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault()
    move(event.key === "ArrowDown" ? 1 : -1)
  } else if (event.key === "Enter") {
    event.preventDefault()
    if (!current()) return
    choose(current())
    form().querySelector("[name=note]").focus()
  }
}

document.addEventListener("keydown", event => {
  if (event.target.matches?.("[data-transfer-of] [role=combobox]")) onKey(event)
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.("[data-transfer-of]")) {
    event.preventDefault()
    form().requestSubmit()
  } else if (event.altKey && event.code === "KeyT" && !event.ctrlKey && !event.metaKey && !document.querySelector("dialog[open]")) {
    const button = document.querySelector("[data-open-transfer]")
    if (!button) return
    event.preventDefault()
    button.click()
  }
})
document.addEventListener("click", event => {
  const choice = event.target.closest("[data-transfer-of] [role=option]")
  if (choice) choose(choice)
})
document.addEventListener("input", event => {
  if (!event.target.closest("[data-transfer-of]")) return
  if (event.target.name === "note") keepNote(event.target.value)
  else narrow()
})

// Esc closes the dialog; what was typed is there when it is opened again, until the transfer is done.
function keepNote(text) {
  const key = noteKey(form().dataset.transferOf)
  text ? sessionStorage.setItem(key, text) : sessionStorage.removeItem(key)
}

for (const kind of ["transferred", "offered"]) document.addEventListener(kind, event => sessionStorage.removeItem(noteKey(event.detail.c)))

document.addEventListener("htmx:load", event => {
  if (!event.target.querySelector?.("[data-transfer-of]") && !event.target.matches?.("[data-transfer-of]")) return
  const note = form().querySelector("[name=note]")
  note.value ||= sessionStorage.getItem(noteKey(form().dataset.transferOf)) ?? ""
  // A form that was refused comes without a new dialog: the focus goes where something is to be done.
  if (form().querySelector("[role=alert]")) search().focus()
})
