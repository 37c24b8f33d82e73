//! [`scripting`](https://developer.chrome.com/docs/extensions/reference/api/scripting): asking a page a question. The answers come
//! out of a page's process, so they are read strictly.

use js_sys::Function;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::preserve;
use wasm_bindgen::JsValue;

use crate::ApiError;
use crate::sys::scripting as sys;
use crate::value::{answer, decode, encode};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InjectionTarget {
    tab_id: i32,
}

#[derive(Serialize)]
struct FileInjection<'a> {
    target: InjectionTarget,
    files: [&'a str; 1],
}

#[derive(Serialize)]
struct FunctionInjection<'a> {
    target: InjectionTarget,
    #[serde(with = "preserve")]
    func: Function,
    args: &'a [&'a str],
}

#[derive(Deserialize)]
struct InjectionResult {
    #[serde(default, with = "preserve")]
    result: JsValue,
    /// What the script threw. Firefox only.
    #[serde(default, with = "preserve")]
    error: JsValue,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredContentScript<'a> {
    id: &'a str,
    js: [&'a str; 1],
    matches: &'a [String],
    exclude_matches: &'a [&'a str],
    run_at: &'static str,
    persist_across_sessions: bool,
}

#[derive(Serialize)]
struct ContentScriptFilter<'a> {
    ids: [&'a str; 1],
}

/// Runs a file of ours in the tab's top frame, once its document is there, and returns what its last expression is.
pub async fn run<T: DeserializeOwned>(tab: i32, file: &str) -> Result<T, ApiError> {
    inject(&FileInjection { target: InjectionTarget { tab_id: tab }, files: [file] }).await
}

/// The same with a function that needs nothing around it, and what it resolves to.
pub async fn call<T: DeserializeOwned>(tab: i32, function: Function, arguments: &[&str]) -> Result<T, ApiError> {
    inject(&FunctionInjection { target: InjectionTarget { tab_id: tab }, func: function, args: arguments }).await
}

async fn inject<T: DeserializeOwned>(injection: &impl Serialize) -> Result<T, ApiError> {
    let results: Vec<InjectionResult> = answer(sys::execute_script(&encode(injection)?)?).await?;
    let first = results.into_iter().next().ok_or_else(ApiError::shape)?;
    if first.error.is_truthy() {
        return Err(first.error.into());
    }
    decode(first.result).ok_or_else(ApiError::shape)
}

/// Lets a content script of ours run on the pages that match, and on no others, under an id of its own. It stays so until
/// our next update, and there is no moment between the old matches and the new ones without any.
pub async fn register(id: &str, file: &str, matches: &[String], excluded: &[&str]) -> Result<(), ApiError> {
    if matches.is_empty() {
        let gone = sys::unregister_content_scripts(&encode(&ContentScriptFilter { ids: [id] })?)?.await;
        // One that is not registered cannot be taken away, and need not be.
        drop(gone);
        return Ok(());
    }
    let script = RegisteredContentScript {
        id,
        js: [file],
        matches,
        exclude_matches: excluded,
        run_at: "document_end",
        persist_across_sessions: true,
    };
    let scripts = encode(&[script])?;
    if sys::update_content_scripts(&scripts)?.await.is_err() {
        sys::register_content_scripts(&scripts)?.await?;
    }
    Ok(())
}
