//! Settings and history as a file that the user keeps. It is written with names and read strictly. Its contents cannot make
//! Readmit do anything that clicks on the options page could not. Permissions belong to the browser and are not in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_path_to_error::{Path, Segment};

use crate::base::id::ExtensionId;
use crate::extensions::pin::Pins;
use crate::feature::history::History;
use crate::feature::history::strict::is_extension_id;
use crate::feature::settings::setting::{SETTINGS, Settings};

/// Raised when the file's shape changes. Older versions are read like the current one: version 1 had no history.
const VERSION: u32 = 2;

/// No file that Readmit writes is longer: a hundred records with [twenty culprits](crate::feature::history) each, and as many pins as
/// are [kept](crate::extensions::pin::MOST), are less. So whatever *Save* writes can be read by *Load*.
const LONGEST: usize = 1_000_000;

/// The contents of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backup {
    /// The user's choices.
    pub settings: Settings,
    /// The pinned extensions.
    pub pins: Pins,
    /// The history of blocked pages.
    pub memory: History,
}

/// Why a file was rejected. Nothing in it is used then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is not a backup from Readmit, or it is damaged.
    Foreign,
    /// A newer Readmit wrote it.
    Newer,
    /// It contains something unknown.
    Unknown(String),
}

/// The file as it is written. Version 1 had no history.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: Kind,
    version: u32,
    #[serde(default)]
    settings: BTreeMap<String, bool>,
    #[serde(default)]
    pins: Vec<PinnedId>,
    #[serde(default)]
    memory: History,
}

/// The part that tells whether the file is ours, and its version, before the rest is read.
#[derive(Deserialize)]
struct Head {
    #[expect(dead_code, reason = "all that matters is that it can be read")]
    kind: Kind,
    version: u32,
}

#[derive(Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "readmit-settings")]
    Settings,
}

#[derive(Serialize, Deserialize)]
#[serde(try_from = "String")]
struct PinnedId(String);

impl TryFrom<String> for PinnedId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if is_extension_id(&text) { Ok(Self(text)) } else { Err("not an extension's id") }
    }
}

impl Backup {
    /// Writes the file's text.
    pub fn write(&self) -> String {
        let file = File {
            kind: Kind::Settings,
            version: VERSION,
            settings: self.settings.named().map(|(key, on)| (key.to_owned(), on)).collect(),
            pins: self.pins.iter().filter_map(|id| PinnedId::try_from(id.as_str().to_owned()).ok()).collect(),
            memory: self.memory.clone(),
        };
        // Serializing strings, numbers and lists cannot fail.
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// Reads what [`Backup::write`] wrote. Only white space and order may differ.
    pub fn read(text: &str) -> Result<Self, Unread> {
        let head = Some(text).filter(|text| text.len() <= LONGEST).and_then(|text| serde_json::from_str(text).ok());
        match head {
            Some(Head { version: 1..=VERSION, .. }) => {}
            Some(Head { version: newer, .. }) if newer > VERSION => return Err(Unread::Newer),
            _ => return Err(Unread::Foreign),
        }
        let file: File = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text))
            .map_err(|error| Unread::Unknown(last_name(error.path())))?;
        if let Some(unknown) = file.settings.keys().find(|key| SETTINGS.iter().all(|definition| definition.key != *key)) {
            return Err(Unread::Unknown(unknown.clone()));
        }
        let settings = Settings::of(&|key| file.settings.get(key).copied());
        let pins = file.pins.into_iter().map(|id| ExtensionId(id.0)).collect();
        Ok(Self { settings, pins, memory: file.memory })
    }
}

/// The field that is wrong: the last name in its path.
fn last_name(path: &Path) -> String {
    let name = path.iter().rev().find_map(|segment| match segment {
        Segment::Map { key } => Some(key.clone()),
        _ => None,
    });
    name.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::host::Host;
    use crate::base::id::Time;
    use crate::diagnosis::fix::Fix;
    use crate::extensions::installed::Installed;
    use crate::extensions::installed::tests::innocent;
    use crate::feature::history::Blamed;
    use crate::feature::settings::setting::Setting;

    #[track_caller]
    fn check(text: &str, expected: &Unread) {
        assert_eq!(Backup::read(text).as_ref(), Err(expected), "{text}");
    }

    #[test]
    fn a_backup_survives_a_round_trip() {
        let mut settings = Settings::default();
        for chosen in [None, Some((Setting::Banner, false)), Some((Setting::AskAtOnce, true))] {
            if let Some((setting, on)) = chosen {
                settings.choose(setting, on);
            }
            let pins: Pins = ["a@b.example", "{0-1}"].map(|id| ExtensionId(id.into())).into_iter().collect();
            let backup = Backup { settings: settings.clone(), pins, memory: remembered() };
            let read = Backup::read(&backup.write()).unwrap();
            assert_eq!((&read.pins, &read.memory), (&backup.pins, &backup.memory));
            assert_eq!(read.settings.named().collect::<Vec<_>>(), settings.named().collect::<Vec<_>>());
            let _: serde_json::Value = serde_json::from_str(&backup.write()).unwrap();
        }
    }

    fn remembered() -> History {
        let record =
            r#"[{"at":5,"code":1020,"host":"chatgpt.com","page":"custom","cause":"vpn","helped":"vpn","extensions":[]}]"#;
        serde_json::from_str(record).unwrap()
    }

    #[test]
    fn a_file_without_history_is_read() {
        let older = r#"{"kind": "readmit-settings", "version": 1, "settings": {"banner": false}, "pins": ["a"]}"#;
        let read = Backup::read(older).unwrap();
        assert!(read.memory.is_empty() && read.pins.holds(&ExtensionId("a".into())));
    }

    #[test]
    fn a_file_with_any_difference_is_rejected() {
        check("", &Unread::Foreign);
        check("{}", &Unread::Foreign);
        check(r#"[{"kind": "readmit-settings", "version": 1}]"#, &Unread::Foreign);
        check(r#"{"kind": "readmit-settings", "version": 1"#, &Unread::Foreign);
        check(r#"{"kind": "readmit-settings"}"#, &Unread::Foreign);
        check(r#"{"kind": "readmit-settings", "version": "1"}"#, &Unread::Foreign);
        check(r#"{"kind": "readmit-settings", "version": 3, "more": []}"#, &Unread::Newer);
        let unknown = |name: &str| Unread::Unknown(name.into());
        check(r#"{"kind": "readmit-settings", "version": 1, "settings": {"baner": true}}"#, &unknown("baner"));
        check(r#"{"kind": "readmit-settings", "version": 1, "settings": {"banner": "yes"}}"#, &unknown("banner"));
        check(r#"{"kind": "readmit-settings", "version": 1, "settings": {"banner": {}}}"#, &unknown("banner"));
        check(r#"{"kind": "readmit-settings", "version": 1, "hosts": ["*"]}"#, &unknown("hosts"));
        check(r#"{"kind": "readmit-settings", "version": 1, "pins": ["<b>"]}"#, &unknown("pins"));
        let remembers = |records: &str| [r#"{"kind": "readmit-settings", "version": 2, "memory": "#, records, "}"].concat();
        check(&remembers(r#"{"at": 1}"#), &unknown("memory"));
        check(&remembers(r#"[{"at": 1}]"#), &unknown("memory"));
        check(&remembers(r#"[{"at": 1, "ip": "203.0.113.7"}]"#), &unknown("ip"));
        check(&remembers(r#"[{"at": 1, "host": "a b"}]"#), &unknown("host"));
        check(&" ".repeat(LONGEST + 1), &Unread::Foreign);
    }

    /// The fullest backup there can be, with the longest of everything.
    #[test]
    fn the_longest_file_that_is_written_can_be_read() {
        let host = Host::parse(&["a".repeat(63).as_str(); 3].join(".")).unwrap();
        let verdict = crate::recognize::Verdict::unrecognized(Some(403));
        let longest = |number: usize| ExtensionId(format!("{number:@>80}"));
        let mut memory = History::default();
        for record in 0..200_u64 {
            let at = Time((1 << 52) + record * 3_600_000);
            memory.note(at, &host, &verdict);
            let extension = |number| Installed { id: longest(number), version: "1".repeat(200), ..innocent("a") };
            let blamed = (0..200).map(|number| Blamed::new(at, &extension(number))).collect();
            memory.learn(at, &host, Fix::CloudflareCheck, blamed);
        }
        let backup = Backup { settings: Settings::default(), pins: (0..5000).map(longest).collect(), memory };
        let written = backup.write();
        assert!(written.len() > LONGEST / 2, "it is a long one: {}", written.len());
        assert_eq!(Backup::read(&written).as_ref(), Ok(&backup));
    }

    /// What happens to a history: a page is blocked, and something is learned from it.
    fn anything() -> impl Strategy<Value = Backup> {
        let id = || prop_oneof!["[a-p]{32}", "\\PC{0,100}", "\\{[0-9a-f-]{36}\\}"];
        let event = (0_u64..1 << 53, "[a-z]{1,60}\\.example", prop::collection::vec((id(), ".*"), 0..4));
        (prop::collection::vec(event, 0..8), prop::collection::vec(id(), 0..8)).prop_map(|(events, pins)| {
            let mut memory = History::default();
            for (at, host, blamed) in events {
                let (at, host) = (Time(at), Host::parse(&host).unwrap());
                memory.note(at, &host, &crate::recognize::Verdict::unrecognized(Some(403)));
                let extension = |(id, version)| Blamed::new(at, &Installed { id: ExtensionId(id), version, ..innocent("a") });
                memory.learn(at, &host, Fix::Extensions, blamed.into_iter().map(extension).collect());
            }
            Backup { settings: Settings::default(), pins: pins.into_iter().map(ExtensionId).collect(), memory }
        })
    }

    proptest! {
        #[test]
        fn whatever_is_written_can_be_read(backup in anything()) {
            let read = Backup::read(&backup.write());
            let readable = backup.pins.iter().filter(|id| is_extension_id(id.as_str())).cloned().collect();
            prop_assert_eq!(read, Ok(Backup { pins: readable, ..backup }));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            prop_assert!(Backup::read(&text).is_err());
        }
    }
}
