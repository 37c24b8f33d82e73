// The line that tells a result in the page after the popup was closed. It disappears by itself.

import { makeBanner } from "./banner.js";

/** @import { Words } from "./message.js" */

/** How long it stays, and stays on after it was last pointed at or had the focus, in milliseconds. */
const SHOWN = 10_000;
const SHOWN_ON = 1_000;

/**
 * What happened, and why.
 * @typedef {{ headline: Words, detail: Words | null }} Result
 */

/** @param {Result} result */
export const tellResult = ({ headline, detail }) => {
  const line = makeBanner({ button: "result_details", isGood: true });
  line.show({ headline, hint: detail });
  const leave = () => {
    if (line.isUsed()) {
      setTimeout(leave, SHOWN_ON);
    } else {
      line.hide();
    }
  };
  setTimeout(leave, SHOWN);
};
