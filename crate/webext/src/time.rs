//! The clock and waiting.

use std::pin::pin;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;

use crate::ApiError;

/// Milliseconds since 1970.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// Waits. A worker that sleeps meanwhile never wakes from it: for more than a few seconds use an alarm.
pub async fn sleep(milliseconds: u32) {
    TimeoutFuture::new(milliseconds).await;
}

/// What `future` gives, if it gives it within `milliseconds`.
pub async fn within<T>(milliseconds: u32, future: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    match select(pin!(future), TimeoutFuture::new(milliseconds)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(ApiError::Timeout),
    }
}
