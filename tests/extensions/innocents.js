// A crowd of harmless extensions such as people have: short and long names, with and without icons, far and near reach.
// None of them changes a request; a search that names one is wrong.

const FIRST = ["Dark", "Tab", "Reading", "Quick", "Smart", "Price", "Video", "Screen", "Word", "Mail"];
const SECOND = ["Shelf", "Notes", "Helper", "Tracker", "Counter", "Clock", "Saver"];
const REACHES = /** @type {const} */ (["storage", "all-sites", "one-site"]);

/** One name far too long for a list, and of the kind that is better cut. */
const LONG = "Lookup - the best free dictionary, translator and writing companion for every site";

/**
 * @param {number} count
 * @returns {import("./make.js").Wish[]} the same crowd each time; the first is the one with the long name
 */
export function innocents(count) {
  const most = FIRST.length * SECOND.length;
  if (count > most) throw new Error(`no more than ${most} innocents`);
  return Array.from({ length: count }, (_, index) => ({
    kind: "innocent",
    name: index === 0 ? LONG : nameOf(index),
    icon: index % 4 !== 3,
    reach: REACHES[index % REACHES.length],
  }));
}

/** @param {number} index */
function nameOf(index) {
  return `${FIRST[index % FIRST.length]} ${SECOND[Math.floor(index / FIRST.length)]}`;
}
