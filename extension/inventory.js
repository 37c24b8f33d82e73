// Counts what this page's origin stores besides cookies: entries, databases, caches, service workers. The background runs this
// file in the tab, before and after clearing. The last expression is the answer; `null` when it cannot be counted.

(async () => {
  try {
    const [databases, cacheNames, workers] = await Promise.all([
      indexedDB.databases(),
      caches.keys(),
      navigator.serviceWorker ? navigator.serviceWorker.getRegistrations() : [],
    ]);
    return localStorage.length + sessionStorage.length + databases.length + cacheNames.length + workers.length;
  } catch {
    return null; // A sandboxed page has no storage at all.
  }
})();
