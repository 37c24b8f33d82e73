//! The fixes: what each can mend, what it costs, and therefore which comes first.
//!
//! With independent costs and one fault, the cheapest expected repair tries the fixes by falling probability of helping
//! over cost (Heckerman, Breese, Rommelse: "Decision-theoretic troubleshooting", CACM 38(3), 1995).

use serde::{Deserialize, Serialize};

use super::cause::{Belief, Cause, Kind};
use crate::page::Verdict;

/// Something that can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fix {
    /// Turn off a VPN or proxy.
    Vpn,
    /// Clear all that the site keeps.
    SiteData,
    /// Remove only Cloudflare's cookies.
    CloudflareCheck,
    /// Turn extensions off.
    Extensions,
    /// Restart the router for a new address.
    Router,
    /// Check the connection.
    Connection,
    /// Try another browser.
    Browser,
    /// See whether the service is down.
    Status,
    /// Wait.
    Wait,
    /// Try a private window.
    PrivateWindow,
    /// Write to the owner.
    Owner,
}

/// A fix that was tried, and whether the page opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Which.
    pub fix: Fix,
    /// Did the reloaded page open?
    pub helped: bool,
}

impl Fix {
    /// Every fix, in the order in which equal ones are shown.
    pub const ALL: [Self; 11] = [
        Self::CloudflareCheck,
        Self::Extensions,
        Self::Vpn,
        Self::SiteData,
        Self::Status,
        Self::Wait,
        Self::PrivateWindow,
        Self::Connection,
        Self::Browser,
        Self::Router,
        Self::Owner,
    ];

    /// The name that the popup's `data-fix` carries.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vpn => "vpn",
            Self::SiteData => "site-data",
            Self::CloudflareCheck => "cloudflare-check",
            Self::Extensions => "extensions",
            Self::Router => "router",
            Self::Connection => "connection",
            Self::Browser => "browser",
            Self::Status => "status",
            Self::Wait => "wait",
            Self::PrivateWindow => "private-window",
            Self::Owner => "owner",
        }
    }

    /// How probable it is that this opens the page when `cause` is the reason.
    pub fn efficacy(self, cause: Cause) -> f64 {
        match (self, cause) {
            // Turning suspects off settles it, unless the guilty one is no suspect.
            (Self::Extensions, Cause::Extension) => 0.9,
            // A strange user agent is mostly an extension's work.
            (Self::Extensions, Cause::BrowserSignature) => 0.4,
            // A proxy extension is an extension too.
            (Self::Extensions, Cause::Vpn) => 0.25,
            (Self::SiteData, Cause::SiteData) => 0.95,
            // Clearing renews what the counters and the login know of this browser.
            (Self::SiteData, Cause::RateLimit | Cause::BrowserSignature) => 0.05,
            // The stale proof is the commonest of bad cookies, but not the only one.
            (Self::CloudflareCheck, Cause::SiteData) => 0.6,
            (Self::Vpn, Cause::Vpn) => 0.9,
            (Self::Vpn, Cause::Region) => 0.15,
            (Self::Vpn, Cause::Address | Cause::Connection) => 0.1,
            // A new address is not certain to come, nor to be trusted.
            (Self::Router, Cause::Address) => 0.5,
            (Self::Router, Cause::Connection) => 0.4,
            (Self::Router, Cause::RateLimit) => 0.3,
            (Self::Connection, Cause::Connection) => 0.6,
            // Another browser brings no extensions, no data and another signature.
            (Self::Browser, Cause::Extension | Cause::SiteData) => 0.85,
            (Self::Browser, Cause::BrowserSignature) => 0.8,
            (Self::Browser, Cause::Vpn) => 0.2,
            // A private window brings no data and mostly no extensions.
            (Self::PrivateWindow, Cause::SiteData) => 0.85,
            (Self::PrivateWindow, Cause::Extension) => 0.75,
            // Knowing that it is down is what mends the search for a fault that is not here.
            (Self::Status, Cause::ServiceDown) => 0.9,
            (Self::Wait, Cause::RateLimit) => 0.95,
            (Self::Wait, Cause::ServiceDown) => 0.6,
            // Only the owner can change the rule, and seldom soon.
            (Self::Owner, Cause::OwnerRule | Cause::Address | Cause::Region | Cause::Account) => 0.3,
            _ => 0.0,
        }
    }

    /// In seconds of a person's patience, harm included: being signed out weighs two minutes.
    fn cost(self) -> f64 {
        match self {
            Self::CloudflareCheck => 25.0,
            Self::Extensions => 30.0,
            Self::Status => 25.0,
            Self::Vpn => 45.0,
            Self::PrivateWindow => 60.0,
            Self::Connection => 60.0,
            Self::Wait => 60.0,
            Self::SiteData => 140.0,
            Self::Browser => 180.0,
            Self::Router => 420.0,
            Self::Owner => 1200.0,
        }
    }
}

/// The fixes that make sense for `verdict`: best chance for its cost first, those that did not help last.
pub(super) fn order(causes: &[Belief], trials: &[Trial], verdict: &Verdict) -> Vec<Fix> {
    let worth = |fix: Fix| {
        let helps: f64 = causes.iter().map(|belief| belief.probability * fix.efficacy(belief.cause)).sum();
        helps / fix.cost()
    };
    let failed = |fix: &Fix| trials.iter().any(|trial| trial.fix == *fix && !trial.helped);
    let kind = Kind::of(verdict);
    let mut fixes: Vec<Fix> =
        Fix::ALL.into_iter().filter(|&fix| fix != Fix::Wait || matches!(kind, Kind::RateLimit | Kind::Service)).collect();
    // While a counter runs, every other try makes it longer; where law or country decides, nothing here would be honest.
    let leads = |fix: &Fix| match kind {
        Kind::RateLimit => *fix == Fix::Wait,
        Kind::Region | Kind::Legal => *fix == Fix::Owner,
        _ => false,
    };
    fixes.sort_by(|a, b| failed(a).cmp(&failed(b)).then(leads(b).cmp(&leads(a))).then(worth(*b).total_cmp(&worth(*a))));
    fixes
}
