// Drafts are kept on the server, per user and conversation (N4).
import { send } from "./http.js"

const PAUSE_MS = 600
const form = () => document.querySelector("[data-composer]")

let saving = null

export function saveSoon() {
  clearTimeout(saving)
  const mine = form()
  saving = setTimeout(() => put(mine), PAUSE_MS)
}

export function saveNow() {
  if (!saving || !form()) return
  clearTimeout(saving)
  put(form())
}

export function drop() {
  clearTimeout(saving)
  put(form())
}

async function put(mine) {
  saving = null
  const text = mine.querySelector("textarea").value
  const body = { text, is_note: mine.dataset.kind === "note" ? "1" : "" }
  const answer = await send("PUT", `/conversations/${mine.dataset.c}/draft`, body)
  const place = mine.querySelector("[data-saved]")
  if (place) place.textContent = !text ? "" : answer.ok ? "Draft saved" : "Draft not saved yet"
}
