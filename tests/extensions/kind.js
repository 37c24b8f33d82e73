// The kinds of dummy extension: what each asks for and does. Each kind turns its options into a part of a manifest and
// the files it names; name, key, icons and version are added elsewhere.

/**
 * @typedef {object} Body
 * @property {Record<string, unknown>} manifest
 * @property {Record<string, string>} [files] text by file name
 */

const ALL_SITES = ["*://*/*"];
const MODIFIED = ["main_frame", "sub_frame", "xmlhttprequest"];

/**
 * A background for both browsers: Chromium takes the worker, Firefox the script.
 * @param {string} file
 */
const background = (file) => ({ background: { service_worker: file, scripts: [file] } });

/**
 * Changes request headers by static rules, as header tweakers and agent switchers do.
 * @param {{ header: string, operation: "set" | "remove", value?: string }[]} requestHeaders
 * @param {{ hosts?: string[] }} [options]
 * @returns {Body}
 */
function headerRules(requestHeaders, { hosts = ALL_SITES } = {}) {
  const rule = {
    id: 1,
    action: { type: "modifyHeaders", requestHeaders },
    condition: { urlFilter: "|https", resourceTypes: MODIFIED },
  };
  return {
    manifest: {
      permissions: ["declarativeNetRequestWithHostAccess"],
      host_permissions: hosts,
      declarative_net_request: { rule_resources: [{ id: "headers", enabled: true, path: "rules.json" }] },
    },
    files: { "rules.json": JSON.stringify([rule]) },
  };
}

/**
 * Adds or replaces one request header.
 * @param {{ header?: string, value?: string, hosts?: string[] }} options
 */
export const headerRewriter = ({ header = "x-header-tweaker", value = "1", hosts }) =>
  headerRules([{ header, operation: "set", value }], { hosts });

/**
 * Rewrites the user agent as popular switchers do: in requests together with the client hints, which would contradict it, and in
 * the page's own scripts. Scripts of other extensions still see the true one.
 * @param {{ agent?: string, hosts?: string[] }} options
 * @returns {Body}
 */
export const agentSwitcher = ({ agent = "Mozilla/5.0 (Nokia; Feature Phone)", hosts = ALL_SITES }) => {
  const hints = ["sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-ch-ua-full-version-list"];
  const removed = hints.map((header) => ({ header, operation: /** @type {const} */ ("remove") }));
  const { manifest, files } = headerRules([{ header: "user-agent", operation: "set", value: agent }, ...removed], { hosts });
  const script = { matches: hosts, js: ["agent.js"], world: "MAIN", run_at: "document_start", all_frames: true };
  return {
    manifest: { ...manifest, content_scripts: [script] },
    files: {
      ...files,
      "agent.js": `
Object.defineProperty(Navigator.prototype, "userAgent", { configurable: true, get: () => ${JSON.stringify(agent)} });
delete Navigator.prototype.userAgentData;
`,
    },
  };
};

/**
 * Lets no cookie leave the browser.
 * @param {{ hosts?: string[] }} options
 */
export const cookieEater = ({ hosts }) => headerRules([{ header: "cookie", operation: "remove" }], { hosts });

/**
 * Leads all traffic through a proxy on 127.0.0.1: at start when `port` is given, and whenever it gets the message
 * `{ port }` (null: directly). For a driver: `useProxy(port)` in the worker.
 * @param {{ port?: number | null }} options
 * @returns {Body}
 */
export const proxySwitcher = ({ port = null }) => ({
  manifest: { permissions: ["proxy"], host_permissions: ALL_SITES, ...background("worker.js") },
  files: {
    "worker.js": `
self.useProxy = (port) => port === null
  ? chrome.proxy.settings.clear({})
  : chrome.proxy.settings.set({ value: {
      mode: "fixed_servers",
      rules: { singleProxy: { scheme: "http", host: "127.0.0.1", port } },
    } });
chrome.runtime.onMessage.addListener(({ port }, _sender, reply) => {
  useProxy(port).then(() => reply(true), (error) => reply(String(error)));
  return true;
});
const first = ${JSON.stringify(port)};
if (first !== null) useProxy(first);
`,
  },
});

/**
 * Switches other extensions, for a driver: `chrome.management` in its worker.
 * @returns {Body}
 */
export const switchboard = () => ({
  manifest: { permissions: ["management", "tabs"], ...background("worker.js") },
  files: { "worker.js": "// All it does is what a driver evaluates here.\n" },
});

/**
 * Its popup reads the title of the tab it was opened on, which needs `activeTab`, that is a real click on its icon.
 * The answer is in `data-read` of the popup's root: the title, or `refused: …`. A button "Allow this site" asks for
 * the tab's host for good and writes `data-allowed`. On the `hosts` it puts a region into a closed shadow root.
 * @param {{ hosts?: string[] }} options
 * @returns {Body}
 */
export const tabReader = ({ hosts = ["https://chatgpt.com/*"] }) => ({
  manifest: {
    permissions: ["activeTab", "scripting", "storage"],
    host_permissions: hosts,
    optional_host_permissions: ALL_SITES,
    action: { default_popup: "popup.html" },
    content_scripts: [{ matches: hosts, js: ["content.js"] }],
    ...background("worker.js"),
  },
  files: {
    "popup.html": `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Tab reader</title>
<style>body { width: 20rem; height: 10rem }</style>
<button>Allow this site</button>
<script type="module" src="popup.js"></script>
</html>
`,
    "popup.js": `
const root = document.documentElement;
const said = Number(new URLSearchParams(location.search).get("tab"));
const tabId = said || (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0].id;
const reading = chrome.scripting.executeScript({ target: { tabId }, func: () => [document.title, location.origin] });
const [title, origin] = await reading.then(([{ result }]) => result, (error) => ["refused: " + error.message, null]);
document.querySelector("button").addEventListener("click", async () => {
  root.dataset.allowed = await chrome.permissions.request({ origins: [origin + "/*"] });
});
root.dataset.tab = tabId;
root.dataset.read = title;
`,
    "content.js": `
const shadow = document.documentElement.appendChild(document.createElement("tab-reader")).attachShadow({ mode: "closed" });
const button = document.createElement("button");
button.textContent = "Count";
button.addEventListener("click", ({ isTrusted }) => { button.textContent = isTrusted ? "Counted" : "Not counted"; });
shadow.append(button);
`,
    "worker.js": "self.born = crypto.randomUUID();\n",
  },
});

/**
 * Does nothing to anybody, though some could.
 * @param {{ reach?: "all-sites" | "one-site" | "storage" }} options
 * @returns {Body}
 */
export const innocent = ({ reach = "storage" }) => {
  if (reach === "storage") return { manifest: { permissions: ["storage"] } };
  const matches = reach === "all-sites" ? ALL_SITES : ["https://chatgpt.com/*"];
  return {
    manifest: { content_scripts: [{ matches, js: ["content.js"] }] },
    files: { "content.js": "// Runs everywhere and touches nothing.\n" },
  };
};
