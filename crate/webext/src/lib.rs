//! Thin, typed bindings to the WebExtension APIs that Readmit uses, and to no others.
//!
//! `sys` holds the raw imports, one to one as the browser names them; the modules beside it are what the rest of the
//! code calls: async functions with types, and errors that carry the browser's own words. No rule of Readmit's is here.

pub mod action;
pub mod alarms;
pub mod browsing_data;
pub mod cookies;
mod database;
mod error;
#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod fake;
pub mod firefox;
pub mod i18n;
pub mod management;
pub mod navigator;
pub mod net;
pub mod notifications;
pub mod permissions;
mod removal;
pub mod runtime;
pub mod scripting;
pub mod storage;
mod sys;
pub mod tabs;
pub mod time;
pub mod value;
pub mod windows;
pub mod zone;

pub use self::error::ApiError;
