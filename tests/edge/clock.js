// The edge's own time: tests move it on instead of waiting, and shift what it tells others to play a wrong clock.
// It moves nothing in the browser.

export class Clock {
  #ahead = 0;

  /** Added to the time in the `Date` header and the trace, in milliseconds: the edge's view of a browser's wrong clock. */
  shift = 0;

  /** @returns {number} milliseconds since 1970, as rate windows count them */
  now() {
    return Date.now() + this.#ahead;
  }

  /** @returns {number} milliseconds since 1970, as visitors are told */
  told() {
    return this.now() + this.shift;
  }

  /** @param {number} milliseconds */
  advance(milliseconds) {
    this.#ahead += milliseconds;
  }
}
