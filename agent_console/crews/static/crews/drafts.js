// What is typed and taken stays on this phone until the service has it: IndexedDB, two stores.
// "drafts": what waits to be sent, by its key; "typing": what stands in a form, by form and report.

const NAME = "crew";
const CACHE = "crew-pages"; // sw.js keeps the pages under this name
const OWNER = "crew-owner"; // whose pages those are

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("drafts", { keyPath: "key" });
      asked.result.createObjectStore("typing", { keyPath: "id" });
    };
    asked.onsuccess = () => {
      // Another page signs out and deletes everything: nothing here may hold it up.
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function within(store, mode, act) {
  const transaction = (await open()).transaction(store, mode);
  const asked = act(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

// Thirty-two hexadecimal digits; `crypto.randomUUID` is missing where there is no TLS.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const draftPut = (draft) => within("drafts", "readwrite", (store) => store.put(draft));
export const draftDrop = (key) => within("drafts", "readwrite", (store) => store.delete(key));

// What `owner` wrote, in that order; a colleague's is neither shown nor sent under another name.
export async function draftsOf(owner) {
  const all = await within("drafts", "readonly", (store) => store.getAll());
  return all.filter((draft) => draft.owner === owner).sort((a, b) => a.at - b.at);
}

export const draftsCount = () => within("drafts", "readonly", (store) => store.count());
export const typingPut = (typing) => within("typing", "readwrite", (store) => store.put(typing));
export const typingGet = (id) => within("typing", "readonly", (store) => store.get(id));
export const typingDrop = (id) => within("typing", "readwrite", (store) => store.delete(id));

// Pages that were kept for a colleague on the same phone are not this person's.
export async function dropPagesOfOthers(owner) {
  if (localStorage.getItem(OWNER) === owner) return;
  await caches.delete(CACHE);
  localStorage.setItem(OWNER, owner);
}

// Nothing of the day stays on this phone.
export async function forget() {
  localStorage.removeItem(OWNER);
  if ("caches" in window) await caches.delete(CACHE);
  if (opened) (await opened).close();
  opened = null;
  await new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = resolve;
  });
}
