//! [`tabs`](https://developer.chrome.com/docs/extensions/reference/api/tabs), without the permission of that name: a tab's
//! address is only there for hosts that we may touch.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use crate::sys::tabs::{self as sys, ChangeInfo};
use crate::value::{answer, encode};
use crate::{ApiError, windows};

/// A tab.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabInfo {
    /// The browser's number for it.
    pub id: i32,
    /// Its window's number.
    pub window_id: i32,
    /// Its address, if we may know it.
    pub url: Option<String>,
    /// Chromium: the address that it is loading and does not show yet, if we may know it.
    pub pending_url: Option<String>,
    /// Firefox: the name of the cookies that it uses, see [`firefox`](crate::firefox).
    pub cookie_store_id: Option<String>,
}

/// A tab, as far as entering it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct OpenTab {
    /// The browser's number for it.
    pub id: i32,
    /// Is it the one that its window shows?
    pub active: bool,
    /// Was it unloaded to save memory? Such a tab is loaded again when it is shown.
    #[serde(default)]
    pub discarded: bool,
}

#[derive(Serialize)]
struct CreateProperties<'a> {
    url: &'a str,
}

#[derive(Serialize)]
struct QueryInfo<'a, T: ?Sized> {
    url: &'a T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SendMessageOptions {
    frame_id: i32,
}

#[derive(Serialize)]
struct Activation {
    active: bool,
}

#[derive(Serialize)]
struct Navigation<'a> {
    url: &'a str,
}

/// The tab with this number.
pub async fn find(id: i32) -> Result<TabInfo, ApiError> {
    answer(sys::get(id)?).await
}

/// The first tab that shows a page of this pattern, if there is one that we may know of.
pub async fn showing(pattern: &str) -> Option<TabInfo> {
    let tabs: Vec<TabInfo> = answer(sys::query(&encode(&QueryInfo { url: pattern }).ok()?).ok()?).await.ok()?;
    tabs.into_iter().next()
}

/// All tabs that show a page of one of these patterns. Those of hosts that we may not touch are never among them.
pub async fn all_showing(patterns: &[String]) -> Result<Vec<OpenTab>, ApiError> {
    answer(sys::query(&encode(&QueryInfo { url: patterns })?)?).await
}

/// Brings a tab to the front, and its window too.
pub async fn show(tab: &TabInfo) -> Result<(), ApiError> {
    sys::update(tab.id, &encode(&Activation { active: true })?)?.await?;
    windows::focus(tab.window_id).await
}

/// Opens a page in a new tab.
pub async fn create(url: &str) -> Result<(), ApiError> {
    sys::create(&encode(&CreateProperties { url })?)?.await?;
    Ok(())
}

/// Lets the tab load `url`: a GET, where a reload would send again what the page was asked for with, a form too. The URL must
/// have no fragment: one that differs from the page's in nothing else loads nothing.
pub async fn load(id: i32, url: &str) -> Result<(), ApiError> {
    sys::update(id, &encode(&Navigation { url })?)?.await?;
    Ok(())
}

/// Tells something to our content script in the tab's page. Fails where there is none.
pub async fn tell(id: i32, message: &impl Serialize) -> Result<(), ApiError> {
    sys::send_message(id, &encode(message)?, &encode(&SendMessageOptions { frame_id: 0 })?)?.await?;
    Ok(())
}

/// How far a tab is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadStatus {
    /// It has begun to load something.
    Loading,
    /// All is there.
    Complete,
}

/// What happens in one tab while this value lives.
pub struct Updates {
    heard: UnboundedReceiver<LoadStatus>,
    listener: Closure<dyn FnMut(i32, ChangeInfo)>,
}

impl Updates {
    /// Begins to listen.
    pub fn of(tab: i32) -> Self {
        let (tell, heard) = unbounded();
        let listener: Closure<dyn FnMut(i32, ChangeInfo)> = Closure::new(move |id: i32, change: ChangeInfo| {
            let progress = match change.status().as_deref() {
                Some("loading") => LoadStatus::Loading,
                Some("complete") => LoadStatus::Complete,
                _ => return,
            };
            if id == tab {
                // The other end lives as long as this listener.
                let _ = tell.unbounded_send(progress);
            }
        });
        sys::ON_UPDATED.with(|event| event.add_listener(listener.as_ref().unchecked_ref()));
        Self { heard, listener }
    }

    /// The latest thing that happened since the last call; `None` when nothing does for `milliseconds`.
    pub async fn next(&mut self, milliseconds: u32) -> Option<LoadStatus> {
        let mut latest = match select(self.heard.next(), TimeoutFuture::new(milliseconds)).await {
            Either::Left((progress, _)) => progress?,
            Either::Right(_) => return None,
        };
        while let Ok(newer) = self.heard.try_recv() {
            latest = newer;
        }
        Some(latest)
    }
}

impl Drop for Updates {
    fn drop(&mut self) {
        sys::ON_UPDATED.with(|event| event.remove_listener(self.listener.as_ref().unchecked_ref()));
    }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, resolves, tells};

    #[wasm_bindgen_test]
    async fn a_tab_is_read_with_what_the_browser_tells_of_it() {
        chromium();
        resolves("tabs.get", &json!({ "id": 3, "windowId": 1, "index": 0, "active": true }));
        let tab = TabInfo { id: 3, window_id: 1, url: None, pending_url: None, cookie_store_id: None };
        assert_eq!(find(3).await, Ok(tab.clone()));
        let told = json!({
            "id": 3, "windowId": 1, "url": "about:blank", "pendingUrl": "https://chatgpt.com/", "cookieStoreId": "firefox-default",
        });
        resolves("tabs.query", &json!([told]));
        let (url, pending_url) = (Some("about:blank".to_owned()), Some("https://chatgpt.com/".to_owned()));
        let cookie_store_id = Some("firefox-default".to_owned());
        assert_eq!(showing("*").await, Some(TabInfo { url, pending_url, cookie_store_id, ..tab }));
        for wrong in
            [json!({ "windowId": 1 }), json!({ "id": "3", "windowId": 1 }), json!({ "id": 3.5, "windowId": 1 }), json!(null)]
        {
            resolves("tabs.get", &wrong);
            assert_eq!(find(3).await, Err(ApiError::shape()), "{wrong}");
        }
    }

    #[wasm_bindgen_test]
    async fn open_tabs_are_found_by_their_patterns() {
        chromium();
        resolves("tabs.query", &json!([{ "id": 3, "active": true }, { "id": 4, "active": false, "discarded": true }]));
        let found = all_showing(&["https://*.openai.com/*".into(), "https://shop.example/*".into()]).await;
        let expected = [(3, true, false), (4, false, true)].map(|(id, active, discarded)| OpenTab { id, active, discarded });
        assert_eq!(found.as_deref(), Ok(expected.as_slice()));
        check_calls(&json!([["tabs.query", { "url": ["https://*.openai.com/*", "https://shop.example/*"] }]]));
    }

    #[wasm_bindgen_test]
    async fn a_tab_is_opened_shown_loaded_and_told() {
        chromium();
        create("https://chatgpt.com/").await.unwrap();
        show(&TabInfo { id: 3, window_id: 1, url: None, pending_url: None, cookie_store_id: None }).await.unwrap();
        load(3, "https://chatgpt.com/?model=5").await.unwrap();
        tell(3, &json!({ "banner": null })).await.unwrap();
        check_calls(&json!([
            ["tabs.create", { "url": "https://chatgpt.com/" }],
            ["tabs.update", 3, { "active": true }],
            ["windows.update", 1, { "focused": true }],
            ["tabs.update", 3, { "url": "https://chatgpt.com/?model=5" }],
            ["tabs.sendMessage", 3, { "banner": null }, { "frameId": 0 }],
        ]));
    }

    #[wasm_bindgen_test]
    async fn the_latest_thing_that_happened_in_the_tab_is_told_once() {
        chromium();
        let mut updates = Updates::of(3);
        for (tab, change) in [
            (3, json!({ "status": "loading", "url": "https://chatgpt.com/" })),
            (3, json!({ "status": "complete" })),
            (3, json!({ "title": "ChatGPT" })),
            (4, json!({ "status": "loading" })),
        ] {
            tells("tabs.onUpdated", &json!([tab, change]));
        }
        assert_eq!(updates.next(1000).await, Some(LoadStatus::Complete));
        assert_eq!(updates.next(0).await, None);
        tells("tabs.onUpdated", &json!([3, { "status": "loading" }]));
        assert_eq!(updates.next(1000).await, Some(LoadStatus::Loading));
    }
}
