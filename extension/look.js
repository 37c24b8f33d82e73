// What a tab shows, as `Sight::Page`. Run in the tab by the background, on a click in the popup; only refusals give their
// markup away. The last expression is the answer.

(() => {
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus || null;
  const root = document.documentElement;
  // Another root than `<html>` is no page that refuses, and may hide what elements can do.
  const read = (status === null || status >= 400) && root instanceof HTMLHtmlElement;
  const html = read ? root.outerHTML.slice(0, 4 << 20) : "";
  return { url: location.href, status, html, load: Math.round(performance.timeOrigin * 1000) };
})();
