// Lists to choose people from: a search narrows what is shown, never what is chosen, and a team's role ticks its holders.

const rowsOf = pick => [...pick.querySelectorAll("[data-words]")]

function narrow(pick) {
  const words = pick.querySelector("[data-pick-search]").value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const row of rowsOf(pick)) row.hidden = !words.every(word => row.dataset.words.includes(word))
  pick.querySelector("[data-pick-none]").hidden = rowsOf(pick).some(row => !row.hidden)
}

function count(pick) {
  const number = pick.querySelectorAll("[data-words] input:checked").length
  pick.querySelector("[data-pick-count]").textContent = `${number} chosen`
}

// Whom the role makes a member cannot be unticked; another role gives back what was ticked by hand.
function followRole(select) {
  for (const row of select.form.querySelectorAll("[data-roles]")) {
    const box = row.querySelector("input")
    const isByRole = Boolean(select.value) && row.dataset.roles.split(" ").includes(select.value)
    if (isByRole === box.disabled) continue
    if (isByRole) row.dataset.byHand = box.checked
    box.checked = isByRole || row.dataset.byHand === "true"
    box.disabled = isByRole
    row.querySelector("[data-by-role]").hidden = !isByRole
  }
  select.form.querySelectorAll("[data-pick]").forEach(count)
}

document.addEventListener("input", event => {
  const pick = event.target.closest("[data-pick]")
  if (!pick) return
  if (event.target.matches("[data-pick-search]")) narrow(pick)
  else count(pick)
})
document.addEventListener("change", event => {
  if (event.target.matches("[data-team-role]")) followRole(event.target)
})

// Also what was typed and chosen before this script was there.
function dress(root) {
  root.querySelectorAll("[data-team-role]").forEach(followRole)
  for (const pick of root.querySelectorAll("[data-pick]")) {
    narrow(pick)
    count(pick)
  }
}
document.addEventListener("htmx:load", event => dress(event.target))
dress(document)
