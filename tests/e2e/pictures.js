// The pictures of the README and of the stores' pages, of the real extension at its work: `cargo xtask pictures`.
//
// node tests/e2e/pictures.js [FOLDER]   takes them, into `docs` if no folder is named
//
// None is drawn by hand. One for a store is the tab with the popup laid over it where the browser shows it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { innocents } from "../extensions/innocents.js";
import { screenshot, waitForCondition } from "./browser.js";
import { APP, bannerShown, drawnPopup, openStage, phaseIs, press, REFUSAL, untilRefused } from "./scene.js";

/** The pictures that belong to the project. */
export const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));

/** Each picture below that folder, with its size. @type {Record<string, [number, number]>} */
export const PICTURES = {
  "pictures/1-banner-light.png": [1800, 760],
  "pictures/1-banner-dark.png": [1800, 760],
  "pictures/2-popup-light.png": [760, 1200],
  "pictures/2-popup-dark.png": [760, 1200],
  "store/screenshots/1-banner.png": [1280, 800],
  "store/screenshots/2-cause.png": [1280, 800],
  "store/screenshots/3-found.png": [1280, 800],
  "store/screenshots/4-cleared.png": [1280, 800],
  "store/screenshots/5-outage.png": [1280, 800],
};

/** Beside the pictures: what they were taken with. Other fonts make other pictures. */
export const FONTS = "pictures/fonts.json";

/**
 * Runs in a page: how wide a sentence is in the popup's fonts.
 * @returns {number[]}
 */
export function fontWidths() {
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(1, 1).getContext("2d"));
  return ["14px system-ui, sans-serif", "600 20px system-ui, sans-serif"].map((font) => {
    context.font = font;
    return context.measureText("Readmit finds out why a page is blocked, and fixes it.").width;
  });
}

const STORE = { width: 1280, height: 800 };
/** A page in a small window. */
const SMALL = { width: 900, height: 380, deviceScaleFactor: 2 };
const STALE = { host: "chatgpt.com", path: "/", when: { cookies: { cf_clearance: true } }, then: REFUSAL };
const HEADER = { host: "chatgpt.com", path: "/", when: { headers: { "x-header-tweaker": true } }, then: REFUSAL };
const OUTAGE = { host: "chatgpt.com", path: "/", then: { page: "522-generation-b", status: 522 } };
const TWEAKER = { kind: /** @type {const} */ ("header-rewriter"), name: "Header Tweaker" };

/** @typedef {import("./scene.js").Stage} Stage */
/** @typedef {import("./scene.js").Page} Page */

/** Where pictures are put. */
class Album {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    for (const part of ["pictures", "store/screenshots"]) mkdirSync(join(folder, part), { recursive: true });
  }

  /** @param {Page} page @param {string} name */
  async forReadme(page, name) {
    for (const dark of [false, true]) {
      await screenshot(page, join(this.folder, "pictures", `${name}-${dark ? "dark" : "light"}.png`), { dark });
    }
    await holdStill(page);
  }

  /** @param {Stage} stage @param {string} name @param {Page} [popup] */
  async forStores({ browser, page }, name, popup) {
    const seen = (/** @type {Page} */ shown) => shown.screenshot({ encoding: "base64" });
    const over = popup && (await seen(popup));
    await page.bringToFront();
    const below = await seen(page);
    const easel = await browser.newPage();
    await easel.setViewport(STORE);
    await easel.setContent(`<style>
      body { margin: 0 }
      img { position: absolute; inset: 0 auto auto 0; width: 1280px }
      img + img { inset: 12px 24px auto auto; width: 380px; border-radius: 12px; box-shadow: 0 0 0 1px #0002, 0 12px 48px #0006 }
    </style>${[below, over].filter(Boolean).map((data) => `<img src="data:image/png;base64,${data}">`).join("")}`);
    await screenshot(easel, join(this.folder, "store/screenshots", `${name}.png`), {});
    await easel.close();
  }
}

/** So that nothing is caught in the middle of a movement. @param {Page} page */
const holdStill = (page) => page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);

/** @param {Parameters<typeof openStage>[0]} options @param {(stage: Stage) => Promise<void>} play */
async function scene(options, play) {
  const stage = await openStage(options);
  try {
    await stage.page.setViewport(STORE);
    await holdStill(stage.page);
    await play(stage);
  } finally {
    await stage.close();
  }
}

/** @param {Stage} stage */
async function blocked(stage) {
  await untilRefused(stage.page);
  await bannerShown(stage.page);
}

/** @param {Stage} stage @param {string} phase */
async function popupOn(stage, phase) {
  const popup = await drawnPopup(stage, phase);
  await holdStill(popup);
  return popup;
}

/** Takes all pictures. @param {string} folder */
export async function takePictures(folder) {
  const album = new Album(folder);
  await scene({ wishes: [TWEAKER, ...innocents(14)], rules: [HEADER] }, async (stage) => {
    writeFileSync(join(folder, FONTS), `${JSON.stringify(await stage.page.evaluate(fontWidths))}\n`);
    await blocked(stage);
    await album.forStores(stage, "1-banner");
    await stage.page.setViewport(SMALL);
    await album.forReadme(stage.page, "1-banner");
    await stage.page.setViewport(STORE);
    const popup = await popupOn(stage, "answered");
    await album.forReadme(popup, "2-popup");
    await album.forStores(stage, "2-cause", popup);
    await popup.bringToFront();
    await press(popup, "Find the extension");
    await phaseIs(popup, "found");
    await waitForCondition(async () => (await stage.page.title()) === "ChatGPT", { what: "the page to be open" });
    await album.forStores(stage, "3-found", popup);
  });
  await scene({ wishes: innocents(6) }, async (stage) => {
    await stage.page.goto(`${APP}seed`);
    await stage.page.waitForSelector("html[data-seeded=yes]");
    stage.edge.setRules([STALE]);
    await blocked(stage);
    const popup = await popupOn(stage, "answered");
    stage.edge.site.visitCookies = [];
    await press(popup, "Clear ChatGPT data");
    await phaseIs(popup, "done");
    await waitForCondition(async () => /Checked:/.test(await popup.$eval("main", (main) => main.innerText)), { what: "the check that nothing is left" });
    await album.forStores(stage, "4-cleared", popup);
  });
  await scene({ wishes: innocents(6), rules: [OUTAGE] }, async (stage) => {
    stage.edge.status.openai.set({ indicator: "major", incidents: [{ name: "Elevated error rates on ChatGPT" }] });
    await blocked(stage);
    await album.forStores(stage, "5-outage", await popupOn(stage, "answered"));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await takePictures(process.argv[2] ?? DOCS);
