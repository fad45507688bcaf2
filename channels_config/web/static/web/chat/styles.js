/**
 * The widget's look, as a constructable style sheet: it lives in the shadow tree and needs no
 * exception in the page's Content-Security-Policy. Everything that a site may want to change is a
 * `--mdmp-chat-…` variable; sizes are relative, so that zoom and larger text keep the layout.
 */
export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
:host {
  --accent: var(--mdmp-chat-accent, #0b4a6f);
  --on-accent: var(--mdmp-chat-on-accent, #ffffff);
  --surface: var(--mdmp-chat-surface, #ffffff);
  --ground: var(--mdmp-chat-ground, #f6f3ee);
  --ink: var(--mdmp-chat-ink, #17222b);
  --muted: var(--mdmp-chat-muted, #52606b);
  --line: var(--mdmp-chat-line, #d8d2c7);
  --bubble: var(--mdmp-chat-bubble, #ffffff);
  --danger: var(--mdmp-chat-danger, #a3261b);
  --warning-ground: var(--mdmp-chat-warning-ground, #fdf0d5);
  --warning-ink: var(--mdmp-chat-warning-ink, #5c3d00);
  --radius: var(--mdmp-chat-radius, 0.875rem);
  --font: var(--mdmp-chat-font, system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif);
  display: block;
  color: var(--ink);
  font: 1rem/1.5 var(--font);
  text-align: start;
}
@media (prefers-color-scheme: dark) {
  :host {
    --accent: var(--mdmp-chat-accent-dark, #8ecbee);
    --on-accent: var(--mdmp-chat-on-accent-dark, #06202f);
    --surface: var(--mdmp-chat-surface-dark, #18242d);
    --ground: var(--mdmp-chat-ground-dark, #111a21);
    --ink: var(--mdmp-chat-ink-dark, #e9eef1);
    --muted: var(--mdmp-chat-muted-dark, #a9b7c1);
    --line: var(--mdmp-chat-line-dark, #34444f);
    --bubble: var(--mdmp-chat-bubble-dark, #22313b);
    --danger: var(--mdmp-chat-danger-dark, #ffb4a9);
    --warning-ground: var(--mdmp-chat-warning-ground-dark, #3d3012);
    --warning-ink: var(--mdmp-chat-warning-ink-dark, #ffe3a6);
  }
}
:host([hidden]) { display: none; }
:host(:not([layout="inline"])) {
  position: fixed;
  inset-block-end: 1rem;
  inset-inline-end: 1rem;
  z-index: 2147483000;
  max-inline-size: calc(100vw - 2rem);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.visually-hidden {
  position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
button { font: inherit; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }

.invitation {
  padding: 1.5rem; background: var(--surface);
  border: 1px solid var(--line); border-radius: var(--radius);
}
.invitation h2, header h2 { margin: 0; font-size: 1.125rem; line-height: 1.3; }
.invitation p { margin: 0.5rem 0 1.25rem; }
.invitation .privacy { margin: 1rem 0 0; color: var(--muted); font-size: 0.875rem; }
:host(:not([layout="inline"])) .invitation { padding: 0; border: 0; background: none; }
:host(:not([layout="inline"])) .invitation > :not(.opener) { display: none; }
.opener, .send {
  border: 0; border-radius: calc(var(--radius) - 0.25rem); padding: 0.75rem 1.25rem;
  min-block-size: 2.75rem; background: var(--accent); color: var(--on-accent); font-weight: 600;
}
.opener:hover, .send:hover { filter: brightness(1.12); }
:host([layout="inline"]) .opener { inline-size: 100%; }
:host(:not([layout="inline"])) .opener { box-shadow: 0 0.25rem 1rem rgb(0 0 0 / 25%); }

.badge {
  display: inline-block; margin-inline-start: 0.5rem; padding: 0 0.5rem; border-radius: 1rem;
  background: var(--on-accent); color: var(--accent); font-size: 0.875rem;
}
.panel {
  position: relative; display: flex; flex-direction: column; overflow: hidden;
  block-size: min(42rem, 78vh); min-block-size: 18rem;
  background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius);
}
:host(:not([layout="inline"])) .panel {
  inline-size: min(24rem, calc(100vw - 2rem)); block-size: min(38rem, calc(100vh - 2rem));
  box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 25%);
}
header {
  display: flex; align-items: center; justify-content: space-between; gap: 0.5rem;
  padding: 0.75rem 1rem; border-block-end: 1px solid var(--line);
}
.close {
  border: 0; background: none; color: inherit; font-size: 1.25rem; line-height: 1;
  inline-size: 2.75rem; block-size: 2.75rem; border-radius: 0.5rem;
}
:host([layout="inline"]) .close { display: none; }
.notice {
  margin: 0; padding: 0.5rem 1rem; font-size: 0.875rem;
  background: var(--warning-ground); color: var(--warning-ink);
}
.notice:empty { padding: 0; }
.log {
  flex: 1 1 auto; overflow-y: auto; overscroll-behavior: contain;
  display: flex; flex-direction: column; gap: 0.75rem; padding: 1rem; background: var(--ground);
}
.log:focus-visible { outline-offset: -3px; }
.empty { margin: auto 0; text-align: center; color: var(--muted); }
.empty p { margin: 0 0 0.5rem; }
.empty .question { color: var(--ink); font-weight: 600; font-size: 1.125rem; }
.message { max-inline-size: min(85%, 34rem); align-self: flex-start; overflow-wrap: anywhere; }
.message .text {
  margin: 0; padding: 0.625rem 0.875rem; white-space: pre-wrap;
  background: var(--bubble); border: 1px solid var(--line);
  border-radius: var(--radius); border-end-start-radius: 0.25rem;
}
.message.citizen { align-self: flex-end; }
.message.citizen .text {
  background: var(--accent); border-color: var(--accent); color: var(--on-accent);
  border-radius: var(--radius); border-end-end-radius: 0.25rem;
}
.message.system { align-self: center; text-align: center; }
.message.system .text { background: none; border: 0; color: var(--muted); font-size: 0.875rem; }
.words, .place { display: block; }
.photo {
  display: block; inline-size: min(20rem, 100%); block-size: auto; border-radius: 0.5rem;
}
span.photo { min-block-size: 8rem; background: var(--line); color: var(--ink); padding: 0.5rem; }
.photo + *, .place + * { margin-block-start: 0.5rem; }
.newer {
  align-self: center; margin-block: -3.25rem 0.5rem; z-index: 1; min-block-size: 2.75rem;
  padding: 0.5rem 1rem; border: 0; border-radius: 1.5rem;
  background: var(--accent); color: var(--on-accent); font-weight: 600;
}
.meta { display: block; padding: 0.125rem 0.25rem 0; font-size: 0.8125rem; color: var(--muted); }
.message.citizen .meta { text-align: end; }
[data-state="failed"] .state { color: var(--danger); }
.retry {
  border: 0; background: none; padding: 0.25rem; color: var(--danger); text-decoration: underline;
}
.choices { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-block-start: 0.5rem; }
.choice {
  min-block-size: 2.75rem; padding: 0.5rem 1rem; border: 1px solid var(--accent);
  border-radius: 1.5rem; background: var(--surface); color: var(--accent); font-weight: 600;
}
.choice:hover { background: var(--accent); color: var(--on-accent); }
.typing { margin: 0; padding: 0.25rem 1rem 0.75rem; background: var(--ground); color: var(--muted); font-size: 0.875rem; }
.typing::before {
  content: ""; display: inline-block; inline-size: 0.5rem; block-size: 0.5rem;
  margin-inline-end: 0.5rem; border-radius: 50%; background: currentColor;
  animation: breathe 1.2s ease-in-out infinite alternate;
}
@keyframes breathe { from { opacity: 0.2; } to { opacity: 1; } }

.tool {
  inline-size: 2.75rem; block-size: 2.75rem; padding: 0; border: 1px solid var(--muted);
  border-radius: calc(var(--radius) - 0.25rem); background: var(--surface); color: inherit;
}
.tool svg {
  inline-size: 1.5rem; block-size: 1.5rem; vertical-align: middle;
  fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round;
}
.tool:hover { border-color: var(--accent); color: var(--accent); }
.actions { display: flex; flex: 1 1 auto; gap: 0.5rem; }
.actions .send { margin-inline-start: auto; }
.tool:disabled { opacity: 0.5; cursor: progress; }
.previews { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0 0 0.5rem; padding: 0; list-style: none; }
.previews li { position: relative; }
.previews .photo { inline-size: auto; max-inline-size: 7rem; block-size: 4.5rem; object-fit: cover; }
.remove {
  position: absolute; inset-block-start: 0; inset-inline-end: 0; inline-size: 2rem; block-size: 2rem;
  border: 0; border-radius: 50%; background: var(--ink); color: var(--surface); line-height: 1;
}
.drop { display: none; }
.dropping .drop {
  position: absolute; inset: 0; z-index: 2; display: grid; place-items: center; margin: 0;
  background: var(--surface); color: var(--ink); opacity: 0.95; font-weight: 600;
  outline: 3px dashed var(--accent); outline-offset: -0.75rem; pointer-events: none;
}

form { padding: 0.75rem; border-block-start: 1px solid var(--line); }
.row { display: flex; align-items: flex-end; gap: 0.5rem; flex-wrap: wrap; }
textarea {
  flex: 1 1 11rem; min-inline-size: 0; min-block-size: 2.75rem; max-block-size: 8rem; resize: none;
  padding: 0.625rem 0.75rem; font: inherit; color: var(--ink); background: var(--surface);
  border: 1px solid var(--muted); border-radius: calc(var(--radius) - 0.25rem);
  field-sizing: content;
}
textarea:focus-visible { outline-offset: -1px; }
textarea::placeholder { color: var(--muted); opacity: 1; }
.hint { margin: 0.375rem 0.25rem 0; color: var(--muted); font-size: 0.8125rem; }
@media (hover: none), (max-width: 40rem) { .hint { display: none; } }
@media (max-height: 30rem) { .panel { min-block-size: 0; block-size: 96vh; } .hint { display: none; } }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important; scroll-behavior: auto; }
}
@media (forced-colors: active) { .message .text, .opener, .send { border: 1px solid; } }
`);
