// The package as a browser takes it: what it warns of at install, and what the policy of our own pages forbids.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "./deadline.js";
import { APP, bannerShown, CHROME, FIREFOX, phaseOf, popupInTab, REFUSAL } from "./scene.js";
import { setStage } from "./stage.js";

const MANIFEST = readFileSync(join(CHROME, "manifest.json"), "utf8");
const PERMISSIONS = readFileSync(new URL("../../docs/permissions.md", import.meta.url), "utf8");

test("Chrome warns of two things at install, in the words of docs/permissions.md", async (t) => {
  const stage = await setStage(t);
  const warnings = await stage.ask((manifest) => chrome.management.getPermissionWarningsByManifest(manifest), MANIFEST);
  assert.deepEqual(warnings, [
    "Read and change your data on all chatgpt.com sites and all openai.com sites",
    "Manage your apps, extensions, and themes",
  ]);
  assert.deepEqual(await stage.ask((id) => chrome.management.getPermissionWarningsById(id), stage.readmit), warnings);
  const quoted = [...PERMISSIONS.replace(/\s+/g, " ").matchAll(/"([^"]+)"/g)].map(([, words]) => words);
  assert.deepEqual(quoted.filter((words) => warnings.includes(words)), warnings);
  const more = JSON.stringify({ ...JSON.parse(MANIFEST), host_permissions: ["<all_urls>"] });
  const other = await stage.ask((manifest) => chrome.management.getPermissionWarningsByManifest(manifest), more);
  assert.notDeepEqual(other, warnings, "the browser does tell them apart");
});

test("private windows are out of reach, whatever a person allows: nothing about them can be kept", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "innocent" }] });
  const page = await stage.browser.newPage();
  await page.goto("chrome://extensions");
  const access = await page.evaluate(async () => {
    const all = await chrome.developerPrivate.getExtensionsInfo();
    return Object.fromEntries(all.map(({ id, incognitoAccess }) => [id, incognitoAccess.isEnabled]));
  });
  assert.deepEqual([access[stage.readmit], access[stage.ids[0]]], [false, true], "of another, a person may");
  const firefox = JSON.parse(readFileSync(join(FIREFOX, "manifest.json"), "utf8"));
  assert.equal(firefox.incognito, "not_allowed");
});

test("the popup works under its policy, and nothing else would", async (t) => {
  const stage = await setStage(t, { rules: [{ host: "chatgpt.com", path: "/", then: REFUSAL }] });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  /** @type {string[]} */
  const complaints = [];
  popup.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await popup.reload();
  await popup.waitForSelector("main[data-phase=answered]");
  assert.deepEqual(complaints, [], "the browser has nothing to complain of");
  assert.equal(await phaseOf(popup), "answered");

  const asked = stage.edge.requests.length;
  const refused = await popup.evaluate(async () => {
    /** @type {string[]} */
    const violated = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => violated.push(effectiveDirective));
    const ends = (element, members) =>
      new Promise((resolve) => {
        element.onload = () => resolve("had");
        element.onerror = () => resolve("refused");
        Object.assign(element, members);
        document.body.append(element);
      });
    const fails = async (act) => {
      try {
        await act();
        return "had";
      } catch {
        return "refused";
      }
    };
    const make = (name) => document.createElement(name);
    const outcomes = {
      "a remote connection": await fails(() => fetch("https://chatgpt.com/")),
      "a connection without encryption": await fails(() => fetch("http://chatgpt.com/")),
      "a remote script": await fails(() => import(/** @type {any} */ ("https://chatgpt.com/x.js"))),
      "a remote image": await ends(make("img"), { src: "https://chatgpt.com/x.png" }),
      "an image of data": await ends(make("img"), { src: "data:image/gif;base64,R0lGODlhAQABAAAAACw=" }),
      "a remote style": await ends(make("link"), { rel: "stylesheet", href: "https://chatgpt.com/x.css" }),
      "code from text": await fails(() => new Function("return 1")()),
      "markup from text": await fails(() => { make("p").innerHTML = "<b>x</b>"; }),
      "a script's address from text": await fails(() => { make("script").src = "popup.js"; }),
      "a policy for making either": await fails(() => globalThis.trustedTypes.createPolicy("default", {})),
      "a worker": await fails(() => new Promise((resolve, reject) => {
        const worker = new Worker("popup.js");
        worker.onerror = reject;
        worker.onmessage = resolve;
      })),
    };
    const frame = make("iframe");
    frame.src = "https://chatgpt.com/";
    document.body.append(frame);
    const style = make("style");
    style.textContent = "h1 { color: rgb(1, 2, 3) }";
    document.head.append(style);
    outcomes["a style written into the page"] = getComputedStyle(/** @type {any} */ (document.querySelector("h1"))).color === "rgb(1, 2, 3)" ? "had" : "refused";
    const form = Object.assign(make("form"), { action: "https://chatgpt.com/" });
    document.body.append(form);
    form.submit();
    while (!violated.includes("form-action") || !violated.includes("frame-src")) {
      await new Promise((resolve) => document.addEventListener("securitypolicyviolation", resolve, { once: true }));
    }
    outcomes["a form and a frame"] = "refused";
    return { outcomes, violated: [...new Set(violated)].sort() };
  });
  const had = Object.entries(refused.outcomes).filter(([, outcome]) => outcome !== "refused");
  assert.deepEqual(had, []);
  assert.deepEqual(refused.violated, [
    "connect-src", "form-action", "frame-src", "img-src", "require-trusted-types-for", "script-src", "script-src-elem",
    "style-src-elem", "trusted-types", "worker-src",
  ].filter((directive) => refused.violated.includes(directive)));
  assert.equal(stage.edge.requests.length, asked, "and nobody was asked anything");
});
