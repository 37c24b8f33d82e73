//! What the browser said when it would not.

use wasm_bindgen::{JsCast, JsValue};

/// A call that the browser refused, or an answer that is not what the API promises.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The browser rejected the call; its own words.
    #[error("{0}")]
    Refused(String),
    /// The answer has another shape than documented.
    #[error("{0}")]
    Shape(String),
    /// The browser did not answer in time.
    #[error("no answer from the browser")]
    Timeout,
}

impl From<JsValue> for ApiError {
    fn from(thrown: JsValue) -> Self {
        let error = thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
        Self::Refused(error.or_else(|| thrown.as_string()).unwrap_or_else(|| "the browser gave no reason".into()))
    }
}

impl ApiError {
    /// For an answer that cannot be read as what it should be.
    pub fn shape() -> Self {
        Self::Shape("the browser's answer has another shape than documented".into())
    }
}
