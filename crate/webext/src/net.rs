//! [`fetch`](https://developer.mozilla.org/docs/Web/API/fetch) from the background: where we have a host's permission it is
//! neither bound by CORS nor touched by other extensions.

use gloo::net::Error;
use gloo::net::http::Request;
use web_sys::{AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect};

use crate::ApiError;

/// A response, after redirects.
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

/// What is done about a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// It is followed. One that leads where we have no permission fails like a connection that broke.
    Follow,
    /// It is the answer: a response with status 0, no address and no body.
    Stop,
}

/// Asks for `url`, past every cache. [`ApiError::Timeout`] when it is not all there after `patience` milliseconds.
pub async fn fetch(
    url: &str,
    with_cookies: bool,
    redirect: Redirect,
    wanted: &[&str],
    patience: u32,
) -> Result<Response, ApiError> {
    read(url, with_cookies, redirect, wanted, patience).await.map_err(|error| match error {
        Error::JsError(error) if error.name == "TimeoutError" => ApiError::Timeout,
        Error::JsError(error) => ApiError::Refused(error.message),
        error => ApiError::Shape(error.to_string()),
    })
}

async fn read(url: &str, with_cookies: bool, redirect: Redirect, wanted: &[&str], patience: u32) -> Result<Response, Error> {
    let redirect = match redirect {
        Redirect::Follow => RequestRedirect::Follow,
        Redirect::Stop => RequestRedirect::Manual,
    };
    let request = Request::get(url)
        .credentials(if with_cookies { RequestCredentials::Include } else { RequestCredentials::Omit })
        .cache(RequestCache::NoStore)
        .redirect(redirect)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(patience)));
    let response = request.send().await?;
    let headers = response.headers();
    let headers = wanted.iter().filter_map(|&name| Some((name.to_owned(), headers.get(name)?))).collect();
    let body = response.text().await?;
    Ok(Response { status: response.status(), url: response.url(), headers, body })
}
