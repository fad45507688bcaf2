/**
 * Keeps the page fresh. Parts of it carry `data-topics` and an `hx-get`; the console's WebSocket
 * names the topics that changed, and htmx fetches again only the parts that show them; lists are
 * morphed (idiomorph), so that a row keeps the focus and the click that it is getting. A part with
 * `data-rows` is the conversations' list as it stands, and fetches nothing: the socket brings its
 * rows (rows.js). When the socket opens, everything else is fetched once, so what was said while it
 * was away is not missed; while it is away, everything is fetched at a slow pace. Without this
 * script the page is correct when it is loaded. What a person clicks in such a part has an
 * `hx-sync` of its own: in the part's queue the next refresh would take its place.
 */
import { lists, markShown, take } from "./rows.js";

const RECONNECT_MS = [500, 1000, 2000, 5000, 10000, 20000];
const POLL_MS = 20000;
const AGAIN_MS = 1000; // a part that changes at every moment is not fetched at every moment
const SPREAD_MS = 2000;

const status = document.querySelector("[data-live-status]");
const news = document.querySelector("[data-live-news]");
const fetched = new WeakMap();
let attempt = 0;
let opened = false;
let poll;
let mark;

function parts() {
  return [...document.querySelectorAll("[data-topics]")];
}

function refresh(shown) {
  for (const part of shown) {
    const { at = -Infinity, timer } = fetched.get(part) ?? {};
    clearTimeout(timer);
    const wait = Math.max(0, at + AGAIN_MS - Date.now());
    if (wait === 0) {
      fetched.set(part, { at: Date.now() });
      window.htmx.trigger(part, "mdmp:refresh");
    } else {
      fetched.set(part, { at, timer: setTimeout(() => refresh([part]), wait) });
    }
  }
}

function show(isLive) {
  if (!status) return;
  status.dataset.state = isLive ? "live" : "lost";
  status.textContent = isLive ? status.dataset.live : status.dataset.lost;
}

function pollSlowly() {
  clearInterval(poll);
  poll = setInterval(() => {
    if (document.visibilityState === "visible") refresh(parts());
  }, POLL_MS);
}

function others() {
  return parts().filter((part) => !lists().includes(part));
}

/** All pages hear this at once; they need not all ask at once. */
function refreshInAWhile(shown) {
  setTimeout(() => refresh(shown()), Math.random() * SPREAD_MS);
}

function onChanged({ topics, rows = [], stale = false, mark: upTo }) {
  mark = upTo;
  if (stale) refreshInAWhile(others);
  const changed = new Set(topics);
  refresh(others().filter(({ dataset }) => dataset.topics.split(" ").some((one) => changed.has(one))));
  if (rows === null) refreshInAWhile(lists);
  for (const list of take(rows ?? [])) {
    if (list.needsFetch) refresh([list.part]);
    else sayNews(list.part);
  }
}

function address() {
  const url = new URL("/ws/console/", location.href);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  if (lists().length > 0) {
    url.searchParams.set("rows", "1");
    mark ??= markShown();
    if (mark !== undefined) url.searchParams.set("after", mark);
  }
  return url;
}

function connect() {
  const socket = new WebSocket(address());
  socket.onopen = () => {
    attempt = 0;
    clearInterval(poll);
    show(true);
    // Also the first time: something may have changed between the page and the socket.
    refresh(mark === undefined ? parts() : others());
    opened = true;
  };
  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    if (frame.type === "changed") onChanged(frame);
  };
  socket.onclose = () => {
    if (attempt === 0) pollSlowly();
    if (opened || attempt > 1) show(false);
    const delay = RECONNECT_MS[Math.min(attempt, RECONNECT_MS.length - 1)];
    attempt += 1;
    setTimeout(connect, delay / 2 + (Math.random() * delay) / 2);
  };
}

/** A list whose first row is another one says so to screen readers. */
function sayNews(target) {
  const newest = target.querySelector("[data-newest]")?.dataset.newest;
  if (news && newest && target.dataset.shown && newest !== target.dataset.shown) {
    news.textContent = target.dataset.news;
    setTimeout(() => (news.textContent = ""), 5000); // so that the same words are heard next time
  }
  target.dataset.shown = newest ?? "";
}
document.body.addEventListener("htmx:afterSwap", ({ detail: { target } }) => sayNews(target));

if (parts().length > 0) connect();
