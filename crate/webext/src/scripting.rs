//! [`scripting`](https://developer.chrome.com/docs/extensions/reference/api/scripting): asking a page a question. The answers come
//! out of a page's process, so they are read strictly.

use js_sys::Function;
use serde::de::{DeserializeOwned, IgnoredAny};
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
    files: &'a [&'a str],
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
    js: &'a [&'a str],
    matches: &'a [String],
    exclude_matches: &'a [&'a str],
    run_at: RunAt,
    persist_across_sessions: bool,
}

/// When a registered content script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunAt {
    /// Before the page's own scripts.
    DocumentStart,
    /// When the document is there.
    DocumentEnd,
}

/// A content script of ours, under an id of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentScript {
    /// Its id.
    pub id: &'static str,
    /// Its files, in the order in which they run.
    pub files: &'static [&'static str],
    /// When it runs.
    pub run_at: RunAt,
}

#[derive(Serialize)]
struct ContentScriptFilter<'a> {
    ids: [&'a str; 1],
}

/// Runs a file of ours in the tab's top frame, once its document is there, and returns what its last expression is.
pub async fn run<T: DeserializeOwned>(tab: i32, file: &str) -> Result<T, ApiError> {
    inject(&FileInjection { target: InjectionTarget { tab_id: tab }, files: &[file] }).await
}

/// The same with several files, one after another, whatever they return.
pub async fn run_all(tab: i32, files: &[&str]) -> Result<(), ApiError> {
    inject::<IgnoredAny>(&FileInjection { target: InjectionTarget { tab_id: tab }, files }).await?;
    Ok(())
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

/// Lets a content script of ours run on the pages that match, and on no others. It stays so until our next update, and there
/// is no moment between the old matches and the new ones without any.
pub async fn register(script: ContentScript, matches: &[String], excluded: &[&str]) -> Result<(), ApiError> {
    let ContentScript { id, files, run_at } = script;
    if matches.is_empty() {
        let gone = sys::unregister_content_scripts(&encode(&ContentScriptFilter { ids: [id] })?)?.await;
        // One that is not registered cannot be taken away, and need not be.
        drop(gone);
        return Ok(());
    }
    let script =
        RegisteredContentScript { id, js: files, matches, exclude_matches: excluded, run_at, persist_across_sessions: true };
    let scripts = encode(&[script])?;
    if sys::update_content_scripts(&scripts)?.await.is_err() {
        sys::register_content_scripts(&scripts)?.await?;
    }
    Ok(())
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, firefox, rejects, resolves};

    async fn answered<T: DeserializeOwned>(results: serde_json::Value) -> Result<T, ApiError> {
        resolves("scripting.executeScript", &results);
        run(3, "inventory.js").await
    }

    #[wasm_bindgen_test]
    async fn the_answer_of_the_top_frame_is_read_strictly() {
        chromium();
        assert_eq!(answered(json!([{ "documentId": "A", "frameId": 0, "result": 7 }])).await, Ok(7_u32));
        for results in [json!([{ "frameId": 0, "result": "7" }]), json!([{ "frameId": 0 }]), json!([]), json!(null)] {
            assert_eq!(answered::<u32>(results.clone()).await, Err(ApiError::shape()), "{results}");
        }
    }

    #[wasm_bindgen_test]
    async fn what_the_script_threw_is_the_answer() {
        firefox();
        let thrown = json!([{ "frameId": 0, "error": "it went wrong" }]);
        assert_eq!(answered::<u32>(thrown).await, Err(ApiError::Refused("it went wrong".into())));
        assert_eq!(answered(json!([{ "frameId": 0, "result": 7, "error": null }])).await, Ok(7_u32));
    }

    #[wasm_bindgen_test]
    async fn a_file_or_a_function_is_run_in_the_tab() {
        chromium();
        resolves("scripting.executeScript", &json!([{ "result": 7 }]));
        let function = Function::new_no_args("");
        assert_eq!(run(3, "inventory.js").await, Ok(7_u32));
        assert_eq!(call(3, function, &["https://chatgpt.com/", "omit"]).await, Ok(7_u32));
        check_calls(&json!([
            ["scripting.executeScript", { "target": { "tabId": 3 }, "files": ["inventory.js"] }],
            [
                "scripting.executeScript",
                { "target": { "tabId": 3 }, "func": "a function", "args": ["https://chatgpt.com/", "omit"] },
            ],
        ]));
    }

    const WATCHED: ContentScript =
        ContentScript { id: "watched", files: &["content.js", "forms.js"], run_at: RunAt::DocumentEnd };

    #[wasm_bindgen_test]
    async fn a_content_script_is_updated_or_else_registered() {
        chromium();
        rejects("scripting.updateContentScripts", "Content script with ID 'watched' does not exist");
        register(WATCHED, &["https://corp.example/*".into()], &["https://*.openai.com/*"]).await.unwrap();
        let script = json!([{
            "id": "watched",
            "js": ["content.js", "forms.js"],
            "matches": ["https://corp.example/*"],
            "excludeMatches": ["https://*.openai.com/*"],
            "runAt": "document_end",
            "persistAcrossSessions": true,
        }]);
        check_calls(&json!([["scripting.updateContentScripts", script], ["scripting.registerContentScripts", script]]));
    }

    #[wasm_bindgen_test]
    async fn without_sites_the_content_script_is_taken_away() {
        chromium();
        rejects("scripting.unregisterContentScripts", "Nonexistent script ID 'watched'");
        register(WATCHED, &[], &[]).await.unwrap();
        check_calls(&json!([["scripting.unregisterContentScripts", { "ids": ["watched"] }]]));
    }
}
