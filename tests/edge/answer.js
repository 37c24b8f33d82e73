// What a rule's `then` looks like on the wire. A plan says what to send; `perform` sends it.
// Which rule decides, and the pages' markup, are found elsewhere.

import { fill } from "./pages.js";

/**
 * Exactly one of `page`, `challenge`, `ordinary`, `redirect`, `body`, `reset`, `hang`, or `status` alone.
 * @typedef {object} Then
 * @property {string} [page] a refusal page by its name in `tests/pages`
 * @property {boolean} [challenge] the first challenge page there that comes with 403, as they do today
 * @property {boolean} [ordinary] the ordinary answer: an exception to the rules below it
 * @property {string} [redirect] where to
 * @property {string} [body] sent as it is
 * @property {string} [contentType] of `body`
 * @property {boolean} [reset] the connection is reset, with no answer
 * @property {boolean} [hang] no answer ever
 * @property {number} [status] alone: the edge's own 5xx page of that code, else the plain words
 * @property {Record<string, string | string[]>} [headers] added, or replacing those of the answer
 * @property {boolean} [foreign] something else than the edge answers: without its headers
 * @property {number} [after] milliseconds to wait before answering
 */

/**
 * @typedef {object} Plan
 * @property {string} outcome for the log
 * @property {"reset" | "hang"} [silence] instead of an answer
 * @property {boolean} [isForeign] without the edge's own headers
 * @property {number} [status]
 * @property {Record<string, string | string[]>} [headers]
 * @property {string} [body]
 */

const REFUSAL_HEADERS = {
  "cache-control": "private, max-age=0, no-store, no-cache, must-revalidate, post-check=0, pre-check=0",
  expires: "Thu, 01 Jan 1970 00:00:01 GMT",
  "referrer-policy": "same-origin",
  "x-frame-options": "SAMEORIGIN",
};

/**
 * @param {Then} then
 * @param {{ pages: import("./pages.js").Pages, particulars: import("./pages.js").Particulars, ordinary: () => Plan,
 *   retryAfter: number | null }} circumstances
 * @returns {Plan}
 */
export function planFor(then, { pages, particulars, ordinary, retryAfter }) {
  const plan = bare(then, pages, particulars, ordinary);
  const headers = { ...plan.headers };
  if (retryAfter !== null) headers["retry-after"] = String(retryAfter);
  return { ...plan, isForeign: then.foreign, headers: { ...headers, ...then.headers } };
}

/**
 * @param {Then} then
 * @param {import("./pages.js").Pages} pages
 * @param {import("./pages.js").Particulars} particulars
 * @param {() => Plan} ordinary
 * @returns {Plan}
 */
function bare(then, pages, particulars, ordinary) {
  if (then.ordinary) return ordinary();
  if (then.reset) return { outcome: "reset", silence: "reset" };
  if (then.hang) return { outcome: "hang", silence: "hang" };
  if (then.redirect !== undefined) {
    return { outcome: "redirect", status: then.status ?? 302, headers: { location: then.redirect }, body: "" };
  }
  if (then.body !== undefined) {
    const headers = { "content-type": then.contentType ?? "text/html; charset=UTF-8" };
    return { outcome: "body", status: then.status ?? 200, headers, body: then.body };
  }
  const page = then.page ? pages.named(then.page) : pageFor(then, pages);
  if (page) return shown(page, then, particulars);
  if (then.status !== undefined) {
    const headers = { ...REFUSAL_HEADERS, "content-type": "text/plain; charset=UTF-8" };
    return { outcome: `error ${then.status}`, status: then.status, headers, body: `error code: ${then.status}` };
  }
  throw new Error(`a rule's "then" says nothing the edge can do: ${JSON.stringify(then)}`);
}

/**
 * @param {Then} then
 * @param {import("./pages.js").Pages} pages
 */
function pageFor(then, pages) {
  if (then.challenge) return pages.find("cloudflare-challenge", 403);
  return then.status === undefined ? undefined : pages.find("cloudflare-5xx", then.status);
}

/**
 * @param {import("./pages.js").Page} page
 * @param {Then} then
 * @param {import("./pages.js").Particulars} particulars
 * @returns {Plan}
 */
function shown(page, then, particulars) {
  /** @type {Record<string, string>} */
  const headers = { ...REFUSAL_HEADERS, "content-type": page.contentType };
  if (page.family === "cloudflare-challenge") headers["cf-mitigated"] = "challenge";
  return { outcome: `page ${page.name}`, status: then.status ?? page.status, headers, body: fill(page, particulars) };
}

/**
 * @param {Plan} plan
 * @param {import("node:http").ServerResponse} response
 */
export function perform(plan, response) {
  if (plan.silence === "hang" || response.destroyed) return;
  if (plan.silence === "reset") {
    /** @type {import("node:net").Socket} */ (response.socket).destroy();
    return;
  }
  response.writeHead(plan.status ?? 200, plan.headers);
  response.end(plan.body);
}
