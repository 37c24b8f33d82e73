// Quick signs that a page may be a block page.

/**
 * Every block page has one of these. Where a page's policy forbids WebAssembly, the attempt alone is reported to the page and
 * its owner, so it is not made on pages that merely failed to load.
 */
export const MARKS =
  /cf-error-details|main-wrapper|blocked-icon|explanation|error code: |cloudflare_error|unsupported_country|<center>cloudflare|"detail"|at\s+capacity|available\s+in\s+your/;
