// How many things this page's origin keeps besides cookies: entries, databases, caches, service workers. Run in the tab by
// the background, before and after clearing. The last expression is the answer; `null` when it cannot be counted.

(async () => {
  try {
    const [databases, caches_, workers] = await Promise.all([
      indexedDB.databases(),
      caches.keys(),
      navigator.serviceWorker ? navigator.serviceWorker.getRegistrations() : [],
    ]);
    return localStorage.length + sessionStorage.length + databases.length + caches_.length + workers.length;
  } catch {
    return null; // A sandboxed page has no storage at all.
  }
})();
