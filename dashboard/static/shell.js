// The frame of every page: messages in the corner, dialogs, disclosures, what is the reader's own.
import { showTimes } from "./times.js"

export const me = () => document.body.dataset.user
const words = name => (document.body.dataset[name] ?? "").split(" ").filter(Boolean)
export const myTeams = () => words("teams")
export const myMates = () => words("mates")

// Fragments are the same for everybody; the page says which are the reader's.
export function markMine(root = document) {
  const mark = element => element.toggleAttribute("data-mine", element.dataset.assignee === me())
  if (root.matches?.("[data-assignee]")) mark(root)
  root.querySelectorAll("[data-assignee]").forEach(mark)
}

// What htmx put something into; a swap of our own names only the element.
export const targetOf = event => event.detail?.target ?? event.target

export function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true)
}

export function flash(title, text = "", kind = "error") {
  const card = copyOf(`template-toast-${kind}`)
  card.querySelector("strong").textContent = title
  const line = card.querySelector("p")
  line.textContent = text
  line.hidden = !text
  document.getElementById("flash").append(card)
  return card
}

export function refresh(root = document) {
  showTimes(root)
  markMine(root)
}

document.addEventListener("click", event => {
  const at = selector => event.target.closest(selector)
  if (at("[data-dismiss]")) at("[data-toast], .toast-card").remove()
  else if (at("[data-close]")) at("dialog").close()
  else if (at("[data-toggle]")) toggle(at("[data-toggle]"))
  else if (event.target.matches("dialog") && !event.target.hasAttribute("data-dirty")) event.target.close()
})

function toggle(button) {
  const panel = document.querySelector(button.dataset.toggle)
  panel.hidden = !panel.hidden
  button.setAttribute("aria-expanded", String(!panel.hidden))
  if (!panel.hidden) panel.dispatchEvent(new Event("shown"))
}

// A dialog that arrives is opened as one: focus goes in and, when it closes, back to where it was.
document.addEventListener("htmx:afterSwap", event => {
  if (targetOf(event).id !== "modal") return
  const dialog = document.querySelector("#modal dialog")
  if (!dialog || dialog.open) return
  const before = document.activeElement
  dialog.showModal()
  dialog.addEventListener("close", () => {
    dialog.remove()
    before?.focus?.()
  })
})
document.addEventListener("close-dialog", () => document.querySelector("#modal dialog")?.close())

document.addEventListener("change", event => {
  const form = event.target.closest("[data-transfer]")
  if (!form || !event.target.dataset.part) return
  for (const part of form.querySelectorAll("[data-part-of]")) part.hidden = part.dataset.partOf !== event.target.dataset.part
})

document.addEventListener("htmx:load", event => refresh(event.target))
document.addEventListener("htmx:sendError", () => flash("Not sent", "The server could not be reached. Try again in a moment."))
document.addEventListener("htmx:responseError", event => {
  if (event.detail.xhr.status === 401) document.dispatchEvent(new Event("signed-out"))
  if (event.detail.xhr.status >= 500) flash("Something went wrong on our side", "What you typed is still on the page. Try again in a moment.")
})

refresh()
