// The update from 0.1: nothing that it kept is lost, nothing that it switched off for a moment stays off, and what is open works again.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grantHost, reloadExtension, waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { GRANTED, keptByEarlier, makeEarlier } from "./earlier.js";
import { bannerIn, grantHosts, startBackground, stopBackground, storedIn, switchByHand } from "./firefox.js";
import { APP, bannerShown, CHROME, FIREFOX, onNow, openFirefoxStage, phaseIs, popupInTab, press, REFUSAL, says, tweaker, untilRefused } from "./scene.js";
import { setStage } from "./stage.js";

const WISHES = [tweaker("First", "x-first"), tweaker("Second", "x-second"), tweaker("Third", "x-third")];
const RULES = [{ host: ["chatgpt.com", "shop.example"], path: "/", then: REFUSAL }];

/** @param {import("node:test").TestContext} t @param {string} today */
function earlier(t, today) {
  const directory = join(mkdtempSync(join(tmpdir(), "earlier-")), "readmit");
  t.after(() => rmSync(join(directory, ".."), { recursive: true }));
  makeEarlier(directory, today);
  return directory;
}

/** @param {string[]} ids */
const roles = ([off = "", lent = "", pinned = ""]) => ({ off, lent, pinned });

/** Everything is kept, and can be seen. @param {RegExp} off how the popup names what is off */
async function isAllThere(stage, pinned, off) {
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await says(popup, off);
  await popup.waitForSelector(`[data-extension="${pinned}"] .pin[aria-pressed=true]`);
  assert.match(await popup.$eval("main", (main) => main.textContent ?? ""), /Continue the search/);
  await popup.close();

  const options = await stage.openOwn("options.html");
  const rows = async (/** @type {string} */ group) =>
    (await options.waitForSelector(`[data-group=${group}] [data-row]`)) && options.$$eval(`[data-group=${group}] [data-row]`, (all) => all.map(({ textContent }) => textContent));
  assert.match((await rows("history")).join(), /chatgpt\.com.*Error 1020.*helped/);
  assert.match((await rows("recovery-alerts")).join(), /shop\.example/);
  assert.match((await rows("sites")).join(), /shop\.example/);
  assert.match((await rows("pins")).join(), /Third/);
  assert.deepEqual(await options.$$eval("[data-group=settings] [role=switch]", (all) => all.map((one) => one.ariaChecked)), ["true", "false"]);
  return options;
}

test("Chromium: an update from 0.1 loses nothing, and replaces its banner", async (t) => {
  const directory = earlier(t, CHROME);
  const stage = await setStage(t, { subject: directory, wishes: WISHES, rules: RULES });
  const ids = roles(stage.ids);
  for (const scheme of ["https", "http"]) await grantHost(stage.browser, stage.readmit, `${scheme}://*.shop.example`);
  assert.ok(await stage.ask((origins) => chrome.permissions.request({ origins }), GRANTED));
  await stage.ask((kept) => chrome.storage.local.set(kept), keptByEarlier(ids));
  await stage.ask((all) => Promise.all(all.map((id) => chrome.management.setEnabled(id, false))), [ids.off, ids.lent]);
  await untilRefused(stage.page);
  await stage.page.waitForSelector("readmit-banner[data-earlier]");

  cpSync(CHROME, directory, { recursive: true });
  await reloadExtension(stage.browser, stage.readmit);
  await waitForCondition(() => stage.page.$eval("readmit-banner", (banner) => !("earlier" in banner.dataset)), { what: "today's banner" });
  await bannerShown(stage.page);
  assert.equal(await stage.page.$$eval("readmit-banner", (all) => all.length), 1);
  await press(stage.page, "Dismiss");
  await waitForCondition(async () => (await onNow(stage)).includes(ids.lent), { what: "what was off for the search to be on again" });
  assert.deepEqual((await onNow(stage)).sort(), [ids.lent, ids.pinned].sort(), "what was turned off stays off until it is put back");
  const options = await isAllThere(stage, ids.pinned, /1 extension is off.*First/);
  await press(options, "Put everything back");
  await waitForCondition(async () => (await onNow(stage)).length === 3, { what: "everything to be on" });
});

test("Firefox: an update from 0.1 loses nothing, and replaces its banner", async (t) => {
  const directory = earlier(t, FIREFOX);
  const own = await openFirefoxStage({ readmit: directory });
  t.after(own.close);
  const stage = await own.clean(WISHES);
  const ids = roles(stage.ids);
  await grantHosts(stage, GRANTED);
  await stage.ask((kept) => chrome.storage.local.set(kept), keptByEarlier(ids));
  for (const id of [ids.off, ids.lent]) await switchByHand(stage, id, false);
  stage.edge.setRules(RULES);
  await untilRefused(stage.page);
  await stage.page.waitForSelector("readmit-banner[data-earlier]");

  await stage.browser.installExtension(FIREFOX);
  const isReplaced = async () => (await stage.page.$$("readmit-banner:not([data-earlier])")).length > 0;
  await waitForCondition(isReplaced, { what: "today's banner" });
  assert.equal(await stage.page.$$eval("readmit-banner", (all) => all.length), 1);
  const banner = await waitForCondition(() => bannerIn(stage.page), { what: "its words" });
  await banner.buttons.Dismiss();
  // The update has closed Readmit's pages.
  const desk = await stage.openOwn("icons/16.png");
  const after = { ...stage, ask: (/** @type {any} */ act, /** @type {any[]} */ ...args) => desk.evaluate(act, ...args) };
  await isAllThere(after, ids.pinned, /Turn these back on.*First.*Second/);
  const { ledger, pins, memory, settings } = await storedIn(after);
  assert.deepEqual([ledger, pins, memory, settings].map(Boolean), Array(4).fill(true), "it is where content scripts cannot reach");
  // A later start finds it there, and only then empties the place where it was.
  await stopBackground(after);
  await startBackground(after);
  assert.deepEqual(await after.ask(() => chrome.storage.local.get(null)), {}, "and nowhere else");
});
