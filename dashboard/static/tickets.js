// The dialog of a new ticket: it says what will happen, keeps a draft, and asks before one is lost.
import { copyOf, flash, me, targetOf } from "./shell.js"

const KEPT = ["client_id", "to", "known_email", "name", "email", "subject", "text"]
const form = () => document.querySelector("#modal [data-ticket]")
const dialog = () => form()?.closest("dialog")
const keyOf = origin => `baton-ticket-${me()}-${origin}`

// What was in it when it was opened is not yet a draft.
let fresh = ""
const written = () => KEPT.slice(2).map(name => valueOf(name)).join("\n")
const valueOf = name => form().elements[name]?.value ?? ""
const isDirty = () => form() && !form().hasAttribute("data-done") && written() !== fresh

function saveDraft() {
  const key = keyOf(form().dataset.origin)
  if (isDirty()) localStorage.setItem(key, JSON.stringify(Object.fromEntries(KEPT.map(name => [name, valueOf(name)]))))
  else localStorage.removeItem(key)
  dialog().toggleAttribute("data-dirty", isDirty())
}

function restoreDraft() {
  const kept = localStorage.getItem(keyOf(form().dataset.origin))
  if (!kept) return
  for (const [name, value] of Object.entries(JSON.parse(kept))) {
    const field = form().elements[name]
    if (field) field.value = value
  }
  form().querySelector("[data-draft-note]").hidden = false
  dialog().toggleAttribute("data-dirty", true)
}

function forgetDraft(origin = form().dataset.origin) {
  localStorage.removeItem(keyOf(origin))
}

function showPart() {
  for (const part of form().querySelectorAll("[data-ticket-part]")) part.hidden = part.dataset.ticketPart !== valueOf("to")
}

function address() {
  if (valueOf("to") === "new") return valueOf("email").trim()
  const chosen = form().querySelector("[name=person]:checked")
  const own = form().querySelector("[data-email-of]")
  return chosen?.dataset.email || (own && own.dataset.emailOf === chosen?.value ? own.value.trim() : "")
}

function showFate() {
  const from = document.getElementById("ticket-choices").dataset.mailbox
  const fate = !from ? "none" : address() ? "mail" : "nobody"
  for (const line of form().querySelectorAll("[data-fate-of]")) line.hidden = line.dataset.fateOf !== fate
  for (const place of form().querySelectorAll("[data-fate-from]")) place.textContent = from
  form().querySelector("[data-fate-to]").textContent = address()
}

function dress() {
  showPart()
  showFate()
}

function open() {
  fresh = written()
  restoreDraft()
  dress()
  dialog().addEventListener("cancel", event => {
    if (event.target !== dialog() || !isDirty()) return
    event.preventDefault()
    ask()
  })
}

function ask() {
  const question = copyOf("template-ask-ticket")
  const on = (name, act) => question.querySelector(`[data-${name}]`).addEventListener("click", () => {
    question.close()
    act()
  })
  on("go-on", () => form().elements.text.focus())
  on("keep", () => dialog().close())
  on("discard", () => {
    forgetDraft()
    dialog().close()
  })
  question.addEventListener("close", () => question.remove())
  document.body.append(question)
  question.showModal()
}

// Before the page's own: what would close the dialog asks first.
document.addEventListener("click", event => {
  if (!form() || !isDirty() || !dialog().contains(event.target)) return
  if (event.target !== dialog() && !event.target.closest("[data-close]")) return
  event.preventDefault()
  event.stopPropagation()
  ask()
}, true)
document.addEventListener("click", event => {
  if (!event.target.closest("[data-forget-draft]")) return
  const { origin } = form().dataset
  forgetDraft(origin)
  htmx.ajax("GET", `/tickets/new${origin ? `?from=${origin}` : ""}`, { target: "#modal" })
})
document.addEventListener("input", event => {
  if (!event.target.closest("[data-ticket]")) return
  dress()
  saveDraft()
})
document.addEventListener("keydown", event => {
  if (!event.target.closest("[data-ticket]") || event.key !== "Enter") return
  if (event.target.name === "q") event.preventDefault()
  else if (event.ctrlKey || event.metaKey) {
    event.preventDefault()
    form().requestSubmit()
  }
})
document.addEventListener("htmx:afterSwap", event => {
  if (!form()) return
  if (targetOf(event).id === "modal") open()
  else if (dialog().contains(targetOf(event)) || targetOf(event).id === "ticket-form") dress()
  // What was refused came back with its button: the focus goes where something is to be done.
  if (targetOf(event).id === "ticket-form") form().querySelector("[aria-invalid=true]")?.focus()
})
document.addEventListener("htmx:oobAfterSwap", () => form() && dress())
// The dialog is closed by the same answer, before or after this.
document.addEventListener("ticket-created", event => {
  const mine = form()
  if (mine) mine.toggleAttribute("data-done", true)
  forgetDraft(mine ? mine.dataset.origin : lastOrigin)
  if (event.detail.c) htmx.ajax("GET", `/conversations/${event.detail.c}`, { target: "#conversation" })
  else flash("Ticket created", "It is with somebody else, and not yours to see.", "success")
})
let lastOrigin = ""
document.addEventListener("htmx:beforeRequest", event => {
  if (event.target.matches?.("[data-ticket]")) lastOrigin = event.target.dataset.origin
})
