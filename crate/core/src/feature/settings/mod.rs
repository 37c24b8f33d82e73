//! The options page: settings, other sites, pins, the history and the backup, and what an administrator decides of them.

pub mod policy;
pub mod setting;
pub mod update;
pub mod view;
pub mod watched;
