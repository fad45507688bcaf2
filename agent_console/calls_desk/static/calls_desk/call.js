/**
 * The call's page. Each module does one thing; without any of them the form, the drafts and the
 * caller's panel are plain pages that work.
 */
import { keepChoices } from "../phone_desk/line.js";
import { forgetOthers, keepDraft } from "./drafts.js";
import { showKind } from "./kinds.js";
import { mapNear } from "./near_map.js";
import { showPanel } from "./panel.js";
import { takeProposals } from "./proposals.js";
import { listenToKeys } from "./shortcuts.js";
import { runTimers } from "./timers.js";

const form = document.querySelector("[data-call-form]");

runTimers();
keepChoices();
if (form) {
  const draft = keepDraft(form);
  showKind(form);
  mapNear(document.querySelector("[data-near-map]"), document.querySelector("[data-near]"));
  showPanel(document.querySelector("[data-panel]"));
  const proposals = takeProposals(form);
  listenToKeys({ form, proposals, draft });
  if (!document.querySelector("main [role=alert]")) {
    const line = form.elements.description;
    line.focus();
    line.setSelectionRange(line.value.length, line.value.length);
  }
} else {
  forgetOthers("");
  listenToKeys({ form: document.querySelector("[data-wrap-form]") });
}
