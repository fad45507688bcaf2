/**
 * The telephone in the page, by Twilio's Voice SDK: rings, answers, mutes, hangs up. What is more
 * than that (hold, transfer, interpreter) the server does, so that it does not depend on this page.
 */
const REGISTER_AGAIN_MS = 5000;

function tokenFrom(address) {
  return async () => {
    const csrf = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf } });
    if (!answer.ok) throw new Error(`token: ${answer.status}`);
    return (await answer.json()).token;
  };
}

function softphone(root, Device) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const fetchToken = tokenFrom(root.dataset.token);
  const texts = root.dataset;
  let device = null;
  let call = null;

  const say = (text) => {
    part("state").textContent = text;
  };
  const show = (...names) => {
    for (const name of ["start", "answer", "refuse", "mute", "hang-up"]) {
      part(name).hidden = !names.includes(name);
    }
  };
  const idle = () => {
    call = null;
    part("mute").setAttribute("aria-pressed", "false");
    say(texts.langReady);
    show();
  };

  const ring = (incoming) => {
    if (call) {
      incoming.ignore(); // one talk at a time; whoever asked is told that nobody answered
      return;
    }
    call = incoming;
    const over = () => {
      if (call === incoming) idle();
    };
    incoming.on("accept", () => {
      say(texts.langTalking);
      show("mute", "hang-up");
    });
    for (const end of ["cancel", "disconnect", "reject"]) incoming.on(end, over);
    incoming.on("error", over);
    say(texts.langRinging);
    show("answer", "refuse");
    part("answer").focus();
  };

  const register = async () => {
    try {
      await device.register();
    } catch {
      say(texts.langLost);
      setTimeout(register, REGISTER_AGAIN_MS);
    }
  };

  const start = async () => {
    say(texts.langStarting);
    show();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      for (const track of stream.getTracks()) track.stop();
    } catch {
      say(texts.langMicrophone);
      show("start");
      return;
    }
    try {
      // Leaving the page in the middle of a talk asks first.
      device = new Device(await fetchToken(), { closeProtection: true, codecPreferences: ["opus", "pcmu"] });
    } catch {
      say(texts.langFailed);
      show("start");
      return;
    }
    device.on("registered", () => {
      if (!call) idle();
    });
    device.on("unregistered", () => {
      if (!call) say(texts.langLost);
    });
    device.on("error", () => {
      if (!call) say(texts.langLost);
    });
    device.on("tokenWillExpire", async () => {
      try {
        device.updateToken(await fetchToken());
      } catch {
        if (!call) say(texts.langFailed); // signed out: the next call rings nowhere
      }
    });
    device.on("incoming", ring);
    await register();
  };

  part("start").addEventListener("click", start);
  part("answer").addEventListener("click", () => call?.accept());
  part("refuse").addEventListener("click", () => call?.reject());
  part("hang-up").addEventListener("click", () => call?.disconnect());
  part("mute").addEventListener("click", () => {
    const isMuted = !call.isMuted();
    call.mute(isMuted);
    part("mute").setAttribute("aria-pressed", String(isMuted));
  });
  say("");
}

const root = document.querySelector("[data-softphone]");
if (root) softphone(root, globalThis.Twilio.Device);
