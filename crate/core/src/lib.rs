//! Readmit's rules: what a refusal page is, why it came, what to do about it.
//!
//! Pure: no browser, no clock, no randomness, no I/O, and nothing that panics on input. The shell tells it what happened
//! and when; it answers with effects for the shell to perform.
#![forbid(unsafe_code)]

pub mod app;
pub mod base;
pub mod case;
pub mod diagnosis;
pub mod evidence;
pub mod extensions;
pub mod feature;
pub mod model;
pub mod protocol;
pub mod recognize;
pub mod store;
pub(crate) mod tab;
pub mod view;
