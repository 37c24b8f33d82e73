//! Readmit's content script: only the recognizer. It takes text and returns text, so that its module stays small. The banner and
//! the messages are JavaScript (`extension/content`).

use readmit_core::base::host::Host;
use readmit_core::recognize::{self, Page, Verdict};
use readmit_core::view::{self, Banner};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

/// Recognizes the page at `url` and returns JSON: `{"verdict": .., "banner": .., "runs": ..}`, where the first members are a
/// `Verdict` and a `Banner`. For a challenge, `banner` is `null`, because Readmit does not touch challenges, and `runs` says
/// whether it has not ended yet. Returns `None` for every other page.
/// `html` is `document.documentElement.outerHTML`.
#[wasm_bindgen]
pub fn recognize(status: u16, url: &str, html: &str) -> Option<String> {
    let verdict = recognize::recognize_markup(&Page { status: Some(status), headers: &[], url, body: html })?;
    let banner = view::banner(&verdict, &Host::of_url(url)?);
    let runs = verdict.is_running_challenge();
    serde_json::to_string(&Recognized { verdict, banner, runs }).ok()
}

#[derive(Serialize)]
struct Recognized {
    verdict: Verdict,
    banner: Option<Banner>,
    runs: bool,
}
