// An administrator's policy, read from a real policy file by a Chromium into which that policy also installed Readmit.

import assert from "node:assert/strict";
import { waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { openLasting, policyProblem } from "./restart.js";
import { APP, bannerOf, isMarked, onNow, phaseIs, popupInTab, press, REFUSAL, rowsOf } from "./scene.js";

test("what an administrator decides holds against every click, and the options page says so", async (t) => {
  const problem = policyProblem();
  if (problem) return t.skip(problem);
  /** @type {import("../extensions/make.js").Wish[]} */
  const wishes = [
    { kind: "header-rewriter", name: "Company Guard" },
    { kind: "header-rewriter", name: "Header Tweaker" },
  ];
  const lasting = await openLasting({
    wishes,
    rules: [{ host: "chatgpt.com", then: REFUSAL }],
    managed: ([guard]) => ({
      banner: false,
      watchedSites: ["intranet.example"],
      keptExtensions: [guard],
      protectedSites: ["openai.com"],
      hiddenFixes: ["router", "rooter"],
      ownerContact: "helpdesk@corp.example",
    }),
  });
  t.after(lasting.close);
  const stage = await lasting.start();
  const [guard, tweaker] = lasting.ids;

  await stage.page.goto(APP);
  await isMarked(stage, "Error 1020");
  assert.equal(await bannerOf(stage.page), null);

  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  const fixes = await popup.$$eval("[data-fix]", (all) => all.map((one) => one.dataset.fix));
  for (const fix of ["site-data", "cloudflare-check", "router"]) assert.ok(!fixes.includes(fix), fix);
  const row = (await rowsOf(popup)).find(({ id }) => id === guard);
  assert.ok(row?.disabled && /locked by your administrator/.test(row.text), row?.text);
  await popup.waitForFunction(() => /helpdesk@corp\.example/.test(document.querySelector("[data-fix=owner]")?.textContent ?? ""));
  await press(popup, "Turn off suspects");
  await waitForCondition(async () => !(await onNow(stage)).includes(tweaker), { what: "the other suspect to be off" });
  assert.deepEqual(await onNow(stage), [guard]);

  const options = await stage.browser.newPage();
  await options.goto(`chrome-extension://${lasting.readmit}/options.html`);
  await options.waitForSelector("[data-group=policy] [data-row]");
  const text = await options.$eval("[data-group=policy]", (group) => group.innerText.replace(/\s+/g, " "));
  for (const expected of [
    "Company Guard never turned off",
    "openai.com data never cleared",
    "Restart your router not offered",
    "helpdesk@corp.example receives reports",
    "rooter not understood",
  ]) {
    assert.ok(text.includes(expected), `${expected} in: ${text}`);
  }
  const banner = await options.$eval("[data-group=settings] [role=switch]", (one) => [
    one.getAttribute("aria-checked"),
    one.getAttribute("aria-disabled"),
  ]);
  assert.deepEqual(banner, ["false", "true"], "decided, and locked");
  await options.waitForSelector('aria/Allow intranet.example[role="button"]');
});

test("a Readmit that nobody may switch switches others all the same", async (t) => {
  const problem = policyProblem();
  if (problem) return t.skip(problem);
  const lasting = await openLasting({
    wishes: [{ kind: "header-rewriter", name: "Header Tweaker" }],
    rules: [{ host: "chatgpt.com", then: REFUSAL }],
    isForced: true,
  });
  t.after(lasting.close);
  const stage = await lasting.start();
  assert.equal(await stage.ask(async () => (await chrome.management.getSelf()).mayDisable), false);
  await stage.page.goto(APP);
  await isMarked(stage, "Error 1020");
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await press(popup, "Turn off suspects");
  await waitForCondition(async () => (await onNow(stage)).length === 0, { what: "the suspect to be off" });
});
