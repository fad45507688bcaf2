/** The clocks of a talk, also after its part came anew; Alt+A holds and takes back. */
import { runTimers } from "../calls_desk/timers.js";
import { keepChoices } from "./line.js";

runTimers();
keepChoices();
document.addEventListener("keydown", (event) => {
  if (event.altKey && !event.ctrlKey && event.code === "KeyA") {
    const hold = document.querySelector("#ligne-attente");
    if (hold) {
      event.preventDefault();
      hold.click();
    }
  }
});
