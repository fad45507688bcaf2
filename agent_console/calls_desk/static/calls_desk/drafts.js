/**
 * Every pause in typing is saved by the server. What it has not confirmed yet is kept in this tab
 * (sessionStorage, which survives a reload and a crash, not the tab's closing), sent again until
 * it is saved, and handed over when the page is opened again.
 */
const PREFIX = "call-draft:";
const PAUSE_MS = 500;
const RETRY_MS = 3000;

/** Forget what is kept for any draft but this one. */
export function forgetOthers(draft) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && key !== PREFIX + draft) sessionStorage.removeItem(key);
  }
}

/** Whether a field holds what was typed while the scripts were still on their way. */
function isAhead(field) {
  const isWritten = field.matches("textarea, input:not([type=hidden], [type=radio], [type=checkbox])");
  return isWritten && field.value !== field.defaultValue;
}

export function keepDraft(form) {
  const { save: address, draft, textSaving, textSaved, textLost, textClosed } = form.dataset;
  const status = document.querySelector("[data-save-status]");
  const kept = PREFIX + draft;
  let timer;
  let saving;
  let isDirty = false;
  let isLeaving = false;

  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };

  async function send(entries, keepalive = false) {
    const body = new URLSearchParams(entries);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("version", form.elements.version.value);
    const answer = await fetch(address, { method: "POST", body, keepalive, redirect: "manual" });
    if (answer.status === 200) {
      form.elements.version.value = (await answer.json()).version;
      return true;
    }
    if (answer.status === 409 || answer.status === 410) {
      say((await answer.json()).message);
      return false;
    }
    say(answer.status >= 500 ? textLost : textClosed);
    throw new Error(`not saved: ${answer.status}`);
  }

  async function save() {
    clearTimeout(timer);
    if (saving || isLeaving) return;
    isDirty = false;
    say(textSaving);
    saving = send([...new FormData(form)]);
    try {
      if (await saving) {
        if (!isDirty) sessionStorage.removeItem(kept);
        say(textSaved);
      }
    } catch (error) {
      if (error instanceof TypeError) say(textLost);
      isDirty = true;
      timer = setTimeout(save, RETRY_MS);
      return;
    } finally {
      saving = undefined;
    }
    if (isDirty) timer = setTimeout(save, PAUSE_MS);
  }

  function typed() {
    isDirty = true;
    sessionStorage.setItem(kept, JSON.stringify([...new FormData(form)]));
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  }

  async function handOver() {
    const entries = JSON.parse(sessionStorage.getItem(kept) ?? "null");
    if (!entries) return;
    try {
      if (await send(entries)) {
        sessionStorage.removeItem(kept);
        isLeaving = true;
        location.reload();
      }
    } catch {
      timer = setTimeout(handOver, RETRY_MS);
    }
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => {
    isLeaving = true; // what is sent is kept by the page that answers
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => (isLeaving = false));
  window.addEventListener("online", () => isDirty && save());
  window.addEventListener("pagehide", () => {
    if (isDirty && !isLeaving) send([...new FormData(form)], true).catch(() => {});
  });
  forgetOthers(draft);
  if (sessionStorage.getItem(kept)) handOver();
  else if ([...form.elements].some(isAhead)) typed();
  return { save };
}
