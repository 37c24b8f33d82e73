//! Puts everything back before Readmit erases its data or is removed.

pub(crate) mod update;

use serde::{Deserialize, Serialize};

use crate::base::id::{ExtensionId, Time};

/// What has to happen before that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaving {
    /// Everything is being put back.
    PuttingBack {
        /// What follows.
        to: Exit,
        /// The extensions that the browser has yet to switch on.
        waiting: Vec<ExtensionId>,
        /// How many the browser did not switch on.
        failed: u32,
    },
    /// Some could not be put back.
    Stuck {
        /// What the same click does anyway if it is repeated.
        to: Exit,
    },
    /// Everything is being erased.
    Erasing,
}

/// What follows after everything is put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// All stored data is erased.
    Erased,
    /// Readmit is removed.
    Removed,
}

/// The progress of erasing everything in this worker. After a wake-up it starts over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Erasure {
    /// Nothing is being erased.
    None,
    /// It is in progress.
    Running,
    /// It was done at this time.
    Done(Time),
}
