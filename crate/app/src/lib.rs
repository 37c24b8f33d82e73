//! Readmit's shell. The background performs what the core asks of the browser; the popup and the options page show what the
//! core wants shown. None of them decides anything.

mod background;
mod dom;
mod line;
mod options;
mod popup;
