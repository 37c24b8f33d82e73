//! The options page: settings, other sites, pins, the history and the backup, and the policy that an administrator sets for
//! them.

pub mod policy;
pub mod setting;
pub mod update;
pub mod view;
pub mod watched;
