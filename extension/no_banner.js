// Tells the content script that the banner is turned off. The browser runs this file before it, and only while that is so
// (`Effect::Watch`): a page's process must not be able to read what is stored, so the content script cannot look for itself.

globalThis.isBannerDisabled = true;
