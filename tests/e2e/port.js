// A tiny extension whose background can be stopped at a chosen moment, in a real Chromium or Firefox, and a page of it that
// connects, posts and asks. It is not Readmit: what the browsers do with ports is to be seen without our own code.
//
// Background and page also share a `BroadcastChannel`, which wakes no one and survives every stop. By it the background notes what
// it heard, so a test knows what arrived even where no answer came back.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { iconFor } from "../extensions/icon.js";
import { isAwake, openChromium, stopWorker, waitForCondition } from "./browser.js";
import { openFirefox, READMIT, stopBackground } from "./firefox.js";

/** How long the first task of a slow background takes, in milliseconds: long enough to be stopped within it on a busy computer. */
const SLOW = 1_200;

/**
 * @typedef {object} Subject
 * @property {import("puppeteer-core").Page} page has what `inPage` puts there: `line`, `ask`, `notes`
 * @property {Record<string, () => Promise<unknown>>} stops every way to send the stop, by name; none waits for the death
 * @property {() => Promise<void>} stop stops the background and waits until it is dead
 * @property {() => Promise<boolean>} isAwake
 * @property {() => Promise<unknown>} close
 */

/**
 * @param {{ slow?: boolean }} [options] `slow`: the background registers its listeners at the end of a long first task
 * @returns {Promise<Subject>}
 */
export async function openChromiumSubject({ slow = false } = {}) {
  const { directory, remove } = write({ background: { service_worker: "background.js" } }, slow ? SLOW : 0);
  const { browser, ids: [id], close } = await openChromium({ extensions: [directory] });
  const page = await browser.newPage();
  const root = await browser.target().createCDPSession();
  const session = await page.createCDPSession();
  const script = `chrome-extension://${id}/background.js`;
  let versionId = "";
  session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
    versionId = versions.find(({ scriptURL }) => scriptURL === script)?.versionId ?? versionId;
  });
  await session.send("ServiceWorker.enable");
  await page.goto(`chrome-extension://${id}/page.html`);
  await waitForCondition(() => versionId, { what: "the worker's version to be told" });
  const stops = {
    "Target.closeTarget": async () => {
      const { targetInfos } = await root.send("Target.getTargets");
      const target = targetInfos.find(({ type, url }) => type === "service_worker" && url === script);
      if (!target) return;
      // It may have died since it was listed.
      await root.send("Target.closeTarget", { targetId: target.targetId }).catch((error) => {
        if (!/No target with given id/.test(error.message)) throw error;
      });
    },
    "ServiceWorker.stopWorker": () => session.send("ServiceWorker.stopWorker", { versionId }),
  };
  return {
    page,
    stops,
    stop: async () => void (await stopWorker(browser, id)),
    isAwake: () => isAwake(browser, id),
    close: () => close().finally(remove),
  };
}

/** @returns {Promise<Subject>} */
export async function openFirefoxSubject() {
  const { directory, remove } = write(
    { background: { scripts: ["background.js"] }, browser_specific_settings: { gecko: { id: READMIT } } },
    0,
  );
  const firefox = await openFirefox({ readmit: directory, edge: { port: 1 } });
  const page = await firefox.openOwn("page.html");
  await page.bringToFront();
  const stateIs = async (/** @type {string} */ wanted) => {
    // @ts-ignore The browser's own window.
    const state = await firefox.inBrowser((id) => WebExtensionPolicy.getByID(id).extension.backgroundState, READMIT);
    return state === wanted;
  };
  return {
    page,
    stops: { terminateBackground: () => stopBackground(firefox) },
    stop: async () => {
      await stopBackground(firefox);
      await waitForCondition(() => stateIs("stopped"), { what: "the event page to be gone" });
    },
    isAwake: async () => !(await stateIs("stopped")),
    close: () => firefox.close().finally(remove),
  };
}

/**
 * @param {Record<string, unknown>} manifest what this browser needs of it
 * @param {number} busy milliseconds
 */
function write(manifest, busy) {
  const directory = mkdtempSync(join(tmpdir(), "port-"));
  mkdirSync(join(directory, "icons"));
  const files = {
    "manifest.json": JSON.stringify({ manifest_version: 3, name: "Ports", version: "1.0", ...manifest }),
    "background.js": `(${inBackground})(${busy})`,
    "page.html": `<!doctype html><html lang="en"><title>Ports</title><script src="page.js"></script>`,
    "page.js": `(${inPage})()`,
    // The Firefox driver's desk.
    "icons/16.png": iconFor("ports", 16),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return { directory, remove: () => rmSync(directory, { recursive: true }) };
}

/**
 * The background. A name says what becomes of what is heard under it: `echo` is answered at once; `held` only when the module would
 * be ready, which here is never; `mute` is never answered at all.
 * @param {number} busy
 */
function inBackground(busy) {
  const channel = new BroadcastChannel("notes");
  const note = (/** @type {string} */ heard) => channel.postMessage(heard);
  note("start");
  for (const end = Date.now() + busy; Date.now() < end; );
  const ready = new Promise(() => {});
  /** @type {Record<string, (answer: () => void) => void>} */
  const modes = { echo: (answer) => answer(), held: (answer) => ready.then(answer), mute: () => {} };
  chrome.runtime.onConnect.addListener((port) => {
    note(`connect ${port.name}`);
    port.onMessage.addListener((message) => {
      note(`post ${message}`);
      modes[port.name](() => port.postMessage(message));
    });
  });
  chrome.runtime.onMessage.addListener(({ mode, message }, _, respond) => {
    note(`ask ${message}`);
    modes[mode](() => respond(message));
    return true; // The answer may come later.
  });
}

/** The page. What came of everything that it sent stands in plain objects, which a test reads whenever it likes. */
function inPage() {
  const page = /** @type {any} */ (globalThis);
  page.notes = /** @type {string[]} */ ([]);
  new BroadcastChannel("notes").onmessage = ({ data }) => page.notes.push(data);
  page.line = (/** @type {string} */ mode) => {
    const port = chrome.runtime.connect({ name: mode });
    const post = (/** @type {string} */ message) => {
      try {
        port.postMessage(message);
        return { threw: "" };
      } catch (error) {
        return { threw: /** @type {Error} */ (error).message };
      }
    };
    const line = { answers: /** @type {string[]} */ ([]), isOver: false, error: "", overAt: 0, post };
    port.onMessage.addListener((answer) => line.answers.push(answer));
    port.onDisconnect.addListener(() => {
      const error = chrome.runtime.lastError ?? /** @type {any} */ (port).error;
      Object.assign(line, { isOver: true, error: error?.message ?? "", overAt: performance.now() });
    });
    return line;
  };
  page.ask = (/** @type {string} */ mode, /** @type {string} */ message) => {
    const asked = { isOver: false, answer: undefined, error: "" };
    chrome.runtime.sendMessage({ mode, message }).then(
      (answer) => Object.assign(asked, { isOver: true, answer }),
      (error) => Object.assign(asked, { isOver: true, error: error.message }),
    );
    return asked;
  };
}
