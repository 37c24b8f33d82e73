//! What this worker knows about a tab until it stops.

use crate::base::host::Host;
use crate::base::id::WindowId;
use crate::feature::in_app::Asked;
use crate::feature::load_method::SentForm;
use crate::protocol::effect::Provider;

/// A tab. After a wake-up nothing is known here: whatever was in progress continues from storage.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent things that may be under way at once")]
pub(crate) struct Tab {
    /// The popup about it, while it is open.
    pub(crate) popup: Option<OpenPopup>,
    /// Does this worker carry out the search that runs on it?
    pub(crate) drives_search: bool,
    /// Was it told to reload, without a result yet? After a wake-up, an inspection shows whether the reload took place.
    pub(crate) reloads: bool,
    /// Does it show a check, and is its next load awaited?
    pub(crate) awaits_load: bool,
    /// The click on *Fix it* in its banner, and the window, while the tab is inspected because it has no case anymore.
    pub(crate) fix_it: Option<(WindowId, u64)>,
    /// The status pages that are being fetched for it.
    pub(crate) reads_status: Vec<Provider>,
    /// Are requests being timed for it?
    pub(crate) times_requests: bool,
    /// The request that its page is sending again, about what was blocked inside it.
    pub(crate) asked: Option<Asked>,
    /// The last form that its page has sent.
    pub(crate) sent_form: Option<SentForm>,
}

impl Tab {
    /// Is nothing known about it?
    pub(crate) fn is_idle(&self) -> bool {
        let is_waiting = self.drives_search || self.reloads || self.awaits_load || self.times_requests;
        let is_asked = self.asked.is_some() || self.sent_form.is_some() || self.fix_it.is_some();
        !is_waiting && !is_asked && self.popup.is_none() && self.reads_status.is_empty()
    }
}

/// The result of the last inspection of a tab without a case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TabStatus {
    /// An inspection is in progress.
    Looking,
    /// No block page.
    Fine,
    /// One of Cloudflare's challenges. It is left alone.
    Challenge(Host),
    /// The browser has no connection.
    Offline,
    /// The browser's own error page.
    NotLoaded,
    /// A page that we may not read.
    Unreadable,
}

/// An open popup.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpenPopup {
    /// The result of the last inspection of the tab.
    pub(crate) status: TabStatus,
    /// Is the cause being searched for, so that an answer is worth waiting for?
    pub(crate) asking: bool,
    /// Was the last click about something that had changed by then, so that nothing was done?
    pub(crate) has_changed: bool,
    /// May it be searched for? If that is not done automatically, it takes a click.
    pub(crate) may_ask: bool,
}
