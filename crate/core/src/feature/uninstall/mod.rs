//! Leaving: putting everything back before Readmit forgets it or goes.

pub(crate) mod update;

use serde::{Deserialize, Serialize};

use crate::base::id::{ExtensionId, Time};

/// On the way out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaving {
    /// Everything is being put back.
    PuttingBack {
        /// And then.
        to: Exit,
        /// Those that the browser has yet to switch on.
        waiting: Vec<ExtensionId>,
        /// Those that it did not.
        failed: u32,
    },
    /// Some could not be put back.
    Stuck {
        /// The same click again does it anyway.
        to: Exit,
    },
    /// Everything is being forgotten.
    Erasing,
}

/// Where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// Nothing is kept any more.
    Erased,
    /// Readmit is gone.
    Removed,
}

/// What this worker has to do with erasing everything. After a wake-up nothing: it is done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Erasure {
    /// Nothing.
    None,
    /// It is under way.
    Running,
    /// It was done at this time.
    Done(Time),
}
