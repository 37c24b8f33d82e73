//! Readmit's content script: the recognizer, and nothing else. It takes text and gives text, so that its module stays
//! small; the banner and the messages are JavaScript (`extension/content`).

use readmit_core::base::host::Host;
use readmit_core::recognize::{self, Page, Verdict};
use readmit_core::view::{self, Banner};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

/// What the page at `url` refuses, as JSON: `{"verdict": .., "banner": ..}`, the members being a `Verdict` and a
/// `Banner`; `null` in its place for a challenge, which is left alone. `None` for every other page. `html` is `document.documentElement.outerHTML`.
#[wasm_bindgen]
pub fn recognize(status: u16, url: &str, html: &str) -> Option<String> {
    let verdict = recognize::recognize_markup(&Page { status: Some(status), headers: &[], url, body: html })?;
    let banner = view::banner(&verdict, &Host::of_url(url)?);
    serde_json::to_string(&Recognized { verdict, banner }).ok()
}

#[derive(Serialize)]
struct Recognized {
    verdict: Verdict,
    banner: Option<Banner>,
}
