/** Counts the seconds since a moment, in the words that a screen reader finds when it asks. */
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

export function runTimers() {
  const show = () => {
    for (const part of document.querySelectorAll("[data-seconds]")) {
      part.textContent = clock(Number(part.dataset.seconds));
    }
    for (const part of document.querySelectorAll("[data-since]")) {
      part.textContent = clock((Date.now() - Date.parse(part.dataset.since)) / 1000);
    }
  };
  show();
  setInterval(show, 1000);
  // What the server sends anew has its clocks at once, not a second later.
  document.addEventListener("htmx:afterSwap", show);
}
