// A stage for Readmit's stories: the built extension and dummies in a real Chromium or Firefox, with every host name on the
// simulated edge. What is told on it is the stories' business, and which browser it is mostly nobody's.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startEdge } from "../edge/edge.js";
import { makeExtensions } from "../extensions/make.js";
import { deskOf, install, openChromium, openPopupFor, waitForCondition } from "./browser.js";
import { within } from "./deadline.js";
import { closePopup, managedBy, openFirefox, READMIT, stopBackground, switchByHand } from "./firefox.js";
import { isAsk, OWN, Promises } from "./privacy.js";

export const CHROME = fileURLToPath(new URL("../../dist/chrome", import.meta.url));
export const FIREFOX = fileURLToPath(new URL("../../dist/firefox", import.meta.url));
export const APP = "https://chatgpt.com/";

/** What a person who is refused sees most often today, and what ChatGPT showed in 2023. */
export const REFUSAL = { page: "1020-generation-d", status: 403 };

/**
 * ChatGPT as it is: one long page that always opens, and asks for the rest by itself; `ask(path)` in it asks for more.
 * @param {string[]} paths what it asks for as it loads
 * @returns {import("../edge/rules.js").Rule}
 */
export const asking = (paths) => ({
  host: "chatgpt.com",
  path: ["/", "/c/*"],
  then: {
    body: `<!doctype html><html lang="en"><title>ChatGPT</title><link rel="icon" href="data:,"><main>What's on your mind today?</main><script>
      // A browser has measured a request when all of its answer is read.
      globalThis.ask = async (path) => {
        try {
          const response = await fetch(path, { headers: { "${OWN}": "1" } });
          await response.text();
          return response.status;
        } catch {
          return 0;
        }
      };
      globalThis.asked = Promise.all(${JSON.stringify(paths)}.map((path) => ask(path)));
    </script>`,
  },
});

/**
 * An extension that sets this header, by which the edge can tell that it is on.
 * @param {string} name
 * @param {string} header
 */
export const tweaker = (name, header) => ({ kind: /** @type {const} */ ("header-rewriter"), name, header });

/**
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {{ edge: import("../edge/edge.js").Edge, page: Page, browser: import("puppeteer-core").Browser, readmit: string,
 *   ids: string[], made: import("../extensions/make.js").Made[], close: () => Promise<void>,
 *   ask: <T>(act: (...args: any[]) => T, ...args: unknown[]) => Promise<Awaited<T>>, openOwn: (path: string) => Promise<Page> }} Stage
 *   `ask` runs a function where Readmit's API is; `openOwn` opens a page of Readmit's in a tab
 */

/**
 * @typedef {{ wishes?: import("../extensions/make.js").Wish[], rules?: import("../edge/rules.js").Rule[], subject?: string,
 *   isBound?: boolean }} Story `subject`: another extension in Readmit's place; `isBound`: has it promised what docs/privacy.md says?
 */

/**
 * A stage with a browser of its own.
 * @param {Story & { headless?: boolean, isFrugal?: boolean, args?: readonly string[], env?: Record<string, string | undefined> }} [options]
 * @returns {Promise<Stage>}
 */
export function openStage({ headless, isFrugal, args, env, ...story } = {}) {
  const directory = mkdtempSync(join(tmpdir(), "stage-"));
  const open = async (/** @type {import("../edge/edge.js").Edge} */ edge) => {
    const chromium = await openChromium({ edge, headless, isFrugal, args, env });
    const close = async () => {
      await chromium.close();
      rmSync(directory, { recursive: true });
    };
    return { ...chromium, close };
  };
  return setUp(story, { directory, open });
}

/**
 * @param {Story} story
 * @param {object} where
 * @param {string} where.directory the wished extensions are written there
 * @param {number} [where.port] of the edge; 0 for any
 * @param {(edge: import("../edge/edge.js").Edge) => Promise<Omit<import("./browser.js").Chromium, "ids">>} where.open gives a browser
 *   without Readmit. A wished extension that is in it already stays as it is
 * @returns {Promise<Stage>}
 */
export async function setUp({ wishes = [], rules = [], subject = CHROME, isBound = true }, { directory, port = 0, open }) {
  const made = makeExtensions(directory, wishes);
  const promises = new Promises();
  const edge = await startEdge({ port, rules, onAnswer: (entry) => promises.note(entry) });
  const { page, browser, close: closeBrowser } = await open(edge);
  const release = async () => {
    await closeBrowser();
    await within("the edge to close", edge.close());
  };
  const close = async () => {
    await release();
    if (isBound) promises.assertKept(edge);
  };
  try {
    const there = await browser.extensions();
    const missing = made.filter(({ id }) => !there.has(id));
    const [readmit] = await install(browser, [subject, ...missing.map(({ path }) => path)]);
    return { edge, page, browser, readmit, ids: made.map(({ id }) => id), made, close, ...(await ownOf(browser, readmit)) };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Where Readmit's own API and pages are, in Chromium. Readmit is installed by now.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} readmit
 * @returns {Promise<Pick<Stage, "ask" | "openOwn">>}
 */
export async function ownOf(browser, readmit) {
  const { ask, opened } = deskOf(browser, readmit);
  await opened();
  return {
    ask,
    async openOwn(path) {
      const own = await browser.newPage();
      await own.goto(`chrome-extension://${readmit}/${path}`);
      return own;
    },
  };
}

/**
 * The same in Firefox, to be used for many stories: starting it takes long. `clean` makes it as it was at first, and puts
 * these extensions beside Readmit.
 * @param {{ byPolicy?: boolean, readmit?: string, prefs?: Record<string, unknown>, env?: Record<string, string> }} [options] `byPolicy`: an
 *   administrator has installed Readmit
 */
export async function openFirefoxStage({ byPolicy = false, readmit = FIREFOX, prefs = {}, env = {} } = {}) {
  const directory = mkdtempSync(join(tmpdir(), "stage-"));
  const edge = await startEdge();
  const { visitCookies } = edge.site;
  const url = pathToFileURL(`${FIREFOX}/../readmit-firefox.zip`).href;
  const installed = { ExtensionSettings: { [READMIT]: { installation_mode: "force_installed", install_url: url } } };
  const how = byPolicy ? managedBy(directory, installed) : { readmit, prefs, env };
  const firefox = await openFirefox({ edge, ...how });
  const { browser, inBrowser } = firefox;
  const stage = { ...firefox, edge, readmit: READMIT, ids: /** @type {string[]} */ ([]), made: makeExtensions(directory, []) };
  /** @param {import("../extensions/make.js").Wish[]} [wishes] */
  const clean = async (wishes = []) => {
    edge.setRules([]);
    edge.site.visitCookies = [...visitCookies];
    for (const id of stage.ids) await browser.uninstallExtension(id);
    await closePopup(firefox);
    stage.page = await browser.newPage();
    for (const page of await browser.pages()) if (page !== stage.page && page !== stage.desk) await page.close();
    // In this order: a background that waits for an answer would write down again what it knows.
    await stopBackground(firefox);
    await firefox.ask(() => chrome.storage.session.clear());
    // @ts-ignore The browser's own window.
    await inBrowser(() => new Promise((resolve) => Services.clearData.deleteData(Ci.nsIClearDataService.CLEAR_ALL, resolve)));
    stage.made = makeExtensions(directory, wishes);
    stage.ids = [];
    for (const { path } of stage.made) stage.ids.push(await browser.installExtension(path));
    await stage.page.bringToFront();
    return stage;
  };
  const close = async () => {
    await firefox.close();
    await within("the edge to close", edge.close());
    rmSync(directory, { recursive: true });
  };
  return { stage, clean, close };
}

/**
 * A diligent person: does by hand whatever the popup asks for, until it asks for nothing more.
 * @param {import("./firefox.js").Firefox} firefox
 * @param {Page} popup
 * @returns {Promise<number>} how many switches that took
 */
export async function obey(firefox, popup) {
  const look = () =>
    popup.$eval("main", (main) => ({
      phase: main.dataset.phase,
      toggles: [...main.querySelectorAll("[data-toggle]")].map(({ dataset }) => [dataset.toggle, dataset.wanted]),
    }));
  for (let switches = 0; ; switches += 1) {
    const { toggles } = await waitForCondition(
      async () => {
        const seen = await look();
        return (seen.toggles.length > 0 || seen.phase !== "searching") && seen;
      },
      { what: "something to do, or the end of it" },
    );
    if (toggles.length === 0) return switches;
    const [[id = "", wanted]] = toggles;
    await switchByHand(firefox, id, wanted === "on");
    await waitForCondition(async () => !(await look()).toggles.some((it) => it[0] === id && it[1] === wanted), {
      what: `the switch of ${id} to be seen`,
    });
  }
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

/**
 * Goes to ChatGPT until it is refused. An extension's rules are in force some time after it was installed, and nothing but a
 * request tells when; until then the page is let in.
 * @param {Page} page
 */
export const untilRefused = (page) =>
  waitForCondition(async () => ((await page.goto(APP))?.status() ?? 0) >= 400, { what: "the page to be refused" });

/**
 * Takes the page off the line and back until something has come of it: too soon after a look, or too often, the page is not
 * heard.
 * @param {Page} page
 * @param {() => Promise<unknown> | unknown} come
 * @param {{ what: string, after: number }} options `after`: milliseconds to wait for it each time
 */
export const untilOnlineAgain = (page, come, { what, after }) =>
  waitForCondition(
    async () => {
      await page.setOfflineMode(true);
      await page.setOfflineMode(false);
      return waitForCondition(come, { what, patience: after });
    },
    { what, patience: 30_000 },
  );

/** @param {Page} page */
export const bannerShown = (page) =>
  waitForCondition(() => bannerOf(page), { what: `the banner on ${page.url()} to be shown` });

/** @param {Page} page */
export const bannerGone = (page) =>
  waitForCondition(async () => (await bannerOf(page)) === null, { what: `the banner on ${page.url()} to go` });

/**
 * The tab's id as extensions know it. Brings the page to the front.
 * @param {Pick<Stage, "ask">} stage
 * @param {Page} page
 */
async function tabIdOf({ ask }, page) {
  await page.bringToFront();
  const id = await ask(async () => (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0].id);
  return /** @type {number} */ (id);
}

/**
 * Runs a function in the world of our content script, as someone who has taken over the page's process could.
 * @param {Pick<Stage, "ask" | "page">} stage
 * @param {(...args: any[]) => unknown} act
 * @param {unknown[]} args
 */
export async function inContentScript({ ask, page }, act, ...args) {
  const injection = `{ target: { tabId: ${await tabIdOf({ ask }, page)} }, func: ${act}, args: ${JSON.stringify(args)} }`;
  const script = `chrome.scripting.executeScript(${injection}).then(([{ result, error }]) => result ?? { error: String(error) })`;
  return ask(/** @type {any} */ (script));
}

/** Which ways into these storage areas the content script's world has. @param {string[]} areas */
export async function waysIntoStorage(areas) {
  const attempt = async (/** @type {() => Promise<unknown>} */ act) => {
    try {
      await act();
      return true;
    } catch {
      return false;
    }
  };
  const possible = [];
  for (const area of areas) {
    const storage = /** @type {any} */ (globalThis.chrome.storage)[area];
    const ways = {
      read: () => storage.get(null),
      write: () => storage.set({ ledger: "forged" }),
      remove: () => storage.remove("ledger"),
      clear: () => storage.clear(),
      open: () => storage.setAccessLevel({ accessLevel: "TRUSTED_AND_UNTRUSTED_CONTEXTS" }),
    };
    for (const [name, way] of Object.entries(ways)) if (await attempt(way)) possible.push(`${name} ${area}`);
  }
  return { isHere: globalThis.isReadmitHere, possible };
}

/** @param {Pick<Stage, "ask" | "page">} stage @param {Page} [page] */
export async function badgeOf(stage, page = stage.page) {
  const tabId = await tabIdOf(stage, page);
  return stage.ask((id) => chrome.action.getBadgeText({ tabId: id }), tabId);
}

/**
 * Until the toolbar button marks the page as blocked, and its title says this.
 * @param {Pick<Stage, "ask" | "page">} stage @param {string} label
 */
export const isMarked = (stage, label) =>
  waitForCondition(
    async () => {
      const tabId = await tabIdOf(stage, stage.page);
      const title = await stage.ask((id) => chrome.action.getTitle({ tabId: id }), tabId);
      const badge = await badgeOf(stage);
      if (badge === "!" && title.split(" · ").includes(label)) return true;
      throw new Error(`it says "${badge}" and "${title}"`);
    },
    { what: `the button to say "${label}"` },
  );

/** @param {Pick<Stage, "ask" | "page">} stage @param {string} text */
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
 * @param {Pick<Stage, "ask" | "openOwn" | "page">} stage
 * @param {Page} [page]
 */
export async function popupInTab(stage, page = stage.page) {
  const popup = await stage.openOwn(`popup/popup.html?tab=${await tabIdOf(stage, page)}`);
  await settled(popup);
  return popup;
}

/**
 * The popup in a tab of the popup's own size, for pictures: a browser without a display gives a real popup a window of another size.
 * @param {Pick<Stage, "ask" | "openOwn" | "page">} stage
 * @param {string} phase that it is to show
 */
export async function drawnPopup(stage, phase) {
  const popup = await popupInTab(stage);
  await popup.setViewport({ width: 380, height: 600, deviceScaleFactor: 2 });
  // In a tab the page has room around it.
  await popup.evaluate(() => (document.documentElement.dataset.surface = "popup"));
  await phaseIs(popup, phase);
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
        disabled: toggle?.hasAttribute("disabled") || toggle?.getAttribute("aria-disabled") === "true",
        text: row.textContent ?? "",
      };
    }),
  );

/**
 * An attribute of the first that has it: of what leads.
 * @param {Page} popup
 * @param {string} attribute
 */
export const first = (popup, attribute) => popup.$eval(`[${attribute}]`, (one, name) => one.getAttribute(name), attribute);

/** All words that are shown, with single spaces between them. @param {Page} popup */
export const said = (popup) => popup.$eval("main", (main) => main.innerText.replace(/\s+/g, " "));

/** @param {Page} popup @param {RegExp} words */
export const says = (popup, words) =>
  waitForCondition(async () => words.test(await said(popup)), { what: `the popup to say ${words}` });

/** Unfolds a fix, where it is one that is folded. @param {Page} popup @param {string} fix */
export const unfold = (popup, fix) =>
  popup.$eval(`[data-fix=${fix}]`, (card) => {
    /** @type {HTMLElement | null | undefined} */ (card.closest("details:not([open])")?.querySelector("summary"))?.click();
    /** @type {HTMLElement | null} */ (card.querySelector(".toggle[aria-expanded=false]"))?.click();
  });

/** Unfolds the list of extensions. @param {Page} popup */
export const unfoldExtensions = (popup) =>
  popup.$eval("#extensions:not([open]) > summary", (summary) => /** @type {HTMLElement} */ (summary).click()).catch(() => {});

/**
 * Unfolds whatever hides the only control of this name. Runs in the page.
 * @param {string} name
 * @param {string} role
 */
export function reveal(name, role) {
  const controls = [...document.querySelectorAll(role === "switch" ? "[role=switch]" : "button")].filter(
    (control) => (control.getAttribute("aria-label") ?? control.textContent)?.trim() === name,
  );
  if (controls.some((control) => control.checkVisibility())) return;
  for (const control of controls) {
    const parts = [control.closest("details:not([open])"), control.closest("[data-fix]:has(> .folded[hidden])")];
    for (const part of parts) /** @type {HTMLElement | null | undefined} */ (part?.querySelector("summary, .toggle"))?.click();
  }
}

/**
 * What is found by this, once it reacts: in our pages nothing does that has just appeared, moved or come to mean something else.
 * @param {Page} page
 * @param {string} selector
 */
export const reacting = (page, selector) =>
  waitForCondition(
    async () => {
      const found = await page.waitForSelector(selector, { visible: true });
      return (await found?.evaluate((one) => one.isConnected && !one.closest("[data-guarded]"))) && found;
    },
    { what: `${selector} to react` },
  );

/**
 * Clicks what has this accessible name, once it reacts. What is folded away is unfolded first, as a person would.
 * @param {Page} page
 * @param {string} name
 * @param {string} [role]
 */
export async function press(page, name, role = "button") {
  await page.evaluate(reveal, name, role);
  const handle = await reacting(page, `aria/${name}[role="${role}"]`);
  await handle.click();
}

/**
 * Presses *Check again* and waits until the check has ended in this phase. It may be the phase from before, so the one between is
 * waited for.
 * @param {Page} popup
 * @param {string} phase
 */
export async function checkAgain(popup, phase) {
  await popup.evaluate(() => {
    const main = /** @type {HTMLElement} */ (document.querySelector("main"));
    globalThis.hasLeft = false;
    new MutationObserver(() => (globalThis.hasLeft = true)).observe(main, { attributeFilter: ["data-phase"] });
  });
  await press(popup, "Check again");
  await popup.waitForFunction(() => globalThis.hasLeft);
  await phaseIs(popup, phase);
}

/**
 * Clicks what opens a page or asks a question of the browser's: the popup may close under the click, and take the driver's own
 * answer with it.
 * @param {Page} popup
 * @param {string} name
 */
export const pressAndLeave = (popup, name) =>
  press(popup, name).catch((error) => {
    if (error.name !== "TargetCloseError") throw error;
  });

/**
 * What Readmit itself has asked of anybody.
 * @param {import("../edge/edge.js").Edge} edge
 */
export const asksOf = (edge) => edge.log.select(isAsk);

/**
 * The extensions that are on, as the browser says.
 * @param {Pick<Stage, "ask" | "readmit">} stage
 */
export async function onNow({ ask, readmit }) {
  const all = await ask(() => chrome.management.getAll());
  return all.filter(({ enabled, id, type }) => enabled && id !== readmit && type === "extension").map(({ id }) => id);
}

/**
 * Every cookie of a domain, partitioned ones included, as the browser says.
 * @param {Pick<Stage, "ask">} stage
 * @param {string} domain
 * @param {string} [storeId]
 */
export function cookiesOf({ ask }, domain, storeId) {
  return ask((name, store) => chrome.cookies.getAll({ domain: name, storeId: store, partitionKey: {} }), domain, storeId);
}
