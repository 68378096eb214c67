// The forms of the settings: what is unsaved is said, and not left by accident.

const isDirty = form => [...form.elements].some(one => {
  if (!one.name) return false // a search is no setting
  if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked
  if (one.tagName === "SELECT") return [...one.options].some(each => each.selected !== each.defaultSelected && !isFirst(one, each))
  return "defaultValue" in one && one.value !== one.defaultValue
})
// A select without a chosen option shows its first one.
const isFirst = (select, option) => !select.querySelector("option[selected]") && option.index === 0

function show(form) {
  const dirty = isDirty(form) || form.hasAttribute("data-refused")
  form.toggleAttribute("data-dirty", dirty)
  const words = form.querySelector("[data-unsaved]")
  if (words) words.textContent = dirty ? "Unsaved changes" : ""
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, event => {
    const form = event.target.closest("form[data-settings]")
    if (form) show(form)
  })
}

// What was refused comes back as it was typed: it is unsaved still.
document.addEventListener("htmx:afterSwap", () => {
  for (const form of document.querySelectorAll("form[data-settings][data-refused]")) show(form)
})

// Who saved with the keyboard goes on where it matters: at what was refused, else at the top of what came.
document.addEventListener("htmx:afterSettle", event => {
  const form = document.querySelector("form[data-settings][data-refused]")
  const wrong = event.detail.xhr?.status >= 400 && form?.querySelector("[aria-invalid=true]")
  if (wrong) return wrong.focus()
  if (!document.activeElement.matches("body, main") || event.detail.target?.id !== "settings") return
  const title = document.querySelector("#settings h1")
  title?.setAttribute("tabindex", "-1")
  title?.focus()
})

// On a phone the sections are a line: the one that is open is in sight.
const nav = document.querySelector(".settings-nav")
const open = nav?.querySelector("[aria-current]")
if (open) nav.scrollLeft = open.offsetLeft + open.offsetWidth / 2 - nav.clientWidth / 2

// What was made has an address of its own, and what was deleted has none any more. Back leads to the page before.
document.addEventListener("htmx:beforeOnLoad", event => {
  const address = event.detail.xhr.getResponseHeader("HX-Push-Url")
  if (address) history.replaceState({}, "", address)
})

const unsaved = () => document.querySelector("form[data-settings][data-dirty]")
addEventListener("beforeunload", event => {
  if (unsaved()) event.preventDefault()
})

// A link that is shown once is taken along with one press.
document.addEventListener("click", event => {
  const box = event.target.closest("[data-copy-link]")?.parentElement.querySelector("[data-copy-from]")
  if (!box) return
  box.select()
  navigator.clipboard ? navigator.clipboard.writeText(box.value) : document.execCommand("copy")
})
