//! [`scripting`](https://developer.chrome.com/docs/extensions/reference/api/scripting): asking a page a question.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::{member, to_js};
use crate::{ApiError, sys};

#[derive(Serialize)]
struct Injection<'a> {
    target: Target,
    files: [&'a str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    tab_id: i32,
}

/// Runs a file of ours in the tab's top frame, once its document is there, and returns what its last expression is.
pub async fn run(tab: i32, file: &str) -> Result<JsValue, ApiError> {
    let injection = Injection { target: Target { tab_id: tab }, files: [file] };
    let results = JsFuture::from(sys::execute_script(&to_js(&injection)?)?).await?;
    let first = js_sys::Array::from(&results).get(0);
    let error = member(&first, "error");
    if error.is_truthy() { Err(error.into()) } else { Ok(member(&first, "result")) }
}
