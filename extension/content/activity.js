// Tells the background that the person may be waiting for the connection, or for another IP address, and is back. What to do
// about it is decided there.

import { send } from "./message.js";

/** From now on, reports that the browser is online again and that the page is visible again. */
export const reportActivity = () => {
  const report = (/** @type {Event} */ event) => event.isTrusted && send({ kind: "page-active" });
  addEventListener("online", report);
  document.addEventListener("visibilitychange", (event) => document.visibilityState === "visible" && report(event));
};
