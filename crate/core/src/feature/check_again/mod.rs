//! Looking at a tab, reloading it, and what its page tells: blocked, open, a challenge, or nothing to be seen.

pub(crate) mod update;
