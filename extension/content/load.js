// What is known of this page load: its status, its identity, whether anyone sees it, and its markup.

const navigationOf = () => /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"))[0];

/** The HTTP status; 0 where the browser does not tell. */
export const responseStatus = () => navigationOf()?.responseStatus ?? 0;

/** Was the page there before this script, which otherwise runs before its `load` event? */
export const isOlderThanScript = () => (navigationOf()?.loadEventEnd ?? 0) > 0;

/** Identifies this load among all loads of the tab: `LoadId`. */
export const loadId = () => Math.round(performance.timeOrigin * 1000);

/**
 * Settles once the page is shown: it may have been loaded in advance. Not asked of an ordinary page, where the first access
 * to `document` would double the cost of this script.
 */
export const shown = async () => {
  if (document.prerendering) {
    await new Promise((resolve) => document.addEventListener("prerenderingchange", resolve, { once: true }));
  }
};

/** Longer markup is cut: the largest block page known has 1.2 million characters. */
const LONGEST_MARKUP = 4 << 20;

/**
 * The document's markup; empty where its root is not `<html>`. No block page has another root, and a root of the page's
 * choice could hide its own properties: the `outerHTML` of a form is the field of that name.
 */
export const markup = () => {
  const root = document.documentElement;
  return root instanceof HTMLHtmlElement ? root.outerHTML.slice(0, LONGEST_MARKUP) : "";
};
