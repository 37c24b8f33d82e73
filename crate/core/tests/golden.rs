//! What each version wrote means today what it meant then. A file in `golden` is never changed; a new version adds one. That they
//! are read and written again by the code that ships is tested in `crate/app/background/src/store/golden.rs`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may fail the test")]

use std::path::Path;

use readmit_core::base::id::{ExtensionId, Time};
use readmit_core::diagnosis::fix::Fix;
use readmit_core::extensions::bisect::{Left, RecordedAnswer, RecordedMember};
use readmit_core::feature::history::Turn;
use readmit_core::feature::recovery_alert::AlertStage;
use readmit_core::feature::settings::setting::Setting;
use readmit_core::store::{HISTORY, Item, LEDGER, PINS, RECOVERY_ALERTS, SEARCH_SESSION, SETTINGS, Stored};
use serde_json::Value;

fn read(item: Item, version: u32) -> Stored {
    let name = [item.key, "-", &version.to_string(), ".json"].concat();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(&name);
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let envelope: Value = serde_json::from_str(&text).unwrap();
    let (stored, damaged) = Stored::read(|other| if other == item { envelope.clone() } else { Value::Null });
    assert_eq!(damaged, [], "{name}");
    stored
}

#[test]
fn every_ledger_ever_written_says_what_is_to_be_put_back() {
    for version in 1..=LEDGER.version {
        let ledger = read(LEDGER, version).ledger;
        let off: Vec<&str> = ledger.off().map(|entry| entry.id.as_str()).collect();
        assert_eq!(off, ["aaaabbbbccccddddeeeeffffgggghhhh", "iiiijjjjkkkkllllmmmmnnnnoooopppp"], "{version}");
        assert!(ledger.off().all(|entry| entry.at == Time(1_795_557_600_000)), "{version}");
    }
}

#[test]
fn a_ledger_knows_since_its_second_version_what_is_back_and_what_is_lent() {
    let ledger = read(LEDGER, 2).ledger;
    let facts: Vec<_> = ledger.entries().map(|entry| (entry.temporary, entry.restored_at.is_some())).collect();
    assert_eq!(facts, [(false, false), (true, false), (false, true)]);
    let older = read(LEDGER, 1).ledger;
    assert!(older.entries().all(|entry| !entry.temporary && entry.restored_at.is_none()));
}

#[test]
fn every_pin_ever_written_is_a_pin() {
    let pins = read(PINS, 1).pins;
    assert!(pins.holds(&ExtensionId("aaaabbbbccccddddeeeeffffgggghhhh".into())));
}

#[test]
fn every_lookout_ever_written_says_what_is_waited_for_and_what_is_to_be_said() {
    let recovery_alerts = read(RECOVERY_ALERTS, 1).recovery_alerts;
    let all: Vec<_> = recovery_alerts.iter().map(|alert| (alert.host.as_str(), alert.stage)).collect();
    let waiting = AlertStage::Waiting { next: Time(1_795_557_720_000), looks: 1 };
    assert_eq!(all, [("chatgpt.com", waiting), ("shop.example", AlertStage::Back { told: false })]);
}

#[test]
fn every_memory_ever_written_is_remembered() {
    let memory = read(HISTORY, 1).history;
    let seen: Vec<_> = memory.records().map(|record| (record.at.0 % 1_000_000, record.host.as_str(), record.helped)).collect();
    let expected = [
        (600_000, "chatgpt.com", None),
        (660_000, "chatgpt.com", Some(Fix::CloudflareCheck)),
        (720_000, "chat.openai.com", Some(Fix::Extensions)),
    ];
    assert_eq!(seen, expected);
    let blamed: Vec<_> = memory.records().flat_map(|record| &record.blamed).map(|blamed| blamed.turn).collect();
    assert_eq!(blamed, [Turn::Off, Turn::Updated]);
}

#[test]
fn every_setting_ever_written_is_a_choice() {
    let settings = read(SETTINGS, 1).settings;
    assert_eq!([Setting::Banner, Setting::AskAtOnce].map(|setting| settings.choice(setting)), [Some(false), Some(true)]);
}

#[test]
fn every_search_ever_written_knows_who_took_part_and_what_was_answered() {
    let session = read(SEARCH_SESSION, 1).search_session.unwrap();
    assert_eq!((session.host.as_str(), session.at), ("chatgpt.com", Time(1_795_557_600_000)));
    let record = session.search.record();
    let members = [("aaaabbbbccccddddeeeeffffgggghhhh", 80, None), ("iiiijjjjkkkkllllmmmmnnnnoooopppp", 10, Some(Left::On))]
        .map(|(id, weight, left)| RecordedMember { id: ExtensionId(id.into()), weight, left });
    assert_eq!(record.members, members);
    let answer = |on: &[u32], blocked, open| RecordedAnswer { on: on.to_vec(), blocked, open };
    assert_eq!(record.answers, [answer(&[0, 1], 1, 0), answer(&[], 0, 1)]);
    assert_eq!(record.checks, 1);
}
