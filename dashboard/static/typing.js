// Typing, both ways: the person's is shown for some seconds, the Assignee's is told while a reply is written.
import { send } from "./http.js"
import { openId } from "./thread.js"

const EVERY_MS = 3000
const SHOWN_MS = 6000
const FRAME = /^<!--typing=(\S+)-->$/

let toldAt = 0
let hiding = null

document.addEventListener("input", event => {
  const form = event.target.closest("[data-composer]")
  if (!form || form.dataset.kind !== "text" || !event.target.value.trim()) return
  if (form.querySelector(".composer-foot").dataset.mayWrite !== "send" || Date.now() - toldAt < EVERY_MS) return
  toldAt = Date.now()
  send("POST", `/conversations/${form.dataset.c}/typing`)
})

document.addEventListener("message-sent", () => (toldAt = 0))

document.addEventListener("htmx:wsBeforeMessage", event => {
  const found = FRAME.exec(event.detail.message)
  if (found) return found[1] === openId() && show()
  if (event.detail.message.startsWith(`<!--c=${openId()} `)) hide() // what was being written is here, or something newer
})

const place = () => document.querySelector("[data-typing]")

function show() {
  place().hidden = false
  clearTimeout(hiding)
  hiding = setTimeout(hide, SHOWN_MS)
}

function hide() {
  if (place()) place().hidden = true
}
