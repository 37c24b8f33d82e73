// Hears that this page sends a form, so that its answer is known not to come of a GET. Browsers do not say afterwards how a page
// was asked for, and a form must never be sent again. A file of its own: it runs as it is, beside the content script.
//
// Every form of the page's own that leads to another page is a `navigate` event with form data, also `form.submit()`. A page
// that failed is not listened to: a challenge continues by a form that stands for the request before it.

(() => {
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  // The browser runs this file when the page loads, and the background in pages that are open already.
  if (globalThis.hearsForms || (navigation?.responseStatus ?? 0) >= 400) {
    return;
  }
  globalThis.hearsForms = true;
  globalThis.navigation?.addEventListener("navigate", ({ formData, destination, downloadRequest, timeStamp }) => {
    if (formData === null || destination.sameDocument || downloadRequest !== null) {
      return;
    }
    const { hostname: host, pathname: path } = new URL(destination.url);
    const at = Math.round((performance.timeOrigin + timeStamp) * 1000);
    // The page is about to go: there is no time for another attempt. After an update there is no one to tell.
    chrome.runtime?.sendMessage?.({ kind: "form-sent", host, path, at }).catch(() => {});
  });
})();
