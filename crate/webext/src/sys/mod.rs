//! The raw imports, a file for each API. Names, arguments and promises exactly as the browser has them; nothing here is meant to
//! be pleasant. `chrome` serves both browsers: Firefox offers it with promises in manifest version 3.
//!
//! None of them is an `async fn`: wasm-bindgen (0.2.130) then panics where the call itself throws, as every call does whose
//! permission is missing and whose API is not even there.
#![allow(missing_docs, reason = "the browser's documentation is the documentation")]

pub(crate) mod action;
pub(crate) mod alarms;
pub(crate) mod browsing_data;
pub(crate) mod cookies;
pub(crate) mod i18n;
pub(crate) mod intl;
pub(crate) mod management;
pub(crate) mod navigator;
pub(crate) mod notifications;
pub(crate) mod permissions;
pub(crate) mod runtime;
pub(crate) mod scripting;
pub(crate) mod storage;
pub(crate) mod tabs;
pub(crate) mod windows;
