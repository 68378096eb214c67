// Builds the stylesheet with the hash of its inputs on the first line, and copies the vendored libraries and icons.
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"

const root = join(import.meta.dirname, "..")
const vendor = join(root, "dashboard/static/vendor")
const version = name => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version

function filesIn(folder, suffix, skip) {
  return readdirSync(join(root, folder), { recursive: true })
    .map(name => join(folder, name.toString()))
    .filter(path => path.endsWith(suffix) && !skip.some(part => path.startsWith(part)) && statSync(join(root, path)).isFile())
}

// The test of freshness computes the same in Python: keep the two lists equal.
function inputs() {
  return [
    "frontend/app.css", "frontend/package-lock.json",
    ...filesIn("frontend/parts", ".css", []),
    ...filesIn("dashboard/templates", ".html", ["dashboard/templates/webchat"]),
    ...filesIn("dashboard/static", ".js", ["dashboard/static/webchat", "dashboard/static/vendor"]),
  ].sort()
}

function hashOfInputs() {
  const hash = createHash("sha256")
  for (const path of inputs()) hash.update(`${path}\0`).update(readFileSync(join(root, path))).update("\0")
  return hash.digest("hex")
}

function buildCss(target) {
  const folder = mkdtempSync(join(tmpdir(), "css-"))
  const raw = join(folder, "app.css")
  execFileSync("node_modules/.bin/tailwindcss", ["-i", "app.css", "-o", raw, "--minify"], { stdio: ["ignore", "ignore", "pipe"] })
  writeFileSync(target, `/*! inputs sha256:${hashOfInputs()} */\n${readFileSync(raw, "utf8").trimEnd()}\n`)
  rmSync(folder, { recursive: true })
}

function vendorLibraries() {
  rmSync(vendor, { recursive: true, force: true })
  for (const [name, file] of [["htmx.org", "dist/htmx.min.js"], ["htmx-ext-ws", "dist/ws.min.js"]]) {
    const folder = join(vendor, `${name}@${version(name)}`)
    mkdirSync(folder, { recursive: true })
    cpSync(`node_modules/${name}/${file}`, join(folder, file.split("/").pop()))
    cpSync(`node_modules/${name}/LICENSE`, join(folder, "LICENSE"))
  }
}

function vendorIcons() {
  const folder = join(vendor, `lucide@${version("lucide-static")}`)
  mkdirSync(folder, { recursive: true })
  const symbols = readFileSync("icons.txt", "utf8").trim().split("\n").map(name => {
    const shapes = readFileSync(`node_modules/lucide-static/icons/${name}.svg`, "utf8").match(/stroke-linejoin="round"\s*>([^]*)<\/svg>/)[1]
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" `
      + `stroke-linecap="round" stroke-linejoin="round">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`
  })
  writeFileSync(join(folder, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`)
  cpSync("node_modules/lucide-static/LICENSE", join(folder, "LICENSE"))
}

// The page's icon with the number of conversations that have something unseen.
function countedIcons() {
  const folder = join(root, "dashboard/static/icons")
  const plain = readFileSync(join(root, "dashboard/static/icon.svg"), "utf8").trimEnd().replace("</svg>", "")
  mkdirSync(folder, { recursive: true })
  for (const count of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "more"]) {
    const text = count === "more" ? "9+" : count
    const badge = `<circle cx="22" cy="22" r="10" fill="#e5484d"/><text x="22" y="27.5" fill="#fff" font-family="system-ui, sans-serif" `
      + `font-size="${text.length > 1 ? 12 : 16}" font-weight="700" text-anchor="middle"${text.length > 1 ? ' dy="-1.5"' : ""}>${text}</text>`
    writeFileSync(join(folder, `unread-${count}.svg`), `${plain}${badge}</svg>\n`)
  }
}

const [flag, target] = process.argv.slice(2)
if (flag === "--css") buildCss(target)
else {
  vendorLibraries()
  vendorIcons()
  countedIcons()
  buildCss(join(root, "dashboard/static/app.css"))
  console.log(`built ${relative(process.cwd(), join(root, "dashboard/static/app.css"))}`)
}
