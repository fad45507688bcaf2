// The crews' pages: keeps what is written on the phone, sends it, and opens without a network.
import "./around.js";
import "./forget.js";
import {
  draftDrop,
  draftPut,
  draftsOf,
  dropPagesOfOthers,
  newKey,
  typingDrop,
  typingGet,
  typingPut,
} from "./drafts.js";
import { sendAll } from "./sending.js";
import { shrunk } from "../photos/shrink.js";

const RETRY_MS = 60_000;
const SOON_MS = 2_000;
const SAID = "crew-said";
const { owner, home, worker } = document.body.dataset;
const panel = document.querySelector("[data-drafts]");
const said = document.querySelector("[data-said]");
const net = document.querySelector("[data-net]");
const status = panel.querySelector("[data-drafts-status]");

// --- forms: each becomes a draft first, whatever the network does

for (const form of document.querySelectorAll("form[data-act]")) {
  const photo = form.querySelector("input[type=file]");
  if (photo) {
    photo.addEventListener("change", () => photo.files.length && takePhoto(form, photo));
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.busy || !form.reportValidity()) return;
    form.dataset.busy = "yes"; // pressed twice is meant once
    const fields = Object.fromEntries(new FormData(form));
    delete fields.csrfmiddlewaretoken;
    delete fields.key;
    try {
      await keep(form, { fields, photo: null });
      for (const field of form.querySelectorAll("[data-typed]")) await typingDrop(field.id + place());
    } catch {
      form.submit(); // nothing can be kept on this phone: sent as any form is
      return;
    }
    form.closest("[popover]")?.hidePopover();
    form.reset();
    await show();
    delete form.dataset.busy;
    await send();
  });
}

async function takePhoto(form, input) {
  const error = document.querySelector("[data-photo-error]");
  error.textContent = "";
  try {
    await keep(form, { fields: {}, photo: await shrunk(input.files[0]) });
  } catch {
    error.textContent = error.dataset.text;
    return;
  } finally {
    input.value = "";
  }
  await show();
  await send();
}

async function keep(form, content) {
  const { act, label, reference } = form.dataset;
  const address = form.getAttribute("action");
  const draft = { key: newKey(), owner, act, label, reference, address, at: Date.now(), refusal: "" };
  await draftPut({ ...draft, ...content });
}

// --- what is being typed survives a page that is closed

const place = () => location.pathname;
for (const field of document.querySelectorAll("form[data-act] [data-typed]")) {
  const id = field.id + place();
  field.addEventListener("input", () => typingPut({ id, text: field.value }));
  const restore = (typing) => {
    if (typing && !field.value) field.value = typing.text;
  };
  typingGet(id).then(restore, () => undefined);
}

// --- the panel "À envoyer"

async function show() {
  const drafts = await draftsOf(owner);
  panel.hidden = drafts.length === 0;
  panel.querySelector("[data-drafts-count]").textContent = String(drafts.length);
  const list = panel.querySelector("[data-drafts-list]");
  list.replaceChildren(...drafts.map(line));
  // A step that waits to be sent is not offered again.
  const steps = document.querySelector("[data-steps]");
  if (steps) {
    const waits = drafts.some(({ address, photo, refusal }) => !photo && !refusal && address.startsWith(place()));
    steps.hidden = waits;
  }
}

function line(draft) {
  const row = panel.querySelector("[data-draft]").content.cloneNode(true);
  row.querySelector("[data-what]").textContent = `${draft.label}, ${draft.reference.replace(/(\d{3})(?=\d)/g, "$1-")}`;
  row.querySelector("[data-words]").textContent = draft.fields.words ?? "";
  const refusal = row.querySelector("[data-refusal]");
  refusal.textContent = draft.refusal;
  refusal.hidden = !draft.refusal;
  const drop = row.querySelector("[data-drop]");
  drop.setAttribute("aria-label", `Supprimer : ${draft.label}, ${draft.reference}`);
  drop.addEventListener("click", async () => {
    if (!window.confirm(panel.dataset.textDrop)) return;
    await draftDrop(draft.key);
    await show();
  });
  return row;
}

// A browser says "online" as soon as there is a network, often before anything answers in it.
let wait = SOON_MS;
let timer = 0;

function sendAgain(isAway) {
  clearTimeout(timer);
  if (!isAway) wait = SOON_MS;
  else if (navigator.onLine) {
    timer = setTimeout(send, wait);
    wait = Math.min(2 * wait, RETRY_MS);
  }
}

async function send() {
  net.textContent = navigator.onLine ? "" : net.dataset.offline;
  const drafts = await draftsOf(owner);
  if (!drafts.some((draft) => !draft.refusal)) return;
  status.textContent = panel.dataset.textSending;
  const { sent, said: words, stopped } = await sendAll(owner);
  status.textContent = { away: panel.dataset.textAway, signed_out: panel.dataset.textSignedOut }[stopped] ?? "";
  sendAgain(stopped === "away");
  await show();
  if (sent && !document.querySelector("[popover]:popover-open")) {
    sessionStorage.setItem(SAID, words);
    // The page shows what the service knows; one that was asked for by a form is not asked again.
    if (location.pathname === home || document.querySelector("[data-bar]")) location.reload();
    else location.assign(home);
  }
}

// "Envoyer maintenant" also tries again what was refused: a colleague may have made room.
panel.querySelector("[data-drafts-send]").addEventListener("click", async () => {
  for (const draft of await draftsOf(owner)) await draftPut({ ...draft, refusal: "" });
  await send();
});
window.addEventListener("online", send);
window.addEventListener("offline", () => (net.textContent = net.dataset.offline));
document.addEventListener("visibilitychange", () => document.hidden || send());
setInterval(send, RETRY_MS);

// --- the pages open without a network

async function keepPages() {
  await navigator.serviceWorker.register(worker, { scope: home });
  await dropPagesOfOthers(owner);
  const { active } = await navigator.serviceWorker.ready;
  if (location.pathname !== home) return;
  const listed = document.querySelectorAll("[data-keep] h2 a");
  const used = performance.getEntriesByType("resource").map(({ name }) => name);
  const assets = used.filter((name) => new URL(name).pathname.startsWith("/static/"));
  const pages = [...listed].map((link) => link.href);
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    document.body.dataset.kept = data.kept;
  });
  active.postMessage({ pages, assets });
}

const words = sessionStorage.getItem(SAID);
if (words) {
  sessionStorage.removeItem(SAID);
  const box = document.createElement("p");
  box.className = "notice notice-good";
  box.textContent = words;
  said.append(box);
}
for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
try {
  await show();
} catch {
  // Storage is refused: forms are sent as forms, see above.
}
// Without a worker (no TLS, storage refused) everything else goes on.
if ("serviceWorker" in navigator) keepPages().catch(() => undefined);
send().catch(() => undefined);
document.body.dataset.ready = "";
