// Writes dummy extensions to disk, unpacked and ready to load. What the kinds do is in `kind.js`; loading is a driver's.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { iconFor } from "./icon.js";
import { identityOf } from "./id.js";
import * as kind from "./kind.js";

/** Kinds by the name a caller gives, with the extension's own name when the caller gives none. */
const KINDS = {
  "header-rewriter": { make: kind.headerRewriter, name: "Header Tweaker" },
  "agent-switcher": { make: kind.agentSwitcher, name: "Agent Switcher" },
  "cookie-eater": { make: kind.cookieEater, name: "Cookie Eater" },
  "proxy-switcher": { make: kind.proxySwitcher, name: "Swift VPN" },
  switchboard: { make: kind.switchboard, name: "Switchboard" },
  "tab-reader": { make: kind.tabReader, name: "Tab Reader" },
  innocent: { make: kind.innocent, name: "Innocent" },
};

const ICON_SIZES = [16, 48, 128];

/**
 * @typedef {{ kind: keyof typeof KINDS, name?: string, description?: string, icon?: boolean } & Record<string, unknown>}
 *   Wish the rest are the kind's own options, see `kind.js`
 */

/** @typedef {{ path: string, id: string, name: string }} Made `id` is Chromium's, the same for the same kind and name */

/**
 * @param {string} directory where to write; each extension gets a folder there, named by its id
 * @param {readonly Wish[]} wishes
 * @returns {Made[]} in the order of the wishes
 */
export function makeExtensions(directory, wishes) {
  return wishes.map((wish) => makeExtension(directory, wish));
}

/**
 * @param {string} directory
 * @param {Wish} wish
 * @returns {Made}
 */
function makeExtension(directory, { kind: kindName, name, description, icon = true, ...options }) {
  const known = KINDS[kindName];
  if (!known) throw new Error(`no kind "${kindName}"; there are: ${Object.keys(KINDS).join(", ")}`);
  const fullName = name ?? known.name;
  const { key, id } = identityOf(`${kindName} ${fullName}`);
  const { manifest, files = {} } = known.make(options);
  const path = join(directory, id);
  mkdirSync(path, { recursive: true });
  const write = (/** @type {string} */ file, /** @type {string | Buffer} */ content) =>
    writeFileSync(join(path, file), content);
  const icons = icon ? Object.fromEntries(ICON_SIZES.map((size) => [size, `icon-${size}.png`])) : undefined;
  for (const [size, file] of Object.entries(icons ?? {})) write(file, iconFor(id, Number(size)));
  for (const [file, text] of Object.entries(files)) write(file, text);
  const whole = {
    manifest_version: 3,
    name: fullName,
    description: description ?? `A dummy of the kind ${kindName}`,
    version: "1.0",
    key,
    browser_specific_settings: { gecko: { id: `${id}@dummy.example` } },
    icons,
    ...manifest,
  };
  write("manifest.json", `${JSON.stringify(whole, null, 2)}\n`);
  return { path, id, name: fullName };
}
