//! [`permissions`](https://developer.chrome.com/docs/extensions/reference/api/permissions): what we may touch.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::{Members, object, texts};
use crate::{ApiError, sys};

/// Are all of these match patterns ours to touch?
pub async fn has<T: AsRef<str>>(origins: &[T]) -> Result<bool, ApiError> {
    Ok(JsFuture::from(sys::has_permissions(&object(&[("origins", texts(origins))]))?).await?.is_truthy())
}

/// The one that is asked for beside those for sites.
const NOTIFICATIONS: &str = "notifications";

/// All match patterns that are ours to touch, and whether we may notify.
pub async fn all() -> Result<(Vec<String>, bool), ApiError> {
    let all = JsFuture::from(sys::get_permissions()?).await?;
    let all = Members::of(&all);
    let notifies = all.texts("permissions").iter().any(|name| name == NOTIFICATIONS);
    all.complete((all.texts("origins"), notifies)).ok_or_else(ApiError::shape)
}

/// Gives the leave to notify back.
pub async fn remove_notifications() -> Result<(), ApiError> {
    JsFuture::from(sys::remove_permissions(&notifications())?).await?;
    Ok(())
}

/// Asks for leave to notify, within a click. The browser tells the background what came of it.
pub fn request_notifications() -> Result<(), ApiError> {
    // Whoever asks goes on without the answer.
    let _ = sys::request_permissions(&notifications())?;
    Ok(())
}

fn notifications() -> JsValue {
    object(&[("permissions", texts(&[NOTIFICATIONS]))])
}

/// Gives these back.
pub async fn remove(origins: &[String]) -> Result<bool, ApiError> {
    let answer = JsFuture::from(sys::remove_permissions(&object(&[("origins", texts(origins))]))?).await?;
    Ok(answer.is_truthy())
}

/// Asks for them. To be called within a click, before anything is awaited: the question is put at once, the returned
/// future only waits for the answer.
pub fn request(origins: &[String]) -> impl Future<Output = Result<bool, ApiError>> + use<> {
    let asked = sys::request_permissions(&object(&[("origins", texts(origins))]));
    async move {
        let answer: JsValue = JsFuture::from(asked?).await?;
        Ok(answer.is_truthy())
    }
}
