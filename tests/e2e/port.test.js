// What is lost when the background dies, in each browser: the ground that the delivery of clicks stands on. Of what depends on
// the moment only the rule is asserted, and what was seen is printed.

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { openChromiumSubject, openFirefoxSubject } from "./port.js";

/** Milliseconds after the moment just before the stop is sent. */
const DELAYS = [0, 2, 5, 10, 20, 50, 100, 200, 400, 900];
const ROUNDS = 3;

const NO_RECEIVER = "Could not establish connection. Receiving end does not exist.";

/** @typedef {import("./port.js").Subject} Subject */

/** What the page has in `box` once it is as wanted. @param {Subject} subject @param {(box: any) => unknown} isSo @param {string} what */
const untilSo = ({ page }, isSo, what) =>
  waitForCondition(async () => {
    const box = await page.evaluate(() => JSON.parse(JSON.stringify({ ...globalThis.box, notes: globalThis.notes })));
    return isSo(box) && box;
  }, { what });

/** Connects, posts and asks, all in one task. @param {Subject} subject @param {"echo" | "held" | "mute"} mode */
const send = ({ page }, mode) =>
  page.evaluate((name) => {
    globalThis.notes.length = 0;
    const line = globalThis.line(name);
    globalThis.box = { line, sent: line.post("post"), asked: globalThis.ask(name, "ask") };
  }, mode);

const isAnswered = ({ line, asked }) => line.answers.join() === "post" && asked.answer === "ask";
const isHeard = ({ notes }) => notes.includes("post post") && notes.includes("ask ask");

const BROWSERS = {
  Chromium: {
    open: openChromiumSubject,
    threw: "Attempting to use a disconnected port object",
    cutOff: /the message channel closed before a response was received|Receiving end does not exist/,
  },
  Firefox: {
    open: openFirefoxSubject,
    threw: "Attempt to postMessage on disconnected port",
    cutOff: /Receiving end does not exist/,
  },
};

for (const [name, { open, threw, cutOff }] of Object.entries(BROWSERS)) {
  describe(name, () => {
    /** @type {Subject} */
    let subject;
    before(async () => void (subject = await open()));
    after(() => subject.close());

    test("a connect, a post and a question wake a dead background", async () => {
      await subject.stop();
      assert.equal(await subject.isAwake(), false);
      await send(subject, "echo");
      await untilSo(subject, isAnswered, "all to be answered");
    });

    test("a stop ends an idle port, and a later post throws", async (t) => {
      for (const [means, stop] of Object.entries(subject.stops)) {
        await send(subject, "echo");
        await untilSo(subject, isAnswered, "all to be answered");
        await subject.page.evaluate(() => void (globalThis.stoppedAt = performance.now()));
        await stop();
        const { line } = await untilSo(subject, (box) => box.line.isOver, "the port to end");
        assert.equal(line.error, "", means);
        const [sent, took] = await subject.page.evaluate(() => [
          globalThis.box.line.post("late"),
          globalThis.box.line.overAt - globalThis.stoppedAt,
        ]);
        assert.equal(sent.threw, threw, means);
        t.diagnostic(`${name}, ${means}: onDisconnect after ${took.toFixed()} ms`);
        await waitForCondition(async () => !(await subject.isAwake()), { what: "the background to be dead" });
      }
    });

    for (const mode of /** @type {const} */ (["held", "mute"])) {
      test(`what was heard and never answered ends with the background: ${mode}`, async () => {
        await send(subject, mode);
        await untilSo(subject, isHeard, "all to be heard");
        await subject.stop();
        const { line, sent, asked } = await untilSo(subject, (box) => box.line.isOver && box.asked.isOver, "all to end");
        assert.deepEqual([line.answers, line.error, sent.threw, asked.answer], [[], "", "", undefined]);
        assert.match(asked.error, cutOff, "the error does not say that it was heard");
      });
    }

    test("around a stop, only an answer proves a delivery", async (t) => {
      const seen = /** @type {Map<number, string[]>} */ (new Map(DELAYS.map((delay) => [delay, []])));
      for (const [means, stop] of Object.entries(subject.stops)) {
        for (let round = 0; round < ROUNDS; round += 1) {
          await send(subject, "echo");
          await untilSo(subject, isAnswered, "all to be answered");
          await subject.page.evaluate((delays) => {
            const { line: old } = globalThis.box;
            const all = /** @type {any[]} */ ([]);
            globalThis.box = { old, all };
            for (const delay of delays) {
              setTimeout(() => {
                const line = globalThis.line("echo");
                const [before, fresh] = [old.post(`old ${delay}`), line.post(`new ${delay}`)];
                all.push({ delay, before, fresh, line, asked: globalThis.ask("echo", `ask ${delay}`) });
              }, delay);
            }
          }, DELAYS);
          await stop();
          // A worker that has died unheard leaves a connect waiting until the next event; the last of these is one.
          const isSettled = ({ old, all }) =>
            all.length === DELAYS.length && old.isOver && all.every(({ line, asked }) => asked.isOver && (line.isOver || line.answers.length > 0));
          const { old, all, notes } = await untilSo(subject, isSettled, `everything to be answered or ended, after ${means}`);
          for (const { delay, before: earlier, fresh, line, asked } of all) {
            if (earlier.threw) assert.equal(earlier.threw, threw);
            assert.equal(fresh.threw, "", "a new port takes a post, whatever becomes of it");
            assert.ok(line.answers.length > 0 || ["", NO_RECEIVER].includes(line.error), line.error);
            const fate = (/** @type {string} */ answer, /** @type {string} */ heard) =>
              answer || (notes.includes(heard) ? "lost, though heard" : "lost");
            const fates = {
              old: earlier.threw ? "throws" : fate(old.answers.includes(`old ${delay}`) ? "answered" : "", `post old ${delay}`),
              new: fate(line.answers.length > 0 ? "answered" : "", `post new ${delay}`),
              ask: fate(asked.answer ? "answered" : "", `ask ask ${delay}`),
            };
            seen.get(delay)?.push(...Object.entries(fates).map((pair) => pair.join(" ")));
          }
          assert.ok(all.at(-1).line.answers.length > 0 && all.at(-1).asked.answer, "long after the stop all is well");
          await subject.page.evaluate(() => void (globalThis.notes.length = 0));
        }
      }
      for (const [delay, fates] of seen) t.diagnostic(`${name}, ${delay} ms after the stop: ${tally(fates)}`);
    });

    test("a background stopped as it is started answers or ends the port", async (t) => {
      const seen = [];
      // At once, or as soon as its script runs.
      const moments = Object.values(subject.stops).flatMap((stop) => [false, true].map((isScriptRun) => ({ stop, isScriptRun })));
      for (const { stop, isScriptRun } of moments) {
        await subject.stop();
        await send(subject, "echo");
        if (isScriptRun) await untilSo(subject, ({ notes }) => notes.includes("start"), "the script to run");
        await stop();
        // The event that reaches a connect which was left waiting.
        const isNextHeard = () => subject.page.evaluate(() => globalThis.ask("echo", "next") && globalThis.notes.includes("ask next"));
        await waitForCondition(isNextHeard, { what: "a later question to be heard" });
        const { line, asked, notes } = await untilSo(
          subject,
          (box) => box.asked.isOver && (box.line.isOver || box.line.answers.length > 0),
          "all to be answered or to end",
        );
        const fate = line.answers.length > 0 ? "answered" : `over (${line.error})`;
        seen.push(`port ${fate}, ${notes.includes("post post") ? "heard" : "unheard"}`, `ask ${asked.answer ? "answered" : asked.error}`);
      }
      t.diagnostic(`${name}, stopped at the start: ${tally(seen)}`);
    });
  });
}

test("Chromium starts a worker that was stopped in its first task again", async (t) => {
  const subject = await openChromiumSubject({ slow: true });
  t.after(subject.close);
  for (const stop of Object.values(subject.stops)) {
    await subject.stop();
    await send(subject, "echo");
    await untilSo(subject, ({ notes }) => notes.includes("start"), "the worker's script to run");
    await stop();
    const { notes } = await untilSo(subject, isAnswered, "all to be answered");
    assert.deepEqual(notes, ["start", "start", "connect echo", "post post", "ask ask"], "nothing is lost, nothing comes twice");
  }
});

/** @param {string[]} words */
function tally(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} × ${word}`).join("; ");
}
