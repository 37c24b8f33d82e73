//! What a user can do. Each feature is a folder with its state, its update and its view.

pub(crate) mod auto_retry;
pub mod challenge_loop;
pub(crate) mod check_again;
pub mod clear_data;
pub(crate) mod culprit_search;
pub(crate) mod diagnose;
pub mod history;
pub(crate) mod in_app;
pub mod load_method;
pub(crate) mod open_tabs;
pub mod recovery_alert;
pub mod settings;
pub(crate) mod toggle_extensions;
pub mod uninstall;
