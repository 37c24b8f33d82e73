// The background's loader. A worker that is woken by an event gets it only if the listener was registered before the first
// pause, so all of them stand here, and what they hear waits until the module is ready. The build puts the module's glue
// around it, `loadGlue()`, and `inside.js` before it: one file is read sooner than three.

// Handed to the browser as it is, with arguments: a file that is run in a tab can be given none.
globalThis.inside = inside;

// Compiled as it comes in.
const module_or_path = fetch("/background.wasm");

/** An answer that may be a refusal, whoever waits for it and however late. */
const asked = (ask) => {
  const answer = (async () => ask())();
  answer.catch(() => {});
  return answer;
};

// What starting depends on, asked for while the module is on its way.
const local = asked(() => chrome.storage.local.get(null));
const session = asked(() => chrome.storage.session.get(null));
const policy = asked(() => chrome.storage.managed.get(null));

const glue = loadGlue();
const ready = glue({ module_or_path }).then(() => glue.Background.start(local, session, policy));

/** Calls in the order of their coming. */
const later = (act) => ready.then(act);

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  later((background) => background.message(message, sender)).then(respond, () => respond());
  return true; // The answer comes later.
});

let connections = 0;

chrome.runtime.onConnect.addListener((port) => {
  connections += 1;
  const number = connections;
  port.onMessage.addListener((message) => later((background) => background.heard(number, message)));
  port.onDisconnect.addListener(() => later((background) => background.disconnected(number)));
  later((background) => background.connected(number, port));
});

const changed = (info) => later((background) => background.extension_changed(info));
chrome.management.onEnabled.addListener(changed);
chrome.management.onDisabled.addListener(changed);
chrome.management.onInstalled.addListener(changed);
chrome.management.onUninstalled.addListener((id) => later((background) => background.extension_removed(id)));

const granted = () => later((background) => background.grants_changed());
chrome.permissions.onAdded.addListener(granted);
chrome.permissions.onRemoved.addListener(granted);

// Without the permission it is not there; adding the same listener twice is adding it once.
const clicked = (name) => later((background) => background.notification_clicked(name));
const hear = () => chrome.notifications?.onClicked.addListener(clicked);
hear();
chrome.permissions.onAdded.addListener(hear);

// Not every browser has policies.
chrome.storage.managed?.onChanged?.addListener(() => later((background) => background.policy_changed()));

chrome.alarms.onAlarm.addListener(() => later((background) => background.woken()));

// Only to be started when the browser is or Readmit was updated: starting reconciles the ledger with what is true now.
chrome.runtime.onStartup.addListener(() => {});
chrome.runtime.onInstalled.addListener(() => {});
