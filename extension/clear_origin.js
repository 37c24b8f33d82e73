// Removes the caches and private files of this page's origin, where the browser leaves that to the page. The background runs the
// function in the tab, as a part of a clearing that was clicked, so it uses nothing of the file around it.

/**
 * Does nothing on a page of another host: the tab may have moved on.
 * @param {string[]} hostnames of the site that is cleared
 */
export const clearOrigin = async (...hostnames) => {
  if (!hostnames.includes(location.hostname)) return;
  try {
    for (const name of await caches.keys()) await caches.delete(name);
    const files = await navigator.storage.getDirectory();
    for await (const name of files.keys()) await files.removeEntry(name, { recursive: true });
  } catch {
    // A page without storage has nothing to remove.
  }
};
