//! What requests of our own can tell: how each answer is read, and which request may be made when.
//!
//! ```text
//! click in the popup ─▶ the same address, with cookies   ┐
//!                       /cdn-cgi/trace from the worker   ┘ at once
//!                       refused ─▶ the same, without cookies       is it the cookies?
//!                       served ──▶ /cdn-cgi/trace from the page    does an extension change what is sent?
//!                       the service's status page, the timed requests: to other hosts, or on a click of their own
//! ```
//!
//! One look costs the refusing host at most two requests and one trace from the worker, and its answers serve for a minute.
//! A 429, a 1015 or a `Retry-After` ends all asking until it has passed. [`Budget`](budget::Budget) decides; nobody polls.
//!
//! Deliberately absent: the requests themselves (the shell's), any opinion on the cause (the diagnosis's), and trust. A
//! body is bytes from whoever answered: what is taken from it has a strict shape, or is not taken.

pub mod budget;
pub mod connection;
mod date;
pub mod probe;
pub mod status;
pub mod trace;
