// Forms and logins that are blocked: nothing is sent twice, the page is opened anew, and no extension is suspected for what a page
// without the form shows. The edge's log says what was really asked for.

import assert from "node:assert/strict";
import { waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { bannerShown, clickToolbar, first, headlineOf, onNow, phaseIs, press, REFUSAL, said } from "./scene.js";
import { setStage } from "./stage.js";

const LOGIN = "https://auth.openai.com/log-in";
const tweaker = { kind: /** @type {const} */ ("header-rewriter"), name: "Tweaker", header: "x-tweaker" };

/** A page with a form of its own. */
const FORM = {
  host: "auth.openai.com",
  path: "/log-in",
  when: { method: "GET" },
  then: {
    body: `<!doctype html><html lang="en"><title>Log in</title><link rel="icon" href="data:,">
      <form method="post" action="/log-in/password"><input name="email" value="a@b.example"><button>Continue</button></form>`,
  },
};
/** Whoever sends the form is blocked, and the page that it is sent to is served. */
const BLOCKED_FORM = { host: "auth.openai.com", path: "/log-in/password", when: { method: "POST" }, then: REFUSAL };

/** How this path was asked for by page loads. */
const loadsOf = (edge, path) => edge.log.select({ host: "auth.openai.com", path, pageLoad: true }).map(({ method }) => method);

async function blockedForm(t, rules = [BLOCKED_FORM]) {
  const stage = await setStage(t, { wishes: [tweaker], rules: [FORM, ...rules] });
  await stage.page.goto(LOGIN);
  await Promise.all([stage.page.waitForNavigation(), stage.page.click("button")]);
  await bannerShown(stage.page);
  return stage;
}

test("a blocked form is said to be one, and is opened again without being sent again", async (t) => {
  const stage = await blockedForm(t);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  assert.match(await said(popup), /You sent a form.*The page itself opens\. Only the form you sent was blocked/);
  assert.equal(await first(popup, "data-fix"), "reopen");
  await press(popup, "Open the page again");
  await phaseIs(popup, "done");
  assert.match(await said(popup), /The page itself opens; the form was blocked/);
  assert.deepEqual(loadsOf(stage.edge, "/log-in/password"), ["POST", "GET"]);
  assert.equal(stage.edge.count({ method: "POST" }), 1, "exactly one POST ever");
});

test("no extension is searched for where only a form was blocked", async (t) => {
  const stage = await blockedForm(t);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await press(popup, "Turn off suspects");
  await phaseIs(popup, "done");
  assert.match(await said(popup), /The page itself opens; the form was blocked/);
  assert.equal((await onNow(stage)).length, stage.ids.length, "everything is still on");
  assert.deepEqual(loadsOf(stage.edge, "/log-in/password"), ["POST", "GET"]);
  assert.equal(stage.edge.count({ method: "POST" }), 1);
});
