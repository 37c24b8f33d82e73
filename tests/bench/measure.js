// How figures are taken: the subject and its control in turns, so that a busy moment hits both, and what is said of them.
// It knows nothing of what is measured.

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} unit
 * @property {string} control what the control is, in words
 * @property {Spread} subject
 * @property {Spread} [beside] the control's figures
 * @property {string} reach what is to be reached, in words
 * @property {boolean} reached
 */

/** @typedef {{ median: number, low: number, high: number, rounds: number }} Spread the 10th and the 90th percentile */

/**
 * @param {readonly number[]} samples
 * @returns {Spread}
 */
export function spreadOf(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.round((sorted.length - 1) * share)];
  return { median: at(0.5), low: at(0.1), high: at(0.9), rounds: sorted.length };
}

/** No figure is taken more often than this. One round says nothing about time, but that everything can still be measured. */
export const limits = { rounds: Infinity };

/**
 * Measures both in turns, who begins changing with each round. The first round warms up and is thrown away.
 * @param {number} wanted how many rounds
 * @param {() => Promise<number>} subject
 * @param {() => Promise<number>} control
 */
export async function inTurns(wanted, subject, control) {
  const rounds = Math.min(wanted, limits.rounds);
  /** @type {[number[], number[]]} */
  const samples = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 ? [0, 1] : [1, 0];
    for (const which of order) {
      const sample = await [subject, control][which]();
      if (round > 0) samples[which].push(sample);
    }
  }
  return { subject: spreadOf(samples[0]), beside: spreadOf(samples[1]) };
}

/**
 * How many times the control the subject is. Medians, for a single slow round says nothing.
 * @param {{ subject: Spread, beside: Spread }} pair
 */
export const ratioOf = ({ subject, beside }) => subject.median / beside.median;

/** @param {readonly Row[]} rows */
export function table(rows) {
  const lines = rows.map(({ name, unit, control, subject, beside, reach, reached }) => [
    name,
    shown(subject, unit),
    beside ? shown(beside, unit) : "",
    beside && beside.median > 0 ? `${(subject.median / beside.median).toFixed(2)}x` : "",
    `${reached ? "yes" : "NO "} ${reach}`,
    control,
  ]);
  const head = ["what", "median (10-90 %)", "control", "ratio", "reached?", "the control is"];
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column].length)));
  return [head, ...lines].map((line) => line.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()).join("\n");
}

/** @param {Spread} spread @param {string} unit */
function shown({ median, low, high, rounds }, unit) {
  const number = (/** @type {number} */ value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
  return rounds === 1 ? `${number(median)} ${unit}` : `${number(median)} (${number(low)}-${number(high)}) ${unit}`;
}
