// After a transfer its sender can take it back for some seconds (T3).
import { send } from "./http.js"
import { copyOf, flash } from "./shell.js"

document.addEventListener("transferred", event => {
  const { c, to, seconds, isAccepted } = event.detail
  const card = copyOf("template-undo")
  card.querySelector("[data-to]").textContent = isAccepted ? `${to} accepted: transferred` : `Transferred to ${to}`
  const button = card.querySelector("[data-undo]")
  const over = setTimeout(() => card.remove(), seconds * 1000)
  button.addEventListener("click", async () => {
    clearTimeout(over)
    button.disabled = true
    const answer = await send("POST", `/conversations/${c}/transfers/undo`)
    card.remove()
    if (!answer.ok) return flash("Not undone", answer.sentence)
    // Whoever lost sight of it meanwhile sees it again.
    if (!document.getElementById("conversation")) return location.assign(`/inbox?c=${c}`)
    htmx.ajax("GET", `/conversations/${c}`, { target: "#conversation" })
    document.dispatchEvent(new CustomEvent("acted", { detail: c }))
  })
  document.getElementById("flash").append(card)
})
