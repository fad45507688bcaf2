/**
 * Puts rows of the conversations' list where they belong: newest activity first. The server renders
 * them with the list's own template, and a row's number (`data-changed`) names the state that it
 * shows, so the same row may come twice. While a list is being fetched its rows are also kept: the
 * answer may be older than they are.
 */
const held = new WeakMap();

export function lists() {
  return [...document.querySelectorAll("[data-rows]")];
}

/** Up to where the page as loaded knows what changed. */
export function markShown() {
  return document.querySelector("[data-mark]")?.dataset.mark;
}

/** Put `rows` into every list; says for each whether it has to be fetched instead. */
export function take(rows) {
  if (rows.length === 0) return [];
  return lists().map((part) => {
    held.get(part)?.push(...rows);
    return { part, needsFetch: !putAll(part, rows) };
  });
}

function putAll(part, rows) {
  const body = part.querySelector("tbody");
  if (!body) return false; // nothing was there to be listed
  for (const row of rows) put(body, row);
  part.querySelector("[data-newest]").dataset.newest = body.firstElementChild.dataset.conversation;
  return trim(part, [...body.children]);
}

function put(body, { id, changed, html }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  let row = document.getElementById(fresh.id);
  if (row?.dataset.changed === String(changed)) return;
  if (row) window.Idiomorph.morph(row, fresh);
  else row = fresh;
  const isOlder = (other) => other !== row && Number(other.dataset.at) < Number(row.dataset.at);
  const below = [...body.children].find(isOlder) ?? null;
  if (row.isConnected && row.nextElementSibling === below) return;
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  body.insertBefore(row, below);
  focused?.focus();
}

/** The page keeps its length, and the next page begins where it ends. */
function trim(part, rows) {
  const most = Number(part.dataset.rows);
  if (rows.length <= most) return true;
  const next = part.querySelector("[data-next]");
  if (!next && "paged" in part.dataset) return false; // there is a second page from now on
  for (const row of rows.slice(most)) row.remove();
  if (next) {
    const url = new URL(next.href);
    url.searchParams.set("before", rows[most - 1].dataset.cursor);
    next.href = url;
  }
  return true;
}

document.body.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if ("rows" in elt.dataset) held.set(elt, []);
});
document.body.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  const rows = held.get(target);
  held.delete(target);
  if (rows?.length) putAll(target, rows);
});
document.body.addEventListener("htmx:responseError", ({ detail: { elt } }) => held.delete(elt));
document.body.addEventListener("htmx:sendError", ({ detail: { elt } }) => held.delete(elt));
