//! Reloads the page automatically when a rate limit has expired or the IP address has changed.

pub(crate) mod update;
