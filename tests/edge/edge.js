// A small simulated Cloudflare edge: TLS on loopback, any host name, rules as plain data that refuse or let pass.
// It stands for what a browser can notice of Cloudflare, OpenAI and their status pages; it is not a proxy and not a
// full copy of anything.

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { perform, planFor } from "./answer.js";
import { makeCertificate } from "./certificate.js";
import { Clock } from "./clock.js";
import { Log } from "./log.js";
import { Network } from "./network.js";
import { Pages } from "./pages.js";
import { randomHex, seededRandom } from "./random.js";
import { Rules } from "./rules.js";
import { Site } from "./site.js";
import { makeStatusPages } from "./status.js";
import { traceOf } from "./trace.js";

/** The one host whose trace every page may read. */
const OPEN_TRACE = "crypto.cloudflare.com";

/** The look of all error pages. */
const STYLES = readFileSync(new URL("styles.css", import.meta.url), "utf8");

/** Real edges take 128 KB of headers; browsers with far too many cookies must reach the rules, not Node's own limit. */
const LARGEST_HEADERS = 128 * 1024;

/**
 * @typedef {object} EdgeOptions
 * @property {number} [port] 0: any free one
 * @property {import("./rules.js").Rule[]} [rules]
 * @property {number} [seed] of everything drawn: Ray IDs, cookies, probabilities
 * @property {string} [pages] a directory of refusal pages instead of `tests/pages`
 * @property {(entry: import("./log.js").Entry) => void} [onAnswer] called after each answer
 */

/** @param {EdgeOptions} [options] */
export async function startEdge({ port = 0, rules = [], seed = 1, pages, onAnswer } = {}) {
  const edge = new Edge({ rules, seed, pages: new Pages(pages), onAnswer });
  await edge.listen(port, await makeCertificate());
  return edge;
}

export class Edge {
  clock = new Clock();
  network = new Network();
  log = new Log();
  status = makeStatusPages();
  /**
   * The name that each connection asked for, whether or not a request came of it; empty where there was none.
   * @type {string[]}
   */
  connections = [];
  /** @type {Site} */
  site;
  pages;
  /** @type {Rules} */
  #rules;
  #seed;
  #random;
  #onAnswer;
  /** @type {import("node:https").Server | null} */
  #server = null;
  #port = 0;
  /** @type {Set<NodeJS.Timeout>} */
  #waits = new Set();

  /**
   * @param {{ rules: import("./rules.js").Rule[], seed: number, pages: Pages,
   *   onAnswer?: (entry: import("./log.js").Entry) => void }} parts
   */
  constructor({ rules, seed, pages, onAnswer }) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
    this.#onAnswer = onAnswer ?? (() => {});
    this.site = new Site(this.#random);
    this.pages = pages;
    this.#rules = this.#made(rules);
  }

  /** The port on 127.0.0.1. */
  get port() {
    return this.#port;
  }

  /** The rules in force. */
  get rules() {
    return this.#rules.list;
  }

  /** Every request so far, the oldest first. */
  get requests() {
    return this.log.entries;
  }

  /**
   * An address as a browser uses it; that it leads here is the driver's doing.
   * @param {string} host
   * @param {string} [path]
   */
  url(host, path = "/") {
    return `https://${host}${path}`;
  }

  /**
   * Replaces all rules. Their memory (rates, draws) begins anew. Throws on a rule the edge could not carry out.
   * @param {import("./rules.js").Rule[]} rules
   */
  setRules(rules) {
    this.#rules = this.#made(rules);
  }

  clearLog() {
    this.log.clear();
  }

  /**
   * How many requests fit.
   * @param {import("./log.js").Filter} [filter]
   */
  count(filter) {
    return this.log.select(filter).length;
  }

  /**
   * The first request that fits, already there or still to come.
   * @param {import("./log.js").Filter} filter
   * @param {{ patience?: number }} [options]
   */
  waitFor(filter, options) {
    return this.log.waitFor(filter, options);
  }

  /** No rules, an empty log, everyone at home, all services well, the site as it was. */
  reset() {
    this.setRules([]);
    this.clearLog();
    this.network.reset();
    this.clock.shift = 0;
    this.site = new Site(this.#random);
    this.status.openai.set({});
    this.status.cloudflare.set({});
  }

  /**
   * @param {number} port
   * @param {{ key: string, cert: string }} certificate
   */
  async listen(port, certificate) {
    const server = createServer({ ...certificate, maxHeaderSize: LARGEST_HEADERS }, (request, response) =>
      this.#receive(request, response),
    );
    server.on("secureConnection", (socket) => this.connections.push(socket.servername || ""));
    // Without encryption it has no name to ask for. Others that fail were given up half-way, as browsers do with spare ones.
    server.on("tlsClientError", (/** @type {NodeJS.ErrnoException} */ { code }) => code === "ERR_SSL_HTTP_REQUEST" && this.connections.push(""));
    this.#server = server;
    await new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve(undefined));
    });
    this.#port = /** @type {import("node:net").AddressInfo} */ (server.address()).port;
  }

  /** Ends every connection, those that hang too. */
  async close() {
    for (const wait of this.#waits) clearTimeout(wait);
    const server = this.#server;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** @param {import("./rules.js").Rule[]} rules */
  #made(rules) {
    const particulars = { host: "", rayId: "", ip: "", colo: "" };
    const ordinary = () => ({ outcome: "ordinary" });
    for (const { then } of rules) planFor(then ?? {}, { pages: this.pages, particulars, ordinary, retryAfter: null });
    return new Rules(rules, { seed: this.#seed, now: () => this.clock.now() });
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  #receive(request, response) {
    request.resume();
    const source = request.socket.remoteAddress ?? "";
    const place = this.network.of(source, hostOf(request));
    const entry = this.#noted(request, source, place);
    const rayId = randomHex(this.#random, 16);
    const { plan, after } = this.#decide(entry, place, rayId);
    /** @type {Record<string, string>} */
    const marks = plan.isForeign ? {} : { server: "cloudflare", "cf-ray": `${rayId}-${place.colo}` };
    const headers = { date: new Date(this.clock.told()).toUTCString(), ...marks, ...plan.headers };
    const answer = () => {
      perform({ ...plan, headers }, response);
      entry.outcome = plan.outcome;
      entry.status = plan.silence ? null : (plan.status ?? 200);
      entry.location = plan.headers?.location === undefined ? null : String(plan.headers.location);
      this.log.changed();
      this.#onAnswer(entry);
    };
    if (after) this.#later(after, answer);
    else answer();
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {string} source
   * @param {import("./network.js").Place} place
   */
  #noted(request, source, place) {
    /** @type {import("./log.js").Entry} */
    const entry = {
      time: this.clock.now(),
      source,
      ip: place.ip,
      country: place.country,
      host: hostOf(request),
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: place.agent === undefined ? request.headers : { ...request.headers, "user-agent": place.agent },
      cookies: cookiesOf(request.headers.cookie ?? ""),
      pageLoad: request.headers["sec-fetch-mode"] === "navigate",
      rule: null,
      outcome: "unanswered",
      status: null,
      location: null,
    };
    this.log.add(entry);
    return entry;
  }

  /**
   * @param {import("./log.js").Entry} entry
   * @param {import("./network.js").Place} place
   * @param {string} rayId
   * @returns {{ plan: import("./answer.js").Plan, after: number }}
   */
  #decide(entry, place, rayId) {
    const own = this.#ownAnswer(entry, place);
    const decision = this.#rules.decide(entry, { named: own !== null });
    const ordinary = () => own ?? this.site.answer(entry);
    if (!decision) return { plan: ordinary(), after: 0 };
    entry.rule = decision.name;
    const { then } = decision.rule;
    const particulars = { host: entry.host, rayId, ip: place.ip, colo: place.colo };
    const plan = planFor(then, { pages: this.pages, particulars, ordinary, retryAfter: decision.retryAfter });
    return { plan, after: then.after ?? 0 };
  }

  /**
   * The answer of a place that is the edge's own and not the site's: the trace, the files of error pages, status pages.
   * @param {import("./log.js").Entry} entry
   * @param {import("./network.js").Place} place
   * @returns {import("./answer.js").Plan | null}
   */
  #ownAnswer(entry, place) {
    const told = this.clock.told();
    const statusPage = this.status.of(entry.host);
    if (statusPage) return statusPage.answer(entry.path, told);
    if (!entry.path.startsWith("/cdn-cgi/")) return null;
    if (entry.path.split("?")[0] === "/cdn-cgi/trace") {
      /** @type {Record<string, string>} */
      const headers = { "content-type": "text/plain", "cache-control": "no-store" };
      if (entry.host === OPEN_TRACE) headers["access-control-allow-origin"] = "*";
      return { outcome: "trace", status: 200, headers, body: traceOf(entry, place, told) };
    }
    if (entry.path.startsWith("/cdn-cgi/styles/")) {
      return { outcome: "cdn-cgi", status: 200, headers: { "content-type": "text/css", "cache-control": "no-store" }, body: STYLES };
    }
    return { outcome: "cdn-cgi", status: 204, headers: {}, body: "" };
  }

  /**
   * @param {number} milliseconds
   * @param {() => void} action
   */
  #later(milliseconds, action) {
    const wait = setTimeout(() => {
      this.#waits.delete(wait);
      action();
    }, milliseconds);
    this.#waits.add(wait);
  }
}

/** @param {import("node:http").IncomingMessage} request */
function hostOf(request) {
  return (request.headers.host ?? "").replace(/:\d+$/, "");
}

/**
 * @param {string} header
 * @returns {Record<string, string>}
 */
function cookiesOf(header) {
  const pairs = header.split(/;\s*/).filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)]));
}
