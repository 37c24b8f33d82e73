// The rule for an open page: when do its own blocked requests count as a burst? It is given what the browser has measured,
// and knows neither page nor clock.
//
//   quiet ── blocked ──▶ suspicious ── as often as a burst, within its time ──▶ burst, told once ──▶ quiet for minutes
//     ▲                      │
//     └── let in, same group ┘   and a block too long ago is forgotten
//
// A group is everything below the same first two names of a path. If something of the group is let in, its blocks were about
// something else: an account, a limit, a thing that does not exist.

/** This many blocked requests, none older than this many milliseconds, are a burst. */
const BURST = 3;
const BURST_TIME = 30_000;
/** After a burst nothing is told for this long: it has been looked into, and each look costs the site a request. */
const BURST_PAUSE = 300_000;
/** The requests of programs, which a person waits for. Pictures, scripts and beacons are not part of a conversation. */
const PROGRAMS = new Set(["fetch", "xmlhttprequest"]);
/** The login's own requests: it cannot do without a single one of them. */
const LOGIN = /^https:\/\/auth\.openai\.com\/(api|authorize|create|email|log-?in|mfa|oauth|password|sign-?up|u)\b/;
/** What pages report about themselves. No one misses it, and blockers and firewalls often refuse it. */
const TELEMETRY = /\/(?:analytics|beacons?|ces|collect|envelope|events?|logs?|metrics|monitoring|rgstr|rum|statsc?|telemetry|traces?|track)(?:\/|$)/i;

/**
 * What is read of a `PerformanceResourceTiming`.
 * @typedef {Pick<PerformanceResourceTiming, "name" | "initiatorType" | "responseStatus" | "responseEnd"> & { contentType?: string }} Entry
 */

/** @param {string} path */
const groupOf = (path) => path.split("/", 3).join("/");

/**
 * The path of the request, where it counts.
 * @param {Entry} entry
 * @param {string} origin
 */
export const pathOf = ({ name, initiatorType }, origin) =>
  PROGRAMS.has(initiatorType) && name.startsWith(`${origin}/`) ? name.slice(origin.length).split(/[?#]/, 1)[0] : undefined;

/**
 * No status: kept away by a blocker, broken off, or of another site that does not show it.
 * @param {Entry} entry
 */
const isOpen = ({ responseStatus }) => responseStatus > 0 && responseStatus < 400;

/** @param {Entry} entry */
const isBlocked = ({ responseStatus }) => responseStatus >= 500 || [403, 429].includes(responseStatus);

/**
 * Is this one of the login's own requests, and answered with a page instead of data? Methods and bodies are not visible.
 * @param {Entry} entry
 */
export const isBlockedLogin = ({ name, initiatorType, responseStatus, contentType }) =>
  [403, 429, 503].includes(responseStatus) && contentType === "text/html" && PROGRAMS.has(initiatorType) && LOGIN.test(name);

/**
 * Was something let in of the group of `path`?
 * @param {Entry[]} entries
 * @param {string} origin
 * @param {string} path
 */
export const isLetIn = (entries, origin, path) => {
  const isOfGroup = (/** @type {string | undefined} */ other) => other !== undefined && groupOf(other) === groupOf(path);
  return entries.some((entry) => isOpen(entry) && isOfGroup(pathOf(entry, origin)));
};

/**
 * A function that takes entries, those of each call later than those before, and returns the path of a burst, if there is one.
 * @param {string} origin of the page
 */
export const makeBurst = (origin) => {
  /** @type {{ path: string, at: number }[]} */
  let blocked = [];
  let quietUntil = 0;

  return (/** @type {Entry[]} */ entries) => {
    let burst;
    for (const entry of entries) {
      // Nearly all requests are let in, and mean nothing while none was blocked.
      const path = isBlocked(entry) || (isOpen(entry) && blocked.length > 0) ? pathOf(entry, origin) : undefined;
      if (path === undefined) {
        continue;
      }
      if (isOpen(entry)) {
        blocked = blocked.filter((other) => groupOf(other.path) !== groupOf(path));
      } else if (!TELEMETRY.test(path)) {
        const at = entry.responseEnd;
        blocked = [...blocked.filter((other) => other.at > at - BURST_TIME).slice(1 - BURST), { path, at }];
        if (blocked.length === BURST && at >= quietUntil) {
          quietUntil = at + BURST_PAUSE;
          blocked = [];
          burst = path;
        }
      }
    }
    return burst;
  };
};
