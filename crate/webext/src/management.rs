//! [`management`](https://developer.chrome.com/docs/extensions/reference/api/management): the other extensions. The extension that
//! is read is a type of the caller's.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ApiError;
use crate::sys::management as sys;
use crate::value::{answer, encode};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UninstallOptions {
    show_confirm_dialog: bool,
}

/// All extensions, themes and apps.
pub async fn all<E: DeserializeOwned>() -> Result<Vec<E>, ApiError> {
    answer(sys::get_all()?).await
}

/// Switches one. Chromium needs no click for it; Firefox refuses it unless a policy installed us.
pub async fn set_enabled(id: &str, enabled: bool) -> Result<(), ApiError> {
    sys::set_enabled(id, enabled)?.await?;
    Ok(())
}

/// Asks the browser to remove us; it asks the person. Fails when the person declines or a policy installed us.
pub async fn uninstall_self() -> Result<(), ApiError> {
    sys::uninstall_self(&encode(&UninstallOptions { show_confirm_dialog: true })?)?.await?;
    Ok(())
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, rejects, resolves, throws};

    #[wasm_bindgen_test]
    async fn extensions_are_listed_and_switched() {
        chromium();
        resolves("management.getAll", &json!([{ "id": "a" }]));
        assert_eq!(all::<serde_json::Value>().await, Ok(vec![json!({ "id": "a" })]));
        set_enabled("a", false).await.unwrap();
        uninstall_self().await.unwrap();
        check_calls(&json!([
            ["management.getAll"],
            ["management.setEnabled", "a", false],
            ["management.uninstallSelf", { "showConfirmDialog": true }],
        ]));
    }

    #[wasm_bindgen_test]
    async fn an_answer_of_another_shape_is_an_error() {
        chromium();
        resolves("management.getAll", &json!({ "id": "a" }));
        assert_eq!(all::<serde_json::Value>().await, Err(ApiError::shape()));
        resolves("management.getAll", &json!(["a", 7]));
        assert_eq!(all::<String>().await, Err(ApiError::shape()));
    }

    #[wasm_bindgen_test]
    async fn a_refusal_is_in_the_browsers_own_words() {
        chromium();
        rejects("management.setEnabled", "Extension \"a\" cannot be modified by user.");
        let refused = ApiError::Refused("Extension \"a\" cannot be modified by user.".into());
        assert_eq!(set_enabled("a", false).await, Err(refused));
        throws("management.setEnabled", "Error at parameter 'id'");
        assert_eq!(set_enabled("a", false).await, Err(ApiError::Refused("Error at parameter 'id'".into())));
    }
}
