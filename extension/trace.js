// What Cloudflare sees of this page's own requests, which other extensions can change. Run in the refused tab by the
// background, on a click in the popup; the last expression is the answer, read as a response or as its absence.

(async () => {
  try {
    const response = await fetch("/cdn-cgi/trace", {
      cache: "no-store",
      credentials: "omit",
      redirect: "manual",
      signal: AbortSignal.timeout(3500),
    });
    if (response.type === "opaqueredirect") {
      return { silence: "led-away" };
    }
    const { status, url, headers } = response;
    return { status, url, retryAfter: headers.get("retry-after"), body: (await response.text()).slice(0, 1 << 14) };
  } catch (error) {
    return { silence: error.name === "TimeoutError" ? "timeout" : "unreachable" };
  }
})();
