//! The browser's objects as the core's types, and back.

use readmit_core::base::id::{ExtensionId, LoadId, TabId, WindowId};
use readmit_core::extensions::installed::{Icon, Installed};
use readmit_core::feature::clear_data::cookie::{Cookie, PartitionKey};
use readmit_core::feature::settings::policy::{self, Rules};
use readmit_core::feature::settings::setting::Settings;
use readmit_core::protocol::effect::TabSnapshot;
use readmit_core::protocol::message::{Classified, PageMessage, PageText, Sender, SenderTab};
use readmit_webext::value::{Members, decode, object, parse_json};
use wasm_bindgen::JsValue;

/// `runtime.MessageSender`.
pub(super) fn sender(value: &JsValue) -> Option<Sender> {
    let sender = Members::of(value);
    sender.complete(Sender {
        id: sender.optional_text("id"),
        url: sender.optional_text("url"),
        frame_id: sender.optional_integer("frameId"),
        tab: sender.optional_one("tab", |value| {
            let tab = Members::of(value);
            tab.complete(SenderTab { id: TabId(tab.integer("id")), window_id: WindowId(tab.integer("windowId")) })
        }),
    })
}

/// What `content.js` sends.
pub(super) fn page_message(value: &JsValue) -> Option<PageMessage> {
    let message = Members::of(value);
    message.complete(PageMessage {
        kind: message.text("kind"),
        load: message.optional_integer("load").map(LoadId),
        verdict: message.optional_one("verdict", |value| decode(value.clone())),
        status: message.optional_integer("status"),
        html: message.optional_text("html"),
        path: message.optional_text("path"),
        click: message.optional_integer("click"),
    })
}

/// What `content.js` is told, and answered: `{banner}`, with the banner's words or `null`.
pub(super) fn classified(answer: &Classified) -> JsValue {
    object(&[("banner", parse_json(&serde_json::to_string(&answer.banner).unwrap_or_default()))])
}

/// What `snapshot.js` gives.
pub(super) fn snapshot(value: &JsValue) -> Option<TabSnapshot> {
    let page = Members::of(value);
    page.complete(TabSnapshot::Page {
        url: page.text("url"),
        text: PageText {
            status: page.optional_integer("status"),
            html: PageText::cut(page.text("html")),
            load: LoadId(page.integer("load")),
        },
    })
}

/// `management.ExtensionInfo`.
pub(super) fn installed(value: &JsValue) -> Option<Installed> {
    let extension = Members::of(value);
    extension.complete(Installed {
        id: ExtensionId(extension.text("id")),
        name: extension.text("name"),
        version: extension.optional_text("version").unwrap_or_default(),
        enabled: extension.flag("enabled"),
        may_disable: extension.flag("mayDisable"),
        may_enable: extension.optional_flag("mayEnable"),
        disabled_reason: extension.optional_text("disabledReason"),
        kind: extension.text("type"),
        permissions: extension.texts("permissions"),
        host_permissions: extension.texts("hostPermissions"),
        icons: extension.list("icons", |value| {
            let icon = Members::of(value);
            icon.complete(Icon { size: icon.integer("size"), url: icon.text("url") })
        }),
    })
}

/// `cookies.Cookie`.
pub(super) fn cookie(value: &JsValue) -> Option<Cookie> {
    let cookie = Members::of(value);
    cookie.complete(Cookie {
        name: cookie.text("name"),
        value: cookie.text("value"),
        domain: cookie.text("domain"),
        host_only: cookie.flag("hostOnly"),
        path: cookie.text("path"),
        secure: cookie.flag("secure"),
        http_only: cookie.flag("httpOnly"),
        same_site: cookie.text("sameSite"),
        expiration_date: cookie.optional_number("expirationDate"),
        store_id: cookie.text("storeId"),
        partition_key: cookie.optional_one("partitionKey", |value| {
            let key = Members::of(value);
            key.complete(PartitionKey {
                top_level_site: key.optional_text("topLevelSite"),
                has_cross_site_ancestor: key.optional_flag("hasCrossSiteAncestor"),
            })
        }),
    })
}

/// What names a cookie, to remove it.
pub(super) fn slot(cookie: &Cookie) -> JsValue {
    object(&members_of_slot(cookie))
}

/// All of a cookie, to set it again.
pub(super) fn new_cookie(cookie: &Cookie) -> JsValue {
    let [url, name, store_id, partition_key] = members_of_slot(cookie);
    object(&[
        url,
        name,
        store_id,
        partition_key,
        ("value", text(&cookie.value)),
        ("path", text(&cookie.path)),
        ("secure", cookie.secure.into()),
        ("httpOnly", cookie.http_only.into()),
        ("sameSite", text(&cookie.same_site)),
        // Left out for a host-only cookie: naming it would widen it to all names below.
        ("domain", if cookie.host_only { JsValue::UNDEFINED } else { text(&cookie.domain) }),
        ("expirationDate", cookie.expiration_date.map_or(JsValue::UNDEFINED, JsValue::from_f64)),
    ])
}

fn members_of_slot(cookie: &Cookie) -> [(&'static str, JsValue); 4] {
    let partition_key = cookie.partition_key.as_ref().map_or(JsValue::UNDEFINED, |key| {
        object(&[
            ("topLevelSite", key.top_level_site.as_deref().map_or(JsValue::UNDEFINED, text)),
            ("hasCrossSiteAncestor", key.has_cross_site_ancestor.map_or(JsValue::UNDEFINED, JsValue::from_bool)),
        ])
    });
    [
        ("url", text(&cookie.url())),
        ("name", text(&cookie.name)),
        ("storeId", text(&cookie.store_id)),
        ("partitionKey", partition_key),
    ]
}

/// What an administrator laid down. A member of another type than it should have is as if it were not there: browsers check
/// most of it, and the rest of a policy has to hold.
pub(super) fn rules(value: &JsValue) -> Rules {
    let policy = Members::of(value);
    Rules {
        settings: Settings::of(&|key| policy.optional_flag(key)),
        watched_sites: policy.texts(policy::WATCHED_SITES),
        kept_extensions: policy.texts(policy::KEPT_EXTENSIONS),
        protected_sites: policy.texts(policy::PROTECTED_SITES),
        hidden_fixes: policy.texts(policy::HIDDEN_FIXES),
        owner_contact: policy.optional_text(policy::OWNER_CONTACT),
    }
}

fn text(text: &str) -> JsValue {
    JsValue::from_str(text)
}
