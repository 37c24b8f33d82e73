//! [`storage`](https://developer.chrome.com/docs/extensions/reference/api/storage): what outlives the worker.

use js_sys::Promise;
use wasm_bindgen::JsValue;

use crate::ApiError;
use crate::sys::storage::{LOCAL, MANAGED, SESSION, StorageArea};

/// Where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// On disk.
    Local,
    /// In memory, until the browser ends.
    Session,
}

impl Area {
    fn with(self, call: impl FnOnce(&StorageArea) -> Result<Promise, JsValue>) -> Result<Promise, JsValue> {
        match self {
            Self::Local => LOCAL.with(call),
            Self::Session => SESSION.with(call),
        }
    }
}

/// Writes all members of an object, or none. When this returns they are there, even if the browser is killed right after.
pub async fn set(area: Area, items: JsValue) -> Result<(), ApiError> {
    area.with(|area| area.set(&items))?.await?;
    Ok(())
}

/// Forgets everything in an area.
pub async fn clear(area: Area) -> Result<(), ApiError> {
    area.with(StorageArea::clear)?.await?;
    Ok(())
}

/// What an administrator has laid down for us. Firefox refuses where there is nothing.
pub async fn managed() -> Result<JsValue, ApiError> {
    Ok(MANAGED.with(|area| area.get(&JsValue::NULL))?.await?)
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, firefox, js, rejects};

    #[wasm_bindgen_test]
    async fn each_area_is_written_and_cleared_by_itself() {
        chromium();
        set(Area::Local, js(&json!({ "a": 1 }))).await.unwrap();
        set(Area::Session, js(&json!({ "b": 2 }))).await.unwrap();
        clear(Area::Session).await.unwrap();
        check_calls(&json!([
            ["storage.local.set", { "a": 1 }],
            ["storage.session.set", { "b": 2 }],
            ["storage.session.clear"],
        ]));
    }

    #[wasm_bindgen_test]
    async fn a_policy_is_read_whole() {
        firefox();
        assert_eq!(managed().await, Ok(JsValue::UNDEFINED));
        check_calls(&json!([["storage.managed.get", null]]));
        rejects("storage.managed.get", "Managed storage manifest not found");
        assert_eq!(managed().await, Err(ApiError::Refused("Managed storage manifest not found".into())));
    }
}
