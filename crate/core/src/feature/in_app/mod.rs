//! Blocked requests inside a page that itself has opened.

pub(crate) mod update;

use crate::base::host::Host;
use crate::base::id::{LoadId, TabId};
use crate::protocol::effect::{Grants, ReplyId};

/// An open page that is being asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) tab: TabId,
    pub(crate) host: Host,
    pub(crate) url: String,
    pub(crate) load: LoadId,
    pub(crate) grants: Grants,
    /// The content script waits for it.
    pub(crate) reply: Option<ReplyId>,
}
