// Photos of a new report: each is sent as soon as it is chosen, and stays in the form by its number,
// so that a form that is refused or checked first loses none. What is taken out is used by nobody
// and removed by the service after a day.
import { shrunk } from "../photos/shrink.js";

const SENT_AS_IT_IS_MAX = 900_000; // what the browser can't draw is the service's to judge
const box = document.querySelector("[data-photos]");
const input = box.querySelector("input[type=file]");
const list = box.querySelector("[data-photos-list]");
const status = box.querySelector("[data-photos-status]");
const errors = box.querySelector("[data-photos-errors]");
const form = box.closest("form");
const most = Number(box.dataset.most);
const text = box.dataset;
let waiting = 0;

const kept = () => list.querySelectorAll("li").length;

function show() {
  input.disabled = kept() + waiting >= most;
  status.textContent = waiting ? text.textSending : `${kept()} / ${most}`;
}

function refused(name, message) {
  const line = document.createElement("li");
  line.textContent = `${name} : ${message}`;
  errors.append(line);
}

async function content(file) {
  try {
    return await shrunk(file);
  } catch {
    if (file.size > SENT_AS_IT_IS_MAX) throw new Error(text.textUnreadable);
    return file;
  }
}

async function send(file) {
  const body = new FormData();
  body.append("photo", await content(file), "photo");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  let response;
  try {
    response = await fetch(box.dataset.address, { method: "POST", body, headers: { "X-CSRFToken": token } });
  } catch {
    throw new Error(text.textAway);
  }
  if (response.ok && !response.redirected) list.insertAdjacentHTML("beforeend", await response.text());
  else if (response.status === 422 || response.status === 503) throw new Error((await response.json()).message);
  else throw new Error(text.textAway);
}

async function take(files) {
  errors.replaceChildren();
  const room = most - kept() - waiting;
  for (const file of files.slice(room)) refused(file.name, text.textMany);
  const taken = files.slice(0, room);
  waiting += taken.length;
  show();
  for (const file of taken) {
    try {
      await send(file);
    } catch (error) {
      refused(file.name, error.message);
    }
    waiting -= 1;
    show();
  }
}

input.addEventListener("change", () => {
  const files = [...input.files];
  input.value = ""; // the same file may be chosen again
  take(files);
});

// An e-mail's picture is often copied, not saved.
document.addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files];
  if (!files.length) return;
  event.preventDefault();
  take(files);
});

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-photo-remove]");
  if (!button) return;
  button.closest("li").remove();
  show();
  input.focus();
});

// Saving waits for what is on its way.
form.addEventListener("submit", (event) => {
  if (!waiting) return;
  event.preventDefault();
  refused(text.textWait, text.textSending);
});

for (const part of box.querySelectorAll("[data-needs-script]")) part.hidden = false;
show();
