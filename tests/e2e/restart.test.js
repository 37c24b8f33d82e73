// Shows that a restarted Chromium does what `restart.js` promises. Of Readmit only the permissions are used.

import assert from "node:assert/strict";
import test from "node:test";
import { innocents } from "../extensions/innocents.js";
import { workerOf } from "./browser.js";
import { openLasting, policyProblem } from "./restart.js";
import { APP, onNow } from "./scene.js";

test("extensions, what they keep, and which of them are off outlive a restart; what is on disk outlives SIGKILL", async (t) => {
  const problem = policyProblem();
  if (problem) return t.skip(problem);
  const lasting = await openLasting({ wishes: innocents(3) });
  t.after(lasting.close);

  const first = await lasting.start();
  assert.deepEqual((await onNow(first)).sort(), [...lasting.ids].sort());
  assert.equal((await first.page.goto(APP))?.status(), 200, "every host leads to the edge");
  const worker = await workerOf(first.browser, lasting.readmit);
  const [off, ...on] = lasting.ids;
  await worker.evaluate((id) => chrome.management.setEnabled(id, false), off);
  await worker.evaluate(() => chrome.storage.local.set({ "left-behind": 1 }));
  await lasting.quit();

  const second = await lasting.start();
  assert.deepEqual((await onNow(second)).sort(), [...on].sort());
  const again = await workerOf(second.browser, lasting.readmit);
  await again.evaluate(() => chrome.storage.local.set({ "left-behind": 2 }));
  await lasting.kill();

  const third = await lasting.start();
  const last = await workerOf(third.browser, lasting.readmit);
  assert.deepEqual(await last.evaluate(() => chrome.storage.local.get("left-behind")), { "left-behind": 2 });
});
