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
