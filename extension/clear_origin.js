// Removes the caches and private files of this page's origin, where the browser leaves that to the page. The background runs
// this file in the tab, as a part of a clearing that was clicked.

(async () => {
  try {
    for (const name of await caches.keys()) await caches.delete(name);
    const files = await navigator.storage.getDirectory();
    for await (const name of files.keys()) await files.removeEntry(name, { recursive: true });
  } catch {
    // A page without storage has nothing to remove.
  }
})();
