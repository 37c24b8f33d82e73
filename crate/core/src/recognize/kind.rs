//! What kind of refusal a verdict is. The kind of each known error is in the [`catalogue`]; what is decided here is the kind of
//! pages without a number, and of numbers that the catalogue lacks.

use serde::{Deserialize, Serialize};

use super::catalogue;
use super::field::Code;
use super::verdict::{Family, Verdict};

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

impl Kind {
    /// The kind of a verdict.
    pub fn of(verdict: &Verdict) -> Self {
        Self::of_page(verdict.family, verdict.code, verdict.status)
    }

    /// The same by what a verdict says of it. The status decides only about a code outside the catalogue.
    pub fn of_page(family: Family, code: Option<Code>, status: Option<u16>) -> Self {
        match (family, code) {
            (Family::OpenaiRegion, _) => Self::Region,
            (Family::OpenaiCapacity, _) => Self::Service,
            (Family::CloudflareChallenge, _) => Self::Loop,
            (_, Some(code)) => catalogue::entry(code).map_or_else(|| Self::of_unlisted(code, status), |entry| entry.kind),
            (Family::OpenaiBlock, None) => Self::Openai,
            (Family::Cloudflare5xx, None) => Self::Service,
            (_, None) => Self::Rule,
        }
    }

    /// A 5xx is its own status. Where a status tells nothing, the error denies access, as most that a visitor meets do.
    fn of_unlisted(code: Code, status: Option<u16>) -> Self {
        match if code.is_1xxx() { status } else { Some(code.number()) } {
            Some(429) => Self::RateLimit,
            Some(500..) => Self::Service,
            _ => Self::Rule,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Family, Kind};

    #[track_caller]
    fn check(code: u16, status: Option<u16>, expected: Kind) {
        let code = Code::new(code).unwrap();
        for family in [Family::Cloudflare1xxx, Family::Custom, Family::Plain] {
            assert_eq!(Kind::of_page(family, Some(code), status), expected, "{code:?} with {status:?}");
        }
    }

    #[test]
    fn an_unlisted_error_is_judged_by_its_status() {
        for code in [1021, 1022, 1024, 1046, 1110, 1150, 1199, 1207, 1299] {
            check(code, Some(403), Kind::Rule);
            check(code, Some(409), Kind::Rule);
            check(code, Some(429), Kind::RateLimit);
            check(code, Some(500), Kind::Service);
            check(code, Some(530), Kind::Service);
            check(code, None, Kind::Rule);
        }
    }

    #[test]
    fn a_listed_error_keeps_its_kind_whatever_the_status() {
        for status in [None, Some(403), Some(429), Some(503)] {
            check(1020, status, Kind::Rule);
            check(1015, status, Kind::RateLimit);
            check(1016, status, Kind::Service);
            check(1009, status, Kind::Region);
        }
    }

    #[test]
    fn an_unlisted_5xx_is_the_services_own() {
        check(528, None, Kind::Service);
        check(529, Some(403), Kind::Service);
    }
}
