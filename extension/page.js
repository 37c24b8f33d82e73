// The loader of our own pages: puts the first words on the page, asks the background, and starts the module that does everything
// else. A classic script, so that it runs before the first paint. `data-name` names the page. The build puts the module around it:
// `loadGlue()` starts its glue, `WASM_PACKED` is its WebAssembly; and `unpack.js` before it. One file, for each more would cost the
// person some 5 ms.
//
//   connect ──▶ the background, which may have to wake, sends views ─┬──▶ the module takes over
//   unpack and compile the module ───────────────────────────────────┘

const say = (key) => chrome.i18n.getMessage(key);
const root = document.documentElement;
const { name } = document.currentScript.dataset;
const named = new URLSearchParams(location.search).get("tab");

// The language is the one the words are in, which need not be the browser's.
const language = say("language_tag");
const theirs = say("@@ui_locale").split("_", 1)[0] === language.split("-", 1)[0];
root.lang = language;
root.dir = theirs ? say("@@bidi_dir") : "ltr";
root.dataset.surface ??= named === null ? "popup" : "tab";

/** Which tab the popup is about: named in the address, else the one it opened over. */
const aboutTab = async () => {
  if (named !== null) {
    return Number(named);
  }
  const [active] = await chrome.tabs.query({ active: true, currentWindow: true });
  return active?.id;
};

/**
 * The first connection to the background, before the module is there to hear it. Of what comes meanwhile the last is kept: a view
 * is whole. The name is `ConnectionName`'s.
 */
const connect = async () => {
  const tab = name === "popup" ? await aboutTab() : undefined;
  const port = chrome.runtime.connect({ name: tab === undefined ? name : `${name}:${tab}` });
  const early = { port, tab, heard: undefined, lost: false };
  port.onMessage.addListener((message) => (early.heard = message));
  port.onDisconnect.addListener(() => (early.lost = true));
  return early;
};

const write = () => {
  const templates = Array.from(document.querySelectorAll("template"), (template) => template.content);
  for (const part of [document, ...templates]) {
    for (const element of part.querySelectorAll("[data-i18n]")) element.textContent = say(element.dataset.i18n);
    for (const element of part.querySelectorAll("[data-i18n-label]")) {
      const label = say(element.dataset.i18nLabel);
      element.setAttribute("aria-label", label);
      element.setAttribute(element.localName === "input" ? "placeholder" : "title", label);
    }
  }
};

const run = async () => {
  const both = Promise.all([connect(), unpack(WASM_PACKED)]);
  write();
  const [early, module] = await both;
  const pages = loadGlue();
  pages.initSync({ module });
  pages[`start_${name}`](early);
};

run().catch((error) => {
  document.getElementById("headline").textContent = say("problem_background");
  document.querySelector("main").dataset.tone = "alarm";
  for (const waiting of document.querySelectorAll("[data-waiting]")) waiting.hidden = true;
  throw error;
});
