// Numbers that look random and repeat from the same seed. Not for secrets.

/**
 * @param {number} seed
 * @returns {() => number} the next number from 0 (included) to 1 (excluded); the algorithm is mulberry32
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {() => number} random
 * @param {number} length in digits
 * @returns {string} lower-case hexadecimal
 */
export function randomHex(random, length) {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
}
