//! Blocked requests inside an open page.

pub(crate) mod update;

use crate::base::host::Host;
use crate::base::id::{LoadId, TabId};
use crate::protocol::effect::{Grants, ReplyId};

/// An open page that is asked to send a request again.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) tab: TabId,
    pub(crate) host: Host,
    pub(crate) url: String,
    pub(crate) load: LoadId,
    /// The status of a login's only request.
    pub(crate) login: Option<u16>,
    pub(crate) grants: Grants,
    /// The content script's request that waits for the answer.
    pub(crate) reply: Option<ReplyId>,
}
