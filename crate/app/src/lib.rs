//! Readmit's shell. The background performs what the core asks of the browser; the popup shows what the core wants shown.
//! Neither decides anything.

mod background;
mod dom;
mod popup;
