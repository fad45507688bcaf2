// The till's page: the camera reads a QR code, or a typed code is checked while it is typed.
// Both work without the other, and the form works without any script.

import { checkCode } from "./code.js";
import { Scanner } from "./scanner.js";

const form = document.querySelector("[data-code-form]");
const input = form.querySelector("input[name=code]");
const state = form.querySelector("[data-code-state]");

function show() {
  const { alphabet, length, textComplete } = form.dataset;
  const flaw = checkCode(input.value, alphabet, Number(length));
  const isWrong = flaw !== null && flaw !== "empty" && flaw !== "length";
  state.textContent = flaw === null ? textComplete : isWrong ? flawText(flaw) : "";
  state.classList.toggle("error", isWrong);
  state.toggleAttribute("data-good", flaw === null);
  input.setAttribute("aria-invalid", String(isWrong));
  return flaw;
}

const flawText = (flaw) => form.dataset[`flaw${flaw[0].toUpperCase()}${flaw.slice(1)}`];

input.addEventListener("input", show);
form.addEventListener("submit", (event) => {
  const flaw = show();
  if (flaw === null) return;
  event.preventDefault();
  state.textContent = flawText(flaw);
  state.classList.add("error");
  input.setAttribute("aria-invalid", "true");
  input.focus();
});

// The address in a voucher's QR code ends with the code; any other QR code is none of ours.
function read(text) {
  const { alphabet, length } = form.dataset;
  const found = /\/partners\/v\/([^/?#]+)$/.exec(text);
  if (!found || checkCode(found[1], alphabet, Number(length)) !== null) return false;
  window.location.assign(`${scanner.element.dataset.voucher}${encodeURIComponent(found[1])}`);
  return true;
}

const scanner = new Scanner(document.querySelector("[data-scanner]"), read);
scanner.offer();
