//! What each version wrote to disk can be read for ever. A file here is never changed; a new version adds one. The same files
//! are given to the finished module in `tests/bindings`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may fail the test")]

use std::path::Path;

use readmit_core::diagnosis::fix::Fix;
use readmit_core::extensions::ledger::Ledger;
use readmit_core::extensions::pin::Pins;
use readmit_core::id::{ExtensionId, Time};
use readmit_core::lookout::{Lookouts, Stage};
use readmit_core::memory::{Memory, Turn};
use readmit_core::setting::Settings;
use readmit_core::stored::{Area, ITEMS, Item, LEDGER, LOOKOUTS, MEMORY, PINS, SETTINGS};
use serde::de::DeserializeOwned;
use serde_json::Value;

fn golden(item: Item, version: u32) -> Value {
    let name = [item.key, "-", &version.to_string(), ".json"].concat();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(&name);
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap()
}

fn read<T: DeserializeOwned>(item: Item, version: u32) -> T {
    let envelope = golden(item, version);
    let written = envelope.get("version").and_then(Value::as_u64).map(|version| u32::try_from(version).unwrap());
    assert_eq!(written, Some(version));
    item.take(written, || serde_json::from_value(envelope.get("value").unwrap().clone()).ok()).unwrap()
}

#[test]
fn each_version_of_what_is_on_disk_has_its_file() {
    for item in ITEMS.iter().filter(|item| item.area == Area::Local) {
        for version in 1..=item.version {
            golden(*item, version);
        }
    }
}

#[test]
fn every_ledger_ever_written_says_what_is_to_be_put_back() {
    for version in 1..=LEDGER.version {
        let ledger: Ledger = read(LEDGER, version);
        let off: Vec<&str> = ledger.off().map(|entry| entry.id.as_str()).collect();
        assert_eq!(off, ["aaaabbbbccccddddeeeeffffgggghhhh", "iiiijjjjkkkkllllmmmmnnnnoooopppp"], "{version}");
        assert!(ledger.off().all(|entry| entry.at == Time(1_795_557_600_000)), "{version}");
    }
}

#[test]
fn a_ledger_knows_since_its_second_version_what_is_back_and_what_is_lent() {
    let ledger: Ledger = read(LEDGER, 2);
    let facts: Vec<_> = ledger.entries().map(|entry| (entry.lent, entry.back.is_some())).collect();
    assert_eq!(facts, [(false, false), (true, false), (false, true)]);
    let older: Ledger = read(LEDGER, 1);
    assert!(older.entries().all(|entry| !entry.lent && entry.back.is_none()));
}

#[test]
fn every_pin_ever_written_is_a_pin() {
    let pins: Pins = read(PINS, 1);
    assert!(pins.holds(&ExtensionId("aaaabbbbccccddddeeeeffffgggghhhh".into())));
}

#[test]
fn every_lookout_ever_written_says_what_is_waited_for_and_what_is_to_be_said() {
    let lookouts: Lookouts = read(LOOKOUTS, 1);
    let all: Vec<_> = lookouts.iter().map(|lookout| (lookout.host.as_str(), lookout.stage)).collect();
    let waiting = Stage::Waiting { next: Time(1_795_557_720_000), looks: 1 };
    assert_eq!(all, [("chatgpt.com", waiting), ("shop.example", Stage::Back { told: false })]);
}

#[test]
fn every_memory_ever_written_is_remembered() {
    let envelope = golden(MEMORY, 1);
    let memory = Memory::read(&envelope.get("value").unwrap().to_string()).unwrap();
    let seen: Vec<_> = memory.records().map(|record| (record.at.0 % 1_000_000, record.host.as_str(), record.helped)).collect();
    let expected = [
        (600_000, "chatgpt.com", None),
        (660_000, "chatgpt.com", Some(Fix::CloudflareCheck)),
        (720_000, "chat.openai.com", Some(Fix::Extensions)),
    ];
    assert_eq!(seen, expected);
    let blamed: Vec<_> = memory.records().flat_map(|record| &record.blamed).map(|blamed| blamed.turn).collect();
    assert_eq!(blamed, [Turn::Off, Turn::Updated]);
    let again: Value = serde_json::from_str(&memory.write()).unwrap();
    assert_eq!(Some(&again), envelope.get("value"), "and is written as it was");
}

#[test]
fn every_setting_ever_written_is_read() {
    let envelope = golden(SETTINGS, 1);
    let value = envelope.get("value").unwrap();
    let settings = Settings::of(&|key| value.get(key).and_then(Value::as_bool));
    for (key, on) in settings.named() {
        assert_eq!(value.get(key).and_then(Value::as_bool), Some(on), "{key}");
    }
    assert_ne!(settings, Settings::default());
}
