//! Runs the content script in tabs that were open before it could run there: at installation, after an update, when Readmit is
//! enabled again, and when access to a site is granted.

pub(crate) mod update;
