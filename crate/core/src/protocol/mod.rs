//! What travels between the core, the shell, our pages and the content scripts, and who may send what.

pub mod delivery;
pub mod effect;
pub mod message;
pub(crate) mod rate_limiter;
