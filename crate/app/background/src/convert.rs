//! The core's cookies as the browser's calls take them. Everything else crosses as it is: the core's types are serde types.

use readmit_core::feature::clear_data::cookie::Cookie;
use readmit_webext::cookies::{CookieDetails, PartitionKey, SetDetails};

/// What names a cookie, to remove it.
pub(super) fn cookie_details(cookie: &Cookie) -> CookieDetails {
    let partition_key = cookie.partition_key.as_ref().map(|key| PartitionKey {
        top_level_site: key.top_level_site.clone(),
        has_cross_site_ancestor: key.has_cross_site_ancestor,
    });
    CookieDetails { url: cookie.url(), name: cookie.name.clone(), store_id: cookie.store_id.clone(), partition_key }
}

/// All of a cookie, to set it again.
pub(super) fn set_details(cookie: &Cookie) -> SetDetails {
    SetDetails {
        slot: cookie_details(cookie),
        value: cookie.value.clone(),
        domain: (!cookie.host_only).then(|| cookie.domain.clone()),
        path: cookie.path.clone(),
        secure: cookie.secure,
        http_only: cookie.http_only,
        same_site: cookie.same_site.clone(),
        expiration_date: cookie.expiration_date,
    }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use js_sys::{JSON, Reflect};
    use readmit_core::base::id::{LoadId, TabId, WindowId};
    use readmit_core::extensions::installed::Installed;
    use readmit_core::feature::settings::policy::Rules;
    use readmit_core::protocol::message::{Classified, PageMessage, Sender, SenderTab};
    use readmit_core::recognize::{Page, recognize};
    use readmit_core::view;
    use readmit_webext::value::{decode, encode};
    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};
    use wasm_bindgen::JsValue;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn js(value: &Value) -> JsValue {
        JSON::parse(&value.to_string()).unwrap()
    }

    fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
        decode(js(value))
    }

    fn written(value: &impl Serialize) -> Value {
        let text = JSON::stringify(&encode(value).unwrap()).unwrap();
        serde_json::from_str(&String::from(text)).unwrap()
    }

    /// The same with another value, or without the member.
    fn with(object: &Value, member: &str, value: Option<Value>) -> Value {
        let mut members = object.as_object().unwrap().clone();
        members.remove(member);
        members.extend(value.map(|value| (member.to_owned(), value)));
        Value::Object(members)
    }

    fn chromium_extension() -> Value {
        json!({
            "description": "",
            "disabledReason": "unknown",
            "enabled": false,
            "homepageUrl": "https://chromewebstore.google.com/detail/a",
            "hostPermissions": ["https://*/*"],
            "icons": [{ "size": 48, "url": "chrome://extension-icon/a/48/0" }],
            "id": "a",
            "installType": "normal",
            "isApp": false,
            "mayDisable": true,
            "mayEnable": true,
            "name": "A",
            "offlineEnabled": false,
            "optionsUrl": "",
            "permissions": ["proxy"],
            "shortName": "A",
            "type": "extension",
            "version": "1.0",
        })
    }

    #[wasm_bindgen_test]
    fn an_extension_of_chromium_is_read_whole() {
        let extension: Installed = read(&chromium_extension()).unwrap();
        assert_eq!((extension.enabled, extension.may_disable, extension.may_enable), (false, true, Some(true)));
        assert_eq!(extension.disabled_reason.as_deref(), Some("unknown"));
        assert_eq!((extension.kind.as_str(), extension.version.as_str()), ("extension", "1.0"));
        assert_eq!((extension.permissions, extension.host_permissions), (vec!["proxy".into()], vec!["https://*/*".into()]));
        assert_eq!((extension.icons[0].size, extension.icons[0].url.as_str()), (48, "chrome://extension-icon/a/48/0"));
    }

    #[wasm_bindgen_test]
    fn of_an_extension_that_is_off_firefox_tells_little() {
        let told = json!({
            "description": "",
            "disabledReason": "unknown",
            "enabled": false,
            "id": "a@example",
            "installType": "normal",
            "mayDisable": false,
            "name": "A",
            "optionsUrl": "",
            "type": "extension",
            "version": "1.0",
        });
        let extension: Installed = read(&told).unwrap();
        assert_eq!((extension.may_enable, extension.permissions.len(), extension.icons.len()), (None, 0, 0));
    }

    #[wasm_bindgen_test]
    fn an_extension_of_another_shape_is_none() {
        for member in ["id", "name", "enabled", "mayDisable", "type"] {
            assert_eq!(read::<Installed>(&with(&chromium_extension(), member, None)), None, "{member}");
            assert_eq!(read::<Installed>(&with(&chromium_extension(), member, Some(json!(7)))), None, "{member}");
        }
        for (member, wrong) in [
            ("version", json!(1)),
            ("permissions", json!("proxy")),
            ("hostPermissions", json!([7])),
            ("icons", json!([{ "size": "48", "url": "a" }])),
            ("mayEnable", json!("yes")),
        ] {
            assert_eq!(read::<Installed>(&with(&chromium_extension(), member, Some(wrong))), None, "{member}");
        }
    }

    fn chromium_cookie() -> Value {
        json!({
            "domain": ".chatgpt.com",
            "expirationDate": 1_800_000_000.25,
            "hostOnly": false,
            "httpOnly": true,
            "name": "cf_clearance",
            "partitionKey": { "topLevelSite": "https://chatgpt.com", "hasCrossSiteAncestor": false },
            "path": "/",
            "sameSite": "no_restriction",
            "secure": true,
            "session": false,
            "storeId": "0",
            "value": "a",
        })
    }

    #[wasm_bindgen_test]
    fn a_cookie_is_set_again_as_it_was() {
        let cookie: Cookie = read(&chromium_cookie()).unwrap();
        let slot = json!({
            "url": "https://chatgpt.com/",
            "name": "cf_clearance",
            "storeId": "0",
            "partitionKey": { "topLevelSite": "https://chatgpt.com", "hasCrossSiteAncestor": false },
        });
        assert_eq!(written(&cookie_details(&cookie)), slot);
        let mut all = slot;
        for member in ["value", "domain", "path", "secure", "httpOnly", "sameSite", "expirationDate"] {
            all[member] = chromium_cookie()[member].clone();
        }
        assert_eq!(written(&set_details(&cookie)), all);
    }

    #[wasm_bindgen_test]
    fn a_cookie_of_one_host_and_one_session_names_neither_domain_nor_end() {
        let firefox = json!({
            "domain": "chatgpt.com",
            "firstPartyDomain": "",
            "hostOnly": true,
            "httpOnly": false,
            "name": "a",
            "partitionKey": null,
            "path": "/",
            "sameSite": "unspecified",
            "secure": true,
            "session": true,
            "storeId": "firefox-default",
            "value": "b",
        });
        let cookie: Cookie = read(&firefox).unwrap();
        let expected = json!({
            "url": "https://chatgpt.com/",
            "name": "a",
            "storeId": "firefox-default",
            "value": "b",
            "path": "/",
            "secure": true,
            "httpOnly": false,
            "sameSite": "unspecified",
        });
        assert_eq!(written(&set_details(&cookie)), expected);
    }

    #[wasm_bindgen_test]
    fn a_cookie_of_another_shape_is_none() {
        for member in ["domain", "hostOnly", "httpOnly", "name", "path", "sameSite", "secure", "storeId", "value"] {
            assert_eq!(read::<Cookie>(&with(&chromium_cookie(), member, None)), None, "{member}");
        }
        for (member, wrong) in [("expirationDate", json!("never")), ("partitionKey", json!("https://chatgpt.com"))] {
            assert_eq!(read::<Cookie>(&with(&chromium_cookie(), member, Some(wrong))), None, "{member}");
        }
    }

    #[wasm_bindgen_test]
    fn a_sender_is_what_the_browser_says_of_it() {
        let told = json!({
            "documentId": "A",
            "frameId": 0,
            "id": "a",
            "origin": "https://chatgpt.com",
            "tab": { "active": true, "id": 3, "index": 0, "windowId": 1 },
            "url": "https://chatgpt.com/",
        });
        let tab = Some(SenderTab { id: TabId(3), window_id: WindowId(1) });
        let url = Some("https://chatgpt.com/".to_owned());
        assert_eq!(read(&told), Some(Sender { id: Some("a".into()), url, frame_id: Some(0), tab }));
        assert_eq!(read(&json!({})), Some(Sender::default()));
        for wrong in
            [json!({ "frameId": 0.5 }), json!({ "frameId": "0" }), json!({ "tab": { "id": 3 } }), json!({ "id": 7 }), json!("a")]
        {
            assert_eq!(read::<Sender>(&wrong), None, "{wrong}");
        }
    }

    #[wasm_bindgen_test]
    fn a_message_of_a_page_is_read_strictly() {
        let page = Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body: "error code: 1020" };
        let verdict = recognize(&page).unwrap();
        let seen =
            json!({ "kind": "seen", "load": 1_800_000_000_000_000_u64, "verdict": serde_json::to_value(&verdict).unwrap() });
        let load = Some(LoadId(1_800_000_000_000_000));
        assert_eq!(
            read(&seen),
            Some(PageMessage { kind: "seen".into(), load, verdict: Some(verdict), ..PageMessage::default() })
        );
        for (member, wrong) in [
            ("kind", json!(7)),
            ("load", json!(-1)),
            ("load", json!("5")),
            ("status", json!(70_000)),
            ("html", json!({})),
            ("verdict", json!({ "kind": "seen" })),
        ] {
            assert_eq!(read::<PageMessage>(&with(&seen, member, Some(wrong))), None, "{member}");
        }
        for wrong in [json!(null), json!("seen"), json!([]), json!({})] {
            assert_eq!(read::<PageMessage>(&wrong), None, "{wrong}");
        }
    }

    #[wasm_bindgen_test]
    fn an_answer_to_a_page_is_an_object_with_its_banner_or_null() {
        let answer = Classified { banner: None, runs: true, hidden: true };
        assert_eq!(written(&answer), json!({ "banner": null, "runs": true, "hidden": true }));
        let page = Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body: "error code: 1020" };
        let verdict = recognize(&page).unwrap();
        let banner = view::banner(&verdict, &readmit_core::base::host::Host::chatgpt());
        let expected = json!({ "banner": serde_json::to_value(&banner).unwrap(), "runs": false, "hidden": false });
        assert!(expected["banner"].is_object());
        assert_eq!(written(&Classified { banner, runs: false, hidden: false }), expected);
    }

    #[wasm_bindgen_test]
    fn a_policy_holds_but_for_what_is_of_another_type() {
        let policy = json!({ "banner": false, "hiddenFixes": ["router"], "keptExtensions": "a", "ownerContact": 7 });
        let rules: Rules = read(&policy).unwrap();
        assert_eq!(rules.settings.named().collect::<Vec<_>>(), [("banner", false)]);
        assert_eq!((rules.hidden_fixes, rules.kept_extensions.len()), (vec!["router".to_owned()], 0));
        assert_eq!(rules.owner_contact, None);
    }

    /// As browsers do that fill in what their types name.
    #[wasm_bindgen_test]
    fn a_member_that_is_undefined_is_missing() {
        let told = js(&chromium_extension());
        for member in ["disabledReason", "mayEnable"] {
            Reflect::set(&told, &member.into(), &JsValue::UNDEFINED).unwrap();
        }
        let extension: Installed = decode(told).unwrap();
        assert_eq!((extension.disabled_reason, extension.may_enable), (None, None));
    }
}
