// The JavaScript side of `fake.rs`.

const missing = new Set();
const answers = new Map();
const listeners = new Map();
let calls = [];
let respond = () => Promise.reject(new TypeError("no response was laid down"));

const named = (name) =>
  new Proxy(() => {}, {
    get: (_, member) => (missing.has(`${name}${member}`) ? undefined : named(`${name}${member}.`)),
    apply: (_, __, args) => call(name.slice(0, -1), args),
  });

const call = (name, args) => {
  if (name.endsWith(".addListener")) {
    const event = name.slice(0, -".addListener".length);
    listeners.set(event, [...(listeners.get(event) ?? []), args[0]]);
    return undefined;
  }
  if (name.endsWith(".removeListener")) {
    const event = name.slice(0, -".removeListener".length);
    listeners.set(event, listeners.get(event).filter((listener) => listener !== args[0]));
    return undefined;
  }
  calls.push([name, ...args.map((arg) => (typeof arg === "object" ? structured(arg) : arg))]);
  return answers.has(name) ? answers.get(name)() : Promise.resolve();
};

// As JSON, with a word for each function: what is told apart here is what is in an object and what is not.
const structured = (value) =>
  JSON.parse(JSON.stringify(value, (_, member) => (typeof member === "function" ? "a function" : member)));

globalThis.chrome = named("");
Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
globalThis.fetch = (request) => {
  const { url, method, mode, credentials, cache, redirect, referrerPolicy } = request;
  calls.push(["fetch", { url, method, ...(mode === "no-cors" && { mode }), credentials, cache, redirect, referrerPolicy }]);
  return respond(request);
};

export const reset = () => {
  missing.clear();
  answers.clear();
  listeners.clear();
  calls = [];
};
export const lacks = (name) => missing.add(name);
export const resolves = (name, value) => answers.set(name, () => Promise.resolve(value));
export const rejects = (name, words) => answers.set(name, () => Promise.reject(new Error(words)));
export const throws = (name, words) =>
  answers.set(name, () => {
    throw new Error(words);
  });
export const tells = (event, args) => (listeners.get(event) ?? []).forEach((listener) => listener(...args));
export const noted = () => calls.splice(0);
export const navigatorHas = (name, value) => (navigator[name] = value);
export const responds = (status, headers, body) => {
  // The status of an opaque redirect, which a script cannot make.
  respond = () => Promise.resolve(status === 0 ? Response.error() : new Response(body, { status, headers }));
};
export const neverResponds = () => {
  respond = ({ signal }) =>
    new Promise((_, reject) => {
      // Node ends when nothing but the timer of a signal is left.
      const awake = setInterval(() => {}, 1000);
      signal.addEventListener("abort", () => {
        clearInterval(awake);
        reject(signal.reason);
      });
    });
};
