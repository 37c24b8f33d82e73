// What a tab shows, as `Sight::Page`. The background runs this file in the tab, on a click in the popup; only block pages
// give their markup. The last expression is the answer.

(() => {
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const status = navigation?.responseStatus || null;
  const root = document.documentElement;
  // No block page has another root than `<html>`, and another root could hide its own properties.
  const html = (status === null || status >= 400) && root instanceof HTMLHtmlElement ? root.outerHTML.slice(0, 4 << 20) : "";
  return { url: location.href, status, html, load: Math.round(performance.timeOrigin * 1000) };
})();
