//! Recognising a refusal from what a browser can see of a page. One recognizer for every source: the content script
//! passes the document's markup, the background a probe's body, the tests a file.
//!
//! Structure decides, words never do alone: a conversation about an error, an article that quotes the page and another
//! firewall's refusal all use the same words. Deliberately absent: any memory, any opinion on the cause, any text for
//! people, and any way to act on a challenge.

pub mod catalogue;
mod classify;
mod evidence;
mod feature;
mod field;
mod html;
mod kind;
mod problem;
mod verdict;

pub use evidence::Evidence;
pub use field::{ClientAddress, Code, Colo, RayId};
pub use kind::Kind;
pub use verdict::{Family, Verdict};

use problem::Problem;

/// What a browser can see of a page.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The HTTP status; `None` when it is not known, and then structure alone decides.
    pub status: Option<u16>,
    /// The response headers, names in any case; empty when they are not known.
    pub headers: &'a [(String, String)],
    /// The final URL; empty when it is not known.
    pub url: &'a str,
    /// The body: the bytes as text, or the document written out again.
    pub body: &'a str,
}

/// What refused this page, or checks the browser first; `None` for every other page. A status known to be below 400 is
/// never either.
pub fn recognize(page: &Page<'_>) -> Option<Verdict> {
    classify::classify(page, Problem::parse)
}

/// The same, but for errors written as JSON or as front matter, which are left to [`recognise`]: reading JSON takes as much
/// code as everything else here, and the content script is loaded with every page.
pub fn recognize_markup(page: &Page<'_>) -> Option<Verdict> {
    classify::classify(page, |_| None)
}
