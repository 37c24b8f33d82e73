// What is written to disk: whole manifests, true ids, icons that are pictures. That browsers load them is shown in
// `tests/e2e/browser.test.js`.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { inflateSync } from "node:zlib";
import { iconFor } from "./icon.js";
import { innocents } from "./innocents.js";
import { makeExtensions } from "./make.js";

/**
 * @param {import("node:test").TestContext} t
 * @param {import("./make.js").Wish[]} wishes
 */
function made(t, wishes) {
  const directory = mkdtempSync(join(tmpdir(), "dummies-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return makeExtensions(directory, wishes).map((extension) => ({
    ...extension,
    manifest: JSON.parse(readFileSync(join(extension.path, "manifest.json"), "utf8")),
  }));
}

/** @type {import("./make.js").Wish[]} */
const ONE_OF_EACH = [
  { kind: "header-rewriter" },
  { kind: "agent-switcher" },
  { kind: "cookie-eater" },
  { kind: "proxy-switcher", port: 8080 },
  { kind: "switchboard" },
  { kind: "tab-reader" },
  { kind: "innocent", reach: "all-sites" },
];

test("every file that a manifest names is there", (t) => {
  for (const { path, manifest } of made(t, ONE_OF_EACH)) {
    const named = [
      ...Object.values(manifest.icons),
      ...(manifest.background ? [manifest.background.service_worker] : []),
      ...(manifest.content_scripts ?? []).flatMap((/** @type {{ js: string[] }} */ { js }) => js),
      ...(manifest.declarative_net_request?.rule_resources ?? []).map((/** @type {{ path: string }} */ r) => r.path),
    ];
    for (const file of named) assert.ok(existsSync(join(path, file)), `${manifest.name}: ${file}`);
  }
});

test("an id follows from the kind and the name alone", (t) => {
  const [first] = made(t, [{ kind: "header-rewriter", name: "A" }]);
  const [again, other] = made(t, [
    { kind: "header-rewriter", name: "A", header: "x-other" },
    { kind: "header-rewriter", name: "B" },
  ]);
  assert.equal(again.id, first.id);
  assert.notEqual(other.id, first.id);
  const hash = createHash("sha256").update(Buffer.from(first.manifest.key, "base64")).digest("hex");
  assert.equal(first.id, hash.slice(0, 32).replace(/./g, (digit) => "abcdefghijklmnop"[Number.parseInt(digit, 16)]));
});

test("a header rewriter sets the header it is told to, where it is told to", (t) => {
  const [{ path, manifest }] = made(t, [
    { kind: "header-rewriter", header: "x-forwarded-for", value: "1.2.3.4", hosts: ["https://chatgpt.com/*"] },
  ]);
  assert.deepEqual(manifest.host_permissions, ["https://chatgpt.com/*"]);
  const [rule] = JSON.parse(readFileSync(join(path, "rules.json"), "utf8"));
  assert.deepEqual(rule.action.requestHeaders, [{ header: "x-forwarded-for", operation: "set", value: "1.2.3.4" }]);
});

test("an extension can go without icons", (t) => {
  const [{ path, manifest }] = made(t, [{ kind: "innocent", icon: false }]);
  assert.equal(manifest.icons, undefined);
  assert.equal(existsSync(join(path, "icon-16.png")), false);
});

test("a crowd of innocents has names of its own, and all sorts are in it", (t) => {
  const crowd = made(t, innocents(25));
  assert.equal(new Set(crowd.map(({ name }) => name)).size, 25);
  assert.equal(new Set(crowd.map(({ id }) => id)).size, 25);
  assert.match(crowd[0].name, /^Lookup - the best /);
  const some = (/** @type {(manifest: any) => boolean} */ is) => crowd.filter(({ manifest }) => is(manifest)).length;
  assert.ok(some((manifest) => !manifest.icons) > 0, "without icons");
  assert.ok(some((manifest) => manifest.permissions?.includes("storage")) > 0, "storage alone");
  assert.ok(some((manifest) => manifest.content_scripts?.[0].matches[0] === "*://*/*") > 0, "all sites");
  assert.equal(some((manifest) => manifest.declarative_net_request || manifest.host_permissions), 0);
});

test("an unknown kind is refused", (t) => {
  const wish = /** @type {import("./make.js").Wish} */ (/** @type {unknown} */ ({ kind: "unheard of" }));
  assert.throws(() => made(t, [wish]), /no kind "unheard of"/);
});

test("an icon is a PNG of its size with clear corners", () => {
  const png = iconFor("any", 48);
  assert.equal(png.subarray(1, 4).toString(), "PNG");
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [48, 48]);
  const data = png.indexOf("IDAT");
  const pixels = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
  const alpha = (/** @type {number} */ x, /** @type {number} */ y) => pixels[y * (1 + 48 * 4) + 1 + x * 4 + 3];
  assert.deepEqual([alpha(0, 0), alpha(47, 0), alpha(0, 47), alpha(47, 47), alpha(24, 24)], [0, 0, 0, 0, 255]);
  assert.notDeepEqual(iconFor("other", 48), png);
});
