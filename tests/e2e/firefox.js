// Drives a real Firefox with extensions against the simulated edge: opening it, its extensions, the toolbar button, what a
// person does in about:addons, and what a test looks at. It knows no story; those are in the tests beside it.
//
// Found out by experiment with Firefox 153 ESR, headless:
// - `-remote-allow-system-access` opens the browser's own window to scripts (`moz:scope: chrome`): what a person does in
//   about:addons or at the toolbar is done by the same functions there.
// - Going to a `moz-extension:` address loads it but is never reported as done, so nobody waits for it.
// - Any file of an extension, an icon even, opened in a tab has the extension's whole API and none of its code: that tab is
//   the "desk" at which a test asks the browser as Readmit could. A background page itself cannot be reached.
// - The popup is no tab and has no context for a driver; a script sent into its frame answers all the same.
// - There is no accessibility tree over BiDi. A closed shadow root is seen when a node is serialised.
// - A permission dialogue can be answered beforehand by a preference; the click that asks has to be a real one all the same.

import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { close as closeBrowser, launch, waitForCondition } from "./browser.js";
import { within } from "./deadline.js";

/** @typedef {import("puppeteer-core").Browser} Browser */
/** @typedef {import("puppeteer-core").Page} Page */

const NAMES = ["firefox-esr", "firefox"];

/** Readmit's id in its manifest, and the address that it is given here. */
export const READMIT = "readmit@readmit.example";
const ADDRESS = "6e0c7d1a-3f52-4b8e-9a64-1c0de5a1b2c3";

/**
 * @typedef {object} Firefox
 * @property {Browser} browser
 * @property {Page} page the tab it opened with
 * @property {Page} desk the tab that `ask` asks in
 * @property {<T>(act: (...args: any[]) => T, ...args: unknown[]) => Promise<Awaited<T>>} inBrowser runs it in the browser's own window
 * @property {<T>(act: (...args: any[]) => T, ...args: unknown[]) => Promise<Awaited<T>>} ask runs it at Readmit's desk
 * @property {(path: string) => Promise<Page>} openOwn opens a page of Readmit's in a tab
 * @property {() => Promise<void>} close
 */

/**
 * A file of policies is read from a place of one's own only by a Firefox that believes to be tested by its makers, and that
 * refuses to talk to anybody but this machine.
 * @param {string} directory for the file
 * @param {Record<string, unknown>} policies
 */
export function managedBy(directory, policies) {
  const file = join(directory, "policies.json");
  writeFileSync(file, JSON.stringify({ policies }));
  return {
    env: { MOZ_DISABLE_NONLOCAL_CONNECTIONS: "1" },
    prefs: {
      "browser.policies.alternatePath": file,
      "security.turn_off_all_security_so_that_viruses_can_take_over_this_computer": true,
      "xpinstall.signatures.required": false,
    },
  };
}

/**
 * @param {{ readmit?: string, edge: { port: number }, prefs?: Record<string, unknown>, env?: Record<string, string>,
 *   headless?: boolean }} options `readmit`: the unpacked extension; nothing where a policy installs it
 * @returns {Promise<Firefox>}
 */
export async function openFirefox({ readmit, edge, prefs = {}, env = {}, headless = true }) {
  const browser = await launch({
    browser: "firefox",
    executablePath: findFirefox(),
    headless,
    acceptInsecureCerts: true,
    args: ["-remote-allow-system-access"],
    env: { ...process.env, ...env },
    defaultViewport: null,
    extraPrefsFirefox: {
      "extensions.webextensions.uuids": JSON.stringify({ [READMIT]: ADDRESS }),
      "extensions.webextOptionalPermissionPrompts": false,
      "intl.locale.requested": "en-US",
      "network.dns.forceResolve": "127.0.0.1",
      "network.socket.forcePort": `443=${edge.port}`,
      "ui.prefersReducedMotion": 1,
      ...prefs,
    },
  });
  try {
    if (readmit) await browser.installExtension(readmit);
    const [page] = await browser.pages();
    const inBrowser = await windowOf(browser);
    // @ts-ignore The browser's own window.
    const isThere = () => inBrowser((/** @type {string} */ id) => Boolean(WebExtensionPolicy.getByID(id)?.extension), READMIT);
    await waitForCondition(isThere, { what: "Readmit to be installed" });
    const openOwn = (/** @type {string} */ path) => openAt(browser, `moz-extension://${ADDRESS}/${path}`);
    const desk = await openOwn("icons/16.png");
    await page.bringToFront();
    /** @type {any} */
    const ask = (act, ...args) => desk.evaluate(act, ...args);
    return { browser, page, desk, inBrowser, ask, openOwn, close: () => closeBrowser(browser) };
  } catch (error) {
    await closeBrowser(browser);
    throw error;
  }
}

/** @returns {string} from the environment's `FIREFOX`, else the first usual name in `PATH` */
export function findFirefox() {
  if (process.env.FIREFOX) return process.env.FIREFOX;
  const directories = (process.env.PATH ?? "").split(delimiter);
  const found = NAMES.flatMap((name) => directories.map((directory) => join(directory, name))).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error(`no Firefox: neither of ${NAMES.join(", ")} is in PATH, and FIREFOX is not set`);
  return found;
}

/**
 * The browser's protocol, for what puppeteer has no function for.
 * @param {Browser} browser
 * @param {string} method
 * @param {Record<string, unknown>} params
 */
async function bidi(browser, method, params) {
  const { connection } = /** @type {any} */ (browser);
  const { result } = await within(() => `the answer to ${method} ${JSON.stringify(params)}`, connection.send(method, params));
  return result;
}

/** @param {Page} page */
const contextOf = (page) => /** @type {any} */ (page.mainFrame())._id;

/** @param {Browser} browser */
async function windowOf(browser) {
  const { contexts } = await bidi(browser, "browsingContext.getTree", { "moz:scope": "chrome" });
  const { context } = contexts.find((/** @type {any} */ it) => it.url.endsWith("/browser.xhtml"));
  return async (/** @type {any} */ act, /** @type {unknown[]} */ ...args) => {
    const expression = `(async () => JSON.stringify(await (${act})(...${JSON.stringify(args)})))()`;
    const said = await bidi(browser, "script.evaluate", { expression, awaitPromise: true, target: { context } });
    if (said.type === "exception") throw new Error(said.exceptionDetails.text);
    return said.result.value === undefined ? undefined : JSON.parse(said.result.value);
  };
}

/**
 * @param {Browser} browser
 * @param {string} address of an extension's
 * @returns {Promise<Page>}
 */
async function openAt(browser, address) {
  const { context } = await bidi(browser, "browsingContext.create", { type: "tab" });
  await bidi(browser, "browsingContext.navigate", { context, url: address, wait: "none" });
  return waitForCondition(
    async () => {
      const page = (await browser.pages()).find((it) => contextOf(it) === context);
      const isThere = () => document.readyState === "complete" && location.href;
      return page && (await page.evaluate(isThere)) === address && page;
    },
    { what: `${address} to be loaded` },
  );
}

/**
 * A click on Readmit's toolbar button over the tab in front: it opens the popup and grants `activeTab`.
 * @param {Firefox} firefox
 */
export async function clickAction({ inBrowser }) {
  await inBrowser((/** @type {string} */ id) => {
    // @ts-ignore The browser's own window.
    const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
    // @ts-ignore
    const { extension } = WebExtensionPolicy.getByID(id);
    // @ts-ignore
    ExtensionParent.apiManager.global.browserActionFor(extension).triggerAction(window);
  }, READMIT);
}

/**
 * Runs a function in the open popup. `null` where there is none.
 * @param {Firefox} firefox
 * @param {() => unknown} act
 */
export function inPopup({ inBrowser }, act) {
  return inBrowser(async (/** @type {string} */ code) => {
    const popup = /** @type {any} */ (document.querySelector(".webextension-popup-browser"));
    if (!popup) return null;
    const look = code.replaceAll("document.", "content.document.");
    const script = `try { sendAsyncMessage("answer", (${look})()) } catch { sendAsyncMessage("answer", null) }`;
    return new Promise((resolve) => {
      // The popup is loaded in one place and then moved to where it is shown. An answer that is on its way meanwhile arrives at the
      // other, so the whole window is listened to.
      const { messageManager } = /** @type {any} */ (window);
      const hear = (/** @type {any} */ { data }) => {
        messageManager.removeMessageListener("answer", hear);
        resolve(data);
      };
      messageManager.addMessageListener("answer", hear);
      popup.messageManager.loadFrameScript(`data:,${encodeURIComponent(script)}`, false);
    });
  }, String(act));
}

/**
 * What a click beside it does.
 * @param {Firefox} firefox
 */
export async function closePopup({ inBrowser }) {
  await inBrowser(() => {
    /** @type {any} */ (document.querySelector(".webextension-popup-browser")?.closest("panel"))?.hidePopup();
  });
}

/**
 * What a person does in about:addons.
 * @param {Firefox} firefox
 * @param {string} id
 * @param {boolean} on
 */
export async function switchByHand({ inBrowser }, id, on) {
  await inBrowser(
    async (/** @type {string} */ it, /** @type {boolean} */ wanted) => {
      // @ts-ignore The browser's own window.
      const addon = await AddonManager.getAddonByID(it);
      await (wanted ? addon.enable() : addon.disable());
    },
    id,
    on,
  );
}

/**
 * The background's end, as after half a minute without anything to do; the next event starts it again.
 * @param {Firefox} firefox
 */
export async function stopBackground({ inBrowser }) {
  await inBrowser(async (/** @type {string} */ id) => {
    // @ts-ignore The browser's own window.
    await WebExtensionPolicy.getByID(id).extension.terminateBackground({ disableResetIdleForTest: true });
  }, READMIT);
}

/**
 * What Readmit has stored for good under each key. A page's own scripts, and our content script, have another database of this name.
 * @param {Pick<Firefox, "ask">} firefox
 * @returns {Promise<Record<string, { version: number, value: any }>>}
 */
export function storedIn({ ask }) {
  return ask(async () => {
    /** @type {<T>(request: IDBRequest<T>) => Promise<T>} */
    const answer = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const opening = indexedDB.open("readmit");
    // Only Readmit may make it.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    const database = await answer(opening);
    const store = database.transaction("values").objectStore("values");
    const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
    database.close();
    return Object.fromEntries(keys.map((key, at) => [key, values[at]]));
  });
}

/**
 * Starts the background, if it is not running, and waits until it has read what is stored. What it is sent means nothing to it.
 * @param {Pick<Firefox, "ask">} firefox
 */
export async function startBackground({ ask }) {
  await ask(() => chrome.runtime.sendMessage({}));
}

/**
 * Takes hosts away, as a person does on Readmit's own page in about:addons.
 * @param {Firefox} firefox
 * @param {string[]} origins
 */
export async function withholdHosts({ inBrowser }, origins) {
  await inBrowser(
    async (/** @type {string} */ id, /** @type {string[]} */ hosts) => {
      // @ts-ignore The browser's own window.
      const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
      // @ts-ignore
      const { extension } = WebExtensionPolicy.getByID(id);
      await ExtensionPermissions.remove(id, { permissions: [], origins: hosts }, extension);
    },
    READMIT,
    origins,
  );
}

/**
 * The same in the other direction.
 * @param {Firefox} firefox
 * @param {string[]} origins
 */
export async function grantHosts({ inBrowser }, origins) {
  await inBrowser(
    async (/** @type {string} */ id, /** @type {string[]} */ hosts) => {
      // @ts-ignore The browser's own window.
      const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
      // @ts-ignore
      const { extension } = WebExtensionPolicy.getByID(id);
      await ExtensionPermissions.add(id, { permissions: [], origins: hosts }, extension);
    },
    READMIT,
    origins,
  );
}

/**
 * The banner's texts and buttons, its closed root included; `null` where there is none.
 * @param {Page} page
 * @returns {Promise<{ text: string, buttons: Record<string, () => Promise<void>> } | null>}
 */
export async function bannerIn(page) {
  const browser = page.browser();
  const context = contextOf(page);
  const { result } = await bidi(browser, "script.evaluate", {
    expression: `document.querySelector("readmit-banner")`,
    awaitPromise: false,
    target: { context },
    serializationOptions: { maxDomDepth: 12, includeShadowTree: "all" },
  });
  if (result?.type !== "node") return null;
  const texts = /** @type {string[]} */ ([]);
  const buttons = /** @type {Record<string, () => Promise<void>>} */ ({});
  const read = (/** @type {any} */ node) => {
    const { nodeType, nodeValue, localName, children = [], shadowRoot } = node.value ?? {};
    if (nodeType === 3) texts.push(nodeValue);
    if (localName === "button") buttons[children[0]?.value.nodeValue] = () => clickOn(page, node.sharedId);
    children.forEach(read);
    if (shadowRoot) read(shadowRoot);
  };
  read(result);
  return texts.length > 0 ? { text: texts.join(" ").replace(/\s+/g, " "), buttons } : null;
}

/**
 * A real click on a node.
 * @param {Page} page
 * @param {string} sharedId
 */
async function clickOn(page, sharedId) {
  const origin = { type: "element", element: { sharedId } };
  const actions = [
    { type: "pointerMove", x: 0, y: 0, origin },
    { type: "pointerDown", button: 0 },
    { type: "pointerUp", button: 0 },
  ];
  await bidi(page.browser(), "input.performActions", {
    context: contextOf(page),
    actions: [{ type: "pointer", id: "mouse", actions }],
  });
}

/**
 * @param {Firefox} firefox
 * @param {string} file its directory is made
 */
export async function screenshotPopup({ inBrowser }, file) {
  const url = /** @type {string} */ (
    await inBrowser(async () => {
      const popup = /** @type {any} */ (document.querySelector(".webextension-popup-browser"));
      const scale = 2;
      const bitmap = await popup.browsingContext.currentWindowGlobal.drawSnapshot(null, scale, "white");
      const canvas = /** @type {HTMLCanvasElement} */ (document.createElementNS("http://www.w3.org/1999/xhtml", "canvas"));
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      return canvas.toDataURL();
    })
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Buffer.from(url.split(",")[1], "base64"));
}
