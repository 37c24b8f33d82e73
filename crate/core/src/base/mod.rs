//! The basic types that all other modules use: hosts, IDs, times, messages and failures. Nothing here depends on block pages.

pub mod failure;
pub mod host;
pub mod id;
pub(crate) mod parsed_text;
pub mod text;
pub mod url;
