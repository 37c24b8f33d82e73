//! The fixes: which causes each one can fix, what it costs, and the resulting order.
//!
//! With independent costs and a single fault, the lowest expected cost comes from trying the fixes in descending order of
//! probability of success divided by cost (Heckerman, Breese, Rommelse: "Decision-theoretic troubleshooting", CACM 38(3), 1995).

use serde::{Deserialize, Serialize};

use super::cause::{Belief, Cause, Kind};
use super::learned::Learned;
use super::observation::Observation;
use crate::feature::clear_data::Strength;
use crate::recognize::{Evidence, Verdict};

/// Something that the user can try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fix {
    /// Turn off a VPN or proxy.
    Vpn,
    /// Clear all data of the site.
    SiteData,
    /// Remove only Cloudflare's cookies.
    CloudflareCheck,
    /// Turn extensions off.
    Extensions,
    /// Restart the router to get a new IP address.
    Router,
    /// Check the connection.
    Connection,
    /// Try another browser.
    Browser,
    /// Check whether the service is down.
    Status,
    /// Wait.
    Wait,
    /// Try a private window.
    PrivateWindow,
    /// Write to the site's owner.
    Owner,
    /// Set the computer's clock.
    Clock,
    /// Open the page anew.
    Reopen,
    /// Pause or correct a program on this computer, or ask the company.
    LocalProgram,
    /// Correct the hosts file and the DNS settings.
    Dns,
    /// Relax the browser's own protection for this site, or update the browser.
    BrowserSetting,
}

/// A fix that was tried, and whether it helped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedFix {
    /// The fix.
    pub fix: Fix,
    /// Did the page open on reload?
    pub helped: bool,
}

impl TriedFix {
    /// How many times more likely this outcome is if `cause` is the reason than if the fix has nothing to do with it.
    pub(super) fn leaves(self, cause: Cause) -> f64 {
        match (self.fix, self.helped) {
            // Neither of them fixes anything, so it says nothing if the page stays blocked or opens.
            // A page that was open too long says nothing about the causes either.
            (Fix::Status | Fix::Owner | Fix::Reopen, _) => 1.0,
            (fix, false) => 1.0 - fix.efficacy(cause),
            // If the page opened, the fix points to the cause. One page in ten opens without a fix.
            (fix, true) => 0.1 + 0.9 * fix.efficacy(cause),
        }
    }
}

impl From<Strength> for Fix {
    /// The fix that corresponds to a clearing of this strength.
    fn from(strength: Strength) -> Self {
        match strength {
            Strength::Everything => Self::SiteData,
            Strength::CloudflareCheck => Self::CloudflareCheck,
        }
    }
}

impl Fix {
    /// Every fix. Equally good ones are shown in this order.
    pub const ALL: [Self; 16] = [
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
        Self::Reopen,
        Self::LocalProgram,
        Self::Dns,
        Self::BrowserSetting,
    ];

    /// The value of the popup's `data-fix` attribute.
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
            Self::Reopen => "reopen",
            Self::LocalProgram => "local-program",
            Self::Dns => "dns",
            Self::BrowserSetting => "browser-setting",
        }
    }

    /// The cause that is proven if this fix alone opened the page. `None` for fixes that only show where the page opens.
    pub fn proves(self, kind: Kind) -> Option<Cause> {
        match self {
            Self::Extensions => Some(Cause::Extension),
            Self::SiteData | Self::CloudflareCheck => Some(Cause::SiteData),
            Self::Vpn => Some(Cause::Vpn),
            Self::Router => Some(Cause::Address),
            Self::Connection => Some(Cause::Connection),
            Self::Clock => Some(Cause::Clock),
            Self::LocalProgram => Some(Cause::LocalProgram),
            Self::Dns => Some(Cause::Dns),
            Self::BrowserSetting => Some(Cause::BrowserSignature),
            Self::Wait if kind == Kind::RateLimit => Some(Cause::RateLimit),
            Self::Wait if kind == Kind::Service => Some(Cause::ServiceDown),
            Self::Wait | Self::Browser | Self::Status | Self::PrivateWindow | Self::Owner | Self::Reopen => None,
        }
    }

    /// The probability that this fix opens the page if `cause` is the reason.
    pub fn efficacy(self, cause: Cause) -> f64 {
        match (self, cause) {
            // Turning off the suspects solves it, unless the culprit is not a suspect.
            (Self::Extensions, Cause::Extension) => 0.9,
            // If an extension causes the signature, the extension is the cause. In a few cases, it only exposes what is wrong
            // anyway.
            (Self::Extensions, Cause::BrowserSignature) => 0.1,
            // A proxy extension is an extension, too.
            (Self::Extensions, Cause::Vpn) => 0.25,
            (Self::SiteData, Cause::SiteData) => 0.95,
            // Signing out does not help a blocked account, but it lets the page itself open.
            (Self::SiteData, Cause::Account) => 0.2,
            // Clearing resets what the counters and the login know about this browser.
            (Self::SiteData, Cause::RateLimit | Cause::BrowserSignature) => 0.05,
            // The stale clearance cookie is the most common bad cookie, but not the only one.
            (Self::CloudflareCheck, Cause::SiteData) => 0.6,
            (Self::Vpn, Cause::Vpn) => 0.9,
            (Self::Vpn, Cause::Region) => 0.15,
            (Self::Vpn, Cause::Address | Cause::Connection) => 0.1,
            // The router may not get a new IP address, and the new one may not be trusted.
            (Self::Router, Cause::Address) => 0.5,
            (Self::Router, Cause::Connection) => 0.4,
            (Self::Router, Cause::RateLimit) => 0.3,
            (Self::Connection, Cause::Connection) => 0.6,
            // Another browser has no extensions, no data and another signature.
            (Self::Browser, Cause::Extension | Cause::SiteData) => 0.85,
            (Self::Browser, Cause::BrowserSignature) => 0.8,
            (Self::Browser, Cause::Vpn) => 0.2,
            // If a rule checks how page loads look, another browser sends them differently.
            (Self::Browser, Cause::OwnerRule) => 0.3,
            // A private window has no data and usually no extensions.
            (Self::PrivateWindow, Cause::SiteData) => 0.85,
            (Self::PrivateWindow, Cause::Extension) => 0.75,
            // Knowing that the service is down saves the search for a fault that is not on this computer.
            (Self::Status, Cause::ServiceDown) => 0.9,
            (Self::Wait, Cause::RateLimit) => 0.95,
            (Self::Wait, Cause::ServiceDown) => 0.6,
            (Self::Clock, Cause::Clock) => 0.95,
            // Some programs keep changing requests while they are paused, and a company may say no.
            (Self::LocalProgram, Cause::LocalProgram) => 0.7,
            (Self::LocalProgram, Cause::Connection) => 0.1,
            // The entry may be on the router, where people do not find it.
            (Self::Dns, Cause::Dns) => 0.8,
            (Self::Dns, Cause::Connection) => 0.1,
            (Self::BrowserSetting, Cause::BrowserSignature) => 0.6,
            // A browser with DNS settings of its own does not use the computer's.
            (Self::Browser, Cause::Dns) => 0.2,
            // Only the site's owner can change the rule, and this rarely happens soon.
            (Self::Owner, Cause::OwnerRule | Cause::Address | Cause::Region | Cause::Account) => 0.3,
            _ => 0.0,
        }
    }

    /// The cause for which it is recommended: the likeliest that it may remove. `None` if it removes none of them.
    pub fn reason(self, causes: &[Belief]) -> Option<Cause> {
        // These are tests, or for the site's owner, whatever the cause is.
        let is_for_any = matches!(self, Self::Owner | Self::PrivateWindow | Self::Browser | Self::Reopen);
        causes.iter().map(|belief| belief.cause).find(|&cause| is_for_any || self.efficacy(cause) > 0.0)
    }

    /// Was the opposite of this advice learned? `is_limited`: the site itself has asked to wait.
    fn contradicts(self, learned: Learned, is_limited: bool) -> bool {
        match self {
            Self::Extensions => learned.without_extensions,
            Self::Vpn => learned.clears_vpn(),
            Self::Wait => learned.opens_elsewhere && !is_limited,
            // All of these are outside this browser.
            Self::Router | Self::Connection | Self::Status | Self::Clock | Self::LocalProgram | Self::Dns => {
                learned.opens_elsewhere
            }
            Self::SiteData
            | Self::CloudflareCheck
            | Self::Browser
            | Self::PrivateWindow
            | Self::Owner
            | Self::Reopen
            | Self::BrowserSetting => false,
        }
    }

    /// In seconds of the user's time, including harm: being signed out counts as two minutes.
    fn cost(self) -> f64 {
        match self {
            Self::Reopen => RELOAD,
            Self::CloudflareCheck => 25.0,
            Self::Extensions => 30.0,
            Self::Status => 25.0,
            Self::Vpn => 45.0,
            Self::PrivateWindow => 60.0,
            Self::Connection => 60.0,
            Self::Wait => 60.0,
            Self::Clock => 45.0,
            Self::BrowserSetting => 40.0,
            Self::LocalProgram => 120.0,
            Self::Dns => 150.0,
            Self::SiteData => 140.0,
            Self::Browser => 180.0,
            Self::Router => 420.0,
            Self::Owner => 1200.0,
        }
    }
}

/// The fixes that make sense for `verdict`: the best ratio of benefit to cost first, those that did not help last.
pub(super) fn order(causes: &[Belief], observations: &[Observation], trials: &[TriedFix], verdict: &Verdict) -> Vec<Fix> {
    let kind = Kind::of(verdict);
    let seen = |observation: Observation| observations.contains(&observation);
    let is_limited = is_limited(kind, observations);
    let is_outage = is_outage(observations);
    let learned = Learned::of(observations);
    let is_against = |fix: Fix| fix.contradicts(learned, is_limited);
    let waits = ends_by_itself(verdict, observations);
    let failed = |fix: Fix| {
        // The experiment was made, so repeating it reveals nothing new.
        let is_answered = match fix {
            Fix::Extensions => seen(Observation::ExtensionsCleared),
            Fix::PrivateWindow => seen(Observation::PrivateOpened) || seen(Observation::PrivateRefused),
            Fix::Browser => seen(Observation::OtherBrowserOpened) || seen(Observation::OtherBrowserRefused),
            // The check was made, and it found nothing relevant.
            Fix::Status if is_outage => false,
            Fix::Status => seen(Observation::ServiceWell) || seen(Observation::ServiceTroubledElsewhere),
            Fix::Connection => seen(Observation::ConnectionSteady) || seen(Observation::ConnectionSlow),
            Fix::Vpn => seen(Observation::NoVpn),
            _ => false,
        };
        is_answered || trials.iter().any(|trial| trial.fix == fix && !trial.helped)
    };
    let worth = |fix: Fix| {
        let helps: f64 = causes.iter().map(|belief| belief.probability * fix.efficacy(belief.cause)).sum();
        match fix {
            // The search has shown that turning extensions off does not help.
            Fix::Extensions if seen(Observation::ExtensionsCleared) => 0.0,
            // No extension that is on can affect the site.
            Fix::Extensions if kind == Kind::Ended && seen(Observation::NoSuspectOn) => helps * 0.3 / fix.cost(),
            // There is nothing to delete.
            Fix::CloudflareCheck if seen(Observation::NoCloudflareCookies) => 0.0,
            // Cloudflare's cookies are only a small part of oversized cookies.
            Fix::CloudflareCheck if kind == Kind::Oversized || seen(Observation::LargeCookies) => helps * 0.15 / fix.cost(),
            // OpenAI itself says so. No check of Cloudflare's was involved.
            Fix::CloudflareCheck if matches!(kind, Kind::Activity | Kind::LoginExpired) => helps * 0.15 / fix.cost(),
            // The next check looks at the cookies that the previous one left.
            Fix::CloudflareCheck if kind == Kind::Loop => helps * 1.5 / fix.cost(),
            // The new IP address is already there. Only a reload is left to do.
            Fix::Router if seen(Observation::AddressChanged) => helps / RELOAD,
            // It is aimed at no cause, and helps now and then.
            Fix::Reopen => 0.05 / fix.cost(),
            // In a private window the page opens, but here it stays blocked. So this is only a workaround and evidence.
            Fix::PrivateWindow => helps * 0.3 / fix.cost(),
            _ => helps / fix.cost(),
        }
    };
    // If the law or the country decides, any other fix would be a false promise.
    let decided = |fix: Fix| fix == Fix::Owner && matches!(kind, Kind::Region | Kind::Legal);
    // During a rate limit, every other attempt prolongs it. And without a connection, no other fix can be seen to help.
    let leads = |cause: Cause| causes.first().is_some_and(|belief| belief.cause == cause);
    let is_cut_off = seen(Observation::CaptivePortal) || seen(Observation::EverythingFails);
    let comes_before = |fix: Fix| match fix {
        Fix::Wait if is_limited => 3,
        Fix::Connection if is_cut_off => 1,
        // Offered only if the clock is wrong: until it is right, no check can be passed.
        Fix::Clock => 1,
        // Where they lead, something was observed that nothing else explains, and no cheaper fix reaches it.
        Fix::LocalProgram if leads(Cause::LocalProgram) => 1,
        Fix::Dns if leads(Cause::Dns) => 1,
        // The browser itself sends the unusual name, and no extension changes that.
        Fix::Browser if leads(Cause::BrowserSignature) && seen(Observation::AgentUnusual) => 1,
        // It costs nothing: a form is not sent again, a page that was open too long starts afresh, and a page that is loaded as
        // a whole may pass a check, where its requests cannot.
        Fix::Reopen if !(waits && seen(Observation::InsidePage)) => 2,
        // Most likely everyone gets nothing: there is nothing to do here but wait.
        Fix::Wait if seen(Observation::EmptyInside) => 1,
        // The page itself says that the request is too large, and nothing else makes it smaller.
        Fix::SiteData if verdict.evidence.contains(&Evidence::TooLarge) => 1,
        _ => 0,
    };
    let offered = Fix::ALL.into_iter().filter(|&fix| match fix {
        Fix::Wait => waits,
        Fix::Clock => seen(Observation::ClockWrong),
        Fix::Reopen => {
            let is_tried = trials.iter().any(|trial| trial.fix == fix);
            is_tried
                || kind == Kind::Activity
                || verdict.is_login_error()
                || seen(Observation::FormSent)
                || seen(Observation::InsidePage)
        }
        Fix::BrowserSetting => {
            [Observation::OwnProtection, Observation::ZoneHidden, Observation::BrowserOld].into_iter().any(seen)
        }
        _ => true,
    });
    let place = |fix: Fix| Place {
        decided: decided(fix),
        against: is_against(fix),
        failed: failed(fix),
        before: comes_before(fix),
        worth: worth(fix),
    };
    let mut placed: Vec<_> = offered.map(|fix| (fix, place(fix))).collect();
    placed.sort_by(|(_, a), (_, b)| {
        let by_evidence = b.decided.cmp(&a.decided).then(a.against.cmp(&b.against)).then(a.failed.cmp(&b.failed));
        by_evidence.then(b.before.cmp(&a.before)).then(b.worth.total_cmp(&a.worth))
    });
    let mut fixes: Vec<Fix> = placed.into_iter().map(|(fix, _)| fix).collect();
    if is_outage {
        spare_data(&mut fixes, &failed, &is_against);
    }
    fixes
}

/// Does this block page end without any action: a rate limit, an outage, a service with problems?
pub(crate) fn ends_by_itself(verdict: &Verdict, observations: &[Observation]) -> bool {
    let kind = Kind::of(verdict);
    is_limited(kind, observations) || is_outage(observations) || kind == Kind::Service
}

fn is_outage(observations: &[Observation]) -> bool {
    let is_theirs = |seen: &Observation| {
        matches!(seen, Observation::ServiceTroubled | Observation::ChecksTroubled | Observation::EmptyInside)
    };
    observations.iter().any(is_theirs)
}

fn is_limited(kind: Kind, observations: &[Observation]) -> bool {
    kind == Kind::RateLimit || observations.contains(&Observation::RateLimited)
}

/// The sort key of a fix. The first difference decides.
struct Place {
    decided: bool,
    against: bool,
    failed: bool,
    before: u8,
    worth: f64,
}

/// No one should delete cookies during an outage. If clearing would come first, the status page comes before it, or else waiting.
fn spare_data(fixes: &mut [Fix], failed: &dyn Fn(Fix) -> bool, is_against: &dyn Fn(Fix) -> bool) {
    let clears = |fix: &Fix| matches!(fix, Fix::SiteData | Fix::CloudflareCheck);
    if !fixes.first().is_some_and(clears) {
        return;
    }
    let untried = |wanted: Fix| fixes.iter().position(|&fix| fix == wanted && !failed(fix) && !is_against(fix));
    let next = untried(Fix::Status).or_else(|| untried(Fix::Wait));
    if let Some(front) = next.or_else(|| fixes.iter().position(|fix| !clears(fix))).and_then(|place| fixes.get_mut(..=place)) {
        front.rotate_right(1);
    }
}

/// In seconds of the user's time: a reload, and a look at the result.
const RELOAD: f64 = 20.0;
