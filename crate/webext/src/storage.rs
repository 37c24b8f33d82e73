//! [`storage`](https://developer.chrome.com/docs/extensions/reference/api/storage): what outlives the worker.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::{ApiError, sys};

/// Where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// On disk.
    Local,
    /// In memory, until the browser ends.
    Session,
}

/// Writes all members of an object, or none. When this returns they are there, even if the browser is killed right after.
pub async fn set(area: Area, items: JsValue) -> Result<(), ApiError> {
    let promise = match area {
        Area::Local => sys::LOCAL.with(|area| area.set(&items)),
        Area::Session => sys::SESSION.with(|area| area.set(&items)),
    };
    JsFuture::from(promise?).await?;
    Ok(())
}

/// Forgets everything in an area.
pub async fn clear(area: Area) -> Result<(), ApiError> {
    let promise = match area {
        Area::Local => sys::LOCAL.with(sys::StorageArea::clear),
        Area::Session => sys::SESSION.with(sys::StorageArea::clear),
    };
    JsFuture::from(promise?).await?;
    Ok(())
}

/// What an administrator has laid down for us. Firefox refuses where there is nothing.
pub async fn managed() -> Result<JsValue, ApiError> {
    Ok(JsFuture::from(sys::get_managed(&JsValue::NULL)?).await?)
}
