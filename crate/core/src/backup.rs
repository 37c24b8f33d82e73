//! Settings, and what is remembered, as a file that a person keeps: written with names, read strictly. What is in it makes
//! Readmit do nothing that clicks on the options page could not; permissions are the browser's and not in it.

use crate::extensions::pin::Pins;
use crate::id::ExtensionId;
use crate::memory::{Memory, Reading};
use crate::network::json::{Found, walk};
use crate::setting::{SETTINGS, Settings};

/// Raised when the file's shape changes. Older ones are read like the present one: the first had no memory.
const VERSION: u32 = 2;

/// No file of ours is longer.
const LONGEST: usize = 100_000;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backup {
    /// The choices.
    pub settings: Settings,
    /// The pinned extensions.
    pub pins: Pins,
    /// What is remembered of refused pages.
    pub memory: Memory,
}

/// Why a file is not read. Nothing of it is taken then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is no backup of Readmit's, or damaged.
    Foreign,
    /// A newer Readmit wrote it.
    Newer,
    /// It holds something that is not known here.
    Unknown(String),
}

impl Backup {
    /// The file's text.
    pub fn write(&self) -> String {
        let mut text = String::from("{\n  \"kind\": \"readmit-settings\",\n  \"version\": ");
        text.push_str(&VERSION.to_string());
        text.push_str(",\n  \"settings\": {");
        for (place, (key, on)) in self.settings.named().enumerate() {
            text.push_str(if place == 0 { "\n    \"" } else { ",\n    \"" });
            text.push_str(key);
            text.push_str(if on { "\": true" } else { "\": false" });
        }
        text.push_str("\n  },\n  \"pins\": [");
        for (place, id) in self.pins.iter().filter(|id| is_id(id.as_str())).enumerate() {
            text.push_str(if place == 0 { "\n    \"" } else { ",\n    \"" });
            text.push_str(id.as_str());
            text.push('"');
        }
        text.push_str("\n  ],\n  \"memory\": ");
        text.push_str(&self.memory.write());
        text.push_str("\n}\n");
        text
    }

    /// Reads what [`Backup::write`] wrote, and nothing that differs from it in more than white space and order.
    pub fn read(text: &str) -> Result<Self, Unread> {
        let mut is_ours = false;
        let mut version = None;
        let mut chosen: Vec<(&str, bool)> = Vec::new();
        let mut pins = Vec::new();
        let mut memory = Reading::default();
        let mut unknown = None;
        let whole = text.len() <= LONGEST;
        let walked = whole.then(|| {
            walk(text, &mut |path, found| match (path, found) {
                ([""] | ["", "settings" | "pins"], Found::Begun) => {}
                ([""], Found::Text("kind", "readmit-settings")) => is_ours = true,
                ([""], Found::Bare("version", number)) => version = number.parse::<u32>().ok(),
                (["", "settings"], Found::Bare(key, on @ ("true" | "false"))) if is_setting(key) => {
                    chosen.push((key, on == "true"));
                }
                (["", "pins"], Found::Text("", id)) if is_id(id) => pins.push(ExtensionId(id.into())),
                (["", "memory", path @ ..], found) if memory.take(path, found).is_some() => {}
                (path, Found::Begun) => unknown = path.last().copied().or(unknown),
                (_, Found::Text(name, _) | Found::Bare(name, _)) => unknown = Some(name),
            })
        });
        if walked.flatten().is_none() || !is_ours {
            return Err(Unread::Foreign);
        }
        match version {
            Some(1..=VERSION) => {}
            Some(newer) if newer > VERSION => return Err(Unread::Newer),
            _ => return Err(Unread::Foreign),
        }
        if let Some(name) = unknown {
            return Err(Unread::Unknown(name.into()));
        }
        let memory = memory.complete().ok_or_else(|| Unread::Unknown("memory".into()))?;
        let settings = Settings::of(&|key| chosen.iter().rev().find(|(name, _)| *name == key).map(|(_, on)| *on));
        Ok(Self { settings, pins: pins.into_iter().collect(), memory })
    }
}

/// The letters of Chromium's ids, of Firefox's names and UUIDs: nothing that JSON would write in another way.
fn is_id(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"@._{}+-".contains(&byte);
    (1..=80).contains(&text.len()) && text.bytes().all(is_letter)
}

fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|definition| definition.key == name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::setting::Setting;

    #[track_caller]
    fn check(text: &str, expected: &Unread) {
        assert_eq!(Backup::read(text).as_ref(), Err(expected), "{text}");
    }

    #[test]
    fn what_was_written_is_read() {
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

    fn remembered() -> Memory {
        let record =
            r#"[{"at":5,"code":1020,"host":"chatgpt.com","page":"custom","cause":"vpn","helped":"vpn","extensions":[]}]"#;
        Memory::read(record).unwrap()
    }

    #[test]
    fn a_file_from_before_there_was_a_memory_is_read() {
        let older = r#"{"kind": "readmit-settings", "version": 1, "settings": {"banner": false}, "pins": ["a"]}"#;
        let read = Backup::read(older).unwrap();
        assert!(read.memory.is_empty() && read.pins.holds(&ExtensionId("a".into())));
    }

    #[test]
    fn nothing_of_a_file_that_differs_is_taken() {
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
        check(r#"{"kind": "readmit-settings", "version": 1, "hosts": ["*"]}"#, &unknown(""));
        check(r#"{"kind": "readmit-settings", "version": 1, "pins": ["<b>"]}"#, &unknown(""));
        let remembers = |records: &str| [r#"{"kind": "readmit-settings", "version": 2, "memory": "#, records, "}"].concat();
        check(&remembers(r#"{"at": 1}"#), &unknown("at"));
        check(&remembers(r#"[{"at": 1}]"#), &unknown("memory"));
        check(&remembers(r#"[{"at": 1, "ip": "203.0.113.7"}]"#), &unknown("ip"));
        check(&remembers(r#"[{"at": 1, "host": "a b"}]"#), &unknown("host"));
        check(&" ".repeat(LONGEST + 1), &Unread::Foreign);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            prop_assert!(Backup::read(&text).is_err());
        }
    }
}
