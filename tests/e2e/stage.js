// The stage of a test: Readmit in a Chromium before the simulated edge. Starting a browser is most of what a short story costs, so
// the stories of a file share one, each with an edge, a profile and extensions as if it had been started anew. Only the harmless
// extensions that the next story wants as well stay: there are many of them, and Chromium starts two programs for each that goes.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { close, closeTab, openChromium, waitForCondition } from "./browser.js";
import { within } from "./deadline.js";
import { openStage, setUp } from "./scene.js";

/** @typedef {import("./scene.js").Stage} Stage */
/** @typedef {NonNullable<Parameters<typeof openStage>[0]>} Options */

/** What the shared browser can do. Everything else is a matter of how a browser is started. */
const SHARED = new Set(["wishes", "rules", "subject", "isBound"]);

/**
 * `harmless` are the extensions in it that can stay, by their ids: what was wished for.
 * @type {{ chromium: import("./browser.js").Chromium, port: number, isTaken: boolean, harmless: Map<string, string> } | null}
 */
let shared = null;

/** The extensions of all stories of this file. */
const directory = mkdtempSync(join(tmpdir(), "stages-"));

after(async () => {
  // One that a story has ended does not answer any more.
  if (shared?.chromium.browser.connected) await close(shared.chromium.browser);
  rmSync(directory, { recursive: true });
});

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
  const wanted = new Set((options.wishes ?? []).map((wish) => JSON.stringify(wish)));
  const open = async (/** @type {import("../edge/edge.js").Edge} */ edge) => {
    shared ??= { chromium: await openChromium({ edge }), port: edge.port, isTaken: true, harmless: new Map() };
    shared.isTaken = true;
    const { browser } = shared.chromium;
    for (const [id, wish] of shared.harmless) if (!wanted.has(wish)) await browser.uninstallExtension(id);
    return { ...shared.chromium, page: await firstPage(browser), close: async () => {} };
  };
  const stage = await setUp(options, { directory, port: shared?.port, open });
  return {
    ...stage,
    async close() {
      if (stage.browser.connected) {
        const hosts = new Set([...stage.edge.requests.map(({ host }) => host), ...stage.edge.connections]);
        const harmless = new Map();
        for (const [at, wish] of (options.wishes ?? []).entries()) if (wish.kind === "innocent") harmless.set(stage.ids[at], JSON.stringify(wish));
        const left = await leave(stage, [...hosts].filter(Boolean), harmless);
        if (shared) shared.harmless = left;
      }
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
 * Leaves the browser as it was found, but for harmless extensions that are on: one empty tab, nothing remembered.
 * @param {Stage} stage
 * @param {string[]} hosts that may have stored something
 * @param {Map<string, string>} harmless
 * @returns {Promise<Map<string, string>>} those that stay
 */
async function leave({ browser }, hosts, harmless) {
  const stays = new Map();
  for (const [id, { enabled }] of await browser.extensions()) {
    const wish = enabled ? harmless.get(id) : undefined;
    if (wish === undefined) await browser.uninstallExtension(id);
    else stays.set(id, wish);
  }
  const empty = await browser.newPage();
  await closeOthers(browser, empty);
  const session = await empty.createCDPSession();
  await session.send("Network.clearBrowserCookies");
  await session.send("Network.clearBrowserCache");
  for (const host of hosts) await session.send("Storage.clearDataForOrigin", { origin: `https://${host}`, storageTypes: "all" });
  await session.send("Browser.resetPermissions");
  await session.detach();
  return stays;
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
