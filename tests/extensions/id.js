// Extension ids known beforehand: a `key` in the manifest fixes the id that Chromium gives an unpacked extension.
// The keys open nothing; Chromium only hashes them.

import { createHash } from "node:crypto";

/**
 * @param {string} seed the same seed gives the same id on every machine
 * @returns {{ key: string, id: string }} `key` for Chromium's manifest
 */
export function identityOf(seed) {
  const bytes = createHash("sha256").update(`dummy extension: ${seed}`).digest();
  return { key: bytes.toString("base64"), id: idOf(bytes) };
}

/**
 * Chromium's rule: the first half of the key's SHA-256, its hexadecimal digits written with the letters a to p.
 * @param {Uint8Array} key
 */
export function idOf(key) {
  const digits = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return [...digits].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join("");
}
