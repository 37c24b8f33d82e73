// The rule of `extension/content/burst.js`, over entries as browsers write them.

import assert from "node:assert/strict";
import test from "node:test";
import { isBlockedLogin, isLetIn, makeBurst } from "../../extension/content/burst.js";

const ORIGIN = "https://chatgpt.com";

/** @typedef {import("../../extension/content/burst.js").Entry} Entry */

/** @param {number} seconds @param {string} path @param {number} status @param {Partial<Entry>} [more] */
const entry = (seconds, path, status, more) => ({
  name: path.startsWith("/") ? ORIGIN + path : path,
  initiatorType: "fetch",
  responseStatus: status,
  responseEnd: seconds * 1000,
  ...more,
});

/** Each call of the observer is a list of entries. @param {Entry[][]} calls @param {(string | undefined)[]} expected */
function check(calls, expected) {
  const burst = makeBurst(ORIGIN);
  assert.deepEqual(calls.map((entries) => burst(entries)), expected);
}

const refused = (seconds, path = "/backend-api/me", status = 403, more = {}) => entry(seconds, path, status, more);

test("three refusals within half a minute are a burst, and its last path is told without its query", () => {
  check([[refused(1), refused(2), refused(3, "/backend-api/settings?a=b#c")]], ["/backend-api/settings"]);
  check([[refused(1)], [refused(2, "/api/session", 429)], [refused(3, "/public/x", 502)]], [undefined, undefined, "/public/x"]);
  check([[1, 2, 3].map((at) => refused(at, "/backend-api/me", 530, { initiatorType: "xmlhttprequest" }))], ["/backend-api/me"]);
});

test("fewer, or further apart, are none", () => {
  check([[refused(1), refused(2)]], [undefined]);
  check([[refused(1), refused(20), refused(31)], [refused(60)]], [undefined, undefined]);
});

test("what is let in beside them shows that they were about something else", () => {
  check([[refused(1), refused(2), entry(2.5, "/backend-api/me/avatar", 200), refused(3)]], [undefined]);
  check([[refused(1), refused(2)], [entry(3, "/backend-api/me", 304)], [refused(4), refused(5)], [refused(6)]], [
    undefined,
    undefined,
    undefined,
    "/backend-api/me",
  ]);
  // Somewhere else the door may well be open.
  check([[refused(1), entry(1.5, "/assets/words.json", 200), refused(2), refused(3)]], ["/backend-api/me"]);
});

test("an ordinary failure, a kept away request and another site's never count", () => {
  for (const status of [0, 200, 301, 400, 401, 402, 404, 405, 409, 410, 418, 422, 451]) {
    check([Array.from({ length: 50 }, (_, at) => refused(at, "/backend-api/me", status))], [undefined]);
  }
  for (const path of ["https://evil.example/backend-api/me", "https://chatgpt.com.evil.example/x", "http://chatgpt.com/x", "https://ab.chatgpt.com/v1"]) {
    check([Array.from({ length: 50 }, (_, at) => refused(at / 10, path))], [undefined]);
  }
});

test("only what programs ask for counts, and nothing that they tell of themselves", () => {
  for (const initiatorType of ["img", "script", "css", "link", "beacon", "iframe", "other", "video", ""]) {
    check([Array.from({ length: 50 }, (_, at) => refused(at / 10, "/backend-api/me", 403, { initiatorType }))], [undefined]);
  }
  for (const path of ["/ces/v1/t", "/v1/rgstr", "/ces/statsc/flush", "/api/7/envelope/", "/backend-api/telemetry", "/monitoring", "/v1/traces"]) {
    check([Array.from({ length: 50 }, (_, at) => refused(at / 10, path))], [undefined]);
  }
});

test("a burst is told once in five minutes, and then of a new one", () => {
  const burst = makeBurst(ORIGIN);
  const told = [];
  for (let at = 0; at < 1000; at += 1) if (burst([refused(at)])) told.push(at);
  assert.deepEqual(told, [2, 302, 602, 902]);
});

test("a flood leaves nothing behind that grows", () => {
  const burst = makeBurst(ORIGIN);
  const flood = Array.from({ length: 100_000 }, (_, at) => refused(at / 1000, `/${at}/${at}`));
  assert.equal(burst(flood), "/2/2");
  assert.equal(burst(flood), undefined);
});

test("what is let in of the same group ends what was refused", () => {
  const path = "/backend-api/me";
  assert.equal(isLetIn([entry(1, "/backend-api/me", 200)], ORIGIN, path), true);
  assert.equal(isLetIn([entry(1, "/backend-api/me/avatar?a", 204)], ORIGIN, path), true);
  assert.equal(isLetIn([entry(1, "/backend-api/settings", 200)], ORIGIN, path), false);
  assert.equal(isLetIn([refused(1), entry(1, "/backend-api/me", 0), entry(1, "/backend-api/me", 404)], ORIGIN, path), false);
  assert.equal(isLetIn([entry(1, "/backend-api/me", 200, { initiatorType: "img" })], ORIGIN, path), false);
});

test("one request that the login cannot do without is enough, where a page came instead of data", () => {
  const login = (path, status, more = {}) =>
    isBlockedLogin({ ...entry(1, `https://auth.openai.com${path}`, status), contentType: "text/html", ...more });
  for (const path of ["/api/accounts/password/verify", "/log-in", "/log-in/password.data?a=b", "/u/login/identifier", "/authorize/continue"]) {
    for (const status of [403, 429, 503]) assert.equal(login(path, status), true, `${path} ${status}`);
  }
  assert.equal(login("/api/accounts/password/verify", 403, { initiatorType: "xmlhttprequest" }), true);
  for (const status of [0, 200, 400, 401, 404, 500]) assert.equal(login("/log-in", status), false, `${status}`);
  assert.equal(login("/log-in", 403, { contentType: "application/json" }), false);
  assert.equal(login("/log-in", 403, { contentType: undefined }), false);
  assert.equal(login("/log-in", 403, { initiatorType: "script" }), false);
  assert.equal(login("/cdn-cgi/rum", 403), false);
  assert.equal(login("/ces/v1/t", 403), false);
  assert.equal(isBlockedLogin({ ...entry(1, "https://chatgpt.com/log-in", 403), contentType: "text/html" }), false);
  assert.equal(isBlockedLogin({ ...entry(1, "https://auth.openai.com.evil.example/log-in", 403), contentType: "text/html" }), false);
});
