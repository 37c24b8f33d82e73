// What a tab shows, as `Sight::Page`. The background runs this file in the tab, on a click in the popup; only block pages
// give their markup, and the login the part that names its own error. The last expression is the answer.

(() => {
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const status = navigation?.responseStatus || null;
  const root = document.documentElement;
  // The login's error stands beside its headline, in a page that was loaded with status 200.
  const loginError = () => {
    const part = location.host === "auth.openai.com" ? document.querySelector("main h1")?.closest("section, main") : undefined;
    return part && /Route Error \(|invalid_state|Invalid Session/.test(part.textContent) ? part.outerHTML.slice(0, 1 << 14) : "";
  };
  // No block page has another root than `<html>`, and another root could hide its own properties.
  const whole = (status === null || status >= 400) && root instanceof HTMLHtmlElement;
  const html = whole ? root.outerHTML.slice(0, 4 << 20) : loginError();
  // While Firefox's `resistFingerprinting` is on, the page's own `Date` lives in another time zone than this script's. Firefox gives
  // the original one here, whatever the page has made of it; in Chromium it is this script's own.
  const offsets = (/** @type {DateConstructor} */ Date) => [0, 6].map((month) => new Date(2026, month).getTimezoneOffset()).join();
  const hidesZone = offsets(/** @type {any} */ (window).Date) !== offsets(Date);
  return { url: location.href, status, html, load: Math.round(performance.timeOrigin * 1000), hidesZone };
})();
