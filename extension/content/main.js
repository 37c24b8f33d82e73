// The content script: decides what a page load needs. The build bundles this folder into the one classic script that a
// content script has to be.
//
//   load ── status below 400 ──▶ open ── burst of blocked requests ──▶ told ── a block ──▶ banner ─────────┐
//    │                             ▲                                    └─ not a block ──▶ nothing at all  │
//    │                             └───────────── a blocked path is let in again ◀─────────────────────────┘
//    ├─ no mark of a block page ──▶ nothing at all
//    └─ status 400 or more, and a mark ──▶ recognize ── no block page ──▶ nothing at all
//                                              ├─ challenge ──▶ reported ── runs ──▶ watched for its end ──▶ reported
//                                              └─ block page ──▶ banner, report ──▶ watch for changes inside the page
//
// A challenge page is never touched: an error or a changed node there restarts the challenge. The challenge itself is
// reported, because a loop of challenges is not the page's fault and can only be seen across several loads; and how it ends,
// because a challenge that cannot be passed says why and stops.
//
// The page is not trusted. Whatever it has defined, patched or renamed must neither reach this script nor make it fail.

import { makeBanner, removeLeftBanner } from "./banner.js";
import { isOlderThanScript, markup, responseStatus, shown } from "./load.js";
import { MARKS } from "./marks.js";
import { onBannerNews } from "./message.js";
import { loadRecognizer } from "./recognizer.js";
import { watchRequests } from "./requests.js";
import { tellResult } from "./result.js";
import { watchBlockPage, watchChallenge } from "./watch.js";

const handleError = async () => {
  await shown();
  const html = markup();
  if (!MARKS.test(html)) {
    return;
  }
  /** @type {import("./banner.js").Banner | undefined} */
  let banner;
  /** @type {import("./message.js").BannerWords | undefined} */
  let news;
  // The progress of a search, or an extension that was to blame before. It may come before there is a banner.
  onBannerNews(({ banner: words }) => {
    if (words) {
      news = words;
      banner?.show(words);
    }
  });
  const recognize = await loadRecognizer();
  const { banner: words, runs } = await recognize(html);
  if (words !== null) {
    const made = makeBanner({ button: "banner_fix" });
    if (!globalThis.isBannerDisabled) {
      made.show(news ?? words);
      banner = made;
    }
    watchBlockPage(recognize, made);
  } else if (runs) {
    watchChallenge(recognize);
  }
};

// The browser runs this script when the page loads, and the background in pages that are open already (`EnterOpenTabs`); Firefox
// does so itself. The second run finds that the first is at work. After an update it runs in another world and finds nothing.
if (globalThis.isReadmitHere === undefined) {
  globalThis.isReadmitHere = true;
  if (isOlderThanScript()) {
    removeLeftBanner();
  }
  if (responseStatus() < 400) {
    watchRequests();
  } else {
    handleError();
  }
}

// The background has run `keep_result.js` before, and this script once more (`Effect::TellResult`).
if (globalThis.resultToTell !== undefined) {
  tellResult(globalThis.resultToTell);
  globalThis.resultToTell = undefined;
}
