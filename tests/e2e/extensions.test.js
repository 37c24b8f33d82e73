// The other extensions: listed with suspects first, switched one by one or together, always put back. Against a page that a
// real header rewriter really gets refused.

import assert from "node:assert/strict";
import { innocents } from "../extensions/innocents.js";
import { reloadExtension, stopWorker, tabIdOf, waitForCondition, workerOf } from "./browser.js";
import test from "./deadline.js";
import { bannerShown, checkAgain, clickToolbar, headlineOf, onNow, phaseIs, phaseOf, popupInTab, press, REFUSAL, rowsOf, untilRefused } from "./scene.js";
import { setStage } from "./stage.js";

const HEADER_RULE = { host: "chatgpt.com", when: { headers: { "x-header-tweaker": true } }, then: REFUSAL };
const TWEAKER = { kind: /** @type {const} */ ("header-rewriter") };

/** @param {import("node:test").TestContext} t @param {number} count of innocents */
async function refusedStage(t, count) {
  const stage = await setStage(t, { wishes: [TWEAKER, ...innocents(count)], rules: [HEADER_RULE] });
  await untilRefused(stage.page);
  await bannerShown(stage.page);
  return { ...stage, tweaker: stage.ids[0] };
}

const putBackShown = (popup) => popup.waitForSelector('aria/Put everything back[role="button"]', { visible: true });

test("all the others are listed, the suspect first, each with its reason", async (t) => {
  const stage = await refusedStage(t, 20);
  const popup = await clickToolbar(stage);
  const rows = await rowsOf(popup);
  assert.equal(rows.length, 21);
  assert.deepEqual([rows[0].id, rows[0].suspect, rows[0].on], [stage.tweaker, "strong", true]);
  assert.match(rows[0].text, /changes what your browser tells sites/);
  const order = ["strong", "medium", "weak", "none"];
  const ranks = rows.map(({ suspect }) => order.indexOf(suspect ?? ""));
  assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b));
  assert.ok(!rows.some(({ id }) => id === stage.readmit), "Readmit is no suspect");
});

test("switching the culprit off and checking again opens the page; one click puts it back, and it is refused again", async (t) => {
  const stage = await refusedStage(t, 3);
  const popup = await clickToolbar(stage);
  await press(popup, "Header Tweaker", "switch");
  await waitForCondition(async () => !(await onNow(stage)).includes(stage.tweaker), { what: "the culprit to be off" });
  const order = (await rowsOf(popup)).map(({ id }) => id);
  assert.equal(order[0], stage.tweaker, "the row stays where it is");
  await checkAgain(popup, "done");
  assert.equal(await headlineOf(popup), "ChatGPT works again");
  assert.equal(await stage.page.title(), "ChatGPT");
  await press(popup, "Put everything back");
  await waitForCondition(async () => (await onNow(stage)).includes(stage.tweaker), { what: "the culprit to be on" });
  await checkAgain(popup, "answered");
});

test("Turn off suspects switches, reloads and says what helped", async (t) => {
  const stage = await refusedStage(t, 5);
  const before = await onNow(stage);
  const popup = await clickToolbar(stage);
  await press(popup, "Turn off suspects");
  await phaseIs(popup, "done");
  assert.deepEqual(await onNow(stage), before.filter((id) => id !== stage.tweaker));
  assert.match(await popup.$eval("main", (main) => main.textContent), /Turning off extensions fixed it/);
  await press(popup, "Put everything back");
  await waitForCondition(async () => (await onNow(stage)).length === before.length, { what: "all to be on again" });
});

test("what was switched can be put back after the worker died and the popup was closed", async (t) => {
  const stage = await refusedStage(t, 3);
  const before = await onNow(stage);
  const popup = await clickToolbar(stage);
  await press(popup, "Turn off suspects");
  await phaseIs(popup, "done");
  await popup.close();
  await stopWorker(stage.browser, stage.readmit);
  const again = await clickToolbar(stage);
  await putBackShown(again);
  await press(again, "Put everything back");
  await waitForCondition(async () => (await onNow(stage)).length === before.length, { what: "all to be on again" });
});

test("what is off is said on every tab, also after the worker's death and a reload, until it is left off for good", async (t) => {
  const stage = await refusedStage(t, 1);
  const other = await stage.browser.newPage();
  await other.goto("about:blank");
  const [blocked, elsewhere] = [await tabIdOf(stage.page, stage.readmit), await tabIdOf(other, stage.readmit)];
  const titleOf = (tabId) => stage.ask((id) => chrome.action.getTitle({ tabId: id }), tabId);
  const badgeOf = (tabId) => stage.ask((id) => chrome.action.getBadgeText({ tabId: id }), tabId);
  const reminded = (expected) =>
    waitForCondition(
      async () => {
        const titles = [await titleOf(blocked), await titleOf(elsewhere)];
        return titles.every((title) => /extensions are off/.test(title) === expected) && ((await badgeOf(elsewhere)) !== "") === expected;
      },
      { what: `the button to ${expected ? "remind" : "remind no longer"}` },
    );
  await reminded(false);
  const badge = await badgeOf(blocked);
  const popup = await popupInTab(stage);
  await press(popup, "Header Tweaker", "switch");
  await reminded(true);
  assert.equal(await badgeOf(blocked), badge, "a blocked page keeps its own mark");
  await popup.close();
  await stopWorker(stage.browser, stage.readmit);
  await reminded(true);
  await reloadExtension(stage.browser, stage.readmit);
  await reminded(true);
  // On a page that may not be read, too, the popup names it.
  const again = await popupInTab(stage, other);
  await phaseIs(again, "clear");
  await again.waitForFunction(() => /1 extension is off\s+\u2068Header Tweaker\u2069/.test(document.querySelector("footer")?.innerText ?? ""));
  await press(again, "Leave them off");
  await reminded(false);
  assert.ok(!(await onNow(stage)).includes(stage.tweaker));
});

test("the worker may die while the popup is open", async (t) => {
  const stage = await refusedStage(t, 3);
  const popup = await clickToolbar(stage);
  await stopWorker(stage.browser, stage.readmit);
  await press(popup, "Header Tweaker", "switch");
  await waitForCondition(async () => !(await onNow(stage)).includes(stage.tweaker), { what: "the culprit to be off" });
  assert.equal(await phaseOf(popup), "answered");
});

test("changes made elsewhere show while the popup is open", async (t) => {
  const stage = await refusedStage(t, 3);
  const popup = await clickToolbar(stage);
  const [first] = (await rowsOf(popup)).slice(1);
  const isOn = async () => (await rowsOf(popup)).find(({ id }) => id === first.id)?.on;
  const turn = (on) => stage.ask((id, value) => chrome.management.setEnabled(id, value), first.id, on);
  await turn(false);
  await waitForCondition(async () => (await isOn()) === false, { what: "the row to be off" });
  await turn(true);
  await waitForCondition(async () => (await isOn()) === true, { what: "the row to be on" });
  await stage.browser.uninstallExtension(first.id ?? "");
  await waitForCondition(async () => (await isOn()) === undefined, { what: "the row to go" });
});

test("what the browser refuses is said in the row, and the switch shows the truth", async (t) => {
  const stage = await refusedStage(t, 1);
  const worker = await workerOf(stage.browser, stage.readmit);
  await worker.evaluate(() => {
    chrome.management.setEnabled = () => Promise.reject(new Error("Extension cannot be modified by user."));
  });
  const popup = await clickToolbar(stage);
  await press(popup, "Header Tweaker", "switch");
  const row = () => rowsOf(popup).then((rows) => rows.find(({ id }) => id === stage.tweaker));
  await waitForCondition(async () => /cannot be modified by user/.test((await row())?.text ?? ""), { what: "the reason" });
  assert.equal((await row())?.on, true);
});

test("a search field comes with more than eight rows and finds by name", async (t) => {
  const stage = await refusedStage(t, 12);
  const popup = await clickToolbar(stage);
  const search = await popup.waitForSelector('aria/Search extensions[role="searchbox"]', { visible: true });
  await search?.type("tweak");
  const visible = () =>
    popup.$$eval("[data-extension]", (rows) => rows.filter((row) => row.checkVisibility()).map((row) => row.dataset.extension));
  await waitForCondition(async () => (await visible()).length === 1, { what: "one row to be left" });
  assert.deepEqual(await visible(), [stage.tweaker]);
});

test("the popup in a tab of its own does the same", async (t) => {
  const stage = await refusedStage(t, 2);
  const popup = await popupInTab(stage);
  assert.equal(await phaseOf(popup), "answered");
  await press(popup, "Turn off suspects");
  await phaseIs(popup, "done");
});
