// The options page: what people choose, other sites, files, erasing and removing, each as a story.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grantHost, waitForCondition, workerOf } from "./browser.js";
import test from "./deadline.js";
import { keptOf, OUTAGE } from "./recovery_alert.js";
import { APP, badgeIs, bannerOf, bannerShown, clickToolbar, isMarked, onNow, phaseIs, popupInTab, press, pressAndLeave, REFUSAL } from "./scene.js";
import { setStage } from "./stage.js";

const REFUSED = [{ host: "chatgpt.com", then: REFUSAL }];

/** @param {import("./scene.js").Stage} stage */
async function openOptions({ browser, readmit }) {
  const options = await browser.newPage();
  await options.goto(`chrome-extension://${readmit}/options.html`);
  await options.waitForSelector("[data-row]");
  return options;
}

const saidIs = (options, text) =>
  waitForCondition(async () => (await options.$eval("#said", (said) => said.textContent)) === text, { what: `"${text}" to be said` });

/** @param {import("puppeteer-core").Page} options @param {string} name @param {boolean} on */
const switchIs = (options, name, on) =>
  waitForCondition(() => options.$eval(`aria/${name}[role="switch"]`, (one) => one.getAttribute("aria-checked")).then((checked) => checked === String(on)), { what: `${name} to be ${on}` });

test("without the banner the button still tells, and the popup's gear leads to where it is switched", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  const isTold = () => stage.ask(async () => (await chrome.scripting.getRegisteredContentScripts({ ids: ["no-banner"] })).length === 1);
  const toldIs = (told) => waitForCondition(async () => (await isTold()) === told, { what: `pages to be told: ${told}` });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  const opened = new Promise((resolve) => stage.browser.once("targetcreated", resolve));
  await press(popup, "Settings", "link");
  const options = await (await opened).asPage();
  await options.bringToFront();
  await options.waitForSelector("[data-row]");
  assert.equal(await options.title(), "Readmit settings");
  await press(options, "Show a banner on blocked pages", "switch");
  await switchIs(options, "Show a banner on blocked pages", false);
  await toldIs(true);
  await stage.page.bringToFront();
  await stage.page.reload();
  await isMarked(stage, "Error 1020");
  assert.equal(await bannerOf(stage.page), null);
  await options.bringToFront();
  await press(options, "Show a banner on blocked pages", "switch");
  await switchIs(options, "Show a banner on blocked pages", true);
  await toldIs(false);
  await stage.page.bringToFront();
  await stage.page.reload();
  await bannerShown(stage.page);
});

test("where nothing is to be asked at once, only a click asks", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  const options = await openOptions(stage);
  await press(options, "Find the cause automatically", "switch");
  await switchIs(options, "Find the cause automatically", false);
  await stage.page.bringToFront();
  await stage.page.goto(APP);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await popup.waitForSelector('aria/Find the cause[role="button"]', { visible: true });
  assert.equal(stage.edge.count({ host: "chatgpt.com", path: "/" }), 1, "the page itself, and nothing of ours");
  assert.equal(stage.edge.count({ host: "chatgpt.com", path: "/cdn-cgi/trace" }), 0);
  await press(popup, "Find the cause");
  await waitForCondition(() => stage.edge.count({ host: "chatgpt.com", path: "/cdn-cgi/trace" }) > 0, { what: "the trace to be asked for" });
  await popup.waitForSelector("#offer[hidden]");
});

test("another site is watched once its permission is there, and no longer when it is gone", async (t) => {
  const stage = await setStage(t, { rules: [{ host: "shop.example.org", then: REFUSAL }] });
  const options = await openOptions(stage);
  for (const scheme of ["https", "http"]) await grantHost(stage.browser, stage.readmit, `${scheme}://*.example.org`);
  const registered = async () => {
    const scripts = await stage.ask(() => chrome.scripting.getRegisteredContentScripts());
    return scripts.flatMap(({ matches }) => matches);
  };
  await options.bringToFront();
  await options.type("#site", "no site at all");
  await press(options, "Add");
  await saidIs(options, "That isn’t a site. Enter a name such as example.com.");
  await options.$eval("#site", (/** @type {any} */ field) => (field.value = ""));
  await options.type("#site", "https://example.org/path?x");
  await press(options, "Add");
  await options.waitForSelector('aria/Remove example.org[role="button"]');
  assert.equal(await options.$eval("#site", (/** @type {any} */ field) => field.value), "");
  await waitForCondition(async () => (await registered()).length === 2, { what: "the content script to be registered" });
  await stage.page.bringToFront();
  await stage.page.goto("https://shop.example.org/");
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  await options.bringToFront();
  await press(options, "Remove example.org");
  await waitForCondition(async () => (await registered()).length === 0, { what: "the registration to be gone" });
  await waitForCondition(async () => (await options.$('aria/Remove example.org[role="button"]')) === null, { what: "the row to be gone" });
  assert.equal(await options.evaluate(() => document.activeElement?.id), "headline", "the focus has a place");
  await stage.page.bringToFront();
  await stage.page.reload();
  assert.equal(await bannerOf(stage.page), null);
});

test("a site that refuses is watched by a click in the popup, and nothing of it is left when that is taken back", async (t) => {
  const stage = await setStage(t, { rules: [{ host: ["www.shop.co.uk", "pay.shop.co.uk"], then: OUTAGE }] });
  const registered = () => stage.ask(async () => (await chrome.scripting.getRegisteredContentScripts()).flatMap(({ matches }) => matches));
  for (const scheme of ["https", "http"]) await grantHost(stage.browser, stage.readmit, `${scheme}://*.shop.co.uk`);
  await stage.page.bringToFront();
  await stage.page.goto("https://www.shop.co.uk/");
  const popup = await clickToolbar(stage);
  assert.deepEqual(await registered(), []);
  await press(popup, "Watch this site too");
  await waitForCondition(async () => (await registered()).length === 2, { what: "the content script to be registered" });
  assert.deepEqual((await registered()).sort(), ["http://*.shop.co.uk/*", "https://*.shop.co.uk/*"]);
  await popup.waitForSelector("[data-do=watch][hidden]");
  await pressAndLeave(popup, "Tell me when it’s back");
  await waitForCondition(async () => (await keptOf(stage)).length === 1, { what: "the watch for its return" });
  // The browser's question, which no driver can answer, may have closed it.
  await popup.close().catch(() => {});
  await stage.page.goto("https://pay.shop.co.uk/");
  await bannerShown(stage.page);
  await isMarked(stage, "Error 522");

  const options = await openOptions(stage);
  await press(options, "Remove shop.co.uk");
  await waitForCondition(async () => (await registered()).length === 0, { what: "the registration to be gone" });
  await waitForCondition(async () => (await keptOf(stage)).length === 0, { what: "nobody to be waited for" });
  await badgeIs(stage, "");
  const after = await popupInTab(stage);
  assert.equal(await after.$eval("main", (main) => main.dataset.code), "");
  await stage.page.bringToFront();
  await stage.page.reload();
  assert.equal(await bannerOf(stage.page), null);
});

test("all sites are watched by one switch, and by none when it is off again", async (t) => {
  const stage = await setStage(t, { rules: [{ host: ["shop.example", "other.example"], then: REFUSAL }] });
  const options = await openOptions(stage);
  for (const scheme of ["https", "http"]) await grantHost(stage.browser, stage.readmit, `${scheme}://*`);
  await options.bringToFront();
  await press(options, "All sites", "switch");
  await switchIs(options, "All sites", true);
  await waitForCondition(() => stage.ask(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 1), { what: "the content script to be registered" });
  for (const host of ["shop.example", "other.example"]) {
    await stage.page.bringToFront();
    await stage.page.goto(`https://${host}/`);
    assert.match(await bannerShown(stage.page), new RegExp(`${host} is blocking this browser`));
  }
  await options.bringToFront();
  await press(options, "All sites", "switch");
  await switchIs(options, "All sites", false);
  await waitForCondition(() => stage.ask(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 0), { what: "the registration to be gone" });
  await stage.page.bringToFront();
  await stage.page.reload();
  assert.equal(await bannerOf(stage.page), null);
});

test("settings are saved to a file, and a file that is none of ours changes nothing", async (t) => {
  const stage = await setStage(t);
  const directory = mkdtempSync(join(tmpdir(), "settings-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const options = await openOptions(stage);
  await press(options, "Show a banner on blocked pages", "switch");
  await switchIs(options, "Show a banner on blocked pages", false);
  const link = await options.waitForSelector('aria/Save settings to a file[role="link"]');
  const href = await link?.evaluate((/** @type {any} */ one) => one.href);
  const text = decodeURIComponent(href.slice(href.indexOf(",") + 1));
  assert.deepEqual(JSON.parse(text), { kind: "readmit-settings", version: 2, settings: { banner: false }, pins: [], memory: [] });
  await press(options, "Show a banner on blocked pages", "switch");
  await switchIs(options, "Show a banner on blocked pages", true);
  const load = async (name, content, said) => {
    const file = join(directory, name);
    writeFileSync(file, content);
    const [chooser] = await Promise.all([options.waitForFileChooser(), press(options, "Load settings from a file")]);
    await chooser.accept([file]);
    await saidIs(options, said);
  };
  await load("other.json", "{}", "This isn’t a Readmit settings file. Nothing was changed.");
  await switchIs(options, "Show a banner on blocked pages", true);
  await load("settings.json", text, "Settings loaded.");
  await switchIs(options, "Show a banner on blocked pages", false);
});

test("erasing puts the extensions back and leaves nothing", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "header-rewriter", name: "Header Tweaker" }], rules: REFUSED });
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  await press(popup, "Turn off suspects");
  await waitForCondition(async () => (await onNow(stage)).length === 0, { what: "the suspect to be off" });
  const options = await openOptions(stage);
  await options.waitForFunction(() => document.getElementById("off")?.innerText.includes("1 extension is off"));
  await press(options, "Erase everything");
  await saidIs(options, "Everything has been erased.");
  assert.deepEqual(await onNow(stage), stage.ids);
  const kept = await stage.ask(async () => [await chrome.storage.local.get(), await chrome.storage.session.get()]);
  assert.deepEqual(kept, [{}, {}]);
});

test("Remove Readmit puts the extensions back before it goes", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "header-rewriter", name: "Header Tweaker" }], rules: REFUSED });
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  await press(popup, "Turn off suspects");
  await waitForCondition(async () => (await onNow(stage)).length === 0, { what: "the suspect to be off" });
  const worker = await workerOf(stage.browser, stage.readmit);
  // The browser asks the person, whom a driver cannot play; here the answer is yes.
  await worker.evaluate(() => {
    const ask = chrome.management.uninstallSelf.bind(chrome.management);
    chrome.management.uninstallSelf = (/** @type {any} */ { showConfirmDialog }) => {
      if (!showConfirmDialog) throw new Error("nobody was asked");
      return ask({ showConfirmDialog: false });
    };
  });
  const options = await openOptions(stage);
  await press(options, "Remove Readmit");
  const states = () => enabledOf(stage);
  await waitForCondition(async () => !(stage.readmit in (await states())), { what: "Readmit to be gone" });
  assert.equal((await states())[stage.ids[0]], "ENABLED");
});

test("removed in any other way, what is off stays off: no browser tells an extension that it is about to go", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "header-rewriter", name: "Header Tweaker" }], rules: REFUSED });
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  await press(popup, "Turn off suspects");
  await waitForCondition(async () => (await onNow(stage)).length === 0, { what: "the suspect to be off" });
  await popup.waitForFunction(() => document.getElementById("put-back")?.checkVisibility());
  await stage.browser.uninstallExtension(stage.readmit);
  await waitForCondition(async () => !(stage.readmit in (await enabledOf(stage))), { what: "Readmit to be gone" });
  assert.equal((await enabledOf(stage))[stage.ids[0]], "DISABLED");
});

/**
 * Every extension's state, as the browser's own page lists it.
 * @param {import("./scene.js").Stage} stage
 */
async function enabledOf({ browser }) {
  const page = await browser.newPage();
  try {
    await page.goto("chrome://extensions");
    const all = await page.evaluate(() => chrome.developerPrivate.getExtensionsInfo({ includeDisabled: true }));
    return Object.fromEntries(all.map(({ id, state }) => [id, state]));
  } finally {
    await page.close();
  }
}
