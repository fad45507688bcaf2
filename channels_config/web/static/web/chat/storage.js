/**
 * What the widget keeps in the browser, and only once the chat was opened: the session token, and
 * each message that the server has not accepted yet (one key a message, so that two tabs never
 * overwrite each other). Conversations themselves are never stored here.
 *
 * A browser that refuses storage (private mode, policy) gets the same chat, without the resuming.
 */
const SESSION_KEY = "mdmp-chat.session";
const PENDING_PREFIX = "mdmp-chat.pending.";

function guarded(action, otherwise) {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

export const storage = {
  session: () => guarded(() => localStorage.getItem(SESSION_KEY), null),

  saveSession(token) {
    guarded(() => localStorage.setItem(SESSION_KEY, token));
  },

  savePending({ id, text, at }) {
    guarded(() => localStorage.setItem(PENDING_PREFIX + id, JSON.stringify({ id, text, at })));
  },

  dropPending(id) {
    guarded(() => localStorage.removeItem(PENDING_PREFIX + id));
  },

  /** Messages written before a reload and not accepted since, oldest first. */
  pending() {
    return guarded(() => {
      const found = [];
      for (let index = 0; index < localStorage.length; index += 1) {
        const key = localStorage.key(index);
        if (key.startsWith(PENDING_PREFIX)) found.push(JSON.parse(localStorage.getItem(key)));
      }
      return found.sort((one, other) => one.at - other.at);
    }, []);
  },
};
