//! What people see: the popup and the options page. They show what the core wants shown, tell the background what was
//! clicked, and decide nothing. A module of its own, so that no page waits for what only the background needs.

mod dom;
mod guard;
mod options;
mod popup;
mod port;
