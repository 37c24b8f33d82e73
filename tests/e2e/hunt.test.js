// The culprit search, by itself: real extensions are switched, the page is really reloaded, real headers get it refused.

import assert from "node:assert/strict";
import test from "node:test";
import { innocents } from "../extensions/innocents.js";
import { stopWorker, waitForCondition } from "./browser.js";
import { APP, badgeOf, bannerShown, clickToolbar, headlineOf, onNow, phaseIs, phaseOf, press, REFUSAL, setStage } from "./scene.js";

const tweaker = (name, header) => ({ kind: "header-rewriter", name, header });
const refusedBy = (...headers) => ({
  host: "chatgpt.com",
  path: "/",
  when: { headers: Object.fromEntries(headers.map((header) => [header, true])) },
  then: REFUSAL,
});

/** @param {import("node:test").TestContext} t */
async function searched(t, { wishes, rules, press: shallPress = true, count = 25 }) {
  const stage = await setStage(t, { wishes: [...innocents(count - wishes.length), ...wishes], rules });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  if (shallPress) await press(popup, "Find the extension");
  const found = () => popup.$$eval("[data-culprit]", (all) => all.map((one) => one.dataset.culprit).sort());
  return { ...stage, popup, found, guilty: stage.ids.slice(-wishes.length).sort(), everyone: [...stage.ids].sort() };
}

const off = async (stage) => {
  const on = await onNow(stage);
  return stage.everyone.filter((id) => !on.includes(id));
};

const allBack = (stage) => waitForCondition(async () => (await off(stage)).length === 0, { what: "all to be on again" });

test("one of twenty-five is found, proven, and can be put back", async (t) => {
  // Two more that could be to blame, so that the search has something to tell apart.
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second"), tweaker("Third", "x-third")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")] });
  await phaseIs(stage.popup, "found");
  assert.equal(await headlineOf(stage.popup), "It is Second");
  const second = stage.made.find(({ name }) => name === "Second").id;
  assert.deepEqual(await stage.found(), [second]);
  assert.deepEqual(await off(stage), [second]);
  await waitForCondition(async () => (await stage.page.title()) === "ChatGPT", { what: "the page to be open" });
  await press(stage.popup, "Put everything back");
  await allBack(stage);
});

test("two that block by themselves are both found", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-first"), refusedBy("x-second")] });
  await phaseIs(stage.popup, "found");
  assert.deepEqual(await stage.found(), stage.guilty);
  assert.deepEqual(await off(stage), stage.guilty);
  await waitForCondition(async () => (await stage.page.title()) === "ChatGPT", { what: "the page to be open" });
});

test("two that block only together are both named, and one stays off", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-first", "x-second")] });
  await phaseIs(stage.popup, "found");
  assert.equal(await headlineOf(stage.popup), "They block it together");
  assert.deepEqual(await stage.found(), stage.guilty);
  assert.equal((await off(stage)).length, 1);
});

test("the innocent are cleared with one reload, and all are back", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [{ host: "chatgpt.com", path: "/", then: REFUSAL }] });
  await phaseIs(stage.popup, "stuck");
  assert.equal(await stage.popup.$eval("main", (main) => main.dataset.cleared), "extensions");
  await allBack(stage);
  assert.equal(stage.edge.count({ host: "chatgpt.com", path: "/", pageLoad: true }), 2);
  assert.notEqual(await stage.popup.$eval("[data-fix]", (card) => card.dataset.fix), "extensions");
});

test("Stop puts everything back", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")] });
  await phaseIs(stage.popup, "searching");
  assert.match(await stage.popup.$eval("main", (main) => main.innerText), /Reload \d+ of about \d+\. \d+ of 25 extensions still suspected/);
  await press(stage.popup, "Stop");
  await phaseIs(stage.popup, "answered");
  await allBack(stage);
});

test("the search goes on without the popup, and its progress is on the button", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")] });
  await phaseIs(stage.popup, "searching");
  await stage.popup.close();
  await waitForCondition(async () => /^\d+\/\d+$/.test(await badgeOf(stage)), { what: "progress on the button" });
  await waitForCondition(async () => (await badgeOf(stage)) === "" && (await off(stage)).length === 1, { what: "the search to end" });
  const popup = await clickToolbar(stage);
  assert.equal(await phaseOf(popup), "found");
});

test("the worker's death in the middle changes nothing", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")] });
  await waitForCondition(async () => (await off(stage)).length > 0, { what: "something to be off" });
  await stopWorker(stage.browser, stage.readmit);
  await phaseIs(stage.popup, "found");
  const second = stage.made.find(({ name }) => name === "Second").id;
  assert.deepEqual(await stage.found(), [second]);
  assert.deepEqual(await off(stage), [second]);
});

test("a tab that goes away in the middle leaves everything on", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")] });
  await phaseIs(stage.popup, "searching");
  await stage.browser.newPage();
  await stage.page.close();
  await allBack(stage);
});
