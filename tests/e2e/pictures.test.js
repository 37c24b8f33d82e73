// The pictures of README and stores show what the product shows: taken anew, each is like the one in `docs`, up to what fonts and
// the hour make of it. One that is stale, stacked, cut or of another size is not.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openChromium } from "./browser.js";
import test from "./deadline.js";
import { DOCS, FONTS, PICTURES, takePictures } from "./pictures.js";

/** A tile of this many pixels is another if its average color is another by this much, of 255. */
const TILE = 16;
const SHADE = 16;
/** The part of all tiles that may be others. */
const TOLERANCE = 0.02;

/** @typedef {{ size: [number, number], otherSize: [number, number], part: number }} Difference */

/**
 * Runs in a page, which can read pictures.
 * @param {string[]} both as base64
 * @param {number} tile @param {number} shade
 * @returns {Promise<Difference>}
 */
async function difference(both, tile, shade) {
  const [one, other] = await Promise.all(
    both.map(async (data) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const columns = Math.ceil(picture.width / tile);
      const rows = Math.ceil(picture.height / tile);
      // Drawn so small that each tile is one pixel: its average color.
      const canvas = new OffscreenCanvas(columns, rows);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, 0, 0, columns, rows);
      const size = /** @type {[number, number]} */ ([picture.width, picture.height]);
      return { size, tiles: context.getImageData(0, 0, columns, rows).data };
    }),
  );
  let others = 0;
  for (let index = 0; index < one.tiles.length; index += 4) {
    const isOther = [0, 1, 2].some((color) => Math.abs(one.tiles[index + color] - other.tiles[index + color]) > shade);
    if (isOther) others += 1;
  }
  return { size: one.size, otherSize: other.size, part: others / (one.tiles.length / 4) };
}

test("the pictures in README and stores are those of today", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "pictures-"));
  t.after(() => rmSync(folder, { recursive: true }));
  await takePictures(folder);
  const { page, close } = await openChromium();
  t.after(close);
  const read = (/** @type {string} */ from, /** @type {string} */ name) => readFileSync(join(from, name)).toString("base64");
  const hasSameFonts = read(DOCS, FONTS) === read(folder, FONTS);
  for (const [name, size] of Object.entries(PICTURES)) {
    const found = await page.evaluate(difference, [read(DOCS, name), read(folder, name)], TILE, SHADE);
    assert.deepEqual([found.size, found.otherSize], [size, size], name);
    if (hasSameFonts) assert.ok(found.part <= TOLERANCE, `${name}: ${(found.part * 100).toFixed(1)} % of it is different today; run cargo xtask pictures`);
  }
  for (const place of new Set(Object.keys(PICTURES).map(dirname))) {
    const there = readdirSync(join(DOCS, place)).map((name) => `${place}/${name}`);
    assert.deepEqual(there.filter((name) => name !== FONTS && !(name in PICTURES)), [], "a picture that nobody takes");
  }
  if (!hasSameFonts) t.skip("this computer has other fonts than the one that the pictures were taken on, so only their sizes were compared");
});
