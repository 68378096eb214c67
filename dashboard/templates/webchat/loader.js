// Baton webchat: adds a bubble and a frame to the page. Everything else happens in the frame.
(() => {
  "use strict";
  const config = {{ config|tojson }};
  const script = document.currentScript || document.querySelector(`script[src*="/webchat/${config.channel}.js"]`);
  const mark = `baton:${config.channel}`;
  if (!script || window[mark]) return;
  window[mark] = true;

  const frameAddress = new URL(`${config.channel}/frame`, script.src);
  const isSpanish = (navigator.language || "").toLowerCase().startsWith("es");
  const words = isSpanish
    ? { open: "Abrir el chat", close: "Cerrar el chat", chat: "Chat", unread: (n) => `Abrir el chat, ${n} sin leer` }
    : { open: "Open chat", close: "Close chat", chat: "Chat", unread: (n) => `Open chat, ${n} unread` };
  const draw = (...paths) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    for (const d of paths) svg.appendChild(document.createElementNS(svg.namespaceURI, "path")).setAttribute("d", d);
    return svg;
  };
  const remember = (isOpen) => {
    try {
      sessionStorage.setItem(mark, isOpen ? "open" : "");
    } catch {
      // A page without storage forgets it; nothing else is lost.
    }
  };
  const wasOpen = () => {
    try {
      return sessionStorage.getItem(mark);
    } catch {
      return null;
    }
  };

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; z-index: 2147483000; right: 20px; bottom: 20px; }
    @media print { :host { display: none; } }
    button { all: unset; box-sizing: border-box; position: relative; display: grid; place-items: center; width: 56px; height: 56px;
      border-radius: 50%; background: ${config.color}; color: ${config.on_color}; cursor: pointer; box-shadow: 0 4px 16px rgb(20 30 50 / 28%); }
    button:focus-visible { outline: 3px solid ${config.color}; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    svg { grid-area: 1 / 1; width: 26px; height: 26px; fill: none; stroke: currentcolor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
    .is-open .chat, button:not(.is-open) .x { display: none; }
    .count { position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px; box-sizing: border-box; border-radius: 11px;
      border: 2px solid #fff; background: #c62828; color: #fff; font: 700 12px/18px system-ui, sans-serif; text-align: center; }
    .count:empty { display: none; }
    iframe { position: fixed; right: 20px; bottom: 88px; width: 380px; height: min(600px, calc(100dvh - 108px)); border: 0; border-radius: 12px;
      background: Canvas; box-shadow: 0 8px 32px rgb(20 30 50 / 28%); visibility: hidden; opacity: 0; transform: translateY(8px); color-scheme: light dark; }
    iframe.is-open { visibility: visible; opacity: 1; transform: none; }
    @media (prefers-reduced-motion: no-preference) { iframe { transition: opacity 120ms, transform 120ms, visibility 120ms; } }
    @media (max-width: 480px) {
      iframe { inset: 0; width: 100%; height: 100%; border-radius: 0; }
      button.is-open { display: none; }
    }`);

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  const bubble = document.createElement("button");
  bubble.type = "button";
  const count = document.createElement("span");
  count.className = "count";
  const chat = draw("M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719");
  const cross = draw("M18 6 6 18", "m6 6 12 12");
  chat.setAttribute("class", "chat");
  cross.setAttribute("class", "x");
  bubble.append(chat, cross, count);
  const frame = document.createElement("iframe");
  frame.title = words.chat;
  frame.allow = "clipboard-write; autoplay";
  frame.inert = true;
  root.append(frame, bubble);

  let isOpen = false;
  let isReady = false;
  let unread = 0;
  const tell = (type) => isReady && frame.contentWindow.postMessage({ source: "baton", type }, frameAddress.origin);
  const show = () => {
    bubble.classList.toggle("is-open", isOpen);
    frame.classList.toggle("is-open", isOpen);
    frame.inert = !isOpen;
    bubble.setAttribute("aria-expanded", isOpen);
    bubble.setAttribute("aria-label", isOpen ? words.close : unread ? words.unread(unread) : words.open);
    count.textContent = unread && !isOpen ? Math.min(unread, 99) : "";
  };
  const toggle = (isWanted) => {
    isOpen = isWanted;
    if (!frame.src) frame.src = frameAddress.href;
    remember(isOpen);
    show();
    tell(isOpen ? "open" : "close");
    if (isOpen) frame.focus();
    else bubble.focus();
  };
  bubble.addEventListener("click", () => toggle(!isOpen));
  bubble.addEventListener("keydown", (event) => event.key === "Escape" && isOpen && toggle(false));
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== frameAddress.origin || event.data?.source !== "baton") return;
    if (event.data.type === "ready") {
      isReady = true;
      if (isOpen) tell("open");
    }
    if (event.data.type === "close") toggle(false);
    if (event.data.type === "unread") {
      unread = Number(event.data.count) || 0;
      show();
    }
  });

  const begin = () => {
    document.body.append(host);
    show();
    // The frame knows whether there is a conversation; it loads once the page itself has.
    const load = () => frame.src || (frame.src = frameAddress.href);
    if (wasOpen() ?? script.dataset.open === "true") toggle(true);
    else if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: 4000 });
    else setTimeout(load, 2000);
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
