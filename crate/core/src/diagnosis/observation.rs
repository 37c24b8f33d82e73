//! What can be observed about a refusal, and what each observation does to each cause's odds. One table of likelihood
//! ratios; every figure is an expert's estimate, and its reason stands beside it.
//!
//! What is not known is not in the list, and so changes nothing. Observations count as independent, so what one experiment
//! shows is one observation: the two requests with and without cookies make a pair, never two votes.

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use crate::evidence::probe::Outcome;

/// Something that was seen and that speaks for or against causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observation {
    /// An extension is on that exists to change what sites see (other than the address).
    StrongSuspectOn,
    /// An extension is on that changes the user agent or falsifies what pages measure.
    DisguiseOn,
    /// No extension that is on can touch this site.
    NoSuspectOn,
    /// An extension is on that routes traffic through another address.
    ProxyExtensionOn,
    /// No extension that is on does.
    NoProxyExtensionOn,
    /// The search had every extension off that can be, and the page was still refused.
    ExtensionsCleared,
    /// The worker's request was let in, both with and without cookies.
    ServedBothWays,
    /// The worker's request was let in with cookies; the other is not known.
    ServedWithCookies,
    /// The worker's request was let in with cookies and refused without.
    ServedOnlyWithCookies,
    /// The worker's request was refused with cookies and let in without.
    ServedOnlyWithoutCookies,
    /// The worker's request was let in without cookies; the other is not known.
    ServedWithoutCookies,
    /// The worker's request was refused, both with and without cookies.
    RefusedBothWays,
    /// The worker's request was refused with cookies; the other is not known.
    RefusedWithCookies,
    /// The worker's request was refused without cookies; the other is not known.
    RefusedWithoutCookies,
    /// The worker's requests got no answer at all.
    WorkerUnanswered,
    /// A request was answered with 429 or a rate limit.
    RateLimited,
    /// The site's cookies are so many that servers refuse the request for its size.
    LargeCookies,
    /// The trace was answered: the edge is reached.
    TraceReached,
    /// The trace got no answer, though the browser says that it is online.
    TraceUnreachable,
    /// The page's own request arrives with another user agent than the browser's; the worker's does not.
    AgentRewritten,
    /// The worker's request, too, arrives with another user agent than the browser's.
    AgentChangedUnderway,
    /// The page's own request arrives from another address than the worker's.
    AddressDiffers,
    /// The address is another one than when the page was refused.
    AddressChanged,
    /// Something was done for a new address, and it is still the old one.
    AddressUnchanged,
    /// Requests come through Cloudflare's WARP.
    WarpOn,
    /// Requests come through Tor.
    TorExit,
    /// The computer's time zone does not exist in the address's country.
    ZoneMismatch,
    /// The computer's time zone fits the address's country.
    ZoneFits,
    /// The service says that all is well.
    ServiceWell,
    /// The service says that something is wrong, but not with what is needed here.
    ServiceTroubledElsewhere,
    /// The service says that something is wrong that may concern this page.
    ServiceTroubled,
    /// The service's status could not be read.
    ServiceUnknown,
    /// Cloudflare says that the data centre that answered is in trouble.
    ColoTroubled,
    /// Timed requests: all answered, in about the same short time.
    ConnectionSteady,
    /// Timed requests: all answered, late.
    ConnectionSlow,
    /// Timed requests: all answered, in very different times.
    ConnectionUnsteady,
    /// Timed requests: some never answered.
    ConnectionLossy,
    /// Timed requests: none answered.
    ConnectionDead,
    /// The network answers in the site's stead, as hotels and companies do before a login.
    CaptivePortal,
    /// Other hosts cannot be reached either.
    EverythingFails,
    /// Other hosts answer.
    OthersAnswer,
    /// The person says that the page opened in a private window.
    PrivateOpened,
    /// The person says that the page was refused in a private window too.
    PrivateRefused,
    /// The person says that the page opened in another browser.
    OtherBrowserOpened,
    /// The person says that the page was refused in another browser too.
    OtherBrowserRefused,
    /// The edge's clock and the computer's differ by more than a check forgives.
    ClockWrong,
    /// They agree.
    ClockRight,
    /// After several checks the browser holds no cookie of theirs.
    ClearanceMissing,
    /// An extension that was proven to be to blame here is on again since shortly before.
    CulpritBack,
}

impl Observation {
    /// Every observation, in the order of its declaration.
    pub const ALL: [Self; 49] = [
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
    ];

    /// What the worker's two requests show together; `None` when neither shows anything.
    pub fn of_worker(with_cookies: Outcome, without_cookies: Outcome) -> Option<Self> {
        use Outcome::{Refused, Served, Unclear};
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

    /// How many times likelier this is to be seen when `cause` is the reason than when it is not. Always finite and above
    /// zero: nothing that is seen from here is ever quite certain.
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

    /// The ratios of those that speak about one or two causes only.
    fn single(self, cause: Cause) -> f64 {
        match (self, cause) {
            // Few people have one on, and whoever is refused because of an extension nearly always has.
            (Self::StrongSuspectOn, Cause::Extension) => 4.0,
            // It explains a wrong signature through an extension; a browser that is wrong by itself is then less needed.
            (Self::DisguiseOn, Cause::Extension) => 2.5,
            (Self::DisguiseOn, Cause::BrowserSignature) => 0.6,
            // What cannot touch the site cannot be to blame; the little that remains is for wrong declarations.
            (Self::NoSuspectOn, Cause::Extension) => 0.04,
            // A proxy extension is the plainest way to a distrusted address.
            (Self::ProxyExtensionOn, Cause::Vpn) => 4.0,
            // Most VPNs are programs beside the browser, which cannot be seen from here; a third are extensions.
            (Self::NoProxyExtensionOn, Cause::Vpn) => 0.67,
            // Proven once, gone, and here again just when the refusal is: one time in twenty that is chance.
            (Self::CulpritBack, Cause::Extension) => 20.0,
            // As near to proof of innocence as there is. What remains is for those that policy keeps on.
            (Self::ExtensionsCleared, Cause::Extension) => 0.001,
            // A site's counter answered: that is what it is, unless our own two requests were the ones too many.
            (Self::RateLimited, Cause::RateLimit) => 15.0,
            // Servers refuse requests for their size from 8 or 16 KB on, and an ordinary site's cookies have one or two.
            (Self::LargeCookies, Cause::SiteData) => 6.0,
            // The way to the edge works for a small request; a connection that breaks large ones is rarer.
            (Self::TraceReached, Cause::Connection) => 0.4,
            // The trace is answered even where pages are refused, so silence is the network's, sometimes the edge's.
            (Self::TraceUnreachable, Cause::Connection) => 6.0,
            (Self::TraceUnreachable, Cause::ServiceDown | Cause::Vpn) => 1.5,
            (Self::WorkerUnanswered, Cause::Connection) => 4.0,
            // A failing service times out as well.
            (Self::WorkerUnanswered, Cause::ServiceDown) => 2.0,
            // Only an extension stands between page and edge but not between worker and edge.
            (Self::AgentRewritten, Cause::Extension) => 15.0,
            (Self::AgentRewritten, Cause::BrowserSignature) => 0.5,
            // A setting of the browser's own, or a proxy that reads along; extensions cannot reach the worker.
            (Self::AgentChangedUnderway, Cause::BrowserSignature) => 5.0,
            (Self::AgentChangedUnderway, Cause::Connection) => 3.0,
            (Self::AgentChangedUnderway, Cause::Extension) => 0.7,
            // A proxy extension that routes pages alone. Carriers with many exits look like this too.
            (Self::AddressDiffers, Cause::Vpn) => 5.0,
            // VPNs change their exit more often than lines at home change their address. What the new address is good for
            // shows only when the page is reloaded: that is a matter of the fixes' order.
            (Self::AddressChanged, Cause::Vpn) => 1.5,
            // WARP is a VPN by another name; sites that distrust shared addresses distrust its too.
            (Self::WarpOn, Cause::Vpn) => 4.0,
            // Tor's exits are public, and many owners refuse them all.
            (Self::TorExit, Cause::Vpn) => 40.0,
            // Travellers and wrong clocks are one in twenty; of VPN users more than half.
            (Self::ZoneMismatch, Cause::Vpn) => 6.0,
            // Then the country is the VPN's and not the person's.
            (Self::ZoneMismatch, Cause::Region) => 0.4,
            // VPN users often choose an exit in their own country.
            (Self::ZoneFits, Cause::Vpn) => 0.45,
            // Services admit an outage late, but mostly they do.
            (Self::ServiceWell, Cause::ServiceDown) => 0.25,
            // Parts of a service share more than their pages say.
            (Self::ServiceTroubledElsewhere, Cause::ServiceDown) => 1.5,
            // In nine of ten outages that refuse people something is open, and one minute in twenty otherwise.
            (Self::ServiceTroubled, Cause::ServiceDown) => 16.0,
            // A data centre in trouble is mostly only bypassed.
            (Self::ColoTroubled, Cause::ServiceDown) => 3.0,
            (Self::ConnectionSteady, Cause::Connection) => 0.4,
            // Slow lines carry pages whole: a satellite is slow and fine.
            (Self::ConnectionSlow, Cause::Connection) => 1.3,
            (Self::ConnectionUnsteady, Cause::Connection) => 2.5,
            // Whole requests lost are rare on a good line.
            (Self::ConnectionLossy, Cause::Connection) => 6.0,
            (Self::ConnectionDead, Cause::Connection) => 15.0,
            // Nothing else does this.
            (Self::CaptivePortal, Cause::Connection) => 80.0,
            // If nothing answers, it is not this site that refuses.
            (Self::EverythingFails, Cause::Connection) => 30.0,
            (Self::OthersAnswer, Cause::Connection) => 0.5,
            // A proof that has expired before it is shown cannot pass, and hardly any clock is wrong by chance.
            (Self::ClockWrong, Cause::Clock) => 90.0,
            (Self::ClockRight, Cause::Clock) => 0.02,
            // What is not there cannot be stale. An extension or the browser's own settings keep cookies away.
            (Self::ClearanceMissing, Cause::SiteData) => 0.15,
            (Self::ClearanceMissing, Cause::Extension) => 1.5,
            (Self::ClearanceMissing, Cause::BrowserSignature) => 2.5,
            _ => 1.0,
        }
    }
}

/// A ratio for every cause, in the order of [`Cause::ALL`].
struct Row([f64; 12]);

impl Row {
    fn of(&self, cause: Cause) -> f64 {
        self.0.get(cause as usize).copied().unwrap_or(1.0)
    }
}

// The worker's requests leave the network, the address and (with them) the cookies as they are, and the extensions out.
// Not a page load: a rule on what only page loads have lets them in, a rule against robots refuses them. So no figure is
// extreme, but where page and worker differ in one thing alone.

//                                                ext    data   addr   vpn    rate  regn   sign  conn  down  acct  rule  clok
/// The same address and the same cookies are let in: what remains is an extension, or a rule about page loads.
const SERVED_WITH_COOKIES: Row = Row([12.0, 0.08, 0.05, 0.08, 0.3, 0.05, 0.4, 0.4, 0.3, 0.2, 2.0, 1.0]);
/// As before, and cookies play no part at all.
const SERVED_BOTH_WAYS: Row = Row([12.0, 0.06, 0.04, 0.08, 0.3, 0.05, 0.4, 0.4, 0.3, 0.1, 2.0, 1.0]);
/// A cookie opens this door, and the page's request did not bring it: an extension that takes cookies out.
const SERVED_ONLY_WITH_COOKIES: Row = Row([14.0, 0.2, 0.15, 0.2, 0.3, 0.05, 0.4, 0.4, 0.3, 0.1, 2.0, 1.0]);
/// Only the cookies differ. A login that is refused looks the same from here.
const SERVED_ONLY_WITHOUT_COOKIES: Row = Row([0.15, 25.0, 0.05, 0.05, 0.3, 0.05, 0.1, 0.3, 0.2, 4.0, 0.2, 1.0]);
/// Cookies or an extension: this request had neither.
const SERVED_WITHOUT_COOKIES: Row = Row([5.0, 5.0, 0.05, 0.08, 0.3, 0.05, 0.3, 0.4, 0.3, 2.0, 1.0, 1.0]);
/// Neither extensions nor cookies: the address, the country, the browser's signature, or everyone.
const REFUSED_BOTH_WAYS: Row = Row([0.08, 0.08, 1.5, 1.5, 1.2, 1.3, 1.3, 1.0, 1.3, 0.3, 1.3, 1.0]);
/// No extension. The cookies are still in it.
const REFUSED_WITH_COOKIES: Row = Row([0.15, 1.3, 1.3, 1.3, 1.1, 1.2, 1.2, 1.0, 1.2, 1.2, 1.2, 1.0]);
/// As both ways, but a site that wants a cookie from everybody refuses this too.
const REFUSED_WITHOUT_COOKIES: Row = Row([0.3, 0.3, 1.3, 1.3, 1.1, 1.2, 1.2, 1.0, 1.2, 0.5, 1.2, 1.0]);
/// A private window brings no data, no login, and only the extensions that were allowed there; the network is the same.
const PRIVATE_OPENED: Row = Row([4.0, 5.0, 0.05, 0.2, 0.4, 0.05, 0.2, 0.3, 0.3, 2.0, 0.2, 1.0]);
/// The reverse, weaker for extensions: some people allow theirs in private windows.
const PRIVATE_REFUSED: Row = Row([0.25, 0.1, 1.2, 1.2, 1.1, 1.2, 1.2, 1.1, 1.1, 0.4, 1.2, 1.0]);
/// Another browser brings no data, no login, mostly no extensions, and another signature; address and line are the same. What
/// its makers do to traffic (a VPN built in) is why the address is not quite ruled out.
const OTHER_BROWSER_OPENED: Row = Row([4.0, 4.0, 0.08, 0.3, 0.4, 0.08, 6.0, 0.3, 0.3, 1.5, 0.8, 1.0]);
/// The reverse. People who have an extension in one browser often have it in the other.
const OTHER_BROWSER_REFUSED: Row = Row([0.2, 0.08, 1.4, 1.4, 1.2, 1.3, 0.2, 1.1, 1.2, 0.5, 1.2, 1.0]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_observation_is_listed_once_and_no_ratio_is_zero_or_endless() {
        for (place, observation) in Observation::ALL.into_iter().enumerate() {
            assert_eq!(observation as usize, place);
            for cause in Cause::ALL {
                let ratio = observation.ratio(cause);
                assert!(ratio.is_finite() && ratio > 0.0 && ratio <= 100.0, "{observation:?} {cause:?} {ratio}");
            }
        }
        assert_eq!(Observation::ALL.len(), Observation::CulpritBack as usize + 1);
    }

    #[test]
    fn each_pair_of_the_workers_answers_is_one_observation() {
        let outcomes = [Outcome::Served, Outcome::Refused, Outcome::Unclear];
        let pairs = outcomes.iter().flat_map(|&with| outcomes.iter().map(move |&without| Observation::of_worker(with, without)));
        let mut seen: Vec<Observation> = pairs.flatten().collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 8);
        assert_eq!(Observation::of_worker(Outcome::Unclear, Outcome::Unclear), None);
    }

    #[test]
    fn an_unknown_status_speaks_for_nothing() {
        assert!(Cause::ALL.iter().all(|&cause| Observation::ServiceUnknown.ratio(cause).to_bits() == 1.0_f64.to_bits()));
    }
}
