//! [`scripting`](https://developer.chrome.com/docs/extensions/reference/api/scripting): asking a page a question.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::{member, object, texts};
use crate::{ApiError, sys};

/// Runs a file of ours in the tab's top frame, once its document is there, and returns what its last expression is.
pub async fn run(tab: i32, file: &str) -> Result<JsValue, ApiError> {
    let target = object(&[("tabId", tab.into())]);
    let injection = object(&[("target", target), ("files", texts(&[file]))]);
    let results = JsFuture::from(sys::execute_script(&injection)?).await?;
    let first = js_sys::Array::from(&results).get(0);
    let error = member(&first, "error");
    if error.is_truthy() { Err(error.into()) } else { Ok(member(&first, "result")) }
}
