//! What a tab shows, as far as this worker knows.

use crate::base::host::Host;
use crate::base::id::TabId;

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
pub(crate) struct Open {
    pub(crate) tab: TabId,
    pub(crate) status: TabStatus,
    /// Is the cause being looked for, so that an answer is worth waiting for?
    pub(crate) asking: bool,
    /// May it be looked for? Where that is not done at once, a click says so.
    pub(crate) may_ask: bool,
}
