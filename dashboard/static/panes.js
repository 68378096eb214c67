// One conversation after the other in the same place, the address that follows, and what slides over on narrow screens.
import { copyOf, targetOf } from "./shell.js"
import { opened, openId } from "./thread.js"

function showPane(name) {
  const inbox = document.getElementById("inbox")
  if (inbox) inbox.dataset.pane = name
}

function rememberInAddress(id) {
  const query = new URLSearchParams(location.pathname === "/inbox" ? location.search : "")
  id ? query.set("c", id) : query.delete("c")
  const address = `/inbox${query.size ? `?${query}` : ""}`
  if (address !== location.pathname + location.search) history.pushState({}, "", address)
}

// A skeleton after 200 ms; when the conversation does not come, what was there before comes back.
// The request itself is asked: the events of a row that was drawn anew meanwhile reach nobody.
document.addEventListener("htmx:beforeRequest", event => {
  const box = targetOf(event), { xhr } = event.detail
  if (box.id !== "conversation") return
  let covered = null
  const skeleton = setTimeout(() => {
    covered = [...box.childNodes]
    box.replaceChildren(copyOf("template-skeleton"))
  }, 200)
  xhr.addEventListener("loadend", () => {
    clearTimeout(skeleton)
    if (covered && (xhr.status < 200 || xhr.status > 299)) box.replaceChildren(...covered)
  })
})
document.addEventListener("htmx:afterSwap", event => {
  if (targetOf(event).id !== "conversation") return
  showPane("thread")
  rememberInAddress(openId())
  document.dispatchEvent(new Event("conversation-opened"))
  opened()
})

addEventListener("popstate", () => {
  const id = new URLSearchParams(location.search).get("c")
  if (id && id !== openId()) htmx.ajax("GET", `/conversations/${id}`, { target: "#conversation" })
  if (!id) showPane("list")
})

document.addEventListener("click", event => {
  const at = selector => event.target.closest(selector)
  if (at("[data-back]")) back(event)
  else if (at("[data-details]")) toggleDetails()
  else if (at("[data-show]")) show(at("[data-show]").dataset.show)
})

function back(event) {
  event.preventDefault()
  showPane("list")
  rememberInAddress(null)
  document.querySelector(".row[data-current] a")?.focus()
}

const isWide = () => matchMedia("(min-width: 1280px)").matches

function toggleDetails() {
  const box = document.getElementById("conversation")
  box.classList.toggle(isWide() ? "details-hidden" : "details-shown")
}

function show(selector) {
  const box = document.getElementById("conversation")
  isWide() ? box.classList.remove("details-hidden") : box.classList.add("details-shown")
  document.querySelector(selector)?.scrollIntoView({ block: "nearest" })
}

document.addEventListener("keydown", event => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    document.getElementById("conversation")?.classList.remove("details-shown")
  }
})
