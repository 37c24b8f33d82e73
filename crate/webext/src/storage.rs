//! [`storage`](https://developer.chrome.com/docs/extensions/reference/api/storage): what outlives the worker.

use wasm_bindgen::JsValue;

use crate::sys::storage::{LOCAL, MANAGED, SESSION, StorageArea};
use crate::{ApiError, database, firefox};

/// Where. No content script can read or write either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// On disk: in `storage.local`, which `background.js` closes, and in Firefox, which cannot close it, in a database.
    ///
    /// Chromium has no database for this: it may delete an extension's databases when the disk is full, but not `storage.local`.
    Local,
    /// In memory, until the browser ends.
    Session,
}

/// All that lies in [`Area::Local`]. `found` is what lies in `storage.local`.
pub async fn local(found: JsValue) -> Result<JsValue, ApiError> {
    if !firefox::is_here() {
        return Ok(found);
    }
    let database::Contents { values, is_new } = database::read(&found).await?;
    if !is_new {
        // If it cannot be emptied, the next start will try again.
        let _ = LOCAL.with(StorageArea::clear)?.await;
    }
    Ok(values)
}

/// Writes all members of an object, or none. When this returns they are there, even if the browser is killed right after.
pub async fn set(area: Area, items: JsValue) -> Result<(), ApiError> {
    match area {
        Area::Local if firefox::is_here() => return database::set(&items).await,
        Area::Local => LOCAL.with(|area| area.set(&items))?.await?,
        Area::Session => SESSION.with(|area| area.set(&items))?.await?,
    };
    Ok(())
}

/// Forgets everything in an area.
pub async fn clear(area: Area) -> Result<(), ApiError> {
    match area {
        Area::Local => {
            if firefox::is_here() {
                database::clear().await?;
            }
            LOCAL.with(StorageArea::clear)?.await?
        }
        Area::Session => SESSION.with(StorageArea::clear)?.await?,
    };
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
    async fn in_firefox_nothing_is_written_where_content_scripts_are() {
        firefox();
        // There is no database in Node.
        assert!(set(Area::Local, js(&json!({ "a": 1 }))).await.is_err());
        assert!(local(js(&json!({ "a": 1 }))).await.is_err());
        check_calls(&json!([]));
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
