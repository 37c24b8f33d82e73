// A compromised renderer: an attacker who runs code in the process of a page can do whatever our content script could. These
// stories do it in the content script's own world.

import assert from "node:assert/strict";
import { waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { APP, bannerShown, REFUSAL } from "./scene.js";
import { setStage } from "./stage.js";

const AREAS = ["local", "session", "sync"];

/**
 * Runs a function in the world of our content script in this page.
 * @param {import("./scene.js").Stage} stage
 * @param {(...args: any[]) => unknown} act
 * @param {unknown[]} args
 */
async function inContentScript({ page, readmit }, act, ...args) {
  const session = await page.createCDPSession();
  try {
    /** @type {number | undefined} */
    let contextId;
    session.on("Runtime.executionContextCreated", ({ context }) => {
      if (context.origin === `chrome-extension://${readmit}`) contextId = context.id;
    });
    await session.send("Runtime.enable");
    await waitForCondition(() => contextId !== undefined, { what: "the content script's world" });
    const expression = `(${act})(...${JSON.stringify(args)})`;
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { contextId, expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  } finally {
    await session.detach();
  }
}

/** What each way into an area leads to, in the content script's world. */
const tryStorage = async (/** @type {string[]} */ areas) => {
  const attempt = async (/** @type {() => Promise<unknown>} */ act) => {
    try {
      await act();
      return "possible";
    } catch {
      return "impossible";
    }
  };
  const answers = [];
  for (const area of areas) {
    const storage = /** @type {any} */ (globalThis.chrome.storage)[area];
    const ways = [() => storage.get(null), () => storage.set({ ledger: "forged" }), () => storage.remove("ledger"), () => storage.clear()];
    for (const way of ways) answers.push(`${area}: ${await attempt(way)}`);
    answers.push(`${area}: ${await attempt(() => storage.setAccessLevel({ accessLevel: "TRUSTED_AND_UNTRUSTED_CONTEXTS" }))}`);
  }
  return answers;
};

test("no storage can be read, forged or cleared from the content script's world", async (t) => {
  const stage = await setStage(t, { rules: [{ host: "chatgpt.com", then: REFUSAL }] });
  const { page, ask } = stage;
  await page.goto(APP);
  await bannerShown(page);
  await ask(() => chrome.storage.local.set({ "left-behind": 1 }));
  const impossible = AREAS.flatMap((area) => Array(5).fill(`${area}: impossible`));
  assert.deepEqual(await inContentScript(stage, tryStorage, AREAS), impossible);
  assert.deepEqual(await ask(() => chrome.storage.local.get("left-behind")), { "left-behind": 1 });
  assert.deepEqual(await ask(() => chrome.storage.sync.get()), {});
});
