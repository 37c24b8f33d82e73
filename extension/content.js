// The content script's loader. The build puts the recogniser around it: `loadGlue()` starts the WebAssembly glue,
// `WASM_BASE64` is the module, `BANNER_CSS` the banner's style. Nothing here leaks into the page.
//
//   load ── status below 400 ──▶ nothing at all
//    └─ status 400 or more ──▶ recognise ── no refusal, or a challenge ──▶ nothing at all
//                                  └─ refusal ──▶ banner, report ──▶ watch for navigation inside the page
//
// A challenge page is never touched: an error or a changed node there makes the challenge begin again.

/** Markup beyond this is not looked at: the largest refusal page known has 1.2 million characters. */
const LONGEST = 4 << 20;

/** Between two looks at a page that changes itself, in milliseconds; and how many looks a load gets at all. */
const PAUSE = 500;
const MOST_LOOKS = 40;

const load = Math.round(performance.timeOrigin * 1000);

const status = () => performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;

const send = (message) => chrome.runtime.sendMessage(message).catch(() => undefined);

/** Starts the module, or says `null` where the page's policy forbids WebAssembly. */
const loadRecogniser = () => {
  try {
    const bytes = Uint8Array.from(atob(WASM_BASE64), (character) => character.charCodeAt(0));
    const glue = loadGlue();
    glue.initSync({ module: bytes });
    return glue.recognise;
  } catch {
    return null;
  }
};

let recogniser;

/** The banner's words, or nothing. Reports a refusal to the background on the way. */
const recognise = async () => {
  const html = document.documentElement.outerHTML.slice(0, LONGEST);
  recogniser ??= loadRecogniser();
  if (recogniser === null) {
    const judged = await send({ judge: { status: status(), html, load } });
    return judged?.banner ?? null;
  }
  const json = recogniser(status(), location.href, html);
  if (json === undefined) {
    return null;
  }
  const { verdict, banner } = JSON.parse(json);
  send({ seen: { verdict, load } });
  return banner;
};

const words = ({ key, args }) => chrome.i18n.getMessage(key, args);

const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};

const button = (className, text, act) => {
  const made = element("button", className, text);
  made.type = "button";
  // A page can make clicks of its own, but not trusted ones.
  made.addEventListener("click", (event) => event.isTrusted && act());
  return made;
};

let host;
let dismissed = false;

const hide = () => {
  host?.remove();
  host = undefined;
};

const dismiss = () => {
  dismissed = true;
  hide();
};

const show = (banner) => {
  if (host || dismissed) {
    return;
  }
  host = document.createElement("readmit-banner");
  const root = host.attachShadow({ mode: "closed" });
  const style = new CSSStyleSheet();
  style.replaceSync(BANNER_CSS);
  root.adoptedStyleSheets = [style];

  const region = element("section", "banner", "");
  region.setAttribute("aria-label", "Readmit");
  region.dir = chrome.i18n.getMessage("@@bidi_dir");
  region.lang = chrome.i18n.getUILanguage();
  const text = element("div", "text", "");
  // Read out once it is there: a live region announces what is put into it.
  text.setAttribute("role", "status");
  const what = element("p", "what", "");
  what.append(element("strong", "headline", words(banner.headline)), " ", element("span", "label", words(banner.label)));
  region.append(
    element("span", "mark", ""),
    text,
    button("fix", chrome.i18n.getMessage("banner_fix"), () => send("fix-it")),
    button("dismiss", chrome.i18n.getMessage("banner_dismiss"), dismiss),
  );
  region.addEventListener("keydown", (event) => event.isTrusted && event.key === "Escape" && dismiss());
  root.append(region);
  document.documentElement.append(host);
  text.append(what, element("p", "hint", words(banner.hint)));
};

let looks = 0;
let waiting = false;

/** The page changed itself: is it still a refusal? */
const lookAgain = () => {
  if (waiting || looks >= MOST_LOOKS) {
    return;
  }
  waiting = true;
  setTimeout(async () => {
    waiting = false;
    looks += 1;
    if ((await recognise()) === null) {
      hide();
      observer.disconnect();
      send("gone");
    }
  }, PAUSE);
};

// The root of every refusal page is a child of the body, so a refusal cannot go without one of these two changing.
const observer = new MutationObserver((changes) => {
  const foreign = (node) => node !== host;
  if (changes.some((change) => [...change.addedNodes, ...change.removedNodes].some(foreign))) {
    lookAgain();
  }
});

const watch = () => {
  observer.observe(document.documentElement, { childList: true });
  observer.observe(document.body, { childList: true });
  globalThis.navigation?.addEventListener("currententrychange", lookAgain);
  addEventListener("popstate", lookAgain);
  // Back from the browser's memory of the page: the badge went with the page that was left.
  addEventListener("pageshow", (event) => event.persisted && lookAgain());
};

const start = async () => {
  if (status() < 400) {
    return;
  }
  const banner = await recognise();
  if (banner !== null) {
    show(banner);
    watch();
  }
};

if (document.prerendering) {
  document.addEventListener("prerenderingchange", start, { once: true });
} else {
  start();
}
