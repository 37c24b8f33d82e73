//! What the core asks of the shell, and what the shell tells the core. The whole border between rules and browser.

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
use crate::feature::clear_data::{Query, Scope};
use crate::feature::settings::policy::Policy;
use crate::feature::settings::watched::Watched;
use crate::protocol::delivery::{Order, OrderId};
use crate::protocol::message::{Classified, PageRequest, PageText};
use crate::store::{Stored, Value};
use crate::view::Banner;

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The worker started and has read what was kept. Always the first event.
    Started {
        /// What was kept.
        stored: Box<Stored>,
        /// What this browser can do.
        capabilities: Capabilities,
    },
    /// A content script spoke.
    Page {
        /// Its tab.
        tab: TabId,
        /// Its window.
        window: WindowId,
        /// The page's host, as the browser says.
        host: Host,
        /// What it said.
        request: PageRequest,
        /// Where the answer goes.
        reply: ReplyId,
    },
    /// A popup has connected: it was opened, or the worker that it was connected to has ended.
    PopupConnected {
        /// The tab it is about.
        tab: TabId,
    },
    /// The same of an options page.
    OptionsConnected,
    /// A click in a popup or on an options page, perhaps not for the first time.
    Ordered {
        /// Which.
        id: OrderId,
        /// What was clicked.
        order: Order,
    },
    /// The administrator's policy, at the start and whenever it changes.
    PolicyChanged(Box<Policy>),
    /// The answer to [`Effect::ReadGrants`].
    Granted {
        /// The other sites.
        watched: Watched,
        /// May notifications be shown?
        notifies: bool,
    },
    /// The permissions were changed, by whomever.
    GrantsChanged,
    /// The answer to [`Effect::Erase`].
    Erased(Result<(), Failure>),
    /// [`Effect::Uninstall`] did not take place.
    UninstallFailed(Failure),
    /// A popup was closed.
    PopupClosed {
        /// The tab it was about.
        tab: TabId,
    },
    /// The answer to [`Effect::List`].
    Listed(Result<Vec<Installed>, Failure>),
    /// The browser says that an extension was switched, installed or updated, by whomever.
    ExtensionChanged(Box<Installed>),
    /// The browser says that an extension was removed.
    ExtensionRemoved(ExtensionId),
    /// The answer to [`Effect::Switch`].
    Switched {
        /// Which.
        id: ExtensionId,
        /// On or off.
        on: bool,
        /// What came of it.
        answer: Result<(), Failure>,
    },
    /// The answer to [`Effect::Look`].
    Looked {
        /// Which tab.
        tab: TabId,
        /// What there is to see.
        snapshot: TabSnapshot,
        /// What may be done.
        grants: Grants,
    },
    /// The answer to [`Effect::Reload`] and [`Effect::Await`].
    Reloaded {
        /// Which tab.
        tab: TabId,
        /// What the new load shows.
        snapshot: TabSnapshot,
        /// What may be done.
        grants: Grants,
    },
    /// The answer to [`Effect::Fetch`].
    Fetched {
        /// Which tab it is about.
        tab: TabId,
        /// What it was for.
        purpose: Purpose,
        /// What was heard.
        answer: Result<HttpResponse, FetchError>,
    },
    /// The answer to [`Effect::FetchStatus`].
    StatusFetched {
        /// Which tab it is about.
        tab: TabId,
        /// Whose.
        provider: Provider,
        /// The documents that came, `None` where no answer came at all.
        documents: Option<Vec<String>>,
    },
    /// The answer to [`Effect::TimeRequests`]: milliseconds from request to answer, in order; `None` for one lost.
    Timed {
        /// Which tab it is about.
        tab: TabId,
        /// Each request's.
        samples: Vec<Option<u32>>,
        /// The browser's own estimate of what the connection carries, in kilobits a second; Firefox makes none.
        kilobits: Option<u32>,
    },
    /// The answer to [`Effect::CompareZone`]; `None` where the browser cannot tell.
    ZoneCompared {
        /// Which tab it is about.
        tab: TabId,
        /// Is the computer's time zone one of the country's?
        fits: Option<bool>,
    },
    /// The answer to [`Effect::MeasureCookies`].
    CookiesMeasured {
        /// Which tab it is about.
        tab: TabId,
        /// Is any of them of Cloudflare's checks? `None` where they cannot be read.
        clearance_cookie: Option<bool>,
        /// Names and values together, in bytes; `None` where they cannot be read.
        bytes: Option<u32>,
        /// Is any of them partitioned?
        partitioned: bool,
    },
    /// The answer to [`Effect::TakeInventory`].
    Inventoried(Result<Inventory, Failure>),
    /// The answer to [`Effect::RemoveData`] and [`Effect::RemoveCookies`].
    Removed(Result<(), Failure>),
    /// The answer to [`Effect::RestoreCookies`]: how many the browser took.
    Restored(u32),
    /// The answer to [`Effect::OpenPopup`].
    PopupOpened {
        /// The tab it is about.
        tab: TabId,
        /// What came of it.
        answer: Result<(), Failure>,
    },
    /// The answer to [`Effect::CheckAvailability`].
    AvailabilityChecked {
        /// Which host.
        host: Host,
        /// What was heard.
        answer: Result<HttpResponse, FetchError>,
    },
    /// The answer to [`Effect::Notify`], whether or not the browser could.
    Notified(Host),
    /// The person clicked what [`Effect::Notify`] showed.
    NotificationClicked(Host),
    /// The time set with [`Effect::WakeAt`] has come.
    Woken,
}

/// Something to be done. The shell performs a batch in its order and finishes every [`Effect::Save`] before it begins with
/// what follows.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Write these down.
    Save(Vec<Value>),
    /// Ask the browser for all extensions.
    List,
    /// Switch an extension.
    Switch {
        /// Which.
        id: ExtensionId,
        /// On or off.
        on: bool,
    },
    /// See what the tab shows.
    Look {
        /// Which tab.
        tab: TabId,
    },
    /// Reload the tab and see what the new load shows. A load equal to `before` is not the new one.
    Reload {
        /// Which tab.
        tab: TabId,
        /// The load to be left.
        before: LoadId,
        /// Milliseconds to wait first: reloads in a row are spaced.
        pause: u32,
    },
    /// See what the tab shows when it has loaded once more by itself. A load equal to `before` is not that one.
    Await {
        /// Which tab.
        tab: TabId,
        /// The load to be left.
        before: LoadId,
    },
    /// Put this on the toolbar button while the tab shows this page; empty for nothing.
    Badge {
        /// Which tab.
        tab: TabId,
        /// At most four letters.
        text: String,
    },
    /// Let the banner on the tab's page say this, if there is one.
    ShowBanner {
        /// Which tab.
        tab: TabId,
        /// What it says.
        banner: Banner,
    },
    /// Open the popup over the window.
    OpenPopup {
        /// Which tab.
        tab: TabId,
        /// Its window.
        window: WindowId,
    },
    /// Open the popup's page in a tab of its own, about `tab`.
    OpenPopupTab {
        /// Which tab.
        tab: TabId,
    },
    /// Read a site's data.
    TakeInventory {
        /// A tab that may show a page of it.
        tab: TabId,
        /// Its cookies.
        queries: Vec<Query>,
    },
    /// Remove all of a site's data.
    RemoveData {
        /// A tab that may show a page of it, and whose container is meant.
        tab: TabId,
        /// Whose.
        scope: Scope,
    },
    /// Remove these cookies.
    RemoveCookies(Vec<Cookie>),
    /// Set these cookies again.
    RestoreCookies(Vec<Cookie>),
    /// Ask for this address.
    Fetch {
        /// Which tab it is about.
        tab: TabId,
        /// What it is for, which also says who asks and with what.
        purpose: Purpose,
        /// The address.
        url: String,
    },
    /// Read what a service says of itself.
    FetchStatus {
        /// Which tab it is about.
        tab: TabId,
        /// Whose.
        provider: Provider,
    },
    /// Ask for this small address a few times, one after the other, and take the time.
    TimeRequests {
        /// Which tab it is about.
        tab: TabId,
        /// The address.
        url: String,
    },
    /// Compare the computer's time zone with those of a country.
    CompareZone {
        /// Which tab it is about.
        tab: TabId,
        /// The country.
        country: Country,
    },
    /// Weigh the cookies that a host is sent.
    MeasureCookies {
        /// Which tab it is about.
        tab: TabId,
        /// Which host.
        host: Host,
        /// Where to find them.
        queries: Vec<Query>,
    },
    /// See whether the host is back: this address from the worker, with its cookies.
    CheckAvailability {
        /// Which host.
        host: Host,
        /// The address.
        url: String,
    },
    /// Say so in a notification of the host's own, in place of one that says so already. Where none may be shown, nothing.
    Notify {
        /// Which host.
        host: Host,
        /// What it says first.
        title: Text,
        /// And then.
        body: Text,
    },
    /// Mark the toolbar button over every page that has no mark of its own, or take that away.
    Mark(bool),
    /// Bring a tab of the host's to the front, or open one.
    Visit {
        /// Which host.
        host: Host,
    },
    /// Ask the browser which other sites we may touch, and whether we may notify.
    ReadGrants,
    /// Let the content script run on these sites, and on no others besides OpenAI's.
    Watch(Watched),
    /// Forget everything that is kept anywhere, and give these permissions back.
    Erase(Watched),
    /// Ask the browser to remove us, which asks the person.
    Uninstall,
    /// Wake up at this time. A later one replaces an earlier one.
    WakeAt(Time),
    /// Tell the pages that this order was taken in. It stands behind the save that says so.
    Acknowledge(OrderId),
    /// Answer a content script.
    Reply {
        /// Which request.
        to: ReplyId,
        /// The answer.
        answer: Classified,
    },
}

impl Effect {
    /// Does it change the browser, so that what had to be saved before it must be saved?
    pub fn changes_browser(&self) -> bool {
        matches!(self, Self::Switch { .. } | Self::RemoveData { .. } | Self::RemoveCookies(_) | Self::RestoreCookies(_))
    }

    /// Does it leave no trace at all, neither in the browser nor at a site? Then it makes no difference whether the worker dies
    /// before or after what is saved beside it.
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

    /// Milliseconds after which no answer is expected any more. `None` where nobody waits for one.
    pub fn patience(&self) -> Option<u32> {
        match self {
            Self::Save(_) | Self::WakeAt(_) | Self::Badge { .. } | Self::ShowBanner { .. } => None,
            Self::Reply { .. } | Self::Acknowledge(_) => None,
            // The browser asks the person first.
            Self::OpenPopupTab { .. } | Self::ReadGrants | Self::Watch(_) | Self::Uninstall => None,
            Self::Mark(_) | Self::Visit { .. } => None,
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
            | Self::TimeRequests { .. } => Some(30_000),
            // They have deadlines of their own, or gigabytes to remove.
            Self::Reload { .. } | Self::Await { .. } | Self::Erase(_) => Some(60_000),
            Self::TakeInventory { .. } | Self::RemoveData { .. } | Self::RemoveCookies(_) | Self::RestoreCookies(_) => {
                Some(60_000)
            }
        }
    }

    /// What is answered in its place when the browser gave no answer, or was not even asked. `None` where nobody waits for one.
    pub fn unanswered(&self, failure: Failure) -> Option<Event> {
        let grants = Grants { openai: true, site: false, domain: None };
        Some(match self {
            Self::Save(_) | Self::WakeAt(_) | Self::Badge { .. } | Self::ShowBanner { .. } => return None,
            Self::Reply { .. } | Self::Acknowledge(_) => return None,
            Self::OpenPopupTab { .. } | Self::ReadGrants | Self::Watch(_) | Self::Uninstall => return None,
            Self::Mark(_) | Self::Visit { .. } => return None,
            Self::Notify { host, .. } => Event::Notified(host.clone()),
            Self::CheckAvailability { host, .. } => {
                Event::AvailabilityChecked { host: host.clone(), answer: Err(FetchError::Timeout) }
            }
            Self::List => Event::Listed(Err(failure)),
            Self::Switch { id, on } => Event::Switched { id: id.clone(), on: *on, answer: Err(failure) },
            Self::Look { tab } => Event::Looked { tab: *tab, snapshot: TabSnapshot::Late, grants },
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

/// A request that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyId(pub u32);

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Finding the cause. The experiment says whether the worker or the page asks, and whether cookies go along.
    Experiment(Experiment),
    /// Has the address changed? A trace from the worker.
    Watch,
    /// Is what was refused inside an open page refused now? Asked by the page, with its cookies.
    Inside,
}

/// Whose status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// OpenAI's.
    Openai,
    /// Cloudflare's.
    Cloudflare,
}

impl Provider {
    /// The documents that together tell everything, see [`status`](crate::evidence::status).
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

/// What may be done, asked anew with every look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// Is the permission for OpenAI's hosts there?
    pub openai: bool,
    /// May the worker ask the site that the tab shows?
    pub site: bool,
    /// The registrable domain of another site's page, where the browser tells it: it has the list of public suffixes, and
    /// clears cookies by it.
    pub domain: Option<Host>,
}

/// What a browser can do and is, found by looking for the functions and not by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a browser, each asked for by another part")]
pub struct Capabilities {
    /// May an extension switch other extensions?
    pub switches_extensions: bool,
    /// May an extension open the browser's own list of extensions?
    pub opens_list: bool,
    /// Is its cache emptied whole, or not at all?
    pub clears_whole_cache: bool,
    /// Its user agent.
    pub agent: Option<Agent>,
    /// Is there an address scheme that opens Edge? Only Windows has it.
    pub opens_edge: bool,
    /// A browser that has a VPN and a blocker of its own, which no list of extensions shows.
    pub brand: Option<Brand>,
}

/// A browser with more built in than an extension can see.
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
}

impl Brand {
    /// Told by the objects that only one of them has (`navigator.brave`, `opr`, `vivaldi`: is there one of this name?), and by
    /// the brands that it says it is of (`navigator.userAgentData.brands`).
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

/// What a look at a tab shows.
#[derive(Clone, Debug, PartialEq)]
pub enum TabSnapshot {
    /// A page that could be read.
    Page {
        /// Its address.
        url: String,
        /// Its status, markup (only for refusals: status 400 and above) and load.
        text: PageText,
    },
    /// The browser's own error page: nothing was loaded.
    ErrorPage,
    /// The browser has no connection.
    Offline,
    /// A page that we may not read.
    Unreadable,
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
    fn a_browser_is_known_by_an_object_or_by_the_brand_it_says_it_is_of() {
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
