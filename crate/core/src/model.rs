//! All that is known: what is stored, and what this worker remembers until it sleeps. Nothing is decided here.

use std::collections::BTreeMap;

use crate::base::id::{ExtensionId, TabId};
use crate::case::Case;
use crate::extensions::listing::Listing;
use crate::feature::clear_data::Site;
use crate::feature::settings::policy::Policy;
use crate::feature::settings::watched::Watched;
use crate::feature::uninstall::Erasure;
use crate::protocol::effect::Capabilities;
use crate::protocol::rate_limiter::MessageRateLimiter;
use crate::recognize::{self, Page, Verdict};
use crate::store::Stored;
use crate::tab::{OpenPopup, Tab, TabStatus};
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
    /// The tabs that something is known of.
    pub(crate) tabs: BTreeMap<TabId, Tab>,
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
    /// Does this worker erase everything, or has it?
    pub(crate) erasure: Erasure,
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

    /// What is known of a tab.
    pub(crate) fn tab(&self, tab: TabId) -> Option<&Tab> {
        self.tabs.get(&tab)
    }

    pub(crate) fn tab_mut(&mut self, tab: TabId) -> &mut Tab {
        self.tabs.entry(tab).or_default()
    }

    /// The popup about a tab, while it is open.
    pub(crate) fn popup(&self, tab: TabId) -> Option<&OpenPopup> {
        self.tabs.get(&tab)?.popup.as_ref()
    }

    pub(crate) fn popup_mut(&mut self, tab: TabId) -> Option<&mut OpenPopup> {
        self.tabs.get_mut(&tab)?.popup.as_mut()
    }

    /// Was this tab told to reload, and has not answered?
    pub(crate) fn is_reloading(&self, tab: TabId) -> bool {
        self.tab(tab).is_some_and(|known| known.reloads)
    }

    pub(crate) fn set_status(&mut self, tab: TabId, status: TabStatus) {
        if let Some(popup) = self.popup_mut(tab) {
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
            tabs: BTreeMap::new(),
            rate_limiter: MessageRateLimiter::default(),
            allowed: true,
            policy: Policy::default(),
            watched: None,
            notifies: false,
            erasure: Erasure::None,
            said: None,
        }
    }

    /// The tabs that popups are open about, each once.
    pub fn watched(&self) -> Vec<TabId> {
        self.tabs.iter().filter(|(_, known)| known.popup.is_some()).map(|(tab, _)| *tab).collect()
    }
}

pub(crate) fn recognize(url: &str, status: Option<u16>, html: &str) -> Option<Verdict> {
    recognize::recognize(&Page { status, headers: &[], url, body: html })
}
