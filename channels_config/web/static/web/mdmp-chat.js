/**
 * Métropole Dans Ma Poche, the chat that any page can embed:
 *
 *   <script src="https://…/static/web/mdmp-chat.js" defer></script>
 *   <mdmp-chat></mdmp-chat>
 *
 * A classic script, so that the tag above works everywhere; it loads the modules that stand beside
 * it. No inline style or script: a page whose policy is `default-src 'self'` (or names our origin)
 * needs nothing more. Attributes and CSS variables: see the README of channels_config/web.
 */
(() => {
  const home = document.currentScript.src;
  import(new URL("chat/element.js", home).href);
})();
