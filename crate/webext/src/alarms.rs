//! [`alarms`](https://developer.chrome.com/docs/extensions/reference/api/alarms): being woken later.

use serde::Serialize;

use crate::ApiError;
use crate::sys::alarms as sys;
use crate::value::encode;

#[derive(Serialize)]
struct AlarmCreateInfo {
    /// Milliseconds since 1970.
    when: f64,
}

/// One alarm called `name`, at `when` (milliseconds since 1970). A later call of the same name replaces it.
pub async fn set(name: &str, when: f64) -> Result<(), ApiError> {
    sys::create(name, &encode(&AlarmCreateInfo { when })?)?.await?;
    Ok(())
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium};

    #[wasm_bindgen_test]
    async fn an_alarm_has_a_name_and_a_moment() {
        chromium();
        set("wake", 1_800_000_000_000.0).await.unwrap();
        check_calls(&json!([["alarms.create", "wake", { "when": 1_800_000_000_000_u64 }]]));
    }
}
