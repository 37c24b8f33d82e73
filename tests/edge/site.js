// The site behind the edge, for any host: a small app, and `/seed`, which fills every kind of storage a browser has for
// a site and says when it is done. It refuses nobody; that is the rules' part.

import { randomHex } from "./random.js";

/** @typedef {import("./answer.js").Plan} Plan */

const SESSION = "__Secure-next-auth.session-token";

/**
 * Cookies that come with every page load that lacks them. `{random}` is drawn, `{domain}` is the host's last two labels.
 * @type {readonly string[]}
 */
const VISIT_COOKIES = [
  "oai-did={random}; Domain={domain}; Path=/; Max-Age=31536000; Secure; SameSite=Lax",
  "__cf_bm={random}; Domain={domain}; Path=/; Max-Age=1800; HttpOnly; Secure; SameSite=None",
];

/**
 * Cookies that only `/seed` sets: a person signed in, and past Cloudflare's check.
 * @type {readonly string[]}
 */
const SEED_COOKIES = [
  `${SESSION}={random}; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax`,
  "cf_clearance={random}; Domain={domain}; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=None; Partitioned",
];

/** Browsers cut off a single cookie at 4096 bytes. */
const LARGEST_COOKIE = 3500;

export class Site {
  /** Set-Cookie lines for a page load that lacks them; tests may replace the list. */
  visitCookies = [...VISIT_COOKIES];
  /** Set-Cookie lines that `/seed` adds; tests may replace the list. */
  seedCookies = [...SEED_COOKIES];
  #random;

  /** @param {() => number} random */
  constructor(random) {
    this.#random = random;
  }

  /**
   * @param {import("./log.js").Entry} entry
   * @returns {Plan}
   */
  answer(entry) {
    const url = new URL(entry.path, `https://${entry.host}`);
    if (url.pathname === "/sw.js") return script("self.addEventListener('activate', () => self.clients.claim());");
    if (url.pathname === "/favicon.ico") return { outcome: "ordinary", status: 204, headers: {}, body: "" };
    if (url.pathname.startsWith("/backend-api/")) return json({ ok: true });
    if (url.pathname === "/seed") return this.#page(entry, seedPage(), [...this.seedCookies, ...asked(url)]);
    return this.#page(entry, appPage(entry), []);
  }

  /**
   * @param {import("./log.js").Entry} entry
   * @param {string} body
   * @param {string[]} more cookies
   * @returns {Plan}
   */
  #page(entry, body, more) {
    const lacking = this.visitCookies.filter((line) => !(line.split("=")[0] in entry.cookies));
    const cookies = [...(entry.pageLoad ? lacking : []), ...more].map((line) => this.#filled(line, entry.host));
    const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache", "set-cookie": cookies };
    return { outcome: "ordinary", status: 200, headers, body };
  }

  /**
   * @param {string} line
   * @param {string} host
   */
  #filled(line, host) {
    const domain = host.split(".").slice(-2).join(".");
    return line.replaceAll("{random}", () => randomHex(this.#random, 32)).replaceAll("{domain}", domain);
  }
}

/**
 * Cookies that a visit to `/seed` asks for: `?cookie=` a whole Set-Cookie line, as often as wanted, and `?bytes=` junk
 * of so many bytes in all.
 * @param {URL} url
 * @returns {string[]}
 */
function asked(url) {
  const junk = [];
  for (let left = Number(url.searchParams.get("bytes") ?? 0); left > 0; left -= LARGEST_COOKIE) {
    junk.push(`junk${junk.length}=${"j".repeat(Math.min(left, LARGEST_COOKIE))}; Path=/; Max-Age=31536000; Secure`);
  }
  return [...url.searchParams.getAll("cookie"), ...junk];
}

/**
 * @param {unknown} value
 * @returns {Plan}
 */
function json(value) {
  return {
    outcome: "ordinary",
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  };
}

/**
 * @param {string} body
 * @returns {Plan}
 */
function script(body) {
  return { outcome: "ordinary", status: 200, headers: { "content-type": "text/javascript" }, body };
}

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; gap: 1rem; text-align: center }
  form { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 1.5rem; padding: .75rem 1.5rem }
  p { margin: 0; opacity: .7 }`;

/** @param {import("./log.js").Entry} entry */
function appPage(entry) {
  const name = entry.host.endsWith("chatgpt.com") || entry.host === "chat.openai.com" ? "ChatGPT" : entry.host;
  const signedIn = SESSION in entry.cookies;
  return `<!doctype html>
<html lang="en" data-app="open" data-signed-in="${signedIn}">
<meta charset="utf-8">
<title>${name}</title>
<style>${STYLE}</style>
<main>
  <h1>What's on your mind today?</h1>
  <form>Ask anything</form>
  <p>${signedIn ? "Signed in" : "Signed out"}</p>
</main>
</html>
`;
}

function seedPage() {
  return `<!doctype html>
<html lang="en" data-seeded="no">
<meta charset="utf-8">
<title>Seeding</title>
<style>${STYLE}</style>
<main><h1>Filling this site's storage</h1></main>
<script>
  const root = document.documentElement;
  const database = () => new Promise((resolve, reject) => {
    const opening = indexedDB.open("conversations", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction("kept", "readwrite");
      writing.objectStore("kept").put("seeded", "draft");
      writing.oncomplete = () => { opening.result.close(); resolve(); };
      writing.onerror = () => reject(writing.error);
    };
  });
  const seed = async () => {
    localStorage.setItem("theme", "dark");
    sessionStorage.setItem("tab", "seeded");
    document.cookie = "script-cookie=seeded; path=/; max-age=31536000; secure";
    await database();
    await (await caches.open("assets")).put("/cached.txt", new Response("seeded"));
    await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
  };
  seed().then(
    () => { root.dataset.seeded = "yes"; document.title = "Seeded"; },
    (error) => { root.dataset.seeded = "failed"; document.title = "Seeding failed: " + error; },
  );
</script>
</html>
`;
}
