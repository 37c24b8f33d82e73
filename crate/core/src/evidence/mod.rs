//! What Readmit's own requests reveal: how to read each response, and which request may be sent when.
//!
//! ```text
//! click in the popup ─▶ the blocked URL, with cookies          ┐
//!                       /cdn-cgi/trace from the worker         ┘ at once
//!                       blocked ─▶ the URL without cookies            are the cookies to blame?
//!                       served ──▶ /cdn-cgi/trace from the page       does an extension change the request?
//!                       the service's status page, the timed requests: to other hosts, or on a separate click
//!                       once a case, where its DNS may lead elsewhere ─▶ the trace of another host behind Cloudflare,
//!                                                                        or a host that the page needs
//! ```
//!
//! One round of experiments costs the blocking host at most two requests and one trace from the worker. The answers are reused
//! for a minute. After a 429, a 1015 or a `Retry-After`, no requests are sent until the wait is over. [`Budget`](budget::Budget)
//! decides this. Nothing polls.
//!
//! This module deliberately does not send requests (the shell does), does not name causes (the diagnosis does) and trusts
//! nothing. A body can come from anyone: a value is taken from it only if it has a strict format.

pub mod browser;
pub mod budget;
pub mod connection;
mod date;
pub mod probe;
pub mod status;
pub mod trace;
