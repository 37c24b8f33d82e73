// Icons made of nothing: a square of one color with rounded corners, as PNG. Not a drawing library.

import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Eight bits a channel, red, green, blue and alpha, not interlaced. */
const TRUECOLOUR_WITH_ALPHA = [8, 6, 0, 0, 0];

/**
 * @param {string} seed decides the color
 * @param {number} size in pixels
 * @returns {Buffer} a PNG file
 */
export function iconFor(seed, size) {
  const color = createHash("sha256").update(seed).digest().subarray(0, 3);
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      rows.set([...color, isInside(x, y, size) ? 255 : 0], y * (1 + size * 4) + 1 + x * 4);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set(TRUECOLOUR_WITH_ALPHA, 8);
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
function isInside(x, y, size) {
  const radius = size / 4;
  const beyond = (/** @type {number} */ at) => Math.max(radius - at - 0.5, at + 0.5 - (size - radius), 0);
  return Math.hypot(beyond(x), beyond(y)) <= radius;
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
