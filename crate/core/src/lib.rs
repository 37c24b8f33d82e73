//! Readmit's rules: what a refusal page is, why it came, what to do about it.
//!
//! Pure: no browser, no clock, no randomness, no I/O, and nothing that panics on input. The shell tells it what happened
//! and when; it answers with effects for the shell to perform.
#![forbid(unsafe_code)]

pub mod backup;
pub mod case;
pub mod challenge;
pub mod delivery;
pub mod diagnosis;
pub mod effect;
pub mod extensions;
pub mod failure;
pub mod host;
pub mod id;
pub mod lookout;
pub mod memory;
pub mod message;
pub mod model;
pub mod network;
pub mod page;
mod parsed_text;
pub mod policy;
pub mod setting;
pub mod sitedata;
pub mod stored;
pub mod text;
pub mod view;
pub mod watch;
