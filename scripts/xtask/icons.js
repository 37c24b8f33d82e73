// Renders extension/icons/*.png, and those that only the stores want, from readmit.svg: node scripts/xtask/icons.js
// Run it after a change of the drawing and commit what it made; the build only ships the files. Needs pngquant: a drawing of
// three colors is half as large with a palette.

import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const folder = fileURLToPath(new URL("../../extension/icons/", import.meta.url));
const store = fileURLToPath(new URL("../../docs/store/", import.meta.url));
/** What the manifest names, and the logos of Edge's and Opera's stores. */
const PICTURES = [
  ...[16, 32, 48, 64, 96, 128].map((size) => ({ size, path: `${folder}${size}.png` })),
  ...[300, 512].map((size) => ({ size, path: `${store}logo-${size}.png` })),
];
const drawing = await readFile(`${folder}readmit.svg`, "base64");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await puppeteer.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
try {
  const page = await browser.newPage();
  for (const { size, path } of PICTURES) {
    await page.setViewport({ width: size, height: size });
    const source = `data:image/svg+xml;base64,${drawing}`;
    await page.setContent(`<style>body { margin: 0 }</style><img src="${source}" width="${size}" height="${size}">`);
    await page.screenshot({ path, omitBackground: true });
    execFileSync("pngquant", ["--force", "--speed", "1", "--strip", "--output", path, "64", path]);
  }
} finally {
  await browser.close();
}
