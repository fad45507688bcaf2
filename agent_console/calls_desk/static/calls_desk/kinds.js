/** Shows the fields of the kind of request that is chosen; hidden parts ask nothing. */
export function showKind(form) {
  const show = () => {
    const kind = new FormData(form).get("kind");
    for (const part of form.querySelectorAll("[data-only]")) {
      const isShown = part.dataset.only === kind;
      if (part.hidden !== isShown) continue;
      part.hidden = !isShown;
      if (isShown) {
        for (const asking of part.querySelectorAll("[hx-post]")) window.htmx.trigger(asking, "mdmp:shown");
      }
    }
  };
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.closest("[data-only][hidden]")) event.preventDefault();
  });
  form.addEventListener("change", show);
  show();
}
