// An address once more, asked by the page itself: other extensions can change such a request, and it brings what a page's
// requests bring. Of a refused page that is asked without cookies, for a request of the background's does not bring partitioned
// ones, so only this can tell whether they are to blame; of an open one, what was refused inside it. Run in the tab by the
// background, which gets the answer as a response or as its absence. Needs nothing of this file around it.
//
// The browser measures this request like the page's own. So that `content.js`, which shares its globals with what is run in the
// tab, can tell them apart, it is noted what was asked and when.

const inside = async (url, credentials) => {
  // Browsers blur times a little.
  const note = { name: url, from: performance.now() - 2, to: Infinity };
  globalThis.ours = [...(globalThis.ours ?? []).slice(-9), note];
  try {
    // The tab may have gone elsewhere meanwhile.
    if (new URL(url).origin !== location.origin) {
      return { silence: "unreachable" };
    }
    const response = await fetch(url, { cache: "no-store", credentials, signal: AbortSignal.timeout(3500) });
    const { status, headers } = response;
    const body = status >= 400 ? (await response.text()).slice(0, 4 << 20) : "";
    return { status, url: response.url, retryAfter: headers.get("retry-after"), mitigated: headers.get("cf-mitigated"), body };
  } catch (error) {
    return { silence: error.name === "TimeoutError" ? "timeout" : "unreachable" };
  } finally {
    note.to = performance.now();
  }
};
