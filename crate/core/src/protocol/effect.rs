//! What the core asks of the shell, and what the shell reports to the core: the whole interface between the rules and the
//! browser.

use crate::base::failure::Failure;
use crate::base::host::Host;
use crate::base::id::{ExtensionId, LoadId, TabId, Time, WindowId};
use crate::base::text::Text;
use crate::evidence::budget::Experiment;
use crate::evidence::probe::{FetchError, HttpResponse};
use crate::evidence::trace::{Agent, Country};
use crate::extensions::installed::Installed;
use crate::feature::clear_data::clearing::Inventory;
use crate::feature::clear_data::cookie::Cookie;
use crate::feature::clear_data::{Query, Scope, Site};
use crate::feature::settings::policy::Policy;
use crate::feature::settings::watched::Watched;
use crate::protocol::delivery::{Order, OrderId};
use crate::protocol::message::{Classified, PageRequest, PageText};
use crate::store::{Stored, Value};
use crate::view::{Banner, GlobalBadge, TabBadge};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The worker started and has read the stored values. Always the first event.
    Started {
        /// The stored values.
        stored: Box<Stored>,
        /// What this browser can do.
        capabilities: Capabilities,
    },
    /// A content script has sent a request.
    Page {
        /// Its tab.
        tab: TabId,
        /// Its window.
        window: WindowId,
        /// The page's host, as reported by the browser.
        host: Host,
        /// What it sent.
        request: PageRequest,
        /// The request to reply to.
        reply: ReplyId,
    },
    /// A popup has connected: it was opened, or its previous worker has ended.
    PopupConnected {
        /// The tab it is about.
        tab: TabId,
    },
    /// An options page has connected.
    OptionsConnected,
    /// A click in a popup or on an options page, perhaps not for the first time.
    Ordered {
        /// The order's id.
        id: OrderId,
        /// What was clicked.
        order: Order,
    },
    /// The administrator's policy, at the start and whenever it changes.
    PolicyChanged(Box<Policy>),
    /// The answer to [`Effect::ReadGrants`].
    Granted {
        /// The match patterns of all sites with a permission.
        origins: Vec<String>,
        /// May notifications be shown?
        notifies: bool,
    },
    /// The permissions were changed, by us or by the user.
    GrantsChanged,
    /// [`Effect::EnterOpenTabs`] has ended, whatever the single tabs answered.
    EnteredOpenTabs {
        /// Its patterns.
        patterns: Vec<String>,
    },
    /// The answer to [`Effect::Erase`].
    Erased(Result<(), Failure>),
    /// [`Effect::Uninstall`] did not succeed.
    UninstallFailed(Failure),
    /// A popup was closed.
    PopupClosed {
        /// The tab it was about.
        tab: TabId,
    },
    /// The answer to [`Effect::List`].
    Listed(Result<Vec<Installed>, Failure>),
    /// The browser reports that an extension was switched, installed or updated, by us or by anyone else.
    ExtensionChanged(Box<Installed>),
    /// The browser reports that an extension was removed.
    ExtensionRemoved(ExtensionId),
    /// The answer to [`Effect::Switch`].
    Switched {
        /// The extension.
        id: ExtensionId,
        /// On or off.
        on: bool,
        /// Whether the switch succeeded.
        answer: Result<(), Failure>,
    },
    /// A tab was closed.
    TabClosed {
        /// The tab.
        tab: TabId,
    },
    /// The answer to [`Effect::Look`].
    Looked {
        /// The tab.
        tab: TabId,
        /// What it shows.
        snapshot: TabSnapshot,
        /// The permissions for it.
        grants: Grants,
    },
    /// The answer to [`Effect::Reload`] and [`Effect::Await`].
    Reloaded {
        /// The tab.
        tab: TabId,
        /// What the new load shows.
        snapshot: TabSnapshot,
        /// The permissions for it.
        grants: Grants,
    },
    /// The answer to [`Effect::Fetch`].
    Fetched {
        /// The tab it is about.
        tab: TabId,
        /// The purpose of the request.
        purpose: Purpose,
        /// The response, or the error.
        answer: Result<HttpResponse, FetchError>,
    },
    /// The answer to [`Effect::FetchStatus`].
    StatusFetched {
        /// The tab it is about.
        tab: TabId,
        /// The service.
        provider: Provider,
        /// The documents that were received; `None` if there was no answer at all.
        documents: Option<Vec<String>>,
    },
    /// The answer to [`Effect::TimeRequests`]: milliseconds from request to answer, in order; `None` for a lost request.
    Timed {
        /// The tab it is about.
        tab: TabId,
        /// The time of each request.
        samples: Vec<Option<u32>>,
        /// The browser's own estimate of the connection's speed, in kilobits per second. Firefox has none.
        kilobits: Option<u32>,
    },
    /// The answer to [`Effect::CompareZone`]; `None` if the browser cannot tell.
    ZoneCompared {
        /// The tab it is about.
        tab: TabId,
        /// Is the computer's time zone one of the country's?
        fits: Option<bool>,
    },
    /// The answer to [`Effect::MeasureCookies`].
    CookiesMeasured {
        /// The tab it is about.
        tab: TabId,
        /// Is one of them from Cloudflare's checks? `None` if they cannot be read.
        clearance_cookie: Option<bool>,
        /// The size of all names and values, in bytes; `None` if they cannot be read.
        bytes: Option<u32>,
        /// Is any of them partitioned?
        partitioned: bool,
    },
    /// The answer to [`Effect::TakeInventory`].
    Inventoried(Result<Inventory, Failure>),
    /// The answer to [`Effect::RemoveData`] and [`Effect::RemoveCookies`].
    Removed(Result<(), Failure>),
    /// The answer to [`Effect::RestoreCookies`]: how many cookies the browser accepted.
    Restored(u32),
    /// The answer to [`Effect::OpenPopup`].
    PopupOpened {
        /// The tab it is about.
        tab: TabId,
        /// Whether the popup opened.
        answer: Result<(), Failure>,
    },
    /// The answer to [`Effect::CheckAvailability`].
    AvailabilityChecked {
        /// The host.
        host: Host,
        /// The response, or the error.
        answer: Result<HttpResponse, FetchError>,
    },
    /// The answer to [`Effect::Notify`], whether or not the notification was shown.
    Notified(Host),
    /// The user clicked the notification of [`Effect::Notify`].
    NotificationClicked(Host),
    /// The time set with [`Effect::WakeAt`] has come.
    Woken,
}

/// Something to be done. The shell performs a batch in order, and finishes every [`Effect::Save`] before it starts the effects
/// after it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Store these values.
    Save(Vec<Value>),
    /// Ask the browser for all extensions.
    List,
    /// Switch an extension.
    Switch {
        /// The extension.
        id: ExtensionId,
        /// On or off.
        on: bool,
    },
    /// Inspect what the tab shows.
    Look {
        /// The tab.
        tab: TabId,
        /// The site whose pages may be read. `None` after a click on the toolbar button, which allows any page.
        site: Option<Site>,
    },
    /// Load the tab's page anew, with a GET whatever the last load was, and inspect the new load. A load equal to `before` is
    /// not the new one. Nothing is loaded or read if the tab shows, or is loading, a page of another site.
    Reload {
        /// The tab.
        tab: TabId,
        /// The site whose page may be loaded.
        site: Site,
        /// The load before the reload.
        before: LoadId,
        /// Is the page opened anew? Then a URL that works once leads to the site's start.
        reopens: bool,
        /// Milliseconds to wait first, so that repeated reloads are spaced out.
        pause: u32,
    },
    /// Inspect the tab after its next load, without reloading it. A load equal to `before` is not that one.
    Await {
        /// The tab.
        tab: TabId,
        /// The site whose pages may be read.
        site: Site,
        /// The current load.
        before: LoadId,
    },
    /// Show this on the toolbar button while the tab shows this page.
    Badge {
        /// The tab.
        tab: TabId,
        /// What it says.
        badge: TabBadge,
    },
    /// Tell a result in the tab's page for a few seconds, if it is still one of this site.
    TellResult {
        /// The tab.
        tab: TabId,
        /// The site of the case.
        site: Site,
        /// What happened.
        headline: Text,
        /// Why.
        detail: Option<Text>,
    },
    /// Update the banner on the tab's page, if there is one.
    ShowBanner {
        /// The tab.
        tab: TabId,
        /// The banner's new content.
        banner: Banner,
    },
    /// Open the popup over the window.
    OpenPopup {
        /// The tab.
        tab: TabId,
        /// Its window.
        window: WindowId,
    },
    /// Open the popup's page about `tab` in a tab of its own.
    OpenPopupTab {
        /// The tab.
        tab: TabId,
    },
    /// Read a site's data.
    TakeInventory {
        /// A tab that may show a page of the site.
        tab: TabId,
        /// Which cookies to read.
        queries: Vec<Query>,
    },
    /// Remove all of a site's data.
    RemoveData {
        /// A tab that may show a page of the site. Its container is the one to clear.
        tab: TabId,
        /// The hosts to clear.
        scope: Scope,
    },
    /// Remove these cookies.
    RemoveCookies(Vec<Cookie>),
    /// Set these cookies again.
    RestoreCookies(Vec<Cookie>),
    /// Request this URL.
    Fetch {
        /// The tab it is about.
        tab: TabId,
        /// The purpose. It also decides who sends the request and with what.
        purpose: Purpose,
        /// The URL.
        url: String,
    },
    /// Fetch a service's own status.
    FetchStatus {
        /// The tab it is about.
        tab: TabId,
        /// The service.
        provider: Provider,
    },
    /// Request this small URL a few times, one after the other, and measure the time.
    TimeRequests {
        /// The tab it is about.
        tab: TabId,
        /// The URL.
        url: String,
    },
    /// Compare the computer's time zone with those of a country.
    CompareZone {
        /// The tab it is about.
        tab: TabId,
        /// The country.
        country: Country,
    },
    /// Measure the cookies that a host is sent.
    MeasureCookies {
        /// The tab it is about.
        tab: TabId,
        /// The host.
        host: Host,
        /// Which cookies to read.
        queries: Vec<Query>,
    },
    /// Check whether the host is back: request this URL from the worker, with the host's cookies.
    CheckAvailability {
        /// The host.
        host: Host,
        /// The URL.
        url: String,
    },
    /// Show a notification for the host, which replaces an earlier one for the same host. Does nothing if notifications are not
    /// allowed.
    Notify {
        /// The host.
        host: Host,
        /// The title.
        title: Text,
        /// The text below the title.
        body: Text,
    },
    /// Show this on the toolbar button, on every page that has no mark of its own.
    GlobalBadge(GlobalBadge),
    /// Bring a tab of the host to the front, or open one.
    Visit {
        /// The host.
        host: Host,
    },
    /// Ask the browser which other sites have a permission, and whether notifications are allowed.
    ReadGrants,
    /// Run the content script on these sites, and on no others besides OpenAI's.
    Watch {
        /// The sites.
        watched: Watched,
        /// Does the content script show a banner?
        banner: bool,
    },
    /// Run the content script in the tabs that show a page of these sites now, the visible ones first. It does nothing where it
    /// runs already. Tabs that the browser has discarded are left out: they get it when they are loaded again.
    EnterOpenTabs {
        /// The sites, as match patterns.
        patterns: Vec<String>,
        /// Does it show a banner?
        banner: bool,
    },
    /// Delete everything that is stored anywhere, and revoke these permissions.
    Erase(Watched),
    /// Ask the browser to remove Readmit. The browser asks the user.
    Uninstall,
    /// Wake up at this time. A later call replaces an earlier one.
    WakeAt(Time),
    /// Tell the pages that this order was accepted. It follows the save that stores the order.
    Acknowledge(OrderId),
    /// Reply to a content script.
    Reply {
        /// The request.
        to: ReplyId,
        /// The reply.
        answer: Classified,
    },
}

impl Effect {
    /// Does it change the browser, so that everything saved before it must have reached the disk?
    pub fn changes_browser(&self) -> bool {
        matches!(self, Self::Switch { .. } | Self::RemoveData { .. } | Self::RemoveCookies(_) | Self::RestoreCookies(_))
    }

    /// Does it leave no trace, neither in the browser nor at a site? Then it does not matter whether the worker dies before or
    /// after the save next to it.
    pub fn only_reads(&self) -> bool {
        matches!(
            self,
            Self::List
                | Self::Look { .. }
                | Self::TakeInventory { .. }
                | Self::MeasureCookies { .. }
                | Self::CompareZone { .. }
                | Self::ReadGrants
        )
    }

    /// Milliseconds after which an answer is no longer expected. `None` if no one waits for one.
    pub fn patience(&self) -> Option<u32> {
        match self {
            Self::Save(_) | Self::WakeAt(_) | Self::Badge { .. } | Self::ShowBanner { .. } => None,
            Self::TellResult { .. } | Self::Reply { .. } | Self::Acknowledge(_) => None,
            // The browser asks the user first.
            Self::OpenPopupTab { .. } | Self::ReadGrants | Self::Watch { .. } | Self::Uninstall => None,
            Self::GlobalBadge(_) | Self::Visit { .. } => None,
            Self::Switch { .. }
            | Self::List
            | Self::OpenPopup { .. }
            | Self::CompareZone { .. }
            | Self::MeasureCookies { .. } => Some(10_000),
            Self::Notify { .. } => Some(10_000),
            Self::Look { .. }
            | Self::Fetch { .. }
            | Self::CheckAvailability { .. }
            | Self::FetchStatus { .. }
            | Self::EnterOpenTabs { .. }
            | Self::TimeRequests { .. } => Some(30_000),
            // They have their own deadlines, or gigabytes to remove.
            Self::Reload { .. } | Self::Await { .. } | Self::Erase(_) => Some(60_000),
            Self::TakeInventory { .. } | Self::RemoveData { .. } | Self::RemoveCookies(_) | Self::RestoreCookies(_) => {
                Some(60_000)
            }
        }
    }

    /// The event in place of an answer, if the browser gave none or was never asked. `None` if no one waits for one.
    pub fn unanswered(&self, failure: Failure) -> Option<Event> {
        let grants = Grants { openai: true, site: false, domain: None };
        Some(match self {
            Self::Save(_) | Self::WakeAt(_) | Self::Badge { .. } | Self::ShowBanner { .. } => return None,
            Self::Reply { .. } | Self::Acknowledge(_) => return None,
            Self::OpenPopupTab { .. } | Self::ReadGrants | Self::Watch { .. } | Self::Uninstall => return None,
            Self::TellResult { .. } | Self::GlobalBadge(_) | Self::Visit { .. } => return None,
            Self::EnterOpenTabs { patterns, .. } => Event::EnteredOpenTabs { patterns: patterns.clone() },
            Self::Notify { host, .. } => Event::Notified(host.clone()),
            Self::CheckAvailability { host, .. } => {
                Event::AvailabilityChecked { host: host.clone(), answer: Err(FetchError::Timeout) }
            }
            Self::List => Event::Listed(Err(failure)),
            Self::Switch { id, on } => Event::Switched { id: id.clone(), on: *on, answer: Err(failure) },
            Self::Look { tab, .. } => Event::Looked { tab: *tab, snapshot: TabSnapshot::Late, grants },
            Self::Reload { tab, .. } | Self::Await { tab, .. } => {
                Event::Reloaded { tab: *tab, snapshot: TabSnapshot::Late, grants }
            }
            Self::OpenPopup { tab, .. } => Event::PopupOpened { tab: *tab, answer: Err(failure) },
            Self::TakeInventory { .. } => Event::Inventoried(Err(failure)),
            Self::RemoveData { .. } | Self::RemoveCookies(_) => Event::Removed(Err(failure)),
            Self::RestoreCookies(_) => Event::Restored(0),
            Self::Erase(_) => Event::Erased(Err(failure)),
            Self::Fetch { tab, purpose, .. } => Event::Fetched { tab: *tab, purpose: *purpose, answer: Err(FetchError::Timeout) },
            Self::FetchStatus { tab, provider } => Event::StatusFetched { tab: *tab, provider: *provider, documents: None },
            Self::TimeRequests { tab, .. } => Event::Timed { tab: *tab, samples: Vec::new(), kilobits: None },
            Self::CompareZone { tab, .. } => Event::ZoneCompared { tab: *tab, fits: None },
            Self::MeasureCookies { tab, .. } => {
                Event::CookiesMeasured { tab: *tab, clearance_cookie: None, bytes: None, partitioned: false }
            }
        })
    }
}

/// The extensions that these effects switch.
pub(crate) fn ids_switched(effects: &[Effect]) -> Vec<ExtensionId> {
    let id = |effect: &Effect| match effect {
        Effect::Switch { id, .. } => Some(id.clone()),
        _ => None,
    };
    effects.iter().filter_map(id).collect()
}

/// A request that waits for a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyId(pub u32);

/// The purpose of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Finding the cause. The experiment decides whether the worker or the page sends the request, and whether cookies are
    /// included.
    Experiment(Experiment),
    /// Has the IP address changed? A trace requested by the worker.
    Watch,
    /// Is the request that was blocked inside an open page still blocked? Sent by the page, with its cookies.
    Inside,
}

/// A service that publishes its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// OpenAI.
    Openai,
    /// Cloudflare.
    Cloudflare,
}

impl Provider {
    /// The documents that together contain the whole status, see [`status`](crate::evidence::status).
    pub fn documents(self) -> [&'static str; 2] {
        match self {
            Self::Openai => ["https://status.openai.com/api/v2/summary.json", "https://status.openai.com/api/v2/incidents.json"],
            Self::Cloudflare => [
                "https://www.cloudflarestatus.com/api/v2/summary.json",
                "https://www.cloudflarestatus.com/api/v2/incidents/unresolved.json",
            ],
        }
    }
}

/// The permissions, read again with every inspection of a tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// Is the permission for OpenAI's hosts granted?
    pub openai: bool,
    /// May the worker send requests to the site that the tab shows?
    pub site: bool,
    /// The registrable domain of another site's page, if the browser reports it. The browser has the list of public suffixes,
    /// and clears cookies by registrable domain.
    pub domain: Option<Host>,
}

/// What a browser can do and is. This is detected from its functions, not from its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a browser, each asked for by another part")]
pub struct Capabilities {
    /// Can an extension switch other extensions?
    pub switches_extensions: bool,
    /// Can an extension open the browser's own list of extensions?
    pub opens_list: bool,
    /// Is the browser's cache cleared as a whole or not at all?
    pub clears_whole_cache: bool,
    /// Its user agent.
    pub agent: Option<Agent>,
    /// Is there a URL scheme that opens Edge? Only Windows has one.
    pub opens_edge: bool,
    /// A browser with a protection of its own, which is missing from every list of extensions.
    pub brand: Option<Brand>,
}

/// A browser with built-in features that an extension cannot see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brand {
    /// Shields, and a VPN.
    Brave,
    /// Tracking prevention, and the Secure Network.
    Edge,
    /// A blocker, and a VPN.
    Opera,
    /// A blocker, and a VPN.
    Vivaldi,
    /// Enhanced Tracking Protection, and protection against fingerprinting.
    Firefox,
}

impl Brand {
    /// Detected from objects that only one of them has (`navigator.brave`, `opr`, `vivaldi`; `has` says whether one of this
    /// name exists), and from the brands that it reports (`navigator.userAgentData.brands`).
    pub fn of(has: impl Fn(&'static str) -> bool, brands: &[String]) -> Option<Self> {
        let is = |brand: &str| brands.iter().any(|name| name == brand);
        if has("brave") || is("Brave") {
            Some(Self::Brave)
        } else if has("opr") || is("Opera") {
            Some(Self::Opera)
        } else if has("vivaldi") || is("Vivaldi") {
            Some(Self::Vivaldi)
        } else {
            is("Microsoft Edge").then_some(Self::Edge)
        }
    }
}

/// What the inspection of a tab shows.
#[derive(Clone, Debug, PartialEq)]
pub enum TabSnapshot {
    /// A page that could be read.
    Page {
        /// Its URL.
        url: String,
        /// Its status, markup (only if it may be a block page: status 400 and above) and load.
        text: PageText,
        /// Does the browser tell the page another time zone than it tells us?
        hides_zone: bool,
    },
    /// The browser's own error page: nothing was loaded, or nothing that could be shown.
    ErrorPage {
        /// The URL that was to be loaded; `None` if we may not know it.
        url: Option<String>,
    },
    /// The browser has no connection.
    Offline,
    /// A page that we may not read.
    Unreadable,
    /// The tab shows, or is loading, a page of another site, which was not read.
    OtherSite,
    /// The reload did not finish in time.
    Late,
    /// The tab was closed.
    Missing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(object: &str, brands: &[&str], expected: Option<Brand>) {
        let brands: Vec<String> = brands.iter().map(|&brand| brand.to_owned()).collect();
        assert_eq!(Brand::of(|name| name == object, &brands), expected);
    }

    #[test]
    fn a_brand_is_detected_from_an_object_or_a_name() {
        check("", &["Chromium", "Google Chrome", "Not.A/Brand"], None);
        check("", &["Chromium", "Microsoft Edge"], Some(Brand::Edge));
        check("brave", &["Chromium"], Some(Brand::Brave));
        check("", &["Chromium", "Brave"], Some(Brand::Brave));
        check("opr", &["Chromium"], Some(Brand::Opera));
        check("", &["Opera", "Chromium"], Some(Brand::Opera));
        check("vivaldi", &[], Some(Brand::Vivaldi));
        check("", &[], None);
    }
}
