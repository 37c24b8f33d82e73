//! [`permissions`](https://developer.chrome.com/docs/extensions/reference/api/permissions): what we may touch.

use serde::{Deserialize, Serialize};

use crate::ApiError;
use crate::sys::permissions as sys;
use crate::value::{answer, encode};

/// `permissions.Permissions`, of sites alone.
#[derive(Serialize)]
struct Sites<'a, T> {
    origins: &'a [T],
}

/// The same of an API alone.
#[derive(Serialize)]
struct Apis {
    permissions: [&'static str; 1],
}

/// The one that is asked for beside those for sites.
const NOTIFICATIONS: &str = "notifications";

/// Everything that we may touch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Permissions {
    /// The sites, as match patterns.
    #[serde(default)]
    pub origins: Vec<String>,
    /// The APIs, by name.
    #[serde(default)]
    pub permissions: Vec<String>,
}

impl Permissions {
    /// May we notify?
    pub fn notifies(&self) -> bool {
        self.permissions.iter().any(|name| name == NOTIFICATIONS)
    }
}

/// Are all of these match patterns ours to touch?
pub async fn has<T: Serialize>(origins: &[T]) -> Result<bool, ApiError> {
    answer(sys::contains(&encode(&Sites { origins })?)?).await
}

/// All that is ours to touch.
pub async fn all() -> Result<Permissions, ApiError> {
    answer(sys::get_all()?).await
}

/// Gives the leave to notify back.
pub async fn remove_notifications() -> Result<(), ApiError> {
    sys::remove(&encode(&Apis { permissions: [NOTIFICATIONS] })?)?.await?;
    Ok(())
}

/// Asks for leave to notify, within a click. The browser tells the background what came of it.
pub fn request_notifications() -> Result<(), ApiError> {
    // Whoever asks goes on without the answer.
    let _ = sys::request(&encode(&Apis { permissions: [NOTIFICATIONS] })?)?;
    Ok(())
}

/// Gives these back.
pub async fn remove(origins: &[String]) -> Result<bool, ApiError> {
    answer(sys::remove(&encode(&Sites { origins })?)?).await
}

/// Asks for them. To be called within a click, before anything is awaited: the question is put at once, the returned
/// future only waits for the answer.
pub fn request(origins: &[String]) -> impl Future<Output = Result<bool, ApiError>> + use<> {
    let asked = encode(&Sites { origins }).and_then(|sites| Ok(sys::request(&sites)?));
    async move { answer(asked?).await }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, resolves};

    #[wasm_bindgen_test]
    async fn permissions_are_read_without_what_is_not_there() {
        chromium();
        resolves(
            "permissions.getAll",
            &json!({ "origins": ["https://*.openai.com/*"], "permissions": ["tabs", "notifications"] }),
        );
        let all_of_them = all().await.unwrap();
        assert_eq!(all_of_them.origins, ["https://*.openai.com/*"]);
        assert!(all_of_them.notifies());
        resolves("permissions.getAll", &json!({ "data_collection": [] }));
        assert_eq!(all().await, Ok(Permissions { origins: Vec::new(), permissions: Vec::new() }));
        resolves("permissions.getAll", &json!({ "origins": "https://*.openai.com/*" }));
        assert_eq!(all().await, Err(ApiError::shape()));
    }

    #[wasm_bindgen_test]
    async fn sites_and_notifications_are_asked_for_apart() {
        chromium();
        for name in ["contains", "remove", "request"] {
            resolves(&["permissions.", name].concat(), &json!(true));
        }
        let origins = ["https://corp.example/*".to_owned()];
        assert_eq!((has(&origins).await, remove(&origins).await), (Ok(true), Ok(true)));
        remove_notifications().await.unwrap();
        request_notifications().unwrap();
        check_calls(&json!([
            ["permissions.contains", { "origins": ["https://corp.example/*"] }],
            ["permissions.remove", { "origins": ["https://corp.example/*"] }],
            ["permissions.remove", { "permissions": ["notifications"] }],
            ["permissions.request", { "permissions": ["notifications"] }],
        ]));
    }

    /// A browser takes the question only within the click.
    #[wasm_bindgen_test]
    async fn the_question_is_put_before_its_answer_is_awaited() {
        chromium();
        resolves("permissions.request", &json!(false));
        let asked = request(&["https://corp.example/*".into()]);
        check_calls(&json!([["permissions.request", { "origins": ["https://corp.example/*"] }]]));
        assert_eq!(asked.await, Ok(false));
    }
}
