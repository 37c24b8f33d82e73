//! The kinds of block pages that differ in what is behind them. Which page is of which kind is decided in the
//! [`catalogue`](super::catalogue).

use serde::{Deserialize, Serialize};

/// The kinds of refusal that differ in what is behind them. Several codes and families share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Someone decided against this visitor: a firewall rule of the owner's, "Sorry, you have been blocked".
    Rule,
    /// OpenAI's own refusal page, which itself names the VPN first.
    Openai,
    /// The address or its network is banned.
    Address,
    /// The country is not served.
    Region,
    /// The browser's signature.
    Signature,
    /// Headers that no plain browser sends.
    Headers,
    /// Headers or cookies too large.
    Oversized,
    /// Too many requests, by this visitor or in all.
    RateLimit,
    /// TLS is spoken wrongly or inspected on the way.
    Tls,
    /// The name leads to the wrong address.
    Misdirected,
    /// Withheld for legal reasons.
    Legal,
    /// The service itself fails, or how it is set up: 5xx, DNS, Workers, capacity.
    Service,
    /// No refusal, but one check of the browser after another.
    Loop,
}
