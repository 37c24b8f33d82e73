// The content script's loader. The build puts the recogniser around it: `loadGlue()` starts the WebAssembly glue,
// `WASM_PACKED` is the module, `STYLE` the banner's style; and `unpack.js` and `burst.js` before it. Nothing here leaks into
// the page.
//
//   load ── status below 400 ──▶ open ── burst of refused requests ──▶ told ── it is a refusal ──▶ banner ─┐
//    │                             ▲                                     └─ it is none ──▶ nothing at all  │
//    │                             └─────────────── what was refused is let in ◀────────────────────────────┘
//    ├─ no mark of a refusal ──▶ nothing at all
//    └─ status 400 or more, and a mark ──▶ recognise ── no refusal ──▶ nothing at all
//                                              ├─ challenge ──▶ reported, and nothing else
//                                              └─ refusal ──▶ banner, report ──▶ watch for navigation inside the page
//
// A challenge page is never touched: an error or a changed node there makes the challenge begin again. That it is one is
// reported, for a loop of them is no page's fault any more, and can only be told from many.
//
// The page is not trusted. What it has defined, patched or renamed must neither reach what is done here nor make it fail.

/** The status of this load; 0 where the browser does not tell. */
const status = () => performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;

/**
 * Settles once somebody sees the page, which may have been loaded in advance. Not asked of an ordinary page: there the first
 * touch of `document` would be half of what we cost it.
 */
const seen = async () => {
  if (document.prerendering) {
    await new Promise((resolve) => document.addEventListener("prerenderingchange", resolve, { once: true }));
  }
};

/** How often a message is sent before it is given up, and the pause between two times, in milliseconds. */
const MOST_TIMES = 4;
const PAUSE = 250;
/** How long an answer may take, in milliseconds; to a burst, for which the page is asked once more, longer. */
const PATIENCE = 2_000;
const BURST_PATIENCE = 15_000;

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE));

/** The answer to a message; `undefined` where there is none in time. */
const answered = async (message) => {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, message.kind === "burst" ? BURST_PATIENCE : PATIENCE);
  });
  const answer = await Promise.race([chrome.runtime.sendMessage(message).catch(() => undefined), late]);
  clearTimeout(timer);
  return answer;
};

/**
 * Sends a message until the background has answered it, for a worker that dies over a message loses it without a word. Every
 * message is answered with an object; `undefined` is what a browser makes up when the worker has ended.
 *
 *   sent ── answered ──▶ its answer
 *    ▲ └── refused, made up or too late ──▶ pause ──┐
 *    └───────────────── up to four times ───────────┘
 */
const send = async (message) => {
  for (let times = 0; times < MOST_TIMES; times += 1) {
    if (times > 0) {
      await pause();
    }
    // Once this extension was updated or removed, no one is there to answer this script.
    if (chrome.runtime?.id === undefined) {
      break;
    }
    const answer = await answered(message);
    if (answer !== undefined) {
      return answer;
    }
  }
  return undefined;
};

/** The click in the banner, which has a name of its own: it is to open one popup, however often it has to be sent. */
const fix = () => send({ kind: "fix-it", click: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER) });

/** Which load this is: `LoadId`. */
const load = () => Math.round(performance.timeOrigin * 1000);

/**
 * The document's markup; empty where its root is not `<html>`. No page refuses with another, and a root of the page's
 * choice could hide what elements can do: a form's `outerHTML` is the field of that name.
 */
const markup = () => {
  /** Markup beyond this is not looked at: the largest refusal page known has 1.2 million characters. */
  const LONGEST = 4 << 20;
  const root = document.documentElement;
  return root instanceof HTMLHtmlElement ? root.outerHTML.slice(0, LONGEST) : "";
};

/**
 * What no refusal is without. Where a page's policy forbids WebAssembly, merely trying is reported to the page and to its
 * owner, so it is not tried on pages that merely failed to load.
 */
const MARKS =
  /cf-error-details|main-wrapper|blocked-icon|explanation|error code: |cloudflare_error|unsupported_country|at\s+capacity|available\s+in\s+your/;

/** What an error that is written as JSON is not without. The background reads JSON; the recognizer in here does not. */
const WRITTEN_AS_JSON = /cloudflare_error|unsupported_country/;

/** A function that gives the banner's words or `null`, and reports a refusal to the background on the way. */
const loadRecogniser = async () => {
  let recognise = null;
  try {
    const module = await unpack(WASM_PACKED);
    const glue = loadGlue();
    glue.initSync({ module });
    recognise = glue.recognise;
  } catch {
    // The page's policy forbids WebAssembly: the background recognises the same input.
  }
  return async (html) => {
    if (recognise === null || WRITTEN_AS_JSON.test(html)) {
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

/** Is a banner wanted? `QUIET` says if not. */
const isWanted = () => chrome.storage.local.get("quiet").then(({ quiet }) => quiet?.value !== true, () => true);

/** The banner: `show(words)`, again for other words, and `hide()`. Dismissed once, it is not shown again in this load. */
const makeBanner = () => {
  let host = null;
  let text = null;
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

  const show = (banner) => {
    if (dismissed) {
      return;
    }
    if (host === null) {
      build();
    }
    const what = element("p", "what", "");
    what.append(element("strong", "headline", words(banner.headline)), " ", element("span", "label", words(banner.label)));
    text.replaceChildren(what, element("p", "hint", words(banner.hint)));
  };

  const build = () => {
    // Made in a document of its own: a page that has defined an element of this name would be handed the closed root.
    host = document.implementation.createHTMLDocument("").createElement("readmit-banner");
    const root = host.attachShadow({ mode: "closed" });
    document.adoptNode(host);
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];

    const region = element("section", "banner", "");
    region.setAttribute("aria-label", "Readmit");
    region.dir = chrome.i18n.getMessage("@@bidi_dir");
    region.lang = chrome.i18n.getMessage("language_tag");
    text = element("div", "text", "");
    // Read out once it is there: a live region announces what is put into it.
    text.setAttribute("role", "status");
    region.append(
      element("span", "mark", ""),
      text,
      button("fix", chrome.i18n.getMessage("banner_fix"), fix),
      button("dismiss", chrome.i18n.getMessage("banner_dismiss"), dismiss),
    );
    region.addEventListener("keydown", (event) => event.isTrusted && event.key === "Escape" && dismiss());
    root.append(region);
    document.documentElement.append(host);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, room];
    measure.observe(region);
  };

  return { show, hide };
};

/** Somebody may be waiting for the connection, or for another address: what is known of that is the background's. */
const watchLine = () => {
  const stirred = (event) => event.isTrusted && send({ kind: "stirred" });
  addEventListener("online", stirred);
  document.addEventListener("visibilitychange", (event) => document.visibilityState === "visible" && stirred(event));
};

/** Looks again when the page changes itself, until the refusal is gone. */
const watch = (recognise, banner) => {
  /** Between two looks, in milliseconds; and how many looks a load gets at all: a page may change itself for ever. */
  const LOOK_PAUSE = 500;
  const MOST_LOOKS = 40;
  let left = MOST_LOOKS;
  let waiting = false;

  const look = async () => {
    waiting = false;
    left -= 1;
    if ((await recognise(markup())) === null) {
      left = 0;
      banner.hide();
      send({ kind: "gone" });
    }
    if (left === 0) {
      observer.disconnect();
    }
  };

  const lookAgain = () => {
    if (!waiting && left > 0) {
      waiting = true;
      setTimeout(look, LOOK_PAUSE);
    }
  };

  // The root of every refusal page is a child of the body, so a refusal cannot go without one of these two changing.
  const observer = new MutationObserver((changes) => {
    const foreign = (node) => node.localName !== "readmit-banner";
    if (changes.some((change) => [...change.addedNodes, ...change.removedNodes].some(foreign))) {
      lookAgain();
    }
  });
  for (const node of [document, document.documentElement, document.body]) {
    if (node !== null) {
      observer.observe(node, { childList: true });
    }
  }
  globalThis.navigation?.addEventListener("currententrychange", lookAgain);
  addEventListener("popstate", lookAgain);
  watchLine();
  // Back from the browser's memory of the page: the badge went with the page that was left.
  addEventListener("pageshow", (event) => event.persisted && lookAgain());
};

/**
 * An open page, whose own requests the browser measures anyway: nothing runs until some have ended, and nobody is woken
 * without a burst.
 */
const watchRequests = () => {
  // Made when first needed, as all that an ordinary page can do without.
  let burst = null;
  let banner = null;
  /** What was refused, while the banner says so. */
  let refused = null;

  const tell = async (path) => {
    await seen();
    if (banner === null) {
      banner = makeBanner();
      watchLine();
      // The banner may also come of a look after a reload, and says how far a search is. Only our own background can say so.
      chrome.runtime.onMessage.addListener(({ banner: news }) => news && show(path, news));
    }
    const judged = await send({ kind: "burst", path, load: load() });
    if (judged?.banner) {
      await show(path, judged.banner);
    }
  };

  const show = async (path, words) => {
    refused = path;
    if (await isWanted()) {
      banner.show(words);
    }
  };

  // What `inside.js` asks is measured, too.
  const isTheirs = ({ name, startTime }) => !globalThis.ours?.some((our) => our.name === name && our.from <= startTime && startTime <= our.to);

  const observer = new PerformanceObserver((list) => {
    burst ??= makeBurst(location.origin);
    const entries = list.getEntries().filter(isTheirs);
    if (refused !== null && isLetIn(entries, location.origin, refused)) {
      refused = null;
      banner.hide();
      send({ kind: "gone" });
    }
    const path = burst(entries);
    if (path !== undefined) {
      tell(path);
    }
  });
  observer.observe({ type: "resource", buffered: true });
};

const start = async () => {
  if (status() < 400) {
    watchRequests();
    return;
  }
  await seen();
  const html = markup();
  if (!MARKS.test(html)) {
    return;
  }
  let banner = null;
  let news = null;
  // How far the search for the extension is, or that it is one that was to blame before. Only our own background can say so,
  // perhaps before there is a banner, and nothing is done but shown.
  chrome.runtime.onMessage.addListener(({ banner: words }) => {
    if (words) {
      news = words;
      banner?.show(words);
    }
  });
  // Asked for meanwhile.
  const wanted = isWanted();
  const recognise = await loadRecogniser();
  const words = await recognise(html);
  if (words !== null) {
    const made = makeBanner();
    if (await wanted) {
      made.show(news ?? words);
      banner = made;
    }
    watch(recognise, made);
  }
};

start();
