//! The kinds of block pages, grouped by what is behind them. The [`catalogue`](super::catalogue) says which page is of which
//! kind.

use serde::{Deserialize, Serialize};

/// A kind of block page. Several codes and families can share one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A decision against this visitor: a firewall rule of the site's owner, "Sorry, you have been blocked".
    Rule,
    /// OpenAI's own block page. It names the VPN as the first possible reason.
    Openai,
    /// The IP address or its network is banned.
    Address,
    /// The country is not supported.
    Region,
    /// The browser's signature is banned.
    Signature,
    /// The request has headers that an unmodified browser does not send.
    Headers,
    /// The headers or cookies are too large.
    Oversized,
    /// Too many requests, from this visitor or from all visitors together.
    RateLimit,
    /// The TLS connection is faulty, or something between browser and site inspects it.
    Tls,
    /// The host name resolves to the wrong IP address.
    Misdirected,
    /// The content is withheld for legal reasons.
    Legal,
    /// OpenAI has detected unusual activity.
    Activity,
    /// The service itself fails or is misconfigured: 5xx, DNS, Workers, capacity.
    Service,
    /// Not a block page: a browser check that has ended and cannot be passed.
    Ended,
    /// The page only leads to other pages.
    Redirect,
    /// There was no answer.
    Unanswered,
    /// A request of the login was blocked.
    LoginBlocked,
    /// A script of the login is missing.
    LoginScript,
    /// The login has expired, or its cookie is missing.
    LoginExpired,
    /// Not a block page: one browser check follows another in a loop.
    Loop,
}
