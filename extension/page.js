// Starts our own pages: puts the first words on the page, connects to the background, and starts the module that does
// everything else. `data-name` of its script element names the page. The build bundles it with the module's glue into one
// classic script: a module script would run after the first paint.
//
//   connect ──▶ the background, which may have to wake, sends views ─┬──▶ the module takes over
//   fetch and compile the module ────────────────────────────────────┘

import init, { start_options, start_popup } from "./module/pages.js";

const module_or_path = fetch("/pages.wasm");

const START = { options: start_options, popup: start_popup };

/** @param {string} key */
const textOf = (key) => chrome.i18n.getMessage(key);
const root = document.documentElement;
const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const name = /** @type {keyof typeof START} */ (script.dataset.name);
const tabInUrl = new URLSearchParams(location.search).get("tab");

// The language is that of the words, which need not be the browser's.
const language = textOf("language_tag");
const isOfBrowser = textOf("@@ui_locale").split("_", 1)[0] === language.split("-", 1)[0];
root.lang = language;
root.dir = isOfBrowser ? textOf("@@bidi_dir") : "ltr";
root.dataset.surface ??= tabInUrl === null ? "popup" : "tab";

const version = document.getElementById("version");
if (version) {
  version.textContent = chrome.runtime.getManifest().version;
}

/** The tab that the popup is about: the one named in the URL, else the one it opened over. */
const findTab = async () => {
  if (tabInUrl !== null) {
    return Number(tabInUrl);
  }
  const [active] = await chrome.tabs.query({ active: true, currentWindow: true });
  return active?.id;
};

/**
 * The first connection to the background, which hears nothing but this script until the module takes over. Of the messages
 * until then the last is kept: a view is whole. The port's name is `ConnectionName`'s.
 */
const connect = async () => {
  const tab = name === "popup" ? await findTab() : undefined;
  const port = chrome.runtime.connect({ name: tab === undefined ? name : `${name}:${tab}` });
  /** @type {import("./module/pages.js").EarlyConnection} */
  const early = { port, tab, heard: undefined, lost: false };
  port.onMessage.addListener((message) => (early.heard = message));
  port.onDisconnect.addListener(() => (early.lost = true));
  return early;
};

const write = () => {
  const templates = Array.from(document.querySelectorAll("template"), (template) => template.content);
  for (const part of [document, ...templates]) {
    for (const element of part.querySelectorAll("[data-i18n]")) {
      element.textContent = textOf(element.getAttribute("data-i18n") ?? "");
    }
    for (const element of part.querySelectorAll("[data-i18n-label]")) {
      const label = textOf(element.getAttribute("data-i18n-label") ?? "");
      element.setAttribute("aria-label", label);
      element.setAttribute(element.localName === "input" ? "placeholder" : "title", label);
    }
  }
};

const run = async () => {
  const both = Promise.all([connect(), init({ module_or_path })]);
  write();
  const [early] = await both;
  START[name](early);
};

run().catch((error) => {
  const headline = /** @type {HTMLElement} */ (document.getElementById("headline"));
  headline.textContent = textOf("problem_background");
  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  main.dataset.tone = "alarm";
  for (const waiting of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-waiting]"))) {
    waiting.hidden = true;
  }
  throw error;
});
