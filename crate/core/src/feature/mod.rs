//! What a user can do, a folder each: what it knows, what it does, and what it shows.

pub(crate) mod auto_retry;
pub mod challenge_loop;
pub(crate) mod check_again;
pub mod clear_data;
pub(crate) mod culprit_search;
pub(crate) mod diagnose;
pub mod history;
pub(crate) mod in_app;
pub mod recovery_alert;
pub mod settings;
pub(crate) mod toggle_extensions;
pub mod uninstall;
