/**
 * Keeps the page fresh. Parts of it carry `data-topics` and an `hx-get`; the console's WebSocket
 * names the topics that changed, and htmx fetches again only the parts that show them. When the
 * socket opens, everything is fetched once, so what was said while it was away is not missed; while
 * it is away, everything is fetched at a slow pace. Without this script the page is correct when
 * it is loaded.
 */
const RECONNECT_MS = [500, 1000, 2000, 5000, 10000, 20000];
const POLL_MS = 20000;

const status = document.querySelector("[data-live-status]");
const news = document.querySelector("[data-live-news]");
let attempt = 0;
let opened = false;
let poll;

function parts() {
  return [...document.querySelectorAll("[data-topics]")];
}

function refresh(shown) {
  for (const part of shown) window.htmx.trigger(part, "mdmp:refresh");
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

function onChanged(topics) {
  const changed = new Set(topics);
  refresh(parts().filter((part) => part.dataset.topics.split(" ").some((name) => changed.has(name))));
}

function connect() {
  const url = new URL("/ws/console/", location.href);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  const socket = new WebSocket(url);
  socket.onopen = () => {
    attempt = 0;
    clearInterval(poll);
    show(true);
    // Also the first time: something may have changed between the page and the socket.
    refresh(parts());
    opened = true;
  };
  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    if (frame.type === "changed") onChanged(frame.topics);
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
document.body.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  const newest = target.querySelector("[data-newest]")?.dataset.newest;
  if (news && newest && target.dataset.shown && newest !== target.dataset.shown) {
    news.textContent = target.dataset.news;
    setTimeout(() => (news.textContent = ""), 5000); // so that the same words are heard next time
  }
  target.dataset.shown = newest ?? "";
});

if (parts().length > 0) connect();
