//! What is fuzzed: each function takes any bytes at all and panics where a promise is broken. The fuzzers call them, and so
//! does a short run among the core's tests.
//!
//! The promises: nothing panics; what is read and written again is the same; and nothing of a page or a message gets through
//! that its type forbids.

use readmit_core::base::host::Host;
use readmit_core::base::id::LoadId;
use readmit_core::evidence::status::{Service, ServiceStatus};
use readmit_core::evidence::trace::Trace;
use readmit_core::protocol::message::{OptionsRequest, PageMessage, PageRequest, PopupRequest};
use readmit_core::recognize::{ClientAddress, Colo, Page, RayId, Verdict, recognize};
use readmit_core::store::Stored;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A page, its first two bytes the status.
pub fn recognizer(bytes: &[u8]) {
    let (status, body) = bytes.split_at_checked(2).unwrap_or((&[], bytes));
    let status = <[u8; 2]>::try_from(status).ok().map(u16::from_le_bytes).filter(|status| *status != 0);
    let body = String::from_utf8_lossy(body);
    let page = Page { status, headers: &[], url: "https://chatgpt.com/", body: &body };
    if let Some(verdict) = recognize(&page) {
        assert!(status.is_none_or(|status| status >= 400), "a page that was served is no refusal");
        keeps_its_shape(&verdict);
        returns(&verdict);
    }
}

/// An answer of `/cdn-cgi/trace`.
pub fn trace(bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes);
    if let Ok(trace) = Trace::parse(&body) {
        assert!(body.contains(trace.ip.as_str()));
        assert!(trace.agent.as_ref().is_none_or(|agent| !agent.as_str().chars().any(char::is_control)));
        returns(&trace);
    }
}

/// One or two status documents, split at the first zero byte.
pub fn status(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let documents: Vec<&str> = text.splitn(2, '\0').collect();
    let colo = Colo::parse("FRA");
    let services = [Some(Service::Openai), colo.as_ref().map(Service::Cloudflare)];
    for service in services.into_iter().flatten() {
        returns(&ServiceStatus::read(service, &documents));
    }
}

/// What was kept: a JSON object with what lies under each key.
pub fn stored(bytes: &[u8]) {
    let Ok(areas) = serde_json::from_slice::<Value>(bytes) else { return };
    let (stored, _) = Stored::read(|item| areas.get(item.key).cloned().unwrap_or_default());
    for value in stored.changes_since(&Stored::default()) {
        let written = written(&value.envelope());
        let (again, damaged) = Stored::read(|item| if item == value.item() { written.clone() } else { Value::Null });
        assert!(damaged.is_empty(), "it cannot be read again: {written}");
        let values = again.changes_since(&Stored::default());
        let [again] = values.as_slice() else { panic!("it comes back as something else: {written}") };
        assert_eq!(self::written(&again.envelope()), written, "it comes back as something else");
    }
}

/// What comes from a page, a popup, or the background.
pub fn message(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    match kind % 10 {
        0 => reads::<PopupRequest>(bytes),
        1 => reads::<OptionsRequest>(bytes),
        2 => reads::<Verdict>(bytes),
        kind => {
            let kinds = ["seen", "judge", "gone", "fix-it", "page-active", "burst", "form-sent"];
            let kind = kinds.get(usize::from(kind - 3)).copied().unwrap_or_default();
            let html = Some(String::from_utf8_lossy(bytes).into_owned());
            let (path, verdict) = (html.clone(), serde_json::from_slice(bytes).ok());
            let (kind, load) = (kind.into(), Some(LoadId(1)));
            let host = Host::parse("chatgpt.com");
            let message = PageMessage { kind, load, verdict, status: Some(403), html, path, host, at: load, click: Some(1) };
            match PageRequest::of(message) {
                Some(PageRequest::Seen(seen)) => keeps_its_shape(&seen.verdict),
                Some(PageRequest::Burst(burst)) => {
                    let url = ["https://chatgpt.com", burst.path.as_str()].concat();
                    assert_eq!(Host::of_url(&url), Host::parse("chatgpt.com"), "{url}");
                    assert!(!url.contains(['?', '#', ' ', '\\']), "{url}");
                }
                _ => {}
            }
        }
    }
}

fn reads<T: Serialize + DeserializeOwned>(bytes: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<T>(bytes) {
        returns(&value);
    }
}

fn returns<T: Serialize + DeserializeOwned>(value: &T) {
    let once = written(value);
    let again: T = T::deserialize(&once).unwrap_or_else(|error| panic!("it cannot be read again: {error}: {once}"));
    assert_eq!(written(&again), once, "it comes back as something else");
}

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_else(|error| panic!("it cannot be written: {error}"))
}

/// Nothing that could be markup, a path or bidirectional text.
fn keeps_its_shape(verdict: &Verdict) {
    let plain =
        |text: &str| text.len() <= 253 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte));
    let texts = [
        verdict.ray_id.as_ref().map(RayId::as_str),
        verdict.client_ip.as_ref().map(ClientAddress::as_str),
        verdict.host.as_ref().map(Host::as_str),
        verdict.colo.as_ref().map(Colo::as_str),
    ];
    assert!(texts.into_iter().flatten().all(plain), "{verdict:?}");
}
