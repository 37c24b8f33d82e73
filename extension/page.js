// Puts the first words on a page of ours at once, then starts the module that does everything else. A classic script, so that
// it runs before the first paint. `data-start` names what the module is to start.

"use strict";

{
  const say = (key) => chrome.i18n.getMessage(key);
  const root = document.documentElement;
  const start = document.currentScript.dataset.start;

  // The language is the one the words are in, which need not be the browser's.
  const language = say("language_tag");
  const theirs = say("@@ui_locale").split("_", 1)[0] === language.split("-", 1)[0];
  root.lang = language;
  root.dir = theirs ? say("@@bidi_dir") : "ltr";
  root.dataset.surface ??= new URLSearchParams(location.search).has("tab") ? "tab" : "popup";

  const templates = Array.from(document.querySelectorAll("template"), (template) => template.content);
  for (const part of [document, ...templates]) {
    for (const element of part.querySelectorAll("[data-i18n]")) element.textContent = say(element.dataset.i18n);
    for (const element of part.querySelectorAll("[data-i18n-label]")) {
      const label = say(element.dataset.i18nLabel);
      element.setAttribute("aria-label", label);
      element.setAttribute(element.localName === "input" ? "placeholder" : "title", label);
    }
  }

  const run = async () => {
    const fetched = fetch("/wasm/pages.wasm.deflated");
    const [pages, { inflate }] = await Promise.all([import("./wasm/pages.js"), import("./inflate.js")]);
    await pages.default({ module_or_path: inflate(fetched) });
    pages[start]();
  };
  run().catch((error) => {
    document.getElementById("headline").textContent = say("problem_background");
    document.querySelector("main").dataset.tone = "alarm";
    for (const waiting of document.querySelectorAll("[data-waiting]")) waiting.hidden = true;
    throw error;
  });
}
