// What the scripts import or find around them besides JavaScript.

/** A style sheet, as text. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** A deflated file, in base64. */
declare module "*.deflated" {
  const text: string;
  export default text;
}

interface Document {
  /** Not yet in TypeScript's own types. */
  readonly prerendering?: boolean;
}

/** Does our content script run in this world? */
declare var isReadmitHere: true | undefined;

/** `true` once `no_banner.js` has run. */
declare var isBannerDisabled: true | undefined;

/** What the content script is to tell of a result. */
declare var resultToTell: import("./content/result.js").Result | undefined;

/** Does `forms.js` listen in this world? */
declare var hearsForms: true | undefined;

/** Requests of `refetch.js`. The only global that different scripts of ours share: it lives in the world of our content script. */
declare var ownRequests: { url: string; from: number; to: number }[] | undefined;
