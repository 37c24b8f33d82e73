// A hostile page: it knows how Readmit works, and tries to make it act, leak, crash, or slow the page down. All that it may
// get is a banner, by forging a refusal.
//
// The attacks run in the page as a page's own scripts do. What they may not cause is looked for from outside: in what is
// switched, kept, opened and asked of the edge.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startEdge } from "../edge/edge.js";
import { aria, attachToPopup, openChromium, waitForCondition, workerOf } from "./browser.js";
import test from "./deadline.js";
import {
  APP,
  asksOf,
  badgeOf,
  bannerGone,
  bannerOf,
  bannerShown,
  CHROME,
  clickToolbar,
  cookiesOf,
  isMarked,
  onNow,
  popupInTab,
  press,
  REFUSAL,
} from "./scene.js";
import { setStage } from "./stage.js";

const GENUINE = readFileSync(new URL("../pages/1020-generation-d.html", import.meta.url), "utf8");
const BANNER =
  "Readmit ChatGPT is blocking this browser Error 1020 One of the site’s security rules blocked you. " +
  "Usually a VPN, an extension or old cookies are the reason. Fix it Dismiss";

/** A page's own script. What it finds out it leaves in `found`. @param {(found: any) => unknown} attack */
const script = (attack, nonce = "") =>
  `<script${nonce && ` nonce="${nonce}"`}>globalThis.found = {};(${attack})(globalThis.found)</script>`;

/** A refusal that looks genuine, with an attack in it. @param {(found: any) => unknown} [attack] */
const forged = (attack, markup = "") => GENUINE.replace("<body>", `<body>${markup}${attack ? script(attack) : ""}`);

/** @param {import("./scene.js").Stage} stage @param {string} body */
async function visit(stage, body, { status = 403, headers = {}, url = APP, page = stage.page } = {}) {
  stage.edge.setRules([{ host: new URL(url).host, path: "/", then: { status, headers, body } }]);
  await page.goto(url);
}

/** @param {import("./scene.js").Stage} stage */
const found = (stage) => stage.page.evaluate(() => globalThis.found);

/** All that Readmit could do to a person. @param {import("./scene.js").Stage} stage */
const state = async (stage) => ({
  on: (await onNow(stage)).sort(),
  cookies: (await cookiesOf(stage, "chatgpt.com")).map(({ name }) => name).sort(),
  // Where in its own site the page has gone meanwhile is its own business.
  open: stage.browser.targets().filter((target) => ["page", "other"].includes(target.type())).map((target) => new URL(target.url()).origin).sort(),
  asked: asksOf(stage.edge).map(({ host, path }) => host + path),
});

/**
 * The worker takes messages in the order of their coming: once it has put the badge on this page, it is through with all
 * that was sent before.
 * @param {import("./scene.js").Stage} stage
 */
async function listenedToTheEnd(stage) {
  const witness = await stage.browser.newPage();
  await visit(stage, GENUINE, { url: "https://platform.openai.com/", page: witness });
  await bannerShown(witness);
  await waitForCondition(async () => (await badgeOf(stage, witness)) === "!", { what: "the worker to have listened" });
  await witness.close();
  await stage.page.bringToFront();
}

/** @param {import("./scene.js").Stage} stage @param {() => Promise<unknown>} attack */
async function changesNothing(stage, attack) {
  const before = await state(stage);
  await attack();
  await listenedToTheEnd(stage);
  assert.deepEqual(await state(stage), before);
}

const MISSING = "<!doctype html><title>Not found</title><h1>Not found</h1>";

/** What a text may be up to. */
const HOSTILE = {
  markup: `<img src=x onerror="found.ran=1"><script>found.ran=1</scr` + `ipt>MARKER`,
  attribute: `"onmouseover="found.ran=1" x="MARKER`,
  bidi: "\u202eMARKER\u2066\u200f",
  entity: "&lt;b&gt;MARKER&amp;&#60;",
  template: "${MARKER}$1__MSG_banner_fix__@@extension_id",
  address: "https://MARKER.example/",
};

for (const [kind, text] of Object.entries(HOSTILE)) {
  test(`a forged refusal with ${kind} in every field shows the banner in Readmit's own words, and no more`, async (t) => {
    const stage = await setStage(t);
    const fields = [
      ["blocked.example", text],
      ["Access denied", text],
      ["8f2c0123456789ab", `8f2c0123456789ab${text}`],
      ["203.0.113.7", `203.0.113.7${text}`],
      ["fra07", `FRA${text}`],
      ["<title>", `<title>${text} used Cloudflare | ${text} | `],
    ];
    const body = fields.reduce((page, [from, to]) => page.replaceAll(from, () => to), GENUINE);
    await visit(stage, body);
    assert.equal(await bannerShown(stage.page), BANNER);
    await isMarked(stage, "Error 1020");
    const popup = await clickToolbar(stage);
    await press(popup, "Copy report");
    const shown = await popup.evaluate(() => {
      // Ours, and it knows a kind of marker.
      document.querySelector("style")?.remove();
      return document.documentElement.outerHTML + (/** @type {any} */ (document.querySelector("#report-text"))).value;
    });
    assert.doesNotMatch(shown, /MARKER|[\u202a-\u202e\u2066-\u2069\u200e\u200f]|found\.ran/i);
    assert.equal(await popup.$eval("h1", (h1) => h1.textContent), "ChatGPT is blocking this browser");
  });
}

test("megabytes in a forged refusal change nothing of what is shown", async (t) => {
  const stage = await setStage(t);
  const much = "MARKER ".repeat(1 << 20);
  const places = {
    "a comment": GENUINE.replace("<head>", `<head><!-- ${much} -->`),
    "an attribute": GENUINE.replace("<body>", `<body title="${much}">`),
    "the end": GENUINE.replace("</body>", `<!-- ${much}${much} --></body>`),
  };
  for (const [place, body] of Object.entries(places)) {
    const isWithin = body.indexOf('id="error-details"') < 4 << 20;
    await visit(stage, body);
    await listenedToTheEnd(stage);
    assert.equal(await bannerOf(stage.page), isWithin ? BANNER : null, place);
  }
});

test("a forged error number, Ray ID or address that is none is not shown", async (t) => {
  const stage = await setStage(t);
  for (const [from, to] of [["1020", "99999999999"], ["1020", "-1"], ["1020", "1020e3"], ["1020", "0x3fc"]]) {
    await visit(stage, GENUINE.replaceAll(from, to));
    await listenedToTheEnd(stage);
    assert.doesNotMatch((await bannerOf(stage.page)) ?? "", new RegExp(to), to);
  }
});

test("no page can look into the banner, though it has defined, patched and watched whatever it could", async (t) => {
  const stage = await setStage(t);
  await visit(
    stage,
    forged((found) => {
      found.leaks = [];
      const { getRootNode } = Node.prototype;
      const isOurs = (node) => node instanceof Node && getRootNode.call(node) instanceof ShadowRoot;
      const keep = (what, node) => isOurs(node) && found.leaks.push(what);
      globalThis.keep = keep;
      customElements.define(
        "readmit-banner",
        class extends HTMLElement {
          constructor() {
            super();
            globalThis.internals = this.attachInternals();
            keep("internals, at once", globalThis.internals.shadowRoot?.firstChild);
          }
          connectedCallback() {
            keep("internals", globalThis.internals.shadowRoot?.firstChild);
            if (globalThis.internals.shadowRoot) found.leaks.push("root");
          }
        },
      );
      // Whatever is called in this world is noted; Readmit's calls are made in another.
      for (const prototype of [Element.prototype, Node.prototype, Document.prototype, EventTarget.prototype, CSSStyleSheet.prototype]) {
        for (const name of Object.getOwnPropertyNames(prototype)) {
          const own = Object.getOwnPropertyDescriptor(prototype, name);
          if (typeof own?.value !== "function" || name === "constructor") continue;
          prototype[name] = function (...values) {
            for (const value of [this, ...values]) keep(`call of ${name}`, value);
            const result = own.value.apply(this, values);
            keep(`result of ${name}`, result);
            return result;
          };
        }
      }
      for (const type of ["click", "focusin", "focusout", "pointerdown", "keydown", "animationstart", "animationend", "toggle", "slotchange", "load"]) {
        addEventListener(type, (event) => [...event.composedPath(), event.target].forEach((node) => keep(type, node)), true);
      }
      for (const type of PerformanceObserver.supportedEntryTypes) {
        new PerformanceObserver((list) => {
          for (const entry of /** @type {any[]} */ (list.getEntries())) {
            const nodes = [entry.element, entry.target, entry.node, ...(entry.sources ?? []).map(({ node }) => node)];
            nodes.forEach((node) => keep(`performance ${type}`, node));
          }
        }).observe({ type, buffered: true });
      }
    }),
  );
  await bannerShown(stage.page);
  await (await aria(stage.page, "Dismiss")).focus();
  await stage.page.keyboard.press("Tab");
  const tried = await stage.page.evaluate(() => {
    const host = /** @type {any} */ (document.querySelector("readmit-banner"));
    const tries = {
      shadowRoot: () => host.shadowRoot,
      attach: () => host.attachShadow({ mode: "open" }),
      internals: () => host.attachInternals().shadowRoot,
      earlier: () => globalThis.internals.shadowRoot,
      markup: () => host.getHTML({ serializableShadowRoots: true, shadowRoots: [] }) || host.innerHTML,
      point: () => globalThis.keep("point", document.elementFromPoint(innerWidth - 40, 20)),
      points: () => document.elementsFromPoint(innerWidth - 40, 20).forEach((node) => globalThis.keep("points", node)),
      caret: () => globalThis.keep("caret", document.caretPositionFromPoint(100, 20)?.offsetNode),
      range: () => globalThis.keep("range", document.caretRangeFromPoint(100, 20)?.startContainer),
      animations: () => [...document.getAnimations(), ...host.getAnimations({ subtree: true })].forEach(({ effect }) => globalThis.keep("animation", effect?.target)),
      find: () => {
        globalThis.find("Fix it");
        globalThis.keep("selection", getSelection()?.anchorNode);
      },
      all: () => {
        getSelection()?.selectAllChildren(document.documentElement);
        globalThis.keep("selection", getSelection()?.focusNode);
        return getSelection()?.getComposedRanges?.({ shadowRoots: [] }).forEach((range) => globalThis.keep("composed", range.startContainer));
      },
      active: () => globalThis.keep("active", document.activeElement),
      clone: () => host.cloneNode(true).shadowRoot,
      frames: () => host.querySelector("*"),
      sheets: () => document.styleSheets.length && null,
    };
    return Object.entries(tries).flatMap(([name, attempt]) => {
      try {
        return attempt() ? [name] : [];
      } catch {
        return [];
      }
    });
  });
  assert.deepEqual(tried, []);
  assert.deepEqual((await found(stage)).leaks, []);
});

test("a banner whose name the page has taken for an element of its own still works", async (t) => {
  const stage = await setStage(t);
  const definitions = [
    () => customElements.define("readmit-banner", class extends HTMLElement { static disabledFeatures = ["shadow", "internals"]; }),
    () => customElements.define("readmit-banner", class extends HTMLElement { constructor() { super(); throw new Error("no banner here"); } }),
    () => customElements.define("readmit-banner", class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: "open" }); } }),
    () => customElements.define("readmit-banner", /** @type {any} */ (class { constructor() { return document.body; } })),
  ];
  for (const definition of definitions) {
    await visit(stage, forged(definition));
    assert.equal(await bannerShown(stage.page), BANNER, String(definition));
    await press(stage.page, "Dismiss");
    await bannerGone(stage.page);
  }
});

test("no click of the page's own making is one, wherever it is sent", async (t) => {
  const stage = await setStage(t);
  await visit(stage, forged());
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  await changesNothing(stage, () =>
    stage.page.evaluate(() => {
      const host = /** @type {any} */ (document.querySelector("readmit-banner"));
      for (let x = 0; x < innerWidth; x += 8) {
        for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click", "dblclick", "auxclick", "touchstart", "touchend"]) {
          const made = { bubbles: true, composed: true, cancelable: true, clientX: x, clientY: 20, button: 0, detail: 1, view: window };
          for (const target of [host, document.elementFromPoint(x, 20)]) {
            target?.dispatchEvent(type.startsWith("touch") ? new Event(type, made) : new PointerEvent(type, made));
          }
        }
      }
      host.click();
      host.focus();
      for (const key of ["Enter", " ", "Escape"]) host.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
      const label = document.body.appendChild(document.createElement("label"));
      label.htmlFor = "fix";
      label.click();
      const forgedTrust = new MouseEvent("click", { bubbles: true, composed: true });
      try {
        Object.defineProperty(forgedTrust, "isTrusted", { value: true });
      } catch {
        Object.setPrototypeOf(forgedTrust, { __proto__: MouseEvent.prototype, isTrusted: true });
      }
      host.dispatchEvent(forgedTrust);
    }),
  );
  assert.equal(await bannerOf(stage.page), BANNER, "not dismissed either");
});

test("a person's click on the page is not a click on the banner", async (t) => {
  const stage = await setStage(t);
  await visit(stage, forged(undefined, '<button id="bait" style="position:fixed;bottom:9px">Play</button>'));
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  await changesNothing(stage, async () => {
    await stage.page.evaluate(() => {
      const host = /** @type {any} */ (document.querySelector("readmit-banner"));
      document.querySelector("#bait")?.addEventListener("pointerdown", (/** @type {any} */ event) => host.setPointerCapture(event.pointerId));
      addEventListener("click", (/** @type {any} */ event) => event.isTrusted && host.dispatchEvent(new event.constructor(event.type, event)));
    });
    await stage.page.click("#bait");
  });
});

test("a moved banner under a person's click opens the popup, which changes nothing", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "header-rewriter" }] });
  await visit(stage, forged());
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  const before = await state(stage);
  await stage.page.evaluate(() => {
    document.documentElement.style.cssText = "transform: translate(-300px, 200px) scale(2); opacity: 0.01; filter: blur(9px)";
    const bait = document.createElement("dialog");
    bait.style.cssText = "pointer-events: none; inset: 0; width: 100%; height: 100%";
    document.body.append(bait);
    bait.showPopover?.call(Object.assign(bait, { popover: "manual" }));
  });
  const targets = new Set(stage.browser.targets());
  const button = await aria(stage.page, "Fix it");
  const spot = await button.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  });
  await stage.page.mouse.click(spot.x, spot.y);
  await attachToPopup(stage.browser, stage.readmit, targets);
  await listenedToTheEnd(stage);
  const after = await state(stage);
  assert.deepEqual([after.on, after.cookies], [before.on, before.cookies]);
});

test("removed in a loop, cloned, moved about and in a storm of changes, the banner costs a bounded number of looks", async (t) => {
  const stage = await setStage(t);
  const counted = await countCalls(stage.page);
  await visit(
    stage,
    forged((found) => {
      found.removed = 0;
      new MutationObserver(() => {
        const host = /** @type {any} */ (document.querySelector("readmit-banner"));
        if (!host || found.removed >= 500) return;
        found.removed += 1;
        host.remove();
        document.body.append(host, host.cloneNode(true));
        document.documentElement.append(host);
      }).observe(document, { childList: true, subtree: true });
    }),
  );
  await stage.page.waitForFunction(() => globalThis.found.removed >= 500);
  await stage.page.evaluate(async () => {
    for (let round = 0; round < 200; round += 1) {
      for (let at = 0; at < 50; at += 1) document.documentElement.append(document.createElement("i"));
      await new Promise((resolve) => setTimeout(resolve));
    }
  });
  await listenedToTheEnd(stage);
  const calls = await counted();
  assert.ok(calls.markup >= 1, "something was counted");
  assert.ok(calls.markup <= 42, `the page was read ${calls.markup} times`);
  assert.ok(calls.show <= 1, `the banner was shown ${calls.show} times`);
});

/**
 * How often the functions of the content script are called, by name: what it costs the page, whatever the computer.
 * @param {import("puppeteer-core").Page} page
 */
async function countCalls(page) {
  const session = await page.createCDPSession();
  await session.send("Profiler.enable");
  await session.send("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  return async () => {
    const { result } = await session.send("Profiler.takePreciseCoverage");
    const calls = { markup: 0, show: 0, send: 0, start: 0 };
    for (const { url, functions } of result) {
      if (!url.startsWith("chrome-extension://")) continue;
      for (const { functionName, ranges } of functions) {
        if (functionName in calls) calls[functionName] += ranges[0].count;
      }
    }
    return calls;
  };
}

/** Counts what comes to the worker. @param {import("./scene.js").Stage} stage */
async function countMessages(stage) {
  const worker = await workerOf(stage.browser, stage.readmit);
  await worker.evaluate(() => {
    globalThis.heard = [];
    chrome.runtime.onMessage.addListener(({ kind }, { origin }) => void globalThis.heard.push([kind, origin]));
  });
  return async () => {
    /** @type {[string, string][]} */
    const heard = await worker.evaluate(() => globalThis.heard);
    // What comes after the witness is of our own making: the page is looked at again.
    const until = heard.findIndex(([, origin]) => origin !== new URL(APP).origin);
    return heard.slice(0, until).map(([kind]) => kind);
  };
}

test("a flood of navigations inside the page and of forged events is a bounded number of looks and messages", async (t) => {
  const stage = await setStage(t);
  const counted = await countCalls(stage.page);
  await visit(stage, forged());
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  const heard = await countMessages(stage);
  await changesNothing(stage, () =>
    stage.page.evaluate(async () => {
      for (let round = 0; round < 100; round += 1) {
        for (const type of ["online", "offline", "popstate", "hashchange", "focus", "pagehide"]) dispatchEvent(new Event(type));
        dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
        document.dispatchEvent(new Event("visibilitychange"));
        document.dispatchEvent(new Event("prerenderingchange"));
        navigation.dispatchEvent(new NavigationCurrentEntryChangeEvent("currententrychange", { from: /** @type {any} */ (navigation.currentEntry) }));
        try {
          history.pushState({}, "", `/c/${round}`);
        } catch {
          // Chromium itself ends a flood of these.
        }
        await new Promise((resolve) => setTimeout(resolve));
      }
    }),
  );
  const [calls, messages] = [await counted(), await heard()];
  assert.ok(calls.markup <= 42, `the page was read ${calls.markup} times`);
  assert.ok(messages.length <= 42, `${messages.length} messages were sent`);
  assert.deepEqual(messages.filter((kind) => kind !== "seen"), [], "and none of them by a forged event");
});

test("a flood of page loads is heard to the end, and changes nothing", async (t) => {
  const stage = await setStage(t);
  await visit(stage, forged());
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  await changesNothing(stage, async () => {
    stage.edge.setRules([{ host: "chatgpt.com", then: { status: 403, body: forged(() => {
      const visits = Number(sessionStorage.visits ?? 0);
      sessionStorage.visits = visits + 1;
      if (visits < 60) location.replace(`/?${visits}`);
    }) } }]);
    await stage.page.goto(APP);
    await waitForCondition(() => stage.page.evaluate(() => sessionStorage.visits === "61"), { what: "sixty loads" });
  });
  assert.equal(await bannerShown(stage.page), BANNER);
  const kept = await stage.ask(() => chrome.storage.session.get("cases"));
  assert.ok(JSON.stringify(kept).length < 20_000, "no more is remembered than one refused page");
});

test("a page with another root, without a body, or with names of the browser's own does not make the script fail", async (t) => {
  const stage = await setStage(t);
  const errors = [];
  stage.page.on("pageerror", (error) => errors.push(String(error)));
  const names = ["documentElement", "body", "createElement", "adoptNode", "implementation", "adoptedStyleSheets", "prerendering", "visibilityState", "addEventListener", "append", "outerHTML"];
  const clobbering = names.map((name) => `<form name="${name}"><input name="outerHTML"></form><img name="${name}">`).join("");
  await visit(stage, forged(undefined, clobbering));
  assert.equal(await bannerShown(stage.page), BANNER, "names");

  const late = (/** @type {() => void} */ attack) => GENUINE.replace("</html>", `${script(attack)}</html>`);
  await visit(stage, late(() => {
    document.documentElement.append(...document.body.childNodes);
    document.body.remove();
  }));
  assert.equal(await bannerShown(stage.page), BANNER, "no body");

  const other = [
    () => document.documentElement.remove(),
    () => {
      const form = document.createElement("form");
      form.append(...document.body.childNodes);
      for (const name of ["outerHTML", "append", "localName"]) form.appendChild(document.createElement("input")).name = name;
      document.replaceChild(form, document.documentElement);
    },
    () => document.replaceChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"), document.documentElement),
  ];
  for (const attack of other) {
    await visit(stage, late(attack));
    await listenedToTheEnd(stage);
    assert.equal(await stage.page.evaluate(() => document.querySelector("readmit-banner")), null, String(attack));
    const popup = await popupInTab(stage);
    // What the page has become is no block page that is known; but the load has failed.
    assert.equal(await popup.$eval("main", (main) => main.dataset.phase), "answered");
    await popup.close();
  }
  assert.deepEqual(errors, []);
});

test("whatever a page says, and to whom, nobody listens", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "header-rewriter" }] });
  await visit(stage, forged());
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  const heard = await countMessages(stage);
  await changesNothing(stage, () =>
    stage.page.evaluate(async (id) => {
      const orders = ["fix-it", "seen", "judge", "gone", "page-active", "put-back", "clear", "find-extension", "turn-off-suspects"];
      const channel = new BroadcastChannel("readmit");
      for (const kind of orders) {
        for (const message of [{ kind }, kind, { type: kind }, JSON.stringify({ kind }), { source: id, kind }]) {
          postMessage(message, "*");
          channel.postMessage(message);
          for (const target of [window, document, document.documentElement, document.querySelector("readmit-banner")]) {
            target?.dispatchEvent(new CustomEvent(kind, { detail: message, bubbles: true }));
            target?.dispatchEvent(new MessageEvent("message", { data: message, origin: `chrome-extension://${id}` }));
          }
          try {
            await chrome.runtime.sendMessage(id, message);
          } catch {
            // There is no `chrome.runtime` for pages that nobody wishes to talk with.
          }
        }
      }
      try {
        chrome.runtime.connect(id, { name: "popup:1" }).postMessage("put-back");
      } catch {
        // The same.
      }
    }, stage.readmit),
  );
  assert.deepEqual((await heard()).filter((kind) => kind !== "seen"), []);
});

test("no other extension is listened to either", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "switchboard" }, { kind: "header-rewriter" }] });
  await visit(stage, forged());
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  const other = await workerOf(stage.browser, stage.ids[0]);
  const told = [];
  await changesNothing(stage, async () => {
    for (const kind of ["fix-it", "judge", "put-back", "open"]) {
      told.push(await other.evaluate(
        (id, message) => chrome.runtime.sendMessage(id, message).then(() => "answered", (error) => error.message),
        stage.readmit,
        { kind, html: "", load: 1 },
      ));
    }
    told.push(await other.evaluate((id) => {
      const port = chrome.runtime.connect(id, { name: "popup:1" });
      return new Promise((resolve) => port.onDisconnect.addListener(() => resolve(chrome.runtime.lastError?.message)));
    }, stage.readmit));
  });
  assert.deepEqual([...new Set(told)], ["Could not establish connection. Receiving end does not exist."]);
});

/** Every file of the package. */
const FILES = readdirSync(CHROME, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(CHROME.length + 1));

test("no file of the package can be had, framed, opened or noticed by a page", async (t) => {
  const stage = await setStage(t);
  const nobody = "ponmlkjihgfedcbaponmlkjihgfedcba";
  await stage.page.goto(APP);
  /** @type {string[]} */
  const framed = [];
  stage.page.on("framenavigated", (frame) => framed.push(frame.url()));
  const outcomes = await stage.page.evaluate(
    async (ids, files) => {
      const happens = (element, url, attribute = "src") =>
        new Promise((resolve) => {
          for (const type of ["load", "error", "loadedmetadata"]) element.addEventListener(type, () => resolve(type));
          element[attribute] = url;
          document.body.append(element);
        }).finally(() => element.remove());
      const made = (name, members = {}) => Object.assign(document.createElement(name), members);
      const ways = {
        fetch: (url) => fetch(url).then(() => "had", (error) => String(error)),
        opaque: (url) => fetch(url, { mode: "no-cors" }).then(() => "had", (error) => String(error)),
        image: (url) => happens(made("img"), url),
        script: (url) => happens(made("script"), url),
        module: (url) => import(url).then(() => "had", (error) => error.name),
        style: (url) => happens(made("link", { rel: "stylesheet" }), url, "href"),
        preload: (url) => happens(made("link", { rel: "preload", as: "fetch" }), url, "href"),
        video: (url) => happens(made("video"), url),
        object: (url) => happens(made("object"), url, "data"),
        request: (url) =>
          new Promise((resolve) => {
            const request = new XMLHttpRequest();
            request.onloadend = () => resolve(`${request.status} ${request.responseText.length}`);
            request.open("GET", url);
            request.send();
          }),
        worker: (url) => {
          try {
            new Worker(url);
            return "made";
          } catch (error) {
            return (/** @type {any} */ (error)).name;
          }
        },
        // A frame always loads something: an error page of the browser's, whose address is looked at below.
        frame: (url) => happens(made("iframe"), url).then(() => "nothing to see"),
      };
      const outcomes = {};
      for (const id of ids) {
        const tries = files.flatMap((file) =>
          Object.entries(ways).map(async ([name, way]) => {
            const outcome = await way(`chrome-extension://${id}/${file}`);
            return [`${name} ${file}`, outcome.replaceAll(id, "ID")];
          }),
        );
        outcomes[id] = Object.fromEntries(await Promise.all(tries));
      }
      outcomes.entries = performance.getEntriesByType("resource").filter(({ name }) => name.includes(ids[0])).length
        - performance.getEntriesByType("resource").filter(({ name }) => name.includes(ids[1])).length;
      return outcomes;
    },
    [stage.readmit, nobody],
    [...FILES, "", "no-such-file.js", "_generated_background_page.html", "manifest.json?x", "popup/popup.html?tab=1"],
  );
  assert.deepEqual(outcomes[stage.readmit], outcomes[nobody], "the same as of an extension that nobody has");
  assert.equal(outcomes.entries, 0);
  const had = Object.entries(outcomes[stage.readmit]).filter(([, outcome]) => /had|made|^load|^200/.test(outcome));
  assert.deepEqual(had, []);
  assert.deepEqual(framed.filter((url) => url.includes(stage.readmit)), []);

  for (const way of ["_blank", "_self"]) {
    await stage.page.goto(APP);
    await stage.page.evaluate((url, target) => void open(url, target), `chrome-extension://${stage.readmit}/popup/popup.html?tab=1`, way);
    await listenedToTheEnd(stage);
    // The address bar shows what was asked for, over the browser's own error page.
    const tabs = stage.browser.targets().filter((target) => target.type() === "page" && target.url().includes("popup.html"));
    for (const tab of tabs) {
      const page = await tab.page();
      assert.deepEqual([await page?.evaluate(() => location.href), way], ["chrome-error://chromewebdata/", way]);
      if (page !== stage.page) await page?.close();
    }
  }
});

/** All that a page can notice of its browser, in a form that two browsers can be compared by. @param {any} found */
const notice = (found) => {
  found.calls = [];
  found.violations = [];
  found.errors = [];
  addEventListener("error", (event) => found.errors.push(event.message));
  addEventListener("unhandledrejection", (event) => found.errors.push(String(event.reason)));
  document.addEventListener("securitypolicyviolation", (event) => found.violations.push(`${event.blockedURI} ${event.sourceFile}`));
  const spied = /** @type {[any, string][]} */ ([
    [Document.prototype, "documentElement"], [Element.prototype, "outerHTML"], [Performance.prototype, "getEntriesByType"],
    [PerformanceNavigationTiming.prototype, "responseStatus"], [Document.prototype, "prerendering"], [EventTarget.prototype, "addEventListener"],
    [Element.prototype, "attachShadow"], [Document.prototype, "adoptedStyleSheets"], [RegExp.prototype, "test"], [JSON, "parse"],
    [globalThis, "atob"], [WebAssembly, "Module"], [WebAssembly, "Instance"], [Promise.prototype, "then"], [Math, "round"], [Error, "prepareStackTrace"],
    [Object.prototype, "kind"], [Object.prototype, "then"], [Symbol, "hasInstance"],
  ]);
  for (const [object, name] of spied) {
    const own = Object.getOwnPropertyDescriptor(object, name);
    // The content script comes before `load`; what is called later is this test itself.
    const note = () => document.readyState === "complete" || found.calls.push(name);
    if (own && !own.configurable) continue;
    if (typeof own?.value === "function") {
      Object.defineProperty(object, name, { ...own, value: new Proxy(own.value, { apply: (f, self, values) => (note(), Reflect.apply(f, self, values)), construct: (f, values) => (note(), Reflect.construct(f, values)) }) });
    } else if (own?.get) {
      Object.defineProperty(object, name, { ...own, get() { note(); return own.get?.call(this); } });
    } else {
      Object.defineProperty(object, name, { configurable: true, get() { note(); return undefined; } });
    }
  }
  found.changes = [];
  new MutationObserver((changes) => found.changes.push(...changes.map(({ type, target }) => `${type} ${target.nodeName}`))).observe(document, { subtree: true, childList: true, attributes: true });
  addEventListener("load", () => {
    const style = getComputedStyle(document.documentElement);
    found.styles = [...style].map((name) => `${name}: ${style.getPropertyValue(name)}`);
    found.globals = Object.getOwnPropertyNames(window).sort();
    found.named = Object.getOwnPropertyNames(document).sort();
    // Whether a report has ended by now, or the browser was slow, is chance. That a report was made is seen at the edge.
    const isChance = (line) => /^(visibility|long)|paint|\/reports$/.test(line);
    found.entries = performance.getEntries().map(({ name, entryType }) => `${entryType} ${name}`).filter((line) => !isChance(line)).sort();
    found.sheets = [document.styleSheets.length, document.adoptedStyleSheets.length];
    found.element = String(customElements.get("readmit-banner"));
    found.nodes = document.querySelectorAll("*").length;
    found.chrome = Object.keys(globalThis.chrome ?? {}).sort();
    found.stack = new Error("x").stack;
    found.frames = frames.length;
    found.done = true;
  });
};

/** In the page: asks as an app does, before the page has loaded. */
const ask = () => {
  const request = new XMLHttpRequest();
  for (const path of ["/backend-api/me", "/backend-api/once", "/backend-api/models"]) {
    request.open("GET", path, false);
    request.send();
  }
};

/** @type {Record<string, [number, Record<string, string>]>} */
const ORDINARY = {
  "an open page": [200, {}],
  "an open page that asks": [200, {}],
  "a page that is not there": [404, {}],
  "a page that is not there, under a policy that reports": [404, { "content-security-policy": "default-src 'none'; script-src 'nonce-n'; report-uri /reports" }],
  "a failing page under a policy that only reports": [500, { "content-security-policy-report-only": "script-src 'nonce-n'; report-uri /reports" }],
  "a forbidden page that is no refusal": [403, { "content-security-policy": "script-src 'nonce-n' 'strict-dynamic'; report-uri /reports" }],
};

test("an ordinary page notices nothing that it would not notice without Readmit", async (t) => {
  const edge = await startEdge();
  t.after(() => edge.close());
  const seen = [];
  for (const extensions of [[CHROME], []]) {
    const { page, close } = await openChromium({ extensions, edge });
    try {
      const all = {};
      for (const [name, [status, headers]] of Object.entries(ORDINARY)) {
        edge.clearLog();
        // Whatever it asks for before it has loaded, some of it in vain.
        const asks = name === "an open page that asks" ? `<script nonce="n">(${ask})()</script>` : "";
        const body = `<!doctype html><title>Ordinary</title><link rel="icon" href="data:,">${script(notice, "n")}${asks}<main>Nothing to see</main>`;
        const once = { host: "chatgpt.com", path: "/backend-api/once", then: REFUSAL };
        edge.setRules([once, { host: "chatgpt.com", path: "/", then: { status, headers, body } }]);
        await page.goto(APP);
        await page.waitForFunction(() => globalThis.found.done);
        const found = await page.evaluate(() => globalThis.found);
        if (found.violations.length > 0 && JSON.stringify(headers).includes("report-uri")) await edge.waitFor({ path: "/reports" });
        // Whatever else was to be asked has been by the time the next page of the same site has come.
        await page.goto(`${APP}next`);
        all[name] = { found, asked: edge.requests.map(({ method, host, path }) => `${method} ${host}${path}`).filter((line) => !line.endsWith("/favicon.ico")) };
      }
      seen.push(all);
    } finally {
      await close();
    }
  }
  const [withReadmit, without] = seen;
  for (const name of Object.keys(ORDINARY)) assert.deepEqual(withReadmit[name], without[name], name);
});

test("a page that merely failed to load tells the worker nothing, whatever its policy", async (t) => {
  const stage = await setStage(t);
  // A page of the extension hears what the worker hears. The worker's own sleep says less: the browser, too, may wake it.
  await stage.ask(() => {
    globalThis.heard = [];
    chrome.runtime.onMessage.addListener((message, sender) => void globalThis.heard.push(`${sender.url} ${JSON.stringify(message)}`));
    chrome.runtime.onConnect.addListener((port) => void globalThis.heard.push(`${port.sender?.url} connects`));
  });
  const heardOf = (/** @type {string} */ url) => stage.ask((start) => globalThis.heard.filter((line) => line.startsWith(`${start} `)), url);
  await visit(stage, GENUINE);
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  assert.notDeepEqual(await heardOf(APP), [], "a refused page is heard");
  /** @type {Record<string, string>[]} */
  const policies = [{}, { "content-security-policy": "default-src 'none'" }];
  for (const [at, headers] of policies.entries()) {
    const missing = `${APP}missing-${at}`;
    stage.edge.setRules([{ host: "chatgpt.com", path: new URL(missing).pathname, then: { status: 404, headers, body: MISSING } }]);
    await stage.page.goto(missing);
    // Whatever a page has sent is heard before the next page of the same tab is there and another message came through.
    await stage.page.goto(`${APP}next`);
    await listenedToTheEnd(stage);
    assert.deepEqual(await heardOf(missing), []);
  }
});

test("a refusal in a frame, or of a host that only looks like OpenAI's, is nothing to Readmit", async (t) => {
  const stage = await setStage(t);
  const { page, edge } = stage;
  const framed = '<!doctype html><title>Evil</title><iframe src="https://chatgpt.com/"></iframe><iframe src="https://auth.openai.com/"></iframe>';
  const frameable = { status: 403, body: GENUINE, headers: { "x-frame-options": "" } };
  edge.setRules([
    { host: "evil.example", path: "/", then: { status: 403, body: framed } },
    { host: ["chatgpt.com", "auth.openai.com"], path: "/", then: frameable },
    { then: { status: 403, body: GENUINE } },
  ]);
  for (const host of ["evil.example", "chatgpt.com.evil.example", "evilchatgpt.com", "chatgpt-com.example", "openai.com.evil.example"]) {
    await page.goto(`https://${host}/`);
    assert.equal(await badgeOf(stage), "", host);
    for (const frame of page.frames()) {
      assert.equal(await frame.evaluate(() => document.querySelector("readmit-banner")), null, `${host}: ${frame.url()}`);
    }
  }
});
