//! Readmit's rules: what a block page is, why it appears, and what to do about it.
//!
//! The crate is pure: no browser, no clock, no randomness, no I/O, and no panics on any input. The shell reports what happened
//! and when. The core answers with effects that the shell performs.
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
