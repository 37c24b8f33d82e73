// A stage for Readmit's stories: the built extension and dummies in a real Chromium, with every host name on the simulated
// edge. What is told on it is the stories' business.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEdge } from "../edge/edge.js";
import { makeExtensions } from "../extensions/make.js";
import { openChromium, openPopupFor, openPopupInTab, tabIdOf, waitForCondition, workerOf } from "./browser.js";

export const CHROME = fileURLToPath(new URL("../../dist/chrome", import.meta.url));
export const APP = "https://chatgpt.com/";

/** What a person who is refused sees most often today, and what ChatGPT showed in 2023. */
export const REFUSAL = { page: "1020-generation-d", status: 403 };

/**
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {{ edge: import("../edge/edge.js").Edge, page: Page, browser: import("puppeteer-core").Browser, readmit: string,
 *   ids: string[], made: import("../extensions/make.js").Made[], close: () => Promise<void> }} Stage
 */

/**
 * @param {{ wishes?: import("../extensions/make.js").Wish[], rules?: import("../edge/rules.js").Rule[], headless?: boolean,
 *   args?: readonly string[], env?: Record<string, string | undefined> }} [options]
 * @returns {Promise<Stage>}
 */
export async function openStage({ wishes = [], rules = [], headless = true, args = [], env } = {}) {
  const directory = mkdtempSync(join(tmpdir(), "stage-"));
  const made = makeExtensions(directory, wishes);
  const edge = await startEdge({ rules });
  const chromium = await openChromium({ extensions: [CHROME, ...made.map(({ path }) => path)], edge, headless, args, env });
  const [readmit, ...ids] = chromium.ids;
  const close = async () => {
    await chromium.close();
    await edge.close();
    rmSync(directory, { recursive: true });
  };
  return { edge, page: chromium.page, browser: chromium.browser, readmit, ids, made, close };
}

/**
 * The same for a test, closed after it.
 * @param {import("node:test").TestContext} t
 * @param {Parameters<typeof openStage>[0]} [options]
 */
export async function setStage(t, options) {
  const stage = await openStage(options);
  t.after(stage.close);
  return stage;
}

/**
 * What the banner says, or `null` where there is none: read from the accessibility tree, as people who hear pages do, for
 * its root is closed.
 * @param {Page} page
 */
export async function bannerOf(page) {
  const region = await find(page, "Readmit", "region");
  if (!region) return null;
  const texts = [];
  const walk = (/** @type {import("puppeteer-core").SerializedAXNode} */ node) => {
    if (node.role === "StaticText") texts.push(node.name);
    node.children?.forEach(walk);
  };
  walk(region);
  return texts.join(" ").replace(/\s+/g, " ");
}

/** @param {Page} page @param {string} name @param {string} role */
async function find(page, name, role) {
  const tree = await page.accessibility.snapshot({ interestingOnly: false });
  const search = (/** @type {any} */ node) =>
    !node ? null : node.name === name && node.role === role ? node : (node.children ?? []).map(search).find(Boolean) ?? null;
  return search(tree);
}

/** @param {Page} page */
export const bannerShown = (page) =>
  waitForCondition(() => bannerOf(page), { what: `the banner on ${page.url()} to be shown` });

/** @param {Page} page */
export const bannerGone = (page) =>
  waitForCondition(async () => (await bannerOf(page)) === null, { what: `the banner on ${page.url()} to go` });

/** @param {Stage} stage @param {Page} [page] */
export async function badgeOf({ readmit, page: first }, page = first) {
  const tabId = await tabIdOf(page, readmit);
  const worker = await workerOf(page.browser(), readmit);
  return worker.evaluate((id) => chrome.action.getBadgeText({ tabId: id }), tabId);
}

/** @param {Stage} stage @param {string} text */
export const badgeIs = (stage, text) =>
  waitForCondition(async () => (await badgeOf(stage)) === text, { what: `the badge to be "${text}"` });

/**
 * The toolbar click, and the popup once it has answered.
 * @param {Stage} stage
 * @param {Page} [page]
 */
export async function clickToolbar({ readmit, page: first }, page = first) {
  const popup = await openPopupFor(page, readmit);
  await settled(popup);
  return popup;
}

/**
 * The popup's page in a tab of its own, about `page`.
 * @param {Stage} stage
 * @param {Page} [page]
 */
export async function popupInTab({ browser, readmit, page: first }, page = first) {
  const popup = await openPopupInTab(browser, readmit, await tabIdOf(page, readmit));
  await settled(popup);
  return popup;
}

/** @param {Page} popup */
export const phaseOf = (popup) => popup.$eval("main", (main) => main.dataset.phase);

/** @param {Page} popup @param {string} phase */
export const phaseIs = (popup, phase) =>
  waitForCondition(async () => (await phaseOf(popup)) === phase, { what: `the popup to say ${phase}` });

/** @param {Page} popup */
export async function settled(popup) {
  await waitForCondition(async () => (await phaseOf(popup)) !== "looking", { what: "the popup to have looked" });
  await popup.waitForSelector("[data-extension], .extensions-problem, [data-phase]");
}

/** @param {Page} popup */
export const headlineOf = (popup) => popup.$eval("h1", (h1) => h1.textContent);

/**
 * The rows of the list, in order.
 * @param {Page} popup
 */
export const rowsOf = (popup) =>
  popup.$$eval("[data-extension]", (rows) =>
    rows.map((row) => {
      const toggle = row.querySelector("[role=switch]");
      return {
        id: row.dataset.extension,
        suspect: row.dataset.suspect,
        on: toggle?.getAttribute("aria-checked") === "true",
        disabled: toggle?.disabled || toggle?.getAttribute("aria-disabled") === "true",
        text: row.textContent ?? "",
      };
    }),
  );

/**
 * Clicks what has this accessible name.
 * @param {Page} page
 * @param {string} name
 * @param {string} [role]
 */
export async function press(page, name, role = "button") {
  const handle = await page.waitForSelector(`aria/${name}[role="${role}"]`, { visible: true });
  await handle?.click();
}

/**
 * What Readmit itself has asked of anybody: the requests made by scripts. No page of the stories makes any.
 * @param {import("../edge/edge.js").Edge} edge
 */
export const asksOf = (edge) => edge.log.select(({ headers }) => headers["sec-fetch-dest"] === "empty");

/**
 * The extensions that are on, as the browser says.
 * @param {Stage} stage
 */
export async function onNow({ browser, readmit }) {
  const worker = await workerOf(browser, readmit);
  const all = await worker.evaluate(() => chrome.management.getAll());
  return all.filter(({ enabled, id }) => enabled && id !== readmit).map(({ id }) => id);
}

/**
 * Every cookie of a domain, partitioned ones included, as the browser says.
 * @param {Stage} stage
 * @param {string} domain
 */
export async function cookiesOf({ browser, readmit }, domain) {
  const worker = await workerOf(browser, readmit);
  return worker.evaluate((name) => chrome.cookies.getAll({ domain: name, partitionKey: {} }), domain);
}
