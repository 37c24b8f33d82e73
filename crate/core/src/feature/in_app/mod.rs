//! Blocked requests inside a page that itself has opened.

pub(crate) mod update;
