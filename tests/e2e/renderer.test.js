// A compromised renderer: someone who runs code in the process of a page can do whatever our content script could. These stories do
// it in the content script's own world. For Firefox they are in firefox.test.js.

import assert from "node:assert/strict";
import { waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { APP, bannerShown, inContentScript, isMarked, onNow, REFUSAL, waysIntoStorage } from "./scene.js";
import { setStage } from "./stage.js";

const REFUSED = [{ host: "chatgpt.com", then: REFUSAL }];

test("no storage can be read, forged or cleared from the content script's world", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  const { page, ask } = stage;
  await page.goto(APP);
  await bannerShown(page);
  await ask(() => chrome.storage.local.set({ "left-behind": 1 }));
  assert.deepEqual(await inContentScript(stage, waysIntoStorage, ["local", "session", "sync"]), { isHere: true, possible: [] });
  assert.deepEqual(await ask(() => chrome.storage.local.get("left-behind")), { "left-behind": 1 });
  assert.deepEqual(await ask(() => chrome.storage.sync.get()), {});
});

/**
 * Connects like a popup and orders what its switch orders. Resolves with what becomes of it. The popup is about no tab, so that
 * nothing else is done for it.
 */
const orderOff = (/** @type {string} */ id) => {
  const { runtime } = globalThis.chrome;
  const order = { order: { id: { page: 7, number: 1 }, request: { request: { switch: { id, on: false } }, shown: {} } } };
  runtime.sendMessage(order).catch(() => {});
  const port = runtime.connect({ name: "popup:999999999" });
  port.postMessage(order);
  return new Promise((resolve) => {
    port.onDisconnect.addListener(() => resolve("disconnected"));
    port.onMessage.addListener((message) => message.taken && resolve("accepted"));
  });
};

test("no order is taken from the content script's world, though it is word for word the popup's", async (t) => {
  const stage = await setStage(t, { rules: REFUSED, wishes: [{ kind: "innocent" }] });
  const { page, ask, ids: [id] } = stage;
  await page.goto(APP);
  await bannerShown(page);
  await isMarked(stage, "Error 1020");
  assert.equal(await inContentScript(stage, orderOff, id), "disconnected");
  assert.deepEqual(await onNow(stage), [id]);
  assert.equal(await ask(orderOff, id), "accepted", "the same from a page of ours");
  await waitForCondition(async () => (await onNow(stage)).length === 0, { what: "the extension to be off" });
});

test("nothing that can change something is within reach of the content script's world", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const { permissions } = await stage.ask(() => chrome.runtime.getManifest());
  const apis = [...(permissions ?? []), "tabs", "permissions", "action", "windows"].filter((name) => !["storage", "activeTab"].includes(name));
  const within = (/** @type {string[]} */ names) =>
    names.filter((name) => Object.values(/** @type {any} */ (globalThis.chrome)[name] ?? {}).some((it) => typeof it === "function"));
  assert.deepEqual(await inContentScript(stage, within, apis), []);
  assert.deepEqual(await stage.ask(within, apis), apis, "a page of ours has all of them");
});
