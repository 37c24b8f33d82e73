// Draws every look of the popup and the options page, without a background: the finished pages are served over loopback with a
// stand-in for the browser's extension API that pushes one view. The views come from the core, which reaches each by a story
// (crate/core/tests/flows/looks.rs).
//
// node tests/e2e/looks.js [--extension dist/chrome] [--out target/looks] [--only NAME] [--style light,dark,forced,rtl,zoom,tab]
//   [--language de] [--axe | --check]
//
// The language "pseudo" is English with accents, and longer (`pseudo.js`); with the style `rtl` it runs from right to left.
//
// `--axe` lets axe-core look at each of them and draws nothing, `--check` does neither. Whatever is wrong is a line on standard error, and the exit
// status is 1. Too wide is always wrong.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openChromium } from "./browser.js";
import { within } from "./deadline.js";
import { pseudo } from "./pseudo.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values: options } = parseArgs({
  options: {
    extension: { type: "string", default: join(root, "dist/chrome") },
    out: { type: "string", default: join(root, "target/looks") },
    only: { type: "string", default: "" },
    style: { type: "string", default: "light,dark,forced,rtl,zoom,tab" },
    language: { type: "string", default: "en" },
    axe: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const spoken = async (language) =>
  JSON.parse(await readFile(join(options.extension, `_locales/${language}/messages.json`), "utf8"));
// As browsers do: a message that a language lacks is English.
const english = await spoken("en");
const messages = options.language === "pseudo" ? pseudo(english) : { ...english, ...(await spoken(options.language)) };
const audit = options.axe ? (await import("axe-core")).default : null;

// The same stories that the core's own tests play, so no look can be older than the code.
execFileSync("cargo", ["test", "--quiet", "-p", "readmit-core", "--test", "flows", "looks::"], { cwd: root, timeout: 600_000 });
/** @type {Record<string, { now: number, view: any }>} by name, `now` being the time at which the view was true */
const reached = JSON.parse(await readFile(join(root, "target/tmp/looks.json"), "utf8"));

/** What is done with a page after its view is there. */
const gestures = {
  unfolded: async (page) => {
    for (const fix of ["vpn", "site-data", "owner"]) await page.click(`[data-fix=${fix}] .toggle`);
    await page.click("#others summary");
    await page.$eval("#others", (others) => others.scrollIntoView({ block: "center" }));
  },
  told: (page) => page.click(".about summary"),
  long: (page) => page.$eval(".pane", (pane) => pane.scrollTo(0, 330)),
  400: async (page) => {
    await page.type("#search", "über");
    await page.$eval("#extensions", (section) => section.scrollIntoView());
  },
  example: (page) => page.click("[data-do=example]"),
  "options-history": (page) => page.$$eval("summary", (rows) => rows.forEach((row) => row.click())),
  // Of what was pinned or suspected a moment ago nothing is said any more.
  unpinned: async (page) => {
    const rows = () => page.$$eval(".row", (rows) => rows.map((row) => `${row.dataset.suspect} ${row.textContent.trim()}`));
    const fresh = await rows();
    for (const name of ["pinned", "answered", "clear"]) await page.evaluate(pushed, reached[name]);
    assert.deepEqual(await rows(), fresh);
  },
};

/** Each look, by its name. The first paint has no view yet; some are others with something done to them. */
const looks = {
  first: { now: reached.answered.now, view: null },
  ...reached,
  unfolded: reached.answered,
  told: reached.answered,
  unpinned: reached.clear,
  example: reached.clear,
};

/** Runs in the page. */
function pushed(look) {
  globalThis.push(look);
}

/** What sticks out at either side, or is cut off where it should not be. Runs in the page. */
function tooWide() {
  const found = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
  for (const element of document.querySelectorAll("main *")) {
    const { left, right, width } = element.getBoundingClientRect();
    if (width > 0 && !element.closest(".unseen, #fact-ray, .icon") && (left < -1 || right > innerWidth + 1)) {
      found.push(element.outerHTML.slice(0, 120));
    }
  }
  return found;
}

/** Stands in for the browser's extension API, and stops the clock. Runs in the page. */
function standIn(look, messages, direction, language) {
  let now = look.now;
  Date.now = () => now;
  const message = (key, args = []) => {
    if (key === "@@ui_locale") return language;
    if (key === "@@bidi_dir") return direction;
    const { message = "", placeholders = {} } = messages[key] ?? {};
    return message.replace(/\$(\w+)\$/g, (_, name) =>
      args[Number(placeholders[name.toLowerCase()]?.content.slice(1)) - 1] ?? "");
  };
  let number = 0;
  const connect = ({ name }) => {
    const heard = [];
    const say = (message) => heard.forEach((listener) => listener(message));
    const port = {
      name,
      onMessage: { addListener: (listener) => heard.push(listener) },
      onDisconnect: { addListener: (listener) => globalThis.lost.push(listener) },
      postMessage: (message) => queueMicrotask(() => say(message.ask ? "here" : { taken: message.order.id })),
      disconnect() {},
    };
    globalThis.push = (look) => {
      number += 1;
      now = look.now;
      say({ view: { number, view: look.view } });
    };
    if (look.view) queueMicrotask(() => globalThis.push(look));
    return port;
  };
  globalThis.lost = [];
  globalThis.chrome = /** @type {any} */ ({
    i18n: { getMessage: message, getUILanguage: () => "en" },
    runtime: { id: "readmit", connect, getManifest: () => ({ version: "1.2.3" }) },
    tabs: {
      query: async () => [{ id: 7, windowId: 1 }],
      get: async () => ({ id: 7, windowId: 1, url: "https://chatgpt.com/" }),
      create: async () => ({}),
    },
    permissions: { request: async () => false },
    windows: { create: async () => ({}) },
  });
}

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".wasm": "application/wasm",
  ".png": "image/png", ".json": "application/json" };
const manifest = JSON.parse(await readFile(join(options.extension, "manifest.json"), "utf8"));

/** The extension's files under its own policy. */
const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname).split(sep).join("/");
  const headers = {
    "content-type": TYPES[extname(path)] ?? "text/plain",
    "content-security-policy": manifest.content_security_policy.extension_pages,
  };
  const file = await readFile(join(options.extension, path)).catch(() => null);
  response.writeHead(file ? 200 : 404, headers).end(file);
});
await within("the server to listen", new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(null))));
const address = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
const isRightToLeft = options.language === "ar";

/** The rules of axe whose answer depends on where things lie. All others see the same page as in the light. */
const LAYOUT = ["target-size", "scrollable-region-focusable"];

/** `rules`: those of axe that can find something there which they do not find in the light; all of them where none are named. */
const styles = {
  light: { size: [380, 600], features: [["prefers-color-scheme", "light"]] },
  // Only its colors differ from the light, where the very same page has been audited.
  dark: { size: [380, 600], features: [["prefers-color-scheme", "dark"]], rules: ["color-contrast"] },
  // What forced colors make of ours is the system's, and axe cannot see it.
  forced: { size: [380, 600], features: [["forced-colors", "active"], ["prefers-color-scheme", "dark"]], rules: [] },
  rtl: { size: [380, 600], direction: "rtl", rules: LAYOUT },
  // Twice as large, in the largest window that browsers give a popup.
  zoom: { size: [380, 300], rules: LAYOUT },
  tab: { size: [900, 800], search: "?tab=7" },
};

/** What a page has to be loaded anew for; in the rest a loaded one is shown one after the other. */
const loads = new Map();
for (const name of options.style.split(",")) {
  const style = { name, features: [], direction: isRightToLeft ? "rtl" : "ltr", search: "", ...styles[name] };
  const load = `${style.direction} ${style.search}`;
  loads.set(load, [...(loads.get(load) ?? []), style]);
}

await mkdir(options.out, { recursive: true });
let wrong = 0;
const names = Object.keys(looks).filter((name) => !options.only || options.only.split(",").includes(name));
const left = [...loads].flatMap(([load, shown]) => names.map((name) => ({ name, load, shown })));
/** Pictures are taken of pages that show nothing else before; whatever only looks for faults takes over the page of the look before. */
const draws = !options.axe && !options.check;

/** Shows what is left, one after the other, in a browser of its own: two of them share the work. */
async function show() {
  const { page, close } = await openChromium();
  try {
    let current = "";
    const complain = (text) => {
      wrong += 1;
      console.error(`${current}: ${text}`);
    };
    page.on("pageerror", (/** @type {any} */ error) => complain(error.message));
    page.on("console", (line) => /error|warn/.test(line.type()) && !/404/.test(line.text()) && complain(line.text()));
    const session = await page.createCDPSession();
    if (audit) await page.evaluateOnNewDocument(audit.source);
    /** The load whose page can show the next look as well. */
    let open = "";
    for (let one = left.shift(); one; one = left.shift()) {
      const { name, load, shown: [first, ...others] } = one;
      current = `${name} (${first.name})`;
      await dress(page, session, first);
      const canFollow = isPopup(name) && looks[name].view && !gestures[name];
      if (!draws && canFollow && open === load) {
        await page.evaluate(pushed, looks[name]);
        await shown(page, name);
      } else {
        await loadAnew(page, name, first);
      }
      open = canFollow ? load : "";
      await inspect(page, name, first, complain);
      for (const style of others) {
        current = `${name} (${style.name})`;
        await dress(page, session, style);
        await inspect(page, name, style, complain);
      }
    }
  } finally {
    await close();
  }
}

/** Gives the page a style's size and colors. */
async function dress(page, session, { size: [width, height], features }) {
  // No style is looked at on the way from the one before.
  const all = [...features, ["prefers-reduced-motion", "reduce"]];
  await session.send("Emulation.setEmulatedMedia", { features: all.map(([name, value]) => ({ name, value })) });
  // Only in a picture do finer dots show anything.
  await page.setViewport({ width, height, deviceScaleFactor: draws ? 2 : 1 });
}

const isPopup = (/** @type {string} */ name) => !name.startsWith("options");

async function loadAnew(page, name, { direction, search }) {
  // A page that is loaded over itself would keep where it was scrolled to.
  await page.goto("about:blank");
  const { identifier } = await page.evaluateOnNewDocument(standIn, looks[name], messages, direction, messages.language_tag.message.replace("-", "_"));
  await page.goto(address + (isPopup(name) ? `/popup/popup.html${search}` : "/options.html"));
  await page.removeScriptToEvaluateOnNewDocument(identifier);
  // The loader listens first, and then the module.
  await page.waitForFunction(() => globalThis.lost.length > 1);
  await shown(page, name);
  await gestures[name]?.(page);
}

/** Waits until the look is there. */
async function shown(page, name) {
  const { view } = looks[name];
  if (!isPopup(name)) await page.waitForSelector("[data-row]");
  if (view?.phase) await page.waitForSelector(`main[data-phase="${view.phase}"]`);
  if (view?.extensions) await page.waitForSelector("#waiting[hidden]");
}

async function inspect(page, name, style, complain) {
  for (const wide of await page.evaluate(tooWide)) complain(`is too wide: ${wide}`);
  if (audit) {
    if (style.rules?.length === 0) return;
    // There is nothing to fetch beforehand: the page has no sounds, and no rule that is on reads style sheets.
    const how = { runOnly: style.rules, resultTypes: ["violations"], preload: false };
    const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), how);
    for (const { id, help, nodes } of violations) {
      complain(`${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
    }
  } else if (draws) {
    await page.screenshot({ path: join(options.out, `${name}-${style.name}.png`), fullPage: name.startsWith("options") });
  }
}

try {
  await Promise.all([show(), show()]);
} finally {
  server.close();
}
process.exitCode = wrong > 0 ? 1 : 0;
