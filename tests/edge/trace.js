// `/cdn-cgi/trace`: what the edge knows of a request, as `key=value` lines. Built from the request as received, so a
// user agent that an extension rewrote shows here. Not subject to rules unless one names the path.

/**
 * @param {import("./log.js").Entry} entry
 * @param {import("./network.js").Place} place
 * @param {number} told the time to tell, in milliseconds since 1970
 * @returns {string}
 */
export function traceOf(entry, place, told) {
  const agent = entry.headers["user-agent"] ?? "";
  const values = {
    fl: "123f456",
    h: entry.host,
    ip: place.ip,
    ts: (told / 1000).toFixed(3),
    visit_scheme: "https",
    uag: agent,
    colo: place.colo,
    sliver: "none",
    http: "http/1.1",
    loc: place.country,
    tls: "TLSv1.3",
    sni: "plaintext",
    warp: place.warp,
    gateway: place.gateway,
    rbi: "off",
    kex: "X25519MLKEM768",
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
