// What people have met in the field, each case in a few lines: what the edge does, the cause and the fix that have to lead, what
// is said about it, and that the page opens once the cause is gone. A case without an end cannot be put right in the browser.

import assert from "node:assert/strict";
import { waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { APP, asksOf, bannerOf, bannerShown, clickToolbar, first, phaseIs, press, reacting, said, says } from "./scene.js";
import { setStage } from "./stage.js";

const OPENAI = { page: "openai-block-2026", status: 403 };
const EXIT = "198.51.100.23";
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";
const FILTER = "<!doctype html><title>Access blocked</title><h1>This category is not allowed</h1>";

/** @typedef {import("./scene.js").Stage} Stage */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {Parameters<typeof setStage>[1]} stage
 * @property {(stage: Stage) => unknown} [prepare] before the page is visited
 * @property {string} cause
 * @property {string} fix
 * @property {RegExp} says
 * @property {(stage: Stage) => unknown} [repair] ends the cause
 * @property {(stage: Stage & { popup: import("./scene.js").Page }) => unknown} [then]
 */

/** Every page of ChatGPT. @param {import("../edge/answer.js").Then} then @param {import("../edge/rules.js").When} [when] */
const on = (then, when = {}) => ({ host: "chatgpt.com", path: ["/", "/c/*"], when, then });

/** The hosts besides ChatGPT and the status page that were asked. @param {Stage} stage */
const others = ({ edge }) => {
  const hosts = asksOf(edge).map(({ host }) => host);
  return [...new Set(hosts)].filter((host) => host !== "chatgpt.com" && !host.includes("status")).sort();
};

/** @type {Case[]} */
const CASES = [
  {
    name: "1: a check that has ended names an extension, on the first load",
    stage: {
      wishes: [{ kind: "header-rewriter" }, { kind: "innocent", name: "Notes" }],
      rules: [on({ page: "challenge-ended-extension", status: 403 }, { headers: { "x-header-tweaker": true } })],
    },
    cause: "extension",
    fix: "extensions",
    says: /couldn’t verify your browser/,
    repair: ({ browser, ids }) => browser.uninstallExtension(ids[0] ?? ""),
  },
  {
    name: "2: a check that has ended names the clock, and it is wrong",
    stage: { rules: [on({ page: "challenge-ended-clock", status: 403 })] },
    prepare: ({ edge }) => (edge.clock.shift = -3_600_000),
    cause: "clock",
    fix: "clock",
    says: /Your computer’s clock is 1 h 0 min fast/,
    repair: ({ edge }) => {
      edge.clock.shift = 0;
      edge.setRules([]);
    },
  },
  {
    name: "4: the check fails for everyone, because Cloudflare has an outage",
    stage: { rules: [on({ page: "challenge-ended-unblock", status: 403 })] },
    prepare: ({ edge }) =>
      edge.status.cloudflare.set({ indicator: "critical", incidents: [{ name: "Turnstile fails to load", impact: "critical" }] }),
    cause: "service-down",
    fix: "status",
    says: /on their side, not yours.*Turnstile fails to load/,
  },
  {
    name: "13: the cookies are larger than the site accepts",
    stage: { rules: [on({ page: "unstyled-400-cookies", status: 400 }, { cookieBytesOver: 8000 })] },
    prepare: async ({ edge, page }) => {
      edge.site.visitCookies = Array.from({ length: 12 }, (_, index) => `crumb${index}=${"x".repeat(900)}; Path=/; Secure; Max-Age=9999`);
      await page.goto(APP);
    },
    cause: "site-data",
    fix: "site-data",
    says: /Clear ChatGPT data/,
    then: async ({ edge, popup }) => {
      edge.site.visitCookies = [];
      await press(popup, "Clear ChatGPT data");
      await phaseIs(popup, "done");
    },
  },
  ...[
    { page: "unstyled-403", status: 403, code: "403", words: /blocking this browser/ },
    { page: "unstyled-429", status: 429, code: "429", words: /asking you to slow down/ },
    { page: "unstyled-502", status: 502, code: "502", words: /having problems/ },
  ].map(({ page, status, code, words }) => ({
    name: `16: the edge's bare page with status ${status}`,
    stage: { rules: [on({ page, status })] },
    ...{ 403: { cause: "address", fix: "vpn" }, 429: { cause: "rate-limit", fix: "wait" }, 502: { cause: "service-down", fix: "wait" } }[status],
    says: words,
    then: async (/** @type {Stage & { popup: import("./scene.js").Page }} */ { popup }) =>
      assert.equal(await popup.$eval("main", (main) => main.dataset.code), code),
  })),
  {
    name: "10: a hosts file leads ChatGPT elsewhere, and no VPN is on",
    stage: { rules: [on(OPENAI, { ip: EXIT })] },
    prepare: ({ edge }) => edge.network.lead("chatgpt.com", { ip: EXIT }),
    cause: "dns",
    fix: "dns",
    says: /chatgpt\.com sees a different IP address than other sites do.*hosts file/,
    repair: ({ edge }) => edge.network.reset(),
    then: (stage) => assert.deepEqual(others(stage), ["crypto.cloudflare.com"]),
  },
  {
    name: "11: a program on this computer changes the user agent of every request",
    stage: { wishes: [{ kind: "innocent", name: "Notes" }], rules: [on({ page: "1010-generation-b", status: 403 }, { userAgent: "Shield" })] },
    prepare: ({ edge }) => edge.network.set("127.0.0.1", { agent: "Mozilla/5.0 Shield/7.1" }),
    cause: "local-program",
    fix: "local-program",
    says: /sees a different browser than yours.*Antivirus/,
    repair: ({ edge }) => edge.network.reset(),
  },
  ...[
    { name: "with a page of its own", trace: { body: FILTER, status: 403, foreign: true } },
    { name: "and serves its page for the trace", trace: { body: FILTER, foreign: true } },
    { name: "and leads the trace away", trace: { redirect: "https://gateway.filter.example/", foreign: true } },
  ].map(({ name, trace }) => ({
    name: `12: a company's filter answers, ${name}`,
    stage: { rules: [on({ body: FILTER, status: 403, foreign: true }), { host: "chatgpt.com", path: "/cdn-cgi/trace", then: trace }] },
    cause: "local-program",
    fix: "local-program",
    says: /Your organization’s filter or a program on this computer answers, not chatgpt\.com/,
    repair: ({ edge }) => edge.setRules([]),
    then: (/** @type {Stage} */ stage) => assert.deepEqual(others(stage), []),
  })),
  {
    name: "12: a company's gateway says so in the trace",
    stage: { rules: [on(OPENAI, { ip: EXIT })] },
    prepare: ({ edge }) => edge.network.set("127.0.0.1", { ip: EXIT, gateway: "on", warp: "on" }),
    cause: "local-program",
    fix: "local-program",
    says: /goes through Cloudflare Gateway/,
    repair: ({ edge }) => edge.network.reset(),
  },
  {
    name: "3: a check that has ended says that the browser is not supported, and it is really old",
    stage: { args: [`--user-agent=${AGENT} Chrome/127.0.0.0 Safari/537.36`], rules: [on({ page: "challenge-ended-browser", status: 403 }, { userAgent: "Chrome/127" })] },
    cause: "browser-signature",
    fix: "browser-setting",
    says: /version is more than a year old.*Update your browser/,
  },
  {
    name: "21: a block list hides the check's host",
    stage: {
      wishes: [{ kind: "header-rewriter" }],
      rules: [{ host: "challenges.cloudflare.com", then: { reset: true } }, on({ page: "challenge-ended-unblock", status: 403 })],
    },
    cause: "dns",
    fix: "dns",
    says: /needs challenges\.cloudflare\.com, which your browser can’t reach/,
    repair: ({ edge }) => edge.setRules([]),
  },
  {
    name: "21: a block list hides a host that ChatGPT reports to",
    stage: {
      rules: [{ host: "ab.chatgpt.com", then: { reset: true } }, on({ page: "openai-unusual-activity.json", status: 403 })],
    },
    cause: "dns",
    fix: "reopen",
    says: /needs ab\.chatgpt\.com, which your browser can’t reach/,
  },
  {
    name: "22: a browser that adds a name of its own to its user agent",
    stage: {
      args: [`--user-agent=${AGENT} Chrome/156.0.0.0 Safari/537.36 AtContent/95.5.5462.5`],
      rules: [on({ page: "1020-generation-d", status: 403 }, { userAgent: "AtContent" })],
    },
    cause: "browser-signature",
    fix: "browser",
    says: /a name that no common browser has/,
  },
  {
    name: "22: an extension that changes the user agent, the client hints and what scripts see",
    stage: {
      wishes: [{ kind: "agent-switcher" }, { kind: "innocent", name: "Notes" }],
      rules: [on({ page: "1010-generation-b", status: 403 }, { userAgent: "Nokia" })],
    },
    cause: "extension",
    fix: "extensions",
    says: /Find the extension/,
    then: async ({ popup, ids }) => {
      await press(popup, "Find the extension");
      await phaseIs(popup, "found");
      assert.deepEqual(await popup.$$eval("[data-culprit]", (all) => all.map((one) => one.getAttribute("data-culprit"))), [ids[0]]);
    },
  },
  {
    name: "24: a browser has translated the page",
    stage: { rules: [on({ page: "1020-generation-b-translated", status: 403 })] },
    cause: "address",
    fix: "vpn",
    says: /Error 1020/,
    then: async ({ page, popup, edge }) => {
      assert.match((await bannerOf(page)) ?? "", /ChatGPT is blocking this browser/);
      const ray = await page.$eval(".heading-ray-id", (line) => /[0-9a-f]{16}/.exec(line.textContent)?.[0]);
      assert.ok(ray && (await popup.$eval("#fact-ray", (fact) => fact.textContent))?.includes(ray));
      edge.setRules([]);
      await press(popup, "Check again");
      await phaseIs(popup, "done");
    },
  },
];

/** @param {import("node:test").TestContext} t @param {Pick<Case, "stage" | "prepare">} options */
async function met(t, { stage: options, prepare }) {
  const stage = await setStage(t, options);
  await prepare?.(stage);
  await waitForCondition(async () => ((await stage.page.goto(APP))?.status() ?? 0) >= 400, { what: "the page to be blocked" });
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  return { ...stage, popup };
}

/** @param {import("./scene.js").Page} popup @param {string} cause @param {string} fix */
const leads = (popup, cause, fix) =>
  waitForCondition(async () => (await first(popup, "data-cause")) === cause && (await first(popup, "data-fix")) === fix, {
    what: `${cause} and ${fix} to lead`,
    patience: 6000,
  }).catch(async (error) => {
    const found = [await first(popup, "data-cause"), await first(popup, "data-fix")];
    assert.deepEqual(found, [cause, fix], `${error.message}\n${await said(popup)}`);
  });

for (const { name, cause, fix, says: words, repair, then, ...options } of CASES) {
  test(name, async (t) => {
    const stage = await met(t, options);
    await leads(stage.popup, cause, fix);
    await says(stage.popup, words);
    if (repair) {
      await repair(stage);
      await press(stage.popup, "Check again");
      await phaseIs(stage.popup, "done");
    }
    await then?.(stage);
  });
}

test("whoever uses no VPN says so, and the next fix leads at once and for good", async (t) => {
  const stage = await met(t, { stage: { rules: [on({ page: "1006-generation-b", status: 403 })] } });
  await leads(stage.popup, "address", "vpn");
  const loads = stage.edge.count({ path: "/", pageLoad: true });
  await press(stage.popup, "I don’t use one");
  await leads(stage.popup, "address", "router");
  assert.equal(stage.edge.count({ path: "/", pageLoad: true }), loads, "nothing was reloaded");
  await stage.popup.close();
  const again = await clickToolbar(stage);
  await leads(again, "address", "router");
});

test("after the page opened in another browser nothing outside this one leads", async (t) => {
  const stage = await met(t, { stage: { rules: [on({ page: "1020-generation-d", status: 403 })] } });
  await stage.popup.evaluate(() => {
    navigator.clipboard.writeText = async () => {};
    document.querySelector("[data-fix=browser] .toggle")?.click();
  });
  await press(stage.popup, "Copy the page’s link");
  await press(stage.popup, "It opened");
  const outside = ["vpn", "router", "connection", "status", "wait", "clock", "local-program", "dns"];
  await waitForCondition(async () => !outside.includes((await first(stage.popup, "data-fix")) ?? ""), { what: "another fix to lead" });
  const causes = ["address", "vpn", "region", "connection", "service-down", "clock", "local-program", "dns"];
  assert.ok(!causes.includes((await first(stage.popup, "data-cause")) ?? ""));
});

/** The popup on a page that the browser itself replaces by its own error page. @param {Stage} stage */
async function onErrorPage(stage) {
  // The driver calls an empty answer a load, and a loop a failure.
  await stage.page.goto(APP).catch(() => {});
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  return popup;
}

test("14: a cookie sends the page around in circles, and deleting it opens the page", async (t) => {
  // The edge cannot tell that the browser gives up after so many redirects and shows an error page.
  const stage = await setStage(t, { isBound: false });
  stage.edge.site.visitCookies = [];
  await stage.page.goto(APP);
  await stage.page.evaluate(() => (document.cookie = "session=stale; secure; path=/; max-age=9999"));
  stage.edge.setRules([on({ redirect: APP }, { cookies: { session: true } })]);
  const popup = await onErrorPage(stage);
  await leads(popup, "site-data", "site-data");
  await says(popup, /only redirects this page/);
  await press(popup, "Clear ChatGPT data");
  await phaseIs(popup, "done");
});

for (const [status, cause] of /** @type {const} */ ([[403, null], [500, "service-down"]])) {
  test(`15: an empty answer with status ${status}`, async (t) => {
    const stage = await setStage(t, { rules: [on({ body: "", status })] });
    const popup = await onErrorPage(stage);
    await says(popup, new RegExp(`chatgpt\\.com answered ${status}`));
    assert.equal(await popup.$eval("main", (main) => main.dataset.code), String(status));
    if (cause) assert.equal(await first(popup, "data-cause"), cause);
  });
}

test("17: the login says that the country is not supported, outside any heading", async (t) => {
  const stage = await setStage(t, { rules: [{ host: "auth.openai.com", then: { page: "openai-region-login", status: 403 } }] });
  await stage.page.goto("https://auth.openai.com/log-in");
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await leads(popup, "region", "owner");
  await says(popup, /country/);
});

test("19: the exit of a VPN gets a check at first, and then a block", async (t) => {
  const stage = await setStage(t, { rules: [on({ page: "challenge-running-2026", status: 403, headers: { "cf-mitigated": "challenge" } }, { ip: EXIT })] });
  stage.edge.network.set("127.0.0.1", { ip: EXIT });
  await stage.page.goto(APP);
  stage.edge.setRules([on({ page: "1020-generation-d", status: 403 }, { ip: EXIT })]);
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await leads(popup, "address", "vpn");
  stage.edge.network.reset();
  await press(popup, "Check again");
  await phaseIs(popup, "done");
});

test("23: a block page on a site that Readmit has no access to is read on a click, and the site can be watched", async (t) => {
  const stage = await setStage(t, { rules: [{ host: "artifact.chatgpt.site", then: { page: "1020-generation-d", status: 403 } }] });
  await stage.page.goto("https://artifact.chatgpt.site/");
  assert.equal(await bannerOf(stage.page), null, "without a click nothing is read there");
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await says(popup, /artifact\.chatgpt\.site is blocking this browser/);
  assert.equal(await popup.$eval("main", (main) => main.dataset.code), "1020");
  await reacting(popup, "[data-do=watch]");
});

test("20: the page opens and its script is broken: another browser comes before deleting anything", async (t) => {
  const stage = await setStage(t, { rules: [on({ body: "<!doctype html><title>ChatGPT</title><script>throw new Error('broken')</script>" })] });
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "clear");
  const fixes = await popup.$$eval("[data-fix]", (all) => all.map((one) => one.getAttribute("data-fix")));
  assert.deepEqual(fixes, ["browser", "site-data", "cloudflare-check"]);
});
