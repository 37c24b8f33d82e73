//! The causes of a refusal, and how probable each is before anything was looked at. One table; every figure is an expert's
//! estimate, and its reason stands beside it. What observations do to that is the other table, in
//! [`observation`](super::observation).

use serde::{Deserialize, Serialize};

pub use super::observation::Observation;
pub use crate::recognize::Kind;
use crate::recognize::Verdict;

/// Why a page is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Another extension changes what the site sees.
    Extension,
    /// Stale, oversized or marked cookies.
    SiteData,
    /// This address is banned or distrusted.
    Address,
    /// A VPN or proxy is distrusted.
    Vpn,
    /// Too many requests.
    RateLimit,
    /// The country is not served.
    Region,
    /// The browser itself looks wrong to the site.
    BrowserSignature,
    /// The connection breaks or rewrites what is sent.
    Connection,
    /// The service itself is in trouble.
    ServiceDown,
    /// The account, or the terms of the service.
    Account,
    /// A rule of the owner's that nothing here can satisfy.
    OwnerRule,
    /// The computer's clock is wrong.
    Clock,
}

impl Cause {
    /// Every cause, in the order in which equal ones are shown.
    pub const ALL: [Self; 12] = [
        Self::Extension,
        Self::SiteData,
        Self::Address,
        Self::Vpn,
        Self::RateLimit,
        Self::Region,
        Self::BrowserSignature,
        Self::Connection,
        Self::ServiceDown,
        Self::Account,
        Self::OwnerRule,
        Self::Clock,
    ];

    /// The name that the popup's `data-cause` carries.
    pub fn name(self) -> &'static str {
        match self {
            Self::Extension => "extension",
            Self::SiteData => "site-data",
            Self::Address => "address",
            Self::Vpn => "vpn",
            Self::RateLimit => "rate-limit",
            Self::Region => "region",
            Self::BrowserSignature => "browser-signature",
            Self::Connection => "connection",
            Self::ServiceDown => "service-down",
            Self::Account => "account",
            Self::OwnerRule => "owner-rule",
            Self::Clock => "clock",
        }
    }
}

/// A cause and how probable it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// Which.
    pub cause: Cause,
    /// From 0 to 1; all together make 1.
    pub probability: f64,
}

impl Kind {
    /// Weights in the order of [`Cause::ALL`]. Only their proportions count.
    #[rustfmt::skip]
    fn weights(self) -> [f64; 12] {
        match self {
            //                    ext   data  addr  vpn   rate  regn  sign  conn  down  acct  rule  clok
            // A wrong clock ends connections and checks; of refusals it is hardly ever the reason.
            // Rules look at address, headers and cookies in about that order; some no visitor can satisfy.
            Self::Rule        => [18.0, 18.0, 18.0, 22.0,  2.0,  3.0,  6.0,  2.0,  2.0,  1.0,  8.0, 0.05],
            // The page's own first advice is the VPN, and public reports agree; stale data and extensions follow.
            Self::Openai      => [14.0, 16.0, 16.0, 32.0,  3.0,  3.0,  5.0,  2.0,  5.0,  2.0,  2.0, 0.05],
            // Banned by address: nothing in the browser but a proxy extension can change it.
            Self::Address     => [ 1.0,  1.0, 55.0, 38.0,  0.5,  1.0,  0.5,  1.0,  0.5,  0.5,  1.0, 0.05],
            // By country: either it really is, or a VPN makes it look so.
            Self::Region      => [ 0.5,  0.5,  1.0, 22.0,  0.1, 74.0,  0.1,  0.5,  0.1,  0.7,  0.5, 0.05],
            // Browser Integrity Check: odd headers or a strange user agent, which extensions make.
            Self::Signature   => [42.0,  3.0,  3.0,  4.0,  0.5,  0.5, 42.0,  2.0,  0.5,  0.5,  2.0, 0.05],
            // A forwarded-for header or a missing referrer: an extension or a proxy on the way adds or drops it.
            Self::Headers     => [45.0,  3.0,  1.0, 18.0,  0.5,  0.5,  5.0,  6.0, 12.0,  0.5,  8.5, 0.05],
            // Too many cookies is the visitor's side of it; an empty answer of the server the other.
            Self::Oversized   => [ 8.0, 46.0,  1.0,  1.0,  1.0,  0.2,  0.8,  2.0, 38.0,  0.5,  1.5, 0.05],
            // A counter: mostly one's own, sometimes shared by everybody behind one address.
            Self::RateLimit   => [ 4.0,  4.0,  4.0,  7.0, 76.0,  0.1,  0.4,  1.0,  3.0,  0.3,  0.2, 0.05],
            // Something between browser and site speaks TLS in the browser's stead.
            Self::Tls         => [ 2.0,  1.0,  3.0, 14.0,  0.2,  0.3, 18.0, 42.0,  8.0,  0.5, 11.0, 0.05],
            // A hosts file or a "preferred address" tool.
            Self::Misdirected => [ 3.0,  1.0,  4.0, 22.0,  0.2,  1.0,  1.0, 42.0, 15.0,  0.3, 10.5, 0.05],
            Self::Legal       => [ 0.2,  0.2,  0.5,  4.0,  0.1, 40.0,  0.1,  0.2,  0.2,  2.5, 52.0, 0.05],
            // Rarely the visitor's fault at all.
            Self::Service     => [ 1.5,  2.0,  0.5,  2.0,  2.0,  0.2,  0.3,  4.0, 85.0,  0.5,  2.0, 0.05],
            // By public reports: a stale proof that is refused each time, and extensions that falsify what the check measures
            // or keep its scripts away; then a browser made unusual by its own settings, a VPN, and a clock for which every
            // proof has expired.
            Self::Loop        => [32.0, 34.0,  4.0,  9.0,  0.5,  0.2, 12.0,  3.0,  1.0,  0.3,  1.0,  3.0],
        }
    }
}

/// All causes, likeliest first: the prior of the verdict's kind times `ratio`, which is told it, scaled to make 1 together.
pub(super) fn posterior(verdict: &Verdict, ratio: impl Fn(Cause, f64) -> f64) -> Vec<Belief> {
    let weights = Kind::of(verdict).weights();
    let whole: f64 = weights.iter().sum();
    let belief = |(cause, weight)| Belief { cause, probability: weight * ratio(cause, weight / whole) };
    let mut beliefs: Vec<Belief> = Cause::ALL.into_iter().zip(weights).map(belief).collect();
    let total: f64 = beliefs.iter().map(|belief| belief.probability).sum();
    for belief in &mut beliefs {
        // No figure is zero, so this cannot be; if a table ever makes it so, all are as likely again.
        belief.probability = if total > 0.0 { belief.probability / total } else { 1.0 / 12.0 };
    }
    beliefs.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    beliefs
}

#[cfg(test)]
mod tests {
    use super::Cause;

    #[test]
    fn the_rows_of_both_tables_are_in_the_order_of_the_causes() {
        assert!(Cause::ALL.into_iter().enumerate().all(|(place, cause)| cause as usize == place));
    }
}
