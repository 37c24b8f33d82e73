//! [`alarms`](https://developer.chrome.com/docs/extensions/reference/api/alarms): being woken later.

use wasm_bindgen_futures::JsFuture;

use crate::value::object;
use crate::{ApiError, sys};

/// One alarm called `name`, at `when` (milliseconds since 1970). A later call of the same name replaces it.
pub async fn set(name: &str, when: f64) -> Result<(), ApiError> {
    JsFuture::from(sys::create_alarm(name, &object(&[("when", when.into())]))?).await?;
    Ok(())
}
