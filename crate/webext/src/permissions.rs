//! [`permissions`](https://developer.chrome.com/docs/extensions/reference/api/permissions): what we may touch.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::to_js;
use crate::{ApiError, sys};

#[derive(Serialize)]
struct Origins<'a, T: Serialize> {
    origins: &'a [T],
}

/// Are all of these match patterns ours to touch?
pub async fn has<T: Serialize>(origins: &[T]) -> Result<bool, ApiError> {
    Ok(JsFuture::from(sys::has_permissions(&to_js(&Origins { origins })?)?).await?.is_truthy())
}

/// Asks for them. To be called within a click, before anything is awaited: the question is put at once, the returned
/// future only waits for the answer.
pub fn request(origins: &[String]) -> impl Future<Output = Result<bool, ApiError>> + use<> {
    let asked = to_js(&Origins { origins }).and_then(|origins| Ok(sys::request_permissions(&origins)?));
    async move {
        let answer: JsValue = JsFuture::from(asked?).await?;
        Ok(answer.is_truthy())
    }
}
