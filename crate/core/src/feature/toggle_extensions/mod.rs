//! Switching several extensions, and then looking at the page.

pub(crate) mod update;
pub(crate) mod view;
