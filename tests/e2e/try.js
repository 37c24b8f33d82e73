// The main job, to be watched: ChatGPT blocks the browser, and Readmit fixes the cause. Twice: once the cause is an old cookie,
// once an extension. Without a display, or with `--headless`, it plays both stories automatically, prints what happens and leaves
// pictures in `target/try/`; with one it opens a window and leaves the playing to you.
// `--pictures FOLDER` leaves the pictures there instead.
// Exit status 0 only if the page ends open.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { innocents } from "../extensions/innocents.js";
import { screenshot, waitForCondition } from "./browser.js";
import { APP, bannerShown, clickToolbar, drawnPopup, headlineOf, openStage, phaseIs, press, REFUSAL } from "./scene.js";

const { values: options } = parseArgs({
  options: {
    headless: { type: "boolean", default: false },
    pictures: { type: "string", default: fileURLToPath(new URL("../../target/try/", import.meta.url)) },
  },
});

const STALE_COOKIE = { host: "chatgpt.com", path: "/", when: { cookies: { cf_clearance: true } }, then: REFUSAL };
const HEADER = { host: "chatgpt.com", path: "/", when: { headers: { "x-header-tweaker": true } }, then: REFUSAL };

/** @param {string} line */
const tell = (line) => console.log(line);

/** A page in a small window. */
const PAGE = { width: 900, height: 380, deviceScaleFactor: 2 };

/** @param {import("./scene.js").Page} page @param {string} name */
async function picture(page, name) {
  for (const dark of [false, true]) await screenshot(page, join(options.pictures, `${name}-${dark ? "dark" : "light"}.png`), { dark });
}

/** @param {import("./scene.js").Stage} stage @param {string} name @param {string} phase */
async function popupPicture(stage, name, phase) {
  const popup = await drawnPopup(stage, phase);
  await picture(popup, name);
  await popup.close();
}

/** @param {import("./scene.js").Stage} stage */
async function seed({ page, edge }) {
  edge.setRules([]);
  await page.goto(`${APP}seed`);
  await page.waitForSelector("html[data-seeded=yes]");
}

/** @param {import("./scene.js").Stage} stage */
async function refused({ page }) {
  const response = await page.goto(APP);
  tell(`   ${APP} answers ${response?.status()}: "${await page.title()}"`);
  tell(`   banner: ${await bannerShown(page)}`);
}

/** @param {import("./scene.js").Page} popup */
async function answer(popup) {
  const cause = await popup.$eval("[data-cause]", (one) => `${one.dataset.cause} (${Number(one.dataset.probability).toFixed(2)})`);
  const fixes = await popup.$$eval("[data-fix]", (all) => all.slice(0, 3).map((one) => one.dataset.fix).join(", "));
  tell(`   popup: ${await headlineOf(popup)}; likeliest cause: ${cause}; fixes in order: ${fixes}, ...`);
}

/** @param {import("./scene.js").Stage} stage @param {import("./scene.js").Page} popup */
async function opened({ page }, popup) {
  await phaseIs(popup, "done");
  const helped = await popup.$eval("#detail", (detail) => detail.textContent);
  tell(`   popup: ${await headlineOf(popup)}. ${helped}`);
  await waitForCondition(async () => (await page.title()) === "ChatGPT", { what: "the page to be open" });
  tell(`   the tab shows: "${await page.title()}"`);
}

async function staleCookie() {
  tell("1. An old cookie gets you blocked.");
  const stage = await openStage({ wishes: innocents(4) });
  try {
    await seed(stage);
    stage.edge.setRules([STALE_COOKIE]);
    await refused(stage);
    await stage.page.setViewport(PAGE);
    await picture(stage.page, "1-banner");
    await popupPicture(stage, "1-popup", "answered");
    const popup = await clickToolbar(stage);
    await answer(popup);
    tell("   click: Reset the Cloudflare check");
    await press(popup, "Reset the Cloudflare check");
    await opened(stage, popup);
    await popupPicture(stage, "1-open", "done");
  } finally {
    await stage.close();
  }
}

async function guiltyExtension() {
  tell("2. An extension gets you blocked.");
  const stage = await openStage({ wishes: [{ kind: "header-rewriter" }, ...innocents(11)], rules: [HEADER] });
  try {
    await refused(stage);
    await popupPicture(stage, "2-popup", "answered");
    const popup = await clickToolbar(stage);
    await answer(popup);
    tell("   click: Turn off suspects");
    await press(popup, "Turn off suspects");
    await opened(stage, popup);
    await popupPicture(stage, "2-open", "done");
  } finally {
    await stage.close();
  }
}

/** You play; this only watches. */
async function inAWindow() {
  const stage = await openStage({ wishes: [{ kind: "header-rewriter" }, ...innocents(11)], rules: [HEADER], headless: false });
  let open = false;
  stage.page.on("response", (response) => {
    if (response.url() === APP && response.request().isNavigationRequest()) open = response.status() === 200;
  });
  await stage.page.goto(APP);
  tell('ChatGPT blocks this browser because of the extension "Header Tweaker". Click "Fix it" in the banner, or the Readmit');
  tell("button in the toolbar (behind the puzzle piece), and fix it. Close the window when you are done.");
  await new Promise((resolve) => stage.browser.once("disconnected", resolve));
  await stage.close().catch(() => {});
  tell(open ? "The page ended open." : "The page ended blocked.");
  process.exitCode = open ? 0 : 1;
}

const hasDisplay = process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
if (hasDisplay && !options.headless) {
  await inAWindow();
} else {
  await staleCookie();
  await guiltyExtension();
  tell("Both pages ended open. The pictures are in target/try/ or in the folder you named.");
}
