//! Switches several extensions, then inspects the page.

pub(crate) mod update;
pub(crate) mod view;
