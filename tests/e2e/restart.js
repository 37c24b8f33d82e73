// A Chromium that can be killed and started again, with extensions that outlive it. It knows no story.
//
// An unpacked extension does not survive a restart of a driven browser, and reloading it forgets that it was switched off.
// What a policy installed does: so everything is packed, served with an update manifest from 127.0.0.1, and asked for by a
// policy file. Chromium reads policies from a fixed place. Where the system lets us, the browser gets that place to itself
// (a mount namespace: no other Chromium on this computer sees it, and nothing is left behind whatever is killed); else the
// file is written there for as long as this lasts, which only root may do.
//
// Found out by experiment with Chromium 156:
// - `normal_installed` can be switched by hand and by other extensions, `force_installed` cannot.
// - Puppeteer's flags against background networking keep policy extensions from being fetched, so they are left out.
// - Puppeteer's list of extensions holds unpacked ones only: a toolbar button cannot be clicked here. The popup is opened
//   as a tab.
// - What was switched within about ten seconds before SIGKILL is on again afterwards: the browser had not saved it yet.

import { execFile, execFileSync } from "node:child_process";
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { startEdge } from "../edge/edge.js";
import { idOf } from "../extensions/id.js";
import { makeExtensions } from "../extensions/make.js";
import { close as closeBrowser, findChromium, openChromium, waitForCondition } from "./browser.js";
import { within } from "./deadline.js";
import { Promises } from "./privacy.js";
import { CHROME, ownOf } from "./scene.js";

/** Puppeteer's flags under which no extension is fetched for a policy. */
const UNWANTED = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-sync",
];

/** One extension is packed on a busy computer, by a browser of its own. */
const PACKING = 60_000;

/** 25 extensions are fetched, unpacked and started one after the other, on a busy computer. */
const INSTALLING = 60_000;

/**
 * @typedef {object} Lasting
 * @property {import("../edge/edge.js").Edge} edge
 * @property {string} readmit its id
 * @property {string[]} ids of the other extensions, in the order of the wishes
 * @property {import("../extensions/make.js").Made[]} made the same with their names
 * @property {() => Promise<import("./scene.js").Stage>} start the browser, again after it was ended; every extension is there
 *   when it resolves. What a stage offers works, save for the toolbar button
 * @property {() => Promise<void>} kill ends the browser with SIGKILL, in the middle of whatever it does
 * @property {() => Promise<void>} quit ends it as a person does, everything saved
 * @property {() => Promise<void>} close ends everything and leaves nothing behind
 */

/**
 * Why nothing can be installed by policy on this computer; `null` where it can.
 * @returns {string | null}
 */
export function policyProblem() {
  const place = placeOfPolicies();
  if (namespace(place) || process.getuid?.() === 0) return null;
  return `nothing was tested: extensions that survive a restart are installed by policy, and this user may neither mount over nor write to ${place}`;
}

/**
 * Readmit and the wished extensions, ready to be started with `start()`.
 * @param {{ wishes?: import("../extensions/make.js").Wish[], rules?: import("../edge/rules.js").Rule[],
 *   readmit?: string, isForced?: boolean, args?: readonly string[], managed?: (ids: string[]) => object }} [options]
 *   `readmit`: its unpacked directory; `isForced`: may nobody switch or remove it? `managed`: what the policy says to it, given
 *   the ids of the wished extensions
 * @returns {Promise<Lasting>}
 */
export async function openLasting({ wishes = [], rules = [], readmit = CHROME, isForced = false, args = [], managed } = {}) {
  const problem = policyProblem();
  if (problem) throw new Error(problem);
  const directory = mkdtempSync(join(tmpdir(), "lasting-"));
  const unpacked = makeExtensions(join(directory, "unpacked"), wishes);
  const packed = [];
  for (const path of [readmit, ...unpacked.map(({ path }) => path)]) packed.push(await pack(path, directory));
  const promises = new Promises();
  const edge = await startEdge({ rules, onAnswer: (entry) => promises.note(entry) });
  const shop = await serve(packed);
  const [{ id: own }, ...others] = packed;
  const told = managed && { [own]: managed(others.map(({ id }) => id)) };
  const policy = publish(directory, packed, shop.port, { told, forced: isForced ? own : undefined });
  const made = others.map(({ id }, at) => ({ ...unpacked[at], id }));

  /** @type {import("./browser.js").Chromium | null} */
  let running = null;
  /** @param {(browser: import("puppeteer-core").Browser, child: import("node:child_process").ChildProcess) => unknown} act */
  const end = async (act) => {
    const browser = running?.browser;
    const child = browser?.process();
    running = null;
    if (!browser || !child) return;
    const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : null;
    await act(browser, child);
    if (gone) await within("the browser's process to exit", gone);
  };
  const start = async () => {
    running = await openChromium({
      edge,
      userDataDir: join(directory, "profile"),
      executable: policy.executable,
      ignoreDefaultArgs: UNWANTED,
      args: ["--no-sandbox", ...args],
    });
    const { browser, page } = running;
    const ids = made.map(({ id }) => id);
    const desk = await waitForCondition(() => ownOf(browser, own), { what: "Readmit to be installed by policy", patience: INSTALLING });
    await waitForCondition(async () => (await installed(desk, ids)) === ids.length, {
      what: "every extension to be installed by policy",
      patience: INSTALLING,
    });
    return { edge, page, browser, readmit: own, ids, made, close, ...desk };
  };
  const kill = () => end((_browser, child) => child.kill("SIGKILL"));
  const quit = () => end(closeBrowser);
  const close = async () => {
    await quit();
    policy.withdraw();
    await within("the shop to close", shop.close());
    await within("the edge to close", edge.close());
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    promises.assertKept(edge);
  };
  return { edge, readmit: own, ids: made.map(({ id }) => id), made, start, kill, quit, close };
}

/**
 * How many of these the browser knows by now.
 * @param {Pick<import("./scene.js").Stage, "ask">} desk
 * @param {string[]} ids
 */
async function installed({ ask }, ids) {
  const all = await ask(() => chrome.management.getAll());
  return all.filter(({ id }) => ids.includes(id)).length;
}

/**
 * @param {string} path an unpacked extension
 * @param {string} directory where the packed one and its key go
 */
async function pack(path, directory) {
  // The folder's name is that of what comes of it; a key in the manifest would have to be the packed one's.
  const copy = join(directory, "packing", basename(path));
  mkdirSync(dirname(copy), { recursive: true });
  execFileSync("cp", ["-R", path, copy]);
  const manifest = JSON.parse(readFileSync(join(copy, "manifest.json"), "utf8"));
  delete manifest.key;
  writeFileSync(join(copy, "manifest.json"), JSON.stringify(manifest));
  const flags = ["--headless", "--no-sandbox", "--no-message-box", `--pack-extension=${copy}`];
  await promisify(execFile)(findChromium(), flags, { timeout: PACKING });
  const key = createPublicKey(createPrivateKey(readFileSync(`${copy}.pem`))).export({ type: "spki", format: "der" });
  return { id: idOf(key), file: `${copy}.crx`, version: manifest.version };
}

/**
 * Serves what was packed, and the update manifest that names it.
 * @param {{ id: string, file: string, version: string }[]} packed
 */
async function serve(packed) {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname.slice(1);
    const asked = packed.find(({ id }) => path === `${id}.crx`);
    response.setHeader("content-type", asked ? "application/x-chrome-extension" : "application/xml");
    response.end(asked ? readFileSync(asked.file) : updates(packed, request.headers.host ?? ""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { port: /** @type {import("node:net").AddressInfo} */ (server.address()).port, close };
}

/**
 * @param {{ id: string, version: string }[]} packed
 * @param {string} host
 */
function updates(packed, host) {
  const apps = packed.map(
    ({ id, version }) =>
      `<app appid="${id}"><updatecheck codebase="http://${host}/${id}.crx" version="${version}"/></app>`,
  );
  return `<?xml version="1.0"?><gupdate xmlns="http://www.google.com/update2/response" protocol="2.0">${apps.join("")}</gupdate>`;
}

/**
 * Puts the policy where Chromium finds it.
 * @param {string} directory
 * @param {{ id: string }[]} packed
 * @param {number} port
 * @param {{ told?: Record<string, object>, forced?: string }} more what else extensions are told, by id; and the one that nobody
 *   may switch
 * @returns {{ executable: string, withdraw: () => void }} `executable`: the Chromium that sees it
 */
function publish(directory, packed, port, { told, forced }) {
  const wish = (/** @type {string} */ id) => ({
    installation_mode: id === forced ? "force_installed" : "normal_installed",
    update_url: `http://127.0.0.1:${port}/updates.xml`,
  });
  const policy = JSON.stringify({
    ExtensionSettings: Object.fromEntries(packed.map(({ id }) => [id, wish(id)])),
    // Else nobody may look into what a policy forces on a browser, not even a driver.
    DeveloperToolsAvailability: 1,
    ...(told && { "3rdparty": { extensions: told } }),
  });
  const place = placeOfPolicies();
  const flags = namespace(place);
  if (flags) {
    const own = join(directory, "policy");
    mkdirSync(join(own, "policies/managed"), { recursive: true });
    writeFileSync(join(own, "policies/managed/readmit-tests.json"), policy);
    const executable = join(directory, "chromium");
    const mount = `mount --bind "$0" "${place}" && exec "$@"`;
    writeFileSync(executable, `#!/bin/sh\nexec unshare ${flags} sh -c '${mount}' "${own}" "${findChromium()}" "$@"\n`);
    chmodSync(executable, 0o755);
    return { executable, withdraw() {} };
  }
  const file = join(place, "policies/managed", `readmit-tests-${process.pid}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, policy);
  const withdraw = () => rmSync(file, { force: true });
  process.once("exit", withdraw);
  return { executable: findChromium(), withdraw };
}

/** Where this build of Chromium looks for policies. */
function placeOfPolicies() {
  return /google-chrome/.test(findChromium()) ? "/etc/opt/chrome" : "/etc/chromium";
}

/**
 * The flags of `unshare` with which something can be mounted on `place` for one process alone; `null` where it cannot.
 * @param {string} place
 */
function namespace(place) {
  if (!existsSync(place)) return null;
  const works = (/** @type {string} */ flags) => {
    try {
      const script = `mount --bind "${tmpdir()}" "${place}"`;
      execFileSync("unshare", [...flags.split(" "), "sh", "-c", script], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  return ["--mount", "--map-root-user --mount"].find(works) ?? null;
}
