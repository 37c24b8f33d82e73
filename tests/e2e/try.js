// The main job, to be watched: ChatGPT refuses, Readmit leads back in. Twice: once a stale cookie is to blame, once an
// extension. Without a display, or with `--headless`, it plays both stories by itself, prints what happens and leaves
// pictures in `target/try/`; with one it opens a window and leaves the playing to you.
// Exit status 0 only if the page ends open.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { innocents } from "../extensions/innocents.js";
import { screenshot, waitForCondition } from "./browser.js";
import { APP, bannerShown, clickToolbar, headlineOf, openStage, phaseIs, press, REFUSAL } from "./scene.js";

const PICTURES = fileURLToPath(new URL("../../target/try/", import.meta.url));

const STALE_COOKIE = { host: "chatgpt.com", path: "/", when: { cookies: { cf_clearance: true } }, then: REFUSAL };
const HEADER = { host: "chatgpt.com", path: "/", when: { headers: { "x-header-tweaker": true } }, then: REFUSAL };

/** @param {string} line */
const tell = (line) => console.log(line);

/** @param {import("./scene.js").Page} page @param {string} name */
async function picture(page, name) {
  for (const dark of [false, true]) {
    await screenshot(page, join(PICTURES, `${name}-${dark ? "dark" : "light"}.png`), { dark });
  }
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
  tell(`   popup: ${await headlineOf(popup)}. ${await popup.$eval("main", (main) => main.innerText.split("\n")[1])}`);
  await waitForCondition(async () => (await page.title()) === "ChatGPT", { what: "the page to be open" });
  tell(`   the tab shows: "${await page.title()}"`);
}

async function staleCookie() {
  tell("1. A stale cookie gets you refused.");
  const stage = await openStage({ wishes: innocents(4) });
  try {
    await seed(stage);
    stage.edge.setRules([STALE_COOKIE]);
    await refused(stage);
    await picture(stage.page, "1-banner");
    const popup = await clickToolbar(stage);
    await answer(popup);
    await picture(popup, "1-popup");
    tell("   click: Reset the Cloudflare check");
    await press(popup, "Reset the Cloudflare check");
    await opened(stage, popup);
    await picture(popup, "1-open");
  } finally {
    await stage.close();
  }
}

async function guiltyExtension() {
  tell("2. An extension gets you refused.");
  const stage = await openStage({ wishes: [{ kind: "header-rewriter" }, ...innocents(11)], rules: [HEADER] });
  try {
    await refused(stage);
    const popup = await clickToolbar(stage);
    await answer(popup);
    await picture(popup, "2-popup");
    tell("   click: Turn off suspects");
    await press(popup, "Turn off suspects");
    await opened(stage, popup);
    await picture(popup, "2-open");
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
  tell('ChatGPT refuses, because of the extension "Header Tweaker". Click "Fix it" in the banner, or Readmit\'s button in the');
  tell("toolbar (behind the puzzle piece), and find the way back in. Close the window when you are done.");
  await new Promise((resolve) => stage.browser.once("disconnected", resolve));
  await stage.close().catch(() => {});
  tell(open ? "The page ended open." : "The page ended refused.");
  process.exitCode = open ? 0 : 1;
}

const hasDisplay = process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
if (hasDisplay && !process.argv.includes("--headless")) {
  await inAWindow();
} else {
  await staleCookie();
  await guiltyExtension();
  tell("Both pages ended open. Pictures: target/try/");
}
