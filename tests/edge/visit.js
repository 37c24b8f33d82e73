// A visitor without a browser: one request to the edge, for the edge's own tests and for scripts.
// It keeps no cookies and follows no redirects.

import { request } from "node:https";

/**
 * @typedef {object} Visit
 * @property {number} status
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {string} body
 */

/**
 * @param {{ port: number }} edge
 * @param {string} url
 * @param {{ headers?: import("node:http").OutgoingHttpHeaders, method?: string, from?: string, signal?: AbortSignal }}
 *   [options] `from`: the loopback address to come from
 * @returns {Promise<Visit>}
 */
export function visit(edge, url, { headers = {}, method = "GET", from, signal } = {}) {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port: edge.port,
      path: pathname + search,
      method,
      headers: { host, ...headers },
      servername: host,
      localAddress: from,
      rejectUnauthorized: false,
      agent: false,
      signal,
    });
    sent.once("error", reject);
    sent.once("response", async (response) => {
      try {
        const chunks = await response.toArray();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        });
      } catch (error) {
        reject(error);
      }
    });
    sent.end();
  });
}

/** What a browser sends along with a page load. */
export const PAGE_LOAD = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
