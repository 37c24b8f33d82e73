// The refused address once more, asked by the page itself and without cookies: a request of the background's does not bring
// partitioned ones, so only this one can tell whether they are to blame. Run and answered like trace.js.

(async () => {
  try {
    const response = await fetch(location.href, {
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(3500),
    });
    const { status, url, headers } = response;
    const body = status >= 400 ? (await response.text()).slice(0, 4 << 20) : "";
    return { status, url, retryAfter: headers.get("retry-after"), mitigated: headers.get("cf-mitigated"), body };
  } catch (error) {
    return { silence: error.name === "TimeoutError" ? "timeout" : "unreachable" };
  }
})();
