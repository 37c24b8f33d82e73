// What the edge was asked and what it answered, in order: the judge of how polite a visitor was.
// It decides nothing.

/**
 * @typedef {object} Entry
 * @property {number} time milliseconds since 1970 by the edge's clock
 * @property {string} source the loopback address
 * @property {string} ip the visitor's address as the edge believes
 * @property {string} country
 * @property {string} host
 * @property {string} method
 * @property {string} path with its query
 * @property {Record<string, string | string[] | undefined>} headers names in lower case
 * @property {Record<string, string>} cookies
 * @property {boolean} pageLoad a navigation, as `Sec-Fetch-Mode` says
 * @property {string | number | null} rule the name or index of the rule that decided; null when none did
 * @property {string} outcome `ordinary`, `page NAME`, `trace`, `status page`, `redirect`, `body`, `reset`, `hang`…
 * @property {number | null} status what was sent; null while there is no answer
 * @property {string | null} location where a redirect leads
 */

/** @typedef {Partial<Record<keyof Entry, unknown>> | ((entry: Entry) => boolean)} Filter a string `path` may end in `*` */

/** How long `waitFor` waits before it gives up, in milliseconds. */
const PATIENCE = 15_000;

export class Log {
  /** @type {Entry[]} */
  entries = [];
  /** @type {Set<() => void>} */
  #watchers = new Set();

  /** @param {Entry} entry */
  add(entry) {
    this.entries.push(entry);
    this.changed();
  }

  /** Tells those who wait that an entry came or was completed. */
  changed() {
    for (const watcher of [...this.#watchers]) watcher();
  }

  clear() {
    this.entries.length = 0;
  }

  /** @param {Filter} [filter] */
  select(filter = {}) {
    return this.entries.filter(predicateOf(filter));
  }

  /**
   * The first entry that fits, already there or still to come.
   * @param {Filter} filter
   * @param {{ patience?: number }} [options]
   * @returns {Promise<Entry>}
   */
  waitFor(filter, { patience = PATIENCE } = {}) {
    const fits = predicateOf(filter);
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.entries.find(fits);
        if (found) finish(() => resolve(found));
      };
      const deadline = setTimeout(
        () => finish(() => reject(new Error(`no such request in ${patience} ms; seen:\n${this.toString()}`))),
        patience,
      );
      const finish = (/** @type {() => void} */ settle) => {
        clearTimeout(deadline);
        this.#watchers.delete(look);
        settle();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** One line a request, for a person. */
  toString() {
    return this.entries.map(describe).join("\n");
  }
}

/** @param {Entry} entry */
export function describe(entry) {
  const decided = entry.rule === null ? "" : ` by rule ${entry.rule}`;
  return `${entry.ip} ${entry.method} ${entry.host}${entry.path} -> ${entry.status ?? "nothing"} (${entry.outcome}${decided})`;
}

/**
 * @param {Filter} filter
 * @returns {(entry: Entry) => boolean}
 */
function predicateOf(filter) {
  if (typeof filter === "function") return filter;
  const wanted = Object.entries(filter);
  return (entry) =>
    wanted.every(([key, value]) => {
      const is = entry[/** @type {keyof Entry} */ (key)];
      const isPrefix = key === "path" && typeof value === "string" && value.endsWith("*");
      return isPrefix ? String(is).startsWith(value.slice(0, -1)) : is === value;
    });
}
