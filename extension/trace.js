// What Cloudflare sees of this page's own requests, which other extensions can change. The background runs this file in the
// blocked tab, on a click in the popup. The last expression is the answer: a response, or why there is none.

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
    const [retryAfter, rayId, server] = ["retry-after", "cf-ray", "server"].map((name) => headers.get(name));
    return { status, url, retryAfter, rayId, server, body: (await response.text()).slice(0, 1 << 14) };
  } catch (error) {
    return { silence: /** @type {Error} */ (error).name === "TimeoutError" ? "timeout" : "unreachable" };
  }
})();
