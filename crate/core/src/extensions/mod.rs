//! The other extensions: which of them are suspects and why, which ones Readmit turned off, which ones are pinned, and how
//! everything is restored.

pub mod bisect;
pub mod installed;
pub mod ledger;
pub mod listing;
pub mod pattern;
pub mod pin;
pub mod protection;
pub mod suspect;
