// Everything that the signed-in pages need.
import "./http.js"
import "./times.js"
import "./shell.js"
import "./filter.js"
import "./list.js"
import "./thread.js"
import "./panes.js"
import "./drafts.js"
import "./outbox.js"
import "./composer.js"
import "./sound.js"
import "./cards.js"
import "./desktop.js"
import "./notify.js"
import "./connection.js"
import "./live.js"
import "./typing.js"
import "./colleagues.js"
import "./settings.js"

// Until here a press of a button does nothing yet.
document.addEventListener("DOMContentLoaded", () => document.body.toggleAttribute("data-ready", true))
