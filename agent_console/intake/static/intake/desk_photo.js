/**
 * A photo is made small enough for one request as soon as it is chosen, then joined to the draft.
 * What the browser can't draw is sent as it is: the service says why not.
 */
import { shrunk } from "../photos/shrink.js";

document.addEventListener("change", async ({ target }) => {
  if (!target.matches("[data-reply] input[type=file]") || !target.files[0]) return;
  const form = target.form;
  try {
    const small = new DataTransfer();
    small.items.add(new File([await shrunk(target.files[0])], "photo.jpg", { type: "image/jpeg" }));
    target.files = small.files;
  } catch {
    // stays what was chosen
  }
  if (form.isConnected) form.querySelector("[data-join]").click();
});
