//! What this worker knows of a tab until it sleeps.

use crate::base::host::Host;
use crate::feature::in_app::Asked;
use crate::protocol::effect::Provider;

/// A tab. After a wake-up nothing is known: what was under way is taken up from what is stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tab {
    /// The popup about it, while it is open.
    pub(crate) popup: Option<OpenPopup>,
    /// Does this worker carry out the search that runs on it?
    pub(crate) drives_search: bool,
    /// Was it told to reload, and has not answered? After a wake-up a look tells whether the reload took place.
    pub(crate) reloads: bool,
    /// Does it show a check, and is its next load awaited?
    pub(crate) awaits_load: bool,
    /// The status pages that are being read for it.
    pub(crate) reads_status: Vec<Provider>,
    /// Are requests being timed for it?
    pub(crate) times_requests: bool,
    /// What its page is being asked, about what was blocked inside.
    pub(crate) asked: Option<Asked>,
}

impl Tab {
    /// Is there nothing to be known?
    pub(crate) fn is_idle(&self) -> bool {
        let is_waiting = self.drives_search || self.reloads || self.awaits_load || self.times_requests;
        !is_waiting && self.popup.is_none() && self.reads_status.is_empty() && self.asked.is_none()
    }
}

/// What the last look at a tab without a case said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TabStatus {
    /// A look is under way.
    Looking,
    /// No refusal.
    Fine,
    /// One of Cloudflare's challenges: left alone.
    Challenge(Host),
    /// The browser has no connection.
    Offline,
    /// The browser's own error page.
    NotLoaded,
    /// A page that we may not read.
    Unreadable,
}

/// A popup that is open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpenPopup {
    /// What the last look at the tab said.
    pub(crate) status: TabStatus,
    /// Is the cause being looked for, so that an answer is worth waiting for?
    pub(crate) asking: bool,
    /// May it be looked for? Where that is not done at once, a click says so.
    pub(crate) may_ask: bool,
}
