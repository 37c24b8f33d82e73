// Shows that nothing is waited for without an end, on a driver that never answers and a clock that is turned by hand.

import assert from "node:assert/strict";
import { Frame, Page, Target } from "puppeteer-core";
import test, { ended, guard, within } from "./deadline.js";

/** In milliseconds: longer than any test may take. */
const AN_AGE = 700_000;

const never = () => new Promise(() => {});

/**
 * The driver's classes, to be extended by as little as a test needs.
 * @template T
 * @param {T} kind
 * @returns {new () => any}
 */
const partOf = (kind) => /** @type {any} */ (kind);

/** A page of a browser that has stopped answering. */
class Silent extends partOf(Page) {
  url = () => "https://silent.example/";
  isClosed = () => false;
  browser = () => ({ connected: true, debugInfo: { pendingProtocolErrors: [new Error("Page.close timed out. Trace: none")] } });
  close() {
    return never();
  }
  target() {
    return new SilentTarget();
  }
}

class SilentTarget extends partOf(Target) {
  url = () => "chrome-extension://silent/background.js";
  browser = () => undefined;
  worker() {
    return never();
  }
}

/**
 * How a wait fails once its time is over.
 * @param {import("node:test").TestContext} t
 * @param {() => Promise<unknown>} wait
 */
async function failureOf(t, wait) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const failed = wait().then(() => assert.fail("it came to an end"), ({ message }) => message);
  t.mock.timers.tick(AN_AGE);
  const message = await failed;
  t.mock.timers.reset();
  return message;
}

test("what is asked of a driver that never answers has an end, and is named with what was seen", async (t) => {
  assert.equal(
    await failureOf(t, () => guard(new Silent()).close()),
    "waited 45000 ms for Silent.close(); the last look gave a Silent at https://silent.example/ with Page.close unanswered",
  );
});

test("what a driver hands out has the same deadlines", async (t) => {
  const target = guard(new Silent()).target();
  assert.equal(
    await failureOf(t, () => target.worker()),
    "waited 45000 ms for SilentTarget.worker(); the last look gave a SilentTarget at chrome-extension://silent/background.js",
  );
});

test("what is asked is named by its arguments", async (t) => {
  class Asked extends partOf(Frame) {
    page = () => new Silent();
    url = () => "about:blank";
    evaluate() {
      return never();
    }
  }
  const ask = () => (/** @type {any} */ (guard(new Asked()))).evaluate(() => 1 + 1, "twice", { a: 1 });
  assert.match(await failureOf(t, ask), /^waited 45000 ms for Asked\.evaluate\(\(\) => 1 \+ 1, twice, \{"a":1\}\); .* Page\.close unanswered$/);
});

test("a test that does not end names what it waits for", async (t) => {
  const door = () => within("the door to open", never(), { patience: 2 * AN_AGE, saw: () => "a closed door" });
  assert.match(
    await failureOf(t, () => ended("somebody comes in", door())),
    /^waited 600000 ms for the end of the test "somebody comes in"; the last look gave .*\n  since \d+ ms for the door to open; the last look gave a closed door$/,
  );
});

test("what comes in time is what is given, and what fails in time is how it fails", async () => {
  assert.equal(await within("a number", Promise.resolve(1)), 1);
  assert.equal(await within("a number", 1), 1);
  await assert.rejects(within("a number", Promise.reject(new Error("none"))), /^Error: none$/);
});
