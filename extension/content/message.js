// Messages between this page load and the background.

/** How often a message is sent before it is given up, and the pause between two attempts, in milliseconds. */
const MOST_ATTEMPTS = 4;
const PAUSE = 250;
/** How long an answer may take, in milliseconds. A burst may take longer, because the page is asked again for it. */
const PATIENCE = 2_000;
const BURST_PATIENCE = 15_000;

/**
 * A message key with its arguments. A count chooses the plural form.
 * @typedef {{ key: string, args: string[], count?: number | null }} Words
 *
 * The texts of the banner.
 * @typedef {{ headline: Words, label?: Words, hint: Words | null }} BannerWords
 *
 * What the background answers: the banner to show, if any, and whether the page is a challenge that still runs. The banner is
 * not to be drawn where it is `hidden`, because it is turned off.
 * @typedef {{ banner: BannerWords | null, runs: boolean, hidden?: boolean }} Answer
 *
 * Everything that is sent: `PageMessage` in the core.
 * @typedef {{ kind: "seen", verdict: object, load: number }
 *   | { kind: "judge", status: number, html: string, load: number }
 *   | { kind: "burst", path: string, status?: number, load: number }
 *   | { kind: "gone" }
 *   | { kind: "fix-it", click: number }
 *   | { kind: "page-active" }} Message
 */

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE));

/**
 * The answer to a message; `undefined` where there is none in time.
 * @param {Message} message
 * @returns {Promise<Answer | undefined>}
 */
const attempt = async (message) => {
  const answered = chrome.runtime.sendMessage(message).catch(() => undefined);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, message.kind === "burst" ? BURST_PATIENCE : PATIENCE);
  });
  const answer = await Promise.race([answered, late]);
  clearTimeout(timer);
  return answer;
};

/** Did the extension that this script belongs to end: by an update, by being disabled or removed? Then no one hears it any more. */
export const hasEnded = () => chrome.runtime?.id === undefined;

/**
 * Sends a message until the background has answered it: a worker that dies over a message loses it silently. The background
 * answers every message with an object; `undefined` is the browser's answer when the worker has ended.
 *
 *   sent ── answered ──▶ its answer
 *    ▲ └── rejected, undefined or too late ──▶ pause ──┐
 *    └───────────────── up to four times ──────────────┘
 *
 * @param {Message} message
 * @returns {Promise<Answer | undefined>}
 */
export const send = async (message) => {
  for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
    if (attempts > 0) {
      await pause();
    }
    if (hasEnded()) {
      break;
    }
    const answer = await attempt(message);
    if (answer !== undefined) {
      return answer;
    }
  }
};

/**
 * Calls `show` with other words for the banner whenever the background has some. Only our own background can send them.
 * @param {(answer: Answer) => void} show
 */
export const onBannerNews = (show) => chrome.runtime.onMessage.addListener(show);
