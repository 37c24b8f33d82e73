//! The browser's objects as the core's types, and back.

use js_sys::Array;
use readmit_core::effect::Sight;
use readmit_core::extensions::culprit::{Left, Pursuit, Record, RecordedAnswer, RecordedMember, Search};
use readmit_core::extensions::installed::{Icon, Installed};
use readmit_core::extensions::ledger::{Entry, Ledger};
use readmit_core::extensions::pin::Pins;
use readmit_core::host::Host;
use readmit_core::id::{ExtensionId, LoadId, TabId, Time, WindowId};
use readmit_core::lookout::{Lookout, Lookouts, Stage};
use readmit_core::memory::Memory;
use readmit_core::message::{Judged, PageMessage, PageText, Sender, SenderTab};
use readmit_core::policy::{self, Rules};
use readmit_core::setting::Settings;
use readmit_core::sitedata::cookie::{Cookie, PartitionKey};
use readmit_webext::value::{Members, member, object, parse_json, texts, whole};
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
        verdict: message.optional_text("verdict"),
        status: message.optional_integer("status"),
        html: message.optional_text("html"),
        path: message.optional_text("path"),
        click: message.optional_integer("click"),
    })
}

/// What `content.js` is told, and answered: `{banner}`, with the banner's words or `null`.
pub(super) fn judged(answer: &Judged) -> JsValue {
    object(&[("banner", parse_json(&serde_json::to_string(&answer.banner).unwrap_or_default()))])
}

/// What `snapshot.js` gives.
pub(super) fn sight(value: &JsValue) -> Option<Sight> {
    let page = Members::of(value);
    page.complete(Sight::Page {
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

/// How a value lies in an area, beside the version that wrote it.
pub(super) fn envelope(version: u32, value: JsValue) -> JsValue {
    object(&[("version", version.into()), ("value", value)])
}

/// The ledger on disk, which outlives this build and is written with names.
pub(super) fn written_ledger(ledger: &Ledger) -> JsValue {
    let entry = |Entry { id, at, lent, back }: &Entry| {
        object(&[
            ("id", text(id.as_str())),
            ("at", moment(*at)),
            ("lent", (*lent).into()),
            ("back", back.map_or(JsValue::UNDEFINED, moment)),
        ])
    };
    object(&[("entries", ledger.entries().map(entry).collect::<Array>().into())])
}

/// The pins on disk.
pub(super) fn written_pins(pins: &Pins) -> JsValue {
    let ids: Vec<&str> = pins.iter().map(ExtensionId::as_str).collect();
    object(&[("ids", texts(&ids))])
}

/// Reads what [`written_pins`] wrote.
pub(super) fn pins(value: &JsValue) -> Option<Pins> {
    let pins = Members::of(value);
    let ids = pins.texts("ids");
    pins.complete(ids.into_iter().map(ExtensionId).collect())
}

/// The search on disk; `null` for none.
pub(super) fn written_pursuit(pursuit: Option<&Pursuit>) -> JsValue {
    let Some(Pursuit { host, at, search }) = pursuit else { return JsValue::NULL };
    let Record { members, answers, checks } = search.record();
    let member = |member: RecordedMember| {
        let left = member.left.map_or(JsValue::UNDEFINED, |left| (left == Left::On).into());
        object(&[("id", text(member.id.as_str())), ("weight", member.weight.into()), ("left", left)])
    };
    let answer = |answer: RecordedAnswer| {
        let on: Array = answer.on.into_iter().map(JsValue::from).collect();
        object(&[("on", on.into()), ("blocked", answer.blocked.into()), ("open", answer.open.into())])
    };
    object(&[
        ("host", text(host.as_str())),
        ("at", moment(*at)),
        ("members", members.into_iter().map(member).collect::<Array>().into()),
        ("answers", answers.into_iter().map(answer).collect::<Array>().into()),
        ("checks", checks.into()),
    ])
}

/// Reads what [`written_pursuit`] wrote.
pub(super) fn pursuit(value: &JsValue) -> Option<Pursuit> {
    let pursuit = Members::of(value);
    let record = Record {
        members: pursuit.list("members", |value| {
            let member = Members::of(value);
            member.complete(RecordedMember {
                id: ExtensionId(member.text("id")),
                weight: member.integer("weight"),
                left: member.optional_flag("left").map(|on| if on { Left::On } else { Left::Off }),
            })
        }),
        answers: pursuit.list("answers", |value| {
            let answer = Members::of(value);
            answer.complete(RecordedAnswer {
                on: answer.list("on", |place| u32::try_from(whole(place)?).ok()),
                blocked: answer.integer("blocked"),
                open: answer.integer("open"),
            })
        }),
        checks: pursuit.integer("checks"),
    };
    let host = Host::parse(&pursuit.text("host"));
    let at = Time(pursuit.integer("at"));
    let search = pursuit.complete(Search::recall(record))?;
    Some(Pursuit { host: host?, at, search })
}

/// The lookouts on disk.
pub(super) fn written_lookouts(lookouts: &Lookouts) -> JsValue {
    let site = |Lookout { host, until, stage }: &Lookout| {
        let (next, looks, told) = match *stage {
            Stage::Waiting { next, looks } => (moment(next), looks.into(), JsValue::UNDEFINED),
            Stage::Back { told } => (JsValue::UNDEFINED, JsValue::UNDEFINED, told.into()),
        };
        object(&[("host", text(host.as_str())), ("until", moment(*until)), ("next", next), ("looks", looks), ("told", told)])
    };
    object(&[("sites", lookouts.iter().map(site).collect::<Array>().into())])
}

/// Reads what [`written_lookouts`] wrote.
pub(super) fn lookouts(value: &JsValue) -> Option<Lookouts> {
    let sites = readmit_webext::value::list(&member(value, "sites"), |value| {
        let site = Members::of(value);
        let stage = match site.optional_flag("told") {
            Some(told) => Stage::Back { told },
            None => Stage::Waiting { next: Time(site.integer("next")), looks: site.integer("looks") },
        };
        let (host, until) = (Host::parse(&site.text("host")), Time(site.integer("until")));
        site.complete(host.map(|host| Lookout { host, until, stage }))?
    })?;
    Some(sites.into_iter().collect())
}

/// Reads the memory on disk, which is written as JSON and so with names.
pub(super) fn memory(value: &JsValue) -> Option<Memory> {
    Memory::read(&String::from(js_sys::JSON::stringify(value).ok()?))
}

/// Settings on disk: each by its name.
pub(super) fn written_settings(settings: &Settings) -> JsValue {
    let members: Vec<(&str, JsValue)> = settings.named().map(|(key, on)| (key, on.into())).collect();
    object(&members)
}

/// Reads what [`written_settings`] wrote.
pub(super) fn settings(value: &JsValue) -> Option<Settings> {
    let settings = Members::of(value);
    let read = Settings::of(&|key| settings.optional_flag(key));
    settings.complete(read)
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

/// Reads what [`written_ledger`] wrote.
pub(super) fn ledger(value: &JsValue) -> Option<Ledger> {
    let entries = readmit_webext::value::list(&member(value, "entries"), |value| {
        let entry = Members::of(value);
        entry.complete(Entry {
            id: ExtensionId(entry.text("id")),
            at: Time(entry.integer("at")),
            lent: entry.optional_flag("lent").unwrap_or(false),
            back: entry.optional_integer("back").map(Time),
        })
    })?;
    Some(entries.into_iter().collect())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn moment(time: Time) -> JsValue {
    JsValue::from_f64(time.0 as f64)
}

fn text(text: &str) -> JsValue {
    JsValue::from_str(text)
}
