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
