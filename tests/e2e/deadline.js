// Every wait has an end, and says what it waited for: for browsers, which can leave any question unanswered for ever (a worker
// that dies, a page that never loads, a process that never exits), and for whole tests. It knows no story and no browser.

import node from "node:test";
import * as puppeteer from "puppeteer-core";

/** How long a condition may take to come true, in milliseconds. */
export const PATIENCE = 15_000;

/** How long the browser itself waits for one of its parts (`protocolTimeout`), in milliseconds. */
export const PROTOCOL_PATIENCE = 30_000;

/** How long anything asked of a driver may take: longer than what the driver gives up by itself, and says more about. */
const DRIVER_PATIENCE = 45_000;

/** How long a test may take on a busy computer. The longest takes a minute on an idle one. */
const TEST_PATIENCE = 600_000;

/** @typedef {{ what: string | (() => string), begun: number, saw?: () => unknown }} Wait */

/** Whatever is waited for at the moment, the oldest first. @type {Set<Wait>} */
const waits = new Set();

/**
 * What `answer` gives, if it gives it in time.
 * @template T
 * @param {string | (() => string)} what completes "waited … for"
 * @param {T | PromiseLike<T>} answer
 * @param {{ patience?: number, saw?: () => unknown }} [options] `patience`: in milliseconds; `saw`: tells what there was to see last
 * @returns {Promise<T>}
 */
export async function within(what, answer, { patience = DRIVER_PATIENCE, saw } = {}) {
  const wait = { what, begun: performance.now(), saw };
  // A timer knows nothing of who waits for it.
  const from = new Error("it was waited for here");
  let timer;
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${Math.round(patience)} ms for ${tell(wait)}`, { cause: from })), patience);
  });
  waits.add(wait);
  try {
    return await Promise.race([answer, late]);
  } finally {
    waits.delete(wait);
    clearTimeout(timer);
  }
}

/** @param {Wait} wait */
const tell = ({ what, saw }) => `${typeof what === "string" ? what : what()}${saw ? `; the last look gave ${shown(saw)}` : ""}`;

/** @param {() => unknown} saw */
function shown(saw) {
  try {
    return String(saw());
  } catch (error) {
    return String(error);
  }
}

/**
 * A test that ends. When it does not by itself, its failure names everything that is being waited for.
 * @param {string} name
 * @param {...any} rest options as of `node:test`, and the test
 */
export default function test(name, ...rest) {
  const act = rest.pop();
  return node(name, ...rest, (/** @type {import("node:test").TestContext} */ t) => ended(name, act(t)));
}

/**
 * @param {string} name of a test
 * @param {unknown} end of it
 */
export function ended(name, end) {
  const saw = () => {
    const others = [...waits].filter((wait) => wait.saw !== saw);
    const lines = others.map((wait) => `\n  since ${Math.round(performance.now() - wait.begun)} ms for ${tell(wait)}`);
    return `${lines.length} waits without an answer${lines.join("")}`;
  };
  return within(`the end of the test "${name}"`, end, { patience: TEST_PATIENCE, saw });
}

/** What a driver hands out, and what is asked of it. */
const KINDS = [
  puppeteer.Accessibility,
  puppeteer.Browser,
  puppeteer.BrowserContext,
  puppeteer.CDPSession,
  puppeteer.Extension,
  puppeteer.Frame,
  puppeteer.HTTPResponse,
  puppeteer.JSHandle,
  puppeteer.Keyboard,
  puppeteer.Mouse,
  puppeteer.Page,
  puppeteer.Target,
  puppeteer.Touchscreen,
  puppeteer.Tracing,
  puppeteer.WebWorker,
];

/** @type {WeakSet<object>} */
const guarded = new WeakSet();

/**
 * Gives everything asked of this object a deadline, and everything asked of what it hands out: no test can forget it. It is
 * done to the driver's classes, so the driver's own use of them is under the same deadlines.
 * @template T
 * @param {T} thing
 * @returns {T} the same
 */
export function guard(thing) {
  if (Array.isArray(thing)) thing.forEach(guard);
  else if (thing instanceof Map) [...thing.values()].forEach(guard);
  else if (KINDS.some((kind) => thing instanceof kind)) guardClass(Object.getPrototypeOf(thing));
  return thing;
}

/** @param {object} prototype and those that it inherits from, up to what is no driver's */
function guardClass(prototype) {
  if (guarded.has(prototype)) return;
  guarded.add(prototype);
  for (const [name, { value, get, ...more }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === "constructor" || name.startsWith("_")) continue;
    if (typeof value === "function") Object.defineProperty(prototype, name, { ...more, value: guardMethod(name, value) });
    if (get) Object.defineProperty(prototype, name, { configurable: more.configurable, enumerable: more.enumerable, set: more.set, get: guardGetter(get) });
  }
  const parent = Object.getPrototypeOf(prototype);
  if (KINDS.some((kind) => parent === kind.prototype || parent instanceof kind)) guardClass(parent);
}

/**
 * @param {string} name
 * @param {(...args: any[]) => any} act
 */
function guardMethod(name, act) {
  /** @this {any} @param {any[]} args */
  return function (...args) {
    const given = act.apply(this, args);
    if (!(given instanceof Promise)) return guard(given);
    const what = () => `${this.constructor.name}.${name}(${args.map(brief).join(", ")})`;
    return within(what, given.then(guard), { saw: () => stateOf(this) });
  };
}

/** @param {() => any} get */
function guardGetter(get) {
  /** @this {any} */
  return function () {
    return guard(get.call(this));
  };
}

/** @param {unknown} value */
function brief(value) {
  if (typeof value === "object" && value !== null && KINDS.some((kind) => value instanceof kind)) return value.constructor.name;
  const text = typeof value === "string" || typeof value === "function" ? value : (JSON.stringify(value) ?? value);
  return String(text).replace(/\s+/g, " ").slice(0, 120);
}

/** What can be said of a part of a browser without asking it. @param {any} part */
function stateOf(part) {
  const browser = part instanceof puppeteer.Browser ? part : browserOf(part);
  const pending = browser?.debugInfo.pendingProtocolErrors.map((/** @type {Error} */ { message }) => message.split(" timed out")[0]) ?? [];
  return [
    `a ${part.constructor.name}`,
    typeof part.url === "function" ? `at ${part.url()}` : "",
    part.isClosed?.() ? "that is closed" : "",
    browser?.connected === false ? "whose browser is gone" : "",
    pending.length > 0 ? `with ${pending.join(", ")} unanswered` : "",
  ].filter(Boolean).join(" ");
}

/** @param {any} part @returns {import("puppeteer-core").Browser | undefined} */
function browserOf(part) {
  const page = part instanceof puppeteer.Frame ? part.page() : part instanceof puppeteer.ElementHandle ? part.frame.page() : part;
  return page.browser?.();
}
