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

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    async fn what_is_there_in_time_is_given_as_it_is() {
        assert_eq!(within(1000, async { Ok(7) }).await, Ok(7));
        assert_eq!(within(1000, async { Err::<u32, _>(ApiError::shape()) }).await, Err(ApiError::shape()));
        assert_eq!(within(0, std::future::pending::<Result<u32, _>>()).await, Err(ApiError::Timeout));
    }

    #[wasm_bindgen_test]
    async fn a_sleep_lasts_as_long_as_it_should() {
        let begun = now();
        sleep(20).await;
        // A timer may ring a fraction of a millisecond early.
        assert!(now() - begun >= 19.0);
    }
}
