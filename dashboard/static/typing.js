// The person's typing, shown for some seconds to the one who has the conversation.
import { openId } from "./thread.js"

const SHOWN_MS = 6000
const FRAME = /^<!--typing=(\S+)-->$/

let hiding = null

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
