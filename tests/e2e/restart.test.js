// Shows that a restarted Chromium does what `restart.js` promises. Of Readmit only the permissions are used.

import assert from "node:assert/strict";
import { innocents } from "../extensions/innocents.js";
import test from "./deadline.js";
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
  const [off, ...on] = lasting.ids;
  await first.ask((id) => chrome.management.setEnabled(id, false), off);
  await first.ask(() => chrome.storage.local.set({ "left-behind": 1 }));
  await lasting.quit();

  const second = await lasting.start();
  assert.deepEqual((await onNow(second)).sort(), [...on].sort());
  await second.ask(() => chrome.storage.local.set({ "left-behind": 2 }));
  await lasting.kill();

  const third = await lasting.start();
  assert.deepEqual(await third.ask(() => chrome.storage.local.get("left-behind")), { "left-behind": 2 });
});
