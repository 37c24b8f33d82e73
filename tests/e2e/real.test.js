// A real extension beside Readmit: Privacy Badger, as Debian ships it (GPL-3.0-or-later). It tells every site not to track, and this one
// takes that amiss.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { headlineOf, onNow, openFirefoxStage, phaseIs, popupInTab, press, REFUSAL, tweaker, untilRefused } from "./scene.js";

const REAL = fileURLToPath(new URL("../../target/extensions/privacy-badger", import.meta.url));
const RULES = [{ host: "chatgpt.com", path: "/", when: { headers: { dnt: "1" } }, then: REFUSAL }];

test("a real extension is found among others, named as one for privacy, and put back", async (t) => {
  if (!existsSync(REAL)) return t.skip("Privacy Badger is not there: scripts/setup unpacks it from Debian's package");
  const firefox = await openFirefoxStage({ byPolicy: true });
  t.after(firefox.close);
  const stage = await firefox.clean([tweaker("First", "x-first"), { kind: "innocent", name: "Notes" }, tweaker("Second", "x-second")]);
  const real = await stage.browser.installExtension(REAL);
  stage.ids.push(real);
  stage.edge.setRules(RULES);
  // It shows a page of its own at its first start.
  await stage.page.bringToFront();
  await untilRefused(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  assert.match(await popup.$eval(`[data-extension="${real}"]`, (row) => row.textContent ?? ""), /Privacy Badger/);
  await press(popup, "Find the extension");
  await phaseIs(popup, "found");
  assert.equal(await headlineOf(popup), "This site blocks you while Privacy Badger is on");
  assert.deepEqual((await onNow(stage)).sort(), stage.ids.filter((id) => id !== real).sort());
  await press(popup, "Put everything back");
  await waitForCondition(async () => (await onNow(stage)).includes(real), { what: "it to be on again" });
});
