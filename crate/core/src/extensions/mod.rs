//! The other extensions: which of them are suspects and why, what was switched, what is never switched, and how
//! all of it is put back.

pub mod bisect;
pub mod installed;
pub mod ledger;
pub mod listing;
pub mod pattern;
pub mod pin;
pub mod suspect;
