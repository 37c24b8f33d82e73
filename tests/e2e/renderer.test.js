// A compromised renderer: someone who runs code in the process of a page can do whatever our content script could. These stories do
// it in the content script's own world. For Firefox they are in firefox.test.js.

import assert from "node:assert/strict";
import test from "./deadline.js";
import { APP, bannerShown, inContentScript, REFUSAL, waysIntoStorage } from "./scene.js";
import { setStage } from "./stage.js";

test("no storage can be read, forged or cleared from the content script's world", async (t) => {
  const stage = await setStage(t, { rules: [{ host: "chatgpt.com", then: REFUSAL }] });
  const { page, ask } = stage;
  await page.goto(APP);
  await bannerShown(page);
  await ask(() => chrome.storage.local.set({ "left-behind": 1 }));
  assert.deepEqual(await inContentScript(stage, waysIntoStorage, ["local", "session", "sync"]), { isHere: true, possible: [] });
  assert.deepEqual(await ask(() => chrome.storage.local.get("left-behind")), { "left-behind": 1 });
  assert.deepEqual(await ask(() => chrome.storage.sync.get()), {});
});
