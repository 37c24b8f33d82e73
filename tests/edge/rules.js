// Which rule decides a request. Rules are plain data, tried in order; the first whose conditions all hold decides.
// What a decision looks like on the wire is `answer.js`'s business.

import { seededRandom } from "./random.js";

/**
 * What a text must be: `true` present, `false` absent, a string or `{ matches }` a regular expression it matches,
 * `{ differs }` a regular expression it does not match (or it is absent).
 * @typedef {boolean | string | { matches?: string, differs?: string }} TextTest
 */

/**
 * Every condition given must hold.
 * @typedef {object} When
 * @property {Record<string, TextTest>} [headers]
 * @property {Record<string, TextTest>} [cookies]
 * @property {number} [cookieBytesOver] the whole `Cookie` header is longer than this
 * @property {TextTest} [userAgent]
 * @property {string | string[]} [ip] the visitor's address, as the edge believes
 * @property {string | string[]} [country]
 * @property {string | string[]} [method]
 * @property {boolean} [pageLoad] a navigation (`Sec-Fetch-Mode: navigate`), or with `false` anything else
 * @property {{ requests: number, seconds: number, renews?: boolean }} [rate] more than so many requests of one address
 *   to one host in so many seconds, counted from the first; with `renews` each refused one starts the wait anew
 * @property {number} [probability] from 0 to 1, drawn from the edge's seed
 */

/**
 * @typedef {object} Rule
 * @property {string} [name] for the log
 * @property {string | string[]} [host] may begin with `*.`, which includes the bare domain; any when left out
 * @property {string | string[]} [path] may end in `*`; without its query; any when left out
 * @property {When} [when]
 * @property {import("./answer.js").Then} then
 */

/**
 * @typedef {object} Decision
 * @property {Rule} rule
 * @property {string | number} name the rule's name, else its index
 * @property {number | null} retryAfter whole seconds, when a rate decided
 */

/** Conditions that look at the request alone. Each takes the wanted value and the log's entry. */
const CONDITIONS = {
  headers: (/** @type {Record<string, TextTest>} */ wanted, /** @type {Entry} */ entry) =>
    Object.entries(wanted).every(([name, test]) => passes(test, headerOf(entry, name))),
  cookies: (/** @type {Record<string, TextTest>} */ wanted, /** @type {Entry} */ entry) =>
    Object.entries(wanted).every(([name, test]) => passes(test, entry.cookies[name])),
  cookieBytesOver: (/** @type {number} */ limit, /** @type {Entry} */ entry) =>
    (headerOf(entry, "cookie") ?? "").length > limit,
  userAgent: (/** @type {TextTest} */ test, /** @type {Entry} */ entry) => passes(test, headerOf(entry, "user-agent")),
  ip: (/** @type {string | string[]} */ wanted, /** @type {Entry} */ entry) => [wanted].flat().includes(entry.ip),
  country: (/** @type {string | string[]} */ wanted, /** @type {Entry} */ entry) =>
    [wanted].flat().includes(entry.country),
  method: (/** @type {string | string[]} */ wanted, /** @type {Entry} */ entry) =>
    [wanted].flat().includes(entry.method),
  pageLoad: (/** @type {boolean} */ wanted, /** @type {Entry} */ entry) => entry.pageLoad === wanted,
};

/** Conditions with a memory of their own: tried last, so that only requests that fit otherwise are counted. */
const REMEMBERING = ["rate", "probability"];

/** @typedef {import("./log.js").Entry} Entry */

export class Rules {
  /** @type {readonly Rule[]} */
  list;
  /** @type {Map<string, { until: number, count: number }>} */
  #windows = new Map();
  #random;
  #now;

  /**
   * @param {readonly Rule[]} list
   * @param {{ seed?: number, now?: () => number }} [options]
   */
  constructor(list, { seed = 1, now = Date.now } = {}) {
    list.forEach(refuseMistakes);
    this.list = list;
    this.#random = seededRandom(seed);
    this.#now = now;
  }

  /**
   * @param {Entry} entry
   * @param {{ named?: boolean }} [options] `named`: only rules that name the place decide, as for the edge's own
   * @returns {Decision | null} null: nobody minds
   */
  decide(entry, { named = false } = {}) {
    for (const [index, rule] of this.list.entries()) {
      if (!concerns(rule, entry) || (named && !names(rule, entry))) continue;
      if (!holds(rule.when ?? {}, entry)) continue;
      const { probability, rate } = rule.when ?? {};
      if (probability !== undefined && this.#random() >= probability) continue;
      const retryAfter = rate ? this.#overRate(rate, `${index} ${entry.ip} ${entry.host}`) : null;
      if (rate && retryAfter === null) continue;
      return { rule, name: rule.name ?? index, retryAfter };
    }
    return null;
  }

  /**
   * Counts a request.
   * @param {NonNullable<When["rate"]>} rate
   * @param {string} who
   * @returns {number | null} the seconds to wait when it is one too many
   */
  #overRate({ requests, seconds, renews = false }, who) {
    const now = this.#now();
    let window = this.#windows.get(who);
    if (!window || now >= window.until) {
      window = { until: now + seconds * 1000, count: 0 };
      this.#windows.set(who, window);
    }
    window.count += 1;
    if (window.count <= requests) return null;
    if (renews) window.until = now + seconds * 1000;
    return Math.ceil((window.until - now) / 1000);
  }
}

/**
 * @param {When} when
 * @param {Entry} entry
 */
function holds(when, entry) {
  return Object.entries(CONDITIONS).every(([key, condition]) => {
    const wanted = /** @type {never} */ (when[/** @type {keyof typeof CONDITIONS} */ (key)]);
    return wanted === undefined || condition(wanted, entry);
  });
}

/**
 * @param {Rule} rule
 * @param {Entry} entry
 */
function concerns(rule, entry) {
  const path = entry.path.split("?")[0];
  return (
    (rule.host === undefined || [rule.host].flat().some((pattern) => fitsHost(pattern, entry.host))) &&
    (rule.path === undefined || [rule.path].flat().some((pattern) => fitsPath(pattern, path)))
  );
}

/**
 * Whether a rule speaks of one of the edge's own places itself and not merely of all: its path begins as theirs does, or it
 * gives the status page's host in full.
 * @param {Rule} rule
 * @param {Entry} entry
 */
function names(rule, entry) {
  if (entry.path.startsWith("/cdn-cgi/")) return [rule.path ?? []].flat().some((path) => path.startsWith("/cdn-cgi/"));
  return [rule.host ?? []].flat().includes(entry.host);
}

/**
 * @param {string} pattern
 * @param {string} host
 */
function fitsHost(pattern, host) {
  return pattern.startsWith("*.") ? host === pattern.slice(2) || host.endsWith(pattern.slice(1)) : host === pattern;
}

/**
 * @param {string} pattern
 * @param {string} path
 */
function fitsPath(pattern, path) {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

/**
 * @param {TextTest} test
 * @param {string | undefined} text
 */
function passes(test, text) {
  if (typeof test === "boolean") return (text !== undefined) === test;
  if (typeof test === "string") return text !== undefined && new RegExp(test, "i").test(text);
  const { matches, differs } = test;
  return (
    (matches === undefined || (text !== undefined && new RegExp(matches, "i").test(text))) &&
    (differs === undefined || !new RegExp(differs, "i").test(text ?? ""))
  );
}

/**
 * @param {Entry} entry
 * @param {string} name
 * @returns {string | undefined}
 */
function headerOf(entry, name) {
  const value = entry.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(", ") : value;
}

/**
 * A misspelt condition would hold always or never; better it says so at once.
 * @param {Rule} rule
 * @param {number} index
 */
function refuseMistakes(rule, index) {
  const unknown = [
    ...Object.keys(rule).filter((key) => !["name", "host", "path", "when", "then"].includes(key)),
    ...Object.keys(rule.when ?? {}).filter((key) => !(key in CONDITIONS) && !REMEMBERING.includes(key)),
  ];
  if (unknown.length > 0) throw new Error(`rule ${rule.name ?? index}: unknown ${unknown.join(", ")}`);
}
