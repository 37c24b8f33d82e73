//! Looking at a tab: what it shows now, and what it shows after a reload.

use futures_util::future::join;
use readmit_core::base::host::Host;
use readmit_core::base::id::{LoadId, TabId};
use readmit_core::base::url::{reopening, repeatable};
use readmit_core::feature::challenge_loop::has_ended;
use readmit_core::feature::clear_data::Site;
use readmit_core::protocol::effect::{Grants, TabSnapshot};
use readmit_core::protocol::message::PageText;
use readmit_core::view::NEEDED;
use readmit_webext::navigator::is_offline;
use readmit_webext::tabs::{LoadStatus, Updates};
use readmit_webext::{ApiError, cookies, permissions, scripting, tabs, time};
use serde::Deserialize;

/// How long a page may take to show its document. Longer than any of Cloudflare's own limits would be no use to a person.
const PATIENCE: u32 = 20_000;

/// The same where our permission was taken away: Chromium then lets the question wait for a click that may never come,
/// instead of refusing it. Where the click has come, it answers at once.
const IMPATIENCE: u32 = 1_000;

/// How long a check of the browser without a click may take: about five seconds, and as long again for slow connections.
const CHECK_PATIENCE: u32 = 10_000;

/// How long to wait for the next thing to happen in a tab before looking again: a page can be there without the browser
/// saying so once more.
const PAUSE: u32 = 1_000;

/// Is the permission for OpenAI's hosts there? When the browser does not say, it is taken for granted: asking for what is
/// there would only confuse.
pub(super) async fn is_allowed() -> bool {
    permissions::has(&NEEDED).await.unwrap_or(true)
}

/// What may be done about what is seen.
pub(super) async fn grants(openai: bool, tab: TabId, snapshot: &TabSnapshot) -> Grants {
    let host = match snapshot {
        TabSnapshot::Page { url, .. } | TabSnapshot::ErrorPage { url: Some(url) } => Host::of_url(url),
        _ => None,
    };
    let (site, domain) = match host {
        Some(host) if host.is_openai() => (openai, None),
        Some(host) => {
            let may_ask = permissions::has(&[["https://", host.as_str(), "/*"].concat()]).await.unwrap_or(false);
            (may_ask, cookies::site_of(tab.0).await.and_then(|site| Host::of_url(&site)))
        }
        None => (false, None),
    };
    Grants { openai, site, domain }
}

/// What [`is_allowed`] says, and what the tab shows now. A page is read if it is one of `site`, or if the user has clicked on it.
pub(super) async fn look(tab: TabId, site: Option<&Site>) -> (bool, TabSnapshot) {
    if is_offline() {
        return (is_allowed().await, TabSnapshot::Offline);
    }
    let (allowed, mut snapshot) = join(is_allowed(), peek(tab, site, IMPATIENCE)).await;
    if allowed && matches!(snapshot, Err(ApiError::Timeout)) {
        snapshot = peek(tab, site, PATIENCE).await;
    }
    match snapshot {
        Ok(snapshot) => (allowed, snapshot),
        Err(error) => (allowed, failed(tab, &error).await),
    }
}

/// Loads the tab's page anew and waits for a load other than `before`, and other than what is there now: the core may not know
/// of it, where a worker before this one died over a reload.
pub(super) async fn reload_and_look(tab: TabId, site: &Site, before: LoadId, reopens: bool) -> TabSnapshot {
    let present = match peek(tab, Some(site), IMPATIENCE).await {
        Ok(TabSnapshot::Page { text, .. }) => text.load,
        _ => before,
    };
    let mut updates = Updates::of(tab.0);
    // Right before it is done: the page may have moved on while it was read.
    let url = match address(tab, site).await {
        Ok(url) => url,
        // Before the flow began this page could be read.
        Err(TabSnapshot::Unreadable) => return TabSnapshot::OtherSite,
        Err(snapshot) => return snapshot,
    };
    let url = if reopens { reopening(&url) } else { repeatable(&url) };
    if tabs::load(tab.0, &url).await.is_err() {
        return TabSnapshot::Missing;
    }
    next_load(tab, site, &mut updates, [before, present], PATIENCE, |_| false).await
}

/// Waits for a load other than `before`, without a reload of ours, or until the check that `before` shows has ended.
pub(super) async fn await_load(tab: TabId, site: &Site, before: LoadId) -> TabSnapshot {
    next_load(tab, site, &mut Updates::of(tab.0), [before; 2], CHECK_PATIENCE, has_ended).await
}

/// The tab's address, if it shows a page of this site and is loading no other.
async fn address(tab: TabId, site: &Site) -> Result<String, TabSnapshot> {
    let known = match tabs::find(tab.0).await {
        Ok(known) => known,
        Err(error) if is_gone(&error) => return Err(TabSnapshot::Missing),
        Err(_) => return Err(TabSnapshot::Unreadable),
    };
    let is_of_site = |url: &String| Host::of_url(url).is_some_and(|host| site.holds(&host));
    match known.url {
        // Only the addresses of sites that we may not touch are kept from us.
        None => Err(TabSnapshot::Unreadable),
        Some(url) if is_of_site(&url) && known.pending_url.as_ref().is_none_or(is_of_site) => Ok(url),
        Some(_) => Err(TabSnapshot::OtherSite),
    }
}

/// May this page of the tab be asked something that concerns `site`?
pub(super) async fn shows(tab: TabId, site: &Site) -> bool {
    address(tab, site).await.is_ok()
}

async fn next_load(
    tab: TabId,
    site: &Site,
    updates: &mut Updates,
    known: [LoadId; 2],
    patience: u32,
    is_settled: fn(&TabSnapshot) -> bool,
) -> TabSnapshot {
    let deadline = time::now() + f64::from(patience);
    while time::now() < deadline {
        let progress = updates.next(PAUSE).await;
        match peek(tab, Some(site), PATIENCE).await {
            Ok(snapshot) if is_settled(&snapshot) => return snapshot,
            Ok(TabSnapshot::Page { text, .. }) if known.contains(&text.load) => {}
            // Before the flow began this page could be read.
            Ok(TabSnapshot::Unreadable) => return TabSnapshot::OtherSite,
            Ok(snapshot) => return snapshot,
            // A tab that was closed will not load anything any more.
            Err(error) if is_gone(&error) => return TabSnapshot::Missing,
            // While the old page goes, looking at it may fail; when all is loaded, the failure is the answer.
            Err(error) if progress == Some(LoadStatus::Complete) => {
                return if is_offline() { TabSnapshot::Offline } else { failed(tab, &error).await };
            }
            Err(_) => {}
        }
    }
    TabSnapshot::Late
}

async fn peek(tab: TabId, site: Option<&Site>, patience: u32) -> Result<TabSnapshot, ApiError> {
    if let Some(site) = site
        && let Err(snapshot) = address(tab, site).await
    {
        return Ok(snapshot);
    }
    let page: PageSnapshot = time::within(patience, scripting::run(tab.0, "snapshot.js")).await?;
    let text = PageText { status: page.status, html: PageText::cut(page.html), load: page.load };
    Ok(TabSnapshot::Page { url: page.url, text, hides_zone: page.hides_zone })
}

/// What `snapshot.js` gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageSnapshot {
    url: String,
    status: Option<u16>,
    html: String,
    load: LoadId,
    hides_zone: bool,
}

/// The browsers' own words are all there is to tell these apart by; an unknown one is a page that cannot be read.
async fn failed(tab: TabId, error: &ApiError) -> TabSnapshot {
    if is_gone(error) {
        return TabSnapshot::Missing;
    }
    let words = error.to_string();
    if !words.contains("error page") && !words.contains("Missing host permission") {
        return TabSnapshot::Unreadable;
    }
    // Both browsers show the address that was to be loaded.
    let url = tabs::find(tab.0).await.ok().and_then(|tab| tab.url).filter(|url| Host::of_url(url).is_some());
    // Firefox says of its own error page that a permission is missing; but the address in the tab is ours to know.
    if words.contains("error page") || url.is_some() { TabSnapshot::ErrorPage { url } } else { TabSnapshot::Unreadable }
}

fn is_gone(error: &ApiError) -> bool {
    let words = error.to_string();
    words.contains("No tab with id") || words.contains("Invalid tab ID")
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use js_sys::JSON;
    use readmit_webext::value::decode;
    use serde_json::{Value, json};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn read(page: &Value) -> Option<PageSnapshot> {
        decode(JSON::parse(&page.to_string()).unwrap())
    }

    #[wasm_bindgen_test]
    fn a_page_may_have_no_status_and_has_all_else() {
        let page = json!({ "url": "https://chatgpt.com/", "status": null, "html": "<html>", "load": 1_800_000_000_000_000_u64, "hidesZone": false });
        let snapshot = read(&page).unwrap();
        assert_eq!((snapshot.status, snapshot.load), (None, LoadId(1_800_000_000_000_000)));
        for (member, wrong) in
            [("url", json!(null)), ("status", json!(-1)), ("html", json!(7)), ("load", json!(0.5)), ("hidesZone", json!(0))]
        {
            let mut page = page.clone();
            page[member] = wrong;
            assert!(read(&page).is_none(), "{member}");
        }
        assert!(read(&json!({ "url": "https://chatgpt.com/", "status": 403, "html": "", "hidesZone": false })).is_none());
        assert!(read(&json!("page")).is_none());
    }
}
