/**
 * The only script of the pages: it listens for events of a session or a tenant and draws the live parts anew.
 *
 * A part is exchanged only when the server draws it differently, and keeps its open details and the focus. A hidden page
 * listens to nothing. It must build no HTML of its own: what it shows is what the server has drawn, escaped.
 */
import { hashText } from "../../model/hash.ts";

/** A burst of turns is drawn once. */
const SETTLE_MS = 400;
/** Pause before a stream that was refused is asked for again. */
const RETRY_MS = 10_000;

export const LIVE_SCRIPT = `
const status = document.getElementById("live");
const say = (text, state) => {
  if (!status || status.textContent === text) return;
  status.textContent = text;
  status.dataset.state = state;
};

const drawnBefore = new Map();
let source = null;
let due = null;
let isDrawing = false;

async function draw() {
  if (isDrawing) { plan(); return; }
  isDrawing = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.redirected) { location.reload(); return; }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const drawn = page.getElementById(part.id);
      if (drawn && drawnBefore.get(part.id) !== drawn.innerHTML) exchange(part, drawn);
    }
  } catch {
    // The next event tries again.
  } finally {
    isDrawing = false;
  }
}

function exchange(part, drawn) {
  if (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return;
  drawnBefore.set(part.id, drawn.innerHTML);
  const open = new Set([...part.querySelectorAll("details[open][id]")].map(({ id }) => id));
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && listAlike(part, addressOf(focused)).indexOf(focused);
  part.replaceChildren(...[...drawn.childNodes].map((node) => document.importNode(node, true)));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) {
    const alike = listAlike(part, addressOf(focused));
    (alike[place] ?? alike[0])?.focus({ preventScroll: true });
  }
}

// One address may have several links, and some of them not in sight.
function listAlike(part, address) {
  return [...part.querySelectorAll("a, button, summary")].filter((one) => addressOf(one) === address);
}

function addressOf(element) {
  return element.id || element.getAttribute("href") || element.parentElement?.id || "";
}

function plan() {
  clearTimeout(due);
  due = setTimeout(draw, ${SETTLE_MS});
}

function listen() {
  if (source || document.hidden) return;
  source = new EventSource(document.body.dataset.events);
  source.addEventListener("open", () => say("Live", "open"));
  source.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) { say("Reconnecting", "waiting"); return; }
    // An answer that is no stream ends it for good: a deployment on its way, or the end of a sign-in.
    source = null;
    say("Not live: trying again", "waiting");
    setTimeout(comeBack, ${RETRY_MS});
  });
  for (const name of ["turn", "brief", "epoch", "session"]) source.addEventListener(name, plan);
}

// What has happened meanwhile is told by no stream that begins now.
function comeBack() {
  if (source || document.hidden) return;
  listen();
  plan();
}

for (const part of document.querySelectorAll("[data-live]")) drawnBefore.set(part.id, part.innerHTML);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { source?.close(); source = null; say("Paused", "waiting"); }
  else comeBack();
});
addEventListener("pagehide", () => { source?.close(); source = null; });
addEventListener("pageshow", ({ persisted }) => { if (persisted) comeBack(); });
listen();
`;

export const LIVE_URL = `/_strata/ui/live.js?v=${hashText(LIVE_SCRIPT)}`;
