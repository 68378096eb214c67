// What a page says, without what may differ between a page of now and one of a minute ago: times that count,
// what was read, and how the browser happened to lay it out.
() => {
  const text = (node) => {
    const copy = node.cloneNode(true)
    copy.querySelectorAll("time, [data-since], [data-counting], .counting, svg, script, template").forEach(each => each.remove())
    return copy.textContent.replace(/\s+/g, " ").trim()
  }
  const data = (node, without) => Object.fromEntries(
    Object.entries(node.dataset).filter(([name]) => !without.includes(name)).sort())
  const one = (selector) => {
    const node = document.querySelector(selector)
    return node && { text: text(node), data: data(node, ["mine"]), isMine: node.hasAttribute("data-mine") }
  }
  const buttons = [...document.querySelectorAll("form.composer button, form.composer select")]
    .filter(each => each.checkVisibility())
    .map(each => each.tagName === "SELECT" ? each.value : text(each))
  return {
    rows: [...document.querySelectorAll("#list article.row")].map(row => ({
      id: row.id, says: text(row), data: data(row, ["read", "mine", "unread", "current"]),
    })),
    views: [...document.querySelectorAll("#views .view")].map(text),
    head: one("header.thread-head"),
    messages: [...document.querySelectorAll("#conversation .msg[data-seq], #conversation .msg-act[data-seq]")].map(message => ({
      id: message.id, says: text(message), data: data(message, ["mine", "grouped", "client"]),
    })),
    suggestions: [...document.querySelectorAll(".suggestion")].map(text),
    details: [...document.querySelectorAll(".details-pane, #details, .details")].slice(0, 1).map(text),
    buttons,
  }
}
