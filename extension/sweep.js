// Removes what this page's origin keeps in caches of its own and in private files, where the browser leaves that to the
// page. Run in the tab by the background, as a part of a clearing that was clicked.

(async () => {
  try {
    for (const name of await caches.keys()) await caches.delete(name);
    const files = await navigator.storage.getDirectory();
    for await (const name of files.keys()) await files.removeEntry(name, { recursive: true });
  } catch {
    // A page without storage has nothing to remove.
  }
})();
