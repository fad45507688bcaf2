/** The panel below the form, where points, vouchers and pickups open without leaving the caller. */
export function showPanel(panel) {
  if (!panel) return;
  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target !== panel) return;
    // A refused exchange, a wallet that is away: their pages say so in words.
    if ([422, 503].includes(detail.xhr.status)) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
  // htmx puts what is boosted into the address bar, also where hx-push-url says no: a reload must
  // come back to the call.
  document.body.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
    if (detail.target === panel) Object.assign(detail.history, { type: "replace", path: location.href });
  });
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== panel) return;
    panel.hidden = false;
    for (const title of panel.querySelectorAll("h1")) {
      const lower = document.createElement("h2");
      lower.textContent = title.textContent;
      title.replaceWith(lower);
    }
    for (const part of panel.querySelectorAll("aside")) part.setAttribute("role", "group");
    panel.scrollIntoView({ block: "nearest" });
    panel.focus({ preventScroll: true });
  });
}
