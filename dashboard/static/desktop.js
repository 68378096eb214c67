// What the browser says outside the page: only after "Enable", only while no tab is looked at, and from one tab.
import { flash, copyOf, me } from "./shell.js"
import { isBlocked } from "./sound.js"

const LATER = `baton-no-offer-${me()}`
const WATCHED = "baton-watched"
const WORDS = {
  granted: "On in this browser: it tells you while you look at something else.",
  denied: "Blocked: this browser refuses them for this site. Its settings, beside the address, can allow them.",
  default: "Off: this browser has not been asked yet.",
  insecure: "Not possible here: browsers show notifications only for pages that come over https.",
  missing: "Not possible here: this browser has none.",
}
const shown = new Map()
let isLeader = false

navigator.locks?.request("baton-desktop", () => {
  isLeader = true
  return new Promise(() => {})
})

// Every tab that is looked at shares one lock, so that the others know.
let leave = null
function watch() {
  const isLookedAt = document.visibilityState === "visible" && document.hasFocus()
  if (!isLookedAt) leave = leave?.()
  else if (!leave && navigator.locks) {
    const over = new Promise(resolve => (leave = resolve))
    navigator.locks.request(WATCHED, { mode: "shared" }, () => over)
  }
}
for (const kind of ["focus", "blur", "pageshow"]) addEventListener(kind, watch)
document.addEventListener("visibilitychange", watch)
watch()

const permission = () => {
  if (!isSecureContext) return "insecure"
  return "Notification" in window ? Notification.permission : "missing"
}

// `open` is called when the notification is clicked; an alarm stays until then.
export async function tell(c, title, body, isAlarm, open) {
  if (!isLeader || permission() !== "granted") return
  const { held } = await navigator.locks.query()
  if (held.some(lock => lock.name === WATCHED)) return
  try {
    const options = { body, tag: c, requireInteraction: isAlarm, silent: !isBlocked(), icon: "/static/icon.svg" }
    const note = new Notification(title, options)
    shown.set(c, note)
    note.onclick = () => {
      focus()
      note.close()
      open(c)
    }
    note.onclose = () => shown.get(c) === note && shown.delete(c)
  } catch {
    // Some browsers on phones have notifications only for installed pages.
  }
}

export function untell(c) {
  shown.get(c)?.close()
  shown.delete(c)
}

function showState() {
  const state = permission()
  for (const button of document.querySelectorAll("[data-enable-notifications]")) button.hidden = state !== "default"
  for (const words of document.querySelectorAll("[data-notifications-state]")) {
    words.textContent = WORDS[state]
    words.dataset.notificationsState = state
  }
  showOffer(state)
}

// One line in the inbox, until it is answered or put away.
function showOffer(state) {
  const place = document.querySelector("#list .list-head")
  const offer = document.getElementById("notify-offer")
  if (state !== "default" || localStorage.getItem(LATER)) return offer?.remove()
  if (place && !offer) place.after(copyOf("template-notify-offer"))
}

async function ask() {
  const answer = await Notification.requestPermission()
  showState()
  if (answer === "granted") flash("Browser notifications are on", "They tell you while you look at something else.", "success")
  if (answer === "denied") flash("This browser blocks notifications", "Its settings, beside the address, can allow them for this site.")
}

document.addEventListener("click", event => {
  if (event.target.closest("[data-enable-notifications]")) ask()
  else if (event.target.closest("[data-no-offer]")) {
    localStorage.setItem(LATER, "1")
    showState()
  }
})
navigator.permissions?.query({ name: "notifications" }).then(status => status.addEventListener("change", showState), () => {})
showState()
