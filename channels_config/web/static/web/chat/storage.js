/**
 * What the widget keeps in the browser, and only once the chat was opened: the session token,
 * whether it is open and up to where it was read, and each message that the server has not accepted
 * yet (one key a message, so that two tabs never overwrite each other). Conversations themselves are
 * never stored here.
 *
 * A browser that refuses storage (private mode, policy) gets the same chat, without the resuming.
 */
const SESSION_KEY = "mdmp-chat.session";
const OPEN_KEY = "mdmp-chat.open";
const READ_KEY = "mdmp-chat.read";
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

  /** Another session: what was read of the earlier one counts for nothing. */
  saveSession(token) {
    guarded(() => {
      if (localStorage.getItem(SESSION_KEY) !== token) localStorage.removeItem(READ_KEY);
      localStorage.setItem(SESSION_KEY, token);
    });
  },

  wasOpen: () => guarded(() => localStorage.getItem(OPEN_KEY) === "1", false),

  saveOpen(isOpen) {
    guarded(() => localStorage.setItem(OPEN_KEY, isOpen ? "1" : "0"));
  },

  readUpTo: () => guarded(() => Number(localStorage.getItem(READ_KEY)) || 0, 0),

  saveRead(seq) {
    guarded(() => localStorage.setItem(READ_KEY, seq));
  },

  /** `message` is {id, text, choice, at, location, photos}; a photo is {text} or {reference}. */
  savePending(message) {
    guarded(() => localStorage.setItem(PENDING_PREFIX + message.id, JSON.stringify(message)));
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
