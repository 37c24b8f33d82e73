// Drives a real Chromium with extensions against the simulated edge: opening it, its extensions and their workers, the
// toolbar button, permissions, and what a test looks at. It knows no story; those are in the tests beside it.
//
// Found out by experiment with Chromium 156, headless and through a pipe; what is said of it below was seen there:
// - A triggered action is a real click: it opens the popup as a page of its own and grants `activeTab`. It acts on the
//   tab in front, whichever tab it is told, so the page is brought to the front first.
// - Bringing any page to the front closes an open popup, as a click beside it would.
// - A permission dialogue cannot be clicked. A host granted on the extensions page beforehand is given without one.
// - `browser.extensions()` may lag behind the installation, so it is asked until the extension is there.
// - Host rules hold for numbers too: without `EXCLUDE 127.0.0.1` a proxy on loopback would be led to the edge.
// - A worker that a driver is attached to never falls asleep by itself; `stopWorker` is its only death.

import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { guard, PATIENCE, PROTOCOL_PATIENCE, within } from "./deadline.js";

/** @typedef {import("puppeteer-core").Browser} Browser */
/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("puppeteer-core").WebWorker} WebWorker */

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Whom Chromium asks by itself, whatever flags it is given: for accounts, for updates. */
const MAKERS = ["*.google.com", "*.googleapis.com", "*.gvt1.com"];

const QUIET = [
  "--disable-component-update",
  "--disable-domain-reliability",
  "--disable-features=OptimizationHints,MediaRouter,Translate",
  "--no-default-browser-check",
  "--no-pings",
  "--disable-gpu",
  "--lang=en-US",
];

/** What makes stories cheaper, and changes what is measured. */
const FRUGAL = [
  // A process kept ready for the next page costs as much as the page, on a computer with two cores.
  "--disable-features=SpareRendererForSitePerProcess",
  // What moves is drawn sixty times a second, and is elsewhere when it is clicked.
  "--force-prefers-reduced-motion",
];

/**
 * Chromium runs these for each extension that is uninstalled, one after the other, to remove icons that it has never made, and does not end
 * before the last of them has ended.
 */
const DESKTOP_TOOLS = ["xdg-desktop-menu", "xdg-icon-resource"];

/** Milliseconds after which a worker that has not stopped was not idle when it was asked to. */
const A_WHILE = 3_000;

/** So often something is asked before it is said to be dropped for ever: in a minute all that Readmit waits for has come or gone. */
const WISHES = 20;

/** Between two looks at a condition, in milliseconds. */
const PACE = 15;

/**
 * @typedef {object} Chromium
 * @property {Browser} browser
 * @property {Page} page the tab it opened with
 * @property {string[]} ids of the extensions, in the order they were given
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ extensions?: readonly string[], edge?: { port: number }, userDataDir?: string, headless?: boolean,
 *   isFrugal?: boolean, args?: readonly string[], env?: Record<string, string | undefined>, ignoreDefaultArgs?: string[],
 *   executable?: string }} [options] `extensions`: unpacked directories; `edge`: where every host name leads; `isFrugal`: not as users
 *   have it, where that saves work;
 *   `ignoreDefaultArgs`: flags of puppeteer's to leave out
 * @returns {Promise<Chromium>}
 */
export async function openChromium({
  extensions = [],
  edge,
  userDataDir,
  headless = true,
  isFrugal = true,
  args = [],
  env,
  ignoreDefaultArgs,
  executable = findChromium(),
} = {}) {
  const browser = await launch({
    executablePath: executable,
    headless,
    userDataDir,
    ignoreDefaultArgs,
    env: { ...(env ?? process.env), PATH: [withoutDesktop(), (env ?? process.env).PATH].join(delimiter) },
    pipe: true,
    enableExtensions: true,
    defaultViewport: null,
    args: [
      ...QUIET,
      ...(isFrugal ? FRUGAL : []),
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ...(edge ? leadTo(edge) : []),
      ...args,
    ],
  });
  try {
    const ids = await install(browser, extensions);
    const [page] = await browser.pages();
    return { browser, page, ids, close: () => close(browser) };
  } catch (error) {
    await close(browser);
    throw error;
  }
}

/**
 * @param {Browser} browser
 * @param {readonly string[]} extensions unpacked directories
 * @returns {Promise<string[]>} their ids, in this order
 */
export async function install(browser, extensions) {
  const ids = await Promise.all(extensions.map((path) => browser.installExtension(path)));
  await Promise.all(ids.map((id) => extensionOf(browser, id)));
  return ids;
}

/**
 * A browser of which everything that is asked has a deadline.
 * @param {import("puppeteer-core").LaunchOptions} options
 * @returns {Promise<Browser>}
 */
export async function launch(options) {
  return guard(await within("a browser to start", puppeteer.launch({ protocolTimeout: PROTOCOL_PATIENCE, ...options })));
}

/**
 * One that does not end when it is told to is ended all the same, or it would outlive its test.
 * @param {Browser} browser
 */
export async function close(browser) {
  try {
    await browser.close();
  } catch (error) {
    browser.process()?.kill("SIGKILL");
    throw error;
  }
}

/**
 * Every host leads to the edge, but for the browser's own talk with its makers, which leads nowhere.
 * @param {{ port: number }} edge
 */
function leadTo({ port }) {
  const rules = [
    ...MAKERS.map((host) => `MAP ${host} ~NOTFOUND`),
    `MAP * 127.0.0.1:${port}`,
    "EXCLUDE 127.0.0.1",
  ];
  return [`--host-resolver-rules=${rules.join(", ")}`, "--ignore-certificate-errors"];
}

/** @type {string | null} */
let desktop = null;

/** A folder in which the tools of a desktop do nothing. */
function withoutDesktop() {
  if (desktop === null) {
    const folder = mkdtempSync(join(tmpdir(), "desktop-"));
    for (const tool of DESKTOP_TOOLS) symlinkSync("/bin/true", join(folder, tool));
    process.on("exit", () => rmSync(folder, { recursive: true }));
    desktop = folder;
  }
  return desktop;
}

/** @returns {string} from the environment's `CHROMIUM`, else the first usual name in `PATH` */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const directories = (process.env.PATH ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => directories.map((directory) => join(directory, name)));
  const found = candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error(`no Chromium: none of ${NAMES.join(", ")} is in PATH, and CHROMIUM is not set`);
  return found;
}

/**
 * @param {Browser} browser
 * @param {string} id
 * @returns {Promise<import("puppeteer-core").Extension>}
 */
export function extensionOf(browser, id) {
  return waitForCondition(async () => (await browser.extensions()).get(id), { what: `extension ${id} to be listed` });
}

/**
 * Readmit itself, however it was loaded.
 * @param {Browser} browser
 * @returns {Promise<{ id: string, worker: () => Promise<WebWorker> }>}
 */
export async function readmitOf(browser) {
  const { id } = await waitForCondition(
    async () => [...(await browser.extensions()).values()].find(({ name }) => name.startsWith("Readmit")),
    { what: "Readmit to be listed" },
  );
  return { id, worker: () => workerOf(browser, id) };
}

/**
 * The background worker, woken when it is not running.
 * @param {Browser} browser
 * @param {string} id
 * @returns {Promise<WebWorker>}
 */
export async function workerOf(browser, id) {
  if (!(await workerTarget(browser, id))) await wakeWorker(browser, id);
  return waitForCondition(
    async () => {
      const worker = /** @type {WebWorker} */ (await (await workerTarget(browser, id))?.worker());
      // A worker is listed, and answers, a moment before the browser has given it its API.
      return (await worker.evaluate(() => typeof chrome === "object" && chrome.runtime !== undefined)) && worker;
    },
    { what: `the worker of ${id} to run` },
  );
}

/** A file that every extension has. As a page it has the extension's API and none of its code. */
const DESK = "manifest.json";

/**
 * A tab at which the browser is asked as the extension could ask it: it does not die with the worker, and wakes none. It lies
 * behind the tab in front, which stays where it is.
 * @param {Browser} browser
 * @param {string} id
 */
export function deskOf(browser, id) {
  const address = `chrome-extension://${id}/${DESK}`;
  /** @type {Promise<Page> | null} */
  let desk = null;
  const open = async () => {
    const before = new Set(browser.targets());
    // When a tab is closed, one that was opened from the same tab comes to the front, or else its neighbor. The desk is to be
    // neither: so it is opened by the extension, at the very left.
    await (await workerOf(browser, id)).evaluate((url) => chrome.tabs.create({ url, active: false, index: 0 }), address);
    const target = await waitForCondition(() => browser.targets().find((it) => !before.has(it) && it.url() === address), {
      what: `the desk of ${id} to open`,
    });
    return target.asPage();
  };
  const opened = async () => {
    // A reload of the extension closes its pages.
    if (!desk || (await desk.catch(() => null))?.isClosed() !== false) desk = open();
    return desk;
  };
  return {
    opened,
    /** @type {<T>(act: (...args: any[]) => T, ...args: unknown[]) => Promise<Awaited<T>>} */
    ask: async (act, ...args) => /** @type {any} */ ((await opened()).evaluate(act, ...args)),
  };
}

/** @param {Page | import("puppeteer-core").Target} it */
export const isDesk = (it) => it.url().startsWith("chrome-extension://") && it.url().endsWith(`/${DESK}`);

/**
 * Does the background worker run?
 * @param {Browser} browser
 * @param {string} id
 */
export const isAwake = async (browser, id) => (await workerTarget(browser, id)) !== undefined;

/**
 * Ends the background worker as the browser does when it is idle; the next event starts a new one.
 * @param {Browser} browser
 * @param {string} id
 * @returns {Promise<boolean>} whether there was one to stop
 */
export async function stopWorker(browser, id) {
  const target = await workerTarget(browser, id);
  if (!target) return false;
  // One that ends at the same moment has no session any more. Whether it is gone is looked for below.
  const wish = async () => (await target.worker())?.close();
  await wish().catch(() => {});
  // Chromium stops only an idle worker, and drops the wish otherwise. Asked a second time too soon it stops the next one
  // while that is starting, which then never gets an answer from the browser again.
  const gone = async () => (await workerTarget(browser, id)) !== target;
  for (let wishes = 0; wishes < WISHES; wishes += 1) {
    if (await waitForCondition(gone, { what: `the worker of ${id} to stop`, patience: A_WHILE }).catch(() => false)) return true;
    await wish().catch(() => {});
  }
  throw new Error(`the worker of ${id} is never idle`);
}

/**
 * The running worker. A reloaded extension leaves its old worker in puppeteer's list for ever, and what is asked of it is
 * never answered; so Chromium's own list has the last word.
 * @param {Browser} browser
 * @param {string} id
 */
async function workerTarget(browser, id) {
  const session = await browser.target().createCDPSession();
  try {
    const { targetInfos } = await session.send("Target.getTargets");
    const running = new Set(targetInfos.map(({ targetId }) => targetId));
    return browser.targets().find(
      (target) =>
        target.type() === "service_worker" &&
        target.url().startsWith(`chrome-extension://${id}/`) &&
        running.has(/** @type {any} */ (target)._targetId),
    );
  } finally {
    await session.detach();
  }
}

/**
 * @param {Browser} browser
 * @param {string} id
 */
async function wakeWorker(browser, id) {
  const [page] = await browser.pages();
  const session = await page.createCDPSession();
  try {
    await session.send("ServiceWorker.enable");
    await session.send("ServiceWorker.startWorker", { scopeURL: `chrome-extension://${id}/` });
  } finally {
    await session.detach();
  }
}

/**
 * Closes a tab, whatever it does. Chromium drops the wish without a word when the page is just then loaded anew, and a driver that
 * asked once waits for ever; so it is asked until the tab is gone.
 * @param {Page} page
 */
export async function closeTab(page) {
  const isGone = () => page.isClosed();
  for (let wishes = 0; wishes < WISHES; wishes += 1) {
    // Its end is looked for below. Of a tab that is gone by now the browser says that there is none.
    page.close().catch(() => {});
    if (await waitForCondition(isGone, { what: `${page.url()} to close`, patience: A_WHILE }).catch(() => false)) return;
  }
  throw new Error(`${page.url()} does not close`);
}

/**
 * Clicks the extension's toolbar button on this page; for one without a popup too.
 * @param {Page} page
 * @param {string} id
 */
export async function clickAction(page, id) {
  await page.bringToFront();
  await (await extensionOf(page.browser(), id)).triggerAction(page);
}

/**
 * Clicks the toolbar button on this page and takes hold of the popup. The popup closes when a page is brought to the
 * front.
 * @param {Page} page
 * @param {string} id
 * @returns {Promise<Page>}
 */
export async function openPopupFor(page, id) {
  const browser = page.browser();
  const before = new Set(browser.targets());
  await clickAction(page, id);
  return attachToPopup(browser, id, before);
}

/**
 * Takes hold of a popup that opens by other means, such as `action.openPopup()` after a click on the banner.
 * @param {Browser} browser
 * @param {string} id
 * @param {Set<import("puppeteer-core").Target>} [before] targets that are not meant
 * @returns {Promise<Page>}
 */
export async function attachToPopup(browser, id, before = new Set()) {
  const target = await waitForCondition(
    () =>
      browser
        .targets()
        .find((it) => it.type() === "page" && it.url().startsWith(`chrome-extension://${id}/`) && !isDesk(it) && !before.has(it)),
    { what: `the popup of ${id} to open` },
  );
  return target.asPage();
}

/**
 * The popup as an ordinary tab about another tab (`?tab=ID`). It is no click on the toolbar: no `activeTab`.
 * @param {Browser} browser
 * @param {string} id
 * @param {number} tabId
 * @returns {Promise<Page>}
 */
export async function openPopupInTab(browser, id, tabId) {
  const worker = await workerOf(browser, id);
  const popup = await worker.evaluate(() => chrome.action.getPopup({}));
  const page = await browser.newPage();
  await page.goto(`${popup}?tab=${tabId}`);
  return page;
}

/**
 * The tab's id as extensions know it. Brings the page to the front.
 * @param {Page} page
 * @param {string} extension the id of any with a worker
 * @returns {Promise<number>}
 */
export async function tabIdOf(page, extension) {
  const worker = await workerOf(page.browser(), extension);
  await page.bringToFront();
  const id = await worker.evaluate(
    async () => (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0].id,
  );
  return /** @type {number} */ (id);
}

/**
 * Says yes beforehand: a host withheld is given at once, an optional one without a dialogue when the extension next asks
 * for it after a click.
 * @param {Browser} browser
 * @param {string} id
 * @param {string} origin such as `https://example.org`; or a pattern of hosts such as `*://*`
 */
export function grantHost(browser, id, origin) {
  return onExtensionsPage(browser, (api, [extension, pattern]) => api.addHostPermission(extension, pattern), [
    id,
    `${origin}/*`,
  ]);
}

/**
 * Sets the site access to "on click": every host permission is withheld, as a careful person has it.
 * @param {Browser} browser
 * @param {string} id
 */
export function withholdHosts(browser, id) {
  return configure(browser, { extensionId: id, hostAccess: "ON_CLICK" });
}

/**
 * Undoes that.
 * @param {Browser} browser
 * @param {string} id
 */
export function giveHostsBack(browser, id) {
  return configure(browser, { extensionId: id, hostAccess: "ON_ALL_SITES" });
}

/**
 * Lets the extension into private windows, which reloads it.
 * @param {Browser} browser
 * @param {string} id
 */
export function allowIncognito(browser, id) {
  return reloading(browser, id, () => configure(browser, { extensionId: id, incognitoAccess: true }));
}

/**
 * Loads the extension anew from its directory, as an update does: its worker and pages end.
 * @param {Browser} browser
 * @param {string} id
 */
export function reloadExtension(browser, id) {
  return reloading(browser, id, () => onExtensionsPage(browser, (api, [it]) => api.reload(it), [id]));
}

/**
 * @param {Browser} browser
 * @param {string} id
 * @param {() => Promise<unknown>} act ends the running worker and all pages of the extension, and starts another worker
 */
async function reloading(browser, id, act) {
  const before = await workerTarget(browser, id);
  const pages = browser.targets().filter((target) => target.type() === "page" && target.url().startsWith(`chrome-extension://${id}/`));
  await act();
  // A page that is about to end takes no more questions.
  await waitForCondition(() => !browser.targets().some((target) => pages.includes(target)), { what: `the pages of ${id} to end` });
  if (!before) return;
  await waitForCondition(
    async () => {
      const now = await workerTarget(browser, id);
      return now !== undefined && now !== before;
    },
    { what: `${id} to be reloaded` },
  );
}

/**
 * @param {Browser} browser
 * @param {Record<string, unknown>} change
 */
function configure(browser, change) {
  return onExtensionsPage(browser, (api, [it]) => api.updateExtensionConfiguration(it), [change]);
}

/**
 * What a person does on `chrome://extensions`, by the API that page uses. It takes the front for a moment, so an open
 * popup closes. Developer mode is switched on, for without it an unpacked extension that is reloaded stays off.
 * @param {Browser} browser
 * @param {(api: any, args: any[]) => Promise<unknown>} act runs in that page
 * @param {unknown[]} args
 */
async function onExtensionsPage(browser, act, args) {
  const page = await browser.newPage();
  try {
    await page.goto("chrome://extensions");
    await page.evaluate(`(async (api, args) => {
      await api.updateProfileConfiguration({ inDeveloperMode: true });
      await (${act})(api, args);
    })(chrome.developerPrivate, ${JSON.stringify(args)})`);
  } finally {
    await page.close();
  }
}

/**
 * What a person finds by its accessible name, in closed shadow roots too.
 * @param {Page} page
 * @param {string} name
 * @param {string} [role]
 */
export async function aria(page, name, role = "button") {
  const found = await page.waitForSelector(`aria/${name}[role="${role}"]`, { timeout: PATIENCE });
  return /** @type {import("puppeteer-core").ElementHandle<Element>} */ (found);
}

/**
 * @param {Page} page
 * @param {string} file its directory is made
 * @param {{ dark?: boolean, fullPage?: boolean, clip?: import("puppeteer-core").ScreenshotClip }} [options]
 */
export async function screenshot(page, file, { dark = false, fullPage = false, clip } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
    // Nothing is caught in the middle of a movement.
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  await page.screenshot({ path: /** @type {`${string}.png`} */ (file), fullPage, clip });
  await page.emulateMediaFeatures([]);
}

/**
 * What the page's site keeps in this browser, as far as its own scripts can see; HttpOnly cookies are not among it.
 * @param {Page} page
 */
export function storesOf(page) {
  return page.evaluate(async () => ({
    cookies: document.cookie.split("; ").filter(Boolean).map((pair) => pair.split("=")[0]).sort(),
    localStorage: Object.keys(localStorage).sort(),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    serviceWorkers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
}

/**
 * Looks again and again until the condition gives something true, and returns that.
 * @template T
 * @param {() => T | Promise<T>} condition one that throws counts as not yet
 * @param {{ what?: string, patience?: number }} [options] `what`: completes "waited … for"
 * @returns {Promise<Exclude<Awaited<T>, false | null | undefined | 0 | "">>}
 */
export async function waitForCondition(condition, { what = String(condition), patience = PATIENCE } = {}) {
  let isOver = false;
  /** @type {unknown} */
  let last = "no answer";
  let asked = performance.now();
  const look = async () => {
    while (!isOver) {
      asked = performance.now();
      try {
        const now = await condition();
        if (now) return now;
        last = now;
      } catch (error) {
        last = error;
      }
      await pause(PACE);
    }
  };
  // One that was asked just now may still answer; one that was asked long ago is what is wrong.
  const saw = () => (performance.now() - asked < A_WHILE ? String(last) : `${last}, and then no answer`);
  try {
    return /** @type {any} */ (await within(what, look(), { patience, saw }));
  } finally {
    isOver = true;
  }
}
