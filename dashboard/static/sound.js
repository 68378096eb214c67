// The sound of the alarm: in one tab of the browser, and only in one that the browser lets sound.
import { me } from "./shell.js"

const OFF = `baton-sound-off-${me()}`
const LOCK = "baton-sound"
const ALARM = [[660, 0, 0.28], [880, 0.16, 0.36]]
const DING = [[740, 0, 0.25]]
const tabs = new BroadcastChannel("baton-sound")
const listeners = []
let audio = null
let isLeader = false
let isElsewhere = false
let turn = null

export const isOn = () => !localStorage.getItem(OFF)
export const alarm = () => isLeader && isOn() && play(ALARM)
export const ding = () => isLeader && isOn() && play(DING)
// Whether somebody expects to hear something and does not, until this page has been touched.
export const isBlocked = () => isOn() && !isAllowed() && !isElsewhere
export const onChange = listener => listeners.push(listener)

export function setOn(isWanted) {
  isWanted ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")
  changed()
}

// A press of "Play the sound" plays it here, whichever tab would otherwise; answers whether it could.
export async function test() {
  await wake()
  if (isAllowed()) play(ALARM)
  return isAllowed()
}

const isAllowed = () => audio?.state === "running"
const changed = () => listeners.forEach(listener => listener())

function play(notes) {
  notes.forEach(([frequency, start, length]) => {
    const tone = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + start
    tone.frequency.value = frequency
    volume.gain.setValueAtTime(0, at)
    volume.gain.linearRampToValueAtTime(0.16, at + 0.015)
    volume.gain.exponentialRampToValueAtTime(0.001, at + length)
    tone.connect(volume).connect(audio.destination)
    tone.start(at)
    tone.stop(at + length)
  })
}

// Browsers let a page sound once the reader has touched it; one that may already is running at once.
function begin() {
  if (!("AudioContext" in window)) return
  audio = new AudioContext()
  audio.addEventListener("statechange", standOrLeave)
  standOrLeave()
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake)
}

async function wake() {
  if (audio && !isAllowed()) await audio.resume().catch(() => {})
}

// Only who may sound stands in line for the lock: a silent tab must not keep the others from it.
function standOrLeave() {
  isAllowed() ? stand() : stepBack()
  changed()
}

function stand() {
  if (turn) return
  const mine = (turn = {})
  if (!navigator.locks) return lead() // no locks without https: better two sounds than none
  const over = new Promise(resolve => (mine.end = resolve))
  navigator.locks.request(LOCK, () => {
    if (turn !== mine) return
    lead()
    return over
  })
}

function stepBack() {
  turn?.end?.()
  turn = null
  isLeader = false
  tabs.postMessage("changed")
}

function lead() {
  isLeader = true
  tabs.postMessage("changed")
  document.dispatchEvent(new Event("sound-begins"))
}

// Whether another tab sounds already; one that is closed says so, as far as it can.
export async function look() {
  const held = (await navigator.locks?.query())?.held ?? []
  isElsewhere = held.some(lock => lock.name === LOCK)
  changed()
}
tabs.onmessage = () => setTimeout(look, 200) // a lock takes a moment to change hands
addEventListener("pagehide", () => tabs.postMessage("changed"))

begin()
look()
