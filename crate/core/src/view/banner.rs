//! The banner's words. Derived from the verdict alone, so that the content script needs nobody else to show it.

use serde::{Deserialize, Serialize};

use crate::diagnosis::cause::Kind;
use crate::host::Host;
use crate::page::Verdict;
use crate::text::{Text, keys};

/// What the banner says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Banner {
    /// What happened.
    pub headline: Text,
    /// "Error 1020", or "Blocked".
    pub label: Text,
    /// What is mostly behind it.
    pub hint: Text,
}

/// The banner for a refusal by `host`. `None` for a challenge: those pages are left alone.
pub fn of(verdict: &Verdict, host: &Host) -> Option<Banner> {
    let kind = Kind::of(verdict);
    verdict.is_refusal().then(|| Banner { headline: headline(kind, host), label: label(verdict), hint: hint(kind) })
}

/// What happened, in one sentence.
pub(super) fn headline(kind: Kind, host: &Host) -> Text {
    let host = host.as_str();
    match kind {
        Kind::RateLimit => keys::headline_limited(host),
        Kind::Region => keys::headline_region(host),
        Kind::Legal => keys::headline_legal(host),
        Kind::Service => keys::headline_service(host),
        _ => keys::headline_refused(host),
    }
}

/// The error's number, or a word in its place.
pub(super) fn label(verdict: &Verdict) -> Text {
    verdict.code.as_ref().map_or_else(keys::fact_blocked, |code| keys::fact_code(&code.number().to_string()))
}

/// What is mostly behind a refusal of this kind.
pub(super) fn hint(kind: Kind) -> Text {
    match kind {
        Kind::Rule => keys::hint_rule(),
        Kind::Openai => keys::hint_openai(),
        Kind::Address => keys::hint_address(),
        Kind::Region => keys::hint_region(),
        Kind::Signature => keys::hint_signature(),
        Kind::Headers => keys::hint_headers(),
        Kind::Oversized => keys::hint_oversized(),
        Kind::RateLimit => keys::hint_limited(),
        Kind::Tls => keys::hint_tls(),
        Kind::Misdirected => keys::hint_misdirected(),
        Kind::Legal => keys::hint_legal(),
        Kind::Service => keys::hint_service(),
    }
}
