// For everyone: axe-core looks at every look of the popup and the options page; whole stories by keyboard alone; what is
// spoken; nothing moves for those who asked for that.

import assert from "node:assert/strict";
import { innocents } from "../extensions/innocents.js";
import { complaintsOf } from "./complaint.js";
import test from "./deadline.js";
import { cookiesOf, onNow, phaseIs, popupInTab, reacting, REFUSAL, untilRefused } from "./scene.js";
import { setStage } from "./stage.js";
import { waitForCondition } from "./browser.js";

const REFUSED = [{ host: "chatgpt.com", then: REFUSAL }];

test("axe-core finds nothing in any look, and nothing sticks out", async (t) => {
  const styles = ["light", "dark", "forced", "rtl", "zoom", "tab"];
  const complaints = await complaintsOf("--axe", "--style", styles.join());
  for (const style of styles) await t.test(style, () => assert.deepEqual(complaints.filter((line) => line.includes(` (${style}): `)), []));
  assert.deepEqual(complaints, []);
});

/**
 * Tabs on until what has this name and role has the focus.
 * @param {import("puppeteer-core").Page} page
 */
async function reach(page, name, role = "button") {
  const seen = [];
  for (let steps = 0; steps < 80; steps += 1) {
    await page.keyboard.press("Tab");
    const { nodes } = await focused(page);
    const [node] = nodes.filter(({ ignored }) => !ignored);
    seen.push(node?.name?.value ?? "");
    if (node?.name?.value === name && node.role?.value === role) {
      await reacting(page, ":focus");
      return;
    }
  }
  assert.fail(`no ${role} "${name}" among: ${seen.join(", ")}`);
}

/** The accessibility node that has the focus. */
async function focused(page) {
  const session = await page.createCDPSession();
  try {
    const { result } = await session.send("Runtime.evaluate", { expression: "document.activeElement" });
    return await session.send("Accessibility.getPartialAXTree", { objectId: result.objectId, fetchRelatives: false });
  } finally {
    await session.detach();
  }
}

/** What the live region says, as the accessibility tree has it. */
async function spoken(page) {
  const tree = await page.accessibility.snapshot({ interestingOnly: false });
  const texts = [];
  const walk = (node, inside) => {
    const live = inside || node.role === "status";
    if (live && node.role === "StaticText") texts.push(node.name);
    node.children?.forEach((child) => walk(child, live));
  };
  walk(tree, false);
  return texts.join(" ");
}

const isSpoken = (page, words) =>
  waitForCondition(async () => words.test(await spoken(page)), { what: `${words} to be spoken` });

test("by keyboard alone: suspects are turned off, the page opens, everything is put back; each step is spoken", async (t) => {
  const wishes = [{ kind: /** @type {const} */ ("header-rewriter"), name: "Header Tweaker" }];
  const stage = await setStage(t, { wishes, rules: [{ host: "chatgpt.com", when: { headers: { "x-header-tweaker": true } }, then: REFUSAL }] });
  await untilRefused(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await isSpoken(popup, /ChatGPT is blocking this browser/);
  await reach(popup, "Turn off suspects");
  await popup.keyboard.press("Enter");
  await phaseIs(popup, "done");
  await isSpoken(popup, /ChatGPT works again/);
  await reach(popup, "Put everything back");
  await popup.keyboard.press("Enter");
  await waitForCondition(async () => (await onNow(stage)).length === 1, { what: "everything to be back" });
});

test("by keyboard alone: site data is cleared and brought back", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.page.goto("https://chatgpt.com/");
  await stage.page.evaluate(() => (document.cookie = "session=login; secure; max-age=9999"));
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await reach(popup, "Clear cookies and cache signs you out");
  await popup.keyboard.press("Enter");
  await reach(popup, "Clear ChatGPT data");
  await popup.keyboard.press("Space");
  await isSpoken(popup, /cookies? deleted/);
  assert.equal((await cookiesOf(stage, "chatgpt.com")).filter(({ name }) => name === "session").length, 0);
  await reach(popup, "Undo");
  await popup.keyboard.press("Space");
  await isSpoken(popup, /cookies? restored/);
  assert.equal((await cookiesOf(stage, "chatgpt.com")).filter(({ name }) => name === "session").length, 1);
});

test("by keyboard alone: the extension is found, and the report copied", async (t) => {
  const wishes = [{ kind: /** @type {const} */ ("header-rewriter"), name: "Header Tweaker" }, ...innocents(3)];
  const stage = await setStage(t, { wishes, rules: [{ host: "chatgpt.com", when: { headers: { "x-header-tweaker": true } }, then: REFUSAL }] });
  await untilRefused(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await popup.evaluate(() => {
    navigator.clipboard.writeText = async (words) => {
      globalThis.copied = words;
    };
  });
  await reach(popup, "Copy report");
  await popup.keyboard.press("Enter");
  await popup.waitForSelector("#report-text", { visible: true });
  await popup.waitForFunction(() => /Ray ID/.test(globalThis.copied ?? ""));
  await isSpoken(popup, /Copied/);
  await reach(popup, "Find the extension");
  await popup.keyboard.press("Enter");
  await phaseIs(popup, "found");
  await isSpoken(popup, /Header Tweaker is the cause/);
});

test("nothing moves for those who asked for that", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.page.goto("https://chatgpt.com/");
  const popup = await popupInTab(stage);
  const moving = () =>
    popup.$$eval("*", (all) => all.flatMap((one) => ["", "::before", "::after"].map((part) => getComputedStyle(one, part || null)))
      .filter((style) => style.animationName !== "none" || !/^0s(, 0s)*$/.test(style.transitionDuration)).length);
  await popup.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "no-preference" }]);
  assert.ok((await moving()) > 0, "others see movement");
  await popup.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
  assert.equal(await moving(), 0);
});
