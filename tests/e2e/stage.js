// The stage of a test: Readmit in a Chromium before the simulated edge. Starting a browser is most of what a short story costs, so
// the stories of a file share one, each with an edge, a profile and extensions as if it had been started anew.

import { after } from "node:test";
import { close, closeTab, openChromium, waitForCondition } from "./browser.js";
import { within } from "./deadline.js";
import { openStage, setUp } from "./scene.js";

/** @typedef {import("./scene.js").Stage} Stage */
/** @typedef {NonNullable<Parameters<typeof openStage>[0]>} Options */

/** What the shared browser can do. Everything else is a matter of how a browser is started. */
const SHARED = new Set(["wishes", "rules", "subject", "isBound"]);

/** @type {{ chromium: import("./browser.js").Chromium, port: number, isTaken: boolean } | null} */
let shared = null;

// One that a story has ended does not answer any more.
after(() => (shared?.chromium.browser.connected ? close(shared.chromium.browser) : undefined));

/**
 * A stage, closed after the test.
 * @param {import("node:test").TestContext} t
 * @param {Options} [options]
 * @returns {Promise<Stage>}
 */
export async function setStage(t, options = {}) {
  const needsItsOwn = Object.keys(options).some((option) => !SHARED.has(option)) || shared?.isTaken;
  const stage = await (needsItsOwn ? openStage(options) : enterShared(options));
  t.after(stage.close);
  return stage;
}

/**
 * @param {Options} options
 * @returns {Promise<Stage>}
 */
async function enterShared(options) {
  // A story may have ended the browser.
  if (shared?.chromium.browser.connected === false) shared = null;
  const stage = await setUp(options, shared?.port ?? 0, async (edge) => {
    shared ??= { chromium: await openChromium({ edge }), port: edge.port, isTaken: true };
    shared.isTaken = true;
    return { ...shared.chromium, page: await firstPage(shared.chromium.browser), close: async () => {} };
  });
  return {
    ...stage,
    async close() {
      const hosts = new Set([...stage.edge.requests.map(({ host }) => host), ...stage.edge.connections]);
      if (stage.browser.connected) await leave(stage, [...hosts].filter(Boolean));
      await stage.close();
      if (shared) shared.isTaken = false;
    },
  };
}

/**
 * The only tab of a browser that has just been started, or left by a story.
 * @param {import("puppeteer-core").Browser} browser
 */
async function firstPage(browser) {
  const [page, ...others] = await browser.pages();
  if (others.length > 0) throw new Error(`the story before has left ${others.map((other) => other.url()).join(", ")}`);
  return page;
}

/**
 * Leaves the browser as it was found: no extensions, one empty tab, nothing remembered.
 * @param {Stage} stage
 * @param {string[]} hosts that may have stored something
 */
async function leave({ browser }, hosts) {
  for (const id of (await browser.extensions()).keys()) await browser.uninstallExtension(id);
  const empty = await browser.newPage();
  await closeOthers(browser, empty);
  const session = await empty.createCDPSession();
  await session.send("Network.clearBrowserCookies");
  await session.send("Network.clearBrowserCache");
  for (const host of hosts) await session.send("Storage.clearDataForOrigin", { origin: `https://${host}`, storageTypes: "all" });
  await session.send("Browser.resetPermissions");
  await session.detach();
}

/**
 * Closes all tabs but one, those of other windows as well.
 * @param {import("puppeteer-core").Browser} browser
 * @param {import("puppeteer-core").Page} kept
 */
async function closeOthers(browser, kept) {
  for (const page of await browser.pages()) if (page !== kept) await closeTab(page);
  const others = () => browser.targets().filter((target) => target.type() === "page" && target !== kept.target());
  await waitForCondition(() => others().length === 0, { what: "all tabs but one to close" });
  await within("the last tab to come to the front", kept.bringToFront());
}
