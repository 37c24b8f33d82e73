// Forms and logins that are blocked: nothing is sent twice, the page is opened anew, and no extension is suspected for what a page
// without the form shows. The edge's log says what was really asked for.

import assert from "node:assert/strict";
import test from "./deadline.js";
import { OWN } from "./privacy.js";
import { APP, asking, bannerOf, bannerShown, clickToolbar, first, headlineOf, isMarked, onNow, phaseIs, press, reacting, REFUSAL, said } from "./scene.js";
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

/**
 * The login's page, whose script sends one request, shows what went wrong, and has no form any more.
 * @param {string} body what the page shows when the request failed
 */
const loginApp = (body) => ({
  host: "auth.openai.com",
  path: "/log-in",
  then: {
    body: `<!doctype html><html lang="en"><title>Log in</title><link rel="icon" href="data:,"><main><section><h1>Welcome back</h1>
      <button>Continue</button></section></main><script>
      document.querySelector("button").onclick = async () => {
        const response = await fetch("/api/accounts/password/verify", { method: "POST", body: "{}", headers: { "${OWN}": "1" } });
        await response.text();
        document.querySelector("section").innerHTML = ${JSON.stringify(body)};
      };
    </script>`,
  },
});
const ROUTE_ERROR = `<h1><span>Oops, something failed</span></h1><div>Route Error (400 Invalid content type: text/html)</div><button>Try again</button>`;
const VERIFY = "/api/accounts/password/verify";
const NO_GET = {
  host: "auth.openai.com",
  path: VERIFY,
  when: { method: "GET" },
  then: { status: 405, body: '{"error":{"message":"no such method"}}', contentType: "application/json" },
};

test("one blocked request of the login is enough, and the login is opened again", async (t) => {
  const blocked = { host: "auth.openai.com", path: VERIFY, when: { method: "POST" }, then: { challenge: true } };
  const stage = await setStage(t, { wishes: [tweaker], rules: [loginApp(ROUTE_ERROR), NO_GET, blocked] });
  await stage.page.goto(LOGIN);
  await stage.page.click("button");
  assert.match(await bannerShown(stage.page), /auth\.openai\.com opens, but parts are blocked.*Error 403/);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  assert.match(await headlineOf(popup), /opens, but parts are blocked/);
  assert.equal(await first(popup, "data-fix"), "reopen");
  await press(popup, "Open the page again");
  await phaseIs(popup, "done");
  assert.match(await said(popup), /The page itself opens; the form was blocked/);
  await stage.page.waitForSelector("button");
  assert.equal(stage.edge.count({ method: "POST" }), 1, "exactly one POST ever");
});

test("a login that says no by itself is not blocked", async (t) => {
  const own = (then) => ({ host: "auth.openai.com", path: VERIFY, when: { method: "POST" }, then });
  const json = { status: 403, body: '{"error":"wrong password"}', contentType: "application/json" };
  const stage = await setStage(t, { rules: [loginApp("<h1>Wrong password</h1>"), NO_GET, own(json)] });
  await stage.page.goto(LOGIN);
  await stage.page.click("button");
  await stage.page.waitForFunction(() => document.querySelector("h1")?.textContent === "Wrong password");
  // What comes later in the same page shows that nothing came before.
  stage.edge.setRules([loginApp("<h1>Blocked</h1>"), NO_GET, own({ status: 403, body: "<html>no</html>" })]);
  assert.equal(await bannerOf(stage.page), null);
  assert.equal(stage.edge.count({ method: "GET", path: VERIFY }), 0);
  await stage.page.goto(LOGIN);
  await stage.page.click("button");
  await bannerShown(stage.page);
  assert.equal(stage.edge.count({ method: "GET", path: VERIFY }), 1);
});

const PATHS = ["/backend-api/me", "/backend-api/settings", "/backend-api/models"];

test("waves of empty answers are probably theirs: wait, be told, and delete nothing", async (t) => {
  const empty = { host: "chatgpt.com", path: "/backend-api/*", then: { status: 403, body: "" } };
  const stage = await setStage(t, { wishes: [tweaker], rules: [empty, asking(PATHS)] });
  await stage.page.goto(APP);
  assert.match(await bannerShown(stage.page), /parts are blocked.*Error 403.*often a problem on its side/);
  await isMarked(stage, "Error 403");
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  assert.equal(await first(popup, "data-cause"), "service-down");
  assert.equal(await first(popup, "data-fix"), "wait");
  assert.match(await said(popup), /even before its status page shows one/);
  const fixes = await popup.$$eval("[data-fix]", (all) => all.slice(0, 3).map((one) => one.dataset.fix));
  assert.ok(!fixes.includes("site-data") && !fixes.includes("cloudflare-check"), fixes.join());
  await reacting(popup, `[data-fix=wait] [data-act=order]`);
  assert.match(await said(popup), /Tell me when it’s back/);
});

test("unusual activity inside the app is opened anew as a whole page", async (t) => {
  const activity = { host: "chatgpt.com", path: "/backend-api/*", then: { page: "openai-unusual-activity.json", status: 403 } };
  const stage = await setStage(t, { wishes: [tweaker], rules: [activity, asking(PATHS)] });
  await stage.page.goto(APP);
  assert.match(await bannerShown(stage.page), /unusual activity/);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  assert.equal(await first(popup, "data-fix"), "reopen");
  stage.edge.setRules([asking(PATHS)]);
  await press(popup, "Open the page again");
  await phaseIs(popup, "done");
});

test("an error that the login shows by itself has advice of its own when the popup is opened", async (t) => {
  // Only the page's text shows that the login failed, which the edge's log cannot tell: the document's promises include it.
  const stage = await setStage(t, { isBound: false });
  /** @type {[string, RegExp][]} */
  const errors = [
    [ROUTE_ERROR, /Part of the login was blocked/],
    [`<h1>Oops</h1><div>Route Error (500 ): {"isTrusted": true}</div>`, /A part of the login page didn’t load/],
    [`<h1>Invalid Session</h1>`, /This login has expired/],
  ];
  for (const [error, words] of errors) {
    const shown = `<!doctype html><title>Log in</title><link rel="icon" href="data:,"><main><section>${error}</section></main>`;
    stage.edge.setRules([{ host: "auth.openai.com", path: "/log-in", then: { body: shown } }]);
    await stage.page.goto(LOGIN);
    const popup = await clickToolbar(stage);
    await phaseIs(popup, "answered");
    assert.equal(await headlineOf(popup), "The login stopped with an error");
    assert.match(await said(popup), words);
    assert.equal(await first(popup, "data-fix"), "reopen");
    await popup.close();
    await stage.page.bringToFront();
  }
});
