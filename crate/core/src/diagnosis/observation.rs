//! What can be observed about a block page, and how each observation changes the odds of each cause. There is one table of
//! likelihood ratios. Every number is an expert's estimate, and its reason is next to it.
//!
//! Unknown facts are not in the list, so they change nothing. Observations count as independent. So each experiment gives one
//! observation: the two requests with and without cookies are one pair and do not count twice.

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use crate::evidence::probe::ExperimentOutcome;
use crate::recognize::Ended;

/// An observed fact that speaks for or against causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observation {
    /// An extension is on whose purpose is to change what sites see (other than the IP address).
    StrongSuspectOn,
    /// An extension is on that changes the user agent or fakes what pages measure.
    DisguiseOn,
    /// No extension that is on can affect this site.
    NoSuspectOn,
    /// An extension is on that routes traffic through another IP address.
    ProxyExtensionOn,
    /// No extension that is on routes traffic through another IP address.
    NoProxyExtensionOn,
    /// The culprit search turned off every extension that can be turned off, and the page was still blocked.
    ExtensionsCleared,
    /// The worker's request was served, both with and without cookies.
    ServedBothWays,
    /// The worker's request was served with cookies. The result without cookies is unknown.
    ServedWithCookies,
    /// The worker's request was served with cookies and blocked without.
    ServedOnlyWithCookies,
    /// The worker's request was blocked with cookies and served without.
    ServedOnlyWithoutCookies,
    /// The worker's request was served without cookies. The result with cookies is unknown.
    ServedWithoutCookies,
    /// The worker's request was blocked, both with and without cookies.
    RefusedBothWays,
    /// The worker's request was blocked with cookies. The result without cookies is unknown.
    RefusedWithCookies,
    /// The worker's request was blocked without cookies. The result with cookies is unknown.
    RefusedWithoutCookies,
    /// None of the worker's requests got a response.
    WorkerUnanswered,
    /// The response to a request was a 429 or a rate limit.
    RateLimited,
    /// The site's cookies are so large that servers reject the request because of its size.
    LargeCookies,
    /// A trace request got a response, so the edge is reachable.
    TraceReached,
    /// A trace request got no response, although the browser says that it is online.
    TraceUnreachable,
    /// The page's own request arrives with a different user agent than the browser's. The worker's request does not.
    AgentRewritten,
    /// The worker's request, too, arrives with a different user agent than the browser's.
    AgentChangedUnderway,
    /// The page's own request arrives from a different IP address than the worker's.
    AddressDiffers,
    /// The IP address is a different one than when the page was blocked.
    AddressChanged,
    /// The user tried to get a new IP address, but it is still the old one.
    AddressUnchanged,
    /// Requests go through Cloudflare's WARP.
    WarpOn,
    /// Requests go through Tor.
    TorExit,
    /// The computer's time zone does not exist in the country of the IP address.
    ZoneMismatch,
    /// The computer's time zone fits the country of the IP address.
    ZoneFits,
    /// The service says that it has no problems.
    ServiceWell,
    /// The service says that it has problems, but not with the relevant components.
    ServiceTroubledElsewhere,
    /// The service says that it has problems that may affect this page.
    ServiceTroubled,
    /// The service's status could not be read.
    ServiceUnknown,
    /// Cloudflare says that the data center that responded has problems.
    ColoTroubled,
    /// Timed requests: all were answered, each after about the same short time.
    ConnectionSteady,
    /// Timed requests: all were answered, but late.
    ConnectionSlow,
    /// Timed requests: all were answered, after very different times.
    ConnectionUnsteady,
    /// Timed requests: some were never answered.
    ConnectionLossy,
    /// Timed requests: none were answered.
    ConnectionDead,
    /// The network responds instead of the site, as in hotels and companies before a login.
    CaptivePortal,
    /// Other hosts are unreachable, too.
    EverythingFails,
    /// Other hosts respond.
    OthersAnswer,
    /// The user says that the page opened in a private window.
    PrivateOpened,
    /// The user says that the page was blocked in a private window, too.
    PrivateRefused,
    /// The user says that the page opened in another browser.
    OtherBrowserOpened,
    /// The user says that the page was blocked in another browser, too.
    OtherBrowserRefused,
    /// The clocks of the edge and the computer differ by more than a check tolerates.
    ClockWrong,
    /// The clocks of the edge and the computer agree.
    ClockRight,
    /// After several checks, the browser still has no clearance cookie.
    ClearanceMissing,
    /// An extension that was proven to be a culprit here was turned on again recently.
    CulpritBack,
    /// The check says that extensions or the network have blocked it.
    CheckNamesExtension,
    /// The check says that the computer's clock is wrong.
    CheckNamesClock,
    /// The check says that the browser is too old or not supported.
    CheckNamesBrowser,
    /// The check says that its host could not be reached.
    CheckNamesHost,
    /// Cloudflare says that its checks have problems.
    ChecksTroubled,
    /// Requests go through Cloudflare Gateway, with which a company filters what its people open.
    GatewayOn,
    /// Something else answers in place of the site, with an encrypted connection that only a program on this computer, or a
    /// filter that is trusted here, can make.
    FilterAnswers,
    /// Another host behind Cloudflare sees a different IP address than the site does.
    OtherHostDisagrees,
    /// Another host behind Cloudflare sees the same IP address as the site does.
    OtherHostAgrees,
    /// The worker cannot reach a host that the page needs, although the site itself answers.
    NeededHostUnreachable,
    /// The worker reaches the host that the page needs.
    NeededHostReached,
    /// The browser has a protection of its own that changes what sites see.
    OwnProtection,
    /// The browser hides the computer's time zone from pages, as Firefox does while `resistFingerprinting` is on.
    ZoneHidden,
    /// The browser's version is more than a year old.
    BrowserOld,
    /// The browser itself sends a user agent that ends in a name that no common browser has.
    AgentUnusual,
    /// The user says that they use no VPN.
    NoVpn,
    /// The blocked page is the answer to a form.
    FormSent,
    /// The page that the form was sent to is served.
    FormAlone,
    /// The page itself opened, and requests that it makes are blocked.
    InsidePage,
    /// Those requests are answered with an empty 403.
    EmptyInside,
    /// The site has none of Cloudflare's own cookies, so there is no check to reset.
    NoCloudflareCookies,
}

impl Observation {
    /// Every observation, in the order of declaration.
    pub const ALL: [Self; 70] = [
        Self::StrongSuspectOn,
        Self::DisguiseOn,
        Self::NoSuspectOn,
        Self::ProxyExtensionOn,
        Self::NoProxyExtensionOn,
        Self::ExtensionsCleared,
        Self::ServedBothWays,
        Self::ServedWithCookies,
        Self::ServedOnlyWithCookies,
        Self::ServedOnlyWithoutCookies,
        Self::ServedWithoutCookies,
        Self::RefusedBothWays,
        Self::RefusedWithCookies,
        Self::RefusedWithoutCookies,
        Self::WorkerUnanswered,
        Self::RateLimited,
        Self::LargeCookies,
        Self::TraceReached,
        Self::TraceUnreachable,
        Self::AgentRewritten,
        Self::AgentChangedUnderway,
        Self::AddressDiffers,
        Self::AddressChanged,
        Self::AddressUnchanged,
        Self::WarpOn,
        Self::TorExit,
        Self::ZoneMismatch,
        Self::ZoneFits,
        Self::ServiceWell,
        Self::ServiceTroubledElsewhere,
        Self::ServiceTroubled,
        Self::ServiceUnknown,
        Self::ColoTroubled,
        Self::ConnectionSteady,
        Self::ConnectionSlow,
        Self::ConnectionUnsteady,
        Self::ConnectionLossy,
        Self::ConnectionDead,
        Self::CaptivePortal,
        Self::EverythingFails,
        Self::OthersAnswer,
        Self::PrivateOpened,
        Self::PrivateRefused,
        Self::OtherBrowserOpened,
        Self::OtherBrowserRefused,
        Self::ClockWrong,
        Self::ClockRight,
        Self::ClearanceMissing,
        Self::CulpritBack,
        Self::CheckNamesExtension,
        Self::CheckNamesClock,
        Self::CheckNamesBrowser,
        Self::CheckNamesHost,
        Self::ChecksTroubled,
        Self::GatewayOn,
        Self::FilterAnswers,
        Self::OtherHostDisagrees,
        Self::OtherHostAgrees,
        Self::NeededHostUnreachable,
        Self::NeededHostReached,
        Self::OwnProtection,
        Self::ZoneHidden,
        Self::BrowserOld,
        Self::AgentUnusual,
        Self::NoVpn,
        Self::FormSent,
        Self::FormAlone,
        Self::InsidePage,
        Self::EmptyInside,
        Self::NoCloudflareCookies,
    ];

    /// What the worker's two requests show together. `None` if neither shows anything.
    pub fn of_worker(with_cookies: ExperimentOutcome, without_cookies: ExperimentOutcome) -> Option<Self> {
        use ExperimentOutcome::{Refused, Served, Unclear};
        Some(match (with_cookies, without_cookies) {
            (Served, Served) => Self::ServedBothWays,
            (Served, Unclear) => Self::ServedWithCookies,
            (Served, Refused) => Self::ServedOnlyWithCookies,
            (Refused, Served) => Self::ServedOnlyWithoutCookies,
            (Unclear, Served) => Self::ServedWithoutCookies,
            (Refused, Refused) => Self::RefusedBothWays,
            (Refused, Unclear) => Self::RefusedWithCookies,
            (Unclear, Refused) => Self::RefusedWithoutCookies,
            (Unclear, Unclear) => return None,
        })
    }

    /// What a check that has ended says about the reason. `None` if its words are not known.
    pub fn of_ended(ended: Ended) -> Option<Self> {
        Some(match ended {
            Ended::Extension => Self::CheckNamesExtension,
            Ended::Clock => Self::CheckNamesClock,
            Ended::UnsupportedBrowser => Self::CheckNamesBrowser,
            Ended::Unblock => Self::CheckNamesHost,
            Ended::Unknown => return None,
        })
    }

    /// How many times more likely this observation is if `cause` is the reason than if it is not. Always finite and greater than
    /// zero, because no observation is completely certain.
    pub fn ratio(self, cause: Cause) -> f64 {
        match self {
            Self::ServedBothWays => SERVED_BOTH_WAYS.of(cause),
            Self::ServedWithCookies => SERVED_WITH_COOKIES.of(cause),
            Self::ServedOnlyWithCookies => SERVED_ONLY_WITH_COOKIES.of(cause),
            Self::ServedOnlyWithoutCookies => SERVED_ONLY_WITHOUT_COOKIES.of(cause),
            Self::ServedWithoutCookies => SERVED_WITHOUT_COOKIES.of(cause),
            Self::RefusedBothWays => REFUSED_BOTH_WAYS.of(cause),
            Self::RefusedWithCookies => REFUSED_WITH_COOKIES.of(cause),
            Self::RefusedWithoutCookies => REFUSED_WITHOUT_COOKIES.of(cause),
            Self::PrivateOpened => PRIVATE_OPENED.of(cause),
            Self::PrivateRefused => PRIVATE_REFUSED.of(cause),
            Self::OtherBrowserOpened => OTHER_BROWSER_OPENED.of(cause),
            Self::OtherBrowserRefused => OTHER_BROWSER_REFUSED.of(cause),
            _ => self.single(cause),
        }
    }

    /// The ratios of the observations that concern only a few causes.
    fn single(self, cause: Cause) -> f64 {
        match (self, cause) {
            // Few people have such an extension on, but almost everyone who is blocked because of an extension does.
            (Self::StrongSuspectOn, Cause::Extension) => 4.0,
            // An extension explains the wrong signature, so a browser that is wrong without one becomes less likely.
            (Self::DisguiseOn, Cause::Extension) => 2.5,
            (Self::DisguiseOn, Cause::BrowserSignature) => 0.6,
            // An extension that cannot affect the site cannot be to blame. The small rest is for wrong declarations.
            (Self::NoSuspectOn, Cause::Extension) => 0.04,
            // A proxy extension is the most obvious way to get a distrusted IP address.
            (Self::ProxyExtensionOn, Cause::Vpn) => 4.0,
            // Most VPNs are programs outside the browser, which an extension cannot see. A third are extensions.
            (Self::NoProxyExtensionOn, Cause::Vpn) => 0.67,
            // It was proven before, it was off, and now it is back together with the block page. One time in twenty, that is
            // chance.
            (Self::CulpritBack, Cause::Extension) => 20.0,
            // Outages that stop every check are rare and are reported. The site's own status page then says that all is well.
            (Self::ChecksTroubled, Cause::ServiceDown) => 80.0,
            // What a check says about itself is a guess of its own, and public reports show each of them to be wrong at times.
            // It cannot tell an extension from a network that blocks it.
            (Self::CheckNamesExtension, Cause::Extension) => 3.0,
            (Self::CheckNamesExtension, Cause::Connection) => 1.5,
            // Often the clock is right. Whether it is, the trace shows.
            (Self::CheckNamesClock, Cause::Clock) => 3.0,
            // An old version, or a protection setting that alters what the check measures. An extension does the same.
            (Self::CheckNamesBrowser, Cause::BrowserSignature) => 3.0,
            // A blocker, a filter in the network, or an outage at Cloudflare, which everyone sees.
            (Self::CheckNamesHost, Cause::Extension) => 2.0,
            (Self::CheckNamesHost, Cause::Connection | Cause::ServiceDown | Cause::Dns) => 3.0,
            (
                Self::CheckNamesExtension | Self::CheckNamesClock | Self::CheckNamesBrowser | Self::CheckNamesHost,
                Cause::SiteData,
            ) => 0.3,
            // This is almost proof that no extension is to blame. The small rest is for extensions that a policy keeps on.
            (Self::ExtensionsCleared, Cause::Extension) => 0.001,
            // The site's counter responded, so this is a rate limit, unless Readmit's own two requests exceeded it.
            (Self::RateLimited, Cause::RateLimit) => 15.0,
            // Servers reject requests larger than 8 or 16 KB. An ordinary site's cookies take one or two.
            (Self::LargeCookies, Cause::SiteData) => 6.0,
            // A small request reaches the edge. Connections that break only large requests are rarer.
            (Self::TraceReached, Cause::Connection) => 0.4,
            // Traces are answered even if pages are blocked, so a missing response points to the network, sometimes to the edge.
            (Self::TraceUnreachable, Cause::Connection) => 6.0,
            (Self::TraceUnreachable, Cause::ServiceDown | Cause::Vpn) => 1.5,
            (Self::WorkerUnanswered, Cause::Connection) => 4.0,
            // Requests to a failing service time out, too.
            (Self::WorkerUnanswered, Cause::ServiceDown) => 2.0,
            // Only an extension can act between page and edge without acting between worker and edge.
            (Self::AgentRewritten, Cause::Extension) => 15.0,
            (Self::AgentRewritten, Cause::BrowserSignature) => 0.5,
            // Extensions cannot change the worker's requests, and the browser has just said what it sends. What is left is a
            // program that reads and rewrites encrypted traffic.
            (Self::AgentChangedUnderway, Cause::LocalProgram) => 60.0,
            (Self::AgentChangedUnderway, Cause::Extension) => 0.3,
            // The edge itself says so. Such a gateway decides what opens, and its shared IP addresses look like a VPN's.
            (Self::GatewayOn, Cause::LocalProgram) => 40.0,
            (Self::GatewayOn, Cause::Vpn) => 0.5,
            // Nothing else can answer in place of the site without a warning of the browser.
            (Self::FilterAnswers, Cause::LocalProgram) => 80.0,
            // It answers our own requests as well, which no other extension can touch.
            (Self::FilterAnswers, Cause::Extension) => 0.2,
            // VPNs and routers change what every host sees. A hosts file or "smart DNS" leads only the names that it knows, and
            // now and then a VPN is set up for a few sites alone.
            (Self::OtherHostDisagrees, Cause::Dns) => 60.0,
            (Self::OtherHostDisagrees, Cause::Vpn) => 0.1,
            (Self::OtherHostDisagrees, Cause::Address) => 0.2,
            (Self::OtherHostAgrees, Cause::Dns) => 0.15,
            // Other extensions cannot touch this request, so one of them is not to blame. An outage of this one host would be
            // reported, and a firewall with a list of names is as good as a block list.
            (Self::NeededHostUnreachable, Cause::Dns) => 40.0,
            (Self::NeededHostUnreachable, Cause::LocalProgram | Cause::Connection | Cause::ServiceDown) => 2.0,
            (Self::NeededHostUnreachable, Cause::Extension) => 0.2,
            (Self::NeededHostReached, Cause::Dns) => 0.05,
            // Most people leave it as it is, and then it harms nothing. A few make it strict.
            (Self::OwnProtection, Cause::BrowserSignature) => 1.5,
            // Someone has to turn it on. Checks of fonts, canvas and time zone then see a browser that looks like no other.
            (Self::ZoneHidden, Cause::BrowserSignature) => 8.0,
            // Few people have one, and checks reject it.
            (Self::BrowserOld, Cause::BrowserSignature) => 6.0,
            // Sites keep lists of ordinary browsers. This one is on none of them.
            (Self::AgentUnusual, Cause::BrowserSignature) => 15.0,
            // The small rest is for a VPN on the router, and for people who do not know that theirs is on.
            (Self::NoVpn, Cause::Vpn) => 0.02,
            // A proxy extension that routes only pages. Mobile carriers with many exits look like this, too.
            (Self::AddressDiffers, Cause::Vpn) => 5.0,
            // VPNs change their exit more often than home connections change their IP address. Whether the new IP address helps
            // is known only after a reload, so it affects the order of the fixes and not this ratio.
            (Self::AddressChanged, Cause::Vpn) => 1.5,
            // WARP is a kind of VPN. Sites that distrust shared IP addresses also distrust WARP's.
            (Self::WarpOn, Cause::Vpn) => 4.0,
            // Tor's exits are public, and many site owners block all of them.
            (Self::TorExit, Cause::Vpn) => 40.0,
            // Travelers and wrong clocks are one in twenty. Of VPN users, it is more than half.
            (Self::ZoneMismatch, Cause::Vpn) => 6.0,
            // In this case, the country is the VPN's and not the user's.
            (Self::ZoneMismatch, Cause::Region) => 0.4,
            // VPN users often choose an exit in their own country.
            (Self::ZoneFits, Cause::Vpn) => 0.45,
            // Services report an outage late, but usually they do report it.
            (Self::ServiceWell, Cause::ServiceDown) => 0.25,
            // The parts of a service share more than their status pages say.
            (Self::ServiceTroubledElsewhere, Cause::ServiceDown) => 1.5,
            // In nine of ten outages that block people, an incident is open. At other times, it is one minute in twenty.
            (Self::ServiceTroubled, Cause::ServiceDown) => 16.0,
            // Traffic is usually routed around a data center that has problems.
            (Self::ColoTroubled, Cause::ServiceDown) => 3.0,
            (Self::ConnectionSteady, Cause::Connection) => 0.4,
            // Slow connections load complete pages: a satellite is slow but works.
            (Self::ConnectionSlow, Cause::Connection) => 1.3,
            (Self::ConnectionUnsteady, Cause::Connection) => 2.5,
            // On a good connection, complete requests are rarely lost.
            (Self::ConnectionLossy, Cause::Connection) => 6.0,
            (Self::ConnectionDead, Cause::Connection) => 15.0,
            // Nothing else causes this.
            (Self::CaptivePortal, Cause::Connection) => 80.0,
            // If no host responds, this site is not the one that blocks.
            (Self::EverythingFails, Cause::Connection) => 30.0,
            (Self::OthersAnswer, Cause::Connection) => 0.5,
            // A rule blocks with a page. Twice in half a year, everyone at some data centers got nothing, and the status page was
            // green at first: codex#8516, codex#18681.
            (Self::EmptyInside, Cause::ServiceDown) => 60.0,
            // A clearance cookie that has expired before it is sent cannot pass. And clocks are hardly ever wrong by chance.
            (Self::ClockWrong, Cause::Clock) => 90.0,
            (Self::ClockRight, Cause::Clock) => 0.02,
            // A missing cookie cannot be stale. An extension or the browser's own settings prevent the cookies.
            (Self::ClearanceMissing, Cause::SiteData) => 0.15,
            (Self::ClearanceMissing, Cause::Extension) => 1.5,
            (Self::ClearanceMissing, Cause::BrowserSignature) => 2.5,
            _ => 1.0,
        }
    }
}

/// A ratio for every cause, in the order of [`Cause::ALL`].
struct Row([f64; 14]);

impl Row {
    fn of(&self, cause: Cause) -> f64 {
        self.0.get(cause as usize).copied().unwrap_or(1.0)
    }
}

// The worker's requests use the same network, the same IP address and (if sent with them) the same cookies, but no extension can
// affect them. They are not page loads: a rule about page loads serves them, and a rule against bots blocks them. So no number is
// extreme, except where page and worker differ in exactly one thing.

//                                                ext    data   addr   vpn    rate  regn   sign  conn  down  acct  rule  clok  prog  dns
/// The same IP address and the same cookies are served. What remains is an extension, or a rule about page loads.
const SERVED_WITH_COOKIES: Row = Row([12.0, 0.08, 0.05, 0.08, 0.3, 0.05, 0.4, 0.4, 0.3, 0.2, 2.0, 1.0, 0.2, 0.05]);
/// As above, and cookies do not matter at all.
const SERVED_BOTH_WAYS: Row = Row([12.0, 0.06, 0.04, 0.08, 0.3, 0.05, 0.4, 0.4, 0.3, 0.1, 2.0, 1.0, 0.2, 0.05]);
/// The site serves only requests with a cookie, and the page's request lacked it: an extension removes cookies.
const SERVED_ONLY_WITH_COOKIES: Row = Row([14.0, 0.2, 0.15, 0.2, 0.3, 0.05, 0.4, 0.4, 0.3, 0.1, 2.0, 1.0, 0.2, 0.05]);
/// Only the cookies differ. A blocked login looks the same from here.
const SERVED_ONLY_WITHOUT_COOKIES: Row = Row([0.15, 25.0, 0.05, 0.05, 0.3, 0.05, 0.1, 0.3, 0.2, 4.0, 0.2, 1.0, 0.1, 0.05]);
/// Cookies or an extension: this request had neither.
const SERVED_WITHOUT_COOKIES: Row = Row([5.0, 5.0, 0.05, 0.08, 0.3, 0.05, 0.3, 0.4, 0.3, 2.0, 1.0, 1.0, 0.2, 0.05]);
/// Not extensions and not cookies: it is the IP address, the country, the browser's signature, or everyone is blocked.
const REFUSED_BOTH_WAYS: Row = Row([0.08, 0.08, 1.5, 1.5, 1.2, 1.3, 1.3, 1.0, 1.3, 0.3, 1.3, 1.0, 1.3, 1.3]);
/// Not an extension. The request still had the cookies.
const REFUSED_WITH_COOKIES: Row = Row([0.15, 1.3, 1.3, 1.3, 1.1, 1.2, 1.2, 1.0, 1.2, 1.2, 1.2, 1.0, 1.2, 1.2]);
/// As for both ways, but a site that requires a cookie from everyone blocks this request, too.
const REFUSED_WITHOUT_COOKIES: Row = Row([0.3, 0.3, 1.3, 1.3, 1.1, 1.2, 1.2, 1.0, 1.2, 0.5, 1.2, 1.0, 1.2, 1.2]);
/// A private window has no data, no login, and only the extensions that are allowed there. The network is the same.
const PRIVATE_OPENED: Row = Row([4.0, 5.0, 0.05, 0.2, 0.4, 0.05, 0.2, 0.3, 0.3, 2.0, 0.2, 1.0, 0.05, 0.05]);
/// The reverse, but weaker for extensions, because some people allow theirs in private windows.
const PRIVATE_REFUSED: Row = Row([0.25, 0.1, 1.2, 1.2, 1.1, 1.2, 1.2, 1.1, 1.1, 0.4, 1.2, 1.0, 1.2, 1.2]);
/// Another browser has no data, no login, usually no extensions, and another signature. IP address and connection are the same.
/// Some browsers have a built-in VPN, so the IP address is not completely ruled out.
const OTHER_BROWSER_OPENED: Row = Row([4.0, 4.0, 0.08, 0.3, 0.4, 0.08, 6.0, 0.3, 0.3, 1.5, 0.8, 1.0, 0.08, 0.2]);
/// The reverse. People who have an extension in one browser often have it in the other.
const OTHER_BROWSER_REFUSED: Row = Row([0.2, 0.08, 1.4, 1.4, 1.2, 1.3, 0.2, 1.1, 1.2, 0.5, 1.2, 1.0, 1.4, 1.3]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_observations_are_listed_and_all_ratios_are_finite() {
        for (place, observation) in Observation::ALL.into_iter().enumerate() {
            assert_eq!(observation as usize, place);
            for cause in Cause::ALL {
                let ratio = observation.ratio(cause);
                assert!(ratio.is_finite() && ratio > 0.0 && ratio <= 100.0, "{observation:?} {cause:?} {ratio}");
            }
        }
        assert_eq!(Observation::ALL.len(), Observation::NoCloudflareCookies as usize + 1);
    }

    #[test]
    fn each_pair_of_worker_answers_is_one_observation() {
        let outcomes = [ExperimentOutcome::Served, ExperimentOutcome::Refused, ExperimentOutcome::Unclear];
        let pairs = outcomes.iter().flat_map(|&with| outcomes.iter().map(move |&without| Observation::of_worker(with, without)));
        let mut seen: Vec<Observation> = pairs.flatten().collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 8);
        assert_eq!(Observation::of_worker(ExperimentOutcome::Unclear, ExperimentOutcome::Unclear), None);
    }

    #[test]
    fn an_unknown_service_status_changes_nothing() {
        assert!(Cause::ALL.iter().all(|&cause| Observation::ServiceUnknown.ratio(cause).to_bits() == 1.0_f64.to_bits()));
    }
}
