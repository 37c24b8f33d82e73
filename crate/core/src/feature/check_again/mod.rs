//! Inspects or reloads a tab and reads what its page shows: a block page, an open page, a challenge, or nothing readable.

pub(crate) mod update;
