//! Reloading once something has passed: a rate limit, or the old IP address.

pub(crate) mod update;
