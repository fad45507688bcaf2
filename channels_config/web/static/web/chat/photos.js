/**
 * Pictures: redrawn small before they leave (which also removes where and when they were taken),
 * shown as a canvas (a page's `img-src` needs nothing for it), uploaded, and kept as text beside a
 * message that waits.
 */
import { el } from "./log.js";

const SIDE_MAX_PX = 1600;
const PREVIEW_SIDE_PX = 320;
const UPLOAD_MAX_MS = 60000; // then the line is taken for dead
const QUALITIES = [0.85, 0.7, 0.5, 0.3];

/** The picture as a JPEG of at most `bytesMax`; rejects what the browser can't read as one. */
export async function redrawn(file, bytesMax) {
  const canvas = await drawn(file, SIDE_MAX_PX);
  for (const quality of QUALITIES) {
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size <= bytesMax) return blob;
  }
  throw new RangeError("no quality makes it small enough");
}

/** An element that shows `blob`, named `label` for who does not see it. */
export async function preview(blob, label) {
  const canvas = await drawn(blob, PREVIEW_SIDE_PX);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  return canvas;
}

/** A place for a picture that is fetched once somebody could see it. */
export function lazyPhoto(load, label, onShown) {
  const place = el("span", { class: "photo", role: "img", "aria-label": label });
  const watcher = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    watcher.disconnect();
    try {
      place.replaceWith(await preview(await load(), label));
      onShown();
    } catch {
      place.textContent = label; // no longer there, or no network: its name stands for it
    }
  });
  watcher.observe(place);
  return place;
}

/**
 * Posts a picture; its reference. Rejects with `{code}` when the server refuses it, and with
 * `{retry: true}` when asking again later makes sense.
 */
export async function upload(blob, { url, ticket }) {
  const form = new FormData();
  form.append("ticket", ticket);
  form.append("photo", blob, "photo.jpg");
  let answer;
  try {
    const signal = AbortSignal.timeout(UPLOAD_MAX_MS);
    answer = await fetch(url, { method: "POST", body: form, credentials: "omit", signal });
  } catch {
    throw { retry: true };
  }
  if (answer.ok) return (await answer.json()).photo;
  if (answer.status === 429 || answer.status >= 500) throw { retry: true };
  const { code = "", message = "" } = await answer.json().catch(() => ({}));
  throw { code, message };
}

/** `blob` as text, for storage that holds nothing else. */
export function asText(blob) {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** What `asText` made, as a picture again. */
export function asBlob(text) {
  const bytes = Uint8Array.from(atob(text.slice(text.indexOf(",") + 1)), (c) => c.charCodeAt(0));
  return new Blob([bytes], { type: "image/jpeg" });
}

async function drawn(blob, side) {
  const bitmap = await createImageBitmap(blob);
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = el("canvas", {
    class: "photo",
    width: Math.max(1, Math.round(bitmap.width * scale)),
    height: Math.max(1, Math.round(bitmap.height * scale)),
  });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // behind what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}
