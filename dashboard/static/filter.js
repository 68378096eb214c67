// Search, filter and views: the form says what the list shows, and the address says it too (N1).
import { loadList } from "./list.js"

export function filterQuery() {
  const form = document.getElementById("filter-form")
  const values = form ? [...new FormData(form)].filter(([, value]) => value && value !== "newest") : []
  return `?${new URLSearchParams(values)}`
}

function addressOf(query) {
  const open = new URLSearchParams(location.search).get("c")
  return `/inbox${query}${open ? `&c=${open}` : ""}`
}

let typing = null
document.addEventListener("input", event => {
  if (!event.target.closest("#filter-form")) return
  clearTimeout(typing)
  typing = setTimeout(applyFilter, event.target.type === "search" ? 250 : 0)
})
document.addEventListener("submit", event => {
  if (event.target.id !== "filter-form") return
  event.preventDefault()
  applyFilter()
})

function applyFilter() {
  history.replaceState({}, "", addressOf(filterQuery()))
  loadList()
}

document.addEventListener("click", event => {
  const view = event.target.closest(".view")
  if (!view || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  document.querySelector('#filter-form input[name="view"]').value = view.dataset.view
  for (const each of document.querySelectorAll(".view")) each.removeAttribute("aria-current")
  view.setAttribute("aria-current", "page")
  history.replaceState({}, "", addressOf(filterQuery()))
  loadList()
})
