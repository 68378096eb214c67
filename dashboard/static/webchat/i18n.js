// The words of the chat, by the browser's language. Spanish and English; whatever else is English.

const hoursEn = (n) => (n === 1 ? "an hour" : `${n} hours`);
const hoursEs = (n) => (n === 1 ? "una hora" : `${n} horas`);

const EN = {
  aiAgent: "AI agent",
  aiName: (name) => `${name} (AI agent)`,
  atWork: (name) => `${name} is typing`,
  chat: "Chat",
  close: "Close chat",
  copied: "Copied",
  copy: "Copy",
  counter: (used, limit) => `${used} of ${limit} characters`,
  disconnected: "This chat is switched off at the moment. Please come back later.",
  discard: "Discard",
  edit: "Edit",
  emailLabel: "Your e-mail address",
  emailChange: "Change it",
  emailOffer: "Leave your e-mail so that we can reach you.",
  emailSend: "Send",
  emailThanks: (email) => `Thank you. Our team can reach you at ${email}.`,
  externalSub: "Your conversation continues there",
  externalTitle: "Transferred",
  failed: "Not sent.",
  greeting: "Hello! How can we help?",
  log: "Conversation",
  messageLabel: "Your message",
  newMessages: "New messages",
  offline: "You are offline. What you write is sent when you are back.",
  optional: "(optional)",
  placeholder: "Write a message…",
  queuePlace: (place) => (place === 1 ? "You are next in line." : `You are number ${place} in line.`),
  queueAway: "Nobody is online right now",
  queueSub: "Someone will be with you",
  queueTitle: "Waiting for a person",
  quickReplies: "Suggested replies",
  rate: "Send rating",
  ratingLegend: "Your rating",
  ratingWords: ["Very bad", "Bad", "Okay", "Good", "Very good"],
  reconnecting: "Connecting again… What you write is kept and sent.",
  retry: "Try again",
  send: "Send",
  sending: "Sending",
  slow: (seconds) => `That was quick! Sent again in ${seconds} s.`,
  slugs: {},
  soundOff: "Sound is off. Turn it on",
  soundOn: "Sound is on. Turn it off",
  stars: (n) => (n === 1 ? "1 star" : `${n} stars`),
  team: "Our team",
  today: "Today",
  tooLong: (used, limit) => `That is ${used} characters; ${limit} fit in one message.`,
  trouble: "Something went wrong on our side. It is tried again by itself.",
  waitHours: (low, high) =>
    low === high ? `Usually it takes about ${hoursEn(low)}.` : low ? `Usually it takes ${low}–${high} hours.` : `Usually it takes up to ${hoursEn(high)}.`,
  waitMinute: "Usually it takes less than a minute.",
  waitMinutes: (low, high) =>
    low === high ? `Usually it takes about ${low} minutes.` : low ? `Usually it takes ${low}–${high} minutes.` : `Usually it takes up to ${high} minutes.`,
  waitOver: "It takes longer than usual today. Thank you for your patience.",
  withYou: "Live agent, with you now",
  yesterday: "Yesterday",
  you: "You",
};

const ES = {
  aiAgent: "Agente de IA",
  aiName: (name) => `${name} (agente de IA)`,
  atWork: (name) => `${name} está escribiendo`,
  chat: "Chat",
  close: "Cerrar el chat",
  copied: "Copiado",
  copy: "Copiar",
  counter: (used, limit) => `${used} de ${limit} caracteres`,
  disconnected: "Este chat está desactivado en este momento. Vuelve más tarde, por favor.",
  discard: "Descartar",
  edit: "Editar",
  emailLabel: "Tu correo electrónico",
  emailChange: "Cambiarlo",
  emailOffer: "Déjanos tu correo para que podamos localizarte.",
  emailSend: "Enviar",
  emailThanks: (email) => `Gracias. Nuestro equipo puede localizarte en ${email}.`,
  externalSub: "Tu conversación continúa allí",
  externalTitle: "Transferida",
  failed: "No se ha enviado.",
  greeting: "¡Hola! ¿En qué podemos ayudarte?",
  log: "Conversación",
  messageLabel: "Tu mensaje",
  newMessages: "Mensajes nuevos",
  offline: "Estás sin conexión. Lo que escribas se enviará cuando vuelvas.",
  optional: "(opcional)",
  placeholder: "Escribe un mensaje…",
  queuePlace: (place) => (place === 1 ? "Eres la siguiente persona en la cola." : `Eres el número ${place} en la cola.`),
  queueAway: "Ahora no hay nadie conectado",
  queueSub: "Enseguida te atienden",
  queueTitle: "En espera",
  quickReplies: "Respuestas sugeridas",
  rate: "Enviar valoración",
  ratingLegend: "Tu valoración",
  ratingWords: ["Muy mal", "Mal", "Regular", "Bien", "Muy bien"],
  reconnecting: "Conectando de nuevo… Lo que escribas se guarda y se envía.",
  retry: "Reintentar",
  send: "Enviar",
  sending: "Enviando",
  slow: (seconds) => `¡Qué rapidez! Se envía de nuevo en ${seconds} s.`,
  slugs: {
    email: "Eso no parece un correo electrónico.",
    banned: "Ya no puedes escribir aquí. Tu texto se conserva.",
    invalid: "El texto contiene algo que no se puede guardar. Corrígelo y envíalo de nuevo.",
    obstacle: "Este chat está cerrado en este momento. Tu texto se conserva.",
    "too-large": "El texto es demasiado largo.",
  },
  soundOff: "El sonido está apagado. Encenderlo",
  soundOn: "El sonido está encendido. Apagarlo",
  stars: (n) => (n === 1 ? "1 estrella" : `${n} estrellas`),
  team: "Nuestro equipo",
  today: "Hoy",
  tooLong: (used, limit) => `Son ${used} caracteres; en un mensaje caben ${limit}.`,
  trouble: "Algo ha fallado por nuestra parte. Se reintenta automáticamente.",
  waitHours: (low, high) =>
    low === high ? `Suele tardar alrededor de ${hoursEs(low)}.` : low ? `Suele tardar entre ${low} y ${high} horas.` : `Suele tardar hasta ${hoursEs(high)}.`,
  waitMinute: "Suele tardar menos de un minuto.",
  waitMinutes: (low, high) =>
    low === high ? `Suele tardar unos ${low} minutos.` : low ? `Suele tardar entre ${low} y ${high} minutos.` : `Suele tardar hasta ${high} minutos.`,
  waitOver: "Hoy está tardando más de lo habitual. Gracias por tu paciencia.",
  withYou: "Agente, te atiende ahora",
  yesterday: "Ayer",
  you: "Tú",
};

const wanted = (navigator.languages || [navigator.language || "en"]).map((each) => each.slice(0, 2).toLowerCase());
export const language = wanted.find((each) => each === "en" || each === "es") || "en";
export const t = language === "es" ? ES : EN;

// Activity lines by code; a code that is not here is shown in the words the server gives.
const LINES = {
  en: { joined: ({ name }) => `${name} joined the chat`, left: ({ name }) => `${name} left the chat`, not_joined: () => "Nobody could join. The AI agent is here for you." },
  es: { joined: ({ name }) => `${name} se ha unido al chat`, left: ({ name }) => `${name} ha salido del chat`, not_joined: () => "Nadie ha podido unirse. El agente de IA sigue contigo." },
};
export const sayActivity = (item) => {
  const line = LINES[language][item.data?.code];
  return line ? line(item.data) : item.text;
};

export const clock = (iso) => new Date(iso).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
export const fullTime = (iso) => new Date(iso).toLocaleString(language, { dateStyle: "full", timeStyle: "short" });

export const dayName = (iso) => {
  const day = new Date(iso);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(iso).setHours(0, 0, 0, 0)) / 86400000);
  if (days === 0) return t.today;
  if (days === 1) return t.yesterday;
  return day.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
};

// A range, rounded away from its middle: never less than what half of the others waited.
export const sayWait = ({ usual_wait: usual, since }) => {
  if (!usual) return "";
  const waited = (Date.now() - new Date(since)) / 1000;
  if (waited > Math.max(60, usual.high)) return t.waitOver;
  if (usual.high < 60) return t.waitMinute;
  const [unit, say] = usual.high <= 5400 ? [60, t.waitMinutes] : [3600, t.waitHours];
  return say(Math.floor(usual.low / unit), Math.ceil(usual.high / unit));
};
