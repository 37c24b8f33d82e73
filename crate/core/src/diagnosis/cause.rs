//! The causes of a block page, and the probability of each before any observation. There is one table. Every number is an
//! expert's estimate, and its reason is next to it. The effect of observations is in the other table, in
//! [`observation`](super::observation).

use serde::{Deserialize, Serialize};

pub use super::observation::Observation;
pub use crate::recognize::Kind;
use crate::recognize::Verdict;

/// Why a page is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Another extension changes what the site sees.
    Extension,
    /// Stale, oversized or flagged cookies.
    SiteData,
    /// The IP address is banned or distrusted.
    Address,
    /// A VPN or proxy is distrusted.
    Vpn,
    /// Too many requests.
    RateLimit,
    /// The country is not supported.
    Region,
    /// The browser itself looks suspicious to the site.
    BrowserSignature,
    /// The connection fails, or it changes what is sent.
    Connection,
    /// The service itself has problems.
    ServiceDown,
    /// The account, or the service's terms of use.
    Account,
    /// A rule of the site's owner that no fix here can satisfy.
    OwnerRule,
    /// The computer's clock is wrong.
    Clock,
    /// A program on this computer or a company's filter changes or answers requests.
    LocalProgram,
    /// A hosts file, "smart DNS" or a block list leads the site's names elsewhere or nowhere.
    Dns,
}

impl Cause {
    /// Every cause. Equally probable ones are shown in this order.
    pub const ALL: [Self; 14] = [
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
        Self::LocalProgram,
        Self::Dns,
    ];

    /// The value of the popup's `data-cause` attribute.
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
            Self::LocalProgram => "local-program",
            Self::Dns => "dns",
        }
    }
}

/// A cause and its probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// The cause.
    pub cause: Cause,
    /// From 0 to 1. The sum over all causes is 1.
    pub probability: f64,
}

impl Kind {
    /// Weights in the order of [`Cause::ALL`]. Only their ratios matter.
    #[rustfmt::skip]
    fn weights(self) -> [f64; 14] {
        match self {
            //                    ext   data  addr  vpn   rate  regn  sign  conn  down  acct  rule  clok  prog  dns
            // A wrong clock breaks connections and checks. It is hardly ever the reason for a block page.
            // Rules check IP address, headers and cookies, in about that order. No visitor can satisfy some of them.
            Self::Rule        => [18.0, 18.0, 18.0, 22.0,  2.0,  3.0,  6.0,  2.0,  2.0,  1.0,  8.0, 0.05,  1.0,  1.0],
            // The page's own first advice is the VPN, and public reports agree. Stale data and extensions come next.
            Self::Openai      => [14.0, 16.0, 16.0, 32.0,  3.0,  3.0,  5.0,  2.0,  5.0,  2.0,  2.0, 0.05,  1.0,  2.0],
            // Banned by IP address: in the browser, only a proxy extension can change it.
            Self::Address     => [ 1.0,  1.0, 55.0, 38.0,  0.5,  1.0,  0.5,  1.0,  0.5,  0.5,  1.0, 0.05,  0.1,  2.0],
            // Banned by country: either the visitor really is there, or a VPN makes it look that way.
            Self::Region      => [ 0.5,  0.5,  1.0, 22.0,  0.1, 74.0,  0.1,  0.5,  0.1,  0.7,  0.5, 0.05,  0.1,  1.0],
            // Browser Integrity Check: unusual headers or a strange user agent. Extensions cause these.
            Self::Signature   => [42.0,  3.0,  3.0,  4.0,  0.5,  0.5, 42.0,  2.0,  0.5,  0.5,  2.0, 0.05,  4.0,  0.2],
            // A forwarded-for header or a missing referrer: an extension or a proxy on the way adds or removes it.
            Self::Headers     => [45.0,  3.0,  1.0, 18.0,  0.5,  0.5,  5.0,  6.0, 12.0,  0.5,  8.5, 0.05,  4.0,  0.3],
            // On the visitor's side, the cause is too many cookies. On the server's side, it is an empty response.
            Self::Oversized   => [ 8.0, 46.0,  1.0,  1.0,  1.0,  0.2,  0.8,  2.0, 38.0,  0.5,  1.5, 0.05,  0.3,  0.1],
            // A counter: usually of one's own requests, sometimes of everyone behind one IP address.
            Self::RateLimit   => [ 4.0,  4.0,  4.0,  7.0, 76.0,  0.1,  0.4,  1.0,  3.0,  0.3,  0.2, 0.05,  0.2,  0.5],
            // Something between the browser and the site makes the TLS connection to the site instead of the browser: usually a
            // program on this computer or a company's proxy that looks into encrypted traffic.
            Self::Tls         => [ 2.0,  1.0,  3.0, 14.0,  0.2,  0.3, 18.0, 12.0,  8.0,  0.5, 11.0, 0.05, 34.0,  2.0],
            // A hosts file or a "preferred address" tool.
            Self::Misdirected => [ 3.0,  1.0,  4.0, 22.0,  0.2,  1.0,  1.0,  6.0, 15.0,  0.3, 10.5, 0.05,  1.0, 42.0],
            Self::Legal       => [ 0.2,  0.2,  0.5,  4.0,  0.1, 40.0,  0.1,  0.2,  0.2,  2.5, 52.0, 0.05,  0.1,  0.3],
            // Hardly ever the visitor's fault.
            Self::Service     => [ 1.5,  2.0,  0.5,  2.0,  2.0,  0.2,  0.3,  4.0, 85.0,  0.5,  2.0, 0.05,  0.3,  0.5],
            // Telemetry that a blocker or a userscript stops, an exit that many share, or a tab whose session has become too old,
            // which opening the page again shows before anything else is tried.
            Self::Activity    => [32.0, 10.0,  7.0, 26.0,  5.0,  0.5, 11.0,  1.0,  3.0,  6.0,  0.5, 0.05,  3.0,  4.0],
            // A check that ends was blocked or misled. Stale cookies make loops instead: nothing is checked again here.
            Self::Ended       => [34.0,  8.0,  3.0,  8.0,  0.5,  0.2, 22.0,  9.0,  4.0,  0.3,  1.0,  5.0,  4.0,  4.0],
            // A loop is usually a stale cookie, but the request without cookies shows that. Until then, nothing is known.
            Self::Redirect    => [13.0, 20.0,  1.0,  6.0,  0.5,  1.0,  1.0, 20.0, 24.0,  4.0,  3.0, 0.05,  3.0,  0.5],
            // Nothing arrived: the connection, a filter on the way, a VPN that blocks it, or a server that is down.
            Self::Unanswered  => [ 5.0,  1.0,  3.0, 14.0,  0.3,  1.5,  0.5, 52.0, 21.0,  0.2,  1.5, 0.05,  6.0,  8.0],
            // A check that the login's request cannot pass: an extension or an exit that is distrusted. The login itself comes next.
            Self::LoginBlocked=> [ 28.0,  8.0, 10.0, 26.0,  4.0,  1.0, 10.0,  2.0,  9.0,  1.0,  1.0, 0.05,  2.0,  1.0],
            // A script that a blocker or a filter keeps away, or that is lost on the way.
            Self::LoginScript => [ 42.0,  3.0,  1.0,  8.0,  0.5,  0.5,  4.0, 32.0,  8.0,  0.3,  0.7, 0.05,  8.0, 14.0],
            // Cookies that are stale or not accepted, which extensions and the browser's own settings may cause.
            Self::LoginExpired=> [ 16.0, 62.0,  0.5,  2.0,  0.5,  0.2,  9.0,  1.0,  6.0,  2.5,  0.3, 0.05,  0.5,  0.1],
            // According to public reports: a stale clearance cookie that is rejected each time, and extensions that fake what the
            // check measures or block its scripts. Less often: a browser with unusual settings, a VPN, or a wrong clock, with
            // which every clearance cookie has expired.
            Self::Loop        => [32.0, 34.0,  4.0,  9.0,  0.5,  0.2, 12.0,  3.0,  1.0,  0.3,  1.0,  3.0,  3.0,  0.3],
        }
    }
}

/// All causes, most probable first. Multiplies the prior of the verdict's kind by `ratio` and scales the results so that their
/// sum is 1. `ratio` gets the cause and its prior.
pub(super) fn posterior(verdict: &Verdict, ratio: impl Fn(Cause, f64) -> f64) -> Vec<Belief> {
    let weights = Kind::of(verdict).weights();
    let whole: f64 = weights.iter().sum();
    let belief = |(cause, weight)| Belief { cause, probability: weight * ratio(cause, weight / whole) };
    let mut beliefs: Vec<Belief> = Cause::ALL.into_iter().zip(weights).map(belief).collect();
    let total: f64 = beliefs.iter().map(|belief| belief.probability).sum();
    let count: f64 = beliefs.iter().map(|_| 1.0).sum();
    for belief in &mut beliefs {
        // No weight is zero, so the total cannot be zero. If a table ever changes that, all causes become equally probable.
        belief.probability = if total > 0.0 { belief.probability / total } else { 1.0 / count };
    }
    beliefs.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    beliefs
}

#[cfg(test)]
mod tests {
    use super::Cause;

    #[test]
    fn both_tables_are_in_the_order_of_the_causes() {
        assert!(Cause::ALL.into_iter().enumerate().all(|(place, cause)| cause as usize == place));
    }
}
