//! Asking the refused site and the status pages: the only place from which a request goes out. Which one, and whether at
//! all, is the core's decision.

use js_sys::Function;
use readmit_core::base::host::Host;
use readmit_core::base::id::TabId;
use readmit_core::evidence::budget::Experiment;
use readmit_core::evidence::probe::{FetchError, HttpResponse};
use readmit_core::feature::clear_data::Site;
use readmit_core::protocol::effect::{Provider, Purpose};
use readmit_core::protocol::message::PageText;
use readmit_webext::navigator::is_offline;
use readmit_webext::net;
use readmit_webext::{ApiError, scripting, time};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::snapshot;

/// Milliseconds until an answer has to be there: a person is waiting for it.
const PATIENCE: u32 = 3_500;
/// The same for what happens in the page, where a document that is not there yet is waited for.
const PATIENCE_IN_PAGE: u32 = 5_000;
/// The headers that tell something.
const WANTED: [&str; 4] = ["retry-after", "cf-mitigated", "cf-ray", "server"];
/// So many requests tell how steady a connection is.
const SAMPLES: usize = 6;

/// Asks for `url`: the worker or the page, with or without cookies, as the purpose says.
pub(super) async fn fetch(tab: TabId, purpose: Purpose, url: &str) -> Result<HttpResponse, FetchError> {
    if is_offline() {
        return Err(FetchError::Offline);
    }
    let by_page =
        matches!(purpose, Purpose::Experiment(Experiment::PageTrace | Experiment::PageWithoutCookies) | Purpose::Inside);
    if by_page && !is_page_of(tab, url).await {
        return Err(FetchError::Unreachable);
    }
    match purpose {
        Purpose::Experiment(Experiment::PageTrace) => in_page(scripting::run(tab.0, "trace.js")).await,
        Purpose::Experiment(Experiment::PageWithoutCookies) => in_page(refetch(tab, url, "omit")).await,
        Purpose::Inside => in_page(refetch(tab, url, "same-origin")).await,
        Purpose::Experiment(Experiment::WithCookies) => by_worker(url, true).await,
        Purpose::Experiment(Experiment::WithoutCookies) => by_worker(url, false).await,
        Purpose::Experiment(Experiment::Trace) | Purpose::Watch => by_worker(url, false).await,
        // Every page may read this one, so it needs no permission.
        Purpose::Experiment(Experiment::OtherHostTrace) => by_worker(url, false).await,
        Purpose::Experiment(Experiment::NeededHost) => reach(url).await,
    }
}

/// Does the tab show a page of the host that is to be asked? It may have moved since.
async fn is_page_of(tab: TabId, url: &str) -> bool {
    match Host::of_url(url) {
        Some(host) => snapshot::shows(tab, &Site::of(&host)).await,
        None => false,
    }
}

/// Asks whether a site is back, as its own visitor.
pub(super) async fn check_availability(url: &str) -> Result<HttpResponse, FetchError> {
    if is_offline() {
        return Err(FetchError::Offline);
    }
    by_worker(url, true).await
}

/// What the service says of itself: its documents, empty where one did not come; `None` when nothing came at all.
pub(super) async fn status(provider: Provider) -> Option<Vec<String>> {
    let mut documents = Vec::new();
    let mut answers = false;
    for url in provider.documents() {
        let response = by_worker(url, false).await;
        answers |= response.is_ok();
        documents.push(response.ok().filter(|response| response.status < 400).map_or_else(String::new, |response| response.body));
    }
    answers.then_some(documents)
}

/// Milliseconds that each of a few requests took, one after the other; `None` for one without an answer. Ends early when the
/// site says that it was one too many.
pub(super) async fn time_requests(url: &str) -> Vec<Option<u32>> {
    let mut samples = Vec::new();
    for _ in 0..SAMPLES {
        let begun = time::now();
        let answer = by_worker(url, false).await;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds at most")]
        let taken = (time::now() - begun).max(0.0) as u32;
        if answer.as_ref().is_ok_and(|response| response.status == 429) {
            break;
        }
        samples.push(answer.is_ok().then_some(taken));
    }
    samples
}

async fn by_worker(url: &str, with_cookies: bool) -> Result<HttpResponse, FetchError> {
    let response = net::fetch(url, with_cookies, &WANTED, PATIENCE).await.map_err(|error| fetch_error(&error))?;
    if response.status == 0 {
        return Err(FetchError::LedAway);
    }
    Ok(HttpResponse { status: response.status, url: response.url, headers: response.headers, body: PageText::cut(response.body) })
}

/// Whether anything answers there at all. A host that the permissions do not cover can only be asked in a way that follows redirects.
async fn reach(url: &str) -> Result<HttpResponse, FetchError> {
    if Host::of_url(url).is_some_and(|host| host.is_openai()) {
        match by_worker(url, false).await {
            Ok(_) | Err(FetchError::LedAway) => {}
            Err(error) => return Err(error),
        }
    } else {
        net::reach(url, PATIENCE).await.map_err(|error| fetch_error(&error))?;
    }
    Ok(HttpResponse { status: 0, url: url.to_owned(), headers: Vec::new(), body: String::new() })
}

async fn in_page(question: impl Future<Output = Result<PageAnswer, ApiError>>) -> Result<HttpResponse, FetchError> {
    let answer = time::within(PATIENCE_IN_PAGE, question).await.map_err(|error| fetch_error(&error))?;
    answer.response()
}

/// Requests `url` again from the page. A file that is run in a tab can be given no arguments, so it is a function.
async fn refetch(tab: TabId, url: &str, credentials: &str) -> Result<PageAnswer, ApiError> {
    scripting::call(tab.0, REFETCH.with(Clone::clone), &[url, credentials]).await
}

// Beside the folder of this crate's own glue, when the build bundles the scripts. Tests have no such folder, and call nothing of it.
#[cfg_attr(not(test), wasm_bindgen(raw_module = "../refetch.js"))]
#[cfg_attr(test, wasm_bindgen)]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = refetch)]
    static REFETCH: Function;
}

/// What `trace.js` and `refetch.js` give: a response, or why there is none. It comes out of a page's process.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageAnswer {
    silence: Option<String>,
    status: Option<u16>,
    url: Option<String>,
    retry_after: Option<String>,
    mitigated: Option<String>,
    ray_id: Option<String>,
    server: Option<String>,
    content_type: Option<String>,
    body: Option<String>,
}

impl PageAnswer {
    fn response(self) -> Result<HttpResponse, FetchError> {
        if let Some(silence) = self.silence {
            return Err(match silence.as_str() {
                "timeout" => FetchError::Timeout,
                "led-away" => FetchError::LedAway,
                _ => FetchError::Unreachable,
            });
        }
        let (Some(status), Some(url), Some(body)) = (self.status, self.url, self.body) else {
            return Err(FetchError::Unreachable);
        };
        let headers = [
            ("retry-after", self.retry_after),
            ("cf-mitigated", self.mitigated),
            ("cf-ray", self.ray_id),
            ("server", self.server),
            ("content-type", self.content_type),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        Ok(HttpResponse { status, url, headers, body: PageText::cut(body) })
    }
}

fn fetch_error(error: &ApiError) -> FetchError {
    if *error == ApiError::Timeout { FetchError::Timeout } else { FetchError::Unreachable }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use js_sys::JSON;
    use readmit_webext::value::decode;
    use serde_json::{Value, json};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn read(answer: &Value) -> Option<Result<HttpResponse, FetchError>> {
        let answer: Option<PageAnswer> = decode(JSON::parse(&answer.to_string()).unwrap());
        answer.map(PageAnswer::response)
    }

    #[wasm_bindgen_test]
    fn a_page_gives_a_response_or_why_there_is_none() {
        let response = json!({
            "status": 403,
            "url": "https://chatgpt.com/",
            "retryAfter": null,
            "mitigated": "challenge",
            "rayId": null,
            "body": "error code: 1020",
        });
        let headers = vec![("cf-mitigated".to_owned(), "challenge".to_owned())];
        let url = "https://chatgpt.com/".to_owned();
        assert_eq!(read(&response), Some(Ok(HttpResponse { status: 403, url, headers, body: "error code: 1020".into() })));
        assert_eq!(read(&json!({ "silence": "timeout" })), Some(Err(FetchError::Timeout)));
        assert_eq!(read(&json!({ "silence": "led-away" })), Some(Err(FetchError::LedAway)));
        assert_eq!(read(&json!({ "silence": "unreachable" })), Some(Err(FetchError::Unreachable)));
    }

    #[wasm_bindgen_test]
    fn half_a_response_is_none() {
        assert_eq!(read(&json!({ "status": 403, "url": "https://chatgpt.com/" })), Some(Err(FetchError::Unreachable)));
        assert_eq!(read(&json!({ "status": "403", "url": "https://chatgpt.com/", "body": "" })), None);
        assert_eq!(read(&json!({ "status": 70_000, "url": "https://chatgpt.com/", "body": "" })), None);
        assert_eq!(read(&json!({ "silence": 7 })), None);
        assert_eq!(read(&json!(null)), None);
    }
}
