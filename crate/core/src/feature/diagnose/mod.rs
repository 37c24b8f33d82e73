//! Finds out by experiment why a page is blocked.

pub(crate) mod observed;
pub(crate) mod update;
pub(crate) mod view;
