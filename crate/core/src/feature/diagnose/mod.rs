//! Finding out why a page is blocked, by experiment.

pub(crate) mod update;
pub(crate) mod view;
