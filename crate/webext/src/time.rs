//! The clock and waiting.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::{ApiError, sys};

/// Milliseconds since 1970.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// Waits. A worker that sleeps meanwhile never wakes from it: for more than a few seconds use an alarm.
pub async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _reject| {
        sys::set_timeout(&resolve, milliseconds);
    });
    // The promise of a timer is never rejected.
    let _ = JsFuture::from(promise).await;
}

/// What a promise of the browser's is kept with.
pub async fn answer(promise: Promise) -> Result<JsValue, ApiError> {
    Ok(JsFuture::from(promise).await?)
}

/// What both give, waited for side by side.
pub async fn both<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|context| {
        if first.is_none()
            && let Poll::Ready(answer) = one.as_mut().poll(context)
        {
            first = Some(answer);
        }
        if second.is_none()
            && let Poll::Ready(answer) = other.as_mut().poll(context)
        {
            second = Some(answer);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            unfinished => {
                (first, second) = unfinished;
                Poll::Pending
            }
        }
    })
    .await
}

/// What all give, in their order, waited for side by side.
pub async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    poll_fn(|context| {
        for (future, answer) in &mut waiting {
            if answer.is_none()
                && let Poll::Ready(given) = future.as_mut().poll(context)
            {
                *answer = Some(given);
            }
        }
        if waiting.iter().all(|(_, answer)| answer.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, answer)| answer).collect()
}

/// What `future` gives, if it gives it within `milliseconds`.
pub async fn within<T>(milliseconds: i32, future: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    let mut future = pin!(future);
    let mut deadline = pin!(sleep(milliseconds));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(answer),
        Poll::Pending => deadline.as_mut().poll(context).map(|()| Err(ApiError::Timeout)),
    })
    .await
}
