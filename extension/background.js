// Starts the background. A worker that an event wakes gets that event only if its listener is registered in the first task, so
// all listeners are here, and what they hear waits until the module is ready. For the same reason the build bundles this file
// and what it imports into one classic script.

import init, { Background } from "./module/background.js";

// Content scripts run in the process of a page, which may be compromised, so no storage is open to them. In Firefox, which
// cannot close it, nothing of ours is in `storage.local` (`crate/webext/src/database.rs`).
for (const area of [chrome.storage.local, chrome.storage.session, chrome.storage.sync]) {
  area.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" }).catch(() => {});
}

const module_or_path = fetch("/background.wasm");

/**
 * A value that may be refused: the code that awaits it later learns why, and until then that is no unhandled rejection.
 * @template T
 * @param {() => Promise<T>} ask
 */
const request = (ask) => {
  const answer = (async () => ask())();
  answer.catch(() => {});
  return answer;
};

// What the start needs, requested while the module is loading.
const local = request(() => chrome.storage.local.get(null));
const session = request(() => chrome.storage.session.get(null));
const policy = request(() => chrome.storage.managed.get(null));

const ready = init({ module_or_path }).then(() => Background.start(local, session, policy));

/**
 * Calls in the order in which the events came.
 * @template T
 * @param {(background: Background) => T | PromiseLike<T>} act
 */
const whenReady = (act) => ready.then(act);

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  whenReady((background) => background.message(message, sender)).then(respond, () => respond());
  return true; // The answer comes later.
});

let connections = 0;

chrome.runtime.onConnect.addListener((port) => {
  connections += 1;
  const number = connections;
  port.onMessage.addListener((message) => whenReady((background) => background.heard(number, message)));
  port.onDisconnect.addListener(() => whenReady((background) => background.disconnected(number)));
  whenReady((background) => background.connected(number, port));
});

const changed = (/** @type {chrome.management.ExtensionInfo} */ info) => {
  whenReady((background) => background.extension_changed(info));
};
chrome.management.onEnabled.addListener(changed);
chrome.management.onDisabled.addListener(changed);
chrome.management.onInstalled.addListener(changed);
chrome.management.onUninstalled.addListener((id) => whenReady((background) => background.extension_removed(id)));

chrome.tabs.onRemoved.addListener((tab) => whenReady((background) => background.tab_closed(tab)));

const grantsChanged = () => whenReady((background) => background.grants_changed());
chrome.permissions.onAdded.addListener(grantsChanged);
chrome.permissions.onRemoved.addListener(grantsChanged);

// The API is there only with its permission. Adding the same listener twice is adding it once.
const clicked = (/** @type {string} */ name) => whenReady((background) => background.notification_clicked(name));
const listenForClicks = () => chrome.notifications?.onClicked.addListener(clicked);
listenForClicks();
chrome.permissions.onAdded.addListener(listenForClicks);

// Not every browser has policies.
chrome.storage.managed?.onChanged?.addListener(() => whenReady((background) => background.policy_changed()));

chrome.alarms.onAlarm.addListener(() => whenReady((background) => background.woken()));

// Only to be started with the browser and after an update: each start reconciles the ledger with reality.
chrome.runtime.onStartup.addListener(() => {});
chrome.runtime.onInstalled.addListener(() => {});
