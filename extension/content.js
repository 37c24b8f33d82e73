// The content script's loader. The build puts the recogniser around it: `loadGlue()` starts the WebAssembly glue,
// `WASM_BASE64` is the module, `BANNER_CSS` the banner's style. Nothing here leaks into the page.
//
//   load ── status below 400 ──▶ nothing at all
//    └─ status 400 or more ──▶ recognise ── no refusal, or a challenge ──▶ nothing at all
//                                  └─ refusal ──▶ banner, report ──▶ watch for navigation inside the page
//
// A challenge page is never touched: an error or a changed node there makes the challenge begin again.

/** The status of this load; 0 where the browser does not tell. */
const status = () => performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;

const send = (message) => chrome.runtime.sendMessage(message).catch(() => undefined);

/** Which load this is: `LoadId`. */
const load = () => Math.round(performance.timeOrigin * 1000);

/** A function that gives the banner's words or `null`, and reports a refusal to the background on the way. */
const loadRecogniser = () => {
  /** Markup beyond this is not looked at: the largest refusal page known has 1.2 million characters. */
  const LONGEST = 4 << 20;
  let recognise = null;
  try {
    const module = Uint8Array.from(atob(WASM_BASE64), (character) => character.charCodeAt(0));
    const glue = loadGlue();
    glue.initSync({ module });
    recognise = glue.recognise;
  } catch {
    // The page's policy forbids WebAssembly: the background recognises the same input.
  }
  return async () => {
    const html = document.documentElement.outerHTML.slice(0, LONGEST);
    if (recognise === null) {
      const judged = await send({ kind: "judge", status: status(), html, load: load() });
      return judged?.banner ?? null;
    }
    const json = recognise(status(), location.href, html);
    if (json === undefined) {
      return null;
    }
    const { verdict, banner } = JSON.parse(json);
    send({ kind: "seen", verdict, load: load() });
    return banner;
  };
};

/** The banner: `show(words)` and `hide()`. Dismissed once, it is not shown again in this load. */
const makeBanner = () => {
  let host = null;
  let dismissed = false;

  // The page is moved down by the banner's height, so that nothing of it is hidden.
  const room = new CSSStyleSheet();
  const measure = new ResizeObserver(([{ target }]) => {
    room.replaceSync(`html { margin-block-start: ${target.offsetHeight}px !important; }`);
  });

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

  const hide = () => {
    measure.disconnect();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== room);
    host?.remove();
    host = null;
  };

  const dismiss = () => {
    dismissed = true;
    hide();
  };

  const show = ({ headline, label, hint }) => {
    if (host !== null || dismissed) {
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
    region.lang = chrome.i18n.getMessage("language_tag");
    const text = element("div", "text", "");
    // Read out once it is there: a live region announces what is put into it.
    text.setAttribute("role", "status");
    region.append(
      element("span", "mark", ""),
      text,
      button("fix", chrome.i18n.getMessage("banner_fix"), () => send({ kind: "fix-it" })),
      button("dismiss", chrome.i18n.getMessage("banner_dismiss"), dismiss),
    );
    region.addEventListener("keydown", (event) => event.isTrusted && event.key === "Escape" && dismiss());
    root.append(region);
    document.documentElement.append(host);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, room];
    measure.observe(region);
    const what = element("p", "what", "");
    what.append(element("strong", "headline", words(headline)), " ", element("span", "label", words(label)));
    text.append(what, element("p", "hint", words(hint)));
  };

  return { show, hide };
};

/** Looks again when the page changes itself, until the refusal is gone. */
const watch = (recognise, banner) => {
  /** Between two looks, in milliseconds; and how many looks a load gets at all: a page may change itself for ever. */
  const PAUSE = 500;
  const MOST_LOOKS = 40;
  let looks = 0;
  let waiting = false;

  const lookAgain = () => {
    if (waiting || looks >= MOST_LOOKS) {
      return;
    }
    waiting = true;
    setTimeout(async () => {
      waiting = false;
      looks += 1;
      if ((await recognise()) === null) {
        banner.hide();
        observer.disconnect();
        looks = MOST_LOOKS;
        send({ kind: "gone" });
      }
    }, PAUSE);
  };

  // The root of every refusal page is a child of the body, so a refusal cannot go without one of these two changing.
  const observer = new MutationObserver((changes) => {
    const foreign = (node) => node.localName !== "readmit-banner";
    if (changes.some((change) => [...change.addedNodes, ...change.removedNodes].some(foreign))) {
      lookAgain();
    }
  });
  observer.observe(document.documentElement, { childList: true });
  observer.observe(document.body, { childList: true });
  globalThis.navigation?.addEventListener("currententrychange", lookAgain);
  addEventListener("popstate", lookAgain);
  // Somebody may be waiting for the connection, or for another address: what is known of that is the background's.
  const stirred = () => send({ kind: "stirred" });
  addEventListener("online", stirred);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && stirred());
  // Back from the browser's memory of the page: the badge went with the page that was left.
  addEventListener("pageshow", (event) => event.persisted && lookAgain());
};

const start = async () => {
  if (status() < 400) {
    return;
  }
  const recognise = loadRecogniser();
  const words = await recognise();
  if (words !== null) {
    const banner = makeBanner();
    banner.show(words);
    watch(recognise, banner);
  }
};

if (document.prerendering) {
  document.addEventListener("prerenderingchange", start, { once: true });
} else {
  start();
}
