//! What was learned by trying it out. No cause and no fix that contradicts it leads, whatever else speaks for it: all
//! extensions were off and the page was still blocked, or the page opened in another browser on the same computer.

use super::cause::Cause;
use super::observation::Observation;

/// The results that rule out causes and fixes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Learned {
    /// The page was blocked without extensions, too.
    pub(super) without_extensions: bool,
    /// The page opened in another browser, so nothing outside this browser is to blame.
    pub(super) opens_elsewhere: bool,
    /// An extension of this browser changes the IP address, and was not cleared.
    has_proxy: bool,
}

impl Learned {
    pub(super) fn of(seen: &[Observation]) -> Self {
        let without_extensions = seen.contains(&Observation::ExtensionsCleared);
        let has_proxy = seen.contains(&Observation::ProxyExtensionOn) && !without_extensions;
        Self { without_extensions, opens_elsewhere: seen.contains(&Observation::OtherBrowserOpened), has_proxy }
    }

    /// Did the page open in another browser, and is every VPN outside this one?
    pub(super) fn clears_vpn(self) -> bool {
        self.opens_elsewhere && !self.has_proxy
    }

    /// Does it contradict `cause`?
    pub(super) fn rules_out(self, cause: Cause) -> bool {
        match cause {
            Cause::Extension => self.without_extensions,
            Cause::Vpn => self.clears_vpn(),
            Cause::Address
            | Cause::Region
            | Cause::Connection
            | Cause::ServiceDown
            | Cause::Clock
            | Cause::LocalProgram
            | Cause::Dns => self.opens_elsewhere,
            // A counter, an account and a rule may be about this browser's own requests.
            Cause::SiteData | Cause::RateLimit | Cause::BrowserSignature | Cause::Account | Cause::OwnerRule => false,
        }
    }

    /// The ratio of `observation` for `cause`, and no more than what was learned leaves of it.
    pub(super) fn ratio(self, observation: Observation, cause: Cause) -> f64 {
        let ratio = match observation {
            // An extension that was off while the page was blocked says nothing about a VPN elsewhere.
            Observation::ProxyExtensionOn if self.without_extensions => 1.0,
            // It routes some hosts and not others: that explains why they see different IP addresses.
            Observation::OtherHostDisagrees if self.has_proxy => 1.0,
            Observation::OtherBrowserOpened if self.rules_out(cause) => RULED_OUT,
            observation => observation.ratio(cause),
        };
        if self.rules_out(cause) { ratio.min(1.0) } else { ratio }
    }
}

/// Small enough that no prior outweighs it, because weaker hints no longer count.
const RULED_OUT: f64 = 0.0001;
