/**
 * The desk under a conversation. Says every 15 s that the page is open (and whether its agent writes
 * or touches it), keeps the number of the last message that is shown beside the reply, keeps the
 * messages scrolled to the end, and says when a reply did not leave for want of a network. Without
 * this script a reply still goes out: the server knows what its page had shown.
 */
const HERE_MS = 15000;
const TYPING_MS = 5000;
const ACTIVE_MS = 120000;

const presence = document.querySelector("[data-presence]");
const log = document.querySelector("[data-log]");
let touched = Date.now();
let typed = -Infinity;
let saidTyping = false;

function sayHere() {
  if (document.visibilityState !== "visible") return;
  saidTyping = Date.now() - typed < TYPING_MS;
  presence.elements.typing.value = saidTyping ? "1" : "0";
  presence.elements.active.value = Date.now() - touched < ACTIVE_MS ? "1" : "0";
  window.htmx.trigger(presence, "mdmp:here");
}

for (const kind of ["keydown", "pointermove", "pointerdown"]) {
  document.addEventListener(kind, () => (touched = Date.now()), { passive: true });
}
document.addEventListener("visibilitychange", sayHere);
setInterval(sayHere, HERE_MS);
setInterval(() => saidTyping && Date.now() - typed >= TYPING_MS && sayHere(), 1000);

document.addEventListener("input", ({ target }) => {
  if (!target.closest("[data-reply]")) return;
  typed = Date.now();
  if (!saidTyping) sayHere();
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("[data-reply]");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-send]"));
});

function toTheEnd() {
  log.scrollTop = log.scrollHeight;
}

/** What the messages show has been seen: a reply may answer it. */
document.body.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (target !== log) return;
  const seen = document.querySelector("[data-reply] [name=seen]");
  const shown = Number(log.querySelector("[data-last-seq]")?.dataset.lastSeq ?? 0);
  if (seen && shown > Number(seen.value)) {
    seen.value = shown;
    toTheEnd();
  }
});

function networkIsAway(isAway, { detail }) {
  const note = document.querySelector("[data-network]");
  if (note && detail.requestConfig?.elt?.closest("[data-reply]")) note.hidden = !isAway;
}
for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(kind, (event) => networkIsAway(true, event));
}
document.body.addEventListener("htmx:afterOnLoad", (event) => networkIsAway(false, event));

toTheEnd();
