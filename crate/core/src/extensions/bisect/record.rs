//! A search in its form on disk. It uses names, so that a later version can read it. Conclusions are not stored, because they are
//! derived from the answers again.

use serde::{Deserialize, Serialize};

use super::{Left, TrialAnswer};
use crate::base::id::ExtensionId;

/// The members and the answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchRecord {
    /// All members. The answers refer to them by index.
    pub members: Vec<RecordedMember>,
    /// Every configuration that was tried.
    pub answers: Vec<RecordedAnswer>,
    /// The answers in the order in which they were given.
    pub order: Vec<TrialAnswer>,
    /// Reloads so far.
    pub checks: u32,
}

/// A candidate that takes part, or that was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedMember {
    /// The extension.
    pub id: ExtensionId,
    /// How suspicious it is.
    pub weight: u32,
    /// Its fixed state, if it was taken out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
}

/// The answers for one configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedAnswer {
    /// The indexes of the members that were on.
    pub on: Vec<u32>,
    /// How many times the page was blocked.
    pub blocked: u8,
    /// How many times the page was open.
    pub open: u8,
}
