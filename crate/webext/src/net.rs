//! [`fetch`](https://developer.mozilla.org/docs/Web/API/fetch) from the background: where we have a host's permission it is
//! neither bound by CORS nor touched by other extensions.

use gloo::net::Error;
use gloo::net::http::Request;
use web_sys::{AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials, RequestMode, RequestRedirect};

use crate::ApiError;

/// A response. A redirect is one too: with status 0, no address and no body, for browsers do not say where it leads. Following it
/// could take our cookies to a host that was never asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The final URL.
    pub url: String,
    /// Those of the wanted headers that are there.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

/// Asks for `url`, past every cache. [`ApiError::Timeout`] when it is not all there after `patience` milliseconds.
pub async fn fetch(url: &str, with_cookies: bool, wanted: &[&str], patience: u32) -> Result<Response, ApiError> {
    read(url, with_cookies, wanted, patience).await.map_err(|error| api_error(&error))
}

fn api_error(error: &Error) -> ApiError {
    match error {
        Error::JsError(error) if error.name == "TimeoutError" => ApiError::Timeout,
        Error::JsError(error) => ApiError::Refused(error.message.clone()),
        error => ApiError::Shape(error.to_string()),
    }
}

/// Whether `url` answers in any way, for a host that we have no permission for. The browser shows neither status nor body, and
/// such a request follows redirects. So it is only for places that do not lead to another host.
pub async fn reach(url: &str, patience: u32) -> Result<(), ApiError> {
    let request = Request::get(url)
        .mode(RequestMode::NoCors)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(patience)));
    request.send().await.map(|_| ()).map_err(|error| api_error(&error))
}

async fn read(url: &str, with_cookies: bool, wanted: &[&str], patience: u32) -> Result<Response, Error> {
    let request = Request::get(url)
        .credentials(if with_cookies { RequestCredentials::Include } else { RequestCredentials::Omit })
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Manual)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(patience)));
    let response = request.send().await?;
    let headers = response.headers();
    let headers = wanted.iter().filter_map(|&name| Some((name.to_owned(), headers.get(name)?))).collect();
    let body = response.text().await?;
    Ok(Response { status: response.status(), url: response.url(), headers, body })
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, js, never_responds, responds};

    const NOTHING: [&str; 0] = [];

    #[wasm_bindgen_test]
    async fn a_request_goes_past_the_cache_and_tells_no_referrer() {
        chromium();
        let headers = json!({ "retry-after": "30", "server": "cloudflare" });
        responds(429, js(&headers), "slow down");
        let response = fetch("https://chatgpt.com/?a=b%20c", true, &["retry-after", "cf-mitigated"], 1000);
        let response = response.await.unwrap();
        assert_eq!((response.status, response.body.as_str()), (429, "slow down"));
        assert_eq!(response.headers, [("retry-after".to_owned(), "30".to_owned())]);
        check_calls(&json!([[
            "fetch",
            {
                "url": "https://chatgpt.com/?a=b%20c",
                "method": "GET",
                "credentials": "include",
                "cache": "no-store",
                "redirect": "manual",
                "referrerPolicy": "no-referrer",
            },
        ]]));
    }

    #[wasm_bindgen_test]
    async fn a_redirect_is_an_answer() {
        chromium();
        responds(0, JsValue::UNDEFINED, "");
        let response = fetch("https://chatgpt.com/", false, &NOTHING, 1000).await.unwrap();
        assert_eq!(response, Response { status: 0, url: String::new(), headers: Vec::new(), body: String::new() });
        check_calls(&json!([[
            "fetch",
            {
                "url": "https://chatgpt.com/",
                "method": "GET",
                "credentials": "omit",
                "cache": "no-store",
                "redirect": "manual",
                "referrerPolicy": "no-referrer",
            },
        ]]));
    }

    #[wasm_bindgen_test]
    async fn a_host_is_reached_without_cookies_and_whatever_it_answers() {
        chromium();
        responds(404, JsValue::UNDEFINED, "");
        reach("https://challenges.cloudflare.com/a.js", 1000).await.unwrap();
        check_calls(&json!([[
            "fetch",
            {
                "url": "https://challenges.cloudflare.com/a.js",
                "method": "GET",
                "mode": "no-cors",
                "credentials": "omit",
                "cache": "no-store",
                "redirect": "follow",
                "referrerPolicy": "no-referrer",
            },
        ]]));
        never_responds();
        assert_eq!(reach("https://challenges.cloudflare.com/a.js", 1).await, Err(ApiError::Timeout));
    }

    #[wasm_bindgen_test]
    async fn what_is_not_there_in_time_is_told_from_what_fails() {
        chromium();
        never_responds();
        let late = fetch("https://chatgpt.com/", false, &NOTHING, 1).await;
        assert_eq!(late, Err(ApiError::Timeout));
        let nowhere = fetch("https://user:secret@chatgpt.com/", false, &NOTHING, 1000).await;
        assert!(matches!(nowhere, Err(ApiError::Refused(_))), "{nowhere:?}");
    }
}
