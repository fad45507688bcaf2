// The crews' pages without a network: the day's list, the pages of its reports and what they are
// made of. Never photos, never what a form sends. The network comes first; what is kept is shown
// when it does not answer. A session that has ended takes the pages with it.

const CACHE = "crew-pages"; // drafts.js deletes it at sign-out
const HOME = "/console/crew/";
const DAY = /^\/console\/crew\/(\d{9}\/)?$/; // the list and reports; no other page is kept
const PATIENCE_MS = 6_000; // bars without data: a page that is kept is better than waiting on
const LOOK = { ignoreVary: true };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && DAY.test(url.pathname);
  if (isPage) event.respondWith(page(event));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(event));
});

async function page(event) {
  const kept = await caches.match(event.request, LOOK);
  const asked = fetch(event.request).then(async (response) => {
    if (response.type === "opaqueredirect") await caches.delete(CACHE); // signed out
    else if (response.ok) await put(event.request.url, response.clone());
    return response;
  });
  event.waitUntil(asked.catch(() => undefined));
  try {
    return await (kept ? Promise.race([asked, patience(kept)]) : asked);
  } catch {
    return kept ?? (await caches.match(HOME, LOOK)) ?? Response.error();
  }
}

async function asset(event) {
  try {
    const response = await fetch(event.request);
    if (response.ok) event.waitUntil(put(event.request.url, response.clone()));
    return response;
  } catch {
    return (await caches.match(event.request, LOOK)) ?? Response.error();
  }
}

const patience = (kept) => new Promise((resolve) => setTimeout(() => resolve(kept.clone()), PATIENCE_MS));

async function put(url, response) {
  const cache = await caches.open(CACHE);
  await cache.put(url, response);
}

// The list says which pages belong to the day: those are kept, and no others.
self.addEventListener("message", (event) => event.waitUntil(keep(event.data)));

async function keep({ pages, assets }) {
  const cache = await caches.open(CACHE);
  const wanted = new Set([new URL(HOME, self.location).href, ...pages]);
  for (const request of await cache.keys()) {
    const isPage = new URL(request.url).pathname.startsWith(HOME);
    if (isPage && !wanted.has(request.url)) await cache.delete(request);
  }
  const known = new Set((await cache.keys()).map(({ url }) => url));
  for (const url of [...assets, ...wanted].filter((one) => !known.has(one))) {
    try {
      const response = await fetch(url, { credentials: "same-origin", redirect: "error" });
      if (response.ok) await cache.put(url, response);
    } catch {
      return; // no network: the next look at the list goes on
    }
  }
  for (const client of await self.clients.matchAll()) client.postMessage({ kept: wanted.size });
}
