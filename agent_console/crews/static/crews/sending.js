// Sends drafts in the order they were written. The service does each key once, so a draft that was
// sent before the network broke off is sent again without harm.
import { draftDrop, draftPut, draftsOf } from "./drafts.js";

const TIMEOUT_MS = 30_000;

// What happened: {sent, said, stopped}; stopped is "" | "away" | "signed_out".
export async function sendAll(owner) {
  // Of several open pages one sends at a time, where the browser can say so.
  if (navigator.locks) return navigator.locks.request("crew-sending", () => sendWaiting(owner));
  return sendWaiting(owner);
}

async function sendWaiting(owner) {
  let sent = 0;
  let said = "";
  for (const draft of await draftsOf(owner)) {
    if (draft.refusal) continue; // waits for whoever wrote it
    const answer = await send(draft);
    if (answer.stopped) return { sent, said, stopped: answer.stopped };
    if (answer.refusal) {
      await draftPut({ ...draft, refusal: answer.refusal });
    } else {
      await draftDrop(draft.key);
      sent += 1;
      said = answer.said;
    }
  }
  return { sent, said, stopped: "" };
}

async function send(draft) {
  const body = new FormData();
  body.set("key", draft.key);
  for (const [name, value] of Object.entries(draft.fields)) body.set(name, value);
  if (draft.photo) body.set("photo", draft.photo, "photo.jpg");
  let response;
  try {
    response = await fetch(draft.address, {
      method: "POST",
      body,
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    return { stopped: "away" };
  }
  if (response.redirected || response.status === 401 || response.status === 403) {
    return { stopped: "signed_out" };
  }
  if (response.status >= 500 || response.status === 429) return { stopped: "away" };
  const said = await answered(response);
  if (!response.ok) return { refusal: said.message || `Refusé (${response.status}).` };
  return { said: said.said || "" };
}

async function answered(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

// The page may come from the phone and be older than the session: the cookie is right.
function csrfToken() {
  const found = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return found ? found.slice("csrftoken=".length) : "";
}
