//! All that is known: what is stored, and what this worker remembers until it sleeps. Nothing is decided here.

use crate::base::id::{ExtensionId, TabId, Time};
use crate::case::Case;
use crate::extensions::listing::Listing;
use crate::feature::clear_data::Site;
use crate::feature::in_app::Asked;
use crate::feature::settings::policy::Policy;
use crate::feature::settings::watched::Watched;
use crate::protocol::effect::{Capabilities, Provider};
use crate::protocol::rate_limiter::MessageRateLimiter;
use crate::recognize::{self, Page, Verdict};
use crate::store::Stored;
use crate::tab::{Open, TabStatus};
use crate::view::Notice;

/// Milliseconds between a page's answer and the next reload: quick for a person, gentle for a site.
pub(crate) const SPACING: u32 = 200;

/// All that is known.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) own: ExtensionId,
    pub(crate) kept: Stored,
    pub(crate) capabilities: Capabilities,
    pub(crate) listing: Listing,
    pub(crate) popups: Vec<Open>,
    /// Tabs whose search is driven by this worker. Empty after a wake-up: then it is taken up where it was.
    pub(crate) driven_searches: Vec<TabId>,
    /// Tabs that were told to reload and have not answered. Empty after a wake-up: then a look tells whether the reload
    /// took place before the worker died.
    pub(crate) reloading: Vec<TabId>,
    /// Status pages that are being read.
    pub(crate) hearing: Vec<(TabId, Provider)>,
    /// Tabs for which requests are being timed.
    pub(crate) timing: Vec<TabId>,
    /// Tabs that show a check, and whose next load is awaited. Empty after a wake-up, and then awaited anew.
    pub(crate) awaiting: Vec<TabId>,
    /// Open pages that are being asked for what was refused inside.
    pub(crate) asked: Vec<Asked>,
    /// What content scripts have said of late.
    pub(crate) rate_limiter: MessageRateLimiter,
    /// Is the permission for OpenAI's hosts there? Asked anew with every look.
    pub(crate) allowed: bool,
    /// What the administrator decided.
    pub(crate) policy: Policy,
    /// The other sites that may be touched; `None` until the browser has answered.
    pub(crate) watched: Option<Watched>,
    /// May notifications be shown?
    pub(crate) notifies: bool,
    /// Does this worker erase everything? Not after a wake-up: then it is done again.
    pub(crate) erasing: bool,
    /// When this worker has erased everything.
    pub(crate) erased_at: Option<Time>,
    /// What came of the last click on the options page.
    pub(crate) said: Option<Notice>,
}

impl Model {
    /// Whose data the tools clear: the refusing site's, else ChatGPT's.
    pub(crate) fn site(&self, tab: TabId) -> Site {
        self.case(tab).map_or(Site::Openai, |case| Site::within(&case.host, case.domain.as_ref()))
    }

    pub(crate) fn case(&self, tab: TabId) -> Option<&Case> {
        self.kept.cases.iter().find(|(other, _)| *other == tab).map(|(_, case)| case)
    }

    pub(crate) fn case_mut(&mut self, tab: TabId) -> Option<&mut Case> {
        self.kept.cases.iter_mut().find(|(other, _)| *other == tab).map(|(_, case)| case)
    }

    pub(crate) fn forget_case(&mut self, tab: TabId) {
        self.kept.cases.retain(|(other, _)| *other != tab);
    }

    pub(crate) fn set_status(&mut self, tab: TabId, status: TabStatus) {
        if let Some(popup) = self.popups.iter_mut().find(|popup| popup.tab == tab) {
            popup.status = status;
        }
    }

    /// Before the first event. `own` is our own id, which is never a suspect.
    pub fn new(own: ExtensionId) -> Self {
        Self {
            own,
            kept: Stored::default(),
            capabilities: Capabilities::default(),
            listing: Listing::default(),
            popups: Vec::new(),
            driven_searches: Vec::new(),
            reloading: Vec::new(),
            hearing: Vec::new(),
            timing: Vec::new(),
            awaiting: Vec::new(),
            asked: Vec::new(),
            rate_limiter: MessageRateLimiter::default(),
            allowed: true,
            policy: Policy::default(),
            watched: None,
            notifies: false,
            erasing: false,
            erased_at: None,
            said: None,
        }
    }

    /// The tabs that popups are open about, each once.
    pub fn watched(&self) -> Vec<TabId> {
        self.popups.iter().map(|popup| popup.tab).collect()
    }
}

pub(crate) fn recognize(url: &str, status: Option<u16>, html: &str) -> Option<Verdict> {
    recognize::recognize(&Page { status, headers: &[], url, body: html })
}
