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
