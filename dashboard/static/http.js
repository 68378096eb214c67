// Requests of our own, with the token that proves they come from this page; htmx's get it too.
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? ""

export async function send(method, url, body) {
  const headers = { "X-CSRFToken": token(), Accept: "application/json" }
  const options = { method, headers, credentials: "same-origin", keepalive: method === "PUT" }
  if (body) options.body = new URLSearchParams(body)
  let response
  try {
    response = await fetch(url, options)
  } catch {
    return { ok: false, status: 0, sentence: "The server could not be reached." }
  }
  const isJson = response.headers.get("content-type")?.includes("json")
  const data = isJson ? await response.json().catch(() => ({})) : {}
  const retryAfter = Number(response.headers.get("Retry-After")) || 0
  return { ok: response.ok, status: response.status, data, retryAfter, sentence: data.detail ?? sentenceFor(response.status) }
}

export async function fetchHtml(url) {
  try {
    const response = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
    return { ok: response.ok, status: response.status, html: await response.text() }
  } catch {
    return { ok: false, status: 0, html: "" }
  }
}

function sentenceFor(status) {
  if (status >= 500) return "Something went wrong on our side. Your text is kept."
  return "The server refused it. Your text is kept."
}

document.addEventListener("htmx:configRequest", event => {
  event.detail.headers["X-CSRFToken"] = token()
})
