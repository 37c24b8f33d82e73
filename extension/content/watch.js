// Watches a block page: looks again when the page changes itself, until it is no longer blocked.

import { reportActivity } from "./activity.js";
import { markup } from "./load.js";
import { send } from "./message.js";

/** Between two looks, in milliseconds; and how many looks a load gets in total: a page may change itself forever. */
const LOOK_PAUSE = 500;
const MOST_LOOKS = 40;

/**
 * @param {import("./recognizer.js").Recognize} recognize
 * @param {import("./banner.js").Banner} banner
 */
export const watchBlockPage = (recognize, banner) => {
  let left = MOST_LOOKS;
  let waiting = false;

  const look = async () => {
    waiting = false;
    left -= 1;
    if ((await recognize(markup())).banner === null) {
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

  const isForeign = (/** @type {Node} */ node) => /** @type {Partial<Element>} */ (node).localName !== "readmit-banner";
  // The root of every block page is a child of the body, so none can go without a change in one of these nodes.
  const observer = new MutationObserver((changes) => {
    if (changes.some(({ addedNodes, removedNodes }) => [...addedNodes, ...removedNodes].some(isForeign))) {
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
  reportActivity();
  // Restored from the back/forward cache: the badge was removed when the page was left.
  addEventListener("pageshow", (event) => event.persisted && lookAgain());
};

/** Between two looks at a challenge, in milliseconds: it may end at once, or minutes later, when the person has clicked. */
const CHALLENGE_PAUSE = 2_000;

/**
 * Watches a challenge until it has ended: its script then writes the reason into the page. Only reads, and never throws: an
 * error could be noticed by the page.
 * @param {import("./recognizer.js").Recognize} recognize
 */
export const watchChallenge = (recognize) => {
  let left = MOST_LOOKS;
  let waiting = false;

  const look = async () => {
    waiting = false;
    left -= 1;
    if (!(await recognize(markup())).runs || left === 0) {
      observer.disconnect();
    }
  };

  const observer = new MutationObserver(() => {
    if (!waiting) {
      waiting = true;
      setTimeout(look, CHALLENGE_PAUSE);
    }
  });
  observer.observe(document, { subtree: true, childList: true });
};
