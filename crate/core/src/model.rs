//! The whole state: what is stored, and what this worker knows until it stops. Nothing is decided here.

use std::collections::BTreeMap;

use crate::base::id::{ExtensionId, TabId};
use crate::case::Case;
use crate::extensions::listing::Listing;
use crate::feature::clear_data::Site;
use crate::feature::settings::policy::Policy;
use crate::feature::settings::watched::Watched;
use crate::feature::toggle_extensions::SwitchAnswers;
use crate::feature::uninstall::Erasure;
use crate::protocol::effect::Capabilities;
use crate::protocol::rate_limiter::MessageRateLimiter;
use crate::recognize::{self, Page, Verdict};
use crate::store::Stored;
use crate::tab::{OpenPopup, Tab, TabStatus};
use crate::view::{GlobalBadge, Notice};

/// Milliseconds between a page's result and the next reload: short for the user, and gentle on the site.
pub(crate) const SPACING: u32 = 200;

/// The whole state.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) own: ExtensionId,
    pub(crate) kept: Stored,
    pub(crate) capabilities: Capabilities,
    pub(crate) listing: Listing,
    /// What the browser has answered to switches while others are under way.
    pub(crate) answers: SwitchAnswers,
    /// The tabs that something is known about.
    pub(crate) tabs: BTreeMap<TabId, Tab>,
    /// How much content scripts have sent recently.
    pub(crate) rate_limiter: MessageRateLimiter,
    /// Is the permission for OpenAI's hosts granted? Updated with every inspection of a tab.
    pub(crate) allowed: bool,
    /// The administrator's policy.
    pub(crate) policy: Policy,
    /// The other sites with a permission; `None` until the browser has answered.
    pub(crate) watched: Option<Watched>,
    /// May notifications be shown?
    pub(crate) notifies: bool,
    /// Has a popup shown the sites that are back?
    pub(crate) saw_back: bool,
    /// Is this worker erasing everything, or has it done so?
    pub(crate) erasure: Erasure,
    /// The result of the last click on the options page.
    pub(crate) said: Option<Notice>,
}

impl Model {
    /// The site whose data the tools clear: the blocking site, otherwise ChatGPT.
    pub(crate) fn site(&self, tab: TabId) -> Site {
        self.case(tab).map_or(Site::Openai, Case::site)
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

    /// What the toolbar button reminds of on every page.
    pub(crate) fn global_badge(&self) -> GlobalBadge {
        GlobalBadge {
            is_back: self.kept.recovery_alerts.has_back() && !self.saw_back,
            has_off: self.kept.ledger.off().next().is_some(),
        }
    }

    /// What is known about a tab.
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

    /// Was this tab told to reload, without a result yet?
    pub(crate) fn is_reloading(&self, tab: TabId) -> bool {
        self.tab(tab).is_some_and(|known| known.reloads)
    }

    /// What the tab shows. If a diagnosis follows, it begins after this.
    pub(crate) fn set_status(&mut self, tab: TabId, status: TabStatus) {
        if let Some(popup) = self.popup_mut(tab) {
            (popup.status, popup.asking) = (status, false);
        }
    }

    /// The state before the first event. `own` is our own id, which is never a suspect.
    pub fn new(own: ExtensionId) -> Self {
        Self {
            own,
            kept: Stored::default(),
            capabilities: Capabilities::default(),
            listing: Listing::default(),
            answers: SwitchAnswers::default(),
            tabs: BTreeMap::new(),
            rate_limiter: MessageRateLimiter::default(),
            allowed: true,
            policy: Policy::default(),
            watched: None,
            notifies: false,
            saw_back: false,
            erasure: Erasure::None,
            said: None,
        }
    }

    /// The tabs that have an open popup, each once.
    pub fn watched(&self) -> Vec<TabId> {
        self.tabs.iter().filter(|(_, known)| known.popup.is_some()).map(|(tab, _)| *tab).collect()
    }
}

pub(crate) fn recognize(url: &str, status: Option<u16>, html: &str) -> Option<Verdict> {
    recognize::recognize(&Page { status, headers: &[], url, body: html })
}
