//! What each version wrote is read, and written again, by the code that ships: the same codec, compiled to WebAssembly. The files
//! are in `crate/core/tests/golden`; what they mean is tested beside them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test's helpers may fail the test")]

use std::collections::BTreeSet;

use js_sys::JSON;
use readmit_core::store::ITEMS;
use serde_json::{Value as Json, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::*;

#[wasm_bindgen(module = "fs")]
extern "C" {
    #[wasm_bindgen(js_name = readFileSync)]
    fn read_file(path: &str, encoding: &str) -> String;
    #[wasm_bindgen(js_name = readdirSync)]
    fn read_folder(path: &str) -> Vec<String>;
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../core/tests/golden");

fn name(item: Item, version: u32) -> String {
    format!("{}-{version}.json", item.key)
}

fn golden(item: Item, version: u32) -> Json {
    serde_json::from_str(&read_file(&[FOLDER, "/", &name(item, version)].concat(), "utf8")).unwrap()
}

/// Areas in which nothing but this lies.
fn areas(item: Item, envelope: &Json) -> Areas {
    let contents = JSON::parse(&json!({ item.key: envelope }).to_string()).unwrap();
    let nothing = JsValue::from(js_sys::Object::new());
    match item.area {
        store::Area::Local => Areas { local: contents, session: nothing },
        store::Area::Session => Areas { local: nothing, session: contents },
    }
}

fn read(item: Item, envelope: &Json) -> (Stored, Vec<(Item, FaultKind)>) {
    areas(item, envelope).read()
}

/// What is written for the only value in there.
fn write(item: Item, stored: &Stored) -> Json {
    let values = stored.changes_since(&Stored::default());
    assert_eq!(values.iter().map(Value::item).collect::<Vec<_>>(), [item]);
    let items = JSON::stringify(&written(&values).unwrap()).unwrap();
    let mut items: Json = serde_json::from_str(&String::from(items)).unwrap();
    items[item.key].take()
}

#[wasm_bindgen_test]
fn each_version_of_each_value_has_its_file() {
    let wanted: BTreeSet<_> = ITEMS.iter().flat_map(|item| (1..=item.version).map(|version| name(*item, version))).collect();
    assert_eq!(read_folder(FOLDER).into_iter().collect::<BTreeSet<_>>(), wanted);
}

#[wasm_bindgen_test]
fn every_version_is_read_and_the_present_one_written_as_it_was() {
    for &item in ITEMS {
        for version in 1..=item.version {
            let envelope = golden(item, version);
            let (stored, damaged) = read(item, &envelope);
            assert_eq!(damaged, [], "{}", name(item, version));
            let again = write(item, &stored);
            if version == item.version {
                assert_eq!(again, envelope, "{}", name(item, version));
            }
            assert_eq!(again["version"], item.version);
            let (migrated, damaged) = read(item, &again);
            assert_eq!(damaged, [], "{}", name(item, version));
            assert_eq!(write(item, &migrated), again, "{}", name(item, version));
        }
    }
}

#[wasm_bindgen_test]
fn a_newer_version_and_what_no_version_wrote_are_told_apart() {
    for &item in ITEMS {
        let mut newer = golden(item, item.version);
        newer["version"] = json!(item.version + 1);
        assert_eq!(read(item, &newer), (Stored::default(), vec![(item, FaultKind::Newer)]));
        for version in [json!(null), json!("1"), json!(0), json!(-1), json!(1.5)] {
            let mut damaged = golden(item, item.version);
            damaged["version"] = version;
            assert_eq!(read(item, &damaged), (Stored::default(), vec![(item, FaultKind::Unreadable)]));
        }
        for damaged in [json!("text"), json!(7), json!({ "version": item.version, "value": "text" })] {
            assert_eq!(read(item, &damaged), (Stored::default(), vec![(item, FaultKind::Unreadable)]), "{damaged}");
        }
        for nothing in [json!(null), json!({ "version": item.version, "value": null })] {
            assert_eq!(read(item, &nothing), (Stored::default(), vec![]), "{nothing}");
        }
    }
}

#[track_caller]
fn check_damage(key: &str, place: &str, value: &Json) {
    let item = *ITEMS.iter().find(|item| item.key == key).unwrap();
    let mut envelope = golden(item, item.version);
    *envelope.pointer_mut(&["/value", place].concat()).unwrap_or_else(|| panic!("{key}{place}")) = value.clone();
    assert_eq!(read(item, &envelope), (Stored::default(), vec![(item, FaultKind::Unreadable)]), "{key}{place}: {value}");
}

#[wasm_bindgen_test]
fn a_value_of_another_shape_is_damaged() {
    for host in [json!("a b"), json!("<script>"), json!(""), json!(7), json!(null)] {
        check_damage("lookouts", "/sites/0/host", &host);
        check_damage("search", "/host", &host);
        check_damage("memory", "/0/host", &host);
        check_damage("cases", "/0/1/host", &host);
    }
    for time in [json!(-1), json!(1.5), json!("1"), json!(1e300), json!(null)] {
        check_damage("ledger", "/entries/0/at", &time);
        check_damage("lookouts", "/sites/0/until", &time);
        check_damage("search", "/at", &time);
        check_damage("memory", "/0/at", &time);
        check_damage("cases", "/0/1/seen", &time);
    }
    check_damage("memory", "/1/ray", &json!("8F2C0123456789AB"));
    check_damage("memory", "/1/code", &json!(300));
    check_damage("memory", "/2/extensions/0/version", &json!("<b>"));
    check_damage("cases", "/0/1/verdict/ray_id", &json!("<script>"));
    check_damage("settings", "/banner", &json!("yes"));
    check_damage("pins", "/ids", &json!("a"));
    check_damage("search", "/answers/0/blocked", &json!(256));
}

#[wasm_bindgen_test]
fn a_damaged_value_is_set_aside_where_nothing_lies() {
    let item = store::LEDGER;
    let areas = areas(item, &json!("damaged"));
    let moved = areas.aside(item).unwrap();
    assert_eq!(String::from(JSON::stringify(&moved).unwrap()), r#"{"ledger-set-aside-1":"damaged","ledger":null}"#);
    for place in item.places_aside() {
        Reflect::set(&areas.local, &place.into(), &JsValue::TRUE).unwrap();
    }
    assert_eq!(areas.aside(item), None, "what was set aside before is not lost");
}

#[wasm_bindgen_test]
fn a_number_that_javascript_cannot_hold_is_not_written() {
    assert_eq!(encode(&((1_u64 << 53) - 1)).ok(), Some(JsValue::from_f64(9_007_199_254_740_991.0)));
    assert!(encode(&u64::MAX).is_err());
}
