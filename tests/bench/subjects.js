// What is measured in a real browser, each beside its control. Every function gives the rows of one line of
// docs/performance.md; what a figure means and what it leaves out is said there.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { startEdge } from "../edge/edge.js";
import { isAwake, openChromium, openPopupInTab, stopWorker, tabIdOf, waitForCondition, workerOf } from "../e2e/browser.js";
import { APP, asking, bannerShown, openStage, phaseIs, press } from "../e2e/scene.js";
import { writeControl } from "./control.js";
import { inTurns, ratioOf, spreadOf } from "./measure.js";

/** @typedef {import("./measure.js").Row} Row */
/** @typedef {import("./measure.js").Spread} Spread */
/** @typedef {import("puppeteer-core").Page} Page */

const REFUSAL = { page: "1020-generation-b", status: 403 };

/**
 * Readmit and the control in one browser, on one edge; the content scripts of both would measure each other, so the one
 * that is not measured is in a browser of its own.
 * @param {string} directory
 * @param {Parameters<typeof openStage>[0]} [options]
 */
async function pair(directory, options) {
  const ours = await openStage({ isFrugal: false, ...options });
  const theirs = await openStage({ isFrugal: false, ...options, subject: writeControl(directory), isBound: false });
  return { ours, theirs, close: () => Promise.all([ours.close(), theirs.close()]) };
}

/**
 * What our content script costs an ordinary page: its compiling and running, by the browser's own trace. Without an extension
 * there is nothing to be traced; beside it stands the least that such a script could do.
 * @param {string} directory
 * @returns {Promise<Row[]>}
 */
export async function ordinaryPage(directory) {
  const stage = await openStage({ isFrugal: false });
  const least = await openStage({ isFrugal: false, subject: writeControl(directory, { script: "listen.js" }) });
  try {
    const both = await inTurns(31, () => scriptTime(stage.page, /content\.js$/), () => scriptTime(least.page, /listen\.js$/));
    const app = await appPage();
    const worker = await stopWorker(stage.browser, stage.readmit).then(() => workerWoken(stage));
    return [
      {
        name: "ordinary page: content script on the main thread", unit: "ms", control: "a script that reads the status and listens",
        ...both, reach: "at most 0.2 ms", reached: both.subject.median <= 0.2,
      },
      ...app,
      {
        name: "ordinary page: the worker is woken", unit: "times", control: "", subject: spreadOf([worker]), reach: "never",
        reached: worker === 0,
      },
    ];
  } finally {
    await stage.close();
    await least.close();
  }
}

/** A page that asks for 200 things, ten at a time: what it takes, and what our hearing of them takes of it. */
async function appPage() {
  const paths = Array.from({ length: 200 }, (_, at) => `/backend-api/${at}`);
  const rules = [asking([])];
  const ours = await openStage({ isFrugal: false, rules });
  const edge = await startEdge({ rules });
  const bare = await openChromium({ edge, isFrugal: false });
  try {
    const taken = async (/** @type {Page} */ page) => {
      await page.goto(APP);
      return page.evaluate(async (all) => {
        const begun = performance.now();
        for (let at = 0; at < all.length; at += 10) await Promise.all(all.slice(at, at + 10).map((path) => globalThis.ask(path)));
        return performance.now() - begun;
      }, paths);
    };
    const both = await inTurns(15, () => taken(ours.page), () => taken(bare.page));
    const heard = await inTurns(15, () => scriptTime(ours.page, /content\.js$/, () => taken(ours.page)), async () => 0);
    return [
      {
        name: "app page: 200 requests, ten at a time", unit: "ms", control: "the same without Readmit", ...both,
        reach: "at most 1.1x", reached: ratioOf(both) <= 1.1,
      },
      {
        name: "app page: content script on the main thread", unit: "ms", control: "nothing at all", subject: heard.subject,
        reach: "less than a frame", reached: heard.subject.median < 16,
      },
    ];
  } finally {
    await ours.close();
    await bare.close();
    await edge.close();
  }
}

/**
 * Milliseconds that scripts of this address took in one load.
 * @param {Page} page @param {RegExp} address @param {() => Promise<unknown>} [load] what is traced
 */
async function scriptTime(page, address, load = () => page.goto(APP)) {
  await page.tracing.start({ categories: ["devtools.timeline", "v8", "disabled-by-default-v8.compile"] });
  await load();
  const trace = JSON.parse(Buffer.from((await page.tracing.stop()) ?? []).toString());
  const steps = new Set(["EvaluateScript", "v8.compile", "FunctionCall"]);
  const of = trace.traceEvents.filter(
    ({ name, ph, args }) => ph === "X" && steps.has(name) && address.test(args?.data?.url ?? args?.fileName ?? ""),
  );
  // An evaluation holds its compilation within itself.
  const outer = of.filter((one) => !of.some((other) => other !== one && other.ts <= one.ts && other.ts + other.dur >= one.ts + one.dur));
  return outer.reduce((sum, { dur }) => sum + dur / 1000, 0);
}

/** How many of some ordinary loads wake our worker. */
async function workerWoken({ page, browser, readmit }) {
  let woken = 0;
  for (let load = 0; load < 5; load += 1) {
    await page.goto(APP);
    woken += Number(await isAwake(browser, readmit));
  }
  return woken;
}

/**
 * From the page's DOMContentLoaded to the first frame in which the banner stands.
 * @param {string} directory
 * @returns {Promise<Row[]>}
 */
export async function banner(directory) {
  const { ours, theirs, close } = await pair(directory, { rules: [{ host: "chatgpt.com", then: REFUSAL }] });
  try {
    for (const { page } of [ours, theirs]) await page.evaluateOnNewDocument(awaitBanner);
    const shown = (/** @type {Page} */ page) => async () => {
      await page.goto(APP);
      return /** @type {Promise<number>} */ (page.evaluate(() => globalThis.bannerPainted));
    };
    const both = await inTurns(25, shown(ours.page), shown(theirs.page));
    const more = both.subject.median - both.beside.median;
    return [
      {
        name: "block page: DOMContentLoaded to the banner's frame", unit: "ms", control: "a ten-line content script with a bar",
        ...both, reach: "at most 2x, and 50 ms more", reached: ratioOf(both) <= 2 && more <= 50,
      },
    ];
  } finally {
    await close();
  }
}

/** Runs in the page, before anything of it: when is the frame after a banner came? */
function awaitBanner() {
  let loaded = 0;
  addEventListener("DOMContentLoaded", () => (loaded = performance.now()), { once: true });
  globalThis.bannerPainted = new Promise((resolve) => {
    const look = () => {
      if (document.documentElement?.querySelector(":scope > readmit-banner, :scope > control-bar")) {
        // Called before the next frame is drawn; the second time, the first has been.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - loaded)));
        return true;
      }
      return false;
    };
    const observer = new MutationObserver(() => look() && observer.disconnect());
    observer.observe(document, { childList: true, subtree: true });
  });
}

/**
 * The recognizer as it ships, in Node's engine, which is Chromium's. The control reads every byte once.
 * @param {string} folder of the finished content module
 * @param {{ file: string, status: number, html: string }[]} pages
 * @returns {Promise<Row[]>}
 */
export async function recognizer(folder, pages) {
  const glue = await import(pathToFileURL(`${folder}/content.js`).href);
  glue.initSync({ module: readFileSync(`${folder}/finished.wasm`) });
  const rows = [];
  /** @type {[string, typeof pages, string, number][]} */
  const sets = [
    ["typical refusal", pages.filter(({ html, status }) => html.length < 20_000 && status === 403), "at most 100 us", 100],
    ["page of 1 MB", [{ file: "", status: 403, html: `<html><body>${"<p class=a>text &amp; more</p>".repeat(36_000)}` }], "for comparison", Infinity],
  ];
  for (const [name, set, reach, most] of sets) {
    const bytes = set.map(({ html }) => Buffer.from(html));
    const each = (/** @type {(index: number) => unknown} */ act) => async () => {
      const begun = performance.now();
      for (let index = 0; index < set.length; index += 1) act(index);
      return ((performance.now() - begun) * 1000) / set.length;
    };
    const both = await inTurns(51, each((index) => glue.recognize(set[index].status, APP, set[index].html)), each((index) => bytes[index].indexOf(0)));
    rows.push({
      name: `recognizing in WASM: ${name}`, unit: "us", control: "one search for a byte that is not there, in C", ...both, reach,
      reached: both.subject.median <= most,
    });
  }
  return rows;
}

/**
 * The popup until every name is in the page, with so many other extensions. The browser's own list is the same stand-in for
 * both: a machine with four hundred real ones measures the machine.
 * @param {string} directory @param {number} count @param {number} most
 * @returns {Promise<Row[]>}
 */
export async function popup(directory, count, most) {
  const { ours, theirs, close } = await pair(directory);
  try {
    const opened = async (stage, path) => {
      const worker = await workerOf(stage.browser, stage.readmit);
      await worker.evaluate(pretendExtensions, count);
      await stage.page.goto(APP);
      const tab = await tabIdOf(stage.page, stage.readmit);
      const page = await stage.browser.newPage();
      await page.evaluateOnNewDocument(awaitNames, count);
      return async () => {
        // What is behind another page is not painted.
        await page.bringToFront();
        await page.goto("about:blank");
        await page.goto(`chrome-extension://${stage.readmit}/${path.replace("TAB", String(tab))}`);
        const complete = await page.evaluate(() => globalThis.namesComplete);
        // Some frames may pass before the browser reports a paint.
        const paint = await waitForCondition(
          () => page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime),
          { what: "the first paint to be reported" },
        );
        // What is left once the garbage is gone; when it goes is the browser's mood.
        const session = await page.createCDPSession();
        await session.send("HeapProfiler.collectGarbage");
        await session.detach();
        const heap = await page.metrics();
        return { complete, paint, heap: (heap.JSHeapUsedSize ?? 0) / 2 ** 20 };
      };
    };
    const subject = await opened(ours, "popup/popup.html?tab=TAB");
    const bare = await opened(theirs, "list.html");
    const look = await opened(theirs, "popup/popup.html");
    /** @typedef {Awaited<ReturnType<typeof subject>>} Opening */
    /** Both sides of everything that is known of an opening. */
    const compare = async (/** @type {() => Promise<Opening>} */ control) => {
      /** @type {Opening[][]} */
      const openings = [[], []];
      const timed = (/** @type {() => Promise<Opening>} */ open, /** @type {Opening[]} */ all) => async () => {
        all.push(await open());
        return all[all.length - 1].complete;
      };
      const names = await inTurns(15, timed(subject, openings[0]), timed(control, openings[1]));
      const of = (/** @type {"paint" | "heap"} */ what) => {
        const [mine, theirs] = openings.map((all) => spreadOf(all.map((one) => one[what])));
        return { subject: mine, beside: theirs };
      };
      return { names, paint: of("paint"), heap: of("heap") };
    };
    const [beside, besideLook] = [await compare(bare), await compare(look)];
    const [paint, heap] = [beside.paint, beside.heap];
    const control = "a bare page that asks its worker for getAll and writes the names";
    const reach = `at most ${most}x`;
    return [
      { name: `popup, ${count} extensions: all names`, unit: "ms", control, ...beside.names, reach, reached: ratioOf(beside.names) <= most },
      {
        name: `popup, ${count} extensions: all names`, unit: "ms", control: "the same look, put up by hand", ...besideLook.names, reach,
        reached: ratioOf(besideLook.names) <= most,
      },
      {
        name: `popup, ${count} extensions: first paint`, unit: "ms", control, ...paint, reach: "not later than the control's",
        reached: paint.subject.median <= paint.beside.high,
      },
      { name: `popup, ${count} extensions: heap`, unit: "MB", control, ...heap, reach: "at most 6 MB", reached: heap.subject.median <= 6 },
    ];
  } finally {
    await close();
  }
}

/** Runs in a worker. */
function pretendExtensions(/** @type {number} */ count) {
  const many = Array.from({ length: count }, (_, index) => ({
    id: String(index).padStart(3, "0").padStart(32, "a"),
    name: `Extension ${String(index).padStart(3, "0")}`,
    version: "1", enabled: true, mayDisable: true, type: "extension", permissions: [], hostPermissions: [],
  }));
  chrome.management.getAll = async () => /** @type {any} */ (many);
}

/** Runs in the page, before anything of it. */
function awaitNames(/** @type {number} */ count) {
  globalThis.namesComplete = new Promise((resolve) => {
    const look = () => {
      if (document.querySelectorAll("[data-extension]").length === count) {
        observer.disconnect();
        resolve(performance.now());
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
  });
}

/**
 * From the popup's opening to its answer, with an edge that takes a tenth of a second over every answer. Once beside the answer
 * alone, and once beside a page that opens and asks at once: no popup can ask before it is there.
 * @param {string} directory
 * @returns {Promise<Row[]>}
 */
export async function cause(directory) {
  const DELAY = 100;
  const rules = [
    { host: "chatgpt.com", path: "/cdn-cgi/trace", when: { ip: "none" }, then: { ordinary: true } },
    { host: "chatgpt.com", path: "/", then: { ...REFUSAL, after: DELAY } },
  ];
  const { ours: stage, theirs, close } = await pair(directory, { rules });
  try {
    // Whoever has refused a page may be asked.
    await stage.page.goto(APP);
    await theirs.page.evaluateOnNewDocument(awaitAnswer);
    const page = await stage.browser.newPage();
    await page.evaluateOnNewDocument(awaitAnswer);
    const answered = async () => {
      // In a tab of its own: the answers about another load of the same tab would serve for a minute.
      const refused = await stage.browser.newPage();
      await refused.goto(APP);
      await bannerShown(refused);
      const tab = await tabIdOf(refused, stage.readmit);
      await page.bringToFront();
      stage.edge.clearLog();
      await page.goto(`chrome-extension://${stage.readmit}/popup/popup.html?tab=${tab}`);
      const time = await page.evaluate(() => globalThis.answered);
      if (stage.edge.count({ host: "chatgpt.com", path: "/" }) === 0) throw new Error("nobody was asked");
      await refused.close();
      return /** @type {number} */ (time);
    };
    const alone = async () => {
      const worker = await workerOf(stage.browser, stage.readmit);
      return worker.evaluate(async (url) => {
        const begun = performance.now();
        await (await fetch(url, { cache: "no-store", credentials: "include" })).text();
        return performance.now() - begun;
      }, APP);
    };
    const opened = async () => {
      await theirs.page.goto("about:blank");
      await theirs.page.goto(`chrome-extension://${theirs.readmit}/ask.html?url=${APP}`);
      return /** @type {Promise<number>} */ (theirs.page.evaluate(() => globalThis.answered));
    };
    const beside = { alone: await inTurns(11, answered, alone), opened: await inTurns(11, answered, opened) };
    const name = "find the cause: the popup's opening to its answer";
    const reach = "at most 1.2x";
    return [
      { name, unit: "ms", control: "the slowest experiment alone", ...beside.alone, reach, reached: ratioOf(beside.alone) <= 1.2 },
      { name, unit: "ms", control: "a page that opens and asks", ...beside.opened, reach, reached: ratioOf(beside.opened) <= 1.2 },
    ];
  } finally {
    await close();
  }
}

/** Runs in the popup, before anything of it. */
function awaitAnswer() {
  globalThis.answered = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector("main")?.dataset.phase === "answered") {
        observer.disconnect();
        resolve(performance.now());
      }
    });
    observer.observe(document, { childList: true, subtree: true, attributes: true });
  });
}

/**
 * Clearing a profile with 200 cookies and 20 MB of storage, read back included. Once beside the bare call, and once beside bare
 * calls that do as much: without counting before there is nothing to put back, and without counting afterwards no proof.
 * @param {string} directory
 * @returns {Promise<Row[]>}
 */
export async function clearing(directory) {
  const { ours, theirs, close } = await pair(directory);
  try {
    const fill = async (/** @type {any} */ { edge, page }) => {
      edge.setRules([]);
      edge.site.visitCookies = Array.from({ length: 200 }, (_, index) => `c${index}={random}; Path=/; Max-Age=31536000; Secure`);
      await page.goto(APP);
      await page.evaluate(async () => {
        const cache = await caches.open("bench");
        await Promise.all(Array.from({ length: 20 }, (_, index) => cache.put(`/${index}`, new Response(new Uint8Array(1 << 20)))));
      });
    };
    const subject = async () => {
      await fill(ours);
      const popup = await openPopupInTab(ours.browser, ours.readmit, await tabIdOf(ours.page, ours.readmit));
      await phaseIs(popup, "clear");
      await popup.evaluate(awaitNotice);
      await press(popup, "Clear ChatGPT data");
      const taken = await popup.evaluate(() => globalThis.cleared);
      await popup.close();
      return /** @type {number} */ (taken);
    };
    const control = async () => {
      await fill(theirs);
      const worker = await workerOf(theirs.browser, theirs.readmit);
      return worker.evaluate(async () => {
        const begun = performance.now();
        const all = { cookies: true, cacheStorage: true, indexedDB: true, localStorage: true, serviceWorkers: true, cache: true };
        await chrome.browsingData.remove({ origins: ["https://chatgpt.com", "https://chat.openai.com"] }, all);
        return performance.now() - begun;
      });
    };
    const least = async () => {
      await fill(theirs);
      const page = await theirs.openOwn(`clear.html?tab=${await tabIdOf(theirs.page, theirs.readmit)}`);
      await page.evaluate(awaitNotice);
      await page.click("main");
      const taken = await page.evaluate(() => globalThis.cleared);
      await page.close();
      return /** @type {number} */ (taken);
    };
    const beside = { bare: await inTurns(7, subject, control), least: await inTurns(7, subject, least) };
    const name = "clearing 200 cookies and 20 MB, read back";
    const reach = "at most 1.3x";
    return [
      { name, unit: "ms", control: "a bare browsingData.remove", ...beside.bare, reach, reached: ratioOf(beside.bare) <= 1.3 },
      {
        name, unit: "ms", control: "bare calls that also count, keep and read back", ...beside.least, reach,
        reached: ratioOf(beside.least) <= 1.3,
      },
    ];
  } finally {
    await close();
  }
}

/** Runs in the popup: from the last click, which may have unfolded something before, to the word that nothing is left. */
function awaitNotice() {
  globalThis.cleared = new Promise((resolve) => {
    let begun = 0;
    addEventListener("click", () => (begun = performance.now()), { capture: true });
    const observer = new MutationObserver(() => {
      if (/Checked: nothing is left/.test(document.body.textContent ?? "")) {
        observer.disconnect();
        resolve(performance.now() - begun);
      }
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}

/**
 * A worker that is asleep, until it has answered a message. Once beside one that has nothing to load, and once beside one that
 * loads the same module and does nothing with it.
 * @param {string} directory
 * @returns {Promise<Row[]>}
 */
export async function coldStart(directory) {
  const { ours, theirs, close } = await pair(directory);
  const loading = await openStage({ isFrugal: false, subject: writeControl(directory, { isLoading: true }), isBound: false });
  try {
    const asked = (/** @type {any} */ stage, /** @type {(page: Page) => Promise<number>} */ ask) => async () => {
      await stopWorker(stage.browser, stage.readmit);
      const page = await stage.browser.newPage();
      await page.goto(`chrome-extension://${stage.readmit}/manifest.json`);
      const taken = await ask(page);
      await page.close();
      return taken;
    };
    const subject = asked(ours, (page) =>
      page.evaluate(
        () =>
          new Promise((resolve) => {
            const begun = performance.now();
            const port = chrome.runtime.connect({ name: "popup:1" });
            port.onMessage.addListener(() => resolve(performance.now() - begun));
          }),
      ),
    );
    const ping = (/** @type {Page} */ page) =>
      page.evaluate(async () => {
        const begun = performance.now();
        await chrome.runtime.sendMessage("ping");
        return performance.now() - begun;
      });
    const beside = {
      script: await inTurns(21, subject, asked(theirs, ping)),
      module: await inTurns(21, subject, asked(loading, ping)),
    };
    const isReached = (/** @type {{ subject: Spread, beside: Spread }} */ both) =>
      ratioOf(both) <= 2 && both.subject.median - both.beside.median <= 60;
    const name = "a sleeping worker until its first answer";
    const reach = "at most 2x, and 60 ms more";
    return [
      { name, unit: "ms", control: "a worker of ten lines of JavaScript", ...beside.script, reach, reached: isReached(beside.script) },
      { name, unit: "ms", control: "a worker that only compiles the module", ...beside.module, reach, reached: isReached(beside.module) },
    ];
  } finally {
    await close();
    await loading.close();
  }
}
