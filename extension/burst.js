// What an open page's own requests come to: a burst of refusals, or nothing. A rule and nothing else: it is given what the
// browser has measured, and knows neither page nor clock. The build puts it before `content.js`.
//
//   quiet ── refused ──▶ suspicious ── as often as a burst, within its time ──▶ burst, told once ──▶ quiet for minutes
//     ▲                      │
//     └── let in, same group ┘   and what was refused too long ago is forgotten
//
// A group is what lies below the same first two names of a path. What is let in there shows that its refusals were about
// something else: an account, a limit, a thing that is not there.

/** So many refusals, of which none is older than so many milliseconds, are a burst. */
const BURST = 3;
const BURST_TIME = 30_000;
/** After a burst nothing is told for so long: whoever is to look has looked, and asking costs the site a request. */
const BURST_PAUSE = 300_000;
/** What programs ask for that a person waits for. Pictures, scripts and beacons are nobody's conversation. */
const PROGRAMS = new Set(["fetch", "xmlhttprequest"]);
/** What pages tell of themselves. Nobody misses it, and blockers and firewalls are fond of refusing it. */
const TELEMETRY = /\/(?:analytics|beacons?|ces|collect|envelope|events?|logs?|metrics|monitoring|rgstr|rum|statsc?|telemetry|traces?|track)(?:\/|$)/i;

const groupOf = (path) => path.split("/", 3).join("/");

/** The path that an entry asked for, where it counts. */
const pathOf = ({ name, initiatorType }, origin) =>
  PROGRAMS.has(initiatorType) && name.startsWith(`${origin}/`) ? name.slice(origin.length).split(/[?#]/, 1)[0] : undefined;

/** Was it let in? No status: kept away by a blocker, broken off, or of another site that does not show it. */
const isOpen = ({ responseStatus }) => responseStatus > 0 && responseStatus < 400;
const isShut = ({ responseStatus }) => responseStatus === 403 || responseStatus === 429 || responseStatus >= 500;

/** Was something let in beside what was refused at `path`? */
const isLetIn = (entries, origin, path) => {
  const isBeside = (other) => other !== undefined && groupOf(other) === groupOf(path);
  return entries.some((entry) => isOpen(entry) && isBeside(pathOf(entry, origin)));
};

/**
 * A function that takes `PerformanceResourceTiming` entries, those of each call later than those before, and gives the path
 * of a burst, or `undefined`. `origin` is the page's.
 */
const makeBurst = (origin) => {
  let refusals = [];
  let quietUntil = 0;

  return (entries) => {
    let burst;
    for (const entry of entries) {
      // Most of all is let in, where nothing was refused.
      const path = isShut(entry) || (isOpen(entry) && refusals.length > 0) ? pathOf(entry, origin) : undefined;
      if (path === undefined) {
        continue;
      }
      if (isOpen(entry)) {
        refusals = refusals.filter((other) => groupOf(other.path) !== groupOf(path));
      } else if (!TELEMETRY.test(path)) {
        const at = entry.responseEnd;
        refusals = [...refusals.filter((other) => other.at > at - BURST_TIME).slice(1 - BURST), { path, at }];
        if (refusals.length === BURST && at >= quietUntil) {
          quietUntil = at + BURST_PAUSE;
          refusals = [];
          burst = path;
        }
      }
    }
    return burst;
  };
};
