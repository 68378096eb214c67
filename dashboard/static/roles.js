// A role of Team type has no permissions over the workspace, so they are not shown for one.
document.addEventListener("change", event => {
  if (!event.target.closest("[data-role-type]")) return
  const part = event.target.form.querySelector("[data-workspace-permissions]")
  part.hidden = event.target.value !== "workspace"
})
