//! [`scripting`](https://developer.chrome.com/docs/extensions/reference/api/scripting): asking a page a question.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::{member, object, texts};
use crate::{ApiError, sys};

/// Runs a file of ours in the tab's top frame, once its document is there, and returns what its last expression is.
pub async fn run(tab: i32, file: &str) -> Result<JsValue, ApiError> {
    inject(tab, &[("files", texts(&[file]))]).await
}

/// The same with a function that needs nothing around it, and what it resolves to.
pub async fn call(tab: i32, function: JsValue, arguments: &[&str]) -> Result<JsValue, ApiError> {
    inject(tab, &[("func", function), ("args", texts(arguments))]).await
}

async fn inject(tab: i32, what: &[(&str, JsValue)]) -> Result<JsValue, ApiError> {
    let target = object(&[("tabId", tab.into())]);
    let injection = object(&[&[("target", target)], what].concat());
    let results = JsFuture::from(sys::execute_script(&injection)?).await?;
    let first = js_sys::Array::from(&results).get(0);
    let error = member(&first, "error");
    if error.is_truthy() { Err(error.into()) } else { Ok(member(&first, "result")) }
}

/// Lets a content script of ours run on the pages that match, and on no others, under an id of its own. It stays so until
/// our next update, and there is no moment between the old matches and the new ones without any.
pub async fn register(id: &str, file: &str, matches: &[String], excluded: &[&str]) -> Result<(), ApiError> {
    if matches.is_empty() {
        let gone = JsFuture::from(sys::unregister_content_scripts(&object(&[("ids", texts(&[id]))]))?).await;
        // One that is not registered cannot be taken away, and need not be.
        drop(gone);
        return Ok(());
    }
    let script = object(&[
        ("id", id.into()),
        ("js", texts(&[file])),
        ("matches", texts(matches)),
        ("excludeMatches", texts(excluded)),
        ("runAt", "document_end".into()),
        ("persistAcrossSessions", true.into()),
    ]);
    let scripts = js_sys::Array::of1(&script);
    if JsFuture::from(sys::update_content_scripts(&scripts)?).await.is_err() {
        JsFuture::from(sys::register_content_scripts(&scripts)?).await?;
    }
    Ok(())
}
