//! A search as it lies on disk: with names, so that a later version can read it. What follows from the answers is not written
//! down; it is derived again.

use serde::{Deserialize, Serialize};

use super::Left;
use crate::base::id::ExtensionId;

/// Who takes part, and what was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Everyone, in the order that the places of answers mean.
    pub members: Vec<RecordedMember>,
    /// Every configuration that was tried.
    pub answers: Vec<RecordedAnswer>,
    /// Reloads so far.
    pub checks: u32,
}

/// One that takes part, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedMember {
    /// Which.
    pub id: ExtensionId,
    /// How suspicious.
    pub weight: u32,
    /// Taken out, and how it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
}

/// What was answered when just these were on, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedAnswer {
    /// Places of members.
    pub on: Vec<u32>,
    /// Blocked so many times.
    pub blocked: u8,
    /// Open so many times.
    pub open: u8,
}
