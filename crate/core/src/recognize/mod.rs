//! Recognizes a block page from what a browser can see of it. Every source uses this one recognizer: the content script passes
//! the document's markup, the background script passes a response body, and the tests pass a file.
//!
//! Structure decides, never words alone: a conversation about an error, an article that quotes the page and the block page of
//! another firewall all use the same words. This module stores nothing, names no cause, contains no messages for people and
//! cannot act on a challenge, on purpose.

pub mod catalogue;
mod classify;
mod ended;
mod evidence;
mod excerpt;
mod feature;
mod field;
mod html;
mod kind;
mod login;
mod problem;
mod verdict;

pub use ended::Ended;
pub use evidence::Evidence;
pub use field::{ClientAddress, Code, Colo, RayId};
pub use kind::Kind;
pub use login::{LOGIN_HOST, login_error};
pub use verdict::{Family, Verdict};

use ended::Ending;
use problem::Problem;

/// What a browser can see of a page.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The HTTP status. `None` if it is unknown; then structure alone decides.
    pub status: Option<u16>,
    /// The response headers, names in any case. Empty if they are unknown.
    pub headers: &'a [(String, String)],
    /// The final URL. Empty if it is unknown.
    pub url: &'a str,
    /// The body: the bytes as text, or the serialized document.
    pub body: &'a str,
}

/// The verdict on a page that blocks the visitor or checks the browser first. `None` for every other page, and for every page
/// with a status below 400.
pub fn recognize(page: &Page<'_>) -> Option<Verdict> {
    classify::classify(page, Problem::parse, Ending::reason)
}

/// Does the same as [`recognize()`], except for errors written as JSON or as front matter, and for the reason of a challenge that
/// has ended, which stays [`Ended::Unknown`]. Reading JSON takes as much code as everything else here, the reasons are words of
/// many languages, and the content script is loaded in every page.
pub fn recognize_markup(page: &Page<'_>) -> Option<Verdict> {
    classify::classify(page, |_| None, |_| Ended::Unknown)
}
