// Listens to the requests of an open page, which the browser measures anyway. Nothing runs until some have ended, and the
// worker is woken only by a burst of blocked ones.

import { reportActivity } from "./activity.js";
import { makeBanner } from "./banner.js";
import { isBlockedLogin, isLetIn, makeBurst, pathOf } from "./burst.js";
import { loadId, shown } from "./load.js";
import { onBannerNews, send } from "./message.js";

/**
 * Is this a request of the page? Ours, made by `refetch.js`, are measured too.
 * @param {PerformanceEntry} entry
 */
const isOfPage = ({ name, startTime }) =>
  !globalThis.ownRequests?.some(({ url, from, to }) => url === name && from <= startTime && startTime <= to);

/** Starts to listen. */
export const watchRequests = () => {
  // Both are made when they are first needed: an ordinary page needs neither.
  /** @type {ReturnType<typeof makeBurst> | undefined} */
  let findBurst;
  /** @type {import("./banner.js").Banner | undefined} */
  let banner;
  /**
   * What was blocked, while the banner says so.
   * @type {string | undefined}
   */
  let blockedPath;

  /** @param {string} path @param {import("./message.js").Answer} answer */
  const show = (path, { banner: words, hidden }) => {
    if (words) {
      blockedPath = path;
      // The banner may have been turned off since the page was loaded.
      if (!hidden) {
        banner?.show(words);
      }
    }
  };

  /** @param {string} path @param {number} [status] of the only request, where one is enough */
  const report = async (path, status) => {
    await shown();
    if (banner === undefined) {
      banner = makeBanner({ button: "banner_fix" });
      reportActivity();
      // Words may also come of a look after a reload, or say how far a search is.
      onBannerNews((answer) => show(path, answer));
    }
    const answer = await send({ kind: "burst", path, status, load: loadId() });
    if (answer) {
      show(path, answer);
    }
  };

  const observer = new PerformanceObserver((list) => {
    findBurst ??= makeBurst(location.origin);
    const entries = /** @type {PerformanceResourceTiming[]} */ (list.getEntries()).filter(isOfPage);
    if (blockedPath !== undefined && isLetIn(entries, location.origin, blockedPath)) {
      blockedPath = undefined;
      banner?.hide();
      send({ kind: "gone" });
    }
    const login = entries.find(isBlockedLogin);
    const path = login ? pathOf(login, location.origin) : findBurst(entries);
    if (path !== undefined) {
      report(path, login?.responseStatus);
    }
  });
  observer.observe({ type: "resource", buffered: true });
};
