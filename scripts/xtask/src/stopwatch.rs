//! Measures how long something takes.

use std::hint::black_box;
use std::time::{Duration, Instant};

#[allow(clippy::disallowed_methods, reason = "measuring time is what a bench is for; nothing that ships is in here")]
pub(crate) fn time(work: impl FnOnce() -> bool) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}
