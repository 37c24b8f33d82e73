//! What everything else uses: hosts, ids, moments, message keys and failures. Nothing here knows a block page.

pub mod failure;
pub mod host;
pub mod id;
pub(crate) mod parsed_text;
pub mod text;
