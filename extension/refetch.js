// Requests a URL again, as the page: other extensions can change such a request, and it carries the cookies of the page's own
// requests. A block page is requested without cookies: the worker's requests never carry partitioned ones, so only this tells
// whether they are to blame. An open page is asked for what was blocked inside it. The background runs the function in the tab,
// so it uses nothing of the file around it.
//
// The browser measures this request like those of the page. `content/requests.js`, which runs in the same world, finds in
// `ownRequests` what was requested here and when.

/**
 * A response, or why there is none.
 * @param {string} url
 * @param {RequestCredentials} credentials
 */
export const refetch = async (url, credentials) => {
  // Browsers blur times a little.
  const request = { url, from: performance.now() - 2, to: Infinity };
  globalThis.ownRequests = [...(globalThis.ownRequests ?? []).slice(-9), request];
  try {
    // The tab may show another site by now.
    if (new URL(url).origin !== location.origin) {
      return { silence: "unreachable" };
    }
    const signal = AbortSignal.timeout(3500);
    const response = await fetch(url, { cache: "no-store", credentials, redirect: "manual", signal });
    if (response.type === "opaqueredirect") {
      return { silence: "led-away" };
    }
    const { status, headers } = response;
    const body = status >= 400 ? (await response.text()).slice(0, 4 << 20) : "";
    const [retryAfter, mitigated, rayId, contentType] = ["retry-after", "cf-mitigated", "cf-ray", "content-type"].map((name) => headers.get(name));
    return { status, url: response.url, retryAfter, mitigated, rayId, contentType, body };
  } catch (error) {
    return { silence: /** @type {Error} */ (error).name === "TimeoutError" ? "timeout" : "unreachable" };
  } finally {
    request.to = performance.now();
  }
};
