// A stand-in for Readmit 0.1, to be updated: an extension in its place, with its permissions, its open banner and all that it kept, and
// with none of its code. The formats are those of `crate/core/tests/golden`.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Other sites that it watched. */
export const GRANTED = ["https://*.shop.example/*", "http://*.shop.example/*"];

/** A banner whose buttons reach no one once its script is an old one. Runs in the page. */
const BANNER = `const banner = document.createElement("readmit-banner");
banner.attachShadow({ mode: "closed" }).append("Readmit");
banner.dataset.earlier = "";
document.documentElement.prepend(banner);
`;

/**
 * @param {string} directory where it is written
 * @param {string} today the unpacked extension that will replace it
 */
export function makeEarlier(directory, today) {
  cpSync(today, directory, { recursive: true });
  const file = join(directory, "manifest.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), version: "0.1.0" }));
  writeFileSync(join(directory, "background.js"), "// It has done its work.\n");
  writeFileSync(join(directory, "content.js"), BANNER);
}

/**
 * What it kept for good: two extensions off, one of them only for a search that was interrupted; a pinned one; a blocked page in the
 * past; a setting; and an alert for when a site is back.
 * @param {{ off: string, lent: string, pinned: string }} ids of extensions
 */
export function keptByEarlier({ off, lent, pinned }) {
  const now = Date.now();
  const stored = {
    ledger: [2, { entries: [{ id: off, at: now - 60_000, lent: false }, { id: lent, at: now - 30_000, lent: true }] }],
    pins: [1, { ids: [pinned] }],
    settings: [1, { banner: true, askAtOnce: false }],
    memory: [1, [{ at: now - 3_600_000, code: 1020, host: "chatgpt.com", page: "cloudflare-1xxx", cause: "site-data", helped: "cloudflare-check", extensions: [] }]],
    lookouts: [1, { sites: [{ host: "shop.example", until: now + 3_600_000, next: now + 600_000, looks: 1 }] }],
    search: [1, { host: "chatgpt.com", at: now - 60_000, members: [off, lent].map((id) => ({ id, weight: 50 })), answers: [{ on: [0, 1], blocked: 1, open: 0 }], checks: 1 }],
  };
  return Object.fromEntries(Object.entries(stored).map(([key, [version, value]]) => [key, { version, value }]));
}
