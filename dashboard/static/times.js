// Times are stored in UTC and shown in the reader's zone (N11); what waits counts by the second.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" })
const dayMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" })
const withYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" })
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" })
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" })
const DAY = 86_400_000

export const dayOf = date => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

function daysAgo(date) {
  return Math.round((dayOf(new Date()) - dayOf(date)) / DAY)
}

export function nameOfDay(date) {
  const days = daysAgo(date)
  if (days === 0) return "Today"
  if (days === 1) return "Yesterday"
  return date.getFullYear() === new Date().getFullYear() ? longDay.format(date) : withYear.format(date)
}

function shortDate(date) {
  return date.getFullYear() === new Date().getFullYear() ? dayMonth.format(date) : withYear.format(date)
}

function brief(date) {
  const days = daysAgo(date)
  if (days <= 0) return clock.format(date)
  if (days === 1) return "Yesterday"
  return days < 7 ? weekday.format(date) : shortDate(date)
}

function full(date) {
  const days = daysAgo(date)
  const day = days === 0 ? "Today" : days === 1 ? "Yesterday" : shortDate(date)
  return `${day}, ${clock.format(date)}`
}

export function elapsed(date, now = Date.now()) {
  const seconds = Math.max(0, Math.floor((now - date.getTime()) / 1000))
  const two = number => String(number).padStart(2, "0")
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)}`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor(seconds / 3600) % 24} h`
}

// In the middle of a sentence.
const said = date => full(date).replace(/^[TY]/, letter => letter.toLowerCase())

const FORMATS = { clock: date => clock.format(date), brief, full, said, elapsed }

function show(time) {
  const date = new Date(time.dateTime)
  const text = FORMATS[time.dataset.format](date)
  if (time.textContent !== text) time.textContent = text
  if (time.dataset.format !== "elapsed" && !time.title) time.title = whole.format(date)
}

export function showTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-format]")) show(time)
}

setInterval(() => {
  for (const time of document.querySelectorAll('time[data-format="elapsed"]')) show(time)
}, 1000)
setInterval(() => showTimes(), 60_000)
