//! The fixes: what each can mend, what it costs, and therefore which comes first.
//!
//! With independent costs and one fault, the cheapest expected repair tries the fixes by falling probability of helping
//! over cost (Heckerman, Breese, Rommelse: "Decision-theoretic troubleshooting", CACM 38(3), 1995).

use serde::{Deserialize, Serialize};

use super::cause::{Belief, Cause, Kind};
use super::observation::Observation;
use crate::feature::clear_data::Strength;
use crate::recognize::Verdict;

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
    /// Set the computer's clock.
    Clock,
}

/// A fix that was tried, and whether the page opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Which.
    pub fix: Fix,
    /// Did the reloaded page open?
    pub helped: bool,
}

impl Trial {
    /// How many times likelier its outcome is when `cause` is the reason than when the fix has nothing to do with it.
    pub(super) fn leaves(self, cause: Cause) -> f64 {
        match (self.fix, self.helped) {
            // Neither mends anything: that the page stays as it was, or opens by itself, says nothing.
            (Fix::Status | Fix::Owner, _) => 1.0,
            (fix, false) => 1.0 - fix.efficacy(cause),
            // What opened the page once points at the cause; one page in ten opens by itself.
            (fix, true) => 0.1 + 0.9 * fix.efficacy(cause),
        }
    }
}

impl From<Strength> for Fix {
    /// The fix that a clearing of this strength is.
    fn from(strength: Strength) -> Self {
        match strength {
            Strength::Everything => Self::SiteData,
            Strength::CloudflareCheck => Self::CloudflareCheck,
        }
    }
}

impl Fix {
    /// Every fix, in the order in which equal ones are shown.
    pub const ALL: [Self; 12] = [
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
        Self::Clock,
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
            Self::Clock => "clock",
        }
    }

    /// What the reason was when this alone has opened the page. `None` for what shows only where it opens.
    pub fn proves(self, kind: Kind) -> Option<Cause> {
        match self {
            Self::Extensions => Some(Cause::Extension),
            Self::SiteData | Self::CloudflareCheck => Some(Cause::SiteData),
            Self::Vpn => Some(Cause::Vpn),
            Self::Router => Some(Cause::Address),
            Self::Connection => Some(Cause::Connection),
            Self::Clock => Some(Cause::Clock),
            Self::Wait if kind == Kind::RateLimit => Some(Cause::RateLimit),
            Self::Wait if kind == Kind::Service => Some(Cause::ServiceDown),
            Self::Wait | Self::Browser | Self::Status | Self::PrivateWindow | Self::Owner => None,
        }
    }

    /// How probable it is that this opens the page when `cause` is the reason.
    pub fn efficacy(self, cause: Cause) -> f64 {
        match (self, cause) {
            // Turning suspects off settles it, unless the guilty one is no suspect.
            (Self::Extensions, Cause::Extension) => 0.9,
            // Where an extension makes the signature, that extension is the cause; a few only bring out what is wrong anyway.
            (Self::Extensions, Cause::BrowserSignature) => 0.1,
            // A proxy extension is an extension too.
            (Self::Extensions, Cause::Vpn) => 0.25,
            (Self::SiteData, Cause::SiteData) => 0.95,
            // Signing out leaves a refused account at the door, and lets the page itself open.
            (Self::SiteData, Cause::Account) => 0.2,
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
            // Where a rule looks at how page loads are made, another browser makes them differently.
            (Self::Browser, Cause::OwnerRule) => 0.3,
            // A private window brings no data and mostly no extensions.
            (Self::PrivateWindow, Cause::SiteData) => 0.85,
            (Self::PrivateWindow, Cause::Extension) => 0.75,
            // Knowing that it is down is what mends the search for a fault that is not here.
            (Self::Status, Cause::ServiceDown) => 0.9,
            (Self::Wait, Cause::RateLimit) => 0.95,
            (Self::Wait, Cause::ServiceDown) => 0.6,
            (Self::Clock, Cause::Clock) => 0.95,
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
            Self::Clock => 45.0,
            Self::SiteData => 140.0,
            Self::Browser => 180.0,
            Self::Router => 420.0,
            Self::Owner => 1200.0,
        }
    }
}

/// The fixes that make sense for `verdict`: best chance for its cost first, those that did not help last.
pub(super) fn order(causes: &[Belief], observations: &[Observation], trials: &[Trial], verdict: &Verdict) -> Vec<Fix> {
    let kind = Kind::of(verdict);
    let seen = |observation: Observation| observations.contains(&observation);
    let is_limited = is_limited(kind, observations);
    let is_outage = seen(Observation::ServiceTroubled);
    let failed = |fix: Fix| {
        // An experiment that has been made has nothing more to give.
        let is_answered = match fix {
            Fix::Extensions => seen(Observation::ExtensionsCleared),
            Fix::PrivateWindow => seen(Observation::PrivateOpened) || seen(Observation::PrivateRefused),
            Fix::Browser => seen(Observation::OtherBrowserOpened) || seen(Observation::OtherBrowserRefused),
            // It was asked, and has nothing to say about this.
            Fix::Status => seen(Observation::ServiceWell) || seen(Observation::ServiceTroubledElsewhere),
            Fix::Connection => seen(Observation::ConnectionSteady) || seen(Observation::ConnectionSlow),
            _ => false,
        };
        is_answered || trials.iter().any(|trial| trial.fix == fix && !trial.helped)
    };
    let worth = |fix: Fix| {
        let helps: f64 = causes.iter().map(|belief| belief.probability * fix.efficacy(belief.cause)).sum();
        match fix {
            // The search has shown that it opens nothing.
            Fix::Extensions if seen(Observation::ExtensionsCleared) => 0.0,
            // Cloudflare's cookies are a small part of too many.
            Fix::CloudflareCheck if kind == Kind::Oversized || seen(Observation::LargeCookies) => helps * 0.15 / fix.cost(),
            // What a check left behind is what the next one looks at.
            Fix::CloudflareCheck if kind == Kind::Loop => helps * 1.5 / fix.cost(),
            // The new address is there already: what is left to do is to reload.
            Fix::Router if seen(Observation::AddressChanged) => helps / RELOAD,
            // In a private window the page opens, and here it stays shut: a way in for the moment, and evidence.
            Fix::PrivateWindow => helps * 0.3 / fix.cost(),
            _ => helps / fix.cost(),
        }
    };
    // Where law or country decides, nothing else would be honest.
    let decided = |fix: Fix| fix == Fix::Owner && matches!(kind, Kind::Region | Kind::Legal);
    // While a counter runs, every other try makes it longer; while nothing comes through, no other try can be seen to help.
    let is_cut_off = seen(Observation::CaptivePortal) || seen(Observation::EverythingFails);
    let comes_before = |fix: Fix| match fix {
        Fix::Wait if is_limited => 2,
        Fix::Connection if is_cut_off => 1,
        // Offered only where it is wrong: until it is right, no check can be passed.
        Fix::Clock => 1,
        _ => 0,
    };
    let waits = ends_by_itself(verdict, observations);
    let offered = Fix::ALL.into_iter().filter(|&fix| match fix {
        Fix::Wait => waits,
        Fix::Clock => seen(Observation::ClockWrong),
        _ => true,
    });
    let place = |fix: Fix| Place { decided: decided(fix), failed: failed(fix), before: comes_before(fix), worth: worth(fix) };
    let mut placed: Vec<_> = offered.map(|fix| (fix, place(fix))).collect();
    placed.sort_by(|(_, a), (_, b)| {
        let by_rule = b.decided.cmp(&a.decided).then(a.failed.cmp(&b.failed)).then(b.before.cmp(&a.before));
        by_rule.then(b.worth.total_cmp(&a.worth))
    });
    let mut fixes: Vec<Fix> = placed.into_iter().map(|(fix, _)| fix).collect();
    if is_outage {
        spare_data(&mut fixes, &failed);
    }
    fixes
}

/// Is it a refusal that ends without anybody doing anything: a rate limit, an outage, a service in trouble?
pub(crate) fn ends_by_itself(verdict: &Verdict, observations: &[Observation]) -> bool {
    let kind = Kind::of(verdict);
    is_limited(kind, observations) || observations.contains(&Observation::ServiceTroubled) || kind == Kind::Service
}

fn is_limited(kind: Kind, observations: &[Observation]) -> bool {
    kind == Kind::RateLimit || observations.contains(&Observation::RateLimited)
}

/// What decides between two fixes, the first difference first.
struct Place {
    decided: bool,
    failed: bool,
    before: u8,
    worth: f64,
}

/// Nobody is sent to delete cookies during an outage: where clearing would come first, the service's own word does, and
/// after it patience.
fn spare_data(fixes: &mut [Fix], failed: &dyn Fn(Fix) -> bool) {
    let clears = |fix: &Fix| matches!(fix, Fix::SiteData | Fix::CloudflareCheck);
    if !fixes.first().is_some_and(clears) {
        return;
    }
    let untried = |wanted: Fix| fixes.iter().position(|&fix| fix == wanted && !failed(fix));
    let next = untried(Fix::Status).or_else(|| untried(Fix::Wait));
    if let Some(front) = next.or_else(|| fixes.iter().position(|fix| !clears(fix))).and_then(|place| fixes.get_mut(..=place)) {
        front.rotate_right(1);
    }
}

/// In seconds of patience: a reload, and a look at it.
const RELOAD: f64 = 20.0;
