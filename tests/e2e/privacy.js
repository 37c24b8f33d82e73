// What docs/privacy.md promises of whom Readmit asks, read from its table, and whether a story kept to it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const DOCUMENT = readFileSync(new URL("../../docs/privacy.md", import.meta.url), "utf8");

/** How the document names whoever refused. */
export const SITE = "the site that blocked you";

/**
 * @typedef {object} Row
 * @property {string} when the moment, in the document's words
 * @property {string[]} who the hosts that are asked then, or `SITE`
 */

/** The table's rows. @type {Row[]} */
export const ROWS = rowsOf(DOCUMENT);

/** Every host that is named. */
const NAMED = new Set(ROWS.flatMap(({ who }) => who));

/** @param {string} document */
export function rowsOf(document) {
  const lines = document.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
  const [head, ...rows] = lines.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  assert.deepEqual(head, ["when", "who is asked", "for what", "what they learn"], "the table of docs/privacy.md");
  return rows.map(([when, who]) => ({ when, who: who === SITE ? [SITE] : who.split(", ").map((host) => host.replaceAll("`", "")) }));
}

/** Pages of the stories that make requests of their own mark them by a header of this name. */
export const OWN = "x-app";

/**
 * A request that a script made, and no page's: it is Readmit's.
 * @param {import("../edge/log.js").Entry} entry
 */
export const isAsk = ({ headers }) => headers["sec-fetch-dest"] === "empty" && !(OWN in headers);

/** A story's requests, held against the table. */
export class Promises {
  /** Hosts that have refused a page so far. @type {Set<string>} */
  #refusing = new Set();
  /** @type {Set<string>} */
  #visited = new Set();
  /** @type {string[]} */
  #broken = [];

  /** @param {import("../edge/log.js").Entry} entry as it was answered */
  note(entry) {
    this.#visited.add(entry.host);
    // One that gets no answer at all has failed, too.
    if ((entry.pageLoad || OWN in entry.headers) && (entry.status ?? 599) >= 400) this.#refusing.add(entry.host);
    if (!isAsk(entry)) return;
    const isPromised = NAMED.has(entry.host) || this.#refusing.has(entry.host);
    if (!isPromised) this.#broken.push(`${entry.method} ${entry.host}${entry.path}`);
    // Nothing is ever sent but the question itself.
    if (entry.method !== "GET") this.#broken.push(`${entry.method} to ${entry.host}`);
  }

  /** @param {import("../edge/edge.js").Edge} edge */
  assertKept({ connections }) {
    assert.deepEqual(this.#broken, [], "asked of nobody but whom docs/privacy.md names");
    // A story may end while a host of the table is about to be asked.
    const silent = connections.filter((host) => !this.#visited.has(host) && !NAMED.has(host));
    assert.deepEqual([...new Set(silent)], [], "no connection without a request that was seen");
  }
}
