//! [`tabs`](https://developer.chrome.com/docs/extensions/reference/api/tabs), without the permission of that name: a tab's
//! address is only there for hosts that we may touch.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::value::{Members, list, member, object};
use crate::{ApiError, sys, time};

/// A tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabInfo {
    /// The browser's number for it.
    pub id: i32,
    /// Its window's number.
    pub window_id: i32,
    /// Its address, if we may know it.
    pub url: Option<String>,
    /// Firefox: the name of the cookies that it uses, see [`firefox`](crate::firefox).
    pub store: Option<String>,
}

impl TabInfo {
    fn of(tab: &JsValue) -> Option<Self> {
        let tab = Members::of(tab);
        tab.complete(Self {
            id: tab.integer("id"),
            window_id: tab.integer("windowId"),
            url: tab.optional_text("url"),
            store: tab.optional_text("cookieStoreId"),
        })
    }
}

/// The tab with this number.
pub async fn find(id: i32) -> Result<TabInfo, ApiError> {
    TabInfo::of(&JsFuture::from(sys::get_tab(id)?).await?).ok_or_else(ApiError::shape)
}

/// The first tab that shows a page of this pattern, if there is one that we may know of.
pub async fn showing(pattern: &str) -> Option<TabInfo> {
    let tabs = JsFuture::from(sys::query_tabs(&object(&[("url", pattern.into())])).ok()?).await.ok()?;
    list(&tabs, TabInfo::of)?.into_iter().next()
}

/// Brings a tab to the front, and its window too.
pub async fn show(tab: &TabInfo) -> Result<(), ApiError> {
    JsFuture::from(sys::update_tab(tab.id, &object(&[("active", true.into())]))?).await?;
    JsFuture::from(sys::update_window(tab.window_id, &object(&[("focused", true.into())]))?).await?;
    Ok(())
}

/// Opens a page in a new tab.
pub async fn create(url: &str) -> Result<(), ApiError> {
    JsFuture::from(sys::create_tab(&object(&[("url", url.into())]))?).await?;
    Ok(())
}

/// Reloads past the cache: a stored refusal would prove nothing.
pub async fn reload(id: i32) -> Result<(), ApiError> {
    JsFuture::from(sys::reload_tab(id, &object(&[("bypassCache", true.into())]))?).await?;
    Ok(())
}

/// Tells something to our content script in the tab's page. Fails where there is none.
pub async fn tell(id: i32, message: &JsValue) -> Result<(), ApiError> {
    JsFuture::from(sys::send_to_tab(id, message, &object(&[("frameId", 0.into())]))?).await?;
    Ok(())
}

/// How far a tab is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has begun to load something.
    Loading,
    /// All is there.
    Complete,
}

/// What happens in one tab while this value lives.
pub struct Updates {
    shared: Rc<Shared>,
    listener: Closure<dyn FnMut(i32, JsValue)>,
}

#[derive(Default)]
struct Shared {
    latest: Cell<Option<Progress>>,
    waker: Cell<Option<Waker>>,
}

impl Updates {
    /// Begins to listen.
    pub fn of(tab: i32) -> Self {
        let shared = Rc::new(Shared::default());
        let inside = Rc::clone(&shared);
        let listener: Closure<dyn FnMut(i32, JsValue)> = Closure::new(move |id: i32, change: JsValue| {
            let progress = match member(&change, "status").as_string().as_deref() {
                Some("loading") => Progress::Loading,
                Some("complete") => Progress::Complete,
                _ => return,
            };
            if id == tab {
                inside.latest.set(Some(progress));
                if let Some(waker) = inside.waker.take() {
                    waker.wake();
                }
            }
        });
        sys::ON_TAB_UPDATED.with(|event| event.add_listener(listener.as_ref().unchecked_ref()));
        Self { shared, listener }
    }

    /// The latest thing that happened since the last call; `None` when nothing does for `milliseconds`.
    pub async fn next(&self, milliseconds: i32) -> Option<Progress> {
        let mut deadline = pin!(time::sleep(milliseconds));
        poll_fn(|context| {
            if let Some(progress) = self.shared.latest.take() {
                return Poll::Ready(Some(progress));
            }
            if deadline.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            self.shared.waker.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }
}

impl Drop for Updates {
    fn drop(&mut self) {
        sys::ON_TAB_UPDATED.with(|event| event.remove_listener(self.listener.as_ref().unchecked_ref()));
    }
}
