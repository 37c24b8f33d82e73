//! [`fetch`](https://developer.mozilla.org/docs/Web/API/fetch) from the background: where we have a host's permission it is
//! neither bound by CORS nor touched by other extensions.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::{member, object};
use crate::{ApiError, sys};

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
    let credentials = if with_cookies { "include" } else { "omit" };
    let init = object(&[
        ("credentials", credentials.into()),
        ("cache", "no-store".into()),
        ("redirect", if redirect == Redirect::Stop { "manual" } else { "follow" }.into()),
        ("referrerPolicy", "no-referrer".into()),
        ("signal", sys::abort_after(patience)),
    ]);
    read(url, &init, wanted).await.map_err(|error| {
        if member(&error, "name").as_string().as_deref() == Some("TimeoutError") { ApiError::Timeout } else { error.into() }
    })
}

/// The browser's own estimate of what the connection carries, in kilobits a second. `None` where it makes none.
///
/// Source: [`NetworkInformation.downlink`](https://developer.mozilla.org/docs/Web/API/NetworkInformation/downlink).
pub fn downlink() -> Option<u32> {
    let navigator = member(&js_sys::global(), "navigator");
    let megabits = member(&member(&navigator, "connection"), "downlink").as_f64()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "browsers say at most some thousand megabits")]
    Some((megabits * 1000.0).clamp(0.0, 1e9) as u32)
}

async fn read(url: &str, init: &JsValue, wanted: &[&str]) -> Result<Response, JsValue> {
    let response: sys::Response = JsFuture::from(sys::fetch(url, init)?).await?.into();
    let headers = response.headers();
    let found = wanted.iter().filter_map(|&name| Some((name.to_owned(), headers.get(name)?)));
    let headers = found.collect();
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Response { status: response.status(), url: response.url(), headers, body })
}
