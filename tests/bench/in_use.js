// What is measured over more than one page: being installed, losing the worker, and browsing for hours.

import { startEdge } from "../edge/edge.js";
import { install, openChromium, stopWorker, waitForCondition, workerOf } from "../e2e/browser.js";
import { APP, bannerShown, CHROME, openStage, popupInTab } from "../e2e/scene.js";
import { writeControl } from "./control.js";
import { inTurns, limits, spreadOf } from "./measure.js";

/** @typedef {import("./measure.js").Row} Row */
/** @typedef {import("puppeteer-core").Page} Page */

const REFUSED = [{ host: "chatgpt.com", then: { page: "1020-generation-b", status: 403 } }];

/**
 * From the order to install until the banner stands on a tab that was blocked before.
 * @param {string} directory
 * @returns {Promise<Row[]>}
 */
export async function installed(directory) {
  const edge = await startEdge({ rules: REFUSED });
  const { browser, page, close } = await openChromium({ edge, isFrugal: false });
  try {
    const until = (/** @type {string} */ path, /** @type {string} */ sign) => async () => {
      await page.goto(APP);
      const begun = performance.now();
      const [[id]] = await Promise.all([install(browser, [path]), page.waitForSelector(sign)]);
      const took = performance.now() - begun;
      await browser.uninstallExtension(id);
      return took;
    };
    const both = await inTurns(15, until(CHROME, "readmit-banner"), until(writeControl(directory), "control-bar"));
    return [
      {
        name: "installed on a blocked tab: until the banner is there", unit: "ms", control: "a worker that puts a bar into all tabs", ...both,
        reach: "at most 1 s", reached: both.subject.median <= 1000,
      },
    ];
  } finally {
    await close();
    await edge.close();
  }
}

/**
 * The worker dies while the popup is open, and an extension is switched at the same moment: until the popup shows it.
 * @param {string} directory
 * @returns {Promise<Row[]>}
 */
export async function afterDeath(directory) {
  const ours = await openStage({ isFrugal: false, wishes: [{ kind: "innocent" }], rules: REFUSED });
  const theirs = await openStage({ isFrugal: false, subject: writeControl(directory), isBound: false });
  try {
    await ours.page.goto(APP);
    await bannerShown(ours.page);
    const popup = await popupInTab(ours);
    const [id] = ours.ids;
    let on = true;
    const shown = async () => {
      await stopWorker(ours.browser, ours.readmit);
      on = !on;
      const begun = performance.now();
      await ours.ask((one, isOn) => chrome.management.setEnabled(one, isOn), id, on);
      // The worker that has seen it on shows it as off; one that starts later does not list it.
      await popup.waitForSelector(`[data-extension="${id}"]:not([data-off])`, { hidden: !on, visible: on });
      return performance.now() - begun;
    };
    const answered = async () => {
      await stopWorker(theirs.browser, theirs.readmit);
      const begun = performance.now();
      await theirs.ask(() => chrome.runtime.sendMessage("ping"));
      return performance.now() - begun;
    };
    const both = await inTurns(21, shown, answered);
    return [
      {
        name: "the worker died: until the open popup is right", unit: "ms", control: "a ten-line worker's answer after its death", ...both,
        reach: "at most 3 s", reached: both.subject.high <= 3000,
      },
    ];
  } finally {
    await ours.close();
    await theirs.close();
  }
}

const TABS = 30;

/** So often each tab goes to another page: 600 loads are an hour at ten a minute. */
const LOADS_OF_A_TAB = 20;

/**
 * The heaps of the worker and of an open popup, garbage collected: after an hour of ordinary browsing, beside after its first quarter. The
 * worker is kept awake all the time, as it never is.
 * @returns {Promise<Row[]>}
 */
export async function browsing() {
  const stage = await openStage({ isFrugal: false, wishes: [{ kind: "innocent" }] });
  try {
    const count = Math.min(TABS, limits.rounds * 5);
    const tabs = await Promise.all(Array.from({ length: count }, () => stage.browser.newPage()));
    await stage.page.goto(APP);
    const popup = await popupInTab(stage);
    const worker = await workerOf(stage.browser, stage.readmit);
    const sizes = async () => [await sizeOf(worker.client), await sizeOf(await popup.createCDPSession())];
    const browse = async (/** @type {number} */ from, /** @type {number} */ to) => {
      for (let round = from; round < to; round += 1) {
        for (const [at, tab] of tabs.entries()) {
          // Every tenth page is of a host that Readmit looks at, and now and then one fails.
          const failing = round % 5 === 4 && at === 0;
          stage.edge.setRules(failing ? REFUSED : []);
          await tab.goto(at % 10 === 0 ? `${APP}c/${round}` : `https://site-${at}.example/${round}`);
        }
      }
    };
    const rounds = Math.min(LOADS_OF_A_TAB, limits.rounds * 4);
    await browse(0, rounds / 4);
    const early = await sizes();
    await browse(rounds / 4, rounds);
    const late = await sizes();
    const row = (/** @type {string} */ what, /** @type {number} */ at) => ({
      name: `an hour of browsing, ${TABS} tabs: heap of the ${what}`, unit: "MB", control: "the same after a quarter of an hour",
      subject: spreadOf([late[at]]), beside: spreadOf([early[at]]), reach: "nothing grows", reached: late[at] <= early[at] * 1.05,
    });
    return [row("worker", 0), row("popup", 1)];
  } finally {
    await stage.close();
  }
}

/**
 * In megabytes. The module's own memory is not in it, and no driver can see that.
 * @param {import("puppeteer-core").CDPSession} session
 */
async function sizeOf(session) {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = /** @type {any} */ (await session.send("Runtime.getHeapUsage"));
  return (usedSize + backingStorageSize) / 2 ** 20;
}

/**
 * The whole load of an ordinary page on a host that Readmit looks at, with and without it.
 * @returns {Promise<Row[]>}
 */
export async function pageLoad() {
  const ours = await openStage({ isFrugal: false });
  const edge = await startEdge();
  const bare = await openChromium({ edge, isFrugal: false });
  try {
    let number = 0;
    const load = (/** @type {Page} */ page) => async () => {
      number += 1;
      await page.goto(`${APP}c/${number}`, { waitUntil: "load" });
      const ended = () => page.evaluate(() => /** @type {any} */ (performance.getEntriesByType("navigation")[0]).loadEventEnd);
      return waitForCondition(ended, { what: "the load to end" });
    };
    const both = await inTurns(50, load(ours.page), load(bare.page));
    return [
      {
        name: "an ordinary page of OpenAI's: until it is loaded", unit: "ms", control: "without Readmit", ...both, reach: "nothing measurable",
        reached: both.subject.median <= both.beside.high,
      },
    ];
  } finally {
    await ours.close();
    await bare.close();
    await edge.close();
  }
}
