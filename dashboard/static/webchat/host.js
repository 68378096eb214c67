// The page around the frame: the script there opens and closes the panel, and hears of what is unread.

export const isAlone = window.parent === window;

export const tellHost = (message) => {
  if (!isAlone) window.parent.postMessage({ source: "baton", ...message }, "*");
};

export const hearHost = ({ open, close }) => {
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.source !== "baton") return;
    if (event.data.type === "open") open();
    if (event.data.type === "close") close();
  });
};
