// Small tools to build the page: text goes in as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

export const h = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

export const icon = (name) => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
};

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const TRAILING = /[.,;:!?)\]}»”’]+$/;

// A text with its web addresses as links; anything but http and https stays text.
export const linked = (text) => {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = found[0].replace(TRAILING, "");
    parts.push(text.slice(from, found.index));
    parts.push(h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow ugc" }, address));
    from = found.index + address.length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
};

// Make the children of `parent` those of `rows` ({key, sig, make}); what has not changed stays the same element.
export const reconcile = (parent, rows) => {
  const old = new Map([...parent.children].map((element) => [element.rowKey, element]));
  let cursor = parent.firstElementChild;
  for (const row of rows) {
    let element = old.get(row.key);
    old.delete(row.key);
    if (!element || element.rowSig !== row.sig) {
      const fresh = row.make();
      fresh.rowKey = row.key;
      fresh.rowSig = row.sig;
      if (element) {
        element.replaceWith(fresh);
        if (cursor === element) cursor = fresh;
      }
      element = fresh;
    }
    if (element === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(element, cursor);
  }
  for (const element of old.values()) element.remove();
};

const FOCUSABLE = "button:not([disabled]), textarea:not([disabled]), input:not([disabled]), a[href], [tabindex='0']";

// Tab stays inside the panel.
export const trapFocus = (panel) => {
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const all = [...panel.querySelectorAll(FOCUSABLE)].filter((each) => each.getClientRects().length);
    const edge = event.shiftKey ? all[0] : all[all.length - 1];
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? all[all.length - 1] : all[0]).focus();
  });
};

export const initials = (name) => {
  const words = name.trim().split(/\s+/);
  return (words[0]?.[0] || "?").concat(words.length > 1 ? words[words.length - 1][0] : "").toUpperCase();
};
