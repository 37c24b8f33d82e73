// The banner on a blocked page, and the line that tells a result. It changes nothing: its one action opens the popup.

import STYLE from "./banner.css";
import { hasEnded, send } from "./message.js";

/** @import { BannerWords, Words } from "./message.js" */

/** A click has an id of its own: it opens one popup, however often it has to be sent. */
const fix = () => send({ kind: "fix-it", click: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER) });

/** By this name a later content script finds the rule that moves the page down. */
const MARGIN_NAME = "--readmit-banner";

/** @param {CSSStyleSheet} sheet */
const isMargin = (sheet) => [...sheet.cssRules].some(({ cssText }) => cssText.includes(MARGIN_NAME));

const removeMargin = () => {
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !isMargin(sheet));
};

/**
 * Removes what an earlier content script has left in this page: after an update, a banner stays whose buttons reach no one. In
 * Firefox that script itself is gone; in Chromium it still runs, and cannot show its banner again.
 */
export const removeLeftBanner = () => {
  for (const left of document.querySelectorAll("readmit-banner")) {
    left.remove();
  }
  removeMargin();
};

/** @param {Words} words */
const textOf = ({ key, args, count }) => {
  if (typeof count !== "number") {
    return chrome.i18n.getMessage(key, args);
  }
  const form = (/** @type {string} */ category) => chrome.i18n.getMessage(`${key}__${category}`, [String(count), ...args]);
  // A language may have forms that its messages do not tell apart.
  return form(new Intl.PluralRules(chrome.i18n.getMessage("language_tag")).select(count)) || form("other");
};

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} className
 * @param {string} text
 */
const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};

const SVG = "http://www.w3.org/2000/svg";

/** The icon (`icons/readmit.svg`), drawn: a picture would have to be loaded, which the page's policy may forbid. */
const ICON = [
  ["#0f9488", "M1 15V8a7 7 0 0 1 14 0v7z"],
  ["#fff2b8", "M3 15V8a5 5 0 0 1 10 0v7z"],
  ["#4338ca", "M3 15V8a5 5 0 0 1 1.7-3.75L9 6v9z"],
];

/** So that it is clear that the page does not say this. */
const brand = () => {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 16 16");
  for (const [fill, d] of ICON) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("fill", fill);
    path.setAttribute("d", d);
    icon.append(path);
  }
  const made = element("div", "brand", "");
  made.append(icon, "Readmit");
  return made;
};

/**
 * @param {string} className
 * @param {string} text
 * @param {() => unknown} act
 */
const button = (className, text, act) => {
  const made = element("button", className, text);
  // A page can send click events, but no trusted ones.
  made.addEventListener("click", (event) => event.isTrusted && act());
  return made;
};

/**
 * `show` shows these words, also instead of others. Once dismissed, the banner is not shown again in this load. It is used while
 * the pointer or the focus is in it.
 * @typedef {{ show: (words: BannerWords) => void, hide: () => void, isUsed: () => boolean }} Banner
 */

/**
 * @param {{ button: string, isGood?: boolean }} look `button`: the message on the one that opens the popup
 * @returns {Banner}
 */
export const makeBanner = ({ button: action, isGood = false }) => {
  /** @type {{ host: HTMLElement, text: HTMLElement } | null} */
  let built = null;
  let dismissed = false;

  // The page is moved down by the banner's height, so that the banner covers nothing.
  const margin = new CSSStyleSheet();
  const measure = new ResizeObserver(([{ target }]) => {
    const { offsetHeight } = /** @type {HTMLElement} */ (target);
    margin.replaceSync(`html { ${MARGIN_NAME}: 0; margin-block-start: ${offsetHeight}px !important; }`);
  });

  const hide = () => {
    measure.disconnect();
    removeMargin();
    built?.host.remove();
    built = null;
  };

  const dismiss = () => {
    dismissed = true;
    hide();
  };

  const openPopup = () => {
    if (!hasEnded()) {
      fix();
    }
    // A result is told in the popup from here on.
    if (isGood || hasEnded()) {
      hide();
    }
  };

  const build = () => {
    // Created in a separate document: a page that has defined an element of this name would be given the closed root.
    const host = document.implementation.createHTMLDocument("").createElement("readmit-banner");
    const root = host.attachShadow({ mode: "closed" });
    document.adoptNode(host);
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];

    const region = element("section", isGood ? "banner good" : "banner", "");
    region.setAttribute("aria-label", "Readmit");
    region.dir = chrome.i18n.getMessage("@@bidi_dir");
    region.lang = chrome.i18n.getMessage("language_tag");
    const text = element("div", "text", "");
    // A live region announces what is put into it later, so the text is added after the region is in the page.
    text.setAttribute("role", "status");
    region.append(
      brand(),
      text,
      button("fix", chrome.i18n.getMessage(action), openPopup),
      button("dismiss", chrome.i18n.getMessage("banner_dismiss"), dismiss),
    );
    region.addEventListener("keydown", (event) => event.isTrusted && event.key === "Escape" && dismiss());
    root.append(region);
    // First in the tab order.
    document.documentElement.prepend(host);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, margin];
    measure.observe(region);
    return { host, text };
  };

  /** @param {BannerWords} words */
  const show = ({ headline, label, hint }) => {
    if (dismissed) {
      return;
    }
    built ??= build();
    const what = element("p", "what", "");
    what.append(element("strong", "", textOf(headline)));
    if (label) {
      what.append(" ", element("span", "label", textOf(label)));
    }
    built.text.replaceChildren(what);
    if (hint) {
      built.text.append(element("p", "hint", textOf(hint)));
    }
  };

  const isUsed = () => built?.host.matches(":hover, :focus-within") ?? false;

  return { show, hide, isUsed };
};
