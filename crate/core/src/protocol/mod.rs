//! The messages between the core, the shell, our pages and the content scripts, and who may send which.

pub mod delivery;
pub mod effect;
pub mod message;
pub(crate) mod rate_limiter;
