// Keeps what the content script is to tell of a result, until it runs. The background runs the function in the tab, so it uses
// nothing of the file around it.

/** @param {string} json of a `Result` in `content/result.js` */
export const keepResult = (json) => {
  globalThis.resultToTell = JSON.parse(json);
};
