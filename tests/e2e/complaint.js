// What `looks.js` finds wrong, for the tests that it is part of.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const LOOKS = fileURLToPath(new URL("looks.js", import.meta.url));

/** All looks in all styles, on a busy computer, in milliseconds. */
const PATIENCE = 540_000;

/**
 * @param {string[]} args
 * @returns {Promise<string[]>} one for each, `look (style): what`; empty where nothing is wrong
 */
export function complaintsOf(...args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [LOOKS, ...args], { timeout: PATIENCE }, (error, _, said) => {
      const lines = said.split("\n").filter(Boolean);
      // One that fails without a word, or is ended because its time is over, is wrong too.
      resolve(error && lines.length === 0 ? [`looks.js ${args.join(" ")}: ${error.signal ?? error.message}`] : lines);
    });
  });
}
